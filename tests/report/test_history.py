# SPDX-License-Identifier: GPL-2.0-only
"""Tests of the reports: python3 -m unittest discover tests/report"""
import io
import json
import os
import re
import tempfile
import unittest
from contextlib import redirect_stderr

from history import histories, since
from page import data, differing, write_page
from runs import read_runs
from table import mark, table

FEATURE = {"name": "checks", "sentence": "it checks", "source": "abc", "ended_by": "",
           "since": "6.5", "until": "", "backports": ["6.1.9", "5.15.8"]}
CASES = [{"name": name, "rule": 2, "source": "gup.c", "instead": ""}
         for name in ("memory", "device-mapped", "scattered")]


def row(**fields):
    """Return a row of v4l2-pincheck, which is as expected unless fields say otherwise."""
    return {"kind": "mem", "variant": "", "driver": "vipin", "bus": "platform",
            "scattered": False, "direction": "capture", "policy": "kernel",
            "outcome": "as-expected", "verdict": "accepted", "decided_by": "accepted",
            "reason": "pinned", "sentence": "pinned", "case": "memory", "expected": "",
            "depends": [], "faults": [], "frames": 0} | fields


REFUSED = {"verdict": "EFAULT", "case": "device-mapped"}
QUIRK = {"outcome": "expected-failure", "case": "device-mapped", "quirk": "it does not look",
         "quirk_source": "def"}
SKIPPED = {name: value for name, value in row(outcome="skipped", skip="none here").items()
           if name not in ("verdict", "decided_by", "reason", "sentence", "case", "expected",
                           "depends")}


PREVENTED = SKIPPED | {"quirk": "it would crash", "quirk_source": "def"}


