import { registry } from "@web/core/registry";

const NAME = ".o_form_view h1 .o_field_widget[name='name'] :is(textarea, input)";

/** What the representative and the data steward see while they enter a hospital that is known. */
function enterKnownHospital(hint) {
    return [
        {
            content: "A new hospital",
            trigger: ".o_list_view .o_list_button_add",
            run: "click",
        },
        {
            content: "Its name, written in another way",
            trigger: NAME,
            run: "edit 巡访市（听涛）医院",
        },
        {
            content: "It is told below the name",
            trigger: `.o_pharma_duplicates ${hint}`,
        },
        {
            content: "Save",
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            content: "The warning says why; back to look at it",
            trigger: ".modal:has(.o_pharma_duplicate_warning .badge) .o_pharma_duplicate_back",
            run: "click",
        },
        {
            content: "Nothing is saved yet",
            trigger: ".o_form_view:not(:has(.modal)) .o_form_button_save",
            run: "click",
        },
        {
            content: "Save it knowingly",
            trigger: ".modal .o_pharma_duplicate_save",
            run: "click",
        },
        {
            trigger: ".o_form_saved",
        },
    ];
}

registry.category("web_tour.tours").add("pharma_crm_duplicate_representative", {
    url: "/odoo/terminals",
    steps: () => enterKnownHospital(".o_pharma_duplicate_hidden:not(:contains('听涛'))"),
});

registry.category("web_tour.tours").add("pharma_crm_duplicate_steward", {
    url: "/odoo/terminals",
    steps: () => enterKnownHospital(".o_pharma_duplicate button:contains('听涛')"),
});

/** The data steward looks at a suspected pair and decides that it is two hospitals. */
registry.category("web_tour.tours").add("pharma_crm_duplicate_pair", {
    url: "/odoo/duplicates",
    steps: () => [
        {
            content: "As cards, as on a phone",
            trigger: ".o_switch_view.o_kanban",
            run: "click",
        },
        {
            trigger: ".o_kanban_view .o_kanban_record [name='action_different']",
        },
        {
            trigger: ".o_switch_view.o_list",
            run: "click",
        },
        {
            content: "Only the pair meant",
            trigger: ".o_list_view .o_searchview_input",
            run: "edit 巡访",
        },
        {
            trigger: ".o_searchview_autocomplete .o-dropdown-item:first",
            run: "click",
        },
        {
            trigger: ".o_list_view:not(:has(.o_data_row:eq(1))) .o_data_row .o_data_cell[name='partner_id']",
            run: "click",
        },
        {
            content: "Facts side by side, what differs is marked",
            trigger: ".o_form_view .o_pharma_comparison tr.table-warning",
        },
        {
            trigger: ".o_form_view button[name='action_different']",
            run: "click",
        },
        {
            content: "Decided, and can be decided again",
            trigger: ".o_form_view button[name='action_reopen']",
        },
    ],
});
