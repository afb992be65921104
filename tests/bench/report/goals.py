# SPDX-License-Identifier: GPL-2.0-only
"""Read the goals, and compare a run with them."""
import os
from dataclasses import dataclass

FIELDS = 7


@dataclass
class Result:
    """A goal, for one variant."""
    name: str
    key: tuple
    against: tuple
    at_most: float
    ratio: float

    @property
    def met(self):
        """Is the goal met?"""
        return self.ratio <= self.at_most


def parse_limit(text):
    """Return (factor, addend) for "1.15", or for "1+4500"."""
    factor, _, addend = text.partition("+")
    return float(factor), float(addend or 0)


def goals_of(folder, target):
    """Return all goals of a target. Those that it has alone come first."""
    own = os.path.join(folder, f"goals.{target}")
    return (read_goals(own) if os.path.exists(own) else []) + \
        read_goals(os.path.join(folder, "goals"))


def read_goals(path):
    """Return the lines of the file as lists of fields, without the comments."""
    goals = []
    with open(path, encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            if line.startswith("#") or not line.strip():
                continue
            fields = line.split(maxsplit=FIELDS - 1)
            if len(fields) != FIELDS:
                raise ValueError(f"{path}:{number}: not {FIELDS} fields")
            fields[5] = parse_limit(fields[5])
            fields[6] = fields[6].strip()
            goals.append(fields)
    return goals


def matched(pattern, text):
    """Return the part of text that "*" matches ("" without a "*"), or None if nothing matches."""
    head, star, tail = pattern.partition("*")
    if not star:
        return "" if pattern == text else None
    if len(text) < len(head) + len(tail) or not text.startswith(head) or not text.endswith(tail):
        return None
    return text[len(head):len(text) - len(tail)]


def results(run, goals):
    """Return each goal for each variant that the run has samples of, in the order of the file."""
    found, seen = [], set()
    for measure, variant, clock, *against, (factor, addend), name in goals:
        for key, series in run.series.items():
            star = matched(variant, key[1])
            if (key[0], key[2]) != (measure, clock) or star is None:
                continue
            if against == ["-", "-"]:
                other, divisor = None, 1.0
            else:
                other = (against[0], against[1].replace("*", star), clock)
                if other not in run.series:
                    continue
                divisor = run.series[other].median
            if (key, other) in seen or not divisor:
                continue
            seen.add((key, other))
            found.append(Result(name.replace("*", star), key, other, factor + addend / divisor,
                                series.median / divisor))
    return found
