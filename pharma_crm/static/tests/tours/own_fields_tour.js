import { registry } from "@web/core/registry";

/**
 * The administrator asks for a fact of his own about hospitals, and nothing is saved without it.
 */
registry.category("web_tour.tours").add("pharma_crm_own_field_setup", {
    url: "/odoo/customer-types",
    steps: () => [
        {
            trigger: ".o_list_view .o_data_row:first .o_data_cell[name='pharma_type']",
            run: "click",
        },
        {
            content: "A new fact",
            trigger: ".o_form_view .o_field_widget[name='fact_ids'] .o_field_x2many_list_row_add a",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name='fact_ids'] .o_selected_row .o_field_widget[name='name'] input",
            run: "edit 巡访院长",
        },
        {
            content: "How important it is",
            trigger: ".o_field_widget[name='fact_ids'] .o_selected_row .o_data_cell[name='importance']",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name='fact_ids'] .o_selected_row .o_field_widget[name='importance'] .o_select_menu_input",
            run: "click",
        },
        {
            content: "Required is the last choice",
            trigger: ".o_select_menu_menu .o_select_menu_item:eq(2)",
            run: "click",
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

/**
 * A representative changes a hospital, is told what is missing, enters it and can save.
 */
registry.category("web_tour.tours").add("pharma_crm_own_field_entry", {
    url: "/odoo/terminals",
    steps: () => [
        {
            trigger: ".o_list_view .o_searchview_input",
            run: "edit yslcyy",
        },
        {
            trigger: ".o_searchview_autocomplete .o-dropdown-item:first",
            run: "click",
        },
        {
            trigger: ".o_list_view:not(:has(.o_data_row:eq(1))) .o_data_row .o_data_cell[name='name']",
            run: "click",
        },
        {
            content: "The missing fact is named",
            trigger: ".o_form_view .o_field_widget[name='required_facts_missing']:contains('巡访院长')",
        },
        {
            trigger: ".o_form_view .o_field_widget[name='street'] input",
            run: "edit 云山路1号",
        },
        {
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            content: "Without it nothing is saved",
            trigger: ".modal:contains('巡访院长') .modal-footer button.btn-primary",
            run: "click",
        },
        {
            trigger: "body:not(:has(.modal)) .o_form_view .nav-link[name='pharma_facts']",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name='pharma_properties'] .o_property_field:contains('巡访院长') input",
            run: "edit 林知远",
        },
        {
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            trigger: ".o_form_saved",
        },
        {
            content: "Nothing required is missing any more",
            trigger: ".o_form_view:not(:has(.o_field_widget[name='required_facts_missing']:contains('巡访院长')))",
        },
    ],
});
