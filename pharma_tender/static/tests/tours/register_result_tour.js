import { registry } from "@web/core/registry";

/**
 * Tender staff opens a tender on the board, registers that our bid was won, enters it into the
 * price book and looks at the prices by product and province.
 */
registry.category("web_tour.tours").add("pharma_tender_register_result", {
    url: "/odoo/tenders",
    steps: () => [
        {
            content: "Search the tender",
            trigger: ".o_kanban_view .o_searchview_input",
            run: "edit 巡访测试招标",
        },
        {
            trigger: ".o_searchview_autocomplete .o-dropdown-item:first",
            run: "click",
        },
        {
            content: "Open it",
            trigger:
                ".o_kanban_view:has(.o_searchview_facet) .o_kanban_group .o_kanban_record:contains('巡访测试招标')",
            run: "click",
        },
        {
            content: "Its bids",
            trigger: ".o_form_view button[name='action_view_bids']",
            run: "click",
        },
        {
            content: "Unfold the item",
            trigger: ".o_list_view .o_group_header",
            run: "click",
        },
        {
            content: "The best bid",
            trigger: ".o_list_view .o_data_row:first .o_data_cell[name='manufacturer_id']",
            run: "click",
        },
        {
            content: "It is won",
            trigger: ".o_form_view button[name='action_set_won']",
            run: "click",
        },
        {
            content: "Enter it into the price book",
            trigger: ".o_form_view button[name='action_add_prices']",
            run: "click",
        },
        {
            content: "Its prices by province",
            trigger: ".o_form_view button[name='action_view_prices']:contains('2')",
            run: "click",
        },
        {
            content: "As a table of products and provinces",
            trigger: ".o_list_view:has(.o_data_row:eq(1)) .o_cp_switch_buttons .o_switch_view.o_pivot, .o_list_view ~ .o_switch_view.o_pivot",
            run: "click",
        },
        {
            content: "Every cell opens its rows",
            trigger: ".o_pivot .o_pivot_cell_value:contains('7.00'):first",
            run: "click",
        },
        {
            content: "Each row leads to its bid and tender",
            trigger: ".o_list_view .o_data_row:first .o_data_cell[name='drug_generic_name']",
            run: "click",
        },
        {
            trigger: ".o_form_view button[name='action_view_tender']",
            run: "click",
        },
        {
            trigger: ".o_form_view button[name='action_view_prices']:contains('2')",
        },
    ],
});
