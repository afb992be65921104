/* SPDX-License-Identifier: GPL-2.0-only */
"use strict";
const data = JSON.parse(document.getElementById("data").textContent);
const $ = id => document.getElementById(id);
const { runs, rules, features, kinds } = data;
const directions = ["capture", "output"];

const looks = {
	accept: ["✓", "accepted, rightly"],
	refuse: ["✕", "refused, rightly"],
	known: ["!", "against the law, as is known of this kernel"],
	surprise: ["?", "a surprise"],
	prevented: ["–!", "not handed over, for what is known of this kernel"],
	skipped: ["–", "not there, or skipped"],
};
const look = row => row ? row.look : "skipped";
const accepted = row => row?.verdict === "accepted";

const cellOf = new Map(data.cells.map(cell => [
	[cell.kind, cell.device, cell.direction, cell.policy].join(), cell]));
const find = (kind, device, direction, policy) => cellOf.get([kind, device, direction, policy].join());

/* What the reader chose. Other drivers than vipin are for comparison: they have no strict check. */
const chosen = {
	policy: "kernel",
	devices: new Set(data.devices.filter(d => d.driver === "vipin").map(d => d.name)),
	looks: new Set(Object.keys(looks)),
};
const policyOf = device => device.driver === "vipin" ? chosen.policy : "kernel";
const groups = () => data.devices.filter(d => chosen.devices.has(d.name))
	.flatMap(device => directions.map(direction => ({ device, direction })));

function element(name, text, attributes) {
	const e = document.createElement(name);

	if (text !== undefined)
		e.textContent = text;
	Object.assign(e, attributes);
	return e;
}

function head() {
	const thead = element("thead", undefined, {
		className: runs.some(run => run.label.includes(" ")) ? "tall" : "",
	});
	const rows = [element("tr"), element("tr"), element("tr")];
	const all = groups();

	rows.forEach((tr, i) => tr.append(element("th", i === 2 ? "memory" : "", {
		style: "text-align: left; padding-left: 14px",
	})));
	for (const device of data.devices.filter(d => chosen.devices.has(d.name)))
		rows[0].append(element("th", device.driver + ", " + device.carrier + ": " +
			(device.scattered ? "takes scattered memory" : "needs contiguous memory"), {
			colSpan: runs.length * directions.length, className: "edge",
		}));
	for (const { direction } of all) {
		rows[1].append(element("th", direction, { colSpan: runs.length, className: "edge" }));
		runs.forEach((run, i) => {
			const th = element("th", undefined, { className: i ? "" : "edge", title: run.target + ": " + run.build });

			th.append(element("span", run.label));
			rows[2].append(th);
		});
	}
	thead.append(...rows);
	return thead;
}

/* Of a verdict that is not as the law says, too, which one it is. */
function sign(row) {
	const [mark] = looks[look(row)];

	if (look(row) !== "known" && look(row) !== "surprise")
		return mark;
	return (accepted(row) ? "✓" : "✕") + mark;
}

/* How pages happen to be scattered is no difference between checks. */
const tells = row => !["skipped", "prevented"].includes(look(row)) && row.rule !== "scattered";

function strip(tr, kind, { device, direction }) {
	const cell = find(kind, device.name, direction, policyOf(device));
	const strict = find(kind, device.name, direction, "strict");

	runs.forEach((run, i) => {
		const td = element("td", undefined, { className: i ? "" : "edge" });
		const row = cell?.rows[i];
		const b = element("button", sign(row), { className: look(row), row, cell });

		b.title = [kind, direction, "Linux " + run.label].join(", ") + ": " + looks[look(row)][1];
		b.setAttribute("aria-label", b.title);
		if (strict && tells(row) && tells(strict.rows[i]) && accepted(strict.rows[i]) !== accepted(row)) {
			b.classList.add("strict");
			b.title += "; vipin's strict check " + (accepted(strict.rows[i]) ? "accepts" : "refuses") + " it";
		}
		if (cell?.changes.some(change => change[1] === i))
			td.classList.add("changed");
		if (cell)
			b.onclick = () => show(cell, i, b);
		b.disabled = !cell;
		td.append(b);
		tr.append(td);
	});
}

const cellsOf = kind => groups().map(g => find(kind, g.device.name, g.direction, policyOf(g.device)))
	.filter(Boolean);

/* What differs, or breaks the law, comes first. */
function table() {
	const names = Object.keys(kinds);
	const notable = new Set(names.filter(kind => cellsOf(kind).some(cell => cell.notable)));
	const sections = [
		["Kernels differ, or break the law", names.filter(kind => notable.has(kind))],
		["As the law says, on every kernel", names.filter(kind => !notable.has(kind))],
	];
	const width = groups().length * runs.length + 1;

	$("matrix").firstChild.replaceChildren(head(), ...sections.flatMap(([title, of]) => {
		const heading = element("tbody", undefined, { className: "section" });
		const body = element("tbody", undefined, { className: "kinds" });
		const tr = element("tr");

		tr.append(element("th", title + ": " + of.length + (of.length === 1 ? " kind" : " kinds"), { colSpan: width }));
		heading.append(tr);
		for (const kind of of) {
			const line = element("tr", undefined, { kind });

			line.append(element("th", kind, { scope: "row", title: kinds[kind] }));
			groups().forEach(group => strip(line, kind, group));
			body.append(line);
		}
		return [heading, body];
	}));
	legend();
	filter();
}

