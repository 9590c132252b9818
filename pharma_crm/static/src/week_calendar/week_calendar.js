import { useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { serializeDate } from "@web/core/l10n/dates";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { CalendarCommonRenderer } from "@web/views/calendar/calendar_common/calendar_common_renderer";
import { CalendarController } from "@web/views/calendar/calendar_controller";
import { CalendarRenderer } from "@web/views/calendar/calendar_renderer";
import { CalendarModel } from "@web/views/calendar/calendar_model";
import { calendarView } from "@web/views/calendar/calendar_view";

/** The calendar in which a representative plans his week. */
export class WeekCalendarController extends CalendarController {
    setup() {
        super.setup();
        this.notification = useService("notification");
        this.plan = useState({ isBusy: false });
    }

    /** A day of the week that is shown, as ISO text, and whose week it is, if not one's own. */
    get shownWeek() {
        return [serializeDate(this.model.date), this.props.context.default_user_id || false];
    }

    async onPropose() {
        this.plan.isBusy = true;
        try {
            const count = await this.orm.call("pharma.week", "action_propose_day", this.shownWeek);
            this.notification.add(
                count ? _t("%s calls planned", count) : _t("There is nothing to add"),
                { type: count ? "success" : "info" }
            );
            await this.model.load();
        } finally {
            this.plan.isBusy = false;
        }
    }

    onOpenTargets() {
        return this.action.doAction("pharma_crm.pharma_cycle_target_action_open");
    }

    async onOpenWeek() {
        const action = await this.orm.call("pharma.week", "action_open_day", this.shownWeek);
        return this.action.doAction(action);
    }
}

/** Weeks from Monday on. Whom the call is on is read in the calendar, not the day, which it shows by itself. */
export class WeekCalendarModel extends CalendarModel {
    setup() {
        super.setup(...arguments);
        // Plans are made from Monday on, whatever day a week begins with in the user's language
        this.meta.firstDayOfWeek = 1;
    }

    normalizeRecord(rawRecord) {
        const { partner_id: partner, hospital_id: hospital } = rawRecord;
        const names = [partner, hospital].filter(Boolean).map((pair) => pair[1]);
        const title = [...new Set(names)].join(" · ");
        return { ...super.normalizeRecord(rawRecord), title };
    }
}

/** Short calls are readable in it, and what was recorded is not dragged away. */
export class WeekCalendarCommonRenderer extends CalendarCommonRenderer {
    get options() {
        return {
            ...super.options,
            slotDuration: "00:15:00",
            slotLabelInterval: "01:00:00",
            scrollTime: "08:00:00",
        };
    }

    convertRecordToEvent(record) {
        const event = super.convertRecordToEvent(record);
        return record.rawRecord.state === "done" ? { ...event, editable: false } : event;
    }
}

export class WeekCalendarRenderer extends CalendarRenderer {
    static components = {
        ...CalendarRenderer.components,
        day: WeekCalendarCommonRenderer,
        week: WeekCalendarCommonRenderer,
        month: WeekCalendarCommonRenderer,
    };
}

registry.category("views").add("pharma_week_calendar", {
    ...calendarView,
    Controller: WeekCalendarController,
    Model: WeekCalendarModel,
    Renderer: WeekCalendarRenderer,
    buttonTemplate: "pharma_crm.WeekCalendar.Buttons",
});
