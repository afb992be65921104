# SPDX-License-Identifier: GPL-2.0-only
"""The page: figures, four plots, and a bar for each goal. It loads nothing from elsewhere."""
import html

from headlines import HEAD, headlines
from plot import figures, svg
from plots import MISSING, plots
from table import GOALS, OTHERS, goal_row, other_rows

STYLE = """
:root { color-scheme: light dark; --text: #1b1f24; --dim: #565e69; --line: #d9dde3; --edge: #868e99;
	--page: #f6f7f9; --card: #fff; --met: #14703b; --missed: #b81d31;
	--line0: #1d4f9e; --line1: #b34700; --line2: #14703b; --line3: #7a3ea1; }
@media (prefers-color-scheme: dark) {
	:root { --text: #e4e7eb; --dim: #a3acb8; --line: #333a43; --edge: #7c8591; --page: #14171b;
		--card: #1c2026; --met: #6fd79a; --missed: #ff8592;
		--line0: #9cc0ff; --line1: #ffb27a; --line2: #6fd79a; --line3: #d7a6f5; }
}
* { box-sizing: border-box; }
body { margin: 0; padding: 20px 24px; background: var(--page); color: var(--text);
	font: 14px/1.45 system-ui, sans-serif; }
h1 { font-size: 21px; margin: 0; } h2 { font-size: 16px; margin: 24px 0 6px; }
h3 { font-size: 14px; margin: 0 0 4px; }
p { margin: 0 0 8px; max-width: 75ch; }
table { border-collapse: collapse; }
td, th { padding: 3px 10px; text-align: right; font-weight: 400;
	border-bottom: 1px solid var(--line); }
th { color: var(--dim); } td:first-child, th:first-child { text-align: left; }
.words td, .words th { text-align: left; }
.scroll { overflow-x: auto; max-width: 100%; }
.met { color: var(--met); } .missed { color: var(--missed); font-weight: 600; }
.dim { color: var(--dim); }
summary { min-height: 28px; padding: 3px 0; cursor: pointer; }
:focus-visible { outline: 2px solid var(--text); outline-offset: 1px; }
#plots { display: grid; gap: 16px; max-width: 1100px;
	grid-template-columns: repeat(auto-fit, minmax(min(100%, 440px), 1fr)); }
figure { margin: 0; padding: 12px; background: var(--card); border: 1px solid var(--line);
	border-radius: 8px; }
svg { display: block; width: 100%; max-width: 620px; }
svg text { fill: var(--text); font: 12px system-ui, sans-serif; }
.grid { stroke: var(--line); } .lead { stroke: var(--edge); stroke-width: .7; }
polyline { fill: none; stroke-width: 2; }
""" + "".join(f".line{i} {{ stroke: var(--line{i}); }} circle.line{i} {{ fill: var(--line{i}); }}\n"
              for i in range(4)) + """
.bars { list-style: none; margin: 0; padding: 0; }
.bars li { display: grid; gap: 2px 10px;
	grid-template-columns: minmax(0, 480px) minmax(120px, 420px) auto;
	align-items: center; min-height: 22px; }
.bar { position: relative; height: 14px; }
.bar i { position: absolute; inset: 0 auto 0 0; background: currentColor; }
.bar b { position: absolute; inset: -4px auto -4px 80%; border-left: 2px dashed var(--text); }
@media (max-width: 600px) {
	body { padding: 12px; }
	.bars li { grid-template-columns: 1fr auto; padding: 4px 0; }
	.bars li span:first-child { grid-column: 1 / -1; }
}
"""
# The length of a bar at its limit, as a part of the width.
FULL = 0.8


def bars(found):
    """Return a bar for each goal: the ratio, compared with its limit. A dashed line marks the
    limit. A bar that is too long for the page is cut."""
    items = []
    for result in found:
        part = min(result.ratio / result.at_most, 1 / FULL) if result.at_most else 0.0
        met = "met" if result.met else "missed"
        items.append(f'<li><span>{html.escape(result.name)}</span><span class="bar {met}">'
                     f'<i style="width: {part * FULL:.1%}"></i><b></b></span>'
                     f'<span>{result.ratio:.3g} of {result.at_most:g}, '
                     f'<span class="{met}">{met}</span></span></li>')
    return f'<ul class="bars">{"".join(items)}</ul>'


def table(rows, name, words=False):
    """Return a table of words in a box that scrolls. The first row is the head."""
    head, *body = rows
    lines = [f'<div class="scroll" role="region" aria-label="{html.escape(name)}" tabindex="0">'
             f'<table class="{"words" if words else ""}"><tr>'
             + "".join(f'<th scope="col">{html.escape(cell)}</th>' for cell in head)
             + "</tr>"]
    for row in body:
        cells = "".join(f'<td class="{cell}">{cell}</td>' if cell in ("met", "missed") else
                        f"<td>{html.escape(cell)}</td>" for cell in row)
        lines.append(f"<tr>{cells}</tr>")
    return "\n".join(lines) + "</table></div>"


def figure(plot):
    """Return a plot with its figures, or the words for a plot without samples."""
    title = f"<figure><h3>{html.escape(plot.title)}</h3>"
    if not plot.lines:
        return (f'{title}<p class="dim">There is no record here. '
                f"{html.escape(MISSING[plot.title])}</p></figure>")
    return (f"{title}{svg(plot)}<details><summary>Figures</summary>"
            f'{table(figures(plot), f"Figures: {plot.title}")}</details></figure>')


def write_page(path, run, found, changed, earlier=()):
    """Write the page."""
    met = sum(result.met for result in found)
    parts = ['<!doctype html><html lang="en"><meta charset="utf-8">'
             '<meta name="viewport" content="width=device-width, initial-scale=1">'
             f"<title>vipin: speed</title><style>{STYLE}</style>",
             f'<header><h1>vipin: speed</h1><p class="dim">{html.escape(run.label())}</p></header>'
             "<main>"]
    lead = headlines(run)
    if lead:
        parts.append(table([HEAD, *lead], "The figures that most readers want", True))
    parts += ['<h2>Plots</h2><div id="plots">', *map(figure, plots(run, earlier)), "</div>"]
    if found:
        parts += [f"<h2>Goals: {met} met, {len(found) - met} missed</h2>",
                  "<p>Each bar is a ratio. The dashed line is the most that the ratio may be.</p>",
                  bars(found), "<details><summary>The goals as a table</summary>",
                  table([GOALS] + [goal_row(run, result) for result in found], "Goals"),
                  "</details>"]
    others = other_rows(run, found)
    if others:
        parts += ["<details><summary>Measures without a goal</summary>",
                  table([OTHERS] + others, "Measures without a goal"), "</details>"]
    if run.skipped:
        parts += ["<h2>Not measured</h2><ul>",
                  *(f"<li>{html.escape(why)}</li>" for why in run.skipped), "</ul>"]
    if changed:
        parts += ["<h2>Compared with the run before</h2>",
                  table([["measure", "ratio", "result"]] +
                        [[change.name, f"{change.ratio:.3f}",
                          "slower" if change.slower else ""] for change in changed],
                        "Compared with the run before")]
    with open(path, "w", encoding="utf-8") as file:
        file.write("\n".join(parts) + "</main></html>\n")
