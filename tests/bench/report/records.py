# SPDX-License-Identifier: GPL-2.0-only
"""How long make demo and make check took when they last ran, by what they have left. That
is real time of this host, and of whatever else it did meanwhile."""
import os
import re

from samples import Series

CLOCK = "host"


def lines(path):
    """Of a file, or none if there is no such file."""
    if not os.path.exists(path):
        return []
    with open(path, encoding="utf-8", errors="replace") as file:
        return file.read().splitlines()


def machine_seconds(folder):
    """By the machine's own clock, from its start to its end, or None if it saw no end."""
    ends = [re.match(r"\[ *([0-9.]+)\] reboot: Power down", line)
            for line in lines(os.path.join(folder, "console.log"))]
    return next((float(end.group(1)) for end in ends if end), None)


def is_whole(folder, suites):
    """Whether these suites are what a run of make check was of."""
    return set(lines(os.path.join(folder, "suites"))) == set(suites)


def seconds_per_verdict(folder):
    """Of the suite pincheck, or None."""
    said = lines(os.path.join(folder, "pincheck.ktap"))
    verdicts = sum(line.startswith("ok ") and "# SKIP" not in line for line in said)
    seconds = [int(line.split()[-1]) for line in said if line.startswith("# seconds: ")]
    return seconds[0] / verdicts if seconds and verdicts else None


def read_records(build, target, suites):
    """Series, as of a run, from the folder that all is built in."""
    demo, check = os.path.join(build, "demo"), os.path.join(build, "check", target)
    found = {("demo", target): (machine_seconds(demo), "s"),
             ("check", target): (machine_seconds(check) if is_whole(check, suites) else None, "s"),
             ("verdict", target): (seconds_per_verdict(check), "s/verdict")}
    return {(*key, CLOCK): Series(unit, [value])
            for key, (value, unit) in found.items() if value is not None}
