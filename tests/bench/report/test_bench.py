# SPDX-License-Identifier: GPL-2.0-only
"""Tests of what a report makes of samples: python3 -m unittest discover tests/bench/report"""
import os
import tempfile
import unittest

from compare import KEPT, changes, keep, kept, last_kept
from goals import matched, read_goals, results
from page import write_page
from records import CLOCK, read_records
from samples import Run, Series, read_samples
from table import write_table

GOALS = """# a comment

frame vipin/*/small  cpu-thread  frame vivid/*/small  0.5  small, *
frame vipin/*        cpu-thread  frame vivid/*        1.0  any, *
count mine           count       -     -              0    none of mine
"""


def run(series, icount=True, machine="bench"):
    """A run with these samples, by (measure, variant, clock)."""
    about = {"kernel": "7", "qemu": "QEMU 8", "icount": icount, "machine": machine,
             "date": "20260101-000000"}
    return Run(about, {key: Series("ns", values) for key, values in series.items()}, [])


def frames(**cost):
    """A run of one sample of each variant; "_" is "/"."""
    return run({("frame", name.replace("_", "/"), "cpu-thread"): [value]
                for name, value in cost.items()})


class Goals(unittest.TestCase):
    """What is held against what."""

    def setUp(self):
        with tempfile.NamedTemporaryFile("w", delete=False) as file:
            file.write(GOALS)
        self.addCleanup(os.unlink, file.name)
        self.goals = read_goals(file.name)

    def ratios(self, some):
        """By name, and whether the goal is met."""
        return {result.name: (result.ratio, result.met) for result in results(some, self.goals)}

    def test_star_is_the_same_on_both_sides(self):
        self.assertEqual(matched("a/*/c", "a/b/d/c"), "b/d")
        self.assertIsNone(matched("a/*/c", "a/c"))
        self.assertIsNone(matched("a", "b"))

    def test_first_line_that_fits_counts(self):
        some = frames(vipin_x_small=60, vivid_x_small=100, vipin_x_large=60, vivid_x_large=100)
        self.assertEqual(self.ratios(some), {"small, x": (0.6, False), "any, x/large": (0.6, True)})

    def test_without_what_it_is_held_against_there_is_no_result(self):
        self.assertEqual(self.ratios(frames(vipin_x_small=60)), {})

    def test_against_nothing_the_median_counts(self):
        self.assertEqual(self.ratios(run({("count", "mine", "count"): [0, 0, 3]})),
                         {"none of mine": (0, True)})
        self.assertEqual(self.ratios(run({("count", "mine", "count"): [1]})),
                         {"none of mine": (1, False)})


class Last(unittest.TestCase):
    """A run beside the last one."""

    def slower(self, now, last):
        """The names of what is slower than it may be."""
        return [change.name for change in changes(now, last.series) if change.slower]

    def test_five_percent_more_instructions_are_told(self):
        self.assertEqual(self.slower(frames(a=105, b=100), frames(a=100, b=100)),
                         ["frame a (cpu-thread)"])
        self.assertEqual(self.slower(frames(a=101), frames(a=100)), [])
        self.assertEqual(self.slower(frames(a=50), frames(a=100)), [])

    def test_real_time_may_scatter(self):
        key = ("frame", "a", "wall")
        now, last = run({key: [105]}, icount=False), run({key: [100]}, icount=False)
        self.assertEqual(self.slower(now, last), [])
        self.assertEqual(self.slower(run({key: [115]}, icount=False), last),
                         ["frame a (wall)"])

    def test_what_scatters_has_to_leave_its_scatter(self):
        key = ("frame", "a", "cpu-thread")
        self.assertEqual(self.slower(run({key: [100, 105, 110]}), run({key: [100]})), [])
        self.assertEqual(self.slower(run({key: [119, 120, 121]}), run({key: [100]})),
                         ["frame a (cpu-thread)"])

    def test_only_the_same_machine_is_compared(self):
        with tempfile.TemporaryDirectory() as folder:
            keep(folder, frames(a=1))
            other = frames(a=2)
            other.machine["machine"] = "bench-real"
            self.assertEqual(last_kept(folder, other), {})
            self.assertEqual(last_kept(folder, frames(a=3)), frames(a=1).series)

    def test_the_newest_of_each_counts(self):
        with tempfile.TemporaryDirectory() as folder:
            keep(folder, frames(a=1, b=1))
            part = frames(a=2)
            part.machine["date"] = "20260102-000000"
            keep(folder, part)
            self.assertEqual(last_kept(folder, part), frames(a=2, b=1).series)

    def test_old_runs_go(self):
        with tempfile.TemporaryDirectory() as folder:
            for second in range(KEPT + 3):
                some = frames(a=second)
                some.machine["date"] = f"20260101-0000{second:02}"
                keep(folder, some)
            self.assertEqual(len(kept(folder)), KEPT)
            self.assertEqual(last_kept(folder, frames()), frames(a=KEPT + 2).series)


class Files(unittest.TestCase):
    """What is read and what is written."""

    def test_samples(self):
        with tempfile.TemporaryDirectory() as folder:
            with open(os.path.join(folder, "a.tsv"), "w", encoding="utf-8") as file:
                file.write("frame\ta\twall\tns\t3\nframe\ta\twall\tns\t1\nskip\twhy not\n")
            series, skipped = read_samples(folder)
            self.assertEqual(series[("frame", "a", "wall")].median, 2)
            self.assertEqual(series[("frame", "a", "wall")].spread, 1)
            self.assertEqual(skipped, ["why not"])
            with open(os.path.join(folder, "b.tsv"), "w", encoding="utf-8") as file:
                file.write("frame\ta\twall\n")
            self.assertRaises(ValueError, read_samples, folder)

    def test_records_of_other_runs(self):
        with tempfile.TemporaryDirectory() as folder:
            self.assertEqual(read_records(folder, "t", ["pincheck"]), {})
            check = os.path.join(folder, "check", "t")
            os.makedirs(check)
            for name, text in (("console.log", "[    1.0] x\n[   12.5] reboot: Power down\n"),
                               ("pincheck.ktap", "ok 1 - a\nok 2 - b # SKIP\nok 3 - c\n"
                                                 "not ok 4 - d\n# seconds: 3\n"),
                               ("suites", "pincheck\n")):
                with open(os.path.join(check, name), "w", encoding="utf-8") as file:
                    file.write(text)
            said = {key: series.median
                    for key, series in read_records(folder, "t", ["pincheck"]).items()}
            self.assertEqual(said, {("check", "t", CLOCK): 12.5, ("verdict", "t", CLOCK): 1.5})
            self.assertNotIn(("check", "t", CLOCK), read_records(folder, "t", ["pincheck", "race"]))

    def test_page_and_table_say_what_is_missed(self):
        goals = [["frame", "vipin", "cpu-thread", "frame", "vivid", 1.0, "beside <vivid>"]]
        some = frames(vipin=3, vivid=2, other=1)
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "page")
            for write in (write_table, lambda *args: write_page(*args, [])):
                write(path, some, results(some, goals))
                with open(path, encoding="utf-8") as file:
                    text = file.read()
                self.assertIn("MISSED", text)
                self.assertIn("frame other", text)
            self.assertIn("beside &lt;vivid&gt;", text)


if __name__ == "__main__":
    unittest.main()
