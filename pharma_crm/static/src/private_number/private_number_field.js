import { Component, useState } from "@odoo/owl";

import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { CharField } from "@web/views/fields/char/char_field";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/**
 * A number that the server shows masked. The real one is fetched by a click, which the server
 * writes in its log, and is forgotten with the page.
 */
export class PrivateNumberField extends Component {
    static template = "pharma_crm.PrivateNumberField";
    static components = { CharField };
    static props = { ...standardFieldProps };

    setup() {
        this.orm = useService("orm");
        this.state = useState({ number: "", shownFor: null });
    }

    /** What the number shown belongs to: it disappears when the record or the number changes. */
    get key() {
        return `${this.props.record.resId} ${this.props.record.data[this.props.name]}`;
    }

    get number() {
        return this.state.shownFor === this.key ? this.state.number : "";
    }

    get canShow() {
        const masked = this.props.record.data[this.props.name] || "";
        return this.props.record.resId && masked.includes("****") && !this.number;
    }

    async onShow() {
        const key = this.key;
        const { resModel, resId } = this.props.record;
        const number = await this.orm.call(resModel, "show_number", [[resId], this.props.name]);
        Object.assign(this.state, { number, shownFor: key });
    }
}

export const privateNumberField = {
    component: PrivateNumberField,
    supportedTypes: ["char"],
};

registry.category("fields").add("pharma_number", privateNumberField);
