#!/usr/bin/env -S python3 -B
# SPDX-License-Identifier: GPL-2.0-only
"""Usage: sample.py FOLDER

Write into FOLDER a small page of the lab for check-pages, lava.html. The results are invented.
"""
import os
import sys

from page import write_page


def job(number, kernel, health, results):
    """Return a job with the results of a suite."""
    tests = [{"suite": "swap", "name": f"test-{i}-of-a-pointer-that-moves", "result": result,
              "measurement": None} for i, result in enumerate(results, 1)]
    tests.append({"suite": "swap", "name": "suite", "measurement": "4.0000000000",
                  "result": "fail" if "fail" in results else "pass"})
    return {"job": number, "target": "trixie", "kernel": kernel, "device": "qemu-amd64",
            "health": health, "seconds": 70, "tests": tests if health == "Complete" else tests[:1]}


DATA = {"lava": "2026.10", "ready": 20, "seconds": 300,
        "memory": {"QEMU": 1500, "LAVA": 500, "files": 200},
        "jobs": [job(1, "5.10.0-46-amd64", "Complete", ["pass", "skip", "fail"]),
                 job(2, "6.12.90-amd64", "Complete", ["pass", "pass", "unknown"]),
                 job(3, "", "Incomplete", ["pass", "pass", "pass"])]}

os.makedirs(sys.argv[1], exist_ok=True)
write_page(os.path.join(sys.argv[1], "lava.html"), DATA)
