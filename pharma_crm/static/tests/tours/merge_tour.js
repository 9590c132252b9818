import { registry } from "@web/core/registry";

/**
 * A steward finds a hospital that is listed twice, looks at both side by side, keeps the one with
 * the right name and the other's website, and merges.
 */
registry.category("web_tour.tours").add("pharma_crm_merge", {
    url: "/odoo/terminals",
    steps: () => [
        {
            trigger: ".o_list_view .o_searchview_input",
            run: "edit 巡访合并",
        },
        {
            trigger: ".o_searchview_autocomplete .o-dropdown-item:first",
            run: "click",
        },
        {
            content: "Both are there",
            trigger: ".o_list_view:has(.o_data_row:eq(1)):not(:has(.o_data_row:eq(2))) thead .o_list_record_selector input",
            run: "click",
        },
        {
            trigger: "button[name='action_merge']",
            run: "click",
        },
        {
            content: "The fuller one is proposed; keep the other",
            trigger: ".modal .o_pharma_merge th:not(.table-primary):contains('巡访合并医院') .o_pharma_merge_keep",
            run: "click",
        },
        {
            trigger: ".modal .o_pharma_merge th.table-primary:contains('巡访合并医院'):not(:contains('老名')) .o_pharma_merge_keep:checked",
        },
        {
            content: "What differs is marked; take the other's website",
            trigger: ".modal tr.o_pharma_merge_differs[data-field='website'] td:not(.table-primary):contains('old.example.com') input",
            run: "click",
        },
        {
            trigger: ".modal tr[data-field='website'] td.table-primary:contains('old.example.com')",
        },
        {
            content: "What moves is told",
            trigger: ".modal .o_field_widget[name='effect'] li",
        },
        {
            trigger: ".modal button[name='action_merge']",
            run: "click",
        },
        {
            content: "The kept one, with the other's website",
            trigger: ".o_form_view .o_field_widget[name='website'] input:value(old.example.com)",
        },
    ],
});

/** He notices his mistake and undoes it, in the list of merges. */
registry.category("web_tour.tours").add("pharma_crm_merge_undo", {
    url: "/odoo/merges",
    steps: () => [
        {
            content: "Undo it",
            trigger: ".o_list_view .o_data_row:contains('巡访合并医院') button[name='action_undo']",
            run: "click",
        },
        {
            trigger: ".modal .modal-footer .btn-primary",
            run: "click",
        },
        {
            trigger: ".o_list_view .o_data_row:contains('巡访合并医院'):not(:has(button[name='action_undo']))",
        },
    ],
});
