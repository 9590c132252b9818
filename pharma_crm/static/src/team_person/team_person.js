import { Component, onWillStart, useState } from "@odoo/owl";
import { deserializeDate, formatDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

/** One page of a person for his managers; the server says what is on it. */
export class TeamPerson extends Component {
    static template = "pharma_crm.TeamPerson";
    static components = { Layout };
    static props = { ...standardActionServiceProps };
    // In the address, beside the id of the person
    static path = "team-person";
    static displayName = _t("Team Member");
    static extractProps = (action) =>
        action.params?.user_id ? { resId: action.params.user_id } : {};

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
        if (!this.props.resId) {
            return;
        }
        this.state.page = await this.orm.call("pharma.team.member", "get_person_page", [
            this.props.resId,
        ]);
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
