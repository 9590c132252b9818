import { Component, onWillStart, useRef, useState } from "@odoo/owl";

import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { useSetupAction } from "@web/search/action_hook";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

/**
 * Sales at a glance: figures, twelve months, rankings. What is shown, and which rows a figure
 * adds up, comes from `pharma.flow.report.get_sales_page()`.
 */
export class SalesPage extends Component {
    static template = "pharma_distribution.SalesPage";
    static components = { Layout };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.root = useRef("root");
        this.display = { controlPanel: {} };
        this.asked = 0;
        this.state = useState({
            page: null,
            month: null,
            period: "month",
            measure: "amount",
            product_line_id: null,
            mine: false,
            ...(this.props.state?.filters || {}),
        });
        useSetupAction({ rootRef: this.root, getLocalState: () => ({ filters: this.filters }) });
        onWillStart(() => this.load());
    }

    get filters() {
        const { month, period, measure, product_line_id, mine } = this.state;
        return { month, period, measure, product_line_id, mine };
    }

    async load() {
        const asked = ++this.asked;
        const page = await this.orm.call("pharma.flow.report", "get_sales_page", [], this.filters);
        // Whoever clicks quickly sees the answer to the last question
        if (asked === this.asked) {
            this.state.page = page;
        }
    }

    set(filters) {
        Object.assign(this.state, filters);
        return this.load();
    }

    get isEmpty() {
        const { figures, chart } = this.state.page;
        return !figures[0].value && !chart.some((point) => point.value || point.before);
    }

    get most() {
        const values = this.state.page.chart.flatMap((point) => [point.value, point.before]);
        return Math.max(...values, 1);
    }

    height(value) {
        return Math.max(0, Math.round((value / this.most) * 100));
    }

    /** @param {Object} item a figure, a month or a place of a ranking */
    async open(item) {
        if (item.domain) {
            const action = await this.orm.call("pharma.flow.report", "action_view_lines", [
                item.domain,
            ]);
            return this.action.doAction(action);
        }
    }

    /** The whole ranking, as a pivot. */
    async openRanking(ranking) {
        const action = await this.action.loadAction("pharma_distribution.pharma_flow_report_action");
        return this.action.doAction({
            ...action,
            views: action.views.filter((view) => view[1] !== "search"),
            domain: ranking.domain,
            context: {
                group_by: [ranking.key],
                pivot_row_groupby: [ranking.key],
                pivot_column_groupby: [],
                pivot_measures: ["quantity", "amount", "amount_year_before", "growth_year"],
            },
        });
    }
}

registry.category("actions").add("pharma_distribution.sales_page", SalesPage);
