# SPDX-License-Identifier: GPL-2.0-only
"""The table: on the terminal, and as docs/speed.md."""
from records import CLOCK


def number(value):
    """Five digits are enough for any reader."""
    if value >= 10000:
        return f"{value:,.0f}".replace(",", " ")
    return f"{value:.4g}"


def goal_row(run, result):
    """The fields of a goal's row, as words."""
    series = run.series[result.key]
    against = number(run.series[result.against].median) if result.against else "-"
    return [result.name, number(series.median), series.unit, f"{series.spread:.1%}", against,
            f"{result.ratio:.3g}", f"{result.at_most:g}", "met" if result.met else "MISSED"]


def other_rows(run, found):
    """What no goal mentions, as words."""
    told = {key for result in found for key in (result.key, result.against)}
    return [[" ".join(key[:2]), key[2], number(series.median), series.unit,
             f"{series.spread:.1%}"]
            for key, series in run.series.items() if key not in told]


GOALS = ["goal", "median", "unit", "spread", "against", "ratio", "at most", ""]
OTHERS = ["measure", "clock", "median", "unit", "spread"]


def aligned(rows, left):
    """Rows as lines; the columns of left, by number, start at the left."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    return ["  ".join(cell.ljust(width) if i in left else cell.rjust(width)
                      for i, (cell, width) in enumerate(zip(row, widths))).rstrip()
            for row in rows]


def markdown(rows, left):
    """Rows as a table of Markdown."""
    lines = ["| " + " | ".join(row) + " |" for row in rows]
    lines.insert(1, "|" + "|".join("---" if i in left else "--:" for i in range(len(rows[0]))) + "|")
    return lines


def print_table(run, found, changed):
    """All of it on the terminal: goals, what has none, what has changed."""
    print(run.label())
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
        print(f"{len(changed)} measures beside the last run, "
              f"{sum(change.slower for change in changed)} slower than they may be")


def write_table(path, run, found):
    """docs/speed.md. What a host took for it is of no use to others."""
    found = [result for result in found if result.key[2] != CLOCK]
    clock = ("Time is counted in instructions (QEMU's `-icount shift=0`): a nanosecond is an "
             "instruction, and the figures are the same on any host. Instructions are not time: "
             "caches do not count, and copy_page(), which moves 8 bytes with each step of one "
             "string instruction, counts less than it takes beside memcpy(), which moves 32 with "
             "12 instructions."
             if run.counts_instructions else "Time is real time.")
    lines = ["# Speed", "",
             f"Made by `make bench` on Linux {run.machine['kernel']}, {run.machine['qemu']}. "
             f"{clock}", "",
             "Each line is a median, how far the samples are apart, what it is held against, and "
             "the most that it may be of that; where nothing is against, the median "
             "itself may be so much.", ""]
    lines += markdown([GOALS] + [goal_row(run, result) for result in found], {0, 2, 7})
    others = [row for row in other_rows(run, found) if row[1] != CLOCK]
    if others:
        lines += ["", "<details><summary>What has no goal</summary>", "",
                  *markdown([OTHERS] + others, {0, 1, 3}), "", "</details>"]
    if run.skipped:
        lines += ["", "Not measured:", ""] + ["- " + why for why in run.skipped]
    with open(path, "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")
