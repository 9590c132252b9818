import { registry } from "@web/core/registry";

const SECTION = (key) => `.o_pharma_home .o_pharma_home_section[data-section='${key}']`;
const fits = () => {
    if (document.documentElement.scrollWidth > window.innerWidth) {
        throw new Error("Wider than the phone");
    }
};

/** After login on a phone: today's calls; one is recorded from its card, which is done then. */
registry.category("web_tour.tours").add("pharma_crm_home_person", {
    url: "/odoo",
    steps: () => [
        {
            trigger: `${SECTION("today")} .o_pharma_home_call[data-state='planned']:contains('林知远') a[href='tel:0571-55500001']`,
            run: fits,
        },
        {
            trigger: `${SECTION("today")} .o_pharma_home_call:contains('林知远') .o_pharma_home_record`,
            run: "click",
        },
        {
            trigger: ".modal .o_pharma_record_form .o_field_widget[name='result_id'] .o_selection_badge:eq(0)",
            run: "click",
        },
        {
            trigger: ".modal .o_pharma_done",
            run: "click",
        },
        {
            content: "Home again, and it is done",
            trigger: `${SECTION("today")} .o_pharma_home_call[data-state='done']:contains('林知远')`,
        },
    ],
});

/** After login on a phone: what waits for the manager, and from there to the calls to review. */
registry.category("web_tour.tours").add("pharma_crm_home_manager", {
    url: "/odoo",
    steps: () => [
        {
            trigger: `${SECTION("team")} td button:contains('Pharma Representative')`,
            run: fits,
        },
        {
            trigger: `${SECTION("attention")} .o_pharma_home_figure[data-figure='review']:contains('1')`,
            run: "click",
        },
        {
            trigger: ".o_pharma_review_call:contains('林知远')",
        },
    ],
});
