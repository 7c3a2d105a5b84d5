#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The sign of R's diagonal in the QR method for the Lyapunov exponents of a recurrent network.
#
# NumPy 2.4.6 (LAPACK), JAX 0.10.2, MLX 0.32.4 (cpu).
# Expected: a fixed convention (positive or negative), so that two nearly equal matrices have the same signs.
# Observed: an upper triangular matrix keeps its own signs: the identity gives + + +. With 1e-200 (float64) or 1e-30
#   (float32) below the diagonal the first two become negative and the last stays: a number that changes nothing else
#   reverses columns of Q. With 1e-40 in float32 the signs change in NumPy and MLX; in JAX, which flushes it to zero,
#   they do not. The 1 x 1 matrix (-2) gives R = -2.
# gatebench: the spectrum uses |R_ii| only (lib/probe/spectrum.c). Q must not be compared between libraries or steps
#   before its signs are fixed.
set -euo pipefail
# shellcheck source=findings/common.sh
. "$(dirname "$(readlink -f "$0")")/../common.sh"
packages jax==0.10.2 'mlx[cpu]==0.32.4' numpy==2.4.6
see env JAX_PLATFORMS=cpu venv/bin/python - <<'E2'
import warnings

warnings.simplefilter("ignore")
import jax.numpy as jnp
import mlx.core as mx
import numpy as np


def signs(r):
    return " ".join("+" if d > 0 else "-" for d in np.diag(np.asarray(r)))


def near_identity(below, dtype):
    a = np.eye(3, dtype=dtype)
    a[np.tril_indices(3, -1)] = below
    return a


print("NumPy, float64: identity", signs(np.linalg.qr(np.eye(3))[1]), "; upper triangular",
      signs(np.linalg.qr(np.triu(np.arange(1.0, 10).reshape(3, 3)))[1]), "; 1e-200 below", signs(np.linalg.qr(near_identity(1e-200, "f8"))[1]))
for below in 0, 1e-30, 1e-40:
    a = near_identity(below, "f4")
    print("float32, %5g below: NumPy %s, JAX %s, MLX %s" % (
        below, signs(np.linalg.qr(a)[1]), signs(jnp.linalg.qr(jnp.asarray(a))[1]), signs(mx.linalg.qr(mx.array(a), stream=mx.cpu)[1])))
print("(-2):", np.linalg.qr(np.array([[-2.0]]))[1].item())
E2
compare <<'E2'
NumPy, float64: identity + + + ; upper triangular + + + ; 1e-200 below - - +
float32,     0 below: NumPy + + +, JAX + + +, MLX + + +
float32, 1e-30 below: NumPy - - +, JAX - - +, MLX - - +
float32, 1e-40 below: NumPy - - +, JAX + + +, MLX - - +
(-2): -2.0
E2
