# SPDX-License-Identifier: GPL-2.0-only
"""Read the results of a lab: folders or tarballs of runs, from many boards, in any order."""
import fnmatch
import glob
import hashlib
import os
import re
import tarfile
import tempfile
from collections import namedtuple

import runs
from checked import Suite, Unusable, kernel_of, read, start_of

# What identifies a job, and what else the file "job" of a run can say.
JOB = ("lab", "board", "target")
FIELDS = JOB + ("kernel", "page", "began", "revision")
ARCHIVES = (".tar", ".tar.gz", ".tgz", ".tar.xz", ".tar.bz2")
# The files of a run that are read. A tarball can have any others.
WANTED = re.compile(r"[^/]+\.ktap|suites|job|revision|rows\.json|vivid\.json|(machine-\d+/)?console\.log")
PAGE = re.compile(r"^# +pages of (\d+) KiB", re.MULTILINE)


# What the page shows of a verdict. Sentences have addresses, so they are kept for faults only.
Verdict = namedtuple("Verdict", "outcome verdict decided_by reason case quirk skip")


class Known:
    """What all runs share: a thousand of them have the same verdicts, and the same words."""

    def __init__(self):
        self.verdicts, self.keys = {}, {}
        self.kinds, self.cases, self.quirks = {}, {}, {}

    def add(self, report):
        """Return the verdicts of a report: {key: number of a verdict}."""
        self.kinds |= {row["kind"] + row["variant"]: report.kinds[row["kind"]]
                       for row in report.rows.values()}
        self.cases |= report.cases
        self.quirks |= {row["quirk"]: row["quirk_source"] for row in report.rows.values() if row.get("quirk")}
        return {self.keys.setdefault(key, key): self.number(row) for key, row in report.rows.items()}

    def number(self, row):
        """Return the number of a row's verdict."""
        verdict = Verdict(*(row.get(name, "") for name in Verdict._fields))
        return self.verdicts.setdefault(verdict, len(self.verdicts))


class Delivered:
    """A run, read from the files that it left: {name: path}. Where it was found names the lab."""

    def __init__(self, where, files, known):
        self.where = where
        if "suites" not in files:
            raise Unusable("the run has not ended: it has no file 'suites'")
        names = read(files["suites"]).split()
        suites = [Suite(name, files.get(name + ".ktap", "")) for name in names]
        self.counts, self.problems = counts(suites), list(problems(suites))
        self.job = dict.fromkeys(FIELDS, "") | self._found(files) | job_of(files)
        report = self._report(files)
        self.verdicts = known.add(report) if report else {}
        self.faults = {key: row["faults"] for key, row in report.rows.items() if row.get("faults")} \
            if report else {}
        if not self.job["kernel"] and report:
            self.job["kernel"] = report.kernel
        if not self.job["kernel"]:
            raise Unusable("neither the file 'job' nor console.log nor rows.json names the kernel")
        self.job["target"] = self.job["target"] or runs.series(self.job["kernel"])
        said = PAGE.search(read(files["pincheck.ktap"])) if "pincheck.ktap" in files else None
        self.job["page"] = self.job["page"] or (said[1] + "K" if said else "")
        self.digest = digest(files)

    def _found(self, files):
        """Return what make check leaves: the folder's name, the kernel's log, the revision."""
        lab, _, name = self.where.rpartition("/")
        logs = [read(path) for file, path in sorted(files.items()) if file.endswith("console.log")]
        if not logs:
            return {"lab": lab, "board": name}
        target, _, machine = name.partition(".")
        return {"lab": lab, "board": "qemu-" + (machine or "default"), "target": target,
                "kernel": kernel_of(logs).release, "began": start_of(logs),
                "revision": read(files["revision"]).strip() if "revision" in files else ""}

    def _report(self, files):
        """Return the verdicts, if v4l2-pincheck has run."""
        try:
            reports = [runs.Run(self.where, runs.load_report(files[name]))
                       for name in ("rows.json", "vivid.json") if name in files]
        except (ValueError, KeyError) as error:
            raise Unusable(f"v4l2-pincheck's file is damaged: {error}") from error
        for other in reports[1:]:
            reports[0].add(other)
        return reports[0] if reports else None

    def key(self):
        """Return what is the same for all runs of a job."""
        return tuple(self.job[name] for name in JOB)


def counts(suites):
    """Return the numbers of passed, failed and skipped tests, as make check counts."""
    results = [result for suite in suites for result in suite.results]
    skipped = sum(result.skipped for result in results)
    passed = sum(result.ok and not result.skipped for result in results)
    faults = sum(bool(suite.fault()) for suite in suites)
    return passed, len(results) - passed - skipped + faults, skipped


def problems(suites):
    """Return (suite, test, lines that explain it) of each failed test and incomplete suite."""
    for suite in suites:
        for result in suite.results:
            if not result.ok and not result.skipped:
                yield suite.name, result.name, result.why[-12:]
        if suite.fault():
            yield suite.name, "", [suite.fault()]


