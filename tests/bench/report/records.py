# SPDX-License-Identifier: GPL-2.0-only
"""Read the times of the last make demo and make check from their files.
These are real times of this host, so other work on it makes them longer."""
import os
import re

from samples import Series

CLOCK = "host"


def lines(path):
    """Return the lines of a file, or none if there is no such file."""
    if not os.path.exists(path):
        return []
    with open(path, encoding="utf-8", errors="replace") as file:
        return file.read().splitlines()


def machine_seconds(folder):
    """Return how long a machine ran, by its own clock, or None if its end was not recorded."""
    ends = [re.match(r"\[ *([0-9.]+)\] reboot: Power down", line)
            for line in lines(os.path.join(folder, "console.log"))]
    return next((float(end.group(1)) for end in ends if end), None)


def is_whole(folder, suites):
    """Did this run of make check have exactly these suites?"""
    return set(lines(os.path.join(folder, "suites"))) == set(suites)


def verdicts(build, target):
    """Return how many verdicts the suite pincheck had."""
    ktap = lines(os.path.join(build, "check", target, "pincheck.ktap"))
    return sum(line.startswith("ok ") and "# SKIP" not in line for line in ktap)


def seconds_per_verdict(build, target):
    """Return how long a verdict of the suite pincheck took, or None."""
    ktap = lines(os.path.join(build, "check", target, "pincheck.ktap"))
    seconds = [int(line.split()[-1]) for line in ktap if line.startswith("# seconds: ")]
    count = verdicts(build, target)
    return seconds[0] / count if seconds and count else None


def read_records(build, target, suites):
    """Return series, as a run has them, from the folder of all builds."""
    demo, check = os.path.join(build, "demo"), os.path.join(build, "check", target)
    found = {("demo", target): (machine_seconds(demo), "s"),
             ("check", target): (machine_seconds(check) if is_whole(check, suites) else None, "s"),
             ("verdict", target): (seconds_per_verdict(build, target), "s/verdict")}
    return {(*key, CLOCK): Series(unit, [value])
            for key, (value, unit) in found.items() if value is not None}
