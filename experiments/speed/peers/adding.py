# SPDX-License-Identifier: MIT
"""The adding problem as training.py gives it to every peer."""
import numpy

LAST = 200


def draw(seed, batches, steps, batch):
    """Numbers in [0, 1), one marked in each half, as x [steps][batch][2]; the target is the sum of the marked two."""
    random, half = numpy.random.default_rng(seed), steps // 2
    rows = numpy.arange(batch)
    for _ in range(batches):
        x = numpy.zeros((steps, batch, 2))
        x[:, :, 0] = random.random((steps, batch))
        first, second = random.integers(0, half, batch), random.integers(half, steps, batch)
        x[first, rows, 1] = x[second, rows, 1] = 1
        yield x, (x[first, rows, 0] + x[second, rows, 0])[:, None]


def last_error(losses):
    """Over the last batches, none of which was trained on before."""
    return float(numpy.mean(losses[-LAST:]))
