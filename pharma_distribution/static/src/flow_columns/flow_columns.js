import { Component, onMounted, onWillStart, useRef, useState } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

const NEEDED = {
    sale: ["customer", "product", "quantity", "date"],
    purchase: ["product", "quantity"],
    stock: ["product", "quantity"],
    ignored: [],
};
const ASKED_FIELD = ["column_unclear", "column_removed", "column_renamed"];

/**
 * A file's first rows with a choice above each column: what it holds. While one field is asked for,
 * a click on a column answers.
 */
export class FlowColumns extends Component {
    static template = "pharma_distribution.FlowColumns";
    static components = { Layout };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.state = useState({ file: null, index: 0, busy: false });
        this.table = useRef("sheet");
        onMounted(() => this.showDoubt());
        onWillStart(async () => {
            const file = await this.orm.call("pharma.flow.file", "get_columns", [this.fileId]);
            for (const sheet of file.sheets) {
                sheet.order ||= "";
                sheet.touched = sheet.answered || sheet.doubts.length > 0;
                sheet.asked = sheet.doubts
                    .filter((doubt) => ASKED_FIELD.includes(doubt.code))
                    .map((doubt) => doubt.field)
                    .filter((field) => !(field in sheet.columns));
            }
            this.state.file = file;
            const first = file.sheets.findIndex((sheet) => sheet.doubts.length);
            this.state.index = Math.max(first, 0);
            if (!this.sheet.kind) {
                this.onValue("kind", "sale");
            }
            // the other sheets without flow rows stay out until somebody says what they report
            for (const sheet of file.sheets) {
                sheet.kind ||= "ignored";
            }
        });
    }

    /** The column in doubt is in sight, however many stand before it. */
    showDoubt() {
        const doubt = this.sheet.doubts.find(({ field }) => field in this.sheet.columns);
        const column = doubt && this.sheet.columns[doubt.field];
        this.table.el
            ?.querySelector(`th select[data-column="${column}"]`)
            ?.scrollIntoView({ inline: "center", block: "nearest" });
    }

    get display() {
        return { controlPanel: {} };
    }

    get fileId() {
        return this.props.action.params.file_id;
    }

    get sheet() {
        return this.state.file.sheets[this.state.index];
    }

    /** Indexes of the columns that are shown. */
    get columns() {
        const width = Math.max(0, ...this.sheet.rows.map((row) => row.length));
        return [...Array(width).keys()];
    }

    get missing() {
        return NEEDED[this.sheet.kind].filter(
            (field) => !(field in this.sheet.columns) && !(`${field}_code` in this.sheet.columns)
        );
    }

    /** The field that the next click on a column answers. */
    get asking() {
        return this.sheet.asked.find((field) => !(field in this.sheet.columns));
    }

    get hasDoubt() {
        return (code) => this.sheet.doubts.some((doubt) => doubt.code === code);
    }

    get dateExample() {
        return this.sheet.doubts.find((doubt) => doubt.code === "date_order")?.example;
    }

    label(field) {
        return this.state.file.fields.find(([name]) => name === field)[1];
    }

    letter(column) {
        let letters = "";
        for (let rest = column + 1; rest > 0; rest = Math.floor((rest - 1) / 26)) {
            letters = String.fromCharCode(65 + ((rest - 1) % 26)) + letters;
        }
        return letters;
    }

    fieldOf(column) {
        const found = Object.entries(this.sheet.columns).find(([, place]) => place === column);
        return found ? found[0] : "";
    }

    touch() {
        this.sheet.touched = true;
    }

    onColumn(column, field) {
        const columns = this.sheet.columns;
        for (const [name, place] of Object.entries(columns)) {
            if (place === column) {
                delete columns[name];
            }
        }
        if (field) {
            columns[field] = column;
        }
        this.touch();
    }

    onCell(column) {
        if (this.asking) {
            this.onColumn(column, this.asking);
        }
    }

    onSwap() {
        const { quantity, price } = this.sheet.columns;
        Object.assign(this.sheet.columns, { quantity: price, price: quantity });
        this.touch();
    }

    onHeader(row) {
        this.sheet.header = this.sheet.first + row;
        this.touch();
    }

    onNoHeader() {
        this.sheet.header = -1;
        this.touch();
    }

    onValue(name, value) {
        this.sheet[name] = value;
        if (name === "kind") {
            this.sheet.asked = this.missing;
        }
        this.touch();
    }

    onPeriod(name, value) {
        this.state.file[name] = value;
        this.touch();
    }

    get answers() {
        const answers = {};
        for (const sheet of this.state.file.sheets.filter((each) => each.touched)) {
            const { kind, header, columns, unit, order } = sheet;
            answers[sheet.name] = { kind, header, columns, unit, order };
        }
        return answers;
    }

    async onSave() {
        if (this.state.busy) {
            return;
        }
        this.state.busy = true;
        try {
            const { date_from, date_to } = this.state.file;
            await this.orm.call("pharma.flow.file", "set_columns", [this.fileId, this.answers], {
                date_from,
                date_to,
            });
            this.env.config.historyBack();
        } finally {
            this.state.busy = false;
        }
    }

    onDiscard() {
        this.env.config.historyBack();
    }
}

registry.category("actions").add("pharma_distribution.flow_columns", FlowColumns);
