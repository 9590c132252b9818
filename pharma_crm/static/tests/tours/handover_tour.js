import { registry } from "@web/core/registry";

/** A director hands over a representative's work from his territory, and takes it back. */
registry.category("web_tour.tours").add("pharma_crm_handover", {
    url: "/odoo/territories",
    steps: () => [
        {
            trigger: ".o_list_view .o_searchview_input",
            run: "edit 巡访移交区",
        },
        {
            trigger: ".o_searchview_autocomplete .o-dropdown-item:first",
            run: "click",
        },
        {
            trigger: ".o_list_view:not(:has(.o_data_row:eq(1))) .o_data_row .o_data_cell:contains('巡访移交区')",
            run: "click",
        },
        {
            trigger: ".o_form_view button[name='action_hand_over']",
            run: "click",
        },
        {
            content: "The representative stands there already; choose who follows him",
            trigger: ".o_form_view .o_field_widget[name='to_user_id'] input",
            run: "edit 巡访接班人",
        },
        {
            trigger: ".o-autocomplete--dropdown-item:contains('巡访接班人')",
            run: "click",
        },
        {
            trigger: ".o_form_view button[name='action_preview']",
            run: "click",
        },
        {
            content: "All that moves; open the lines",
            trigger: ".o_form_view .oe_stat_button:has(.o_field_widget[name='move_count'])",
            run: "click",
        },
        {
            content: "Groups by kind: search an opportunity",
            trigger: ".o_list_view .o_group_header",
        },
        {
            trigger: ".o_list_view .o_searchview_input",
            run: "edit 巡访商机二",
        },
        {
            trigger: ".o_searchview_autocomplete .o-dropdown-item:first",
            run: "click",
        },
        {
            trigger: ".o_list_view .o_group_header:only-child, .o_list_view .o_group_header",
            run: "click",
        },
        {
            content: "Leave it out",
            trigger: ".o_list_view .o_data_row .o_field_widget[name='is_excluded'] input",
            run: "click",
        },
        {
            trigger: ".o_list_view .o_data_row .o_field_widget[name='is_excluded'] input:checked",
        },
        {
            trigger: ".o_breadcrumb .o_back_button, .o_breadcrumb .breadcrumb-item:last a",
            run: "click",
        },
        {
            content: "It has to be looked at again",
            trigger: ".o_form_view button[name='action_preview'].btn-primary",
            run: "click",
        },
        {
            trigger: ".o_form_view .o_field_widget[name='excluded_count']:contains('1')",
        },
        {
            trigger: ".o_form_view button[name='action_apply']",
            run: "click",
        },
        {
            trigger: ".o_form_view button[name='action_undo']",
            run: "click",
        },
        {
            trigger: ".modal .modal-footer .btn-primary",
            run: "click",
        },
        {
            trigger: "body:not(:has(.modal)) .o_form_view .o_statusbar_status .o_arrow_button_current[data-value='undone']",
        },
    ],
});
