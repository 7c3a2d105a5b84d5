#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The lag at which a float32 gradient that halves at every step is exactly zero.
#
# JAX 0.10.2, MLX 0.32.4 (cpu), autograd 1.9.1 on NumPy 2.4.6.
# Expected: lag 150 everywhere, since 2^-149 is the smallest float32.
# Observed: 150 for autograd and MLX, 127 for JAX: XLA flushes denormals to zero while it computes. The processor's
#   flag is not set outside: NumPy in the same process keeps denormals before and after, and a JAX array keeps one
#   until JAX computes with it. So the reach of the gradient differs by 23 steps between libraries.
# gatebench: measures of vanishing use a threshold, never exact zero. The record of a run tests denormals by adding
#   two of them, because the processor's flag would report "kept".
set -euo pipefail
# shellcheck source=findings/common.sh
. "$(dirname "$(readlink -f "$0")")/../common.sh"
packages jax==0.10.2 'mlx[cpu]==0.32.4' autograd==1.9.1 numpy==2.4.6
see env JAX_PLATFORMS=cpu venv/bin/python - <<'E2'
import warnings

warnings.simplefilter("ignore")
import autograd
import jax
import jax.numpy as jnp
import mlx.core as mx
import numpy as np

HALF = np.float32(0.5)


def first_zero(gradient):
    for lag in range(100, 200):
        if float(gradient(lag)) == 0:
            return lag


def run(h, lag):
    for _ in range(lag):
        h = h * HALF
    return h


print("first lag whose gradient is exactly 0:")
print("  autograd", first_zero(lambda lag: autograd.grad(lambda h: run(h, lag))(np.float32(1))))
print("  MLX     ", first_zero(lambda lag: mx.grad(lambda h: run(h, lag))(mx.array(1.0)).item()))
print("  JAX     ", first_zero(lambda lag: np.asarray(jax.grad(lambda h: run(h, lag))(jnp.float32(1)))))
tiny = np.array([1e-40], "f4")
print("NumPy afterwards keeps 1e-40 + 1e-40:", bool((tiny + tiny)[0] > 0))
print("JAX keeps a stored 1e-40:", bool(np.asarray(jnp.asarray(tiny))[0] > 0), "; adds it to itself:", float((jnp.asarray(tiny) + tiny)[0]))
E2
compare <<'E2'
first lag whose gradient is exactly 0:
  autograd 150
  MLX      150
  JAX      127
NumPy afterwards keeps 1e-40 + 1e-40: True
JAX keeps a stored 1e-40: True ; adds it to itself: 0.0
E2
