#!/usr/bin/env -S python3 -B
# SPDX-License-Identifier: GPL-2.0-only
"""Usage: sample.py FOLDER

Write into FOLDER a small bench.html for check-pages. The figures are invented.
"""
import os
import sys

from compare import Change
from goals import results
from page import write_page
from plots import length
from records import CLOCK
from samples import Run, Series

SIZES = ["4KiB", "64KiB", "2MiB", "32MiB"]
GOALS = [["frame", "vipin/mmap/*", "cpu-thread", "frame", "vivid/mmap/*", (1.0, 0),
          "MMAP frame, *"],
         ["qbuf-new", "pci/huge/*/kernel", "wall", "pin-alone", "huge/*", (1.0, 4500), "QBUF, *"],
         ["allocations", "*", "count", "-", "-", (0, 0), "allocations per frame, *"]]


def run(commit, seconds):
    """Return a run with samples of every plot."""
    values = {("copy", "memcpy", "cpu-thread"): 0.4, ("copy", "copy_page", "cpu-thread"): 0.1,
              ("copy", "vipin/userptr", "cpu-thread"): 0.2, ("allocations", "vipin", "count"): 0,
              ("check", "t", CLOCK): seconds, ("other", "measure", "wall"): 1}
    for width, height in ((640, 480), (1920, 1080), (3840, 2160)):
        for i, device in enumerate(("vipin/mmap", "vipin/userptr", "vipin-iommu/userptr",
                                    "vivid/mmap")):
            values["frame", f"{device}/YUYV/{width}x{height}", "cpu-thread"] = \
                (0.3 + 0.1 * i) * width * height
    for size in SIZES:
        values["pin-alone", f"huge/{size}", "wall"] = 1500 + length(size) / 200
        for policy, more in (("kernel", 5000), ("strict", 6000)):
            values["qbuf-new", f"pci/huge/{size}/{policy}", "wall"] = more + length(size) / 20
    about = {"kernel": "7.3-sample", "qemu": "QEMU", "icount": True, "machine": "bench",
             "commit": commit, "verdicts": 1000}
    return Run(about, {key: Series("ns", [value]) for key, value in values.items()},
               ["nothing else was measured"])


def main():
    """Write the page."""
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    last = run("c0ffee1", 80)
    changed = [Change(("other", "measure", "wall"), 1.5, True)]
    os.makedirs(sys.argv[1], exist_ok=True)
    write_page(os.path.join(sys.argv[1], "bench.html"), last, results(last, GOALS), changed,
               [run("c0ffee0", 90)])


main()
