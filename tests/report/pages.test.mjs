// SPDX-License-Identifier: GPL-2.0-only
// Tests of the pages in a browser, which check-pages runs: axe-core's rules in light and
// dark, on a screen and on a phone, and what the keyboard does.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { pathToFileURL } from "node:url";

const { MODULES, BROWSER, PAGES } = process.env;
const require = createRequire(MODULES + "/");
const { chromium } = require("playwright-core");
const axe = require("axe-core").source;
const pages = PAGES.split("\n");
const tables = pages.filter(page => readFileSync(page, "utf8").includes('id="table"'));
const screen = { width: 1280, height: 900 }, phone = { width: 400, height: 800 };

let browser;
before(async () => {
	// Chromium refuses to start as root (in CI) with its sandbox. The pages are our own files.
	browser = await chromium.launch({ executablePath: BROWSER,
		args: process.getuid() ? [] : ["--no-sandbox"] });
});
after(() => browser?.close());

// Run a test on a page that is open. An error in the page's script fails the test.
async function onPage(page, viewport, colorScheme, run, hash = "") {
	const context = await browser.newContext({ viewport, colorScheme });
	const tab = await context.newPage();
	const errors = [];

	tab.on("pageerror", error => errors.push(error.message));
	await tab.goto(pathToFileURL(page).href + hash);
	await run(tab);
	await context.close();
	assert.deepEqual(errors, []);
}

async function violations(tab) {
	await tab.evaluate(axe);
	const result = await tab.evaluate(() => window.axe.run({ resultTypes: ["violations"],
		runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] }));

	return result.violations.flatMap(({ id, nodes }) => nodes.slice(0, 3).map(node =>
		`${id} (${nodes.length} times): ${node.html.slice(0, 160)}: ${node.failureSummary}`));
}

const first = "#table tbody.kinds button:not(.out)";
const focused = tab => tab.evaluate(() => document.activeElement.getAttribute("aria-label") ||
	document.activeElement.tagName);
const openAll = tab => tab.evaluate(() =>
	document.querySelectorAll("details").forEach(details => details.open = true));
const width = tab => tab.evaluate(() => document.documentElement.scrollWidth);

for (const page of pages)
	for (const [viewport, name] of [[screen, "on a screen"], [phone, "on a phone"]])
		for (const scheme of ["light", "dark"])
			test(`${basename(page)}, ${scheme}, ${name}: no violation, fits the window`, () =>
				onPage(page, viewport, scheme, async tab => {
					assert.deepEqual(await violations(tab), []);
					if (tables.includes(page))
						await tab.locator(first).first().click();
					await openAll(tab);
					assert.deepEqual(await violations(tab), []);
					assert.equal(await width(tab), viewport.width);
				}));

for (const page of tables) {
	const check = (name, run, viewport = screen, hash = "") => test(`${basename(page)}: ${name}`, () =>
		onPage(page, viewport, "light", run, hash));

	check("the table is one tab stop", async tab => {
		let stops = 0;

		for (let i = 0; i < 60; i++) {
			await tab.keyboard.press("Tab");
			stops += await tab.evaluate(() =>
				Boolean(document.activeElement.closest("#table")));
			if (await tab.evaluate(() => document.activeElement.id === "detail"))
				break;
		}
		assert.equal(stops, 1);
	});

	check("arrow keys move, Enter opens the detail, which is announced", async tab => {
		const at = async key => { await tab.keyboard.press(key); return focused(tab); };

		await tab.locator(first).first().focus();
		const start = await focused(tab);
		const right = await at("ArrowRight");
		assert.notEqual(right, start);
		assert.equal(await at("ArrowLeft"), start);
		assert.notEqual(await at("ArrowDown"), start);
		assert.equal(await at("ArrowUp"), start);
		assert.notEqual(await at("End"), start);
		assert.equal(await at("Home"), start);
		const last = await at("Control+End");
		assert.equal(last, await tab.locator(first).last().getAttribute("aria-label"));
		assert.equal(await tab.locator("#detail[aria-live=polite]").count(), 1);
		await tab.keyboard.press("Enter");
		assert.equal(await tab.locator("#detail h2").textContent(), last.split(",")[0]);
		assert.equal(await at("Control+Home"), start);
	});

	check("the arrow keys pass over rows that are filtered out", async tab => {
		const kind = await tab.locator("#table tbody.kinds tr th").last().textContent();

		await tab.locator("#filter").fill(kind);
		const labels = await tab.locator(first).evaluateAll(all =>
			all.map(button => button.ariaLabel));
		assert.ok(labels.length);
		for (const label of labels)
			assert.ok(label.startsWith(kind), label);
		await tab.locator(first).first().focus();
		await tab.keyboard.press("Control+End");
		assert.ok((await focused(tab)).startsWith(kind));
		await tab.locator("#filter").fill("qqq");
		assert.equal(await tab.locator("#table tbody.section:not([hidden])").count(), 0);
	});

	check("a refusal that a rule asks for does not look like an error", async tab => {
		const refused = tab.locator("#table button.refused").first();

		assert.equal(await refused.evaluate(button => button.firstChild.data), "–");
		assert.match(await refused.getAttribute("aria-label"), /refused, as expected/);
		assert.doesNotMatch(await tab.locator("body").innerText(), /[✕✗✘❌]/);
	});

	check("failures come first", async tab => {
		const looks = await tab.locator("#table tbody.kinds").evaluateAll(all => all.map(body =>
			["unexpected", "expected-failure"].findIndex(name =>
				body.querySelector("." + name))));
		const order = looks.map(look => look < 0 ? 9 : look);

		assert.ok(order.length);
		assert.deepEqual(order, [...order].sort());
	});

	check("fields are 24 pixels high and wide, heads have a scope", async tab => {
		const sizes = await tab.locator("#table button").evaluateAll(all => all.map(button =>
			button.getBoundingClientRect()).filter(({ height }) => height));

		assert.ok(sizes.length);
		assert.deepEqual(sizes.filter(({ width, height }) => width < 24 || height < 24), []);
		assert.equal(await tab.locator("#table th:not([scope])").count(), 0);
	}, phone);

	check("on a phone, the detail of a field is visible", async tab => {
		await tab.locator(first).first().click();
		const { y } = await tab.locator("#detail h2").boundingBox();
		assert.ok(y > 0 && y < phone.height - 40, `${y}`);
	}, phone);

	test(`${basename(page)}: an address with a row opens the row`, async () => {
		let hash, title;

		await onPage(page, screen, "light", async tab => {
			await tab.locator(first).last().click();
			hash = new URL(tab.url()).hash;
			title = await tab.locator("#detail h2").textContent();
		});
		await onPage(page, screen, "light", async tab => {
			assert.equal(await tab.locator("#detail h2").textContent(), title);
			assert.equal(await tab.locator("#table [aria-current]").count(), 1);
		}, hash);
	});
}

