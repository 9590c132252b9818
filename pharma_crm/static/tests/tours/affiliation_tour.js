import { registry } from "@web/core/registry";

/**
 * A representative learns that a doctor went to another hospital: he finds the doctor, changes his
 * post, and sees the old one kept.
 */
registry.category("web_tour.tours").add("pharma_crm_affiliation", {
    url: "/odoo/doctors",
    steps: () => [
        {
            content: "Search the doctor",
            trigger: ".o_kanban_view .o_searchview_input",
            run: "edit 巡访换院人",
        },
        {
            trigger: ".o_searchview_autocomplete .o-dropdown-item:first",
            run: "click",
        },
        {
            trigger: ".o_kanban_view:not(:has(.o_kanban_record:not(.o_kanban_ghost):eq(1))) .o_kanban_record:contains('巡访换院人')",
            run: "click",
        },
        {
            content: "Change his post",
            trigger: ".o_form_view button[name='action_change_post']",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name='place_id'] input",
            run: "edit 巡访新医院",
        },
        {
            trigger: ".o-autocomplete--dropdown-item:contains('巡访新医院'):contains('骨科') a",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name='post'] input",
            run: "edit 科主任",
        },
        {
            trigger: ".modal button[name='action_apply']",
            run: "click",
        },
        {
            content: "His page shows the new place",
            trigger: ".o_form_view:not(:has(.modal)) .o_field_widget[name='function'] input:value(科主任)",
        },
        {
            content: "His posts",
            trigger: ".o_notebook a.nav-link[name='pharma_affiliations']",
            run: "click",
        },
        {
            content: "The old one stands below the new one",
            trigger: ".o_field_widget[name='affiliation_ids'] .o_data_row:eq(1):contains('巡访旧医院')",
        },
    ],
});
