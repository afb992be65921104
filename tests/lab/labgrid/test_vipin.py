# SPDX-License-Identifier: GPL-2.0-only
"""labgrid runs the tarball on a board: a test for each of its suites.

LG_FILES is the folder of a target that tests/lab/files has made. VIPIN_SUITES are the suites to run:
"run_kselftest.sh --list" prints all. VIPIN_RESULTS is a new folder for the results, which
"make matrix RESULTS=" reads.
"""
import os
import shlex

import pytest
from labgrid.exceptions import NoDriverFoundError

TARBALL = os.path.join(os.environ["LG_FILES"], "vipin-kselftest.tar.gz")
SUITES = os.environ["VIPIN_SUITES"].split()
RESULTS = os.environ["VIPIN_RESULTS"]
# Where the tarball is unpacked on the board, and where a suite leaves its results and messages there.
KIT, OUT, MESSAGES = "/tmp/vipin", "/tmp/vipin/results", "/tmp/vipin/messages"
# Seconds to copy and unpack the tarball, and for a suite on an emulated CPU.
UNPACK, SUITE = 120, 900
# Exit statuses of run_kselftest.sh.
PASSED, SKIPPED = 0, 4


@pytest.fixture(scope="session", name="board")
def unpacked(env):
    """Return a function that runs a command in the unpacked tarball on the board."""
    target = env.get_target()
    try:
        target.get_driver("PowerProtocol").cycle()
    except NoDriverFoundError:
        pass  # labgrid cannot switch the board, so it is on.
    shell = target.get_driver("CommandProtocol")
    unpack = env.config.get_target_option(target.name, "unpack", "")
    shell.run_check(f"mkdir -p {KIT}")
    if not unpack:
        target.get_driver("FileTransferProtocol").put(TARBALL, f"{KIT}/tarball")
        unpack = "tar -xzf tarball && rm tarball"
    shell.run_check(f"cd {KIT} && {unpack}", timeout=UNPACK)

    def run(command):
        output, _, status = shell.run(f"cd {KIT}/vipin-kselftest-* && {command}", timeout=SUITE)
        return "\n".join(output) + "\n", status
    return run


def keep(board, suite):
    """Keep the results of a suite as "make check" does."""
    for name in f"{suite}.ktap", "job":
        text, status = board(f"cat {OUT}/{name}")
        if status == 0:
            with open(os.path.join(RESULTS, name), "w", encoding="utf-8") as file:
                file.write(text)
    with open(os.path.join(RESULTS, "suites"), "a", encoding="utf-8") as file:
        file.write(suite + "\n")


@pytest.mark.parametrize("suite", SUITES)
def test_suite(board, suite):
    """Run a suite. Its KTAP is the output of this test."""
    ktap, status = board(f"./run_kselftest.sh -s {shlex.quote(suite)} -o {OUT} 2>{MESSAGES}")
    print(ktap)
    keep(board, suite)
    if status == SKIPPED:
        pytest.skip("the board cannot run it, as its KTAP says")
    assert status == PASSED, board(f"tail -n 20 {MESSAGES}")[0]