const matrix = pages.find(page => basename(page) === "matrix.html");

if (matrix)
	test("matrix.html: a verdict that differs on another machine is explained", async () => {
		await onPage(matrix, screen, "light", async tab => {
			await tab.locator(`#table button[aria-label*="huge-page, vipin platform, capture, ` +
				`Linux 7.3 arm64"]`).first().click();
			assert.match(await tab.locator("#detail").textContent(),
				/The rules are the same as on Linux 7.3, and the machine is not: aarch64/);
			assert.equal(await tab.locator("#table td.changed").count() > 0, true);
		});
	});

const lab = pages.find(page => basename(page) === "lab.html");

if (lab) {
	const choose = async (tab, name, value) => {
		await openAll(tab);
		await tab.locator("#" + name).selectOption(value);
	};
	const labels = tab => tab.locator("#table button:visible:not(.out)").evaluateAll(all =>
		all.map(button => button.ariaLabel));
	const check = (name, run, viewport = screen) => test(`lab.html: ${name}`, () =>
		onPage(lab, viewport, "light", run));

	check("lost jobs are named at the top, and all of them", async tab => {
		const names = await tab.locator("#lost li").evaluateAll(all => all.map(li => li.textContent));

		assert.ok(names.length);
		assert.match(names[0], /^board=\S+ kernel=/);
		assert.match(await tab.locator("#about").textContent(), new RegExp(`, ${names.length} lost`));
		assert.ok(await tab.locator("#lost li").first().isVisible());
	}, phone);

	check("a kernel: only its column, with fewer boards", async tab => {
		const heads = () => tab.locator("#table thead th[scope=col]:not(.memory)").allTextContents();

		assert.deepEqual(await heads(), ["5.10", "6.1", "6.12", "7.3"]);
		await choose(tab, "kernel", "6.12");
		assert.deepEqual(await heads(), ["6.12"]);
	});

	check("a board: every field has the verdict of this board", async tab => {
		const board = await tab.locator("#board option").nth(3).getAttribute("value");

		await choose(tab, "board", board);
		const said = await labels(tab);
		assert.ok(said.length);
		assert.deepEqual(said.filter(words => !/: 1 board(;|$)/.test(words)), []);
		await tab.locator(first).first().click();
		assert.match(await tab.locator("#detail ol li ul").first().textContent(), new RegExp(board));
	});

	check("memory and verdict: only these rows and fields are left", async tab => {
		await openAll(tab);
		await tab.locator("#filter").fill("huge-page");
		const filtered = await labels(tab);
		assert.ok(filtered.length);
		for (const words of filtered)
			assert.match(words, /huge-page/);
		await tab.locator("#filter").fill("");
		for (const name of ["expected failure", "not run", "accepted", "refused", "skipped"])
			await tab.locator("#legend label", { hasText: name }).locator("input").uncheck();
		const said = await labels(tab);
		assert.ok(said.length);
		for (const words of said)
			assert.match(words, /unexpected: \d+ board/);
	});

	check("what has changed: the row before and after, and both revisions", async tab => {
		await openAll(tab);
		await tab.locator("#changed").check();
		const fields = tab.locator("#table button:visible:not(.out)");
		assert.ok(await fields.count() < await tab.locator("#table button").count());
		await fields.first().click();
		const words = await tab.locator("#detail").textContent();
		assert.match(words, /since 2026-11-28T05:25:08: unexpected/);
		assert.match(words, /vipin 1111111, then 2222222/);
		assert.match(words, /tests\/bisect mainline 'pincheck: \S+: \w+ on \S+ with kernel policy' (accepted|refused)/);
	});

	check("the keyboard chooses a kernel and reaches the table", async tab => {
		await tab.locator("#kernel").focus();
		await tab.keyboard.press("ArrowDown");
		assert.equal(await tab.locator("#kernel").inputValue(), "5.10");
		for (let i = 0; i < 30 && !await tab.evaluate(() => document.activeElement.closest("#table")); i++)
			await tab.keyboard.press("Tab");
		assert.match(await focused(tab), /, Linux 5\.10: /);
	});

	check("a hundred boards: a failed test names its boards", async tab => {
		const words = await tab.locator("#detail").textContent();

		assert.match(words, /a frame arrives on \d+ boards/);
		assert.match(words, /simulated: no frame arrived/);
	});
}
