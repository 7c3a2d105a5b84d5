#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The log-space parallel scan of minGRU (Feng et al. 2024) in float32, compared with the plain recurrence.
#
# JAX 0.10.2 (lax.cumlogsumexp, lax.associative_scan, lax.scan).
# Expected: logarithms are used for stability, so all three forms agree to about 1e-6.
# Observed: for h_t = (1 - z_t) h_{t-1} + z_t n_t with gates around 1/2, the loop and associative_scan have relative
#   errors below 1e-6 up to 100,000 steps. The log-space form loses a digit for each factor of ten in length: 1e-5 at
#   100 steps, 1e-4 at 1,000, 1e-3 at 10,000, 1e-2 at 100,000, because the running sum of log(1 - z) grows with t and
#   is then subtracted from itself. If a gate or candidate is exactly 0, everything after it or its gradient is NaN;
#   the plain forms are exact there.
# gatebench: mingru is computed step by step in the plain form (lib/cells/mingru.c). The score of a minGRU trained
#   with the log-space form in float32 is not expected to agree to more than these digits.
set -euo pipefail
# shellcheck source=findings/common.sh
. "$(dirname "$(readlink -f "$0")")/../common.sh"
packages jax==0.10.2 numpy==2.4.6
see env JAX_PLATFORMS=cpu venv/bin/python - <<'E2'
import warnings

warnings.simplefilter("ignore")
import jax
import jax.numpy as jnp
import numpy as np


@jax.jit
def associative(a, b):
    return jax.lax.associative_scan(lambda l, r: (l[0] * r[0], r[0] * l[1] + r[1]), (a, b))[1]


@jax.jit
def loop(a, b):
    return jax.lax.scan(lambda h, ab: ((ab[0] * h + ab[1]),) * 2, jnp.zeros_like(b[0]), (a, b))[1]


@jax.jit
def log_space(a, b):
    total = jnp.cumsum(jnp.log(a), 0)
    return jnp.exp(total + jax.lax.cumlogsumexp(jnp.log(b) - total, axis=0))


def exact(a, b):
    h, out = np.zeros(a.shape[1]), []
    for x, y in zip(a.astype("f8"), b.astype("f8")):
        h = x * h + y
        out.append(h)
    return np.array(out)


random = np.random.default_rng(0)
print("largest relative error, as a power of ten (rounded)")
for steps in 100, 1000, 10000, 100000:
    z = 1 / (1 + np.exp(-random.standard_normal((steps, 8))))
    a, b = (1 - z).astype("f4"), (z * (random.random((steps, 8)) + 0.1)).astype("f4")
    h = exact(a, b)
    error = {f.__name__: float(np.max(abs(np.asarray(f(a, b)) - h) / h)) for f in (loop, associative, log_space)}
    print("%6d steps: loop below 1e-6 %s, associative below 1e-6 %s, log space 1e%d" % (
        steps, error["loop"] < 1e-6, error["associative"] < 1e-6, round(np.log10(error["log_space"]))))
a, b = np.full((8, 1), 0.5, "f4"), np.ones((8, 1), "f4")
a[5] = 0
print("a gate of exactly 1 at step 5:", *["%s %d NaN" % (f.__name__, int(np.isnan(np.asarray(f(a, b))).sum())) for f in (loop, associative, log_space)])
E2
compare <<'E2'
largest relative error, as a power of ten (rounded)
   100 steps: loop below 1e-6 True, associative below 1e-6 True, log space 1e-5
  1000 steps: loop below 1e-6 True, associative below 1e-6 True, log space 1e-4
 10000 steps: loop below 1e-6 True, associative below 1e-6 True, log space 1e-3
100000 steps: loop below 1e-6 True, associative below 1e-6 True, log space 1e-2
a gate of exactly 1 at step 5: loop 0 NaN associative 0 NaN log_space 3 NaN
E2
