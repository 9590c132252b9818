import { Component, onWillStart, useRef, useState } from "@odoo/owl";

import { _t } from "@web/core/l10n/translation";
import { useHotkey } from "@web/core/hotkeys/hotkey_hook";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { useDebounced } from "@web/core/utils/timing";
import { Layout } from "@web/search/layout";
import { formatInteger, formatMonetary } from "@web/views/fields/formatters";
import { FormViewDialog } from "@web/views/view_dialogs/form_view_dialog";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

const MODEL = "pharma.alias";
const PAGE = 60;
const MOST_CHOICES = 9;

/**
 * Names of customers and products in distributors' files on which nobody has decided: on the left
 * those that most money waits on, on the right whom the chosen one may mean, side by side. All that
 * it shows comes from `pharma.alias`; all it decides goes there.
 */
export class NameWorkbench extends Component {
    static template = "pharma_distribution.NameWorkbench";
    static components = { Layout };
    static props = { ...standardActionServiceProps };
    static path = "name-workbench";
    static displayName = _t("Names to Decide");

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.dialog = useService("dialog");
        this.notification = useService("notification");
        this.display = { controlPanel: {} };
        this.list = useRef("list");
        this.searchInput = useRef("search");
        this.campusInput = useRef("campus");
        this.asked = 0;
        const { file_id, file_name } = this.props.action.params || {};
        this.state = useState({
            filters: { kind: "", distributor_id: 0, text: "", file_id: file_id || 0 },
            fileName: file_name || "",
            names: [],
            count: 0,
            amount: 0,
            rows: 0,
            currencyId: false,
            distributors: [],
            index: 0,
            selected: {},
            detail: null,
            chosen: 0,
            mode: "",
            searchText: "",
            campusName: "",
            opened: false, // on a phone: the right side instead of the left one
            least: 90,
            undo: [],
            busy: false,
        });
        this.search = useDebounced(() => this.loadSearch(), 250);
        this.filterText = useDebounced(() => this.load(), 300);
        this.bindKeys();
        onWillStart(() => this.load());
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

    // === READING === //

    get current() {
        return this.state.names[this.state.index];
    }

    get candidates() {
        return this.state.detail ? this.state.detail.candidates : [];
    }

    get selectedIds() {
        return this.state.names.map((name) => name.id).filter((id) => this.state.selected[id]);
    }

    /** What a decision is about: the selected names, else the one that is shown. */
    get decidedIds() {
        return this.selectedIds.length ? this.selectedIds : this.current ? [this.current.id] : [];
    }

    money(amount) {
        return formatMonetary(amount, { currencyId: this.state.currencyId });
    }

    percent(share) {
        return `${Math.round(share * 100)}%`;
    }

    number(value) {
        return formatInteger(value);
    }

    /** @param {number} [id] the name to show instead of the first one */
    async load(id) {
        const page = await this.fetchPage(0);
        this.state.names = page.names;
        this.state.selected = {};
        this.state.index = Math.max(
            0,
            page.names.findIndex((name) => name.id === id)
        );
        await this.loadDetail();
    }

    async fetchPage(offset) {
        const page = await this.orm.call(MODEL, "get_workbench_page", [
            { ...this.state.filters },
            offset,
            PAGE,
        ]);
        const { count, amount, rows, distributors, currency_id } = page;
        Object.assign(this.state, { count, amount, rows, distributors, currencyId: currency_id });
        return page;
    }

    async loadMore() {
        const known = new Set(this.state.names.map((name) => name.id));
        const page = await this.fetchPage(this.state.names.length);
        this.state.names.push(...page.names.filter((name) => !known.has(name.id)));
    }

    async loadDetail(targetIds) {
        const name = this.current;
        if (!targetIds) {
            this.state.mode = "";
            this.state.searchText = "";
        }
        this.state.chosen = 0;
        if (!name) {
            this.state.detail = null;
            return;
        }
        const asked = ++this.asked;
        const detail = await this.orm.call(MODEL, "get_candidates", [[name.id]], {
            target_ids: targetIds || null,
        });
        if (asked !== this.asked) {
            return; // another name is shown by now
        }
        this.state.detail = detail;
        if (!["todo", "suggested"].includes(this.state.detail.status)) {
            // asked again just now, it was certain
            await this.removeNames([name.id]);
        }
    }

    // === MOVING === //

    async show(index) {
        if (this.state.busy || index < 0 || index >= this.state.names.length) {
            return;
        }
        this.state.index = index;
        const row = this.list.el?.querySelector(`[data-index="${index}"]`);
        row?.scrollIntoView({ block: "nearest" });
        await this.loadDetail();
        if (index > this.state.names.length - 10 && this.state.names.length < this.state.count) {
            await this.loadMore();
        }
    }

    move(step) {
        return this.show(this.state.index + step);
    }

    open(index) {
        this.state.opened = true;
        return this.show(index);
    }

    close() {
        this.state.opened = false;
    }

    choose(index) {
        if (index >= 0 && index < this.candidates.length) {
            this.state.chosen = index;
        }
    }

    toggle(id) {
        this.state.selected[id] = !this.state.selected[id];
    }

    toggleAndMove() {
        if (this.current) {
            this.toggle(this.current.id);
            return this.move(1);
        }
    }

    toggleAll() {
        const all = this.selectedIds.length < this.state.names.length;
        this.state.selected = {};
        if (all) {
            for (const name of this.state.names) {
                this.state.selected[name.id] = true;
            }
        }
    }

    onFilter(name, value) {
        this.state.filters[name] = value;
        return this.load();
    }

    onFilterText(ev) {
        this.state.filters.text = ev.target.value;
        this.filterText();
    }

    forgetFile() {
        this.state.fileName = "";
        return this.onFilter("file_id", 0);
    }

    // === DECIDING === //

    /** One decision at a time; afterwards the names that it was about leave the list. */
    async decide(ids, run) {
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
            this.notification.add(_t("%s names decided", decided.length), {
                type: decided.length ? "success" : "info",
                buttons: decided.length ? [{ name: _t("Take Back"), onClick: () => this.undo() }] : [],
            });
        } finally {
            this.state.busy = false;
        }
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
                this.orm.call(MODEL, "action_choose", [ids, candidate.id])
            );
        }
    }

    acceptDepartment() {
        const candidate = this.candidates[this.state.chosen];
        if (candidate && this.current.kind === "partner") {
            return this.decide(this.decidedIds, (ids) =>
                this.orm.call(MODEL, "action_choose", [ids, candidate.id, "department"])
            );
        }
    }

    acceptCampus() {
        const candidate = this.candidates[this.state.chosen];
        if (candidate && this.state.campusName.trim()) {
            return this.decide(this.decidedIds, async (ids) => {
                await this.orm.call(MODEL, "action_choose_part", [
                    ids,
                    candidate.id,
                    this.state.campusName,
                ]);
            });
        }
    }

    acceptBest() {
        const ids = this.selectedIds.length
            ? this.selectedIds
            : this.state.names.map((name) => name.id);
        return this.decide(ids, () =>
            this.orm.call(MODEL, "action_choose_best", [ids, this.state.least / 100])
        );
    }

    ignore() {
        return this.decide(this.decidedIds, (ids) =>
            this.orm.call(MODEL, "action_ignore", [ids])
        );
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
                    this.orm.call(MODEL, "action_choose", [ids, record.resId])
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
