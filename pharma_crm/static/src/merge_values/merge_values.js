import { Component, useState } from "@odoo/owl";

import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/**
 * Customers side by side before they are merged: the reader chooses which one is kept, and whose
 * value holds where they differ. Equal values stay folded.
 */
export class PharmaMergeValues extends Component {
    static template = "pharma_crm.MergeValues";
    static props = { ...standardFieldProps };

    setup() {
        this.state = useState({ all: false });
    }

    get comparison() {
        return this.props.record.data[this.props.name] || { partners: [], rows: [] };
    }

    get choices() {
        return this.props.record.data.choices || {};
    }

    get rows() {
        return this.comparison.rows.filter((row) => this.state.all || row.differs);
    }

    get equalCount() {
        return this.comparison.rows.filter((row) => !row.differs).length;
    }

    chosen(row) {
        return this.choices[row.name] || row.chosen;
    }

    isPicture(row) {
        return row.name.startsWith("image_");
    }

    async onKeep(partner) {
        await this.props.record.update({
            keep_id: { id: partner.id, display_name: partner.name },
            choices: false,
        });
    }

    async onChoose(row, value) {
        await this.props.record.update({
            choices: { ...this.choices, [row.name]: value.id },
        });
    }

    onToggle() {
        this.state.all = !this.state.all;
    }
}

registry.category("fields").add("pharma_merge_values", {
    component: PharmaMergeValues,
    supportedTypes: ["json"],
});
