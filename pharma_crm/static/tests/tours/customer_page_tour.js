import { registry } from "@web/core/registry";

const PAGE = ".o_pharma_page";
const SECTION = (key) => `${PAGE} .o_pharma_section[data-section='${key}']`;

/** A representative opens a hospital's page from the list, a figure's rows, and comes back. */
registry.category("web_tour.tours").add("pharma_crm_customer_page", {
    url: "/odoo/terminals",
    steps: () => [
        {
            content: "The page, from the row of the list",
            trigger: ".o_list_view .o_data_row:contains('云山绿川医院') button[name='action_view_page']",
            run: "click",
        },
        {
            trigger: `${PAGE} h1:contains('云山绿川医院')`,
        },
        {
            content: "The number of persons",
            trigger: `${SECTION("people")} .o_pharma_figure:eq(1) .o_pharma_value:contains(2)`,
            run: "click",
        },
        {
            content: "opens them",
            trigger: ".o_kanban_view .o_kanban_record:contains('林知远')",
        },
        {
            trigger: ".o_control_panel .o_back_button",
            run: "click",
        },
        {
            content: "What was ordered, at the top of the page",
            trigger: `${PAGE} .o_pharma_top .o_pharma_figure[data-of='orders']`,
            run: "click",
        },
        {
            trigger: ".o_list_view:not(:has(.o_data_row:eq(1))) .o_data_row:contains('云山绿川医院')",
        },
        {
            trigger: ".o_control_panel .o_back_button",
            run: "click",
        },
        {
            content: "The time line of the orders alone",
            trigger: `${PAGE} .o_pharma_chips button[data-source='order']`,
            run: "click",
        },
        {
            trigger: `${PAGE} .o_pharma_days:not(:has([data-entry='message'])) [data-entry='order'] .o_pharma_entry`,
        },
        {
            content: "From key person to his own page",
            trigger: `${SECTION("people")} .o_pharma_row:contains('林知远')`,
            run: "click",
        },
        {
            trigger: `${PAGE} h1:contains('林知远')`,
        },
        {
            content: "and from there up to the hospital",
            trigger: `${PAGE} .o_pharma_name button:contains('云山绿川医院')`,
            run: "click",
        },
        {
            trigger: `${PAGE} h1:contains('云山绿川医院')`,
        },
    ],
});

/** By its address, and by keyboard: the focus reaches a figure, Enter opens its rows. */
registry.category("web_tour.tours").add("pharma_crm_customer_page_keyboard", {
    steps: () => [
        {
            trigger: `${SECTION("people")} .o_pharma_figure:eq(1)`,
            async run({ anchor }) {
                anchor.focus();
                if (document.activeElement !== anchor) {
                    throw new Error("A figure cannot be reached by keyboard");
                }
            },
        },
        {
            trigger: `${SECTION("people")} .o_pharma_figure:eq(1)`,
            run: "press Enter",
        },
        {
            trigger: ".o_kanban_view .o_kanban_record:contains('林知远')",
        },
    ],
});

/** On a phone: nothing is wider than the screen, the time line is one tap away. */
registry.category("web_tour.tours").add("pharma_crm_customer_page_phone", {
    steps: () => [
        {
            trigger: `${SECTION("people")} .o_pharma_row:contains('林知远')`,
            async run() {
                const wide = [...document.querySelectorAll(".o_pharma_page *")].filter(
                    (element) => element.getBoundingClientRect().right > window.innerWidth + 1
                );
                if (wide.length || document.documentElement.scrollWidth > window.innerWidth) {
                    throw new Error(`Wider than the phone: ${wide[0]?.outerHTML}`);
                }
            },
        },
        {
            trigger: `${PAGE} .o_pharma_tabs button:eq(1)`,
            run: "click",
        },
        {
            trigger: `${PAGE} .o_pharma_timeline [data-entry='order'] .o_pharma_entry`,
            run: "click",
        },
        {
            content: "An order of the time line opens",
            trigger: ".o_form_view .o_field_widget[name='partner_id']",
        },
    ],
});
