import { registry } from "@web/core/registry";

const CLICKS = 6;
const DIALOG = ".modal .o_pharma_change_proposal";

let clicks;

/** A step that costs one click. */
const click = (trigger, content) => ({
    content,
    trigger,
    async run(helpers) {
        clicks++;
        await helpers.click();
    },
});

/** The administrator lets directors agree to new hospitals after the data stewards. */
registry.category("web_tour.tours").add("pharma_crm_change_level", {
    url: "/odoo/pharma-home",
    steps: () => [
        {
            content: "No developer mode",
            trigger: ".o_menu_sections [data-menu-xmlid='pharma_crm.pharma_crm_menu_configuration']",
            run() {
                if (odoo.debug) {
                    throw new Error("In developer mode");
                }
                clicks = 0;
            },
        },
        click(".o_menu_sections [data-menu-xmlid='pharma_crm.pharma_crm_menu_configuration']"),
        click(".o-dropdown--menu [data-menu-xmlid='pharma_crm.pharma_crm_menu_change_levels']"),
        {
            content: "The data stewards are the first level",
            trigger: ".o_list_view .o_data_row .o_data_cell[name='pharma_reviewer']",
        },
        click(".o_list_view .o_list_button_add"),
        click(".o_pharma_change_level .o_field_widget[name='pharma_kind'] .o_selection_badge:eq(0)", "New customers"),
        click(".o_pharma_change_level .o_field_widget[name='pharma_customer_type'] .o_selection_badge:eq(0)", "Hospitals"),
        {
            content: "A second level is the director's as a rule",
            trigger: ".o_field_widget[name='pharma_reviewer'] input[data-value='director']:checked",
        },
        click(".o_form_button_save"),
        {
            trigger: ".o_form_saved",
            run() {
                if (clicks > CLICKS) {
                    throw new Error(`${clicks} clicks`);
                }
            },
        },
    ],
});

/** On a phone: the number on the door is another one than on the page. */
registry.category("web_tour.tours").add("pharma_crm_change_propose", {
    steps: () => [
        {
            trigger: ".o_form_view .o_statusbar_buttons button:has(.oi-ellipsis-v)",
            run: "click",
        },
        {
            trigger: ".o-dropdown--menu button[name='action_propose_change']",
            run: "click",
        },
        {
            content: "Today's facts are there, and it fits the width of a phone",
            trigger: `${DIALOG} .o_field_widget[name='phone'] input:value(0571-1)`,
            run() {
                if (document.documentElement.scrollWidth > window.innerWidth) {
                    throw new Error("Wider than the phone");
                }
            },
        },
        {
            trigger: `${DIALOG} .o_field_widget[name='phone'] input`,
            run: "edit 0571-2",
        },
        {
            trigger: `${DIALOG} .o_field_widget[name='reason'] textarea`,
            run: "edit 门牌上的号码",
        },
        {
            trigger: ".modal .o_pharma_submit",
            run: "click",
        },
        {
            content: "What was asked, side by side",
            trigger: ".o_pharma_change_request .o_pharma_change_lines:contains('0571-1'):contains('0571-2')",
        },
    ],
});

/** The data steward corrects and accepts. */
registry.category("web_tour.tours").add("pharma_crm_change_accept", {
    url: "/odoo/change-requests-to-decide",
    steps: () => [
        {
            trigger: ".o_list_view .o_data_row:contains('巡访变更医院') .o_data_cell[name='summary']",
            run: "click",
        },
        {
            trigger: ".o_pharma_change_request .o_pharma_change_lines .o_data_row:contains('0571-1'):contains('0571-2')",
        },
        {
            trigger: ".o_pharma_change_request .o_pharma_edit",
            run: "click",
        },
        {
            trigger: `${DIALOG} .o_field_widget[name='phone'] input:value(0571-2)`,
            run: "edit 0571-3",
        },
        {
            trigger: ".modal .o_pharma_correct",
            run: "click",
        },
        {
            content: "By keyboard",
            trigger: "body:not(.modal-open) .o_pharma_change_lines .o_data_row:contains('0571-2'):contains('0571-3')",
            run: "press alt+q",
        },
        {
            trigger: ".o_pharma_change_request:not(:has(.o_pharma_accept)) .o_arrow_button_current[data-value='done']",
        },
    ],
});
