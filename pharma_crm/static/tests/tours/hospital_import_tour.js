import { registry } from "@web/core/registry";
import { uploadSteps } from "./upload_steps";

/**
 * The data steward uploads a list, sees what it would do, imports it and finds a hospital by the
 * pinyin initials of its name. The test serves the workbook at the address below.
 */
registry.category("web_tour.tours").add("pharma_crm_hospital_import", {
    url: "/odoo/hospital-lists",
    steps: () => [
        {
            trigger: ".o_list_view .o_list_button_add",
            run: "click",
        },
        ...uploadSteps("/pharma_crm_test/hospitals.xlsx"),
        {
            content: "Two are new, one row is refused, with its reason",
            trigger: ".o_form_view .o_field_widget[name='new_count']:contains('2')",
        },
        {
            trigger: ".o_form_view .o_field_widget[name='problem_count']:contains('1')",
        },
        {
            trigger: ".o_form_view .o_field_widget[name='line_ids'] .o_data_row .o_data_cell[name='remark']:contains('火星')",
        },
        {
            trigger: ".o_form_view button[name='action_import']",
            run: "click",
        },
        {
            trigger: ".o_form_view button[name='action_view_partners']",
            run: "click",
        },
        {
            content: "Search by initials",
            trigger: ".o_list_view:has(.o_data_row:eq(1)) .o_searchview_input",
            run: "edit yslcyy",
        },
        {
            trigger: ".o_searchview_autocomplete .o-dropdown-item:first",
            run: "click",
        },
        {
            content: "Only the hospital meant is left",
            trigger: ".o_list_view:not(:has(.o_data_row:eq(1))) .o_data_row .o_data_cell[name='name']:contains('云山绿川医院')",
            run: "click",
        },
        {
            trigger: ".o_form_view .o_field_widget[name='pharma_county_id']",
        },
    ],
});
