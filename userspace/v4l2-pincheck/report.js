/* SPDX-License-Identifier: GPL-2.0-only */
/* Functions of report.html (one kernel), matrix.html (several kernels) and lab.html (many boards). */
"use strict";
const $ = id => document.getElementById(id);

/* The looks of rows, the worst first. Each look has a mark and its meaning. */
const looks = {
	unexpected: ["?", "unexpected"],
	"expected-failure": ["!", "expected failure (kernel quirk)"],
	prevented: ["◇", "not run: a kernel quirk would do harm"],
	accepted: ["✓", "accepted, as expected"],
	refused: ["–", "refused, as expected"],
	skipped: ["·", "skipped"],
};
const names = Object.keys(looks);
const failed = name => ["unexpected", "expected-failure", "prevented"].includes(name);

const accepted = row => row.verdict === "accepted";

/* Return the look of a row: its verdict if that was expected, otherwise its outcome. */
function look(row) {
	if (!row)
		return "skipped";
	if (row.outcome === "skipped")
		return row.quirk ? "prevented" : "skipped";
	if (row.outcome !== "as-expected")
		return row.outcome;
	return accepted(row) ? "accepted" : "refused";
}

/* Return the mark of a row. A failure has two: the mark of the verdict and its own. */
function sign(row) {
	const mark = looks[look(row)][0];

	if (!["unexpected", "expected-failure"].includes(look(row)))
		return mark;
	return looks[accepted(row) ? "accepted" : "refused"][0] + mark;
}

/*
 * Return complete rows. In the page's data, a row has only the strings that differ from the row
 * before it, and no faults, notes or frames if there are none. A skipped row has no verdict.
 */
function whole(rows) {
	const skipped = { verdict: "", decided_by: "", reason: "", sentence: "", case: "", depends: "" };
	let last = {};

	return rows.map(row => {
		if (!row)
			return row;
		last = { ...last, faults: [], notes: [], known: "", frames: 0, ...row };
		return last.outcome === "skipped" ? { ...last, ...skipped } : last;
	});
}

function element(name, attributes, ...children) {
	const e = document.createElement(name);

	for (const [key, value] of Object.entries(attributes || {}))
		if (key in e)
			e[key] = value;
		else
			e.setAttribute(key, value);
	e.append(...children);
	return e;
}

/*
 * Make the rows of the table's head, one for each function of @levels. Neighbouring columns share
 * a head if this level and all levels above it give the same text for both.
 */
function tableHead(columns, levels) {
	const said = (i, depth) => levels.slice(0, depth + 1).map(level => level(columns[i])).join();
	const last = levels.length - 1;

	return levels.map((level, depth) => {
		const tr = element("tr");

		if (!depth)
			tr.append(element("th", { scope: "col", rowSpan: levels.length, className: "memory" },
				"memory"));
		for (let i = 0, end; i < columns.length; i = end) {
			end = i + 1;
			while (end < columns.length && said(end, depth) === said(i, depth))
				end++;
			tr.append(element("th", { colSpan: end - i, scope: depth < last ? "colgroup" : "col",
				className: columns[i].edge ? "edge" : "" },
				element("span", {}, level(columns[i]))));
		}
		return tr;
	});
}

/*
 * Fill the table. @sections are pairs of a title and names of kinds; @sentences describes each
 * kind. @cell makes the button of a kind and a column, or returns nothing.
 */
function fillTable({ columns, levels, sections, sentences, cell }) {
	const head = element("thead", {}, ...tableHead(columns, levels));
	const bodies = sections.filter(([, kinds]) => kinds.length).flatMap(([title, kinds]) => {
		const count = `${kinds.length} ${kinds.length === 1 ? "kind" : "kinds"} of memory`;
		const heading = element("th", { scope: "rowgroup", colSpan: columns.length + 1 },
			element("span", {}, `${title}: ${count}`));
		const body = element("tbody", { className: "kinds" });

		for (const kind of kinds) {
			const tr = element("tr", {},
				element("th", { scope: "row", title: sentences[kind] }, kind));

			tr.kind = kind;
			for (const column of columns) {
				const button = cell(kind, column);

				tr.append(element("td", { className: column.edge ? "edge" : "" },
					...button ? [button] : []));
			}
			body.append(tr);
		}
		return [element("tbody", { className: "section" }, element("tr", {}, heading)), body];
	});

	if (columns.some(column => levels.at(-1)(column).length > 7))
		head.classList.add("tall");
	$("table").replaceChildren(head, ...bodies);
}

/* Make the button of a cell. It has one or several rows, and shows the mark of the first. */
function cellButton(rows, where, open) {
	const worst = names.find(name => failed(name) && rows.some(row => look(row) === name)) ||
		look(rows[0]);
	const others = [...new Set(rows.slice(1).filter(row => look(row) !== "skipped").map(sign))]
		.filter(mark => mark !== sign(rows[0]));
	const words = looks[look(rows[0])][1] +
		(rows.length > 1 ? `; other layouts: ${rows.length - 1}` : "") +
		(others.length ? ", not all of them the same" : "");
	const button = element("button", { className: worst, type: "button", tabIndex: -1,
		title: `${where}: ${words}`, "aria-label": `${where}: ${words}` }, sign(rows[0]));

	if (others.length)
		button.append(element("small", {}, others.join("")));
	button.rows = rows;
	button.onclick = () => open(button);
	return button;
}

