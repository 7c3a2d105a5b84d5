# SPDX-License-Identifier: MIT
"""A results file as Python sees it, without the program."""
import h5py

TIMINGS = ("seconds", "peak_memory_bytes", "resumed", "host")


def text(value):
    return value.decode() if isinstance(value, bytes) else str(value)


class Results:
    """A results file as lists of dictionaries."""

    def __init__(self, path):
        with h5py.File(path, "r") as file:
            self.runs = self.rows(file["runs"][()])
            self.planned = self.rows(file["planned"][()])
            self.curves = self.rows(file["curves"][()]) if "curves" in file else []
        self.final = [row for row in self.runs if row["stage"] == "final"]
        self.tuning = [row for row in self.runs if row["stage"] == "tune"]
        self.failed = [row for row in self.planned if row["status"] == "failed"]

    @staticmethod
    def rows(table):
        names = table.dtype.names
        return [{n: text(v) if isinstance(v, (bytes, str)) else float(v) for n, v in zip(names, row)} for row in table]

    def curve(self, row):
        return [c for c in self.curves if c["run"] == row["run"]]


def contents(path):
    """Every number and text that is neither a timing nor a word about how the file was made."""
    found = {}
    with h5py.File(path, "r") as file:
        def take(name, node):
            if name.startswith(("hosts", "provenance")) or not isinstance(node, h5py.Dataset):
                return
            values = node[()]
            for column in values.dtype.names or [""]:
                if not any(word in name + "/" + column for word in TIMINGS):
                    part = values[column] if column else values
                    found[name, column] = repr(part.tolist())
        file.visititems(take)
    return found
