/* SPDX-License-Identifier: GPL-2.0-only */
/* The page of several kernels. It uses report.js, which the page has before this file. */
const data = JSON.parse($("data").textContent);
const { runs, rules, quirks, features, kinds } = data;
const directions = ["capture", "output"];

const cellOf = new Map(data.cells.map(cell => [
	[cell.kind, cell.device, cell.direction, cell.policy].join(), cell]));
data.cells.forEach(cell => cell.rows = whole(cell.rows));

/* The choices of the reader. Other drivers are for comparison only: they have no policy strict. */
const chosen = {
	policy: "kernel",
	devices: new Set(data.devices.filter(d => d.driver === "vipin").map(d => d.name)),
};
const policyOf = device => device.driver === "vipin" ? chosen.policy : "kernel";
const find = (kind, device, direction, policy) => cellOf.get([kind, device.name, direction, policy].join());
const shown = () => data.devices.filter(d => chosen.devices.has(d.name));
const cellsOf = kind => shown().flatMap(device => directions.map(direction =>
	find(kind, device, direction, policyOf(device)))).filter(Boolean);

/* A column for each device, direction and kernel. */
const allColumns = () => shown().flatMap(device => directions.flatMap(direction =>
	runs.map((run, i) => ({ device, direction, run, i, edge: !i }))));

const levels = [
	({ device }) => `${device.driver}, ${device.bus}: ` +
		(device.scattered ? "takes scattered memory" : "needs contiguous memory"),
	({ direction }) => direction,
	({ run }) => run.label,
];

/* Pages are scattered by chance, so that is no difference between policies. */
const decided = row => row && row.outcome !== "skipped" && row.case !== "scattered";

function matrixCell(kind, { device, direction, run, i }) {
	const cell = find(kind, device, direction, policyOf(device));
	const strict = find(kind, device, direction, "strict")?.rows[i];

	if (!cell)
		return undefined;
	const row = cell.rows[i];
	const button = cellButton([row || { outcome: "skipped", skip: "this run has no such row" }],
		[kind, device.name, direction, "Linux " + run.label].join(", "), show);

	if (decided(strict) && decided(row) && accepted(strict) !== accepted(row)) {
		button.classList.add("strict");
		button.title += `; policy strict ${accepted(strict) ? "accepts" : "refuses"} it`;
		button.setAttribute("aria-label", button.title);
	}
	return Object.assign(button, { cell, i });
}

/* Unexpected rows come first, then what differs between kernels or breaks a rule. */
function sections() {
	const all = Object.keys(kinds);
	const unexpected = new Set(all.filter(kind => cellsOf(kind).some(cell =>
		cell.rows.some(row => look(row) === "unexpected"))));
	const notable = new Set(all.filter(kind => !unexpected.has(kind) &&
		cellsOf(kind).some(cell => cell.notable)));
	const others = all.filter(kind => !unexpected.has(kind) && !notable.has(kind));

	return [["Unexpected", [...unexpected]], ["Kernels differ, or have a quirk", [...notable]],
		["As expected on every kernel", others]];
}

function table() {
	fillTable({ columns: allColumns(), levels, sections: sections(), sentences: kinds,
		cell: matrixCell });
	for (const button of buttons())
		if ([...button.cell.changes, ...button.cell.machines].some(change => change[1] === button.i))
			button.closest("td").classList.add("changed");
	fillLegend(filter);
	filter();
}

const dependsOf = row => (row?.depends || "").split(" ").filter(Boolean);

/* A feature of a kernel that decides a verdict. */
function feature(name, run) {
	const f = features[name];

	return [element("p", {}, `${run.has.includes(name) ? "" : "not here: "}${f.sentence}, ${f.when}`),
		element("p", { className: "dim" },
			f.source + (f.ended_by ? "; ended by " + f.ended_by : ""))];
}

function change([from, to, decide, other]) {
	const why = other ? "The rules of pinning did not change. " +
		`The memory is not the same as on Linux ${runs[from].label}.` :
		"No known feature of these kernels explains the change.";

	return element("div", { className: "change" }, ...decide.length ?
		decide.flatMap(name => feature(name, runs[to])) : [element("p", {}, why)]);
}

/* Neighbouring kernels share an entry if their verdicts differ only by addresses. */
function spans(cell) {
	const said = row => [look(row), row?.verdict, row?.decided_by, row?.reason, row?.case,
		row?.quirk, row?.skip].join();
	const all = [];

	cell.rows.forEach((row, i) => {
		if (i && said(row) === said(cell.rows[i - 1]))
			all.at(-1).push(i);
		else
			all.push([i]);
	});
	return all;
}

function entry(cell, span, here) {
	const row = cell.rows[span.includes(here) ? here : span.at(-1)];
	const since = cell.changes.find(c => c[1] === span[0]);
	const other = cell.machines.find(c => c[1] === span[0]);
	const rule = rules[row?.case];
	const li = element("li", { className: span.includes(here) ? "here" : "" },
		element("b", {}, span.map(i => runs[i].label).join(", ")), " ", badge(row));
	const add = (text, className = "") => text && li.append(element("p", { className }, text));

	if (since)
		li.append(change(since));
	if (other)
		li.append(element("div", { className: "change" }, element("p", {},
			`The rules are the same as on Linux ${runs[other[0]].label}, and the machine is not: ` +
			runs[other[1]].machine + ".")));
	if (!row || row.outcome === "skipped") {
		add(!row ? "this run has no such row" : row.quirk ? "" : row.skip, "dim");
	} else {
		add(verdictWords(row) + (row.frames ? `; ${row.frames} frames verified` : ""));
		add(reasonWords(row));
		row.faults.forEach(fault => add(fault));
	}
	if (row?.quirk)
		add(`quirk: ${row.quirk} (${quirks[row.quirk]})`);
	if (rule)
		add((row.quirk ? "breaks " : "") + `${ruleWords(rule)} (${rule.source})`, "dim");
	if (!since && row?.depends)
		li.append(element("p", {}, "decided by"),
			...dependsOf(row).flatMap(name => feature(name, runs[span.at(-1)])));
	return li;
}

