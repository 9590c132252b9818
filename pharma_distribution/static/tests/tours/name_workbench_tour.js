import { registry } from "@web/core/registry";

const PHARMACY = ".o_pharma_wb_title:contains('澄屿大药房连锁')";
const WITHOUT_PHARMACY = ".o_pharma_wb_list:not(:contains('澄屿大药房连锁'))";
const SECOND = ".o_pharma_wb_name[data-index='1']";
// nothing is being decided any more, and there is something to take back
const READY = ".o_pharma_undo:enabled";

/**
 * Names are decided without a mouse: the first one suggested, taken back, another one sought and
 * chosen, the next name is not ours, taken back again, all selected and accepted.
 */
registry.category("web_tour.tours").add("pharma_distribution_name_workbench", {
    url: "/odoo/name-workbench",
    steps: () => [
        {
            content: "The name that most money waits on, and whom it may mean",
            trigger: `.o_pharma_workbench:has(${PHARMACY}) .o_pharma_candidate:contains('澄屿大药房云溪店')`,
            run: "press 1",
        },
        {
            content: "It is decided: take it back",
            trigger: `body:has(${WITHOUT_PHARMACY}) ${READY}`,
            run: "press u",
        },
        {
            content: "It waits again: down to the next and back up",
            trigger: `body:has(${PHARMACY}) .o_pharma_accept:enabled`,
            run: "press ArrowDown",
        },
        {
            trigger: `${SECOND}.o_pharma_current`,
            run: "press ArrowUp",
        },
        {
            content: "Somebody else is meant",
            trigger: PHARMACY,
            run: "press o",
        },
        {
            trigger: "input.o_pharma_search",
            run: "edit 望澜市人民",
        },
        {
            trigger: ".o_pharma_candidate:first:contains('望澜市人民医院')",
        },
        {
            content: "Out of the input",
            trigger: "input.o_pharma_search",
            run: "press Enter",
        },
        {
            content: "The first one found",
            trigger: ".o_pharma_workbench:not(:has(input.o_pharma_search:focus))",
            run: "press Enter",
        },
        {
            content: "What the next one means holds for all distributors",
            trigger: `body:has(${WITHOUT_PHARMACY}) ${READY}`,
            run: "press g",
        },
        {
            content: "It is not ours at any of them",
            trigger: ".o_pharma_everywhere.o_pharma_on",
            run: "press x",
        },
        {
            content: "One is left: neither that, after all",
            trigger: `body:not(:has(${SECOND})) ${READY}`,
            run: "press u",
        },
        {
            content: "Select them all",
            trigger: `body:has(${SECOND}) ${READY}`,
            run: "press e",
        },
        {
            content: "And say that they are not ours",
            trigger: `body:has(${SECOND}.o_pharma_selected) ${READY}`,
            run: "press x",
        },
        {
            content: "Every name is decided",
            trigger: ".o_pharma_wb_empty",
        },
    ],
});
