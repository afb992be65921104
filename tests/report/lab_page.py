# SPDX-License-Identifier: GPL-2.0-only
"""Write the page of a lab: the verdicts of all boards, with kernels as columns, and what changed."""
import os
import subprocess

from history import FAILED, NO_VERDICT, look, state
from page import fill, read, script_text
from results import Verdict
from runs import series

HERE = os.path.dirname(os.path.abspath(__file__))
# So many commits of a range are named. The range itself has all of them.
COMMITS = 10


def differ(before, after):
    """Do two verdicts differ? Memory is scattered by chance, so that is no difference."""
    rows = before._asdict(), after._asdict()
    looks = set(map(look, rows))
    if looks & set(NO_VERDICT) or state(rows[0]) == state(rows[1]):
        return False
    return "scattered" not in (before.case, after.case) or bool(looks & set(FAILED))


def commits(before, after):
    """Return what git says about the commits between two revisions, newest first, and their number.

    Revisions of another repository, and changes that are not committed, are not known here.
    """
    names = [name.partition("-")[0] for name in (before, after)]
    said = subprocess.run(["git", "-C", HERE, "log", "--format=%h %s", "..".join(names), "--"],
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=False)
    lines = said.stdout.splitlines() if said.returncode == 0 and all(names) else []
    return [lines[:COMMITS], len(lines)]


class Changes:
    """Where two runs of a job that follow each other differ."""

    def __init__(self, results):
        self.list, self.ranges = [], {}
        self.verdicts = list(results.known.verdicts)
        for number, job in enumerate(results.jobs):
            for i, (before, after) in enumerate(zip(job.runs, job.runs[1:])):
                self._compare(number, i, before, after)

    def _compare(self, number, i, before, after):
        first = len(self.list)
        for key, old in before.verdicts.items():
            new = after.verdicts.get(key)
            if new not in (None, old) and differ(self.verdicts[old], self.verdicts[new]):
                self.list.append([key, number, i, old, new])
        tests = [{problem[:2] for problem in run.problems} for run in (before, after)]
        for failed, fixed in ((True, tests[1] - tests[0]), (False, tests[0] - tests[1])):
            self.list += [[": ".join(filter(None, test)), number, i, int(not failed), int(failed)]
                          for test in sorted(fixed)]
        revisions = before.job["revision"], after.job["revision"]
        if len(self.list) > first and revisions[0] != revisions[1] and revisions not in self.ranges:
            self.ranges[revisions] = commits(*revisions)


def data(results, lost):
    """Return all data of the page."""
    keys = list(dict.fromkeys(key for job in results.jobs for key in job.runs[-1].verdicts))
    number_of = {key: i for i, key in enumerate(keys)}
    changes = Changes(results)
    faults = [[number_of[key], number, faults] for number, job in enumerate(results.jobs)
              for key, faults in job.runs[-1].faults.items()]
    shown = {kind for kind, *_ in keys}
    return {
        "fields": Verdict._fields,
        "verdicts": list(results.known.verdicts),
        "jobs": [job.job | {"name": job.name, "series": series(job.job["kernel"]),
                            "counts": job.runs[-1].counts, "problems": job.runs[-1].problems,
                            "runs": [[run.job["began"], run.job["revision"], run.job["kernel"]]
                                     for run in job.runs]} for job in results.jobs],
        "rows": [[*key, [job.runs[-1].verdicts.get(key, -1) for job in results.jobs]] for key in keys],
        "faults": faults,
        "changes": [[number_of[key], *rest] if key in number_of else [key, *rest]
                    for key, *rest in changes.list if key in number_of or isinstance(key, str)],
        "ranges": {"..".join(names): found for names, found in changes.ranges.items()},
        "kinds": {kind: words for kind, words in results.known.kinds.items() if kind in shown},
        "rules": results.known.cases, "quirks": results.known.quirks,
        "lost": lost, "twice": results.twice, "left_out": results.left_out,
    }


def write_page(path, results, lost):
    """Fill in lab.html."""
    page = fill(read(HERE, "lab.html"), LAB=read(HERE, "lab.js"),
                DATA=script_text(data(results, lost)))
    os.makedirs(os.path.dirname(os.path.abspath(path)), exist_ok=True)
    with open(path + ".partial", "w", encoding="utf-8") as file:
        file.write(page)
    os.replace(path + ".partial", path)
