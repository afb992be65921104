# SPDX-License-Identifier: GPL-2.0-only
"""Write the page of all kernels, with kernels as columns. It loads nothing from elsewhere."""
import json
import os

from history import histories, since

HERE = os.path.dirname(os.path.abspath(__file__))
# The page of one kernel. This page shares its style and most of its script.
ONE_KERNEL = os.path.join(HERE, "../../userspace/v4l2-pincheck")

# The strings of a row that the page shows. A row may be without some of them.
STRINGS = ("outcome", "verdict", "decided_by", "reason", "sentence", "case", "quirk", "skip")


def read(folder, name):
    """Return the text of a file."""
    with open(os.path.join(folder, name), encoding="utf-8") as file:
        return file.read()


def script_text(data):
    """Return data as JSON for a script element, which a "<" might end."""
    return json.dumps(data, separators=(",", ":"), ensure_ascii=False).replace("<", "\\u003c")


def fill(template, **parts):
    """Replace each @NAME@ of a page by a part."""
    parts["STYLE"] = read(ONE_KERNEL, "report.css")
    parts["SCRIPT"] = read(ONE_KERNEL, "report.js")
    for name, text in parts.items():
        before, mark, after = template.partition(f"@{name}@")
        assert mark, f"the page has no place for {name}"
        template = before + text + after
    return template


def differing(rows, strings=STRINGS):
    """Return the data of rows for the page. Leave out strings that are the same as in the row
    before, and other values that are empty. whole() in report.js restores them."""
    last, left = {}, []
    for row in rows:
        if row is None:
            left.append(None)
            continue
        shown = {name: row.get(name, "") for name in strings}
        shown["depends"] = " ".join(row.get("depends", []))
        left.append({name: text for name, text in shown.items() if last.get(name) != text}
                    | {name: row[name] for name in ("faults", "frames") if row[name]})
        last = shown
    return left


def merged(runs, name):
    """Return a table that every run has, with the words of the newest run."""
    table = {}
    for run in runs:
        table.update(getattr(run, name))
    return table


def devices(all_rows):
    """Return the devices in the order of the run, and whether each takes scattered memory."""
    return {(row["driver"], row["bus"]): row["scattered"] for row in all_rows}


def data(runs, cases):
    """Return all data of the page."""
    rows = [row for run in runs for row in run.rows.values()]
    sentences = merged(runs, "kinds")
    cells = []
    for history in histories(runs):
        kind, driver, bus, direction, policy = history.key
        cells.append({
            "kind": kind, "device": driver + " " + bus, "direction": direction,
            "policy": policy, "rows": differing(history.rows),
            "changes": [[*change, history.other_memory(*change[:2])]
                        for change in history.changes() if history.notable()],
            "machines": history.by_machine(), "newest": history.newest(),
            "notable": history.notable(),
        })
    return {
        "runs": [{"label": run.label, "target": run.target, "kernel": run.kernel,
                  "build": run.build, "version": run.version, "machine": run.machine,
                  "total": run.total,
                  "has": [name for name, feature in run.features.items() if feature["here"]]}
                 for run in runs],
        "devices": [{"name": " ".join(name), "driver": name[0], "bus": name[1],
                     "scattered": scattered} for name, scattered in devices(rows).items()],
        "rules": merged(runs, "cases"),
        "quirks": {row["quirk"]: row["quirk_source"] for row in rows if row.get("quirk")},
        "features": {name: feature | {"when": since(feature)}
                     for name, feature in merged(runs, "features").items()},
        "kinds": {row["kind"] + row["variant"]: sentences[row["kind"]] for row in rows},
        "cells": cells,
        "cases": cases,
    }


def write_page(path, runs, cases):
    """Fill in matrix.html."""
    page = fill(read(HERE, "matrix.html"), MATRIX=read(HERE, "matrix.js"),
                DATA=script_text(data(runs, cases)))
    with open(path, "w", encoding="utf-8") as file:
        file.write(page)
