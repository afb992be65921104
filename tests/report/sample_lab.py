#!/usr/bin/python3 -B
# SPDX-License-Identifier: GPL-2.0-only
"""Usage: sample_lab.py FOLDER

Write FOLDER/lab.html for check-pages: a page of a hundred boards. All verdicts are invented.
"""
import json
import os
import sys
import tempfile

from lab_page import write_page
from results import Results, read_plan
from sample import report
from simulate import simulate


def base(version="7.3.4", kinds=1):
    """Return the files of a run. With more kinds of memory it has as many rows as a real one."""
    said = report(version, int(version.split(".", maxsplit=1)[0]) < 7)
    rows = [dict(row, kind=row["kind"] + (f"-{i}" if i else "")) for i in range(kinds) for row in said["rows"]]
    names = [dict(kind, name=kind["name"] + (f"-{i}" if i else "")) for i in range(kinds)
             for kind in said["kinds"]]
    return {"rows.json": json.dumps(said | {"rows": rows, "kinds": names}), "suites": "pincheck\n",
            "pincheck.ktap": "1..2\n#     pages of 4 KiB\nok 1 - malloc\nok 2 - thp\n# seconds: 3\n"}


def main():
    """Write the page."""
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    with tempfile.TemporaryDirectory() as folder:
        top = os.path.join(folder, "results")
        simulate(top, 100, [base(version, 3) for version in ("5.10.262", "6.1.9", "6.12.1", "7.3.4")])
        results = Results(top)
        write_page(os.path.join(sys.argv[1], "lab.html"), results, results.lost(read_plan(top + ".plan")))


if __name__ == "__main__":
    main()
