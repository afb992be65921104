# SPDX-License-Identifier: GPL-2.0-only
"""Tests of the report: python3 -m unittest discover tests/bench/report"""
import os
import tempfile
import unittest

from compare import KEPT, changes, keep, kept, last_kept
from goals import goals_of, matched, read_goals, results
from headlines import headlines
from page import write_page
from patched import beside_stock, rows, stock_target
from plot import Axis, spread_out, svg
from plots import commits_plot, frame_bytes, length, plots
from records import CLOCK, read_records, verdicts
from samples import Run, Series, read_samples
from table import write_table

GOALS = """# a comment

frame vipin/*/small  cpu-thread  frame vivid/*/small  0.5  small, *
frame vipin/*        cpu-thread  frame vivid/*        1.0  any, *
count mine           count       -     -              0    none of mine
"""


def run(series, icount=True, machine="bench"):
    """Return a run with these samples, by (measure, variant, clock)."""
    about = {"kernel": "7", "qemu": "QEMU 8", "icount": icount, "machine": machine,
             "date": "20260101-000000"}
    return Run(about, {key: Series("ns", values) for key, values in series.items()}, [])


def frames(**cost):
    """Return a run of one sample of each variant; "_" is "/"."""
    return run({("frame", name.replace("_", "/"), "cpu-thread"): [value]
                for name, value in cost.items()})


class Goals(unittest.TestCase):
    """Goals, and the measures that they are about."""

    def setUp(self):
        with tempfile.NamedTemporaryFile("w", delete=False) as file:
            file.write(GOALS)
        self.addCleanup(os.unlink, file.name)
        self.goals = read_goals(file.name)

    def ratios(self, some):
        """Return the ratio of each goal, and whether it is met."""
        return {result.name: (result.ratio, result.met) for result in results(some, self.goals)}

    def test_star_is_the_same_on_both_sides(self):
        self.assertEqual(matched("a/*/c", "a/b/d/c"), "b/d")
        self.assertIsNone(matched("a/*/c", "a/c"))
        self.assertIsNone(matched("a", "b"))

    def test_first_line_that_fits_counts(self):
        some = frames(vipin_x_small=60, vivid_x_small=100, vipin_x_large=60, vivid_x_large=100)
        self.assertEqual(self.ratios(some), {"small, x": (0.6, False), "any, x/large": (0.6, True)})

    def test_no_result_without_the_other_measure(self):
        self.assertEqual(self.ratios(frames(vipin_x_small=60)), {})

    def test_against_nothing_the_median_counts(self):
        self.assertEqual(self.ratios(run({("count", "mine", "count"): [0, 0, 3]})),
                         {"none of mine": (0, True)})
        self.assertEqual(self.ratios(run({("count", "mine", "count"): [1]})),
                         {"none of mine": (1, False)})


class Patched(unittest.TestCase):
    """A target with the patches for the kernel, beside the one without."""

    GOALS = [["qbuf-new", "pci/huge/*/kernel", "wall", "pin-alone", "huge/*", (1, 6500), "*"],
             ["qbuf-new", "pci/huge/*/kernel", "wall", "stock:qbuf-new", "pci/huge/*/kernel",
              (1, 0), "*"]]

    def test_name_of_the_stock_target(self):
        self.assertEqual(stock_target("trixie-backports-fixed"), "trixie-backports")
        self.assertIsNone(stock_target("trixie-backports"))

    def test_goals_of_a_target_come_first(self):
        with tempfile.TemporaryDirectory() as folder:
            for name, limit in (("goals", "1.15"), ("goals.t", "1+4500")):
                with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
                    file.write(f"a b wall c d {limit} words\n")
            self.assertEqual([goal[5] for goal in goals_of(folder, "t")], [(1, 4500), (1.15, 0)])
            self.assertEqual([goal[5] for goal in goals_of(folder, "u")], [(1.15, 0)])

    def table(self, cost, stock):
        """Return the rows of one size whose pin costs 1000."""
        key = ("qbuf-new", "pci/huge/4KiB/kernel", "wall")
        both = beside_stock(run({key: [cost], ("pin-alone", "huge/4KiB", "wall"): [1000]}),
                            run({key: [stock]}).series)
        return rows(both, results(both, self.GOALS))

    def test_missing_stock_is_reported(self):
        self.assertIn("stock", beside_stock(run({}), {}).skipped[0])
        self.assertEqual(beside_stock(run({}), frames(a=1).series).skipped, [])

    def test_lowest_limit_counts(self):
        memory = "huge pages, behind an IOMMU"
        self.assertEqual(self.table(7600, 9000), [(memory, "4KiB", 1000, 9000, 7600, 7500)])
        self.assertEqual(self.table(7400, 7000), [(memory, "4KiB", 1000, 7000, 7400, 7000)])

    def test_table_reports_missed_goals(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "table")
            for cost, words in ((7600, "Goals missed: 1 of 1"), (7400, "Goals missed: 0 of 1")):
                write_table(path, run({}), [], self.table(cost, 9000))
                with open(path, encoding="utf-8") as file:
                    self.assertIn(words, file.read())
            write_table(path, run({}), [])
            with open(path, encoding="utf-8") as file:
                self.assertIn("patches for videobuf2 were not measured", file.read())


