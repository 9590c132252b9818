import { registry } from "@web/core/registry";

/**
 * A director moves two hospitals to another territory: chosen in their list, looked at in the
 * preview, applied; the list shows it.
 */
registry.category("web_tour.tours").add("pharma_crm_realignment", {
    url: "/odoo/terminals",
    steps: () => [
        {
            trigger: ".o_list_view .o_searchview_input",
            run: "edit 巡访调整",
        },
        {
            trigger: ".o_searchview_autocomplete .o-dropdown-item:first",
            run: "click",
        },
        {
            content: "Both are there, in the old territory",
            trigger: ".o_list_view:has(.o_data_row:eq(1)):not(:has(.o_data_row:eq(2))) .o_data_row:eq(1) .o_data_cell[name='territory_id']:contains('巡访旧区')",
        },
        {
            content: "Choose both",
            trigger: ".o_list_view thead .o_list_record_selector input",
            run: "click",
        },
        {
            trigger: "button[name='action_realign']",
            run: "click",
        },
        {
            content: "Where to",
            trigger: ".o_form_view .o_field_widget[name='territory_id'] input",
            run: "edit 巡访新区",
        },
        {
            trigger: ".o-autocomplete--dropdown-item:contains('巡访新区')",
            run: "click",
        },
        {
            trigger: ".o_form_view button[name='action_preview']",
            run: "click",
        },
        {
            content: "Both move",
            trigger: ".o_form_view .o_field_widget[name='move_count']:contains('2')",
        },
        {
            trigger: ".o_form_view .o_field_widget[name='line_ids'] .o_data_row:eq(1) .o_data_cell[name='territory_id']:contains('巡访新区')",
        },
        {
            trigger: ".o_form_view button[name='action_apply']",
            run: "click",
        },
        {
            content: "Done; look at the customers",
            trigger: ".o_form_view button[name='action_view_customers']",
            run: "click",
        },
        {
            trigger: ".o_list_view .o_data_row:eq(1) .o_data_cell[name='territory_id']:contains('巡访新区')",
        },
    ],
});

/** A representative sees the hospital with both its teams, and shares it with a colleague. */
registry.category("web_tour.tours").add("pharma_crm_two_teams", {
    url: "/odoo/terminals",
    steps: () => [
        {
            trigger: ".o_list_view .o_searchview_input",
            run: "edit 巡访两线",
        },
        {
            trigger: ".o_searchview_autocomplete .o-dropdown-item:first",
            run: "click",
        },
        {
            trigger: ".o_list_view:not(:has(.o_data_row:eq(1))) .o_data_row .o_data_cell[name='name']:contains('巡访两线医院')",
            run: "click",
        },
        {
            content: "Both representatives are responsible",
            trigger: ".o_form_view .o_field_widget[name='owner_ids']:has(.o_tag:eq(1))",
        },
        {
            content: "One territory per line",
            trigger: ".o_form_view .o_notebook a.nav-link[name='pharma_territories']",
            run: "click",
        },
        {
            trigger: ".o_form_view .o_field_widget[name='alignment_ids'] .o_data_row:eq(1)",
        },
        {
            content: "Share it with a colleague",
            trigger: ".o_form_view button[name='action_share']",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name='user_id'] input",
            run: "edit 巡访同事",
        },
        {
            trigger: ".o-autocomplete--dropdown-item:contains('巡访同事')",
            run: "click",
        },
        {
            trigger: ".modal .o_form_button_save",
            run: "click",
        },
        {
            content: "It stands on the page of territories",
            trigger: "body:not(:has(.modal)) .o_form_view .o_notebook a.nav-link[name='pharma_territories']",
            run: "click",
        },
        {
            trigger: ".o_form_view .o_field_widget[name='share_ids'] .o_data_row",
        },
    ],
});

/** On a phone: from the cards of customers to one of them, to its territory. */
registry.category("web_tour.tours").add("pharma_crm_territory_phone", {
    url: "/odoo/terminals",
    steps: () => [
        {
            content: "Cards name the territory",
            trigger: ".o_kanban_view .o_kanban_record:contains('巡访手机医院'):contains('巡访手机区')",
            run: "click",
        },
        {
            content: "Nothing stands out of the screen",
            trigger: ".o_form_view .o_field_widget[name='owner_ids'] .o_tag",
            run() {
                const page = document.querySelector(".o_form_view .o_form_sheet_bg");
                if (page.scrollWidth > page.clientWidth + 1) {
                    throw new Error(`The customer is wider than the phone: ${page.scrollWidth}`);
                }
            },
        },
        {
            trigger: ".o_form_view .o_notebook a.nav-link[name='pharma_territories']",
            run: "click",
        },
        {
            content: "Its alignment as a card",
            trigger: ".o_form_view .o_field_widget[name='alignment_ids'] .o_kanban_record:contains('巡访手机区')",
        },
        {
            trigger: ".o_form_view .o_field_widget[name='territory_id'] a",
            run: "click",
        },
        {
            trigger: ".o_form_view .o_field_widget[name='assignment_ids'] .o_kanban_record",
            run() {
                const page = document.querySelector(".o_form_view .o_form_sheet_bg");
                if (page.scrollWidth > page.clientWidth + 1) {
                    throw new Error(`The territory is wider than the phone: ${page.scrollWidth}`);
                }
            },
        },
    ],
});

/** Whoever goes away appoints somebody from the user menu. */
registry.category("web_tour.tours").add("pharma_crm_delegation", {
    url: "/odoo/terminals",
    steps: () => [
        {
            trigger: ".o_user_menu .dropdown-toggle",
            run: "click",
        },
        {
            trigger: ".o-dropdown--menu [data-menu='pharma_delegation']",
            run: "click",
        },
        {
            content: "The list of delegations, no longer that of customers",
            trigger: ".o_list_view th[data-name='delegate_id']",
        },
        {
            trigger: ".o_list_view .o_list_button_add",
            run: "click",
        },
        {
            trigger: ".o_form_view .o_field_widget[name='delegate_id'] input",
            run: "edit 巡访同事",
        },
        {
            trigger: ".o-autocomplete--dropdown-item:contains('巡访同事')",
            run: "click",
        },
        {
            trigger: ".o_form_view .o_field_widget[name='date_to'] :is(input, button)",
            run: "click",
        },
        {
            trigger: ".o_datetime_picker .o_date_item_cell:last",
            run: "click",
        },
        {
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            trigger: ".o_form_saved",
        },
    ],
});
