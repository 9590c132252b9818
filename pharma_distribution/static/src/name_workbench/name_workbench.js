import { useRef } from "@odoo/owl";

import { _t } from "@web/core/l10n/translation";
import { useHotkey } from "@web/core/hotkeys/hotkey_hook";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { useDebounced } from "@web/core/utils/timing";
import { Layout } from "@web/search/layout";
import { FormViewDialog } from "@web/views/view_dialogs/form_view_dialog";
import { MODEL, NameList, PAGE } from "@pharma_distribution/name_workbench/name_list";

const MOST_CHOICES = 9;

/**
 * Names of customers and products in distributors' files on which nobody has decided: on the left
 * those that most money waits on, on the right whom the chosen one may mean, side by side. All that
 * it shows comes from `pharma.alias`; all it decides goes there.
 */
export class NameWorkbench extends NameList {
    static template = "pharma_distribution.NameWorkbench";
    static components = { Layout };
    static path = "name-workbench";
    static displayName = _t("Names to Decide");

    setup() {
        super.setup();
        this.action = useService("action");
        this.dialog = useService("dialog");
        this.notification = useService("notification");
        this.display = { controlPanel: {} };
        this.searchInput = useRef("search");
        this.campusInput = useRef("campus");
        this.search = useDebounced(() => this.loadSearch(), 250);
        this.bindKeys();
    }

    bindKeys() {
        const keys = {
            arrowdown: () => this.move(1),
            arrowup: () => this.move(-1),
            arrowright: () => this.choose(this.state.chosen + 1),
            arrowleft: () => this.choose(this.state.chosen - 1),
            enter: () => this.accept(this.state.chosen),
            space: () => this.toggleAndMove(),
            escape: () => this.closeMode(),
            o: () => this.openSearch(),
            n: () => this.openNew(),
            c: () => this.openPart(),
            d: () => this.acceptDepartment(),
            x: () => this.ignore(),
            a: () => this.ask(),
            b: () => this.acceptBest(),
            e: () => this.toggleAll(),
            g: () => this.toggleEverywhere(),
            u: () => this.undo(),
            r: () => this.openRows(),
        };
        for (const [key, run] of Object.entries(keys)) {
            useHotkey(key, run, { allowRepeat: key.startsWith("arrow") });
        }
        for (let number = 1; number <= MOST_CHOICES; number++) {
            useHotkey(String(number), () => this.accept(number - 1));
        }
        useHotkey("escape", () => this.closeMode(), {
            bypassEditableProtection: true,
            isAvailable: () => Boolean(this.state.mode),
        });
    }

    // === DECIDING === //

    /** One decision at a time; afterwards the names that it was about leave the list. */
    async decide(ids, run, everywhere = this.state.everywhere) {
        if (this.state.busy || !ids.length) {
            return;
        }
        this.state.busy = true;
        try {
            const result = await run(ids);
            const decided = Array.isArray(result) ? result : ids;
            if (decided.length) {
                this.state.undo.push(decided);
            }
            await this.removeNames(decided);
            this.tellDecided(decided.length, everywhere);
            this.state.everywhere = false;
        } finally {
            this.state.busy = false;
        }
    }

    tellDecided(count, everywhere) {
        const text = everywhere
            ? _t("Decided for all distributors: %s names", count)
            : _t("%s names decided", count);
        this.notification.add(text, {
            type: count ? "success" : "info",
            buttons: count ? [{ name: _t("Take Back"), onClick: () => this.undo() }] : [],
        });
    }

    async removeNames(ids) {
        const gone = new Set(ids);
        const before = this.state.names
            .slice(0, this.state.index)
            .filter((name) => gone.has(name.id)).length;
        this.state.names = this.state.names.filter((name) => !gone.has(name.id));
        this.state.selected = {};
        this.state.index = Math.max(
            0,
            Math.min(this.state.index - before, this.state.names.length - 1)
        );
        const page = await this.fetchPage(this.state.names.length);
        if (this.state.names.length < PAGE / 2) {
            this.state.names.push(...page.names);
        }
        await this.loadDetail();
    }

    accept(index) {
        const candidate = this.candidates[index];
        if (candidate) {
            return this.decide(this.decidedIds, (ids) =>
                this.orm.call(MODEL, "action_choose", [ids, candidate.id], {
                    everywhere: this.state.everywhere,
                })
            );
        }
    }

