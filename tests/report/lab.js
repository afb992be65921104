/* SPDX-License-Identifier: GPL-2.0-only */
/* The page of a lab: each field has the verdicts of all boards with a kernel. It uses report.js. */
const data = JSON.parse($("data").textContent);
const { jobs, rules, quirks, kinds, ranges } = data;

/* Verdicts are shared by many rows, and look like rows. */
const verdicts = data.verdicts.map(verdict => Object.fromEntries(
	data.fields.map((name, i) => [name, verdict[i]])));
const rows = data.rows.map(([kind, driver, bus, direction, policy, of], number) =>
	({ number, kind, device: `${driver}, ${bus}`, direction, policy, of, changes: [] }));
const rowsOf = new Map(Object.keys(kinds).map(kind => [kind, rows.filter(row => row.kind === kind)]));
const faultsOf = new Map(data.faults.map(([row, job, faults]) => [`${row} ${job}`, faults]));
const changes = data.changes.map(([of, job, run, before, after]) => ({ of, job, run, before, after }));
changes.filter(({ of }) => rows[of]).forEach(change => rows[change.of].changes.push(change));

const numbers = series => series.split(".").map(Number);
const older = (a, b) => numbers(a)[0] - numbers(b)[0] || numbers(a)[1] - numbers(b)[1];
const distinct = (list, name) => [...new Set(list.map(one => one[name]))];
const boardOf = job => [job.lab, job.board].filter(Boolean).join("/");
jobs.forEach(job => job.place = boardOf(job));

/* The choices of the reader: a name, its label for everything, and its values. */
const choices = {
	kernel: ["every kernel", [...distinct(jobs, "series").sort(older), ...distinct(jobs, "kernel").sort()]],
	board: ["every board", distinct(jobs, "place").sort()],
	page: ["every page size", distinct(jobs, "page").filter(Boolean).sort()],
	device: ["every device of vipin", distinct(rows, "device").sort()],
	direction: ["both directions", ["capture", "output"]],
	policy: ["both policies", ["kernel", "strict"]],
};
const chosen = Object.fromEntries(Object.keys(choices).map(name => [name, ""]));
chosen.policy = "kernel";

const jobShown = job => (!chosen.kernel || [job.series, job.kernel].includes(chosen.kernel)) &&
	(!chosen.board || job.place === chosen.board) && (!chosen.page || job.page === chosen.page);
/* Other drivers are for comparison only: they have no policy strict. */
const rowShown = row => (chosen.device ? row.device === chosen.device : row.device.startsWith("vipin,")) &&
	(!chosen.direction || row.direction === chosen.direction) &&
	(!chosen.policy || row.policy === chosen.policy || !row.device.startsWith("vipin,"));

/* A column for each series of kernels, with the numbers of its jobs. */
function columns() {
	const of = new Map();

	jobs.forEach((job, i) => jobShown(job) && of.set(job.series, [...of.get(job.series) || [], i]));
	return [...of.keys()].sort(older).map((series, i) => ({ series, jobs: of.get(series), edge: !i }));
}

const rank = row => names.indexOf(look(row));

/* Return the verdicts of a kind on a kernel, the worst first: each with its rows and jobs. */
function groups(kind, column) {
	const found = new Map();

	for (const row of rowsOf.get(kind).filter(rowShown))
		for (const job of column.jobs) {
			const number = row.of[job];

			if (number < 0)
				continue;
			if (!found.has(number))
				found.set(number, { verdict: verdicts[number], rows: new Set(), jobs: new Set(), at: [] });
			const group = found.get(number);
			group.rows.add(row);
			group.jobs.add(job);
			group.at.push([row, job]);
		}
	return [...found.values()].sort((a, b) => rank(a.verdict) - rank(b.verdict) ||
		b.at.length - a.at.length);
}

const changesOf = (kind, column) => rowsOf.get(kind).filter(rowShown).flatMap(row =>
	row.changes.filter(({ job }) => column.jobs.includes(job)));
const counted = (n, word) => `${n} ${word}${n === 1 ? "" : "s"}`;

function labCell(kind, column) {
	const all = groups(kind, column);

	if (!all.length)
		return undefined;
	const where = `${kind}, Linux ${column.series}`;
	const button = cellButton(all.map(({ verdict, jobs: of }) => ({ ...verdict, count: of.size })),
		where, show);
	const by = new Map();
	for (const { verdict, jobs: of } of all)
		by.set(look(verdict), new Set([...by.get(look(verdict)) || [], ...of]));
	const words = [...by].map(([name, of]) => `${looks[name][1]}: ${counted(of.size, "board")}`).join("; ");

	button.title = `${where}: ${words}`;
	button.setAttribute("aria-label", button.title);
	return Object.assign(button, { kind, column, changed: changesOf(kind, column).length > 0 });
}

