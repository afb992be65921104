# SPDX-License-Identifier: GPL-2.0-only
"""A run beside the last one that was kept."""
import os
from dataclasses import dataclass

from records import CLOCK

KEPT = 20
# Slower by more than this is reported. Instructions repeat but for what interrupts
# come between, and that weighs more in the few thousand of a program that waits for frames.
# Real time does not, and least of all where the host does other things too.
OF_INSTRUCTIONS, OF_CALLER, OF_TIME, OF_HOST = 0.02, 0.05, 0.10, 0.25


def limit_of(run, clock):
    """For one clock on the machine of a run."""
    if clock == CLOCK:
        return OF_HOST
    if not run.counts_instructions:
        return OF_TIME
    return OF_CALLER if clock == "cpu-caller" else OF_INSTRUCTIONS


@dataclass
class Change:
    """One measure, this time and last time."""
    key: tuple
    ratio: float
    slower: bool

    @property
    def name(self):
        """In words."""
        measure, variant, clock = self.key
        return f"{measure} {variant} ({clock})"

    def __str__(self):
        return f"{self.name}: {self.ratio:.3g}x of last time"


def last_kept(folder, run):
    """What was measured last on the same machine: of each thing the newest, since a run
    may have been of some suites only."""
    series = {}
    for name in kept(folder):
        other = type(run).kept(os.path.join(folder, name))
        if other.machine["machine"] == run.machine["machine"]:
            series |= other.series
    return series


def kept(folder):
    """Names of the runs that were kept, oldest first."""
    if not os.path.isdir(folder):
        return []
    return sorted(name for name in os.listdir(folder) if name.endswith(".json"))


def keep(folder, run):
    """Keeps it, and of the older ones the last."""
    os.makedirs(folder, exist_ok=True)
    run.keep(os.path.join(folder, f"{run.machine['date']}-{run.machine['machine']}.json"))
    for name in kept(folder)[:-KEPT]:
        os.unlink(os.path.join(folder, name))


def changes(run, last):
    """Each measure that both have, the slowest first."""
    found = []
    for key, series in run.series.items():
        before = last.get(key)
        if before is None or not before.median:
            continue
        ratio = series.median / before.median
        # What scatters more than the limit has to leave its own scatter, too.
        limit = max(limit_of(run, key[2]), series.spread, before.spread)
        found.append(Change(key, ratio, ratio > 1 + limit))
    return sorted(found, key=lambda change: -change.ratio)
