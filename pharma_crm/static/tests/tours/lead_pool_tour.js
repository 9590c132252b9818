import { registry } from "@web/core/registry";

/** A lead of the pool is taken on the phone: its customer shows only then. */
registry.category("web_tour.tours").add("pharma_crm_lead_pool", {
    url: "/odoo/lead-pool",
    steps: () => [
        {
            content: "The customer is not named yet",
            trigger: ".o_kanban_record:not(.o_kanban_ghost):not(:contains('李院长'))",
        },
        {
            content: "It fits the width of a phone",
            trigger: ".o_kanban_record .o_pharma_take",
            run() {
                if (document.documentElement.scrollWidth > window.innerWidth) {
                    throw new Error("Wider than the phone");
                }
            },
        },
        {
            trigger: ".o_kanban_record .o_pharma_take",
            run: "click",
        },
        {
            content: "The lead opens, with its customer",
            trigger: ".o_form_view .o_field_widget[name='name'] :value(/李院长/), .o_form_view .o_field_widget[name='name']:contains('李院长')",
        },
    ],
});

/** An offer is accepted on the phone, from the list of offers. */
registry.category("web_tour.tours").add("pharma_crm_lead_offer", {
    url: "/odoo/lead-offers",
    steps: () => [
        {
            trigger: ".o_kanban_record .o_pharma_open_lead",
            run: "click",
        },
        {
            content: "The offer says so",
            trigger: ".o_form_view .o_pharma_offer",
        },
        {
            trigger: ".o_form_view .o_statusbar_buttons .o_pharma_accept",
            run: "click",
        },
        {
            content: "The offer is answered",
            trigger: ".o_form_view:not(:has(.o_pharma_offer)):not(:has(.o_pharma_accept))",
        },
    ],
});
