# SPDX-License-Identifier: GPL-2.0-only
"""Read what make check leaves of a run: the kernel that booted, and the results of each suite."""
import fcntl
import glob
import hashlib
import os
import re
import subprocess
from collections import namedtuple

from tap.parser import Parser

# The kernel's first message, which names its release, its compiler and its build.
BANNER = re.compile(r"Linux version (?P<release>\S+) \([^()]*\) \((?P<tools>.*)\) (?P<build>#\d+ .*)")
DEBIAN = re.compile(r"Debian (\S+)")
CLOCK = re.compile(r"setting system clock to (\S+) UTC")

Kernel = namedtuple("Kernel", "release compiler build debian")
Target = namedtuple("Target", "arch config patches drivers merged")
# "why" has the lines that explain the result: diagnostics, or the reason of a skip.
Result = namedtuple("Result", "number name ok skipped why")


class Unusable(Exception):
    """A folder has no complete run."""


def read(path):
    """Return a text. A machine that dies can leave any bytes in it."""
    with open(path, encoding="utf-8", errors="replace") as file:
        return file.read().replace("\0", "\ufffd")


class Suite:
    """The KTAP file of a suite. Without a file the suite did not run."""

    def __init__(self, name, path):
        self.name = name
        self.ran = os.path.exists(path)
        self.planned = None
        self.skipped = self.bailed = ""
        self.seconds = None
        self.results = []
        if self.ran:
            self._read(path)

    def _read(self, path):
        why = []
        for line in Parser().parse_text(read(path)):
            if line.category == "test":
                self.results.append(Result(
                    line.number or len(self.results) + 1, line.description.removeprefix("- "),
                    line.ok, line.skip, [line.directive.reason] if line.skip else why))
                why = []
            elif line.category == "diagnostic":
                # Diagnostic lines of a test come before its result.
                why.append(line.text.removeprefix("#").removeprefix(" "))
                self._note_seconds(why[-1])
            elif line.category == "plan":
                self.planned = line.expected_tests
                self.skipped = line.directive.reason if line.skip else ""
            elif line.category == "bail":
                self.bailed = line.reason

    def _note_seconds(self, words):
        lasted = re.fullmatch(r"seconds: (\d+)", words)
        if lasted:
            self.seconds = int(lasted[1])

    def without_result(self):
        """Return the numbers of the tests that were planned and have no result."""
        seen = {result.number for result in self.results}
        return [number for number in range(1, (self.planned or 0) + 1) if number not in seen]

    def fault(self):
        """Return in words why the suite is not complete, or nothing."""
        if not self.ran:
            return "the suite did not run"
        if self.bailed:
            return f"the suite bailed out: {self.bailed}"
        if self.planned is None:
            return f"the suite ended early: {len(self.results)} results and no plan"
        if self.planned != len(self.results):
            return f"{len(self.results)} results, but {self.planned} planned"
        if not self.results and not self.skipped:
            return "no test ran"
        return ""


class Run:
    """A folder that make check has left, named TARGET or TARGET.MACHINE."""

    def __init__(self, folder):
        self.name = os.path.basename(folder)
        self.target, _, self.machine = self.name.partition(".")
        self.machine = self.machine or "default"
        # make check holds this lock.
        lock = os.open(folder, os.O_RDONLY)
        try:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
            self._read(folder)
        except BlockingIOError:
            raise Unusable("make check is running there") from None
        finally:
            os.close(lock)

    def _read(self, folder):
        suites = os.path.join(folder, "suites")
        if not os.path.exists(suites):
            raise Unusable("the run has not ended")
        names = read(suites).split()
        logs = sorted(glob.glob(os.path.join(folder, "machine-*", "console.log")))
        consoles = [read(log) for log in logs]
        self.kernel = kernel_of(consoles)
        self.began = start_of(consoles)
        revision = os.path.join(folder, "revision")
        self.revision = read(revision).strip() if os.path.exists(revision) else ""
        paths = [os.path.join(folder, name + ".ktap") for name in names]
        self.suites = [Suite(name, path) for name, path in zip(names, paths)]
        self.digest = digest([suites, *logs, *filter(os.path.exists, paths)])


def kernel_of(consoles):
    """Return the kernel that wrote these logs."""
    banner = next(filter(None, map(BANNER.search, consoles)), None)
    if not banner:
        raise Unusable("no console.log names the kernel")
    debian = DEBIAN.search(banner["build"])
    return Kernel(banner["release"], banner["tools"].split(", ")[0], banner["build"].strip(),
                  debian[1] if debian else "")


def start_of(consoles):
    """Return when the first machine started. Not every kernel reports its clock."""
    clocks = [found[1] for found in map(CLOCK.search, consoles) if found]
    return min(clocks, default="")


def digest(paths):
    """Return a number that differs between two runs, because their clocks do."""
    whole = hashlib.sha256()
    for path in paths:
        with open(path, "rb") as file:
            whole.update(hashlib.sha256(file.read()).digest())
    return whole.hexdigest()


def target_of(name):
    """Return what the file of a target says, or None if the target is not there any more."""
    variables = " ".join(f'"$(echo ${name})"' for name in Target._fields)
    scripts = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "vm")
    said = subprocess.run(
        ["bash", "-c", f'. "$0/common.sh" && read_target "$1" && printf "%s\\n" {variables}',
         scripts, name], env={"PATH": os.environ["PATH"], "HOME": "/"}, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
    return Target(*said.stdout.splitlines()) if said.returncode == 0 else None
