import { registry } from "@web/core/registry";
import { uploadSteps } from "./upload_steps";

const card = (key) => `.o_pharma_card[data-key='${key}']`;

/**
 * The administrator uploads territories and users from the checklist, sees what is refused, and
 * finds the new user; the checklist counts both. The test serves the workbooks.
 */
registry.category("web_tour.tours").add("pharma_crm_setup", {
    url: "/odoo/pharma-setup",
    steps: () => [
        {
            trigger: `${card("territories")} button[data-name='upload']`,
            run: "click",
        },
        {
            content: "The template is one click away",
            trigger: ".o_form_view a.o_pharma_template[href$='/territory']:visible",
        },
        ...uploadSteps("/pharma_crm_test/territories.xlsx"),
        {
            content: "One row is refused, with its reason",
            trigger: ".o_form_view .o_data_row .o_data_cell[name='remark']:contains('火星')",
        },
        {
            trigger: ".o_form_view button[name='action_import']",
            run: "click",
        },
        {
            content: "Imported: back to the checklist",
            trigger: ".o_form_view button[name='action_view_records']:visible",
        },
        {
            trigger: ".o_control_panel .o_back_button a, .o_control_panel a.o_back_button, .o_control_panel .breadcrumb-item:first a",
            run: "click",
        },
        {
            content: "The step is done",
            trigger: `${card("territories")}[data-state='good']`,
        },
        {
            trigger: `${card("users")} button[data-name='upload']`,
            run: "click",
        },
        ...uploadSteps("/pharma_crm_test/users.xlsx"),
        {
            trigger: ".o_form_view .o_field_widget[name='new_count']:contains('1')",
        },
        {
            trigger: ".o_form_view button[name='action_import']",
            run: "click",
        },
        {
            trigger: ".o_form_view button[name='action_view_records']:visible",
            run: "click",
        },
        {
            trigger: ".o_list_view .o_data_cell[name='login']:contains('t_tour_user')",
        },
    ],
});

/** The health page: a long check is run, its card turns from unknown to good. */
registry.category("web_tour.tours").add("pharma_crm_health", {
    url: "/odoo/pharma-health",
    steps: () => [
        {
            trigger: ".o_pharma_card[data-key='names'][data-state='unknown'] button[data-name='action_run']",
            run: "click",
        },
        {
            trigger: ".o_pharma_card[data-key='names'][data-state='good']",
        },
        {
            content: "A button leads to the records",
            trigger: ".o_pharma_card[data-key='coverage'][data-state='look'] button",
            run: "click",
        },
        {
            trigger: ".o_list_view .o_data_row, .o_kanban_view .o_kanban_record",
        },
    ],
});