/* Boards with kernels of one series differ in a row. */
const boardsDiffer = (row, all) => all.some(column => new Set(column.jobs.map(job => verdicts[row.of[job]])
	.filter(verdict => verdict && look(verdict) !== "skipped").map(verdict => sign(verdict))).size > 1);

function sections(all) {
	const has = (kind, wanted) => rowsOf.get(kind).filter(rowShown).some(row => all.some(column =>
		column.jobs.some(job => row.of[job] >= 0 && wanted.includes(look(verdicts[row.of[job]])))));
	const left = new Set(Object.keys(kinds).filter(kind => rowsOf.get(kind).some(rowShown)));
	const take = fits => {
		const taken = [...left].filter(fits);

		taken.forEach(kind => left.delete(kind));
		return taken;
	};

	return [["Unexpected", take(kind => has(kind, ["unexpected"]))],
		["A kernel has a quirk", take(kind => has(kind, ["expected-failure", "prevented"]))],
		["Boards with the same kernel differ", take(kind =>
			rowsOf.get(kind).filter(rowShown).some(row => boardsDiffer(row, all)))],
		["As expected on every board", [...left]]];
}

function table() {
	const all = columns();

	fillTable({ columns: all, levels: [({ series }) => series], sections: sections(all),
		sentences: kinds, cell: labCell });
	fillLegend(filter);
	filter();
}

const place = row => `${row.device}, ${row.direction}, policy ${row.policy}`;

/* List texts. Only the first ones are visible at once, since there may be a thousand. */
function longList(texts, shown = 5) {
	const items = texts.map(text => element("li", {}, text));

	return items.length <= shown + 1 ? [element("ul", {}, ...items)] :
		[element("ul", {}, ...items.slice(0, shown)),
			element("details", {}, element("summary", {}, `${items.length - shown} more`),
				element("ul", {}, ...items.slice(shown)))];
}

function entry({ verdict, rows: of, jobs: on, at }) {
	const rule = rules[verdict.case];
	const li = element("li", {}, badge(verdict), ` ${counted(on.size, "board")}, ${counted(at.length, "row")}`);
	const add = (text, className = "") => text && li.append(element("p", { className }, text));
	const faults = new Set(at.flatMap(([row, job]) => faultsOf.get(`${row.number} ${job}`) || []));

	add(verdict.outcome === "skipped" ? verdict.quirk ? "" : verdict.skip :
		[verdictWords(verdict), accepted(verdict) ? "" : verdict.reason].filter(Boolean).join(": "));
	[...faults].slice(0, 5).forEach(fault => add(fault));
	if (verdict.quirk)
		add(`quirk: ${verdict.quirk} (${quirks[verdict.quirk]})`);
	if (rule)
		add((verdict.quirk ? "breaks " : "") + `${ruleWords(rule)} (${rule.source})`, "dim");
	add([...of].slice(0, 4).map(place).join("; ") + (of.size > 4 ? `; and ${of.size - 4} more` : ""), "dim");
	li.append(...longList([...on].map(job => `${jobs[job].name}: Linux ${jobs[job].kernel}`)));
	return li;
}

/* Return the command that finds the commit which changed a row. The verdict before was good. */
function bisect(job, row, before) {
	const name = `pincheck: ${row.kind}: ${row.direction} on ${row.device.split(", ")[1]} with ${row.policy} policy`;

	return `git bisect run tests/bisect ${job.target} '${name}' ` +
		(accepted(verdicts[before]) ? "accepted" : "refused");
}

/* Return what lies between two runs of a job: commits of vipin, and another kernel. */
function between([, before, kernelBefore], [, after, kernelAfter]) {
	const [commits, count] = ranges[`${before}..${after}`] || [[], 0];
	const words = [];

	if (kernelBefore !== kernelAfter)
		words.push(`Linux ${kernelBefore}, then ${kernelAfter}`);
	if (before !== after)
		words.push(`vipin ${before || "?"}, then ${after || "?"}` +
			(count ? `: ${counted(count, "commit")}` : ""));
	return [element("p", {}, words.join("; ") || "The kernel and vipin are the same as before."),
		...commits.length ? [element("pre", {}, commits.join("\n") +
			(count > commits.length ? `\n… ${count - commits.length} more` : ""))] : []];
}

function changeItem({ of, job, run, before, after }) {
	const [old, since] = [jobs[job].runs[run], jobs[job].runs[run + 1]];
	const row = rows[of];
	const said = row ? [verdicts[before], verdicts[after]].map(verdict => looks[look(verdict)][1]) :
		[before, after].map(failed => failed ? "failed" : "passed");

	return element("li", {}, element("b", {}, jobs[job].name),
		`: ${row ? `${row.kind}, ${place(row)}` : of}: ${said[0]}; since ${since[0] || "then"}: ${said[1]}`,
		...between(old, since),
		...row ? [element("pre", {}, bisect(jobs[job], row, before))] : []);
}

