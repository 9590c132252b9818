import { registry } from "@web/core/registry";

const QUEUE = ".o_pharma_review";

function notWider() {
    const wide = [...document.querySelectorAll(`${QUEUE} *`)].filter(
        (element) => element.getBoundingClientRect().right > window.innerWidth + 1
    );
    if (wide.length || document.documentElement.scrollWidth > window.innerWidth) {
        throw new Error(`Wider than the phone: ${wide[0]?.outerHTML}`);
    }
}

/** On a phone: two calls are reviewed, one with a word and one without. */
registry.category("web_tour.tours").add("pharma_crm_review", {
    steps: () => [
        {
            content: "What waits is told at the top",
            trigger: ".o_pharma_review_counter .badge:contains(3)",
        },
        {
            trigger: `${QUEUE}_place:contains('1 / 3')`,
            run: notWider,
        },
        {
            content: "Three is good",
            trigger: `${QUEUE}_appraisals button[data-key='3']`,
            run: "click",
        },
        {
            trigger: `${QUEUE}_word #pharma_suggestion`,
            run: "edit 下次带上文献",
        },
        {
            trigger: `${QUEUE}_word #pharma_message`,
            run: "edit 辛苦了",
        },
        {
            trigger: `${QUEUE}_save:enabled`,
            run: "click",
        },
        {
            trigger: `${QUEUE}_place:contains('1 / 2')`,
        },
        {
            trigger: ".o_pharma_review_counter .badge:contains(2)",
        },
        {
            content: "The next one can wait",
            trigger: `${QUEUE}_word .o_pharma_review_next:enabled`,
            run: "click",
        },
        {
            trigger: `${QUEUE}_place:contains('2 / 2')`,
        },
        {
            content: "This one without a remark",
            trigger: `${QUEUE}_save:enabled`,
            run: "click",
        },
        {
            trigger: `${QUEUE}_place:contains('1 / 1')`,
            run: notWider,
        },
    ],
});

/** By keyboard alone. */
registry.category("web_tour.tours").add("pharma_crm_review_keyboard", {
    steps: () => [
        {
            trigger: `${QUEUE}_place:contains('1 / 3')`,
            run: "press 4",
        },
        {
            trigger: `${QUEUE}_appraisals button[data-key='4'][aria-pressed='true']`,
            run: "press Enter",
        },
        {
            trigger: `${QUEUE}_word #pharma_suggestion:focus`,
            run: "edit 继续保持",
        },
        {
            trigger: `${QUEUE}_word #pharma_suggestion`,
            run: "press Control+Enter",
        },
        {
            trigger: `${QUEUE}_place:contains('1 / 2')`,
            run: "press ArrowRight",
        },
        {
            trigger: `${QUEUE}_place:contains('2 / 2')`,
            run: "press ArrowLeft",
        },
        {
            trigger: `${QUEUE}_place:contains('1 / 2')`,
            run: "press Control+Enter",
        },
        {
            trigger: `${QUEUE}_place:contains('1 / 1')`,
        },
    ],
});
