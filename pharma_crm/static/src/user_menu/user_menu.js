import {
    impersonateBackLoginItem,
    impersonateLoginItem,
} from "@impersonate_login/js/user_menu.esm";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { session } from "@web/session";

/** Whoever is away appoints somebody from here. */
function delegationItem(env) {
    return {
        type: "item",
        id: "pharma_delegation",
        description: _t("Delegation"),
        callback: () => env.services.action.doAction("pharma_crm.pharma_delegation_action_own"),
        show: () => session.pharma_delegates,
        sequence: 52,
    };
}

// The words of the suite for looking with another user's eyes
function viewAsItem(env) {
    return { ...impersonateLoginItem(env), description: _t("View as Another User") };
}

function viewAsOneselfItem(env) {
    return { ...impersonateBackLoginItem(env), description: _t("Back to My Own View") };
}

registry
    .category("user_menuitems")
    .add("pharma_delegation", delegationItem)
    .add("impersonate_login", viewAsItem, { force: true })
    .add("impersonate_back", viewAsOneselfItem, { force: true });
