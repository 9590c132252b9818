import { registry } from "@web/core/registry";

const SAMPLE = "/pharma_distribution/static/tests/data/flow_sample.xls";

/** Put the sample into the file input of the form, as the browser's own dialog would. */
async function uploadSample({ anchor }) {
    const response = await fetch(SAMPLE);
    const file = new File([await response.arrayBuffer()], "flow_sample.xls");
    const transfer = new DataTransfer();
    transfer.items.add(file);
    anchor.files = transfer.files;
    anchor.dispatchEvent(new Event("change", { bubbles: true }));
}

/**
 * A commercial user uploads a distributor's file, decides on an unknown name, posts the file and
 * looks at the sales.
 */
registry.category("web_tour.tours").add("pharma_distribution_flow", {
    url: "/odoo/flow-files",
    steps: () => [
        {
            content: "A new file",
            trigger: ".o_list_view .o_list_button_add",
            run: "click",
        },
        {
            content: "Of this distributor",
            trigger: ".o_form_view .o_field_widget[name='distributor_id'] input",
            run: "edit 望澜医药",
        },
        {
            trigger: ".o-autocomplete--dropdown-item:contains('望澜医药')",
            run: "click",
        },
        {
            content: "Choose the file",
            trigger: ".o_field_widget[name='data'] input[type='file']:not(:visible)",
            run: uploadSample,
        },
        {
            trigger: ".o_field_widget[name='data'] input[type='text'], .o_field_widget[name='data'] .o_input",
        },
        {
            content: "Read it",
            trigger: ".o_statusbar_buttons button[name='action_import'].btn-primary",
            run: "click",
        },
        {
            content: "It is to be reviewed: names are unknown",
            trigger: ".o_statusbar_status .o_arrow_button_current[data-value='review']",
        },
        {
            trigger: ".o_statusbar_buttons button[name='action_view_names']",
            run: "click",
        },
        {
            content: "Look at the name",
            trigger: ".o_pharma_wb_name:contains('澄屿大药房连锁') .o_pharma_open",
            run: "click",
        },
        {
            trigger: ".o_pharma_wb_title:contains('澄屿大药房连锁')",
        },
        {
            content: "Decide whom it means",
            trigger: ".o_pharma_candidate:contains('澄屿大药房云溪店') .o_pharma_accept",
            run: "click",
        },
        {
            content: "It waits no more",
            trigger: ".o_pharma_wb_list:not(:contains('澄屿大药房连锁'))",
        },
        {
            content: "Back to the file",
            trigger: ".o_control_panel .o_back_button",
            run: "click",
        },
        {
            content: "Four rows count now",
            trigger: ".o_form_view .oe_stat_button:has(.o_stat_value:contains(/^4$/))",
        },
        {
            trigger: ".o_statusbar_buttons button[name='action_ask_post']",
            run: "click",
        },
        {
            content: "What the checks warn of",
            trigger: ".modal .o_data_row:contains('2') button[name='action_view_lines']",
        },
        {
            trigger: ".modal button[name='action_post']",
            run: "click",
        },
        {
            trigger: ".o_statusbar_status .o_arrow_button_current[data-value='posted']",
        },
        {
            content: "The sales by product",
            trigger: ".o_menu_sections [data-menu-xmlid='pharma_distribution.pharma_distribution_menu_sales']",
            run: "click",
        },
        {
            trigger: ".o-dropdown--menu [data-menu-xmlid='pharma_distribution.pharma_distribution_menu_sell_through']",
            run: "click",
        },
        {
            content: "Of all years",
            trigger: ".o_searchview_facet:has(.o_facet_value:contains('20')) .o_facet_remove",
            run: "click",
        },
        {
            trigger: ".o_pivot_view tbody tr:contains('澜舒他汀钙片') td:contains('229')",
            run: "click",
        },
        {
            content: "A cell opens its rows",
            trigger: ".o_list_view .o_data_row:contains('澄屿大药房云溪店') .o_data_cell[name='row_number']",
        },
        {
            content: "The same at a glance",
            trigger: ".o_menu_sections [data-menu-xmlid='pharma_distribution.pharma_distribution_menu_sales']",
            run: "click",
        },
        {
            trigger: ".o-dropdown--menu [data-menu-xmlid='pharma_distribution.pharma_distribution_menu_sales_page']",
            run: "click",
        },
        {
            trigger: ".o_pharma_sales .o_pharma_filters button[name='year']",
            run: "click",
        },
        {
            content: "A place of a ranking opens its rows as well",
            trigger: ".o_pharma_section[data-section='partner_id'] .o_pharma_place:contains('澄屿大药房云溪店')",
            run: "click",
        },
        {
            trigger: ".o_list_view .o_data_row:contains('澄屿大药房云溪店') .o_data_cell[name='row_number']",
        },
    ],
});
