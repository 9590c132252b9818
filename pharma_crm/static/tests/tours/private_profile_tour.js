import { registry } from "@web/core/registry";

/**
 * A representative opens the private profile from a doctor's page, sees the phone masked, shows it,
 * and notes a hobby: the number that he did not touch stays as it was.
 */
registry.category("web_tour.tours").add("pharma_crm_private_profile", {
    url: "/odoo/doctors",
    steps: () => [
        {
            trigger: ".o_kanban_view .o_searchview_input",
            run: "edit 顾怀谨",
        },
        {
            trigger: ".o_searchview_autocomplete .o-dropdown-item:first",
            run: "click",
        },
        {
            content: "Only the doctor meant is left",
            trigger: ".o_kanban_view:not(:has(.o_kanban_record:not(.o_kanban_ghost):eq(1))) .o_kanban_record:contains('顾怀谨')",
            run: "click",
        },
        {
            trigger: ".o_form_view button[name='action_view_private_profile']",
            run: "click",
        },
        {
            content: "The phone is masked",
            trigger: ".o_field_widget[name='private_phone'] input:value('138****1234')",
        },
        {
            content: "Sensitive facts are off",
            trigger: ".o_form_view:not(:has(.o_field_widget[name='family']))",
        },
        {
            trigger: ".o_field_widget[name='private_phone'] .o_pharma_show_number",
            run: "click",
        },
        {
            content: "The real number, beside the masked one",
            trigger: ".o_field_widget[name='private_phone'] .o_pharma_number:contains('13812341234')",
        },
        {
            trigger: ".o_field_widget[name='hobbies'] textarea",
            run: "edit 书法",
        },
        {
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            trigger: ".o_form_saved .o_field_widget[name='private_phone'] input:value('138****1234')",
        },
    ],
});
