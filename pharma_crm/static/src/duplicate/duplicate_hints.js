import { Component, onMounted, onWillDestroy, useRef, useState } from "@odoo/owl";

import { useRecordObserver } from "@web/model/relational_model/utils";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";

// Milliseconds without a keystroke until the server is asked
const PAUSE = 300;
const TEXTS = ["name", "street", "phone", "vat", "company_registry", "ref"];
const LINKS = ["state_id", "pharma_city_id", "pharma_county_id", "parent_id"];

/**
 * What of a customer's form counts when doubles are looked for.
 * @param {Object} data of the record
 */
export function duplicateValues(data) {
    const values = { pharma_type: data.pharma_type || false };
    for (const name of TEXTS) {
        values[name] = data[name] || "";
    }
    for (const name of LINKS) {
        values[name] = (data[name] && data[name].id) || false;
    }
    return values;
}

/** Customers that the one being entered may be the double of, below his name while it is typed. */
export class DuplicateHints extends Component {
    static template = "pharma_crm.DuplicateHints";
    static props = { record: Object, readonly: { type: Boolean, optional: true } };

    setup() {
        this.orm = useService("orm");
        this.actionService = useService("action");
        this.root = useRef("root");
        this.state = useState({ candidates: [], hidden: [] });
        this.typed = {};
        this.asked = "";
        useRecordObserver((record) => {
            const values = duplicateValues(record.data);
            if (!this.known || record.resId !== this.known.id) {
                // What is stored was warned of when it was entered
                this.known = { id: record.resId, values };
                this.asked = "";
                this.show({ candidates: [], hidden: [] });
            }
            this.typed = {};
            this.askSoon(values);
        });
        this.onInput = this.onInput.bind(this);
        onMounted(() => {
            this.form = this.root.el.closest(".o_form_renderer");
            this.form?.addEventListener("input", this.onInput);
        });
        onWillDestroy(() => {
            clearTimeout(this.timer);
            this.form?.removeEventListener("input", this.onInput);
        });
    }

    /** A field tells the record what was typed only when it is left: this hears every key. */
    onInput(ev) {
        const name = ev.target.closest(".o_field_widget")?.getAttribute("name");
        if (TEXTS.includes(name)) {
            this.typed[name] = ev.target.value;
            this.askSoon({ ...duplicateValues(this.props.record.data), ...this.typed });
        }
    }

    askSoon(values) {
        clearTimeout(this.timer);
        const key = JSON.stringify(values);
        const unchanged = this.props.record.resId && key === JSON.stringify(this.known.values);
        if (key !== this.asked && !unchanged) {
            this.timer = setTimeout(() => this.ask(values, key), PAUSE);
        }
    }

    async ask(values, key) {
        this.asked = key;
        const found = await this.orm.silent.call("res.partner", "pharma_find_duplicates", [
            values,
            this.props.record.resId || false,
            5,
        ]);
        // An answer to what was typed before is of no use
        if (key === this.asked) {
            this.show(found);
        }
    }

    show({ candidates, hidden }) {
        Object.assign(this.state, { candidates, hidden });
    }

    open(candidate) {
        return this.actionService.doAction({
            type: "ir.actions.act_window",
            res_model: "res.partner",
            res_id: candidate.id,
            views: [[false, "form"]],
            target: "new",
        });
    }
}

registry.category("view_widgets").add("pharma_duplicates", {
    component: DuplicateHints,
    fieldDependencies: [
        { name: "pharma_type", type: "selection" },
        ...TEXTS.map((name) => ({ name, type: "char" })),
        ...LINKS.map((name) => ({ name, type: "many2one" })),
    ],
});
