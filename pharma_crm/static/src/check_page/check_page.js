import { Component, onWillStart, useState } from "@odoo/owl";
import { ConfirmationDialog } from "@web/core/confirmation_dialog/confirmation_dialog";
import { deserializeDateTime, formatDateTime } from "@web/core/l10n/dates";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

const ICONS = {
    good: "fa-check-circle text-success",
    look: "fa-exclamation-circle text-warning",
    bad: "fa-times-circle text-danger",
    later: "fa-circle-o text-muted",
    unknown: "fa-question-circle text-muted",
};

/**
 * A page of cards, each with a state, a sentence, figures and buttons: the checklist of set-up and
 * the health page. The action's parameter `model` names the model whose `get_page` fills it; its
 * buttons open an action or call a method of the same model.
 */
export class CheckPage extends Component {
    static template = "pharma_crm.CheckPage";
    static components = { Layout };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.actionService = useService("action");
        this.dialog = useService("dialog");
        this.state = useState({ page: null, busy: false });
        onWillStart(() => this.load());
    }

    get display() {
        return { controlPanel: {} };
    }

    get model() {
        return this.props.action.params.model;
    }

    async load() {
        this.state.page = await this.orm.call(this.model, "get_page", []);
    }

    icon(state) {
        return ICONS[state];
    }

    label(state) {
        return this.state.page.labels[state] || "";
    }

    moment(text) {
        return formatDateTime(deserializeDateTime(text));
    }

    /** Counts by state, worst first, of those that there are. */
    get counts() {
        const counts = this.state.page.counts || {};
        return ["bad", "look", "unknown", "good"]
            .filter((state) => counts[state])
            .map((state) => ({ state, count: counts[state] }));
    }

    get percent() {
        const { done, total } = this.state.page;
        return total ? Math.round((100 * done) / total) : 0;
    }

    async onRefresh() {
        await this.run(() => this.load());
    }

    async onButton(button) {
        if (button.action) {
            await this.actionService.doAction(button.action);
        } else if (button.confirm) {
            this.dialog.add(ConfirmationDialog, {
                body: button.confirm,
                confirm: () => this.call(button),
                cancel: () => {},
            });
        } else {
            await this.call(button);
        }
    }

    async call(button) {
        await this.run(async () => {
            const action = await this.orm.call(this.model, button.method, button.args);
            if (action) {
                await this.actionService.doAction(action);
            } else {
                await this.load();
            }
        });
    }

    /** One thing at a time: buttons are off while the server works. */
    async run(work) {
        if (this.state.busy) {
            return;
        }
        this.state.busy = true;
        try {
            await work();
        } finally {
            this.state.busy = false;
        }
    }
}

registry.category("actions").add("pharma_crm.check_page", CheckPage);