def job_of(files):
    """Return what the file "job" says. Its lines are name=value."""
    job = {}
    for line in read(files["job"]).splitlines() if "job" in files else []:
        name, equals, value = line.partition("=")
        if name not in FIELDS or not equals:
            raise Unusable(f"the file 'job' has the line '{line}'; "
                           f"its lines are NAME=VALUE, and a NAME is one of: {' '.join(FIELDS)}")
        job[name] = value.strip()
    return job


def digest(files):
    """Return a number of all files that does not depend on where they are."""
    whole = hashlib.sha256()
    for name in sorted(files):
        with open(files[name], "rb") as file:
            whole.update(name.encode() + hashlib.sha256(file.read()).digest())
    return whole.hexdigest()


def unpack(archive, folder):
    """Unpack the files of runs from a tarball. Only plain files with names that are known."""
    with tarfile.open(archive) as tar:
        for member in tar:
            name = os.path.normpath("/" + member.name)
            inner = "/".join(name.split("/")[-2:])
            if member.isfile() and (WANTED.fullmatch(inner) or WANTED.fullmatch(os.path.basename(name))):
                os.makedirs(folder + os.path.dirname(name), exist_ok=True)
                with open(folder + name, "wb") as file:
                    file.write(tar.extractfile(member).read())


def run_folders(top):
    """Return the folders that have a run, which need not be complete."""
    return [folder for folder, _, names in sorted(os.walk(top))
            if any(name in ("suites", "rows.json") or name.endswith(".ktap") for name in names)
            and not os.path.basename(folder).startswith("machine-")]


def files_of(folder):
    """Return the files of a run: {name: path}."""
    paths = glob.glob(os.path.join(glob.escape(folder), "*")) + \
        glob.glob(os.path.join(glob.escape(folder), "machine-*", "console.log"))
    found = {os.path.relpath(path, folder): path for path in paths if os.path.isfile(path)}
    return {name: path for name, path in found.items() if WANTED.fullmatch(name)}


def deliveries(top):
    """Return (where, files) of each run below top, with a folder that keeps unpacked ones."""
    unpacked = tempfile.TemporaryDirectory()  # pylint: disable=consider-using-with
    found, damaged = [], []
    for folder in run_folders(top):
        found.append((os.path.relpath(folder, top), files_of(folder)))
    for folder, _, names in sorted(os.walk(top)):
        for name in sorted(names):
            if not name.endswith(ARCHIVES):
                continue
            path = os.path.join(folder, name)
            where = os.path.relpath(folder, top)
            into = tempfile.mkdtemp(dir=unpacked.name)
            try:
                unpack(path, into)
            except (tarfile.TarError, OSError, EOFError) as error:
                damaged.append((os.path.relpath(path, top), f"the tarball is damaged: {str(error).splitlines()[0]}"))
                continue
            inside = run_folders(into)
            if not inside:
                damaged.append((os.path.relpath(path, top), "the tarball has no run"))
            stem = name.split(".tar")[0].removesuffix(".tgz")
            found += [(os.path.normpath(os.path.join(where, os.path.basename(one) if one != into else stem)),
                       files_of(one)) for one in inside]
    return found, damaged, unpacked


class Job:
    """All runs of one job, oldest first."""

    def __init__(self, delivered):
        self.runs = sorted(delivered, key=lambda run: (run.job["began"], run.digest))
        self.job = self.runs[-1].job
        self.name = " ".join(filter(None, ["/".join(filter(None, [self.job["lab"], self.job["board"]])),
                                           self.job["target"]]))


class Results:
    """The results of a lab. They are the same in whatever order the runs were delivered."""

    def __init__(self, top):
        by_digest, self.twice, self.known = {}, [], Known()
        found, self.left_out, unpacked = deliveries(top)
        with unpacked:
            for where, files in sorted(found, key=lambda one: one[0]):
                try:
                    run = Delivered(where, files, self.known)
                except Unusable as why:
                    self.left_out.append((where, str(why)))
                    continue
                if run.digest in by_digest:
                    self.twice.append((where, by_digest[run.digest].where))
                    continue
                by_digest[run.digest] = run
        by_key = {}
        for run in by_digest.values():
            by_key.setdefault(run.key(), []).append(run)
        self.jobs = [Job(by_key[key]) for key in sorted(by_key)]

    def lost(self, plan):
        """Return the lines of a plan that no run fulfils."""
        jobs = [run.job for job in self.jobs for run in job.runs]
        return [line for line, wanted in plan
                if not any(all(fnmatch.fnmatchcase(job[name], pattern) for name, pattern in wanted)
                           for job in jobs)]


def read_plan(path):
    """Return the lines of a plan: [(line, [(name, pattern)])]. Raise ValueError with the reason."""
    plan = []
    with open(path, encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            words = line.partition("#")[0].split()
            wanted = [tuple(word.split("=", 1)) for word in words]
            if any(len(pair) != 2 or pair[0] not in FIELDS for pair in wanted):
                raise ValueError(f"{path}:{number}: '{line.strip()}' must have words NAME=PATTERN; "
                                 f"a NAME is one of: {' '.join(FIELDS)}")
            if wanted:
                plan.append((" ".join(words), wanted))
    return plan