function line(list, what, text) {
	if (text)
		list.append(element("dt", what), element("dd", text));
}

/* What of a kernel decides. */
function decides(name, run) {
	const f = features[name];

	return [element("p", (run.has.includes(name) ? "" : "not here: ") + f.sentence + ", " + f.when),
		element("p", f.source + (f.ended_by ? "; gone with " + f.ended_by : ""), { className: "dim" })];
}

function change([from, to, names, other]) {
	const p = element("div", undefined, { className: "change" });

	p.append(...names.flatMap(name => decides(name, runs[to])));
	if (!names.length)
		p.append(element("p", other ? "no change in how pointers are pinned: the memory is another than on Linux " +
			runs[from].label : "nothing that is known of these kernels explains the change"));
	return p;
}

/* Kernels side by side that say the same, but for addresses, share an entry. */
function spans(cell) {
	const said = row => [look(row), row?.verdict, row?.who, row?.rule, row?.known, row?.skip].join();
	const all = [];

	cell.rows.forEach((row, i) => {
		if (i && said(row) === said(cell.rows[i - 1]))
			all.at(-1).push(i);
		else
			all.push([i]);
	});
	return all;
}

function told(cell, span, here) {
	const row = cell.rows[span.includes(here) ? here : span.at(-1)];
	const li = element("li", undefined, { className: span.includes(here) ? "here" : "" });
	const [, words] = looks[look(row)];
	const rule = rules[row?.rule];
	const since = cell.changes.find(c => c[1] === span[0]);

	li.append(element("b", span.map(i => runs[i].label).join(", ")), " ",
		element("span", words, { className: "badge " + look(row) }));
	if (since)
		li.append(change(since));
	if (row?.verdict)
		li.append(element("p", row.verdict + (accepted(row) || !row.who ? "" : " by " + row.who) +
			(row.reason ? ": " + row.reason : "") + (row.frames ? "; " + row.frames + " frames verified" : "")));
	if (!row || row.skip && !row.known)
		li.append(element("p", row ? row.skip : "this run has no such row", { className: "dim" }));
	for (const fault of row?.faults || [])
		li.append(element("p", fault));
	if (row?.known)
		li.append(element("p", row.known + " (" + row.known_source + ")"));
	if (rule)
		li.append(element("p", (row.known ? "breaks law " : "law ") + rule.law + ", " + rule.name + ": " + rule.source,
			{ className: "dim" }));
	if (!since && row?.depends)
		li.append(element("p", "decided by"), ...row.depends.flatMap(name => decides(name, runs[span.at(-1)])));
	return li;
}

const newest = cell => cell.rows.findLast(row => row?.rule);
const link = (cell, i) => [cell.kind, cell.device, cell.direction, cell.policy, runs[i].target].join(",");

function show(cell, i, from) {
	const list = element("dl");
	const history = element("ol");
	const rule = rules[newest(cell)?.rule];

	document.querySelectorAll("button.open").forEach(b => b.classList.remove("open"));
	from?.classList.add("open");
	window.history.replaceState(null, "", "#" + encodeURIComponent(link(cell, i)));
	line(list, "proves", kinds[cell.kind]);
	line(list, "device", cell.device.replace(" ", ", ") + ", " + cell.direction + ", policy " + cell.policy);
	line(list, "instead", rule?.instead);
	history.append(...spans(cell).map(span => told(cell, span, i)));
	$("detail").replaceChildren(element("a", "‹ find your case", { href: "#", onclick: back }),
		element("h2", cell.kind), list, history);
	$("detail").scrollTop = 0;
}

function back(event) {
	event.preventDefault();
	document.querySelectorAll("button.open").forEach(b => b.classList.remove("open"));
	window.history.replaceState(null, "", "#");
	overview();
}

/* The cell of a kind that tells most: where something changed, if anywhere. */
function open(kind, direction) {
	const cells = cellsOf(kind).filter(cell => cell.direction === direction);
	const cell = cells.find(c => c.changes.length) || cells.find(c => c.notable) || cells[0];
	const i = runs.length - 1;

	if (!cell)
		return;
	const b = [...document.querySelectorAll("tbody button")].find(b => b.cell === cell && b.row === cell.rows[i]);

	b?.closest("tr").scrollIntoView({ block: "center" });
	show(cell, i, b);
}

