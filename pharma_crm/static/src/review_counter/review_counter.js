import { Component, onWillStart, useState } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { useBus, useService } from "@web/core/utils/hooks";
import { session } from "@web/session";

/** How many calls wait for the manager's review; a click opens them. */
export class ReviewCounter extends Component {
    static template = "pharma_crm.ReviewCounter";
    static props = {};

    setup() {
        this.orm = useService("orm");
        this.actionService = useService("action");
        this.state = useState({ count: 0 });
        onWillStart(() => {
            // The screen does not wait for it
            this.load();
        });
        useBus(this.env.bus, "pharma_reviewed", () => this.load());
    }

    async load() {
        this.state.count = await this.orm.silent.call("pharma.visit", "get_review_count", []);
    }

    open() {
        return this.actionService.doAction("pharma_crm.pharma_visit_action_review", { clearBreadcrumbs: true });
    }
}

if (session.pharma_reviews) {
    registry.category("systray").add("pharma_crm.review_counter", { Component: ReviewCounter }, { sequence: 30 });
}