    acceptDepartment() {
        const candidate = this.candidates[this.state.chosen];
        if (candidate && this.current.kind === "partner") {
            return this.decide(this.decidedIds, (ids) =>
                this.orm.call(MODEL, "action_choose", [ids, candidate.id, "department"], {
                    everywhere: this.state.everywhere,
                })
            );
        }
    }

    acceptCampus() {
        const candidate = this.candidates[this.state.chosen];
        if (candidate && this.state.campusName.trim()) {
            return this.decide(this.decidedIds, (ids) =>
                this.orm.call(
                    MODEL,
                    "action_choose_part",
                    [ids, candidate.id, this.state.campusName],
                    { everywhere: this.state.everywhere }
                )
            );
        }
    }

    acceptBest() {
        const ids = this.selectedIds.length
            ? this.selectedIds
            : this.state.names.map((name) => name.id);
        return this.decide(
            ids,
            () => this.orm.call(MODEL, "action_choose_best", [ids, this.state.least / 100]),
            false
        );
    }

    ignore() {
        return this.decide(this.decidedIds, async (ids) => {
            if (this.state.everywhere) {
                return this.orm.call(MODEL, "action_ignore_everywhere", [ids]);
            }
            await this.orm.call(MODEL, "action_ignore", [ids]);
            return ids;
        });
    }

    async undo() {
        if (this.state.busy || !this.state.undo.length) {
            return;
        }
        this.state.busy = true;
        try {
            const ids = this.state.undo.pop();
            await this.orm.call(MODEL, "action_undo_decision", [ids]);
            await this.load(ids[0]);
        } finally {
            this.state.busy = false;
        }
    }

    // === OTHERS THAN THOSE SUGGESTED === //

    openSearch() {
        if (this.current && !this.state.busy) {
            this.state.mode = "search";
            this.focusSoon(this.searchInput);
        }
    }

    onSearch(ev) {
        this.state.searchText = ev.target.value;
        this.search();
    }

    async loadSearch() {
        const text = this.state.searchText.trim();
        if (!text || !this.current) {
            return;
        }
        const ids = await this.orm.call(MODEL, "search_targets", [this.current.kind, text], {
            limit: 5,
        });
        if (this.state.mode === "search" && text === this.state.searchText.trim()) {
            await this.loadDetail(ids);
        }
    }

    /** The first Enter leaves the input, so that numbers choose; the next takes the first found. */
    onSearchKey(ev) {
        if (ev.key === "Enter") {
            ev.stopPropagation();
            this.searchInput.el.blur();
        }
    }

    openPart() {
        if (
            !this.state.busy &&
            this.current?.kind === "partner" &&
            this.candidates.length
        ) {
            this.state.mode = "part";
            this.state.campusName = "";
            this.focusSoon(this.campusInput);
        }
    }

    onCampusKey(ev) {
        if (ev.key === "Enter") {
            ev.stopPropagation();
            return this.acceptCampus();
        }
    }

    closeMode() {
        if (this.state.mode) {
            return this.loadDetail();
        }
        this.close();
    }

    focusSoon(ref) {
        setTimeout(() => ref.el?.focus());
    }

    openNew() {
        if (!this.current || !this.state.detail) {
            return;
        }
        const isCustomer = this.current.kind === "partner";
        this.dialog.add(FormViewDialog, {
            resModel: isCustomer ? "res.partner" : "product.template",
            title: isCustomer ? _t("New Customer") : _t("New Product"),
            context: this.state.detail.new_context,
            canExpand: false,
            onRecordSaved: (record) =>
                this.decide(this.decidedIds, (ids) =>
                    this.orm.call(MODEL, "action_choose", [ids, record.resId], {
                        everywhere: this.state.everywhere,
                        is_new: true,
                    })
                ),
        });
    }

    // === ELSEWHERE === //

    async ask() {
        if (!this.current) {
            return;
        }
        const action = await this.orm.call(MODEL, "action_ask_distributor", [this.decidedIds]);
        await this.action.doAction(action, { onClose: () => this.load() });
    }

    async openRows() {
        if (this.current) {
            const action = await this.orm.call(MODEL, "action_view_flow_lines", [[this.current.id]]);
            await this.action.doAction(action);
        }
    }

    openTarget(candidate) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: this.current.kind === "partner" ? "res.partner" : "product.template",
            res_id: candidate.id,
            views: [[false, "form"]],
        });
    }

    openList() {
        return this.action.doAction("pharma_distribution.pharma_alias_action_decide");
    }
}

registry.category("actions").add("pharma_distribution.name_workbench", NameWorkbench);