const buttons = () => [...document.querySelectorAll("#table tbody.kinds button")];
const seen = button => button && !button.classList.contains("out") && !button.closest("tr").hidden;

/* The Tab key stops at one button of the table only: the last one that had the focus. */
let stop;

function setStop(button) {
	if (stop)
		stop.tabIndex = -1;
	stop = button;
	if (stop)
		stop.tabIndex = 0;
}

/* Find the next visible button. Each step goes @down rows and @right columns further. */
function next(button, down, right) {
	const lines = [...document.querySelectorAll("#table tbody.kinds tr")].filter(tr => !tr.hidden);
	let y = lines.indexOf(button.closest("tr")), x = button.closest("td").cellIndex;

	for (;;) {
		y += down;
		x += right;
		const td = lines[y]?.cells[x];

		if (!td || !x)
			return undefined;
		if (seen(td.querySelector("button")))
			return td.querySelector("button");
	}
}

function far(button, down, right) {
	for (let b = button; b; b = next(b, down, right))
		button = b;
	return button;
}

function several(button, down) {
	for (let i = 0; i < 10; i++)
		button = next(button, down, 0) || button;
	return button;
}

const keys = {
	ArrowUp: b => next(b, -1, 0), ArrowDown: b => next(b, 1, 0),
	ArrowLeft: b => next(b, 0, -1), ArrowRight: b => next(b, 0, 1),
	Home: (b, all) => far(all ? far(b, -1, 0) : b, 0, -1),
	End: (b, all) => far(all ? far(b, 1, 0) : b, 0, 1),
	PageUp: b => several(b, -1), PageDown: b => several(b, 1),
};

$("table").addEventListener("keydown", event => {
	const to = keys[event.key]?.(event.target, event.ctrlKey);

	if (event.altKey || event.metaKey || !(event.key in keys))
		return;
	event.preventDefault();
	to?.focus();
});
$("table").addEventListener("focusin", event => setStop(event.target));

/* The looks that the reader has chosen to see. */
const wanted = new Set(names);

function fillLegend(changed) {
	const counts = Object.fromEntries(names.map(name => [name, 0]));

	buttons().forEach(button => button.rows.forEach(row => counts[look(row)] += row.count ?? 1));
	$("legend").replaceChildren(...names.map(name => {
		const box = element("input", { type: "checkbox", checked: wanted.has(name) });

		box.onchange = () => { box.checked ? wanted.add(name) : wanted.delete(name); changed(); };
		return element("label", {}, box,
			element("span", { className: "badge " + name, "aria-hidden": "true" }, looks[name][0]),
			`${looks[name][1]}: ${counts[name]}`);
	}));
}

/* Show only the buttons that match the filter and the legend, and the rows that have some. */
function filterTable(fits) {
	const words = $("filter").value.toLowerCase().split(/\s+/).filter(Boolean);

	for (const button of buttons()) {
		const shown = button.rows.some(row => wanted.has(look(row))) && fits(button, words);

		button.classList.toggle("out", !shown);
	}
	for (const tr of document.querySelectorAll("#table tbody.kinds tr"))
		tr.hidden = !tr.querySelector("button:not(.out)");
	for (const body of document.querySelectorAll("#table tbody.section"))
		body.hidden = !body.nextSibling.querySelector("tr:not([hidden])");
	if (!stop?.isConnected || !seen(stop))
		setStop(buttons().find(seen));
}

/* Here the detail is below the table, not beside it (report.css). */
const small = matchMedia("(max-width: 900px)");

$("key").open = !matchMedia("(max-width: 500px)").matches;

/* Show @children in the detail: the facts about @button, or without a button the overview. */
function openDetail(button, hash, ...children) {
	for (const before of document.querySelectorAll("#table button[aria-current]"))
		before.removeAttribute("aria-current");
	button?.setAttribute("aria-current", "true");
	document.body.classList.toggle("opened", Boolean(button));
	history.replaceState(null, "", hash ? "#" + encodeURIComponent(hash) :
		location.pathname + location.search);
	$("detail").replaceChildren(...children);
	$("detail").scrollTop = 0;
	if (button && small.matches)
		$("matrix").scrollIntoView();
}

function backButton(overview) {
	const onclick = () => { overview(); stop?.focus(); };

	return element("button", { type: "button", className: "back", onclick }, "close");
}

const badge = row => element("span", { className: "badge " + look(row) }, looks[look(row)][1]);

/* Make a list of terms. Leave out terms without a text. */
function terms(...pairs) {
	return element("dl", {}, ...pairs.filter(([, text]) => text).flatMap(([term, text]) =>
		[element("dt", {}, term), element("dd", {}, text)]));
}

/* Return the verdict of a row in words: its errno, and the decider. */
function verdictWords(row) {
	return accepted(row) || !row.decided_by ? row.verdict : `${row.verdict}, by ${row.decided_by}`;
}

/* Return the reason of a refusal: its name, and its sentence. */
const reasonWords = row => accepted(row) ? "" : [row.reason, row.sentence].filter(Boolean).join(": ");

const ruleWords = rule => rule ? `rule ${rule.rule}: ${rule.name}` : "";
