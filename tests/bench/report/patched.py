# SPDX-License-Identifier: GPL-2.0-only
"""Compare a target that has the patches for the kernel with the same kernel without them."""
from dataclasses import replace

from plots import length

SUFFIX = "-fixed"
STOCK = "stock:"
# The measure and the policy of the table, and the memory of its variants, in words.
MEASURE, POLICY = "qbuf-new", "kernel"
MEMORY = {"platform/huge": "huge pages, no IOMMU", "pci/huge": "huge pages, behind an IOMMU",
          "platform/4KiB-pages": "4 KiB pages, no IOMMU",
          "pci/4KiB-pages": "4 KiB pages, behind an IOMMU"}
HEAD = ["memory", "size", "pin alone", "stock", "patched", "at most", "result"]


def stock_target(target):
    """Return the target without the patches, or None if this one has none."""
    return target.removesuffix(SUFFIX) if target.endswith(SUFFIX) else None


def beside_stock(run, stock):
    """Return the run, together with the series of a run without the patches."""
    missing = [] if stock else ["goals against the stock kernel: run make bench on it first"]
    return replace(run, skipped=run.skipped + missing,
                   series=run.series | {(STOCK + key[0], *key[1:]): series
                                        for key, series in stock.items()})


def is_stock(key):
    """Is this a measure of the kernel without the patches?"""
    return key[0].startswith(STOCK)


def most(run, result):
    """Return the most that the median may be."""
    return result.at_most * (run.series[result.against].median if result.against else 1)


def rows(run, found):
    """Return (memory, size, median of the pin, the stock and the patched kernel, limit) for
    each variant of the measure that has goals. run is one of beside_stock()."""
    limits = {}
    for result in found:
        if result.key[0] == MEASURE:
            limits.setdefault(result.key, []).append(most(run, result))
    table = []
    for key, several in limits.items():
        _, variant, clock = key
        place, size, policy = variant.rsplit("/", 2)
        pin = run.series.get(("pin-alone", f"{place.split('/')[1]}/{size}", clock))
        stock = run.series.get((STOCK + MEASURE, variant, clock))
        if place in MEMORY and policy == POLICY and pin and stock:
            table.append((MEMORY[place], size, pin.median, stock.median,
                          run.series[key].median, min(several)))
    order = list(MEMORY.values())
    return sorted(table, key=lambda row: (order.index(row[0]), length(row[1])))