const instead = cell => [...new Set(cell.newest.map(i => rules[cell.rows[i].case]?.instead))]
	.filter(Boolean).join("; ");
const link = (cell, i) => [cell.kind, cell.device, cell.direction, cell.policy, runs[i].target].join(",");

function show(button) {
	const { cell, i } = button;

	openDetail(button, link(cell, i), backButton(overview), element("h2", {}, cell.kind),
		terms(["memory", kinds[cell.kind]],
			["device", [cell.device.replace(" ", ", "), cell.direction,
				"policy " + cell.policy].join(", ")],
			["instead", instead(cell)]),
		element("ol", {}, ...spans(cell).map(span => entry(cell, span, i))));
}

function showButton(button) {
	if (!button)
		return;
	button.scrollIntoView({ block: "center" });
	setStop(button);
	show(button);
}

/* Open the most interesting cell of a kind: one with a change, if there is one. */
function openKind(kind, direction) {
	const cells = cellsOf(kind).filter(cell => cell.direction === direction);
	const cell = cells.find(c => c.changes.length) || cells.find(c => c.notable) || cells[0];

	showButton(buttons().find(button => button.cell === cell && button.i === runs.length - 1));
}

/* Return the text of a link: "owner/name #1", or the host. */
function linkName(href) {
	const url = new URL(href);

	return url.host !== "github.com" ? url.host :
		url.pathname.slice(1).replace(/\/(issues|pull)\//, " #");
}

function overview() {
	const cases = data.cases.map(({ title, kinds: of, direction, links, answer }) => element("li", {},
		title + " ",
		...of.filter(kind => kind in kinds).map(kind => element("button", { type: "button",
			onclick: () => openKind(kind, direction) }, kind)),
		...links.flatMap((href, n) => [n ? ", " : " (", element("a", { href }, linkName(href))]),
		")", answer ? element("p", {}, answer) : ""));
	const versions = runs.map(run => element("li", {},
		`Linux ${run.label}: ${run.kernel}, ${run.machine}, ${run.build}; ` +
		`${run.total.pointers} pointers, ${run.total["as-expected"]} as expected, ` +
		`${run.total["expected-failure"]} expected failures, ${run.total.unexpected} unexpected`));
	const changes = Object.values(features).map(f => element("li", {},
		`${f.sentence}, ${f.when} (${f.source})`));

	openDetail(undefined, "", element("h2", {}, "Find your case"),
		element("ul", { className: "cases" }, ...cases),
		element("h2", {}, "How to read it"),
		element("p", {}, "Each row is a kind of memory. Each field is the verdict of a kernel, " +
			"oldest kernel first, for a device and a direction; other architectures come after " +
			"x86-64. A bar left of a field marks a verdict that differs from that of the kernel " +
			"before it, or from that of the same kernel on x86-64. A dot marks a field where " +
			"policy strict decides the opposite."),
		element("p", {}, "Keys: the arrows move in the table, Enter opens a field."),
		element("details", {}, element("summary", {}, "Which kernels"),
			element("ul", {}, ...versions)),
		element("details", {}, element("summary", {}, "Changes in the way kernels pin"),
			element("ul", {}, ...changes)));
}

/* Return all texts of a cell, of all kernels, for the filter. */
function cellText(cell) {
	const decide = new Set(cell.rows.flatMap(dependsOf));

	return [cell.kind, kinds[cell.kind], cell.device, cell.direction,
		...cell.rows.flatMap(row => row ? [row.verdict, row.decided_by, row.reason, row.sentence,
			row.quirk, quirks[row.quirk], ruleWords(rules[row.case]), rules[row.case]?.source,
			row.skip] : []),
		...[...decide].flatMap(name => [name, features[name].sentence, features[name].source])]
		.join(" ").toLowerCase();
}

function filter() {
	filterTable(({ cell }, words) => (!$("changed").checked || cell.changes.length || cell.machines.length) &&
		(!words.length || words.every(word => (cell.text ??= cellText(cell)).includes(word))));
}

for (const device of data.devices) {
	const box = element("input", { type: "checkbox", checked: chosen.devices.has(device.name) });

	box.onchange = () => {
		box.checked ? chosen.devices.add(device.name) : chosen.devices.delete(device.name);
		table();
	};
	$("devices").append(element("label", {}, box, device.driver + ", " + device.bus));
}
$("about").textContent = `${Object.keys(kinds).length} kinds of memory on Linux ` +
	runs.map(run => run.label + (run.label === run.version ? "" : ` (${run.version})`)).join(", ") +
	": " +
	`${runs.reduce((sum, run) => sum + run.total.pointers, 0)} pointers`;
$("filter").oninput = filter;
$("changed").onchange = filter;
$("policy").onchange = () => { chosen.policy = $("policy").value; table(); };

const linked = decodeURIComponent(location.hash.slice(1));
table();
overview();
showButton(linked && buttons().find(button => link(button.cell, button.i) === linked));
