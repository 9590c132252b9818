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

/** On a phone: propose the week, look at it as a list by day, change a call, submit the plan. */
registry.category("web_tour.tours").add("pharma_crm_plan_week_phone", {
    url: "/odoo/week-plan",
    steps: () => [
        {
            content: "Propose the calls of the week",
            trigger: ".o_calendar_view .o_pharma_propose",
            run: "click",
        },
        {
            content: "They stand in the calendar",
            trigger: ".o_calendar_view .o_event:contains('巡访周医生')",
        },
        {
            content: "Open the plan",
            trigger: ".o_pharma_open_week:not([disabled])",
            run: "click",
        },
        {
            content: "It counts what was planned",
            trigger: ".o_form_view button[name='action_view_calls'] .o_stat_value:contains('2')",
            run: fitsScreen(".o_form_view .o_form_sheet_bg"),
        },
        {
            content: "The week as a list by day",
            trigger: ".o_form_view button[name='action_view_calls']",
            run: "click",
        },
        {
            trigger: ".o_list_view .o_group_header",
            run: "click",
        },
        {
            content: "Say what the call is to bring",
            trigger: ".o_list_view .o_data_row .o_data_cell[name='partner_id']",
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
            content: "Back to the plan, and submit it",
            trigger: ".o_list_view:not(:has(.o_selected_row))",
        },
        {
            trigger: ".o_back_button, .o_breadcrumb .o_back_button, .breadcrumb-item.o_back_button a",
            run: "click",
        },
        {
            trigger: ".o_form_view .o_statusbar_buttons, .o_form_view .o_statusbar_buttons button",
        },
    ],
});
