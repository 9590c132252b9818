import { registry } from "@web/core/registry";

const MENU = ".o_menu_sections [data-menu-xmlid='pharma_distribution.pharma_distribution_menu_flow']";

/** Steps that open a screen by its menu. */
function open(menu) {
    return [
        { trigger: MENU, run: "click" },
        {
            trigger: `.o-dropdown--menu [data-menu-xmlid='pharma_distribution.pharma_distribution_menu_${menu}']`,
            run: "click",
        },
    ];
}

/** Steps that press a button of the form and confirm. */
function press(name) {
    return [
        { trigger: `.o_statusbar_buttons button[name='${name}']`, run: "click" },
        { trigger: ".modal footer .btn-primary", run: "click" },
    ];
}

/**
 * An administrator locks a month, posts a late file, sees where it counts, unlocks, corrects an
 * amount and takes that back, undoes the late file, uploads a wrong one, and approves a claim.
 */
registry.category("web_tour.tours").add("pharma_distribution_flow_month", {
    url: "/odoo/flow-months",
    steps: () => [
        {
            content: "Lock January",
            trigger: ".o_list_view .o_data_row:contains('2026-01') .o_data_cell[name='name']",
            run: "click",
        },
        ...press("action_lock"),
        {
            trigger: ".o_statusbar_status .o_arrow_button_current[data-value='locked']",
        },
        ...open("flow_files"),
        {
            content: "Post a late file",
            trigger: ".o_list_view .o_data_row:contains('late.csv') .o_data_cell[name='name']",
            run: "click",
        },
        {
            trigger: ".o_statusbar_buttons button[name='action_ask_post']",
            run: "click",
        },
        {
            content: "It warns that the month is locked",
            trigger: ".modal .o_data_row button[name='action_view_lines']",
        },
        {
            trigger: ".modal button[name='action_post']",
            run: "click",
        },
        {
            trigger: ".o_statusbar_status .o_arrow_button_current[data-value='posted']",
        },
        ...open("flow_periods"),
        {
            trigger: ".o_list_view .o_data_row:contains('2026-01') .o_data_cell[name='name']",
            run: "click",
        },
        {
            content: "Its row counts later",
            trigger: ".oe_stat_button[name='action_view_restated']",
            run: "click",
        },
        {
            trigger: ".o_list_view .o_data_row .o_data_cell[name='row_number']",
        },
        {
            trigger: ".o_control_panel .o_back_button",
            run: "click",
        },
        ...press("action_unlock"),
        {
            trigger: ".o_statusbar_status .o_arrow_button_current[data-value='open']",
        },
        ...open("flow_lines"),
        {
            content: "Correct the amount of a row",
            trigger: ".o_list_view .o_data_row:contains('88') .o_data_cell[name='row_number']",
            run: "click",
        },
        {
            trigger: ".o_statusbar_buttons button[name='action_correct']",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name='field'] input[data-value='amount']",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name='amount'] input",
            run: "edit 77",
        },
        {
            trigger: ".modal .o_form_button_save",
            run: "click",
        },
        {
            content: "What the file says stays beside",
            trigger: "body:not(:has(.modal)) .o_form_view:has(.o_field_widget[name='read_amount']:contains('88')) .o_field_widget[name='amount']:contains('77')",
        },
        {
            content: "Take it back",
            trigger: ".o_field_widget[name='correction_ids'] button[name='action_undo']",
            run: "click",
        },
        {
            trigger: ".o_form_view:not(:has(.o_field_widget[name='read_amount'])) .o_field_widget[name='amount']:contains('88')",
        },
        ...open("flow_files"),
        {
            content: "It needs no attention any more",
            trigger: ".o_searchview_facet .o_facet_remove",
            run: "click",
        },
        {
            content: "Undo the late file",
            trigger: ".o_list_view .o_data_row:contains('late.csv') .o_data_cell[name='name']",
            run: "click",
        },
        ...press("action_undo"),
        {
            trigger: ".o_statusbar_status .o_arrow_button_current[data-value='undone'], .o_statusbar_status [data-value='undone'][aria-checked='true']",
        },
        ...open("flow_files"),
        {
            content: "A wrong file says what is wrong, and what to do",
            trigger: ".o_list_view .o_data_row:contains('wrong.csv') .o_data_cell[name='name']",
            run: "click",
        },
        {
            trigger: ".o_statusbar_buttons button[name='action_import'].btn-primary",
            run: "click",
        },
        {
            trigger: ".o_form_view .o_field_widget[name='message']:contains('wrong.csv')",
        },
        {
            content: "A claim waits",
            trigger: ".o_menu_sections [data-menu-xmlid='pharma_distribution.pharma_distribution_menu_sales']",
            run: "click",
        },
        {
            trigger: ".o-dropdown--menu [data-menu-xmlid='pharma_distribution.pharma_distribution_menu_flow_claims']",
            run: "click",
        },
        {
            trigger: ".o_list_view .o_data_row .o_data_cell[name='quantity']",
            run: "click",
        },
        {
            trigger: ".o_statusbar_buttons button[name='action_approve']",
            run: "click",
        },
        {
            content: "It is a row now",
            trigger: ".oe_stat_button[name='action_view_line']",
            run: "click",
        },
        {
            trigger: ".o_list_view .o_data_row .o_data_cell[name='row_number']",
        },
    ],
});

/** A representative looks at the results, and at his claims, on a phone. */
registry.category("web_tour.tours").add("pharma_distribution_sales_phone", {
    url: "/odoo/sales-page",
    steps: () => [
        {
            trigger: ".o_pharma_sales .o_pharma_filters button[name='year']",
            run: "click",
        },
        {
            content: "Nothing is wider than the phone",
            trigger: ".o_pharma_section[data-section='partner_id'] .o_pharma_place:contains('望澜市人民医院')",
            run({ anchor }) {
                if (document.documentElement.scrollWidth > window.innerWidth + 1) {
                    throw new Error(`The page is ${document.documentElement.scrollWidth} px wide`);
                }
                anchor.click();
            },
        },
        {
            content: "A place of a ranking opens its rows",
            trigger: ".o_kanban_view .o_kanban_record:contains('望澜市人民医院')",
        },
    ],
});
