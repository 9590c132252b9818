import { Component, onWillStart, useRef, useState } from "@odoo/owl";

import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { useSetupAction } from "@web/search/action_hook";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

/**
 * The home screen. What it shows comes from `pharma.home.get_home()`; nothing here knows the
 * sections.
 */
export class PharmaHome extends Component {
    static template = "pharma_crm.Home";
    static components = { Layout };
    static props = { ...standardActionServiceProps };
    static displayName = _t("Home");

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.root = useRef("root");
        this.display = { controlPanel: {} };
        this.state = useState({ home: null, busy: false });
        useSetupAction({ rootRef: this.root });
        onWillStart(() => this.load());
    }

    async load() {
        this.state.home = await this.orm.call("pharma.home", "get_home", []);
    }

    /** @param {Object} item a figure, row, card or button with an action */
    async open(item) {
        const { action } = item;
        if (!action || this.state.busy) {
            return;
        }
        // A second tap while the first is answered must not open, or plan, twice
        this.state.busy = true;
        try {
            await this.run(action);
        } finally {
            this.state.busy = false;
        }
    }

    async run(action) {
        const onClose = () => this.load();
        if (action.method) {
            const result = await this.orm.call(action.model, action.method, [action.ids]);
            return result ? this.action.doAction(result, { onClose }) : this.load();
        }
        if (action.load) {
            return this.action.doAction(action.load, { onClose });
        }
        if (action.xmlid) {
            const { name, domain, context } = action;
            const loaded = await this.action.loadAction(action.xmlid, context);
            if (loaded.type !== "ir.actions.act_window") {
                return this.action.doAction(loaded, { additionalContext: context });
            }
            return this.action.doAction({
                ...loaded,
                // The service adds the search view by itself
                views: loaded.views.filter((view) => view[1] !== "search"),
                name,
                display_name: name,
                domain,
                context,
            });
        }
        return this.action.doAction(action, { onClose });
    }
}

registry.category("actions").add("pharma_crm.home", PharmaHome);
