# SPDX-License-Identifier: GPL-2.0-only
"""The table: on the terminal, and as docs/speed.md."""
import re

import patched
from headlines import HEAD, headlines
from records import CLOCK


def number(value):
    """Return a number with as many digits as a reader needs."""
    if value >= 10000:
        return f"{value:,.0f}".replace(",", " ")
    return f"{value:.4g}"


def goal_row(run, result):
    """Return the fields of a goal's row, as words."""
    series = run.series[result.key]
    against = number(run.series[result.against].median) if result.against else "-"
    return [result.name, number(series.median), series.unit, f"{series.spread:.1%}", against,
            f"{result.ratio:.3g}", f"{result.at_most:g}", "met" if result.met else "missed"]


def other_rows(run, found):
    """Return the rows of the measures without a goal, as words."""
    shown = {key for result in found for key in (result.key, result.against)}
    return [[" ".join(key[:2]), key[2], number(series.median), series.unit,
             f"{series.spread:.1%}"]
            for key, series in run.series.items()
            if key not in shown and not patched.is_stock(key)]


GOALS = ["goal", "median", "unit", "spread", "against", "ratio", "at most", "result"]
OTHERS = ["measure", "clock", "median", "unit", "spread"]


def aligned(rows, left):
    """Return rows as lines. The columns in left (by number) are aligned to the left."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    return ["  ".join(cell.ljust(width) if i in left else cell.rjust(width)
                      for i, (cell, width) in enumerate(zip(row, widths))).rstrip()
            for row in rows]


def markdown(rows, left):
    """Return rows as the lines of a Markdown table."""
    lines = ["| " + " | ".join(row) + " |" for row in rows]
    rules = ("---" if i in left else "--:" for i in range(len(rows[0])))
    lines.insert(1, "|" + "|".join(rules) + "|")
    return lines


def print_table(run, found, changed):
    """Print the table: goals, measures without a goal, and changes."""
    print(run.label())
    lead = headlines(run)
    if lead:
        print(*aligned([HEAD] + lead, {0, 2}), sep="\n")
        print()
    if found:
        print(*aligned([GOALS] + [goal_row(run, result) for result in found], {0, 2, 7}), sep="\n")
    print()
    others = other_rows(run, found)
    if others:
        print(*aligned([OTHERS] + others, {0, 1, 3}), sep="\n")
        print()
    for why in run.skipped:
        print("not measured:", why)
    met = sum(result.met for result in found)
    print(f"{met} goals met, {len(found) - met} missed")
    for change in changed:
        if change.slower:
            print("SLOWER:", change)
    if changed:
        print(f"{len(changed)} measures compared with the run before, "
              f"{sum(change.slower for change in changed)} slower than allowed")


def folded(title, lines):
    """Return lines in a section that is closed at first."""
    return ["", f"<details><summary>{title}</summary>", "", *lines, "", "</details>"]


def clock_words(run):
    """Return the unit of time of this run, in words."""
    if not run.counts_instructions:
        return "Time is real time."
    return ("Time is counted in instructions (QEMU's `-icount shift=0`): 1 ns is one instruction, "
            "so the figures are the same on every host. Instructions are not time: caches do not "
            "count. copy_page() moves 8 bytes with each step of one string instruction, so its "
            "count is low beside that of memcpy(), which moves 32 bytes with 12 instructions.")


PATCHED = """\
## With the patches for videobuf2

`make bench TARGET=trixie-backports-fixed` and then `make bench` measured QBUF of a new pointer \
with policy kernel, in instructions. QBUF pins and maps the new pointer, and undoes both for the \
pointer before. *Pin alone* is a pin and an unpin of the same memory. *Stock* is the kernel \
above. *Patched* is the same kernel with the [patches](testing.md#patches-for-upstream), which \
also check the VMAs.

The goal for huge pages is the pin alone and 4500 instructions, or 6500 behind an IOMMU; above \
2 MiB, 3 % of the pin is added. A pointer to single pages may cost no more than with the stock \
kernel.
"""
NOT_MEASURED = "The patches for videobuf2 were not measured: run `make bench " \
    "TARGET=trixie-backports-fixed` first."


TRANSLATION = "Behind an IOMMU, a byte costs more than without one: for each frame, the engine " \
    "translates each page, through the domain of the device. It does not keep these translations, " \
    "since it would not notice then that a mapping is gone or has changed " \
    "([vipin-dma.c](../drivers/vipin/vipin-dma.c))."


GOAL = "A goal is an upper limit. In a row with a value under *against*, both medians are compared: the " \
    "limit is for their quotient. In all other rows, the limit is for the median itself. The spread is " \
    "the largest sample minus the smallest one, divided by the median."


def patched_section(rows):
    """Return the lines of the section about the patches, with the rows of patched.rows()."""
    if not rows:
        return ["", NOT_MEASURED]
    table = [[memory, re.sub("([KM]iB)", r" \1", size), *map(number, (pin, stock, now, most)),
              "met" if now <= most else "missed"] for memory, size, pin, stock, now, most in rows]
    missed = sum(row[-1] == "missed" for row in table)
    return ["", *PATCHED.splitlines(), "", f"Goals missed: {missed} of {len(rows)}.", "",
            *markdown([patched.HEAD] + table, {0, 1, 6})]


ARM_WORDS = """\
## On 64-bit Arm

`make bench TARGET=trixie-backports-arm64` and then `make bench` measured the same there, in \
instructions of another kind: compare the ratios. For a device that is not coherent, videobuf2 \
writes back the lines of each frame and drops them. The last line counts the instructions of both \
loops, four for each line of 64 bytes. QEMU has no caches, so hardware takes longer.
"""


ARM_NOT_MEASURED = "64-bit Arm was not measured: run `make bench TARGET=trixie-backports-arm64` " \
    "first."


def arm_section(run):
    """Return the lines of the section about the headlines of a run on 64-bit Arm, or of None."""
    if not run:
        return ["", ARM_NOT_MEASURED]
    return ["", *ARM_WORDS.splitlines(), "", f"This is {run.label()}.", "",
            *markdown([HEAD] + headlines(run), {0, 2})]


def write_table(path, run, found, rows=(), arm=None):
    """Write docs/speed.md, without the times of the host that made it. rows are those of
    patched.rows(), and arm is a run on 64-bit Arm, or None."""
    found = [result for result in found if result.key[2] != CLOCK]
    missed = [result for result in found if not result.met]
    lines = ["<!-- Generated by make bench. Do not edit. -->", "# Speed", "",
             f"`make bench` measured this on Linux {run.machine['kernel']}, {run.machine['qemu']}.",
             ""]
    lead = headlines(run)
    if lead:
        lines += [*markdown([HEAD] + lead, {0, 2}), ""]
    lines += [clock_words(run), "", TRANSLATION, *patched_section(rows),
              *arm_section(arm), "", "## Goals", "",
              f"{len(found) - len(missed)} goals are met, {len(missed)} are missed. {GOAL}"]
    for title, some in ((f"The {len(missed)} goals that are missed", missed),
                        (f"All {len(found)} goals", found)):
        if some:
            lines += folded(title, markdown([GOALS] + [goal_row(run, result) for result in some],
                                            {0, 2, 7}))
    others = [row for row in other_rows(run, found) if row[1] != CLOCK]
    if others:
        lines += folded("Measures without a goal", markdown([OTHERS] + others, {0, 1, 3}))
    if run.skipped:
        lines += ["", "Not measured:", ""] + ["- " + why for why in run.skipped]
    with open(path, "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")
