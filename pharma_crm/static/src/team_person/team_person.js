import { Component, onWillStart, useState } from "@odoo/owl";
import { deserializeDate, formatDate } from "@web/core/l10n/dates";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

/** One page of a person for his managers; the server says what is on it. */
export class TeamPerson extends Component {
    static template = "pharma_crm.TeamPerson";
    static components = { Layout };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.actionService = useService("action");
        this.state = useState({ page: null });
        onWillStart(() => this.load());
    }

    get display() {
        return { controlPanel: {} };
    }

    async load() {
        const userId = this.props.action.params?.user_id || this.props.resId || this.props.state?.user_id;
        if (!userId) {
            return;
        }
        this.state.page = await this.orm.call("pharma.team.member", "get_person_page", [userId]);
        // The address opens the same page again
        this.props.updateActionState({ resId: userId });
        this.env.config.setDisplayName(this.state.page.head.name);
    }

    day(text) {
        return formatDate(deserializeDate(text));
    }

    /** Highest column of the weeks, so that all share one scale. */
    top(section) {
        return Math.max(1, ...section.weeks.map((week) => Math.max(week.planned, week.done + week.unplanned)));
    }

    height(section, count) {
        return `${Math.round((100 * count) / this.top(section))}%`;
    }

    open(action) {
        return action && this.actionService.doAction(action);
    }

    openTeam() {
        return this.actionService.doAction("pharma_crm.pharma_team_member_action");
    }
}

registry.category("actions").add("pharma_crm.team_person", TeamPerson);
