import { Component } from "@odoo/owl";

import { Dialog } from "@web/core/dialog/dialog";
import { _t } from "@web/core/l10n/translation";
import { patch } from "@web/core/utils/patch";
import { FormController } from "@web/views/form/form_controller";

import { duplicateValues } from "./duplicate_hints";

/** Asks once more before a customer is saved who is probably known: reasons, and both ways on. */
export class DuplicateWarning extends Component {
    static template = "pharma_crm.DuplicateWarning";
    static components = { Dialog };
    static props = { close: Function, rows: Array, onChoose: Function };

    setup() {
        this.title = _t("Known Already?");
        this.hiddenName = _t("A customer that you do not see");
    }

    get rows() {
        return this.props.rows;
    }

    choose(save) {
        this.props.onChoose(save);
        this.props.close();
    }
}

patch(FormController.prototype, {
    /** Every form in which a customer can be entered asks, dialogs of drop-downs included. */
    async onWillSaveRecord(record, changes) {
        const proceed = await super.onWillSaveRecord(...arguments);
        const asks = record.resModel === "res.partner" && !record.resId && record.data.pharma_type;
        if (proceed === false || !asks) {
            return proceed;
        }
        const found = await this.orm.call("res.partner", "pharma_find_duplicates", [
            duplicateValues(record.data),
        ]);
        const rows = [...found.candidates, ...found.hidden].filter((row) => row.strong);
        if (!rows.length) {
            return proceed;
        }
        const save = await new Promise((resolve) => {
            this.dialogService.add(
                DuplicateWarning,
                { rows, onChoose: resolve },
                { onClose: () => resolve(false) }
            );
        });
        if (!save) {
            return false;
        }
        // The server keeps that it was done knowingly
        changes.pharma_duplicate_accepted = true;
        return proceed;
    },
});
