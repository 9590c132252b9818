import { Component, onWillStart, useRef, useState } from "@odoo/owl";

import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { useSetupAction } from "@web/search/action_hook";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

import { CustomerTimeline } from "./customer_timeline";

const KIND_ICONS = {
    hospital: "fa-hospital-o",
    campus: "fa-building-o",
    primary_care: "fa-medkit",
    pharmacy: "fa-plus-square",
    group: "fa-sitemap",
    distributor: "fa-truck",
    agent: "fa-handshake-o",
    manufacturer: "fa-industry",
    department: "fa-stethoscope",
    person: "fa-user-md",
};

/**
 * The 360° page: everything of one customer on one screen. What it shows, and which rows a figure
 * opens, comes from `res.partner.get_customer_page()`; nothing here knows the sections.
 */
export class CustomerPage extends Component {
    static template = "pharma_crm.CustomerPage";
    static components = { CustomerTimeline, Layout };
    static props = { ...standardActionServiceProps };
    // In the address, beside the id of the customer
    static path = "customer-page";
    static displayName = _t("360° Page");
    static extractProps = (action) =>
        action.params?.res_id ? { resId: action.params.res_id } : {};

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.root = useRef("root");
        this.timelineRef = useRef("timeline");
        this.display = { controlPanel: {} };
        const { tab = "overview", timeline = {} } = this.props.state || {};
        this.timelineState = timeline;
        this.state = useState({
            page: null,
            tab,
            sources: timeline.sources || [],
            version: 0,
            unfolded: false,
        });
        useSetupAction({
            rootRef: this.root,
            getLocalState: () => ({ tab: this.state.tab, timeline: this.timelineState }),
        });
        onWillStart(() => this.load());
    }

    async load() {
        if (!this.props.resId) {
            return;
        }
        this.state.page = await this.orm.call("res.partner", "get_customer_page", [
            [this.props.resId],
        ]);
        // Beside the form of the same customer in the path of pages
        this.env.config.setDisplayName(`360° ${this.state.page.head.name}`);
    }

    // What is done here may have changed any figure and the time line
    async reload() {
        await this.load();
        this.state.version++;
    }

    get kindIcon() {
        return KIND_ICONS[this.state.page.head.kind] || "fa-address-card-o";
    }

    /** The figures that sections want at the top of the page. */
    get topFigures() {
        return this.state.page.sections.flatMap((section) =>
            section.figures
                .filter((figure) => figure.top)
                .map((figure) => ({ ...figure, of: section.key }))
        );
    }

    /** The others stand in their section, unless it has nothing but zeros to tell. */
    ownFigures(section) {
        const figures = section.figures.filter((figure) => !figure.top);
        const something = section.rows.length || section.figures.some((figure) => figure.value);
        return something ? figures : [];
    }

    chartHeight(chart, point) {
        const most = Math.max(...chart.points.map((each) => each.value), 1);
        return Math.max(0, Math.round((point.value / most) * 100));
    }

    canOpen(item) {
        return Boolean(item.action || item.timeline);
    }

    /** @param {Object} item a figure, row, point, fact or button */
    async open(item) {
        if (item.timeline) {
            return this.showTimeline(item.timeline);
        }
        return this.openAction(item.action);
    }

    async openAction(action) {
        if (action.page) {
            return this.action.doAction("pharma_crm.res_partner_action_page", {
                props: { resId: action.page },
            });
        }
        if (action.method) {
            const result = await this.orm.call("res.partner", action.method, [
                [this.props.resId],
            ]);
            return this.action.doAction(result);
        }
        if (action.xmlid) {
            const { name, domain, context } = action;
            const views = await this.action.loadAction(action.xmlid);
            return this.action.doAction({
                ...views,
                // The service adds the search view by itself
                views: views.views.filter((view) => view[1] !== "search"),
                name,
                display_name: name,
                domain,
                context,
            });
        }
        const options = action.target === "new" ? { onClose: () => this.reload() } : {};
        return this.action.doAction(action, options);
    }

    /** @param {string[]} sources keys of the sources that the time line is narrowed to */
    showTimeline(sources) {
        this.state.sources = sources;
        this.state.tab = "timeline";
        this.timelineRef.el.scrollIntoView({ block: "nearest" });
        this.timelineRef.el.focus();
    }

    openList() {
        return this.action.doAction("pharma_crm.res_partner_action_terminal");
    }
}

registry.category("actions").add("pharma_crm.customer_page", CustomerPage);
