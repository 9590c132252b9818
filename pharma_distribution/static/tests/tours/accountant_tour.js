import { registry } from "@web/core/registry";
import { stepUtils } from "@web_tour/tour_utils";

// A bank's CSV in GB18030: one receipt of 4,520.00 of 2026-01-05 from 海州喆康医药有限公司.
const BANK_FILE =
    "vbvS18jVxtos1arSqiy21Le9u6fD+yy21Le91cu6xSy96Le9t6LJ+rbuLLT7t723osn6tu4s0+C27g0KMjAyNi0wMS0wNSy79b/uLLqj1t2GtL+10r3SqdPQz965q8u+LCwsIjQsNTIwLjAwIiwiMTA0LDUyMC4wMCINCg==";

function chooseFile(input, base64, name) {
    const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
    const transfer = new DataTransfer();
    transfer.items.add(new File([bytes], name, { type: "text/csv" }));
    input.files = transfer.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
}

registry.category("web_tour.tours").add("pharma_distribution.accountant_tour", {
    url: "/odoo",
    steps: () => [
        stepUtils.showAppsMenuItem(),
        {
            content: "The accounting app is in the accountant's menu",
            trigger: ".o_app[data-menu-xmlid='account.menu_finance']",
            run: "click",
        },
        {
            content: "Import a file of the bank from its card",
            trigger:
                ".o_kanban_record:contains(TOURBANK) button[name='import_account_statement']",
            run: "click",
        },
        {
            content: "The layout of the bank's file is chosen already; choose the file",
            trigger: ".modal .o_field_widget[name='statement_file']",
            run() {
                chooseFile(
                    document.querySelector(
                        ".modal .o_field_widget[name='statement_file'] input[type='file']"
                    ),
                    BANK_FILE,
                    "detail.csv"
                );
            },
        },
        {
            content: "The file is there: import it and go to the reconciliation",
            trigger:
                ".modal:has(.o_field_widget[name='statement_file'] .o_input) button[name='import_file_and_reconcile_button']",
            run: "click",
        },
        {
            content: "The receipt waits in the reconciliation screen",
            trigger: ".o_account_reconcile_oca_selector .o_kanban_record:contains(4,520.00)",
            run: "click",
        },
        {
            content: "The payer was found: his open invoice is offered; choose it",
            trigger:
                ".o_account_reconcile_oca_info .o_field_widget[name='add_account_move_line_id'] .o_data_row:contains(4,520.00) .o_data_cell",
            run: "click",
        },
        {
            content: "The invoice balances the receipt: reconcile",
            trigger:
                ".o_account_reconcile_oca_statusbar button[name='reconcile_bank_line'].btn-primary:not(.disabled)",
            run: "click",
        },
        {
            content: "Nothing is left to reconcile in this journal",
            trigger:
                ".o_account_reconcile_oca:not(:has(.o_kanban_record:not(.o_kanban_ghost)))",
        },
    ],
});
