# SPDX-License-Identifier: GPL-2.0-only
"""Tests of what a report makes of runs: python3 -m unittest discover tests/report"""
import io
import json
import os
import tempfile
import unittest
from contextlib import redirect_stderr

from history import histories, since
from runs import read_runs
from table import mark, table

FEATURE = {"name": "checks", "sentence": "it checks", "source": "abc", "ended_by": "",
           "since": "6.5", "until": "", "backports": ["6.1.9", "5.15.8"]}
RULES = [{"name": name, "law": 2, "source": "gup.c", "instead": ""}
         for name in ("memory", "device-mapped", "scattered")]


def row(**said):
    """A row of v4l2-pincheck's, as the law says unless told otherwise."""
    return {"kind": "mem", "variant": "", "sentence": "", "driver": "vipin",
            "carrier": "platform", "scattered": False, "direction": "capture",
            "policy": "kernel", "outcome": "right", "verdict": "accepted", "who": "accepted",
            "reason": "", "rule": "memory", "known": "", "known_source": "", "expected": "",
            "depends": [], "faults": [], "frames": 0} | said


REFUSED = {"verdict": "EFAULT", "rule": "device-mapped"}
KNOWN = {"outcome": "known", "rule": "device-mapped", "known": "it does not look"}
SKIPPED = {name: said for name, said in row(outcome="skipped", skip="none here").items()
           if name not in ("verdict", "who", "reason", "rule", "known", "known_source",
                           "expected", "depends")}


PREVENTED = SKIPPED | {"known": "it would crash"}


class TestHistory(unittest.TestCase):
    """What differs between kernels, from folders as make check leaves them."""

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def write(self, target, version, rows, here=False):
        """What a kernel said."""
        os.mkdir(os.path.join(self.folder.name, target))
        with open(os.path.join(self.folder.name, target, "rows.json"), "w",
                  encoding="utf-8") as file:
            json.dump({"kernel": version, "build": "#1", "version": version, "rules": RULES,
                       "features": [FEATURE | {"here": here}], "rows": rows,
                       "total": {"pointers": 1, "right": 1, "known": 0, "surprise": 0}}, file)

    def history(self, *said, here=()):
        """The history of one row, from kernels 6.1, 6.2, ..."""
        for i, one in enumerate(said):
            rows = [one if one in (SKIPPED, PREVENTED) else row(**one)]
            self.write(f"t{i}", f"6.{i + 1}", rows, i in here)
        return histories(read_runs(self.folder.name))[0]

    def test_same_is_not_notable(self):
        """A refusal that the law asks for is no news."""
        history = self.history(REFUSED, REFUSED)
        self.assertEqual(history.changes(), [])
        self.assertFalse(history.notable())

    def test_breach_is_notable_without_change(self):
        """What all kernels do wrong must not go by unseen."""
        history = self.history(KNOWN, KNOWN)
        self.assertEqual(history.changes(), [])
        self.assertTrue(history.notable())

    def test_change_names_the_feature_that_decides(self):
        """And not one that is new, but decides nothing here."""
        decides = {"depends": ["checks"]}
        history = self.history(KNOWN | decides, REFUSED | decides, here={1})
        self.assertEqual(history.changes(), [(0, 1, ["checks"])])

    def test_change_without_feature_is_of_the_memory(self):
        """A driver may map its memory in another way."""
        history = self.history({}, REFUSED, here={1})
        self.assertEqual(history.changes(), [(0, 1, [])])
        self.assertTrue(history.other_memory(0, 1))

    def test_surprise_is_not_explained_away(self):
        """Nobody knows yet why."""
        history = self.history({"outcome": "surprise", "faults": ["?"]}, REFUSED)
        self.assertEqual(history.changes(), [(0, 1, [])])
        self.assertFalse(history.other_memory(0, 1))

    def test_skipped_kernel_changes_nothing(self):
        """The kernels around it are compared."""
        self.assertEqual(self.history(REFUSED, SKIPPED, REFUSED).changes(), [])

    def test_what_would_crash_is_notable(self):
        """It breaks the law, though nobody let it; and has no verdict to compare."""
        history = self.history(PREVENTED, REFUSED)
        self.assertEqual(history.changes(), [])
        self.assertTrue(history.notable())
        self.assertEqual(mark(history.rows[0]), "**–!**")

    def test_change_is_seen_across_a_skipped_kernel(self):
        """Between those that said something."""
        self.assertEqual(self.history({}, SKIPPED, REFUSED).changes(), [(0, 2, [])])

    def test_layout_by_luck_is_not_notable(self):
        """Pages lie as they come: that is no change of the kernel."""
        history = self.history({}, {"verdict": "EFAULT", "rule": "scattered"})
        self.assertTrue(history.by_layout())
        self.assertFalse(history.notable())

    def test_accepted_and_refused_breach_differ(self):
        """Both are known, but not the same."""
        history = self.history(KNOWN, KNOWN | {"verdict": "EFAULT"})
        self.assertEqual(len(history.changes()), 1)
        self.assertEqual([mark(one) for one in history.rows], ["**✓!**", "**✕!**"])

    def test_order_and_labels(self):
        """By version, not by the alphabet; what shares a version is told apart."""
        for target, version in (("b", "6.12.3"), ("a", "7.3.4"), ("a-debug", "7.3.4"),
                                ("c", "6.2.1")):
            self.write(target, version, [row()])
        self.assertEqual([run.label for run in read_runs(self.folder.name)],
                         ["6.2", "6.12", "7.3", "7.3 debug"])

    def test_machines_and_halves_are_left_out(self):
        """A machine that died leaves half a file, and no kernel must be judged by it."""
        self.write("t", "6.1", [row()])
        self.write("t.dma32", "6.1", [row()])
        os.mkdir(os.path.join(self.folder.name, "dead"))
        with open(os.path.join(self.folder.name, "dead", "rows.json"), "w",
                  encoding="utf-8") as file:
            file.write('{"kernel": "6')
        complaints = io.StringIO()
        with redirect_stderr(complaints):
            runs = read_runs(self.folder.name)
        self.assertEqual([run.target for run in runs], ["t"])
        self.assertIn("dead", complaints.getvalue())

    def test_since(self):
        """Stable versions, oldest first."""
        self.assertEqual(since(FEATURE), "since Linux 6.5, stable 5.15.8, 6.1.9")
        self.assertEqual(since(FEATURE | {"backports": [], "until": "7.3"}),
                         "since Linux 6.5, gone with 7.3")

    def test_table_has_what_changed(self):
        """With the cause, and kinds of which the same is said on one line."""
        decides = {"depends": ["checks"]}
        for i, said in enumerate((KNOWN | decides, REFUSED | decides)):
            self.write(f"t{i}", f"6.{i + 1}", [row(**said), row(**said | {"kind": "other"})], i)
        text = table(read_runs(self.folder.name), [])
        self.assertIn("| mem, other | platform, capture | **✓!** | ✕ | it does not look; "
                      "`checks` since Linux 6.5, stable 5.15.8, 6.1.9 |", text)


if __name__ == "__main__":
    unittest.main()
