import { Component, onMounted, onWillStart, useRef, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { useDebounced } from "@web/core/utils/timing";
import { Layout } from "@web/search/layout";
import { usePager } from "@web/search/pager_hook";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { useFlowUpload } from "../flow_upload/flow_upload";

const COLOURS = {
    received: "text-bg-success",
    late: "text-bg-danger",
    open: "text-bg-warning",
    waived: "text-bg-light",
};
// Distributors on a page
const LIMIT = 40;
const ICONS = { received: "fa-check", late: "fa-exclamation", open: "fa-clock-o", waived: "fa-minus" };

/** Distributors × months: what came and what is missing. A cell opens its file, or takes one. */
export class FlowCalendar extends Component {
    static template = "pharma_distribution.FlowCalendar";
    static components = { Layout };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.input = useRef("input");
        this.scroll = useRef("scroll");
        this.state = useState({ calendar: null, cell: null, offset: 0, limit: LIMIT });
        this.search = "";
        this.loading = new KeepLast();
        this.upload = useFlowUpload();
        this.onSearch = useDebounced((ev) => {
            this.search = ev.target.value;
            return this.load(0, this.state.limit);
        }, 300);
        usePager(() => ({
            offset: this.state.offset,
            limit: this.state.limit,
            total: this.state.calendar.total,
            onUpdate: ({ offset, limit }) => this.load(offset, limit),
        }));
        onWillStart(() => this.load(0, LIMIT));
        // the latest months are what is looked for
        onMounted(() => {
            if (this.scroll.el) {
                this.scroll.el.scrollLeft = this.scroll.el.scrollWidth;
            }
        });
    }

    /** Show a page of the distributors. */
    async load(offset, limit) {
        const calendar = await this.loading.add(
            this.orm.call("pharma.flow.duty", "get_calendar", [], {
                search: this.search,
                offset,
                limit,
            })
        );
        Object.assign(this.state, { calendar, offset, limit });
    }

    get display() {
        return { controlPanel: {} };
    }

    colour(state) {
        return COLOURS[state];
    }

    icon(state) {
        return ICONS[state];
    }

    async onCell(row, cell) {
        if (cell.file_id) {
            await this.action.doAction({
                type: "ir.actions.act_window",
                res_model: "pharma.flow.file",
                res_id: cell.file_id,
                views: [[false, "form"]],
            });
        } else if (this.state.calendar.can_upload && cell.state !== "waived") {
            this.state.cell = { ...cell, distributor_id: row.id };
            this.input.el.click();
        } else {
            await this.openDuties([["id", "in", cell.duty_ids]]);
        }
    }

    async onInput(ev) {
        const { distributor_id, date_from, date_to } = this.state.cell;
        await this.upload(ev.target.files, { distributor_id, date_from, date_to });
    }

    async onState(state) {
        await this.openDuties([["state", "=", state]]);
    }

    async openDuties(domain) {
        await this.action.doAction({
            type: "ir.actions.act_window",
            name: _t("Files Owed"),
            res_model: "pharma.flow.duty",
            domain,
            views: [
                [false, "list"],
                [false, "form"],
            ],
        });
    }
}

registry.category("actions").add("pharma_distribution.flow_calendar", FlowCalendar);