/* owner/name #1, or the host. */
function linkName(href) {
	const url = new URL(href);

	return url.host === "github.com" ? url.pathname.slice(1).replace(/\/(issues|pull)\//, " #") : url.host;
}

function overview() {
	const cases = element("ul", undefined, { className: "cases" });
	const versions = element("ul");
	const changes = element("ul");
	const [what, how] = [element("details"), element("details")];

	for (const { title, kinds: of, direction, links } of data.cases) {
		const li = element("li", title + ": ");

		of.filter(kind => kind in kinds).forEach((kind, n) => {
			li.append(n ? ", " : "", element("a", kind, {
				href: "#", onclick: event => { event.preventDefault(); open(kind, direction); },
			}));
		});
		links.forEach((href, n) => li.append(n ? ", " : " (", element("a", linkName(href), { href })));
		li.append(")");
		cases.append(li);
	}
	for (const run of runs)
		versions.append(element("li", `Linux ${run.label}: ${run.kernel}, ${run.build}; ` +
			`${run.total.pointers} pointers, ${run.total.right} as the rules say, ` +
			`${run.total.known} as known, ${run.total.surprise} surprises`));
	for (const f of Object.values(features))
		changes.append(element("li", `${f.sentence}, ${f.when} (${f.source})`));
	what.append(element("summary", "Which kernels"), versions);
	how.append(element("summary", "What changed in how kernels pin"), changes);
	$("detail").replaceChildren(
		element("h2", "Find your case"), cases,
		element("h2", "How to read it"),
		element("p", "Each row is a kind of memory. Each strip is a device and the way of its data, with a field for each " +
			"kernel, oldest first; ▸ marks where a kernel says something else than the one before. A dot: vipin's strict " +
			"check says the opposite. A click opens what each kernel said, the rule, and the commit that changed it."),
		what, how);
}

function legend() {
	const counts = Object.fromEntries(Object.keys(looks).map(name => [name, 0]));

	document.querySelectorAll("tbody.kinds button").forEach(b => counts[look(b.row)]++);
	$("legend").replaceChildren(...Object.entries(looks).map(([name, [mark, words]]) => {
		const box = element("input", undefined, { type: "checkbox", checked: chosen.looks.has(name) });
		const label = element("label");

		box.onchange = () => { box.checked ? chosen.looks.add(name) : chosen.looks.delete(name); filter(); };
		label.append(box, element("i", mark, { className: name }), words + ": " + counts[name]);
		return label;
	}));
}

/* All that is said about a row on any kernel. */
function text(cell) {
	const depends = new Set(cell.rows.flatMap(row => row?.depends || []));

	return [cell.kind, kinds[cell.kind], cell.device, cell.direction,
		...cell.rows.flatMap(row => row ? [row.verdict, row.who, row.reason, row.rule, row.known, row.known_source,
			rules[row.rule]?.source, row.skip] : []),
		...[...depends].flatMap(name => [name, features[name].sentence, features[name].source])]
		.join(" ").toLowerCase();
}

function filter() {
	const words = $("filter").value.toLowerCase().split(/\s+/).filter(Boolean);
	const only = $("changed").checked;

	for (const tr of document.querySelectorAll("tbody.kinds tr")) {
		const fitting = new Set(cellsOf(tr.kind).filter(cell => (!only || cell.changes.length) &&
			(!words.length || words.every(word => (cell.text ??= text(cell)).includes(word)))));
		let any = false;

		for (const b of tr.querySelectorAll("button")) {
			const fits = fitting.has(b.cell) && chosen.looks.has(look(b.row));

			b.classList.toggle("faded", !fits);
			any = any || fits;
		}
		tr.hidden = !any;
	}
	for (const body of document.querySelectorAll("tbody.kinds"))
		body.previousSibling.hidden = ![...body.children].some(tr => !tr.hidden);
}

for (const device of data.devices) {
	const box = element("input", undefined, { type: "checkbox", checked: chosen.devices.has(device.name) });
	const label = element("label");

	box.onchange = () => { box.checked ? chosen.devices.add(device.name) : chosen.devices.delete(device.name); table(); };
	label.append(box, device.driver + ", " + device.carrier);
	$("devices").append(label);
}
$("about").textContent = `${Object.keys(kinds).length} kinds of memory on Linux ` +
	runs.map(run => run.label + (run.label === run.version ? "" : " (" + run.version + ")")).join(", ") + ": " +
	`${runs.reduce((sum, run) => sum + run.total.pointers, 0)} pointers handed over`;
$("filter").oninput = filter;
$("changed").onchange = filter;
$("policy").onchange = () => { chosen.policy = $("policy").value; table(); };
table();
overview();

const linked = decodeURIComponent(location.hash.slice(1));
for (const b of linked ? document.querySelectorAll("tbody.kinds button") : [])
	if (b.cell && runs.some((_, i) => b.row === b.cell.rows[i] && link(b.cell, i) === linked)) {
		b.scrollIntoView({ block: "center" });
		show(b.cell, runs.findIndex((_, i) => link(b.cell, i) === linked), b);
	}
