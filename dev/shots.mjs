// Takes the screenshots that an order file lists: node shots.mjs ORDER.json NODE_FOLDER
// (see dev/steps/screens.py; dev/shots/README.md describes the lists).
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const [, , orderFile, nodeFolder] = process.argv;
const { chromium } = createRequire(`${nodeFolder}/`)('playwright-core');
const order = JSON.parse(readFileSync(orderFile, 'utf8'));
const SIZES = {
    desktop: { viewport: { width: 1440, height: 900 } },
    phone: {
        viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true,
        deviceScaleFactor: 2,
    },
};
const SECONDS = 1000;
const PATIENCE = 30 * SECONDS;

async function login(browser, size, user) {
    const context = await browser.newContext({
        ...SIZES[size], locale: 'zh-CN', timezoneId: 'Asia/Shanghai',
    });
    const page = await context.newPage();
    page.setDefaultTimeout(PATIENCE);
    if (user) {
        const password = order.passwords[user] ?? user;
        await page.goto(`${order.address}/web/login`);
        await page.fill('input[name=login]', user);
        await page.fill('input[name=password]', password);
        await page.click('.oe_login_form button[type=submit]');
        // staff see the web client, portal users their page
        await page.waitForSelector('.o_main_navbar, .o_portal_wrap, .o_portal_my_home');
    }
    return page;
}

async function act(page, step) {
    const [[kind, value]] = Object.entries(step);
    if (kind === 'click') {
        await page.click(value);
    } else if (kind === 'fill') {
        await page.fill(value[0], value[1]);
    } else if (kind === 'pick') {
        await page.fill(`.o_field_widget[name=${value[0]}] input`, value[1]);
        await page.locator('.o-autocomplete--dropdown-item', { hasText: value[1] }).first().click();
    } else if (kind === 'press') {
        await page.keyboard.press(value);
    } else if (kind === 'wait') {
        await page.waitForSelector(value);
    } else if (kind === 'upload') {
        await page.setInputFiles(value[0], {
            name: value[1], mimeType: 'text/csv', buffer: Buffer.from(value[2]),
        });
    } else if (kind === 'scroll') {
        await page.locator(value).first().scrollIntoViewIfNeeded();
    } else if (kind === 'goto') {
        await page.goto(order.address + value);
    } else {
        throw new Error(`unknown step ${kind}`);
    }
}

// The number of the record that a screen shows: the first that its user finds.
async function find(page, { model, domain }) {
    const answer = await page.request.post(`${order.address}/web/dataset/call_kw`, { data: {
        jsonrpc: '2.0', method: 'call', params: {
            model, method: 'search', args: [domain], kwargs: { limit: 1 },
        },
    } });
    const { result, error } = await answer.json();
    if (!result?.length) {
        throw new Error(`no ${model} with ${JSON.stringify(domain)} ${error?.data?.message ?? ''}`);
    }
    return result[0];
}

async function take(page, screen, size) {
    const problems = [];
    const listen = (message) => {
        if (message.type() === 'error') {
            problems.push(message.text().slice(0, 200));
        }
    };
    page.on('console', listen);
    const path = screen.record
        ? screen.path.replaceAll('{id}', await find(page, screen.record)) : screen.path;
    await page.goto(order.address + path);
    for (const step of [{ wait: screen.wait ?? '.o_action_manager .o_view_controller' },
        ...(screen[`${size}_steps`] ?? screen.steps ?? [])]) {
        await act(page, step);
    }
    // pictures and charts are drawn a moment after their element is there
    await page.waitForTimeout(screen.settle ?? 700);
    await page.screenshot({
        path: `${order.folder}/${screen.name}-${size}.png`, fullPage: Boolean(screen.full),
    });
    page.off('console', listen);
    return problems;
}

const browser = await chromium.launch({
    executablePath: order.chromium, args: ['--no-sandbox', '--lang=zh-CN'],
});
let failures = 0;
for (const size of Object.keys(SIZES)) {
    const pages = new Map();
    for (const screen of order.screens) {
        if (!(screen.sizes ?? Object.keys(SIZES)).includes(size)) {
            continue;
        }
        const user = screen.login ?? 'admin';
        try {
            if (!pages.has(user)) {
                pages.set(user, await login(browser, size, user));
            }
            const problems = await take(pages.get(user), screen, size);
            for (const problem of problems) {
                console.log(`  ${screen.name} ${size}: console error: ${problem}`);
            }
        } catch (error) {
            failures += 1;
            console.log(`  ${screen.name} ${size} (${user}): ${String(error).split('\n')[0]}`);
            const page = pages.get(user);
            if (page) {
                await page.screenshot({ path: `${order.folder}/${screen.name}-${size}-FAILED.png` });
            }
        }
    }
    for (const page of pages.values()) {
        await page.context().close();
    }
}
await browser.close();
process.exit(failures ? 1 : 0);
