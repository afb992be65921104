# SPDX-License-Identifier: GPL-2.0-only
"""What differs between kernels, and why: by the tables that v4l2-pincheck wrote."""


# There is no verdict: the memory is not there, or this kernel must not get it.
UNTOLD = ("skipped", "prevented")
# A kernel breaks the law, or would, or it surprises.
BROKEN = ("known", "surprise", "prevented")


def look(row):
    """What a row is shown as: a right verdict by what it is, any other by its outcome."""
    if row is None:
        return "skipped"
    if row["outcome"] == "skipped" and row.get("known"):
        return "prevented"
    if row["outcome"] != "right":
        return row["outcome"]
    return "accept" if row["verdict"] == "accepted" else "refuse"


def state(row):
    """What has to be the same for two kernels to say the same."""
    return look(row), row.get("verdict") == "accepted"


class History:
    """One row on all kernels, oldest first."""

    def __init__(self, runs, key):
        self.runs = runs
        self.key = key
        self.rows = [run.rows.get(key) for run in runs]

    def there(self):
        """Numbers of the runs that have a verdict."""
        return [i for i, row in enumerate(self.rows) if look(row) not in UNTOLD]

    def changes(self):
        """Where a kernel says something else than the one before it that said something:
        (number of that run, of this run, features that made the difference)."""
        there = self.there()
        return [(a, b, self.causes(a, b)) for a, b in zip(there, there[1:])
                if state(self.rows[a]) != state(self.rows[b])]

    def causes(self, a, b):
        """The features that one of two runs has, the other has not, and that decide."""
        features = [self.runs[i].features for i in (a, b)]
        decide = set(self.rows[a]["depends"]) | set(self.rows[b]["depends"])
        return [name for name in features[0] if name in decide and name in features[1]
                and features[0][name]["here"] != features[1][name]["here"]]

    def other_memory(self, a, b):
        """Whether, between two runs, it is the memory that is another: another rule holds."""
        rows = self.rows[a], self.rows[b]
        return (not self.causes(a, b) and rows[0]["rule"] != rows[1]["rule"]
                and "surprise" not in map(look, rows))

    def broken(self):
        """Whether a kernel breaks the law, or surprises."""
        return any(look(row) in BROKEN for row in self.rows)

    def by_layout(self):
        """Whether all that changes is how scattered the pages happened to be."""
        changes = self.changes()
        return bool(changes) and not self.broken() and all(
            "scattered" in (self.rows[a]["rule"], self.rows[b]["rule"]) and not features
            for a, b, features in changes)

    def notable(self):
        """Whether kernels differ, or one breaks the law."""
        return self.broken() or bool(self.changes()) and not self.by_layout()


def since(feature):
    """When a feature came, and went, in words."""
    words = "since Linux " + feature["since"]
    if feature["backports"]:
        words += ", stable " + ", ".join(reversed(feature["backports"]))
    return words + (", gone with " + feature["until"] if feature["until"] else "")


def histories(runs):
    """All rows that any run has, in the order of the newest run that has them."""
    keys = {}
    for run in reversed(runs):
        keys.update(dict.fromkeys(run.rows))
    return [History(runs, key) for key in keys]
