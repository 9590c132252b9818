import { registry } from "@web/core/registry";

/** The month before last, of which no heading says which column is the quantity. */
function makeFile() {
    const today = new Date();
    const first = new Date(today.getFullYear(), today.getMonth() - 2, 1);
    const month = String(first.getMonth() + 1).padStart(2, "0");
    const rows = ["销售日期,客户名称,商品名称,商品规格,度量,另数"];
    for (let day = 1; day <= 12; day++) {
        const date = `${first.getFullYear()}-${month}-${String(day).padStart(2, "0")}`;
        rows.push(`${date},望澜市人民医院,澜舒他汀钙片,20mg*7片,${day * 2},${((day * 7) % 50) + 40}`);
    }
    return new File([rows.join("\n")], `望澜医药${first.getFullYear()}年${month}月流向.csv`, { type: "text/csv" });
}

/** A commercial user uploads files, sets a column in two clicks and sees the file read. */
registry.category("web_tour.tours").add("pharma_distribution_flow_upload", {
    url: "/odoo/flow-files",
    steps: () => [
        {
            trigger: ".o_list_view .o_control_panel .o_pharma_flow_upload",
        },
        {
            content: "Choose the files",
            trigger: ".o_control_panel input[type='file']:not(:visible)",
            run({ anchor }) {
                const transfer = new DataTransfer();
                transfer.items.add(makeFile());
                anchor.files = transfer.files;
                anchor.dispatchEvent(new Event("change", { bubbles: true }));
            },
        },
        {
            content: "Whose it is was recognised",
            trigger: ".o_field_widget[name='line_ids'] .o_data_row:contains('望澜医药有限公司')",
        },
        {
            trigger: ".o_statusbar_buttons button[name='action_confirm']",
            run: "click",
        },
        {
            content: "It asks for a column",
            trigger: ".o_action_manager:not(:has(.o_form_view)) .o_list_view:has(.o_pharma_flow_upload) .o_data_row:has(.text-bg-danger) .o_data_cell[name='date_from']",
            run: "click",
        },
        {
            trigger: ".o_statusbar_buttons button[name='action_set_columns'].btn-primary",
            run: "click",
        },
        {
            content: "First click: this is the quantity",
            trigger: ".o_pharma_flow_columns:has(.o_pharma_asking) tbody tr:eq(2) td[data-column='4']",
            run: "click",
        },
        {
            content: "Second click: read",
            trigger: ".o_web_client:not(:has(.o_pharma_asking)) .o_pharma_save",
            run: "click",
        },
        {
            trigger: ".o_statusbar_status .o_arrow_button_current[data-value='review']",
        },
        {
            content: "The calendar",
            trigger: ".o_menu_sections [data-menu-xmlid='pharma_distribution.pharma_distribution_menu_flow']",
            run: "click",
        },
        {
            trigger: ".o-dropdown--menu [data-menu-xmlid='pharma_distribution.pharma_distribution_menu_flow_calendar']",
            run: "click",
        },
        {
            content: "The month has come",
            trigger: ".o_pharma_flow_calendar tr:contains('望澜医药') .o_pharma_cell[data-state='received']",
            run: "click",
        },
        {
            content: "A cell opens its file",
            trigger: ".o_form_view .o_field_widget[name='distributor_id']",
        },
    ],
});