class TestHistory(unittest.TestCase):
    """Differences between kernels, from folders as make check leaves them."""

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def write(self, target, version, rows, here=False, schema=1, machine="x86_64"):
        """Write the report of a kernel."""
        os.mkdir(os.path.join(self.folder.name, target))
        with open(os.path.join(self.folder.name, target, "rows.json"), "w",
                  encoding="utf-8") as file:
            json.dump({"schema": schema, "kernel": version, "build": "#1", "machine": machine,
                       "version": version,
                       "cases": CASES, "features": [FEATURE | {"here": here}],
                       "kinds": [{"name": "mem", "sentence": "some memory"},
                                 {"name": "other", "sentence": "other memory"}],
                       "variants": [{"name": "", "sentence": "a frame"}], "rows": rows,
                       "total": {"pointers": 1, "as-expected": 1, "expected-failure": 0,
                                 "unexpected": 0, "skipped": 0, "frames": 0}}, file)

    def runs(self):
        """Return the runs, and what was reported on the standard error output."""
        complaints = io.StringIO()
        with redirect_stderr(complaints):
            return read_runs(self.folder.name), complaints.getvalue()

    def history(self, *rows_of_kernels, here=()):
        """Return the history of one row, on kernels 6.1, 6.2, ..."""
        for i, one in enumerate(rows_of_kernels):
            rows = [one if one in (SKIPPED, PREVENTED) else row(**one)]
            self.write(f"t{i}", f"6.{i + 1}", rows, i in here)
        return histories(read_runs(self.folder.name))[0]

    def test_same_is_not_notable(self):
        """A refusal that a rule asks for is not notable."""
        history = self.history(REFUSED, REFUSED)
        self.assertEqual(history.changes(), [])
        self.assertFalse(history.notable())

    def test_failure_is_notable_without_change(self):
        """A quirk that all kernels have is shown."""
        history = self.history(QUIRK, QUIRK)
        self.assertEqual(history.changes(), [])
        self.assertTrue(history.notable())

    def test_change_names_the_feature_that_decides(self):
        """A feature that is new but does not decide is not named."""
        decides = {"depends": ["checks"]}
        history = self.history(QUIRK | decides, REFUSED | decides, here={1})
        self.assertEqual(history.changes(), [(0, 1, ["checks"])])

    def test_change_without_feature_is_of_the_memory(self):
        """A driver may map its memory in another way."""
        history = self.history({}, REFUSED, here={1})
        self.assertEqual(history.changes(), [(0, 1, [])])
        self.assertTrue(history.other_memory(0, 1))

    def test_unexpected_is_not_explained(self):
        """The cause of an unexpected row is not known yet."""
        history = self.history({"outcome": "unexpected", "faults": ["?"]}, REFUSED)
        self.assertEqual(history.changes(), [(0, 1, [])])
        self.assertFalse(history.other_memory(0, 1))

    def test_skipped_kernel_changes_nothing(self):
        """The kernels before and after it are compared."""
        self.assertEqual(self.history(REFUSED, SKIPPED, REFUSED).changes(), [])

    def test_row_that_would_crash_is_notable(self):
        """It is a failure, and it has no verdict to compare."""
        history = self.history(PREVENTED, REFUSED)
        self.assertEqual(history.changes(), [])
        self.assertTrue(history.notable())
        self.assertEqual(mark(history.rows[0]), "**◇**")

    def test_change_is_seen_across_a_skipped_kernel(self):
        """The kernels that have a verdict are compared."""
        self.assertEqual(self.history({}, SKIPPED, REFUSED).changes(), [(0, 2, [])])

    def on_two_machines(self, there, here):
        """Return the history of a row on Linux 6.1 of x86_64, 7.3 of x86_64 and 7.3 of aarch64."""
        for target, version, machine, fields in (("z", "7.3.1", "aarch64", here),
                                                 ("b", "7.3.4", "x86_64", there),
                                                 ("a", "6.1.9", "x86_64", there)):
            self.write(target, version, [row(**fields)], machine=machine)
        return histories(self.runs()[0])[0]

    def test_machines_are_compared_by_series(self):
        """Another machine is no change of the kernel. It is notable, and its runs come last."""
        history = self.on_two_machines({}, {"verdict": "EINVAL", "case": "device-mapped"})
        self.assertEqual([run.machine for run in history.runs], ["x86_64", "x86_64", "aarch64"])
        self.assertEqual((history.changes(), history.by_machine()), ([], [(1, 2)]))
        self.assertTrue(history.notable())
        self.assertEqual(history.newest(), [1, 2])

    def test_same_verdict_on_two_machines_is_not_notable(self):
        """The reasons may differ."""
        other = {"verdict": "EINVAL", "case": "memory"}
        self.assertFalse(self.on_two_machines(REFUSED, other).notable())

    def test_layout_on_two_machines_is_not_notable(self):
        """Pages that are scattered by chance are no difference between machines."""
        self.assertFalse(self.on_two_machines({}, REFUSED | {"case": "scattered"}).notable())

    def test_layout_by_chance_is_not_notable(self):
        """The place of pages depends on chance, not on the kernel."""
        history = self.history({}, {"verdict": "EFAULT", "case": "scattered"})
        self.assertTrue(history.by_layout())
        self.assertFalse(history.notable())

    def test_accepted_and_refused_failures_differ(self):
        """Both are expected failures, with different verdicts."""
        history = self.history(QUIRK, QUIRK | {"verdict": "EFAULT"})
        self.assertEqual(len(history.changes()), 1)
        self.assertEqual([mark(one) for one in history.rows], ["**✓!**", "**–!**"])

    def test_order_and_labels(self):
        """Runs are sorted by version. Runs of one version get different labels."""
        for target, version in (("b", "6.12.3"), ("a", "7.3.4"), ("a-debug", "7.3.4"),
                                ("c", "6.2.1")):
            self.write(target, version, [row()])
        self.assertEqual([run.label for run in read_runs(self.folder.name)],
                         ["6.2", "6.12", "7.3", "7.3 debug"])

    def test_machines_and_incomplete_files_are_left_out(self):
        """A machine that died leaves an incomplete file."""
        self.write("t", "6.1", [row()])
        self.write("t.dma32", "6.1", [row()])
        os.mkdir(os.path.join(self.folder.name, "dead"))
        with open(os.path.join(self.folder.name, "dead", "rows.json"), "w",
                  encoding="utf-8") as file:
            file.write('{"kernel": "6')
        runs, complaints = self.runs()
        self.assertEqual([run.target for run in runs], ["t"])
        self.assertIn("dead", complaints)

    def test_other_schema_is_reported(self):
        """The message says what to do."""
        for target, schema in (("old", None), ("new", 2)):
            self.write(target, "6.1", [row()], schema=schema)
            runs, complaints = self.runs()
            self.assertEqual(runs, [])
            self.assertIn(f"has schema {schema}, not 1", complaints)
            self.assertIn(f"make check TARGET={target}", complaints)

    def test_page_has_what_differs_from_the_row_before(self):
        """A row that repeats the row before it is empty, and a missing row stays missing."""
        rows = differing([row(), row(), None, row(verdict="EFAULT", reason="vma-io", frames=3)])
        self.assertEqual(rows[1:], [{}, None, {"verdict": "EFAULT", "reason": "vma-io",
                                               "frames": 3}])

    def test_page_is_filled_in(self):
        """No mark is left, and the data can be read again."""
        self.write("t", "6.1", [row(**REFUSED, sentence="</script>"), SKIPPED | {"kind": "other"}])
        runs, _ = self.runs()
        path = os.path.join(self.folder.name, "page.html")
        write_page(path, runs, [])
        with open(path, encoding="utf-8") as file:
            page = file.read()
        self.assertEqual(re.findall(r"@[A-Z]+@", page), [])
        text = re.search(r'id="data">(.*?)</script>', page, re.DOTALL).group(1)
        self.assertEqual(json.loads(text), json.loads(json.dumps(data(runs, []))))

    def test_since(self):
        """Stable versions are listed, the oldest first."""
        self.assertEqual(since(FEATURE), "since Linux 6.5, stable 5.15.8, 6.1.9")
        self.assertEqual(since(FEATURE | {"since": ""}), "in no released kernel")
        self.assertEqual(since(FEATURE | {"backports": [], "until": "7.3"}),
                         "since Linux 6.5, until 7.3")

    def test_table_has_what_changed(self):
        """The table has the cause. Kinds with the same verdicts share a line."""
        decides = {"depends": ["checks"]}
        for i, one in enumerate((QUIRK | decides, REFUSED | decides)):
            self.write(f"t{i}", f"6.{i + 1}", [row(**one), row(**one | {"kind": "other"})], i)
        text = table(read_runs(self.folder.name), [])
        self.assertIn("| mem, other | platform, capture | **✓!** | – | it does not look; "
                      "`checks` since Linux 6.5, stable 5.15.8, 6.1.9 |", text)

    def test_table_counts_what_strict_does_not_put_right(self):
        """Each quirk has a line, and the lines add up."""
        rows = [row(policy="strict"), row(policy="strict", kind="other", **QUIRK)]
        self.write("t", "6.1", rows)
        text = table(self.runs()[0], [])
        self.assertIn("2 verdicts of policy `strict`", text)
        self.assertIn("1 of them are not as expected", text)
        self.assertIn("| it does not look | accepted | 1 | other | 6.1 |", text)


if __name__ == "__main__":
    unittest.main()
