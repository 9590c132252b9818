import { registry } from "@web/core/registry";

const PAGE = ".o_pharma_person";

/** On a phone: from the list of one's people to a person's page and one of his calls. */
registry.category("web_tour.tours").add("pharma_crm_team_person", {
    steps: () => [
        {
            trigger: ".o_kanban_view .o_kanban_record:contains('Pharma Representative')",
            run: "click",
        },
        {
            trigger: `${PAGE} h1:contains('Pharma Representative')`,
            run() {
                const wide = [...document.querySelectorAll(`${PAGE} *`)].filter(
                    (element) => element.getBoundingClientRect().right > window.innerWidth + 1
                );
                if (wide.length || document.documentElement.scrollWidth > window.innerWidth) {
                    throw new Error(`Wider than the phone: ${wide[0]?.outerHTML}`);
                }
            },
        },
        {
            trigger: `${PAGE} [data-section='calls'] .o_pharma_person_row`,
            run: "click",
        },
        {
            trigger: ".o_form_view .o_field_widget[name='quality']",
        },
    ],
});
