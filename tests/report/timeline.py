# SPDX-License-Identifier: GPL-2.0-only
"""Draw what each kernel does with some pointers, as SVG: a line for each kind of memory, in which
a bar lasts as long as kernels do the same."""
from html import escape
from itertools import groupby

from history import NO_VERDICT, look

# Kind of memory, direction, and what a reader calls it. All are on the bus with an IOMMU, where
# scattered memory is no reason to refuse.
LINES = (
    ("vimap-page", "capture", "page of a driver, not VM_IO"),
    ("vimap-page-io", "capture", "VM_IO page, capture"),
    ("vimap-page-io", "output", "VM_IO page, output"),
    ("vimap-folio-io", "output", "VM_IO compound page, output"),
    ("vimap-shmem-io", "capture", "VM_IO page of shmem, capture"),
    ("sg-reserved", "output", "buffer of /dev/sg0, output"),
    ("cma-pages", "capture", "page in CMA"),
    ("movable-pages", "capture", "page in ZONE_MOVABLE"),
    ("movable-held", "capture", "the same, and it cannot move"),
    ("vimap-cma-page", "capture", "CMA page of a driver"),
    ("secret", "output", "secret memory"),
    ("fsdax-shared", "capture", "file on DAX"),
    ("ext4-shared", "capture", "file with dirty tracking"),
    ("read-only", "capture", "read-only memory, capture"),
)
# A page of these cases has to move, so that it can be pinned.
MOVES = ("migrated", "immovable", "driver-pages")
RELEASED = {"5.10": 2020, "6.1": 2022, "6.12": 2024, "7.3": 2026}
WIDTH, HEIGHT, LEFT, TOP = 124, 26, 222, 52
STYLE = """
text { font: 13px sans-serif; fill: #1b1b1b }
.right { fill: #d7ecd9 } .wrong { fill: #f3c5c0 } .none { fill: #ececec }
.wrong + text { font-weight: bold }
.cell { text-anchor: middle }
.small { font-size: 11px }
@media (prefers-color-scheme: dark) {
text { fill: #f0f0f0 }
.right { fill: #1f4d2b } .wrong { fill: #7a2018 } .none { fill: #3a3a3a }
}
"""


def row_of(run, kind, direction):
    """Return a run's row of a line, or None."""
    return run.rows.get((kind, "vipin", "PCI+IOMMU", direction, "kernel"))


def verdicts(run):
    """Count the lines for which a run has a verdict."""
    return sum(look(row_of(run, kind, direction)) not in NO_VERDICT
               for kind, direction, _ in LINES)


def columns(runs):
    """Choose a run for each series, and for each series with patches: the one that knows most.

    All are of the first machine: the drawing is about kernels.
    Of patched runs that know as much, choose a compiled kernel: only that has all patches.
    """
    chosen = {}
    for run in runs:
        if run.machine != runs[0].machine:
            continue
        words = run.target.split("-")
        fixed = "fixed" in words
        name = run.series() + (" fixed" if fixed else "")
        rank = verdicts(run), fixed and "instrumented" in words
        if name not in chosen or rank > chosen[name][0]:
            chosen[name] = rank, run
    return {name: run for name, (_, run) in chosen.items()}


def cell(row):
    """Return the class and the words of a cell."""
    seen = look(row)
    if seen == "skipped":
        return "none", "not there"
    if seen == "prevented":
        return "wrong", "would crash"
    pinned = row["verdict"] == "accepted"
    moves = row["case"] in MOVES
    if seen in ("accepted", "refused"):
        return "right", ("moved, pinned" if moves else "pinned") if pinned else "refused"
    if row["verdict"] == "EINTR":
        return "wrong", "never returns"
    return "wrong", ("pinned in place" if moves else "pinned") if pinned else "refused"


def text(x, y, words, attributes=""):
    """Return a text element."""
    return f'<text x="{x}" y="{y}"{attributes}>{escape(words)}</text>'


def draw_line(top, cells):
    """Return the bars of a line: one for each sequence of equal cells."""
    parts, first = [], 0
    for (look_class, words), same in groupby(cells):
        count = len(list(same))
        left = LEFT + WIDTH * first
        parts.append(f'<rect class="{look_class}" x="{left}" y="{top}" '
                     f'width="{WIDTH * count - 2}" height="{HEIGHT - 2}" rx="3"/>')
        parts.append(text(left + WIDTH * count // 2, top + 17, words, ' class="cell"'))
        first += count
    return parts


def draw(runs):
    """Return the drawing."""
    chosen = columns(runs)
    size = LEFT + WIDTH * len(chosen), TOP + HEIGHT * len(LINES) + 30
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size[0]} {size[1]}" '
             f'role="img" aria-label="What each kernel does with a user pointer">',
             f"<style>{STYLE}</style>"]
    for x, (name, run) in enumerate(chosen.items()):
        middle = LEFT + WIDTH * x + WIDTH // 2
        words = "with our patches" if "fixed" in name else RELEASED.get(run.series(), "")
        parts.append(text(middle, 20, f"Linux {run.series()}", ' class="cell"'))
        parts.append(text(middle, 37, str(words), ' class="cell small"'))
    for y, (kind, direction, words) in enumerate(LINES):
        top = TOP + HEIGHT * y
        parts.append(text(0, top + 17, words))
        parts += draw_line(top, [cell(row_of(run, kind, direction)) for run in chosen.values()])
    parts.append(text(0, size[1] - 8, "Bold, red: against the rules. Policy kernel, "
                      "PCI behind an IOMMU."))
    return "\n".join(parts + ["</svg>", ""])


def write_timeline(path, runs, _cases):
    """Write the drawing."""
    with open(path, "w", encoding="utf-8") as file:
        file.write(draw(runs))
