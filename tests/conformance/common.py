# SPDX-License-Identifier: MIT
"""What the conformance tests share: random cases, gatebench's layers on every implementation, and the tolerance."""
import itertools
import sys

import gatebench
import numpy

IMPLEMENTATIONS = (("reference", None, "float64"), ("reference", None, "float32"), ("onednn", "primitive", "float32"),
                   ("onednn", "sgemm", "float32"), ("onednn", "packed", "float32"))
# Rounding errors of a sum of k terms grow like sqrt(k): so many units of 2^-24 for each.
UNITS = 8

compared = 0
worst = 0.0


def implementations(cell):
    """Those that run this cell."""
    for backend, implementation, dtype in IMPLEMENTATIONS:
        if backend in gatebench.backends() and (implementation != "primitive" or has_primitive(cell)):
            yield backend, implementation, dtype


def has_primitive(cell):
    return cell in ("rnn", "rnn_relu", "lstm", "lstm_peephole", "gru", "gru_reset_before")


def compare(what, ours, theirs, terms):
    """Fails unless two float32 results agree within UNITS * 2^-24 * sqrt(terms) * max(1, their largest value)."""
    global compared, worst
    theirs = numpy.asarray(theirs, numpy.float64)
    if ours.shape != theirs.shape:
        sys.exit(f"{what}: shape {ours.shape}, theirs {theirs.shape}")
    if theirs.size == 0:
        return
    units = numpy.abs(ours - theirs).max() / (2.0**-24 * numpy.sqrt(terms) * max(1, numpy.abs(theirs).max()))
    compared += 1
    worst = max(worst, units)
    if not units <= UNITS:
        sys.exit(f"{what}: differs by {units:.1f} units, {UNITS} are allowed")


def told(name):
    print(f"{name}: {compared} comparisons, the worst at {worst:.1f} of {UNITS} units")


def draw_sizes(random):
    """T, N, I, H of a case."""
    return (int(n) for n in (random.integers(1, 13), random.integers(1, 6), random.integers(1, 41),
                             random.integers(1, 41)))


def draw(random, *shape):
    return random.uniform(-1, 1, shape).astype(numpy.float32)


def product(**choices):
    """Every combination, as dicts."""
    return [dict(zip(choices, values)) for values in itertools.product(*choices.values())]


def flip(kernel):
    """[G*H][I], as ONNX and PyTorch keep it, to [I][G*H]."""
    return numpy.ascontiguousarray(kernel.T)


def put(layer, name, order, values):
    """Gives a tensor its values [rows][gates in their order][H]; `order`: which of theirs each of our gates is."""
    target = layer[name]
    theirs = values.reshape(target.shape[0], len(order), target.shape[2])
    target[...] = theirs[:, list(order)]
