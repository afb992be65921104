# SPDX-License-Identifier: GPL-2.0-only
"""Find what differs between kernels, and why, in the rows that v4l2-pincheck wrote."""


# These rows have no verdict: the kernel has no such memory, or must not get it.
NO_VERDICT = ("skipped", "prevented")
# Rows in which a kernel breaks a rule, or would break it, or which are unexpected.
FAILED = ("expected-failure", "unexpected", "prevented")


def look(row):
    """Return the look of a row: its verdict if that was expected, otherwise its outcome."""
    if row is None:
        return "skipped"
    if row["outcome"] == "skipped" and row.get("quirk"):
        return "prevented"
    if row["outcome"] != "as-expected":
        return row["outcome"]
    return "accepted" if row["verdict"] == "accepted" else "refused"


def state(row):
    """Return a value that is equal for two kernels with the same verdict."""
    return look(row), row.get("verdict") == "accepted"


class History:
    """One row on all kernels: those of one machine after the other, oldest first."""

    def __init__(self, runs, key):
        self.runs = runs
        self.key = key
        self.rows = [run.rows.get(key) for run in runs]

    def there(self):
        """Return the numbers of the runs that have a verdict."""
        return [i for i, row in enumerate(self.rows) if look(row) not in NO_VERDICT]

    def newest(self):
        """Return the number of the newest run of each machine that has a verdict."""
        return list({self.runs[i].machine: i for i in self.there()}.values())

    def changes(self):
        """Find the kernels whose verdict differs from that of the machine's kernel before.

        Each change is (number of the run before, number of this run, features that made
        the difference). Runs without a verdict are passed over.
        """
        there = self.there()
        return [(a, b, self.causes(a, b)) for a, b in zip(there, there[1:])
                if self.runs[a].machine == self.runs[b].machine
                and state(self.rows[a]) != state(self.rows[b])]

    def same_kernel(self, number):
        """Return the number of the first machine's first run with the same series, or None."""
        return next((i for i in self.there() if self.runs[i].machine == self.runs[0].machine
                     and self.runs[i].series() == self.runs[number].series()), None)

    def by_machine(self):
        """Find the runs whose verdict differs from that of the same kernel on the first machine.

        Each one is (number of the run there, number of this run). Pages are scattered by
        chance, which is no difference between machines.
        """
        found = []
        for number in self.there():
            there = self.same_kernel(number)
            if there is None or self.runs[number].machine == self.runs[there].machine:
                continue
            a, b = self.rows[there], self.rows[number]
            if state(a) != state(b) and "scattered" not in (a["case"], b["case"]):
                found.append((there, number))
        return found

    def causes(self, a, b):
        """Return the deciding features that only one of two runs has."""
        features = [self.runs[i].features for i in (a, b)]
        decide = set(self.rows[a]["depends"]) | set(self.rows[b]["depends"])
        return [name for name in features[0] if name in decide and name in features[1]
                and features[0][name]["here"] != features[1][name]["here"]]

    def other_memory(self, a, b):
        """Does another case of a rule apply because the memory differs between two runs?"""
        rows = self.rows[a], self.rows[b]
        return (not self.causes(a, b) and rows[0]["case"] != rows[1]["case"]
                and "unexpected" not in map(look, rows))

    def failed(self):
        """Does a kernel break a rule, or is a row unexpected?"""
        return any(look(row) in FAILED for row in self.rows)

    def by_layout(self):
        """Do the verdicts differ only because pages happened to be scattered or not?"""
        changes = self.changes()
        return bool(changes) and not self.failed() and all(
            "scattered" in (self.rows[a]["case"], self.rows[b]["case"]) and not features
            for a, b, features in changes)

    def notable(self):
        """Do kernels differ, or does one break a rule?"""
        return self.failed() or bool(self.by_machine()) or \
            bool(self.changes()) and not self.by_layout()


def since(feature):
    """Return in words since when a feature is there, and when it ended."""
    if not feature["since"]:
        return "in no released kernel"
    words = "since Linux " + feature["since"]
    if feature["backports"]:
        words += ", stable " + ", ".join(reversed(feature["backports"]))
    return words + (", until " + feature["until"] if feature["until"] else "")


def histories(runs):
    """Return the rows of all runs, in the order of the newest run that has them."""
    keys = {}
    for run in reversed(runs):
        keys.update(dict.fromkeys(run.rows))
    return [History(runs, key) for key in keys]
