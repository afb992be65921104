# SPDX-License-Identifier: GPL-2.0-only
"""Write the page of the lab: all tests, with the jobs as columns. It loads nothing from elsewhere."""
import html
import os

HERE = os.path.dirname(os.path.abspath(__file__))
# The page of v4l2-pincheck has the style.
STYLE = os.path.join(HERE, "../../userspace/v4l2-pincheck/report.css")

# For each result of LAVA: its sign, and the class of the style. "unknown" is no result of ours.
CELLS = {"pass": ("✓", "accepted"), "fail": ("✗", "unexpected"), "skip": ("·", "skipped"),
         "unknown": ("?", "unexpected"), "": ("", "")}
LEGEND = (("pass", "passed"), ("fail", "failed"), ("skip", "skipped: not on this kernel or machine"))

PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>vipin: the lab</title>
<style>
{style}
td {{ text-align: center; }}
</style>
</head>
<body>
<header>
<h1>vipin in {columns} jobs of a LAVA lab</h1>
<p class="dim">LAVA {lava} was ready after {ready} s, and all jobs had ended after {seconds} s.
{memory} An empty cell: there is no such test, or no result.</p>
<p>{legend}</p>
</header>
<main>
<div id="matrix" role="region" aria-label="Results by test and kernel" tabindex="0">
<table>
<thead><tr><th class="memory" scope="col">test</th>{heads}</tr></thead>
{body}
</table>
</div>
</main>
</body>
</html>
"""


def cell(result, words=""):
    """Return the cell of a result."""
    sign, look = CELLS[result]
    return f'<td class="{look}">{sign}{html.escape(words)}</td>'


def head(job):
    """Return the head of a job's column."""
    words = (f"Linux {job['kernel'] or '?'}", job["target"], f"job {job['job']}, {job['device']}",
             f"{job['health']}, {job['seconds']} s")
    return f'<th scope="col">{"<br>".join(map(html.escape, words))}</th>'


def unique(things):
    """Return things without repetitions."""
    return list(dict.fromkeys(things))


def suite_rows(suite, jobs, found):
    """Return the lines of a suite: its own result with its seconds, then those of its tests."""
    own = []
    for job in jobs:
        test = found[job["job"]].get((suite, "suite"), {"result": "", "measurement": None})
        took = test["measurement"]
        own.append(cell(test["result"], f" {float(took):.0f} s" if took else ""))
    lines = [f'<tbody class="section"><tr><th scope="rowgroup"><span>{html.escape(suite)}</span></th>'
             + "".join(own) + '</tr></tbody><tbody class="kinds">']
    names = unique(name for job in jobs for of, name in found[job["job"]]
                   if of == suite and name != "suite")
    for name in names:
        cells = "".join(cell(found[job["job"]].get((suite, name), {"result": ""})["result"])
                        for job in jobs)
        lines.append(f'<tr><th scope="row">{html.escape(name)}</th>{cells}</tr>')
    return "\n".join(lines) + "</tbody>"


def page(data):
    """Return the page."""
    jobs = data["jobs"]
    found = {job["job"]: {(test["suite"], test["name"]): test for test in job["tests"]}
             for job in jobs}
    suites = unique(test["suite"] for job in jobs for test in job["tests"])
    with open(STYLE, encoding="utf-8") as file:
        style = file.read()
    memory = ", ".join(f"{what} {megabytes} MB" for what, megabytes in data["memory"].items())
    return PAGE.format(
        style=style, columns=len(jobs), lava=html.escape(data["lava"]), ready=data["ready"],
        seconds=data["seconds"], memory=f"Memory at its peak: {memory}.",
        legend=" ".join(f'<span class="badge {CELLS[result][1]}">{CELLS[result][0]}</span> {words}'
                        for result, words in LEGEND),
        heads="".join(map(head, jobs)),
        body="\n".join(suite_rows(suite, jobs, found) for suite in suites))


def write_page(path, data):
    """Write the page."""
    with open(path, "w", encoding="utf-8") as file:
        file.write(page(data))
