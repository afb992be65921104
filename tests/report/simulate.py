#!/usr/bin/env -S python3 -B
# SPDX-License-Identifier: GPL-2.0-only
"""Usage: simulate.py FOLDER JOBS RUNS

Write into the new folder FOLDER results as a lab of JOBS boards could deliver them, and FOLDER.plan.
They are derived from RUNS, where make check leaves a folder for each run: other kernels, and
failures by chance, which is the same each time. They show how the page of a lab grows. No board was
tested.
"""
import copy
import glob
import io
import json
import os
import random
import sys
import tarfile

BOARDS = ("rock-5b", "imx8mp-evk", "rpi5", "jetson-orin", "visionfive2", "k3-am625", "nuc", "genio-700")
SUITES = ("swap", "race", "streaming")
# Of a hundred jobs, so many are lost, come twice, come as a tarball, are damaged, fail, and ran before.
LOST, TWICE, TARBALLS, DAMAGED, FAILED, BEFORE = 3, 5, 40, 1, 12, 20


def read_base(folder):
    """Return the files of a run that the page reads, and whose names do not depend on a machine."""
    files = {}
    for path in glob.glob(os.path.join(glob.escape(folder), "*")):
        if path.endswith((".ktap", "/suites", "/rows.json")):
            with open(path, encoding="utf-8", errors="replace") as file:
                files[os.path.basename(path)] = file.read()
    return files


def derive(base, chance, job, spoiled):
    """Return the files of another run: of this job, and with failures if it is spoiled."""
    files = dict(base)
    report = copy.deepcopy(json.loads(base["rows.json"]))
    report["kernel"] = job["kernel"]
    if spoiled:
        for row in chance.sample(report["rows"], 3):
            if row["outcome"] == "as-expected":
                row["outcome"], row["faults"] = "unexpected", [f"the verdict is not {row['verdict']}"]
                row["verdict"] = "EIO" if row["verdict"] == "accepted" else "accepted"
        suite = chance.choice(SUITES)
        files[suite + ".ktap"] = "# simulated: no frame arrived\nnot ok 1 - a frame arrives\n1..1\n"
        files["suites"] = "".join(sorted({*base["suites"].splitlines(True), suite + "\n"}))
    files["rows.json"] = json.dumps(report)
    files["job"] = "".join(f"{name}={value}\n" for name, value in job.items())
    return files


def write(folder, files):
    """Write a run as a folder."""
    os.makedirs(folder)
    for name, text in files.items():
        with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
            file.write(text)


def write_tarball(path, files):
    """Write a run as a tarball."""
    with tarfile.open(path, "w:gz", compresslevel=1) as tar:
        for name, text in files.items():
            member = tarfile.TarInfo("results/" + name)
            member.size = len(text.encode())
            tar.addfile(member, io.BytesIO(text.encode()))


def simulate(folder, count, bases, revisions=("1111111", "2222222")):
    """Write count jobs and their plan. Return what the page has to say about them."""
    chance = random.Random(count)
    order = list(range(count))
    chance.shuffle(order)
    # A share of the jobs, but at least one.
    share = {name: set(order[at:at + max(1, count * parts // 100)]) for name, at, parts in
             (("lost", 0, LOST), ("damaged", count // 4, DAMAGED), ("twice", count // 2, TWICE))}
    plan = []
    for number in range(count):
        base = bases[number % len(bases)]
        version = json.loads(base["rows.json"])["version"]
        job = {"lab": f"lab-{number % 7}", "board": f"{chance.choice(BOARDS)}-{number}",
               "target": "mainline", "kernel": f"{version}-{number % 3}-simulated",
               "page": chance.choice(("4K", "16K")), "began": "2026-11-28T05:25:08",
               "revision": revisions[1]}
        plan.append(f"board={job['board']} kernel={version}-*")
        spoiled = chance.randrange(100) < FAILED
        before = chance.randrange(100) < BEFORE
        files = derive(base, chance, job, spoiled)
        if number in share["lost"]:
            continue
        where = os.path.join(folder, job["lab"], job["board"])
        if number in share["damaged"]:
            os.makedirs(os.path.dirname(where), exist_ok=True)
            with open(where + ".tar.gz", "wb") as file:
                file.write(b"\x1f\x8b damaged")
            continue
        if number % 100 < TARBALLS:
            os.makedirs(os.path.dirname(where), exist_ok=True)
            write_tarball(where + ".tar.gz", files)
        else:
            write(where, files)
        if number in share["twice"]:
            write(where + "-again", files)
        if before:
            write(where + "-before", derive(
                base, chance, job | {"began": "2026-11-27T05:25:08", "revision": revisions[0]}, False))
    with open(folder + ".plan", "w", encoding="utf-8") as file:
        file.write("\n".join(plan) + "\n")
    return {"jobs": count - len(share["lost"] | share["damaged"]),
            "lost": len(share["lost"] | share["damaged"]),
            "twice": len(share["twice"] - share["lost"] - share["damaged"]),
            "left_out": len(share["damaged"] - share["lost"])}


def main():
    """Derive the runs from those of make check."""
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    folder, count, runs = sys.argv[1:]
    bases = [base for base in map(read_base, sorted(glob.glob(os.path.join(runs, "*"))))
             if "rows.json" in base and "suites" in base]
    print(simulate(folder, int(count), bases))


if __name__ == "__main__":
    main()
