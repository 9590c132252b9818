import { Component } from "@odoo/owl";

import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/**
 * The products of a call with how each was taken, one tap each; for the dialog on the phone. Other
 * products are added on the full form. The field holds a list with `product_id` and `reaction`.
 */
export class VisitProductsField extends Component {
    static template = "pharma_crm.VisitProductsField";
    static props = { ...standardFieldProps };

    get lines() {
        return this.props.record.data[this.props.name].records;
    }

    get reactions() {
        return this.lines.length ? this.lines[0].fields.reaction.selection : [];
    }

    get emptyText() {
        return _t("No products are planned.");
    }

    /** A second tap takes the answer back. */
    onTap(line, reaction) {
        if (!this.props.readonly) {
            line.update({ reaction: line.data.reaction === reaction ? false : reaction });
        }
    }

    onRemove(line) {
        return this.props.record.data[this.props.name].delete(line);
    }
}

export const visitProductsField = {
    component: VisitProductsField,
    supportedTypes: ["one2many"],
    useSubView: true,
};

registry.category("fields").add("pharma_visit_products", visitProductsField);
