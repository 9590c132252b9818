import { Component, onWillStart, useRef, useState } from "@odoo/owl";

import { useService } from "@web/core/utils/hooks";
import { useDebounced } from "@web/core/utils/timing";
import { formatInteger, formatMonetary } from "@web/views/fields/formatters";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

export const MODEL = "pharma.alias";
export const PAGE = 60;

/**
 * The names on which nobody has decided, page by page, and one of them with whom it may mean: what
 * the workbench shows, how it moves about and what it selects. The workbench itself decides.
 */
export class NameList extends Component {
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.list = useRef("list");
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
            mayEverywhere: false,
            everywhere: false, // the next decision holds for all distributors
            busy: false,
        });
        this.filterText = useDebounced(() => this.load(), 300);
        onWillStart(() => this.load());
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
        const { count, amount, rows, distributors, currency_id, may_everywhere } = page;
        Object.assign(this.state, {
            count,
            amount,
            rows,
            distributors,
            currencyId: currency_id,
            mayEverywhere: may_everywhere,
        });
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

    toggleEverywhere() {
        this.state.everywhere = this.state.mayEverywhere && !this.state.everywhere;
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
}
