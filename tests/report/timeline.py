# SPDX-License-Identifier: GPL-2.0-only
"""Draw what each kernel does with some pointers: a line for each kind of memory, as SVG."""
from html import escape

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
    ("cma-pages", "capture", "CMA, moved first"),
    ("movable-pages", "capture", "ZONE_MOVABLE, moved first"),
    ("movable-held", "capture", "ZONE_MOVABLE, cannot move"),
    ("vimap-cma-page", "capture", "CMA page of a driver"),
    ("secret", "output", "secret memory"),
    ("fsdax-shared", "capture", "file on DAX"),
    ("ext4-shared", "capture", "file with dirty tracking"),
    ("read-only", "capture", "read-only memory, capture"),
)
WIDTH, HEIGHT, LEFT, TOP = 116, 26, 230, 34
STYLE = """
text { font: 13px sans-serif; fill: #1b1b1b }
.right { fill: #d7ecd9 } .wrong { fill: #f3c5c0 } .none { fill: #ececec }
.wrong + text { font-weight: bold }
.cell { text-anchor: middle }
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
    """Choose a run for each series, and for each series with patches: the one that knows most."""
    chosen = {}
    for run in runs:
        name = run.series() + (" fixed" if "fixed" in run.target.split("-") else "")
        if name not in chosen or verdicts(run) > verdicts(chosen[name]):
            chosen[name] = run
    return chosen


def cell(row):
    """Return the class and the word of a cell."""
    seen = look(row)
    if seen == "skipped":
        return "none", "not there"
    if seen == "prevented":
        return "wrong", "would crash"
    if seen in ("accepted", "refused"):
        return "right", "pinned" if seen == "accepted" else "refused"
    if row["verdict"] == "EINTR":
        return "wrong", "never returns"
    return "wrong", "pinned" if row["verdict"] == "accepted" else "refused"


def text(x, y, words, attributes=""):
    """Return a text element."""
    return f'<text x="{x}" y="{y}"{attributes}>{escape(words)}</text>'


def draw(runs):
    """Return the drawing."""
    chosen = columns(runs)
    size = LEFT + WIDTH * len(chosen), TOP + HEIGHT * len(LINES) + 30
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size[0]} {size[1]}" '
             f'role="img" aria-label="What each kernel does with a user pointer">',
             f"<style>{STYLE}</style>"]
    for x, name in enumerate(chosen):
        parts.append(text(LEFT + WIDTH * x + WIDTH // 2, 20, f"Linux {name}", ' class="cell"'))
    for y, (kind, direction, words) in enumerate(LINES):
        top = TOP + HEIGHT * y
        parts.append(text(0, top + 17, words))
        for x, run in enumerate(chosen.values()):
            look_class, word = cell(row_of(run, kind, direction))
            left = LEFT + WIDTH * x
            parts.append(f'<rect class="{look_class}" x="{left}" y="{top}" '
                         f'width="{WIDTH - 2}" height="{HEIGHT - 2}" rx="3"/>')
            parts.append(text(left + WIDTH // 2, top + 17, word, ' class="cell"'))
    parts.append(text(0, size[1] - 8, "Bold, red: against the rules. Policy kernel, "
                      "PCI behind an IOMMU."))
    return "\n".join(parts + ["</svg>", ""])


def write_timeline(path, runs, _cases):
    """Write the drawing."""
    with open(path, "w", encoding="utf-8") as file:
        file.write(draw(runs))
