# SPDX-License-Identifier: GPL-2.0-only
"""The page: kernels as columns. It asks for nothing from elsewhere."""
import json
import os
import re

from history import histories, look, since

HERE = os.path.dirname(os.path.abspath(__file__))
# The page of one kernel, whose looks this one shares.
ONE_KERNEL = os.path.join(HERE, "../../userspace/v4l2-pincheck/report.html")

SHOWN = ("verdict", "who", "reason", "rule", "known", "known_source", "depends", "skip", "faults",
         "frames")


def short(row):
    """Of a row, what the page shows of it."""
    if row is None:
        return None
    shown = {name: row[name] for name in SHOWN if row.get(name)}
    return shown | {"look": look(row)}


def merged(runs, name):
    """A table that every run has, with the newest one's words."""
    table = {}
    for run in runs:
        table.update(getattr(run, name))
    return table


def devices(all_rows):
    """The devices, in the order of the run, with what each can take."""
    return {(row["driver"], row["carrier"]): row["scattered"] for row in all_rows}


def data(runs, cases):
    """All that the page knows."""
    rows = [row for run in runs for row in run.rows.values()]
    kinds = {row["kind"] + row["variant"]: row["sentence"] for row in rows}
    cells = []
    for history in histories(runs):
        kind, driver, carrier, direction, policy = history.key
        cells.append({
            "kind": kind, "device": driver + " " + carrier, "direction": direction,
            "policy": policy, "rows": [short(row) for row in history.rows],
            "changes": [[*change, history.other_memory(*change[:2])]
                        for change in history.changes() if history.notable()],
            "notable": history.notable(),
        })
    return {
        "runs": [{"label": run.label, "target": run.target, "kernel": run.kernel,
                  "build": run.build, "version": run.version, "total": run.total,
                  "has": [name for name, feature in run.features.items() if feature["here"]]}
                 for run in runs],
        "devices": [{"name": " ".join(name), "driver": name[0], "carrier": name[1],
                     "scattered": scattered} for name, scattered in devices(rows).items()],
        "rules": merged(runs, "rules"),
        "features": {name: feature | {"when": since(feature)}
                     for name, feature in merged(runs, "features").items()},
        "kinds": kinds,
        "cells": cells,
        "cases": cases,
    }


def write_page(path, runs, cases):
    """Fills in matrix.html."""
    with open(ONE_KERNEL, encoding="utf-8") as file:
        style = re.search(r"<style>\n(.*?)</style>", file.read(), re.DOTALL).group(1)
    with open(os.path.join(HERE, "matrix.html"), encoding="utf-8") as file:
        page = file.read()
    # "<" might end the script element.
    text = json.dumps(data(runs, cases), separators=(",", ":")).replace("<", "\\u003c")
    with open(os.path.join(HERE, "matrix.js"), encoding="utf-8") as file:
        script = file.read()
    page = page.replace("@STYLE@", style).replace("@SCRIPT@", script).replace("@DATA@", text)
    with open(path, "w", encoding="utf-8") as file:
        file.write(page)
