import { Component, onWillStart, useExternalListener, useRef, useState } from "@odoo/owl";
import { deserializeDateTime, formatDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

const APPRAISALS = [
    { key: "1", label: _t("Weak"), tone: "danger" },
    { key: "2", label: _t("Fair"), tone: "warning" },
    { key: "3", label: _t("Good"), tone: "info" },
    { key: "4", label: _t("Excellent"), tone: "success" },
];
const REACTIONS = { positive: "success", neutral: "secondary", doubtful: "warning", negative: "danger" };

/**
 * The calls that wait for the manager's review, one after the other. By keyboard: 1 to 4 for the
 * appraisal, Enter to write a suggestion, Ctrl+Enter to save and go on, the arrows to turn over.
 */
export class ReviewQueue extends Component {
    static template = "pharma_crm.ReviewQueue";
    static components = { Layout };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.actionService = useService("action");
        this.notification = useService("notification");
        this.suggestion = useRef("suggestion");
        this.content = useRef("content");
        this.appraisals = APPRAISALS;
        this.state = useState({
            ids: [], count: 0, index: 0, card: null, busy: false,
            appraisal: "", suggestion: "", message: "",
        });
        onWillStart(() => this.load());
        useExternalListener(window, "keydown", (ev) => this.onKeydown(ev));
    }

    get display() {
        return { controlPanel: {} };
    }

    get isLast() {
        return this.state.index >= this.state.ids.length - 1;
    }

    get hasRemark() {
        return Boolean(this.state.appraisal || this.state.suggestion.trim() || this.state.message.trim());
    }

    reactionTone(code) {
        return REACTIONS[code] || "secondary";
    }

    moment(text) {
        return formatDateTime(deserializeDateTime(text));
    }

    async load() {
        const chosen = this.props.action.params?.visit_ids;
        const queue = await this.orm.call("pharma.visit", "get_review_queue", [chosen || null]);
        let { ids, count } = queue;
        if (chosen && !ids.length) {
            // His own review, opened again to correct it
            [ids, count] = [chosen, chosen.length];
        }
        await this.show({ ids, count, index: 0 });
    }

    /** Turn to a place of the queue; all changes at once, when the call is there. */
    async show({ ids = this.state.ids, count = this.state.count, index }) {
        const id = ids[index];
        const card = id ? await this.orm.call("pharma.visit", "get_review_card", [[id]]) : null;
        Object.assign(this.state, {
            ids,
            count,
            index,
            card,
            appraisal: card?.appraisal || "",
            suggestion: card?.suggestion || "",
            message: "",
        });
        if (this.content.el) {
            this.content.el.scrollTop = 0;
            if (this.content.el.contains(document.activeElement)) {
                // The keys are for the next call again
                document.activeElement.blur();
            }
        }
    }

    /** One thing at a time, so that nothing is sent twice. */
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

    async move(step) {
        const index = this.state.index + step;
        if (index < 0 || index >= this.state.ids.length) {
            return;
        }
        await this.run(() => this.show({ index }));
    }

    choose(key) {
        this.state.appraisal = this.state.appraisal === key ? "" : key;
    }

    async save() {
        if (!this.state.card?.can_review) {
            return;
        }
        await this.run(async () => {
            const { card, appraisal, suggestion, message } = this.state;
            try {
                await this.orm.call("pharma.visit", "action_review", [[card.id]], {
                    appraisal: appraisal || false, suggestion, message,
                });
            } catch (error) {
                if (error.exceptionName !== "odoo.exceptions.UserError") {
                    throw error;
                }
                // Somebody else was first: his review stands, the queue goes on
                this.notification.add(error.data.message, { type: "warning", sticky: true });
            }
            this.env.bus.trigger("pharma_reviewed");
            const ids = this.state.ids.filter((id) => id !== card.id);
            const count = this.state.count - 1;
            if (!ids.length && count > 0) {
                await this.load();
            } else {
                const index = Math.max(0, Math.min(this.state.index, ids.length - 1));
                await this.show({ ids, count, index });
            }
        });
    }

    onKeydown(ev) {
        if (document.querySelector(".modal, .o_command_palette")) {
            return;
        }
        if (ev.key === "Enter" && (ev.ctrlKey || ev.metaKey)) {
            ev.preventDefault();
            this.save();
            return;
        }
        const typing = ev.target.closest?.("input, textarea, select, [contenteditable=true]");
        if (typing) {
            if (ev.key === "Escape") {
                typing.blur();
            }
            return;
        }
        if (ev.ctrlKey || ev.metaKey || ev.altKey || !this.state.card) {
            return;
        }
        if (["1", "2", "3", "4"].includes(ev.key)) {
            this.choose(ev.key);
        } else if (ev.key === "ArrowRight" || ev.key === "j") {
            this.move(1);
        } else if (ev.key === "ArrowLeft" || ev.key === "k") {
            this.move(-1);
        } else if (ev.key === "Enter" && !ev.target.closest?.("button, a")) {
            ev.preventDefault();
            this.suggestion.el?.focus();
        }
    }

    openCall(id) {
        return this.actionService.doAction({
            type: "ir.actions.act_window", res_model: "pharma.visit", res_id: id,
            views: [[false, "form"]],
        });
    }

    openList() {
        return this.actionService.doAction("pharma_crm.pharma_visit_action_to_review");
    }

    async openCustomer() {
        const id = this.state.card.partner.id;
        await this.actionService.doAction(await this.orm.call("res.partner", "action_view_page", [[id]]));
    }
}

registry.category("actions").add("pharma_crm.review_queue", ReviewQueue);
