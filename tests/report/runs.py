# SPDX-License-Identifier: GPL-2.0-only
"""Read what v4l2-pincheck wrote on each kernel: rows.json in the folders of make check."""
import json
import os
import re
import sys

# The schema of rows.json that the reports can read. v4l2-pincheck's report-json.c has the same.
SCHEMA = 1
# The kernels of this hardware come first. Reports without a name of the hardware are of it.
FIRST_MACHINE = "x86_64"


class Run:
    """One kernel, and its rows by key()."""

    def __init__(self, target, report):
        self.target = target
        self.label = ""
        self.kernel = report["kernel"]
        self.build = report["build"]
        self.version = report["version"]
        self.machine = report.get("machine", FIRST_MACHINE)
        self.total = report["total"]
        self.cases = {case["name"]: case for case in report["cases"]}
        self.features = {feature["name"]: feature for feature in report["features"]}
        self.kinds = {kind["name"]: kind["sentence"] for kind in report["kinds"]}
        self.rows = {key(row): row for row in report["rows"]}

    def add(self, other):
        """Add the rows of another run on the same kernel, with their cases and kinds."""
        self.cases |= other.cases
        self.kinds |= other.kinds
        self.rows |= other.rows

    def numbers(self):
        """Return the version, to sort by."""
        return tuple(int(part) for part in self.version.split("."))

    def series(self):
        """Return the series of this kernel."""
        return series(self.version)


def series(version):
    """Return the name that people use: 6.1.192 is a 6.1."""
    return ".".join(re.findall(r"\d+", version)[:2])


def key(row):
    """Return a key that is equal for the same row on two kernels."""
    return (row["kind"] + row["variant"], row["driver"], row["bus"],
            row["direction"], row["policy"])


def name_runs(runs):
    """Label runs by series. Runs of one series also get the part in which their targets differ."""
    for run in runs:
        same = [other.target.split("-") for other in runs if other.series() == run.series()]
        added = run.target.split("-")[len(os.path.commonprefix(same)):]
        run.label = " ".join([run.series(), *added])


def read_runs(folder):
    """Return the runs below folder, those of FIRST_MACHINE first, and the oldest kernel first.

    Leave out other machines than the usual one (TARGET.MACHINE), because they differ by
    their bus, not by their kernel. Leave out and report each file that is incomplete,
    because its machine died, or that has another schema.
    """
    runs = []
    for target in sorted(os.listdir(folder) if os.path.isdir(folder) else []):
        rows, vivid = (os.path.join(folder, target, name) for name in ("rows.json", "vivid.json"))
        if "." in target or not os.path.exists(rows):
            continue
        try:
            run = Run(target, load_report(rows))
            if os.path.exists(vivid):
                run.add(Run(target, load_report(vivid)))
        except (ValueError, KeyError) as error:
            words = repr(error) if isinstance(error, KeyError) else str(error)
            print(f"{folder}/{target} is left out: {words}; make it again: "
                  f"make check TARGET={target}", file=sys.stderr)
            continue
        runs.append(run)
    runs.sort(key=lambda run: (run.machine != FIRST_MACHINE, run.machine, run.numbers(),
                               len(run.target), run.target))
    name_runs(runs)
    return runs


def load(path):
    """Read a JSON file."""
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def load_report(path):
    """Read a report of v4l2-pincheck. Raise ValueError if it has another schema."""
    report = load(path)
    if report.get("schema") != SCHEMA:
        raise ValueError(f"{os.path.basename(path)} has schema {report.get('schema', 'none')}, "
                         f"not {SCHEMA}: another version of v4l2-pincheck wrote it")
    return report
