# SPDX-License-Identifier: GPL-2.0-only
"""Read a file of reasons: tests/mutants/harmless, tests/coverage/unreached.

A line is a name. The lines after it that begin with a tab are its reason. Several names may share a
reason. Lines that begin with "#" are left out."""


def read_reasons(path):
    """Return a dictionary of reasons by name."""
    reasons, names, reason = {}, [], ""
    with open(path) as f:
        for text in f:
            if text.startswith("#") or not text.strip():
                names, reason = [], ""
            elif text.startswith("\t"):
                reason = (reason + " " + text.strip()).strip()
                reasons.update(dict.fromkeys(names, reason))
            else:
                if reason:
                    names, reason = [], ""
                names.append(text.strip())
                reasons[names[-1]] = ""
    return reasons
