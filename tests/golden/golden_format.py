# SPDX-License-Identifier: MIT
"""Shared by the generators: the inputs of a case and the text file that holds it.

A file is lines of `key value` (cell, bias, layout, made_by), then tensors: a line `tensor name size size ...` followed
by the values, row-major, eight per line. Inputs are multiples of 1/128, exact in f32 and short to write; results carry
17 digits, enough for every bit of an f64.

The loss whose gradients are stored is sum(y * dy) + sum(hT * dhT) + sum(cT * dcT) with the dy, dhT, dcT of the file.
"""
import pathlib
import zlib

import numpy as np

VALUES = pathlib.Path(__file__).parent / "values"
T, N, I, H = 7, 3, 5, 6


class Inputs:
    """Draws a case's inputs: the same numbers for the same name, whoever asks, in the order asked."""

    def __init__(self, name):
        self.random = np.random.default_rng(zlib.crc32(name.encode()))

    def draw(self, *shape):
        return self.random.integers(-96, 97, size=shape) / 128.0

    def sequence_and_states(self, has_memory):
        case = {"x": self.draw(T, N, I), "h0": self.draw(N, H), "dy": self.draw(T, N, H), "dhT": self.draw(N, H)}
        if has_memory:
            case.update(c0=self.draw(N, H), dcT=self.draw(N, H))
        return case


def write(name, header, tensors):
    """Writes the case `source_case` into values/source/case.txt."""
    source, case = name.split("_", 1)
    path = VALUES / source / f"{case}.txt"
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [f"{key} {value}" for key, value in header.items()]
    for tensor, values in tensors.items():
        values = np.asarray(values)
        lines.append(" ".join(["tensor", tensor, *map(str, values.shape)]))
        texts = ["%.17g" % value for value in values.ravel()]
        lines += [" ".join(texts[k : k + 8]) for k in range(0, len(texts), 8)]
    path.write_text("\n".join(lines) + "\n")
    print(path.relative_to(VALUES.parent))
