# SPDX-License-Identifier: GPL-2.0-only
"""Compare a run with the last run that was kept."""
import os
from dataclasses import dataclass

from records import CLOCK

KEPT = 20
# A measure that is slower by more than this is reported. Counts of instructions repeat, except
# for interrupts; those weigh more in a program that waits for frames, because it executes only
# a few thousand instructions. Real time varies, most of all where the host does other work too.
OF_INSTRUCTIONS, OF_CALLER, OF_TIME, OF_HOST = 0.02, 0.05, 0.10, 0.25


def limit_of(run, clock):
    """Return the limit for one clock on the machine of a run."""
    if clock == CLOCK:
        return OF_HOST
    if not run.counts_instructions:
        return OF_TIME
    return OF_CALLER if clock == "cpu-caller" else OF_INSTRUCTIONS


@dataclass
class Change:
    """The change of one measure since the run before."""
    key: tuple
    ratio: float
    slower: bool

    @property
    def name(self):
        """Return the measure in words."""
        measure, variant, clock = self.key
        return f"{measure} {variant} ({clock})"

    def __str__(self):
        return f"{self.name}: {self.ratio:.3g} times the run before"


def kept_runs(folder, run):
    """Return the kept runs of the same machine, oldest first."""
    others = (type(run).kept(os.path.join(folder, name)) for name in kept(folder))
    return [other for other in others if other.machine["machine"] == run.machine["machine"]]


def last_kept(folder, run):
    """Return the newest samples of each measure on the same machine. A run may have
    only some of the suites."""
    series = {}
    for other in kept_runs(folder, run):
        series |= other.series
    return series


def kept(folder):
    """Return the names of the kept runs, oldest first."""
    if not os.path.isdir(folder):
        return []
    return sorted(name for name in os.listdir(folder) if name.endswith(".json"))


def keep(folder, run):
    """Keep the run, and delete all but the newest KEPT runs."""
    os.makedirs(folder, exist_ok=True)
    run.keep(os.path.join(folder, f"{run.machine['date']}-{run.machine['machine']}.json"))
    for name in kept(folder)[:-KEPT]:
        os.unlink(os.path.join(folder, name))


def changes(run, last):
    """Return the changes of the measures that both have, the slowest first."""
    found = []
    for key, series in run.series.items():
        before = last.get(key)
        if before is None or not before.median:
            continue
        ratio = series.median / before.median
        # If samples differ by more than the limit, only a larger change is reported.
        limit = max(limit_of(run, key[2]), series.spread, before.spread)
        found.append(Change(key, ratio, ratio > 1 + limit))
    return sorted(found, key=lambda change: -change.ratio)
