import { registry } from "@web/core/registry";

const FORM = ".modal .o_pharma_news_form";

/** News from a hospital's page on a phone: two taps and a sentence, then they are on the page. */
registry.category("web_tour.tours").add("pharma_crm_market_news", {
    steps: () => [
        {
            trigger: ".o_pharma_buttons button[name='pharma_intelligence']",
            run: "click",
        },
        {
            content: "The hospital is filled in, and it fits the width of a phone",
            trigger: `${FORM} .o_field_widget[name='partner_id'] input:value(/./)`,
            run() {
                if (document.documentElement.scrollWidth > window.innerWidth) {
                    throw new Error("Wider than the phone");
                }
            },
        },
        {
            trigger: `${FORM} .o_field_widget[name='kind'] .o_selection_badge:eq(2)`,
            run: "click",
        },
        {
            trigger: `${FORM} .o_field_widget[name='text'] textarea`,
            run: "edit 甲药厂本周开科室会",
        },
        {
            trigger: `${FORM} .o_field_widget[name='importance'] .o_selection_badge:eq(2)`,
            run: "click",
        },
        {
            trigger: ".modal .o_pharma_report",
            run: "click",
        },
        {
            content: "It is on the hospital's page",
            trigger: "body:not(.modal-open) .o_pharma_page:contains('甲药厂本周开科室会')",
        },
    ],
});