const link = button => [button.kind, button.column.series].join(",");

function show(button) {
	const { kind, column } = button;
	const changed = changesOf(kind, column);

	openDetail(button, link(button), backButton(overview), element("h2", {}, kind),
		terms(["memory", kinds[kind]],
			["kernel", `Linux ${column.series} on ${counted(column.jobs.length, "board")}`]),
		element("ol", {}, ...groups(kind, column).map(entry)),
		...changed.length ? [element("h3", {}, "What has changed"),
			element("ul", {}, ...changed.slice(-20).map(changeItem))] : []);
}

/* Return the failed tests of the jobs that are shown, those on most boards first. */
function failedTests() {
	const of = new Map();

	for (const job of jobs.filter(jobShown))
		for (const [suite, test, why] of job.problems) {
			const name = [suite, test].filter(Boolean).join(": ");

			of.set(name, { why, on: [...of.get(name)?.on || [], job] });
		}
	return [...of].sort(([, a], [, b]) => b.on.length - a.on.length);
}

function overview() {
	const failing = failedTests();
	const shown = jobs.filter(jobShown);
	const changed = changes.filter(({ job }) => jobShown(jobs[job]));
	const tests = failing.map(([name, { why, on }]) => element("li", {}, element("b", {}, name),
		` on ${counted(on.length, "board")}`, ...longList(on.map(job => `${job.name}: Linux ${job.kernel}`), 3),
		...why.length ? [element("pre", {}, why.join("\n"))] : []));
	const folded = (title, items, open) => items.length ? [element("details", { open },
		element("summary", {}, `${title}: ${items.length}`), element("ul", {}, ...items))] : [];

	openDetail(undefined, "", element("h2", {}, "The jobs"),
		...folded("Tests that failed", tests, tests.length < 20),
		...folded("Verdicts and tests that have changed", changed.slice(-200).map(changeItem), false),
		...folded("Jobs", shown.map(job => element("li", {},
			`${job.name}: Linux ${job.kernel}${job.page ? `, pages of ${job.page}` : ""}: ` +
			`${job.counts[0]} passed, ${job.counts[1]} failed, ${job.counts[2]} skipped` +
			(job.runs.length > 1 ? `; ${job.runs.length} runs` : ""))), false),
		...folded("Left out", data.left_out.map(([where, why]) => element("li", {}, `${where}: ${why}`)), true),
		...folded("Delivered twice", data.twice.map(([where, as]) => element("li", {}, `${where} is ${as}`)), false),
		element("h2", {}, "How to read it"),
		element("p", {}, "Each row is a kind of memory. Each field has the verdicts of all boards with this " +
			"kernel: the worst one first, then the other ones in small. A field opens the boards of each verdict, " +
			"and what has changed between two runs of a board."),
		element("p", {}, "Keys: the arrows move in the table, Enter opens a field."));
}

/* Return all texts of a kind, for the filter. */
const texts = new Map();
function kindText(kind) {
	if (!texts.has(kind)) {
		const all = new Set(rowsOf.get(kind).flatMap(row => row.of).filter(number => number >= 0));

		texts.set(kind, [kind, kinds[kind], ...[...all].flatMap(number => {
			const { decided_by, reason, quirk, skip } = verdicts[number];
			const rule = rules[verdicts[number].case];

			return [decided_by, reason, quirk, quirks[quirk], skip, ruleWords(rule), rule?.source];
		})].join(" ").toLowerCase());
	}
	return texts.get(kind);
}

function filter() {
	filterTable(({ kind, changed }, words) => (!$("changed").checked || changed) &&
		words.every(word => kindText(kind).includes(word)));
}

for (const [name, [everything, values]] of Object.entries(choices)) {
	const select = element("select", { id: name }, element("option", { value: "" }, everything),
		...values.map(value => element("option", { value, selected: value === chosen[name] }, value)));

	select.onchange = () => { chosen[name] = select.value; table(); overview(); };
	$("choices").append(element("label", {}, name, " ", select));
}
const arrived = jobs.length, failing = jobs.filter(job => job.counts[1]).length;
$("about").textContent = `${counted(arrived, "job")} on ${counted(choices.board[1].length, "board")}, ` +
	`${failing} with failed tests, ${data.lost.length} lost; ${data.twice.length} delivered twice`;
if (data.lost.length) {
	$("lost").hidden = false;
	$("lost").append(element("b", {}, "Lost: no result of"), ...longList(data.lost));
}
$("changed").onchange = filter;
$("filter").oninput = filter;

const linked = decodeURIComponent(location.hash.slice(1));
table();
overview();
const target = linked && buttons().find(button => link(button) === linked);
if (target) {
	target.scrollIntoView({ block: "center" });
	setStop(target);
	show(target);
}
