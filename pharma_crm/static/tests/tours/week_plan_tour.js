import { registry } from "@web/core/registry";

/** Nothing may stand out of the screen of a phone. */
function fitsScreen(selector) {
    return () => {
        const page = document.querySelector(selector);
        if (page.scrollWidth > page.clientWidth + 1) {
            throw new Error(`Wider than the phone: ${selector}, ${page.scrollWidth}`);
        }
    };
}

/** On a phone: propose the week, see it in the calendar, edit the list by day. */
registry.category("web_tour.tours").add("pharma_crm_plan_week_phone", {
    url: "/odoo/week-plans",
    steps: () => [
        {
            content: "The week to plan",
            trigger: ".o_kanban_view .o_kanban_record:not(.o_kanban_ghost)",
            run: "click",
        },
        {
            content: "Propose its calls",
            trigger: ".o_form_view button[name='action_propose']",
            run: "click",
        },
        {
            content: "It counts what was planned",
            trigger: ".o_form_view .o_field_widget[name='open_count']:contains('2')",
            run: fitsScreen(".o_form_view .o_form_sheet_bg"),
        },
        {
            trigger: ".o_form_view .o-form-buttonbox .o_button_more",
            run: "click",
        },
        {
            trigger: ".o-dropdown--menu button[name='action_view_calendar']",
            run: "click",
        },
        {
            content: "The calls stand in the calendar; asking again adds none",
            trigger: ".o_calendar_view .o_event:contains('巡访周医生一')",
        },
        {
            trigger: ".o_calendar_view .o_pharma_propose:not([disabled])",
            run: "click",
        },
        {
            trigger: ".o_notification",
        },
        {
            content: "To the plan from the calendar",
            trigger: ".o_calendar_view button.o-control-panel-adaptive-dropdown",
            run: "click",
        },
        {
            trigger: ".o-dropdown--menu .o_pharma_open_week",
            run: "click",
        },
        {
            content: "The week as a list by day",
            trigger: ".o_form_view .o-form-buttonbox .o_button_more",
            run: "click",
        },
        {
            trigger: ".o-dropdown--menu button[name='action_view_calls']:contains('2')",
            run: "click",
        },
        {
            content: "Say what is special about a call",
            trigger: ".o_list_view .o_data_row .o_data_cell[name='reason']",
            run: "click",
        },
        {
            trigger: ".o_list_view .o_selected_row .o_field_widget[name='reason'] input",
            run: "edit 巡访改约",
        },
        {
            trigger: ".o_list_button_save",
            run: "click",
        },
        {
            trigger: ".o_list_view:not(:has(.o_selected_row)) .o_data_cell[name='reason']:contains('巡访改约')",
        },
    ],
});
