# SPDX-License-Identifier: MIT
"""Compares results files: everything that is not a timing, a host or a word about how the file was made must be equal, to
the bit. Usage: same_numbers.py FIRST.h5 OTHER.h5... Exit code 1 and a line for each difference."""
import sys

import h5py
import numpy

TIMINGS = {"seconds", "cpu_seconds", "peak_memory_bytes", "host", "hosts", "finished", "started"}
MAKING = {"recipe", "command_line", "environment", "libraries", "commit", "created", "declared"}
LINKS = {"DIMENSION_LIST", "REFERENCE_LIST"}  # addresses in the file


def numbers(path):
    """Name -> array of every dataset and attribute that is to be equal."""
    found = {}
    with h5py.File(path, "r") as file:
        def visit(name, item):
            parts = set(name.split("/"))
            if parts & TIMINGS or parts & MAKING:
                return
            if isinstance(item, h5py.Dataset):
                found[name] = item[()]
            for key, value in item.attrs.items():
                if key not in MAKING | TIMINGS | LINKS:
                    found[name + "@" + key] = value
        file.visititems(visit)
    return found


def columns(value):
    """A compound table without its timings, by column; anything else as it is."""
    if isinstance(value, numpy.ndarray) and value.dtype.names:
        return {name: value[name] for name in value.dtype.names if name not in TIMINGS}
    return {"": value}


def equal(a, b):
    a, b = numpy.asarray(a), numpy.asarray(b)
    if a.dtype != b.dtype or a.shape != b.shape:
        return False
    return a.tolist() == b.tolist() if a.dtype.kind == "O" else a.tobytes() == b.tobytes()


first, differences = numbers(sys.argv[1]), []
for path in sys.argv[2:]:
    other = numbers(path)
    differences += [f"{path}: {name} is in one file only" for name in sorted(first.keys() ^ other.keys())]
    for name in sorted(first.keys() & other.keys()):
        a, b = columns(first[name]), columns(other[name])
        differences += [f"{path}: {name} {key}" for key in a if key not in b or not equal(a[key], b[key])]
if not first:
    differences.append(f"{sys.argv[1]}: nothing to compare")
print("\n".join(differences))
sys.exit(1 if differences else 0)
