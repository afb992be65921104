#!/usr/bin/env -S python3 -B
# SPDX-License-Identifier: GPL-2.0-only
"""Usage: sample.py FOLDER

Write into FOLDER small pages for check-pages: report.html as v4l2-pincheck --html writes it,
and matrix.html. Each outcome and each layout is in them. The verdicts are invented.
"""
import os
import sys

from page import ONE_KERNEL, STRINGS, differing, fill, read, script_text, write_page
from runs import Run, name_runs

FEATURES = [{"name": name, "sentence": sentence, "source": "123456789abc", "ended_by": "",
             "since": "6.2", "until": "", "backports": ["6.1.9"], "here": True}
            for name, sentence in (("looks", "a pin looks at the mapping"),
                                   ("waits", "a pin waits for userspace"))]
CASES = [{"name": name, "rule": rule, "source": "gup.c, check_vma_flags()", "instead": instead}
         for name, rule, instead in (("memory", 7, ""), ("device-mapped", 2, "use own memory"),
                                     ("scattered", 5, "use a huge page"))]
KINDS = {"malloc": "memory of every application", "huge-page": "contiguous memory",
         "device-pages": "pages that a driver maps as VM_IO",
         "device-pages-that-have-not-been-touched-yet": "the same, before the first access",
         "hole": "a mapping with a hole", "broken": "a kind with an unexpected verdict",
         "gigantic": "a page that this machine does not have"}
VARIANTS = {"": "a frame, where the memory starts", ":page": "a page"}

REFUSED = {"verdict": "EFAULT", "decided_by": "vma-check", "reason": "vma-io", "frames": 0,
           "sentence": "VMA 7f65d4bbc000-7f65d4bf7000 is VM_IO (file /dev/vimap)",
           "case": "device-mapped"}
SCATTERED = {"verdict": "EFAULT", "decided_by": "contiguity", "reason": "not-contiguous",
             "sentence": "contiguous for 4096 of 230400 bytes", "case": "scattered", "frames": 0}
QUIRK = {"quirk": "GUP-fast does not look at the mapping", "quirk_source": "gup.c"}


def row(kind, variant, bus, direction, policy, old):
    """Return a row: what v4l2-pincheck could write of this kind, device and policy."""
    said = {"kind": kind, "variant": variant, "driver": "vipin", "bus": bus,
            "scattered": bus != "platform", "direction": direction, "policy": policy,
            "outcome": "as-expected", "verdict": "accepted", "decided_by": "accepted",
            "reason": "pinned", "sentence": "pinned", "case": "memory", "expected": "accepted",
            "depends": ["looks"], "faults": [], "frames": 4}
    if kind == "gigantic":
        return said | {"outcome": "skipped", "skip": "no free huge page of 1 GiB", "frames": 0}
    if kind == "hole" and old and direction == "output":
        return said | {"outcome": "skipped", "skip": "not run", "frames": 0} | QUIRK
    if kind == "malloc" and bus == "platform" and not variant:
        return said | SCATTERED
    if kind.startswith("device-pages") or kind == "hole":
        said |= REFUSED
    if kind.startswith("device-pages") and old and policy == "kernel":
        said |= {"outcome": "expected-failure", "verdict": "accepted"} | QUIRK
    if kind == "broken" and direction == "capture" and policy == "strict":
        said |= REFUSED | {"outcome": "unexpected", "faults": ["the verdict is EFAULT"]}
    return said


def report(version, old):
    """Return a report of one kernel."""
    rows = [row(kind, variant, bus, direction, policy, old)
            for bus in ("platform", "PCI+IOMMU") for direction in ("capture", "output")
            for variant in VARIANTS for policy in ("strict", "kernel") for kind in KINDS]
    outcomes = [one["outcome"] for one in rows]
    total = {name: outcomes.count(name) for name in
             ("as-expected", "expected-failure", "unexpected", "skipped")}
    return {"schema": 1, "kernel": version + "-sample", "build": "#1", "version": version,
            "cases": CASES, "features": [one | {"here": not old} for one in FEATURES],
            "kinds": [{"name": name, "sentence": words} for name, words in KINDS.items()],
            "variants": [{"name": name, "sentence": words} for name, words in VARIANTS.items()],
            "rows": rows, "total": total | {
                "pointers": len(rows) - total["skipped"],
                "frames": sum(one["frames"] for one in rows)}}


def other_machine(one):
    """Return a report as of another machine, which refuses a kind that the first one accepts."""
    for line in one["rows"]:
        if line["kind"] == "huge-page":
            line.update(REFUSED)
    return one | {"machine": "aarch64"}


def main():
    """Write the pages."""
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    folder = sys.argv[1]
    os.makedirs(folder, exist_ok=True)
    one = report("6.1.9", True)
    one["rows"] = differing(one["rows"], ("kind", "variant", "driver", "bus", "direction", "policy",
                                          "expected", "quirk_source", *STRINGS))
    page = fill(read(ONE_KERNEL, "report.html"), ROWS=script_text(one))
    with open(os.path.join(folder, "report.html"), "w", encoding="utf-8") as file:
        file.write(page)
    runs = [Run(target, report(version, old)) for target, version, old in
            (("old", "5.10.262", True), ("new", "7.3.4", False), ("new-debug", "7.3.4", False))]
    runs.append(Run("new-arm64", other_machine(report("7.3.4", False))))
    name_runs(runs)
    cases = [{"title": "A pointer stopped working", "direction": "capture",
              "links": ["https://example.org/issues/1"], "kinds": ["device-pages"]},
             {"title": "A machine differs", "direction": "capture", "answer": "Its cache does, too.",
              "links": ["https://example.org/issues/2"], "kinds": ["huge-page"]}]
    write_page(os.path.join(folder, "matrix.html"), runs, cases)


if __name__ == "__main__":
    main()
