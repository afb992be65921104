# SPDX-License-Identifier: GPL-2.0-only
"""Tests of the drawing of kernels. The runs are invented."""
import unittest
from xml.etree import ElementTree

from runs import Run
from timeline import LINES, cell, columns, draw


def run(target, version, outcome, verdict):
    """Return a run in which each row of the drawing has the same verdict."""
    rows = [{"kind": kind, "variant": "", "driver": "vipin", "bus": "PCI+IOMMU",
             "direction": direction, "policy": "kernel", "outcome": outcome,
             "verdict": verdict, "case": "memory"} for kind, direction, _ in LINES]
    return Run(target, {"kernel": version, "build": "", "version": version, "total": {},
                        "cases": [], "features": [], "kinds": [], "rows": rows})


class TimelineTest(unittest.TestCase):
    """What a reader sees of each kernel."""

    def test_a_column_for_each_series(self):
        """The run with more verdicts stands for its series; a patched one has its own column."""
        runs = [run("trixie", "6.12.1", "skipped", ""),
                run("trixie-instrumented", "6.12.1", "as-expected", "EFAULT"),
                run("trixie-backports", "7.3.4", "as-expected", "EFAULT"),
                run("trixie-backports-fixed", "7.3.4", "as-expected", "EFAULT")]
        chosen = columns(runs)
        self.assertEqual(list(chosen), ["6.12", "7.3", "7.3 fixed"])
        self.assertEqual(chosen["6.12"].target, "trixie-instrumented")

    def test_all_patches(self):
        """Patched modules do not stand for a series if a kernel with all patches has run."""
        runs = [run("trixie-backports-fixed", "7.3.4", "as-expected", "EFAULT"),
                run("trixie-backports-fixed-instrumented", "7.3.4", "as-expected", "EFAULT"),
                run("trixie-backports-fixed-debug", "7.3.4", "as-expected", "EFAULT")]
        self.assertEqual(columns(runs)["7.3 fixed"].target, runs[1].target)

    def test_words(self):
        """A cell says what happened, and whether that is right."""
        for outcome, verdict, expected in (
                ("as-expected", "accepted", ("right", "pinned")),
                ("as-expected", "EFAULT", ("right", "refused")),
                ("expected-failure", "accepted", ("wrong", "pinned")),
                ("expected-failure", "EFAULT", ("wrong", "refused")),
                ("expected-failure", "EINTR", ("wrong", "never returns")),
                ("unexpected", "accepted", ("wrong", "pinned")),
                ("skipped", "", ("none", "not there"))):
            row = {"outcome": outcome, "verdict": verdict, "case": "memory"}
            self.assertEqual(cell(row), expected)
        for outcome, words in (("as-expected", "moved, pinned"),
                               ("expected-failure", "pinned in place")):
            row = {"outcome": outcome, "verdict": "accepted", "case": "migrated"}
            self.assertEqual(cell(row)[1], words)
        self.assertEqual(cell(None), ("none", "not there"))
        self.assertEqual(cell({"outcome": "skipped", "quirk": "crashes"}),
                         ("wrong", "would crash"))

    def test_drawing_is_xml(self):
        """A bar of each line lasts as long as kernels do the same."""
        runs = [run("bookworm", "6.1.1", "as-expected", "EFAULT"),
                run("trixie", "6.12.1", "as-expected", "EFAULT")]
        bars = "{http://www.w3.org/2000/svg}rect"
        drawing = ElementTree.fromstring(draw(runs))
        self.assertEqual(len(drawing.findall(bars)), len(LINES))
        runs.append(run("trixie-backports", "7.3.4", "expected-failure", "accepted"))
        drawing = ElementTree.fromstring(draw(runs))
        self.assertEqual(len(drawing.findall(bars)), 2 * len(LINES))


if __name__ == "__main__":
    unittest.main()
