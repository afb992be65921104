# SPDX-License-Identifier: GPL-2.0-only
"""Read the samples that the suites of tests/bench printed."""
import json
import os
import statistics
from dataclasses import dataclass


@dataclass
class Series:
    """All samples of one measure."""
    unit: str
    values: list

    @property
    def median(self):
        """Return the median, which goals and changes use."""
        return statistics.median(self.values)

    @property
    def spread(self):
        """Return the largest difference of two samples, divided by the median."""
        return (max(self.values) - min(self.values)) / self.median if self.median else 0.0


def read_samples(folder):
    """Return (series by (measure, variant, clock), [why something could not be measured])."""
    series, skipped = {}, []
    for name in sorted(os.listdir(folder)):
        if not name.endswith(".tsv"):
            continue
        with open(os.path.join(folder, name), encoding="utf-8") as file:
            for number, line in enumerate(file, 1):
                fields = line.rstrip("\n").split("\t")
                if fields[0] == "skip" and len(fields) == 2:
                    skipped.append(fields[1])
                    continue
                if len(fields) != 5:
                    raise ValueError(f"{name}:{number}: not five fields: {line!r}")
                *key, unit, value = fields
                series.setdefault(tuple(key), Series(unit, [])).values.append(float(value))
    return series, skipped


@dataclass
class Run:
    """One run of make bench on one machine."""
    machine: dict
    series: dict
    skipped: list

    @classmethod
    def measured(cls, folder, machine):
        """Return the run that a machine left in a folder."""
        with open(os.path.join(folder, "machine.json"), encoding="utf-8") as file:
            machine = machine | json.load(file)
        return cls(machine, *read_samples(folder))

    @classmethod
    def kept(cls, path):
        """Return a run that keep() wrote."""
        with open(path, encoding="utf-8") as file:
            data = json.load(file)
        series = {tuple(entry["key"]): Series(entry["unit"], entry["values"])
                  for entry in data["series"]}
        return cls(data["machine"], series, data["skipped"])

    def keep(self, path):
        """Write the run. An interrupted write leaves no incomplete file."""
        data = {"machine": self.machine, "skipped": self.skipped,
                "series": [{"key": key, "unit": series.unit, "values": series.values}
                           for key, series in self.series.items()]}
        with open(path + ".partial", "w", encoding="utf-8") as file:
            json.dump(data, file, indent=1)
        os.replace(path + ".partial", path)

    @property
    def counts_instructions(self):
        """Did the clock of that machine count instructions?"""
        return self.machine["icount"]

    def label(self):
        """Return the kernel, QEMU and the clock in words."""
        clock = "1 ns is 1 instruction" if self.counts_instructions else "real time"
        return f"Linux {self.machine['kernel']}, {self.machine['qemu']}; {clock}"
