# SPDX-License-Identifier: GPL-2.0-only
"""Tests of the results of a lab: "make matrix RESULTS=". The runs are invented."""
import io
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
import unittest

try:
    import tap  # pylint: disable=unused-import
except ImportError as error:
    raise unittest.SkipTest(f"{error}; make matrix RESULTS= installs it") from error

import lab_page as lab
from results import Results, Verdict, digest, read_plan
from sample_lab import base
from simulate import simulate, write, write_tarball

HERE = os.path.dirname(os.path.abspath(__file__))
CONSOLE = """[    0.0] Linux version 7.3.4+deb13-amd64 (a@b) (gcc 14, GNU ld 2.44) #1 SMP Debian 7.3.4-1 (2026-11-15)
[    1.0] rtc_cmos 00:03: setting system clock to 2026-11-28T05:25:08 UTC (1795843508)
"""


def job(**fields):
    """Return the file "job"."""
    fields = {"lab": "a", "board": "nuc", "kernel": "7.3.4", "target": "mainline",
              "began": "2026-11-28T05:25:08"} | fields
    return {"job": "".join(f"{name}={value}\n" for name, value in fields.items())}


class TestLab(unittest.TestCase):
    """What the page of a lab has, from folders and tarballs."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.top = os.path.join(folder.name, "results")

    def add(self, where, files):
        """Write a run as a folder or as a tarball."""
        path = os.path.join(self.top, where)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        (write_tarball if ".tar" in where else write)(path, files)

    def data(self, plan=()):
        """Return the data of the page, and what depends on the places of the files apart."""
        results = Results(self.top)
        data = lab.data(results, results.lost(plan))
        return data, [data.pop("twice"), data.pop("left_out")]

    def run_lab(self, *arguments):
        """Run the program, and return its exit status, output and errors."""
        done = subprocess.run([sys.executable, "-B", os.path.join(HERE, "lab"), *arguments],
                              capture_output=True, text=True, check=False)
        return done.returncode, done.stdout, done.stderr

    def test_any_order(self):
        """The page is the same in whatever folders, order and form runs were delivered."""
        files = [base(version) | job(board=board) for version, board in
                 (("7.3.4", "nuc"), ("6.1.9", "rpi5"), ("7.3.4", "rock-5b"))]
        for i, one in enumerate(files):
            self.add(f"a/{i}", one)
        first, _ = self.data()
        shutil.rmtree(self.top)
        for i, one in enumerate(files):
            self.add(f"x{9 - i}/y/{9 - i}" + (".tar.gz" if i else ""), one)
        second, _ = self.data()
        self.assertEqual(len(first["jobs"]), 3)
        self.assertEqual(first, second)

    def test_twice(self):
        """A run that is delivered twice counts once, also as a tarball. Another run counts."""
        for where in "one", "two", "three.tar.gz":
            self.add(where, base() | job())
        self.add("four", base() | job(board="rpi5"))
        data, (twice, left_out) = self.data()
        self.assertEqual([one["name"] for one in data["jobs"]], ["a/nuc mainline", "a/rpi5 mainline"])
        self.assertEqual((len(twice), left_out), (2, []))
        self.assertEqual(len(data["jobs"][0]["runs"]), 1)
        files = {name: os.path.join(self.top, "one", name) for name in ("job", "suites")}
        self.assertEqual(digest(files), digest(dict(reversed(files.items()))))

    def test_lost(self):
        """A job of the plan without a result is named: on standard error, and in the page."""
        self.add("one", base() | job())
        plan, page = (os.path.join(self.folder, name) for name in ("plan", "lab.html"))
        with open(plan, "w", encoding="utf-8") as file:
            file.write("# tonight\nboard=nuc kernel=7.3.*\n\nboard=nuc kernel=6.1.*  # old\nboard=rpi*\n")
        code, said, errors = self.run_lab(self.top, page, plan)
        self.assertEqual(code, 0)
        self.assertIn("1 jobs, 0 with failed tests, 2 lost; 0 delivered twice, 0 left out", said)
        self.assertEqual(errors, "lab: no result of the job board=nuc kernel=6.1.*\n"
                                 "lab: no result of the job board=rpi*\n")
        with open(page, encoding="utf-8") as file:
            self.assertIn('"lost":["board=nuc kernel=6.1.*","board=rpi*"]', file.read())

    def test_wrong_plan(self):
        """A word that is no NAME=PATTERN is an error, with its line."""
        plan = os.path.join(self.folder, "plan")
        for line in "nuc", "board=nuc borad=rpi5":
            with open(plan, "w", encoding="utf-8") as file:
                file.write("board=*\n" + line + "\n")
            with self.assertRaisesRegex(ValueError, rf"plan:2: '{line}' must have words NAME=PATTERN"):
                read_plan(plan)
        code, said, errors = self.run_lab(self.top, os.path.join(self.folder, "lab.html"), "/nosuch")
        self.assertEqual((code, said), (2, ""))
        self.assertIn("/nosuch", errors)

    def test_make_check(self):
        """The folder of make check needs no file "job": its name and the kernel's log say it."""
        self.add("lab-1/trixie-backports.swiotlb", base() | {"revision": "304eebf5432d\n"})
        os.makedirs(os.path.join(self.top, "lab-1/trixie-backports.swiotlb/machine-1"))
        with open(os.path.join(self.top, "lab-1/trixie-backports.swiotlb/machine-1/console.log"), "w",
                  encoding="utf-8") as file:
            file.write(CONSOLE)
        (one,) = self.data()[0]["jobs"]
        self.assertEqual([one[name] for name in ("lab", "board", "target", "kernel", "page", "began", "revision")],
                         ["lab-1", "qemu-swiotlb", "trixie-backports", "7.3.4+deb13-amd64", "4K",
                          "2026-11-28T05:25:08", "304eebf5432d"])

    def test_left_out(self):
        """A run that is damaged, has not ended or names no kernel is left out with a message."""
        ended = base() | job()
        self.add("early", {name: text for name, text in ended.items() if name != "suites"})
        self.add("unknown", {"suites": "swap\n", "swap.ktap": "ok 1 - a\n1..1\n"})
        self.add("word", ended | {"job": "color=red\n"})
        self.add("rows", ended | {"rows.json": ended["rows.json"][:100]})
        self.add("empty.tar.gz", {})
        self.add("cut.tar.gz", ended)
        path = os.path.join(self.top, "cut.tar.gz")
        os.truncate(path, os.path.getsize(path) // 2)
        data, (_, left_out) = self.data()
        self.assertEqual(data["jobs"], [])
        said = dict(left_out)
        self.assertEqual(set(said), {"early", "unknown", "word", "rows", "empty.tar.gz", "cut.tar.gz"})
        for where, words in (("early", "has not ended"), ("unknown", "names the kernel"),
                             ("word", "the line 'color=red'"), ("rows", "file is damaged"),
                             ("empty.tar.gz", "has no run"), ("cut.tar.gz", "tarball is damaged")):
            self.assertIn(words, said[where])
        code, _, errors = self.run_lab(self.top, os.path.join(self.folder, "lab.html"))
        self.assertEqual((code, errors.count("is left out: ")), (1, 6))

    def test_hostile_tarball(self):
        """No member of a tarball is written outside, and links and other files are ignored."""
        os.makedirs(self.top)
        with tarfile.open(os.path.join(self.top, "evil.tar"), "w") as tar:
            for name, text in {f"../../r/{name}": text for name, text in (base() | job()).items()}.items():
                member = tarfile.TarInfo(name)
                member.size = len(text)
                tar.addfile(member, io.BytesIO(text.encode()))
            link = tarfile.TarInfo("../../r/swap.ktap")
            link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
            tar.addfile(link)
            tar.addfile(tarfile.TarInfo("../../r/.bashrc"))
        before = set(os.listdir(self.folder))
        data, _ = self.data()
        self.assertEqual([one["name"] for one in data["jobs"]], ["a/nuc mainline"])
        self.assertEqual(set(os.listdir(self.folder)), before)

    def test_changes(self):
        """Two runs of a job show what has changed: verdicts and tests, with both revisions."""
        failed = {"pincheck.ktap": "1..2\nok 1 - malloc\n# why\nnot ok 2 - thp\n"}
        self.add("new", base("7.3.4") | failed | job(began="2026-11-28T05:00:00", revision="bbb"))
        self.add("old", base("6.1.9") | job(began="2026-11-27T05:00:00", revision="aaa", kernel="6.1.9"))
        data, _ = self.data()
        self.assertEqual([run[1] for run in data["jobs"][0]["runs"]], ["aaa", "bbb"])
        self.assertEqual(data["ranges"], {"aaa..bbb": [[], 0]})
        tests = [change for change in data["changes"] if isinstance(change[0], str)]
        self.assertEqual(tests, [["pincheck: thp", 0, 0, 0, 1]])
        verdicts = {data["rows"][change[0]][0]: [data["verdicts"][number][:2] for number in change[3:]]
                    for change in data["changes"] if isinstance(change[0], int)}
        self.assertEqual([list(map(tuple, two)) for two in (verdicts["device-pages"],)],
                         [[("expected-failure", "accepted"), ("as-expected", "EFAULT")]])
        self.assertNotIn("malloc", verdicts)
        self.assertEqual(data["jobs"][0]["problems"], [("pincheck", "thp", ["why"])])

    def test_chance(self):
        """Memory that is scattered by chance is no change, but an unexpected verdict is."""
        refused = Verdict("as-expected", "EFAULT", "contiguity", "not-contiguous", "scattered", "", "")
        accepted = Verdict("as-expected", "accepted", "accepted", "pinned", "memory", "", "")
        self.assertFalse(lab.differ(refused, accepted))
        self.assertTrue(lab.differ(refused, accepted._replace(outcome="unexpected")))
        self.assertTrue(lab.differ(refused._replace(case="memory"), accepted))
        self.assertFalse(lab.differ(refused, accepted._replace(outcome="skipped")))

    def test_commits(self):
        """The commits between two revisions come from git, and at most ten are named."""
        repository = os.path.join(self.folder, "git")
        git = ["git", "-C", repository, "-c", "user.name=a", "-c", "user.email=a@example.org"]
        subprocess.run(["git", "init", "-q", repository], check=True)
        for i in range(13):
            subprocess.run([*git, "commit", "-q", "--allow-empty", "-m", f"change {i}"], check=True)
        self.addCleanup(setattr, lab, "HERE", lab.HERE)
        lab.HERE = repository
        ids = subprocess.run([*git, "log", "--format=%h"], check=True, text=True,
                             stdout=subprocess.PIPE).stdout.split()
        self.assertEqual(lab.commits(ids[1], ids[0] + "-dirty"), [[f"{ids[0]} change 12"], 1])
        many, count = lab.commits(ids[12], ids[0])
        self.assertEqual((len(many), count), (10, 12))
        self.assertEqual(lab.commits("", ids[0]), [[], 0])
        self.assertEqual(lab.commits("1234567", ids[0]), [[], 0])

    def test_a_hundred_boards(self):
        """A hundred simulated jobs with as many rows as real ones: read and written in 10 s of CPU."""
        bases = [base("7.3.4", 12), base("6.1.9", 12)]
        self.assertGreater(len(json.loads(bases[0]["rows.json"])["rows"]), 1288)
        expected = simulate(self.top, 100, bases)
        page = os.path.join(self.folder, "lab.html")
        began = time.process_time()
        results = Results(self.top)
        lost = results.lost(read_plan(self.top + ".plan"))
        lab.write_page(page, results, lost)
        lasted = time.process_time() - began
        self.assertEqual({"jobs": len(results.jobs), "lost": len(lost), "twice": len(results.twice),
                          "left_out": len(results.left_out)}, expected)
        self.assertLess(lasted, 10)
        self.assertLess(os.path.getsize(page), 2_000_000)


if __name__ == "__main__":
    unittest.main()
