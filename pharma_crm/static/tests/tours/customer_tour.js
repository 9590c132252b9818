import { registry } from "@web/core/registry";

/**
 * A representative finds a hospital by the pinyin initials of its name, looks at its structure and
 * enters a department with a doctor.
 */
registry.category("web_tour.tours").add("pharma_crm_customer", {
    url: "/odoo/terminals",
    steps: () => [
        {
            content: "Search by initials",
            trigger: ".o_list_view .o_searchview_input",
            run: "edit yslcyy",
        },
        {
            trigger: ".o_searchview_autocomplete .o-dropdown-item:first",
            run: "click",
        },
        {
            content: "Only the hospital meant is left",
            trigger: ".o_list_view:not(:has(.o_data_row:eq(1))) .o_data_row .o_data_cell[name='name']",
            run: "click",
        },
        {
            content: "Look at its structure",
            trigger: ".o_form_view button[name='action_view_hierarchy']",
            run: "click",
        },
        {
            trigger: ".o_hierarchy_renderer .o_hierarchy_node:contains('心内一科')",
        },
        {
            content: "Back to the hospital",
            trigger: ".o_control_panel .o_back_button",
            run: "click",
        },
        {
            content: "Its departments",
            trigger: ".o_form_view button[name='action_view_departments']",
            run: "click",
        },
        {
            content: "A new one",
            trigger: ".o_list_view .o_list_button_add",
            run: "click",
        },
        {
            trigger: ".o_form_view h1 .o_field_widget[name='name'] :is(textarea, input)",
            run: "edit 巡访测试科",
        },
        {
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            trigger: ".o_form_saved",
        },
    ],
});
