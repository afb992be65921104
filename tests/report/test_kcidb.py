# SPDX-License-Identifier: GPL-2.0-only
"""Tests of "make kcidb": tests/report/check-kcidb. The runs are invented."""
import copy
import fcntl
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

try:
    import jsonschema
    import tap  # pylint: disable=unused-import
except ImportError as error:
    raise unittest.SkipTest(f"{error}; make kcidb installs it") from error

HERE = os.path.dirname(os.path.abspath(__file__))
DEBIAN = ("Linux version 7.3.4+deb13-amd64 (debian-kernel@lists.debian.org) (x86_64-linux-gnu-gcc-14 "
          "(Debian 14.2.0-19) 14.2.0, GNU ld (GNU Binutils for Debian) 2.44) #1 SMP PREEMPT_DYNAMIC "
          "Debian 7.3.4-1~bpo13+1 (2026-11-15)")
COMPILED = ("Linux version 7.3.4 (root@vm) (gcc (Debian 14.2.0-19) 14.2.0, GNU ld (GNU Binutils for "
            "Debian) 2.44) #7 SMP PREEMPT Sat Nov 28 02:01:32 UTC 2026")
CLOCK = "rtc_cmos 00:03: setting system clock to {} UTC (1795843508)"
# Each status, each kind of explanation, and names that need care.
SUITES = {
    "race": """KTAP version 1
ok 1 - pci: one pointer
# 'swap 3' ended with 1
# | no page
not ok 2 - pci: "two" pointers, swapped (100 %)
ok 3 - pci: three planes # SKIP no IOMMU
# expected failure (kernel quirk gup-fast): it does not look (gup.c)
ok 4 - pci: four
ok 5 - pci: one pointer
ok 6 - pci: one-pointer/
ok 7 - pci: one=pointer/
ok 8 - ???
ok 9 - pci: six # XFAIL
1..9
# row: pci | 3
# seconds: 31
""",
    "pincheck": "KTAP version 1\n1..4\n# header\nok 1 - malloc\nok 2 - thp: page\n",
    "swap": "KTAP version 1\nok 1 - it begins\n",
    "tools": "KTAP version 1\nok 1 - it begins\nBail out! no device\n1..1\n",
    "kunit": "KTAP version 1\n1..0 # SKIP no KUnit\n",
    "storm": "KTAP version 1\n1..0\n# seconds: 0\n",
    "vimap": None,
}
REFUSED = {
    "a word that is no status": lambda data: data["tests"][0].update(status="OK"),
    "a path with a space": lambda data: data["tests"][0].update(path="vipin.a test"),
    "a path with an empty component": lambda data: data["tests"][0].update(path="vipin..test"),
    "an unknown field": lambda data: data["builds"][0].update(valid=True),
    "a test without a build": lambda data: data["tests"][0].pop("build_id"),
    "an id without an origin": lambda data: data["checkouts"][0].update(id="12"),
    "null": lambda data: data["builds"][0].update(compiler=None),
    "an excerpt that is too long": lambda data: data["tests"][0].update(log_excerpt="x" * 16385),
    "another architecture": lambda data: data["builds"][0].update(architecture="x86-64"),
    "a time without its zone": lambda data: data["tests"][0].update(start_time="2026-11-28T05:25:08"),
    "another version": lambda data: data["version"].update(major=4),
}


