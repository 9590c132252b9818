import { registry } from "@web/core/registry";

const TAPS = 6;
const TYPED = 5;
const FORM = ".modal .o_pharma_record_form";

let taps, typed;

/** A step that costs one tap. */
const tap = (trigger, content) => ({
    content,
    trigger,
    async run({ click }) {
        taps++;
        await click();
    },
});

/** A step that fills one field by typing. */
const type = (trigger, text) => ({
    trigger,
    async run({ edit }) {
        typed++;
        await edit(text);
    },
});

/** A planned call is recorded on a phone, from its card, in a few taps. */
registry.category("web_tour.tours").add("pharma_crm_visit_record", {
    url: "/odoo/my-calls",
    steps: () => [
        {
            trigger: ".o_kanban_record:contains('林知远') .o_pharma_dial[href='tel:0571-55500001']",
        },
        {
            trigger: ".o_kanban_record:contains('林知远') .o_pharma_mail[href='mailto:lin@example.com']",
        },
        {
            trigger: ".o_kanban_record:contains('林知远') .o_pharma_sms[href^='sms:']",
        },
        {
            content: "The way there, without a key",
            trigger: ".o_kanban_record:contains('林知远') .o_pharma_way[href^='https://uri.amap.com/']",
            run() {
                taps = 0;
                typed = 0;
            },
        },
        tap(".o_kanban_record:contains('林知远') .o_pharma_record", "From the card"),
        {
            content: "People, products and purpose are there",
            trigger: `${FORM}:has(.o_field_widget[name='person_ids'] .o_tag:contains('林知远')):has(.o_field_widget[name='product_ids']:contains('甲片')) .o_field_widget[name='purpose_id'] input:value(/./)`,
        },
        {
            content: "It fits the width of a phone",
            trigger: FORM,
            run() {
                if (document.documentElement.scrollWidth > window.innerWidth) {
                    throw new Error("Wider than the phone");
                }
            },
        },
        tap(`${FORM} .o_field_widget[name='result_id'] .o_selection_badge:eq(0)`),
        tap(`${FORM} .o_field_widget[name='adoption'] .o_selection_badge:eq(3)`),
        tap(`${FORM} .o_pharma_talk:contains('甲片') [data-reaction='positive']`, "How it was taken"),
        type(`${FORM} .o_field_widget[name='summary'] textarea`, "介绍了新指南，愿意试用"),
        tap(`${FORM} .o_field_widget[name='revisit_in'] .o_selection_badge:eq(0)`, "Again in a week"),
        {
            content: "The day is seen at once",
            trigger: `${FORM} .o_field_widget[name='revisit_date']:has(input:value(/./)), ${FORM} .o_field_widget[name='revisit_date'] button:contains(/\\d/)`,
        },
        tap(".modal .o_pharma_done", "Recorded"),
        {
            content: "It is gone from what is to do today",
            trigger: "body:not(.modal-open) .o_kanban_renderer:not(:has(.o_kanban_record:contains('林知远')))",
            run() {
                if (taps > TAPS || typed > TYPED) {
                    throw new Error(`${taps} taps and ${typed} typed fields`);
                }
            },
        },
    ],
});

/** On a phone: put off with a reason. */
registry.category("web_tour.tours").add("pharma_crm_visit_not_held", {
    url: "/odoo/my-calls",
    steps: () => [
        {
            trigger: ".o_kanban_record:contains('林知远') .o_pharma_not_held",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name='reason'] input",
            run: "edit 主任出差",
        },
        {
            trigger: ".modal button[name='action_miss']",
            run: "click",
        },
        {
            trigger: "body:not(.modal-open) .o_kanban_renderer:not(:has(.o_kanban_record:contains('林知远')))",
        },
    ],
});

/** The place of a call: refused, then given. */
registry.category("web_tour.tours").add("pharma_crm_visit_place", {
    url: "/odoo/my-calls",
    steps: () => [
        {
            trigger: ".o_kanban_record:contains('林知远') .o_pharma_record",
            run: "click",
        },
        {
            trigger: `${FORM} .o_pharma_take_place`,
            async run({ click }) {
                navigator.geolocation.getCurrentPosition = (found, failed) => failed({ code: 1 });
                await click();
            },
        },
        {
            trigger: `${FORM} .o_pharma_place_problem`,
        },
        {
            trigger: `${FORM} .o_pharma_take_place`,
            async run({ click }) {
                navigator.geolocation.getCurrentPosition = (found) =>
                    found({ coords: { latitude: 30.2741, longitude: 120.1551 } });
                await click();
            },
        },
        {
            trigger: `${FORM}:not(:has(.o_pharma_place_problem)) .o_pharma_place:contains('30.27410, 120.15510')`,
        },
        {
            trigger: `${FORM} .o_field_widget[name='result_id'] .o_selection_badge:eq(1)`,
            run: "click",
        },
        {
            trigger: ".modal .o_pharma_done",
            run: "click",
        },
        {
            trigger: "body:not(.modal-open) .o_kanban_renderer:not(:has(.o_kanban_record:contains('林知远')))",
        },
    ],
});
