import { Component, onMounted, onWillUpdateProps, useState } from "@odoo/owl";

import { useService } from "@web/core/utils/hooks";
import { KeepLast } from "@web/core/utils/concurrency";

const PAGE = 30;
// As many as the server gives at once
const MOST = 100;

/** What happened with a customer, newest first, page by page, narrowed to some sources or all. */
export class CustomerTimeline extends Component {
    static template = "pharma_crm.CustomerTimeline";
    static props = {
        resId: Number,
        // What it can be narrowed to: key, label, icon
        sources: Array,
        // Keys of the sources shown; none: all
        shown: Array,
        onShown: Function,
        open: Function,
        // Grows when something was done here
        version: Number,
        // Remembers how much was shown, for whoever comes back
        memory: Object,
    };

    setup() {
        this.orm = useService("orm");
        this.keepLast = new KeepLast();
        this.state = useState({ entries: [], next: false, loading: true });
        onMounted(() => this.load(this.props, Math.min(this.props.memory.count || PAGE, MOST)));
        onWillUpdateProps((next) => {
            if (next.shown !== this.props.shown || next.version !== this.props.version) {
                this.load(next, PAGE);
            }
        });
    }

    async load(props, limit, before = false) {
        this.state.loading = true;
        try {
            const result = await this.keepLast.add(
                this.orm.call("res.partner", "get_customer_timeline", [[props.resId]], {
                    before,
                    limit,
                    sources: props.shown,
                })
            );
            this.state.entries = before
                ? [...this.state.entries, ...result.entries]
                : result.entries;
            this.state.next = result.next;
            Object.assign(props.memory, {
                count: this.state.entries.length,
                sources: [...props.shown],
            });
        } finally {
            this.state.loading = false;
        }
    }

    /** Entries by day, newest first. */
    get days() {
        const days = [];
        for (const entry of this.state.entries) {
            if (days.at(-1)?.day !== entry.day) {
                days.push({ day: entry.day, label: entry.day_label, entries: [] });
            }
            days.at(-1).entries.push(entry);
        }
        return days;
    }

    onOlder() {
        return this.load(this.props, PAGE, this.state.next);
    }

    /** One source at a time is shown, or all: that is how people look for something. */
    onSource(key) {
        const only = this.props.shown.length === 1 && this.props.shown[0] === key;
        this.props.onShown(only || !key ? [] : [key]);
    }

    isShown(key) {
        return this.props.shown.includes(key);
    }
}