class OtherArchitecture(unittest.TestCase):
    """The headlines of another architecture."""

    def test_section_says_what_was_measured(self):
        arm = run({("cache", f"{device}/{call}", "wall"): [cost]
                   for device, cost in (("coherent", 100), ("non-coherent", 300))
                   for call in ("prepare", "finish")})
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "table")
            for other, words in ((arm, "| a coherent device: 200\u00a0ns | 3.00 |"),
                                 (None, "64-bit Arm was not measured")):
                write_table(path, run({}), [], (), other)
                with open(path, encoding="utf-8") as file:
                    self.assertIn(words, file.read())


class Last(unittest.TestCase):
    """A run, compared with the run before."""

    def slower(self, now, last):
        """Return the names of the measures that are slower than allowed."""
        return [change.name for change in changes(now, last.series) if change.slower]

    def test_five_percent_more_instructions_are_reported(self):
        self.assertEqual(self.slower(frames(a=105, b=100), frames(a=100, b=100)),
                         ["frame a (cpu-thread)"])
        self.assertEqual(self.slower(frames(a=101), frames(a=100)), [])
        self.assertEqual(self.slower(frames(a=50), frames(a=100)), [])

    def test_real_time_may_vary(self):
        key = ("frame", "a", "wall")
        now, last = run({key: [105]}, icount=False), run({key: [100]}, icount=False)
        self.assertEqual(self.slower(now, last), [])
        self.assertEqual(self.slower(run({key: [115]}, icount=False), last),
                         ["frame a (wall)"])

    def test_measure_that_varies_has_to_leave_its_spread(self):
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

    def test_old_runs_are_removed(self):
        with tempfile.TemporaryDirectory() as folder:
            for second in range(KEPT + 3):
                some = frames(a=second)
                some.machine["date"] = f"20260101-0000{second:02}"
                keep(folder, some)
            self.assertEqual(len(kept(folder)), KEPT)
            self.assertEqual(last_kept(folder, frames()), frames(a=KEPT + 2).series)


class Plots(unittest.TestCase):
    """The figures that most readers want, and the plots."""

    def test_sizes(self):
        self.assertEqual(frame_bytes("vipin/mmap/YUYV/640x480"), 640 * 480 * 2)
        self.assertEqual(frame_bytes("NV12/640x480"), 640 * 480 * 3 // 2)
        self.assertEqual(length("64KiB"), 65536)

    def test_log_axis_ends_at_powers_of_ten(self):
        axis = Axis([20, 3000], 0, 300, True)
        self.assertEqual([axis.place(value) for value in axis.ticks()], [0, 100, 200, 300])

    def test_labels_are_not_above_each_other(self):
        moved = sorted(spread_out([50, 52, 10, 51]))
        self.assertTrue(all(b - a >= 14 for a, b in zip(moved, moved[1:])))

    def test_plots_have_the_samples_in_order_of_size(self):
        some = frames(vipin_mmap_YUYV_1280x720=300, vipin_mmap_YUYV_640x480=100,
                      vivid_mmap_YUYV_640x480=400)
        frame, qbuf, *_ = plots(some, [])
        self.assertEqual(frame.lines, {"vivid": [(614400, 400)],
                                       "vipin": [(614400, 100), (1843200, 300)]})
        self.assertEqual(qbuf.lines, {})
        self.assertEqual(svg(frame).count("<circle"), 3)

    def test_commits_are_those_that_were_recorded(self):
        key = ("check", "t", CLOCK)
        none, one, two = run({}), run({key: [60]}), run({key: [90]})
        one.machine |= {"commit": "a", "verdicts": 1000}
        two.machine |= {"commit": "b", "verdicts": 1220}
        plot = commits_plot([none, one, two])
        self.assertEqual(plot.names, {0: "a", 1: "b"})
        self.assertEqual(plot.lines, {"verdicts": [(0, 1000), (1, 1220)],
                                      "minutes": [(0, 1), (1, 1.5)]})

    def test_headlines_are_of_what_was_measured(self):
        self.assertEqual(headlines(run({})), [])
        some = frames(vipin_mmap_YUYV_1920x1080=500e3, vivid_mmap_YUYV_1920x1080=2e6)
        self.assertEqual(headlines(some), [["a frame of 1920x1080, MMAP", "500\u00a0µs",
                                            "vivid: 2\u00a0ms", "0.25"]])


class Files(unittest.TestCase):
    """The files that are read and written."""

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
            self.assertEqual(verdicts(folder, "t"), 2)
            records = {key: series.median
                       for key, series in read_records(folder, "t", ["pincheck"]).items()}
            self.assertEqual(records, {("check", "t", CLOCK): 12.5, ("verdict", "t", CLOCK): 1.5})
            self.assertNotIn(("check", "t", CLOCK), read_records(folder, "t", ["pincheck", "race"]))

    def test_page_and_table_report_missed_goals(self):
        goals = [["frame", "vipin", "cpu-thread", "frame", "vivid", (1.0, 0), "beside <vivid>"]]
        some = frames(vipin=3, vivid=2, other=1)
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "page")
            for write in (write_table, lambda *args: write_page(*args, [])):
                write(path, some, results(some, goals))
                with open(path, encoding="utf-8") as file:
                    text = file.read()
                self.assertIn("missed", text)
                self.assertIn("frame other", text)
            self.assertIn("beside &lt;vivid&gt;", text)


if __name__ == "__main__":
    unittest.main()
