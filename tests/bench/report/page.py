# SPDX-License-Identifier: GPL-2.0-only
"""The page: the table, and a bar for each goal. It asks for nothing from elsewhere."""
import html

from table import GOALS, OTHERS, goal_row, other_rows

STYLE = """
:root { color-scheme: light dark; --text: #1b1f24; --dim: #626a75; --line: #d9dde3;
	--page: #fff; --met: #2f9e5b; --missed: #d6293e; }
@media (prefers-color-scheme: dark) {
	:root { --text: #e4e7eb; --dim: #98a1ad; --line: #333a43; --page: #14171b; }
}
body { margin: 24px; background: var(--page); color: var(--text); font: 14px/1.45 system-ui, sans-serif; }
h1 { font-size: 21px; } h2 { font-size: 16px; margin-top: 28px; }
table { border-collapse: collapse; }
td, th { padding: 2px 10px; text-align: right; border-bottom: 1px solid var(--line); font-weight: 400; }
th { color: var(--dim); } td:first-child, th:first-child { text-align: left; }
.met { color: var(--met); } .MISSED { color: var(--missed); font-weight: 600; }
.dim { color: var(--dim); }
svg text { fill: var(--text); font: 12px system-ui, sans-serif; }
"""
ROW, LEFT, WIDTH = 20, 480, 420


def plot(found):
    """A bar for each goal: its ratio, in parts of what it may be, a line where that is."""
    full = max([1.25, *(min(result.ratio / result.at_most, 3.0)
                        for result in found if result.at_most)])
    bars = []
    for i, result in enumerate(found):
        part = min(result.ratio / result.at_most, full) if result.at_most else 0.0
        y = i * ROW
        bars.append(
            f'<text x="{LEFT - 8}" y="{y + 14}" text-anchor="end">{html.escape(result.name)}</text>'
            f'<rect x="{LEFT}" y="{y + 3}" width="{part / full * WIDTH:.1f}" height="{ROW - 6}"'
            f' fill="var(--{"met" if result.met else "missed"})"/>'
            f'<text x="{LEFT + part / full * WIDTH + 5:.1f}" y="{y + 14}">{result.ratio:.3g}</text>')
    limit = LEFT + WIDTH / full
    height = len(found) * ROW
    return (f'<svg role="img" aria-label="Each ratio beside what it may be" width="{LEFT + WIDTH + 60}"'
            f' height="{height}">{"".join(bars)}<line x1="{limit:.1f}" x2="{limit:.1f}" y1="0"'
            f' y2="{height}" stroke="var(--text)" stroke-dasharray="3 3"/></svg>')


def table(rows):
    """Rows of words, the first a head."""
    head, *body = rows
    lines = ["<table><tr>" + "".join(f"<th>{html.escape(cell)}</th>" for cell in head) + "</tr>"]
    for row in body:
        cells = "".join(f'<td class="{cell}">{cell}</td>' if cell in ("met", "MISSED") else
                        f"<td>{html.escape(cell)}</td>" for cell in row)
        lines.append(f"<tr>{cells}</tr>")
    return "\n".join(lines) + "</table>"


def write_page(path, run, found, changed):
    """All of it."""
    parts = ['<!doctype html><html lang="en"><meta charset="utf-8">'
             '<meta name="viewport" content="width=device-width, initial-scale=1">'
             f"<title>vipin: speed</title><style>{STYLE}</style>",
             f'<h1>vipin: speed</h1><p class="dim">{html.escape(run.label())}</p>',
             '<h2>Goals</h2><p class="dim">Each bar is a ratio, as a part of what it may be; the '
             "dashed line is all of it.</p>", plot(found),
             "<h2>Figures</h2>", table([GOALS] + [goal_row(run, result) for result in found])]
    others = other_rows(run, found)
    if others:
        parts += ["<h2>What has no goal</h2>", table([OTHERS] + others)]
    if run.skipped:
        parts += ["<h2>Not measured</h2><ul>",
                  *(f"<li>{html.escape(why)}</li>" for why in run.skipped), "</ul>"]
    if changed:
        parts += ["<h2>Beside the last run</h2>",
                  table([["measure", "of last time", ""]] +
                        [[change.name, f"{change.ratio:.3f}",
                          "slower" if change.slower else ""] for change in changed])]
    with open(path, "w", encoding="utf-8") as file:
        file.write("\n".join(parts) + "</html>\n")