class TestKcidb(unittest.TestCase):
    """The file that make kcidb writes, from folders as make check leaves them."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.runs = os.path.join(folder.name, "check")
        self.file = os.path.join(folder.name, "report", "kcidb.json")

    def add(self, name, banner=DEBIAN, clock="2026-11-28T05:25:08", suites=None, revision=""):
        """Write a run, and return its folder."""
        folder = os.path.join(self.runs, name)
        os.makedirs(os.path.join(folder, "machine-1"))
        suites = suites or {"race": "ok 1 - pci\n1..1\n"}
        texts = {suite + ".ktap": text for suite, text in suites.items() if text is not None}
        texts["suites"] = "".join(suite + "\n" for suite in suites)
        texts["machine-1/console.log"] = "".join(
            f"[    {i}.000000] {line}\n" for i, line in enumerate((banner, CLOCK.format(clock))))
        if revision:
            texts["revision"] = revision + "\n"
        for path, text in texts.items():
            with open(os.path.join(folder, path), "w", encoding="utf-8") as file:
                file.write(text)
        return folder

    def run_kcidb(self, *arguments):
        """Run the program, and return its exit status, output and errors."""
        done = subprocess.run([sys.executable, "-B", os.path.join(HERE, "kcidb"), *arguments],
                              capture_output=True, text=True, check=False)
        return done.returncode, done.stdout, done.stderr

    def kcidb(self, origin="lab_1"):
        """Make the file of all runs, check it, and return what it has."""
        code, _, errors = self.run_kcidb(self.runs, origin, self.file)
        self.assertEqual((code, errors), (0, ""))
        with open(self.file, encoding="utf-8") as file:
            data = json.load(file)
        self.assertEqual(self.faults(data), [])
        self.check_links(data, origin)
        return data

    def faults(self, data):
        """Return what the schema finds wrong."""
        with open(os.path.join(HERE, "kcidb.schema.json"), encoding="utf-8") as file:
            schema = json.load(file)
        jsonschema.Draft7Validator.check_schema(schema)
        return [fault.message for fault in jsonschema.Draft7Validator(schema).iter_errors(data)]

    def check_links(self, data, origin):
        """Check what the schema cannot: ids occur once, and what they refer to exists."""
        ids = {name: [item["id"] for item in data[name]] for name in ("checkouts", "builds", "tests")}
        for name, group in ids.items():
            self.assertEqual(len(group), len(set(group)), f"an id of {name} occurs twice")
        for item in data["checkouts"] + data["builds"] + data["tests"]:
            self.assertEqual(item["origin"], origin)
            self.assertTrue(item["id"].startswith(origin + ":"), item["id"])
        self.assertEqual({item["checkout_id"] for item in data["builds"]}, set(ids["checkouts"]))
        self.assertEqual({item["build_id"] for item in data["tests"]}, set(ids["builds"]))

    def by_path(self):
        """Return the tests of a run with all suites, by their paths."""
        self.add("trixie-backports", suites=SUITES, revision="0123456789ab-dirty")
        tests = self.kcidb()["tests"]
        found = {test["path"]: test for test in tests}
        self.assertEqual(len(found), len(tests), "a path occurs twice")
        return found

    def test_statuses(self):
        """Each result has its status, and each suite the worst of its tests'."""
        self.assertEqual({path: test["status"] for path, test in self.by_path().items()}, {
            "vipin.race": "FAIL",
            "vipin.race.pci.one_pointer": "PASS",
            "vipin.race.pci.two_pointers_swapped_100": "FAIL",
            "vipin.race.pci.three_planes": "SKIP",
            "vipin.race.pci.four": "PASS",
            "vipin.race.pci.one_pointer-2": "PASS",
            "vipin.race.pci.one-pointer": "PASS",
            "vipin.race.pci.one_pointer-3": "PASS",
            "vipin.race._": "PASS",
            "vipin.race.pci.six": "PASS",
            "vipin.pincheck": "ERROR",
            "vipin.pincheck.malloc": "PASS",
            "vipin.pincheck.thp.page": "PASS",
            "vipin.pincheck.3": "MISS",
            "vipin.pincheck.4": "MISS",
            "vipin.swap": "ERROR",
            "vipin.swap.it_begins": "PASS",
            "vipin.tools": "ERROR",
            "vipin.tools.it_begins": "PASS",
            "vipin.kunit": "SKIP",
            "vipin.storm": "ERROR",
            "vipin.vimap": "MISS"})

    def test_words(self):
        """Names and explanations are kept."""
        tests = self.by_path()
        failed = tests["vipin.race.pci.two_pointers_swapped_100"]
        self.assertEqual(failed["comment"], 'pci: "two" pointers, swapped (100 %)')
        self.assertEqual(failed["log_excerpt"], "'swap 3' ended with 1\n| no page")
        self.assertEqual(failed["misc"], {"target": "trixie-backports", "number": 2,
                                          "test_revision": "0123456789ab-dirty"})
        self.assertEqual(failed["start_time"], "2026-11-28T05:25:08+00:00")
        self.assertEqual(failed["environment"]["misc"],
                         {"platform": "qemu-x86_64", "machine": "default"})
        self.assertEqual(tests["vipin.race.pci.three_planes"]["log_excerpt"], "no IOMMU")
        self.assertEqual(tests["vipin.race.pci.four"]["log_excerpt"],
                         "expected failure (kernel quirk gup-fast): it does not look (gup.c)")
        self.assertNotIn("log_excerpt", tests["vipin.pincheck.malloc"])
        self.assertEqual({path: tests[path]["comment"] for path in tests if path.count(".") == 1}, {
            "vipin.race": "1 FAIL, 7 PASS, 1 SKIP",
            "vipin.pincheck": "2 results, but 4 planned",
            "vipin.swap": "the suite ended early: 1 results and no plan",
            "vipin.tools": "the suite bailed out: no device",
            "vipin.kunit": "no KUnit",
            "vipin.storm": "no test ran",
            "vipin.vimap": "the suite did not run"})
        self.assertEqual([tests["vipin." + suite].get("duration") for suite in SUITES],
                         [31, None, None, None, None, 0, None])

    def test_debian(self):
        """Debian's package is the build, and its source has no commit."""
        self.add("trixie-backports")
        data = self.kcidb()
        checkout, build = data["checkouts"][0], data["builds"][0]
        self.assertEqual({**checkout, "id": ""}, {
            "id": "", "origin": "lab_1", "tree_name": "debian", "valid": True,
            "comment": "Debian's source package linux 7.3.4-1~bpo13+1"})
        self.assertEqual({**build, "id": ""}, {
            "id": "", "checkout_id": checkout["id"], "origin": "lab_1", "status": "PASS",
            "comment": "Debian's package linux-image-7.3.4+deb13-amd64 7.3.4-1~bpo13+1",
            "architecture": "x86_64", "config_name": "debian-amd64",
            "compiler": "x86_64-linux-gnu-gcc-14 (Debian 14.2.0-19) 14.2.0",
            "misc": {"package": "linux-image-7.3.4+deb13-amd64", "package_version": "7.3.4-1~bpo13+1",
                     "kernel_release": "7.3.4+deb13-amd64",
                     "kernel_version": "#1 SMP PREEMPT_DYNAMIC Debian 7.3.4-1~bpo13+1 (2026-11-15)"}})

    def only(self, name, banner=DEBIAN, **more):
        """Return the checkout and the build of one run."""
        shutil.rmtree(self.runs, ignore_errors=True)
        self.add(name, banner, **more)
        data = self.kcidb()
        return data["checkouts"][0], data["builds"][0]

    def test_other_kernels(self):
        """A compiled or a patched kernel is not Debian's package."""
        debian = self.only("trixie-backports")
        checkout, build = self.only("trixie-backports-debug", COMPILED)
        self.assertEqual(checkout["tree_name"], "debian")
        self.assertEqual(build["comment"],
                         "Linux 7.3.4, compiled for the target trixie-backports-debug")
        self.assertIn("+debug.config", build["config_name"])
        self.assertNotIn("package", build["misc"])
        fixed = self.only("trixie-backports-fixed", revision="0123456789ab")
        self.assertIn(", with tests/vm/patches/7.3 of vipin 0123456789ab", fixed[0]["comment"])
        self.assertIn(", with the modules of the target", fixed[1]["comment"])
        # Each of these has a source and a build of its own. Drivers that are added change the build only.
        others = [fixed, self.only("trixie-backports-fixed", revision="ba9876543210"),
                  *(self.only("trixie-backports-fixed", clock=clock)
                    for clock in ("2026-11-28T05:25:08", "2026-11-28T06:00:00"))]
        for part in 0, 1:
            self.assertEqual(len({pair[part]["id"] for pair in [debian, *others]}), 5)
        devices = self.only("trixie-backports-devices")
        self.assertEqual(devices[0], debian[0])
        self.assertNotEqual(devices[1]["id"], debian[1]["id"])
        arm = self.only("trixie-backports-arm64", DEBIAN.replace("-amd64", "-arm64-16k"))[1]
        self.assertEqual((arm["architecture"], arm["config_name"]), ("arm64", "debian-arm64-16k"))
        for name in "kdir", "a-target-of-the-past":
            checkout, build = self.only(name, COMPILED)
            self.assertEqual(checkout["comment"], "Linux 7.3.4, the source is not known")
            self.assertNotIn("tree_name", checkout)
            self.assertNotIn("config_name", build)
        self.assertNotIn("architecture", build)

    def test_same_and_other_runs(self):
        """One run has the same ids whenever it is sent. Two runs differ, and share their build."""
        self.add("trixie-backports")
        first = self.kcidb()
        with open(self.file, "rb") as file:
            text = file.read()
        self.kcidb()
        with open(self.file, "rb") as file:
            self.assertEqual(file.read(), text)
        shutil.rmtree(self.runs)
        self.add("trixie-backports", clock="2026-11-28T06:00:00")
        second = self.kcidb()
        self.assertEqual((first["checkouts"], first["builds"]), (second["checkouts"], second["builds"]))
        self.assertFalse({test["id"] for test in first["tests"]} &
                         {test["id"] for test in second["tests"]})
        self.add("trixie-backports.swiotlb", clock="2026-11-28T06:10:00")
        both = self.kcidb()
        self.assertEqual((len(both["builds"]), len(both["tests"])), (1, 4))
        self.assertEqual({test["environment"]["misc"]["machine"] for test in both["tests"]},
                         {"default", "swiotlb"})

    def test_delivered_twice(self):
        """A copy of a run counts once."""
        shutil.copytree(self.add("trixie-backports"), os.path.join(self.runs, "trixie-backports.copy"))
        code, said, errors = self.run_kcidb(self.runs, "lab_1", self.file)
        self.assertEqual(code, 0)
        self.assertIn("1 run, 1 build, 2 tests", said)
        self.assertIn("trixie-backports.copy is left out: it is the same run as trixie-backports;",
                      errors)

    def test_damaged_text(self):
        """A machine that died leaves any bytes, and a failed test can print a lot."""
        folder = self.add("trixie-backports", suites={
            "race": "".join(f"# {i}: {'x' * 100}\n" for i in range(1000)) + "not ok 1 - a\n1..1\n"})
        with open(os.path.join(folder, "race.ktap"), "ab") as file:
            file.write(b"not ok 2 - \0\xff\xfe\n")
        tests = self.kcidb()["tests"]
        self.assertEqual([test["status"] for test in tests], ["FAIL", "FAIL", "FAIL"])
        self.assertEqual(len(tests[1]["log_excerpt"]), 16384)
        self.assertIn("\n999: xxx", tests[1]["log_excerpt"])

    def test_left_out(self):
        """A run that has not ended, or whose kernel did not boot, is left out with a message."""
        for name, damage in (("bookworm", "suites"), ("trixie", "machine-1/console.log")):
            os.remove(os.path.join(self.add(name), damage))
        folder = self.add("bullseye")
        lock = os.open(folder, os.O_RDONLY)
        self.addCleanup(os.close, lock)
        fcntl.flock(lock, fcntl.LOCK_EX)
        code, said, errors = self.run_kcidb(self.runs, "lab_1", self.file)
        self.assertEqual((code, said), (1, ""))
        for name, why in (("bookworm", "the run has not ended"), ("bullseye", "make check is running there"),
                          ("trixie", "no console.log names the kernel")):
            self.assertIn(f"{name} is left out: {why}; make it again: make check TARGET={name}\n", errors)
        self.assertRegex(errors, r"kcidb: there is no run in .*; make check TARGET=\.\.\. makes one\n$")
        self.assertFalse(os.path.exists(self.file))

    def test_arguments(self):
        """Wrong arguments are errors."""
        code, _, errors = self.run_kcidb(self.runs)
        self.assertEqual(code, 2)
        self.assertIn("Usage: kcidb RUNS ORIGIN FILE", errors)
        code, _, errors = self.run_kcidb("/nosuch", "My-Lab", self.file)
        self.assertEqual((code, errors),
                         (2, "kcidb: the origin 'My-Lab' must have only a-z, 0-9 and _\n"))
        code, _, errors = self.run_kcidb("/nosuch", "lab", self.file)
        self.assertEqual((code, errors.count("\n")), (1, 1))

    def test_schema_refuses(self):
        """The schema finds each of these errors."""
        self.add("trixie-backports")
        data = self.kcidb()
        for name, spoil in REFUSED.items():
            spoiled = copy.deepcopy(data)
            spoil(spoiled)
            self.assertEqual(len(self.faults(spoiled)), 1, name)

    def test_program_validates(self):
        """A file that does not fit the schema is not written. Here the schema is another one."""
        self.add("trixie-backports")
        vipin = tempfile.TemporaryDirectory()
        self.addCleanup(vipin.cleanup)
        folder = os.path.join(vipin.name, "tests", "report")
        os.makedirs(folder)
        os.symlink(os.path.join(HERE, "..", "vm"), os.path.join(vipin.name, "tests", "vm"))
        for name in "kcidb", "checked.py":
            shutil.copy(os.path.join(HERE, name), folder)
        with open(os.path.join(folder, "kcidb.schema.json"), "w", encoding="utf-8") as file:
            json.dump({"properties": {"tests": {"items": {"required": ["log_url"]}}}}, file)
        done = subprocess.run([sys.executable, "-B", os.path.join(folder, "kcidb"), self.runs, "lab",
                               self.file], capture_output=True, text=True, check=False)
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertIn("kcidb: tests/0: 'log_url' is a required property\n", done.stderr)
        self.assertFalse(os.path.exists(self.file))

    def test_names_are_legal(self):
        """Whatever a name is, the path is one that KCIDB takes."""
        names = ["a.b", ".", "", " ", "é", "a: : b", ": ", "x" * 300, "a\tb", "-1", "=1"]
        text = "".join(f"ok {i} - {name}\n" for i, name in enumerate(names, 1)) + f"1..{len(names)}\n"
        self.add("trixie-backports", suites={"race": text})
        paths = [test["path"] for test in self.kcidb()["tests"]]
        self.assertEqual(len(set(paths)), len(names) + 1)
        for path in paths:
            self.assertTrue(re.fullmatch(r"vipin\.race(\.[a-zA-Z0-9_-]+)*", path), path)


if __name__ == "__main__":
    unittest.main()
