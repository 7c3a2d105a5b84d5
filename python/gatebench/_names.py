# SPDX-License-Identifier: MIT
"""Cells, backends and optimizers by name."""
import ctypes
from typing import NamedTuple, Optional, Tuple

from gatebench._library import TEXT, library

BIASES = ("none", "single", "double")
CONVENTIONS = ("keras", "pytorch", "onednn", "paper")


class Cell(NamedTuple):
    """A cell: name, title, source (paper and equations), its gates in their order, whether it has a memory c in addition
    to h, and the bias option that each convention uses for it."""
    name: str
    title: str
    source: str
    gates: Tuple[str, ...]
    has_memory: bool
    bias: dict
    memory_gate: Optional[str]


def cells():
    """All built-in cells, in a dict by name."""
    found = {}
    for i in range(library.gb_cell_count()):
        info = library.gb_cell_at(ctypes.c_size_t(i)).contents
        names = ctypes.cast(info.gate_names, ctypes.POINTER(TEXT))
        found[info.name.decode()] = Cell(
            info.name.decode(), info.title.decode(), info.source.decode(),
            tuple(names[k].decode() for k in range(info.gates)), info.has_memory,
            {convention: BIASES[info.bias[k]] for k, convention in enumerate(CONVENTIONS)},
            info.memory_gate.decode() if info.memory_gate else None)
    return found


def backends():
    """The backends of this build with their versions, in a dict by name."""
    count = library.gb_backend_count()
    return {library.gb_backend_name(ctypes.c_size_t(i)).decode(): library.gb_backend_version(ctypes.c_size_t(i)).decode()
            for i in range(count)}


def optimizers():
    """The names of the optimizers that a Trainer takes."""
    return [library.gb_optimizer_name(ctypes.c_size_t(i)).decode() for i in range(library.gb_optimizer_count())]
