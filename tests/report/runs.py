# SPDX-License-Identifier: GPL-2.0-only
"""What v4l2-pincheck wrote on each kernel: rows.json in the folders of make check."""
import json
import os
import sys


class Run:
    """One kernel, and its rows by key()."""

    def __init__(self, target, report):
        self.target = target
        self.label = ""
        self.kernel = report["kernel"]
        self.build = report["build"]
        self.version = report["version"]
        self.total = report["total"]
        self.rules = {rule["name"]: rule for rule in report["rules"]}
        self.features = {feature["name"]: feature for feature in report["features"]}
        self.kinds = {row["kind"]: row["sentence"] for row in report["rows"]}
        self.rows = {key(row): row for row in report["rows"]}

    def numbers(self):
        """The version, to sort by."""
        return tuple(int(part) for part in self.version.split("."))

    def series(self):
        """What people call it: 6.1.192 is a 6.1."""
        return ".".join(self.version.split(".")[:2])


def key(row):
    """What makes rows of two kernels the same row."""
    return (row["kind"] + row["variant"], row["driver"], row["carrier"],
            row["direction"], row["policy"])


def name_runs(runs):
    """Labels runs by series, and those that share one by what their targets add."""
    for run in runs:
        same = [other.target.split("-") for other in runs if other.series() == run.series()]
        added = run.target.split("-")[len(os.path.commonprefix(same)):]
        run.label = " ".join([run.series(), *added])


def read_runs(folder):
    """The runs below folder, oldest kernel first.

    Other machines than the usual one (TARGET.MACHINE) differ by their bus, not by
    their kernel, and are left out; so is what a machine did not live to write whole.
    """
    runs = []
    for target in sorted(os.listdir(folder) if os.path.isdir(folder) else []):
        rows, vivid = (os.path.join(folder, target, name) for name in ("rows.json", "vivid.json"))
        if "." in target or not os.path.exists(rows):
            continue
        try:
            run = Run(target, load(rows))
            if os.path.exists(vivid):
                run.rows.update(Run(target, load(vivid)).rows)
        except (ValueError, KeyError) as error:
            print(f"{folder}/{target} is left out, as it is not whole: {error!r}", file=sys.stderr)
            continue
        runs.append(run)
    runs.sort(key=lambda run: (run.numbers(), len(run.target), run.target))
    name_runs(runs)
    return runs


def load(path):
    """One report of v4l2-pincheck."""
    with open(path, encoding="utf-8") as file:
        return json.load(file)
