#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Clipping a large float32 gradient by its norm.
#
# optax 0.2.8, MLX 0.32.4 (cpu), Keras 3.15.1 on JAX 0.10.2.
# Expected: clipping (3e20, 4e20) to norm 1 gives (0.6, 0.8).
# Observed: the squares overflow float32 and the norm is infinite. optax.clip_by_global_norm, MLX's clip_grad_norm and
#   Keras's clipnorm return (0, 0), so the step has no effect; Keras's global_clipnorm returns (NaN, NaN), which ends
#   training. At (3e18, 4e18) all four are correct. If one element is infinite, the first three return NaN there and 0
#   elsewhere, global_clipnorm NaN everywhere.
# gatebench: squares are summed in double (lib/train/update.c), where no float32 gradient overflows. A norm that is
#   not finite makes the trial diverged.
set -euo pipefail
# shellcheck source=findings/common.sh
. "$(dirname "$(readlink -f "$0")")/../common.sh"
packages keras==3.15.1 jax==0.10.2 optax==0.2.8 'mlx[cpu]==0.32.4' numpy==2.4.6
see env KERAS_BACKEND=jax JAX_PLATFORMS=cpu venv/bin/python - <<'E2'
import warnings

warnings.simplefilter("ignore")
import jax.numpy as jnp
import keras
import mlx.core as mx
import mlx.optimizers
import numpy as np
import optax


def keras_step(gradient, **clip):
    variable = keras.Variable(np.zeros(2, "float32"))
    optimizer = keras.optimizers.SGD(1.0, **clip)
    optimizer.build([variable])
    optimizer.apply([jnp.array(gradient)])
    return -np.asarray(variable.value)


for gradient in [3.0, 4.0], [3e18, 4e18], [3e20, 4e20], [1.0, float("inf")]:
    print("gradient", gradient)
    for name, clipped in (
        ("optax", optax.clip_by_global_norm(1.0).update([jnp.array(gradient)], None)[0][0]),
        ("MLX", mlx.optimizers.clip_grad_norm({"w": mx.array(gradient)}, 1.0)[0]["w"]),
        ("Keras clipnorm", keras_step(gradient, clipnorm=1.0)),
        ("Keras global_clipnorm", keras_step(gradient, global_clipnorm=1.0)),
    ):
        print("  %-22s" % name, *["%.4g" % abs(x) for x in np.array(clipped)])
E2
compare <<'E2'
gradient [3.0, 4.0]
  optax                  0.6 0.8
  MLX                    0.6 0.8
  Keras clipnorm         0.6 0.8
  Keras global_clipnorm  0.6 0.8
gradient [3e+18, 4e+18]
  optax                  0.6 0.8
  MLX                    0.6 0.8
  Keras clipnorm         0.6 0.8
  Keras global_clipnorm  0.6 0.8
gradient [3e+20, 4e+20]
  optax                  0 0
  MLX                    0 0
  Keras clipnorm         0 0
  Keras global_clipnorm  nan nan
gradient [1.0, inf]
  optax                  0 nan
  MLX                    0 nan
  Keras clipnorm         0 nan
  Keras global_clipnorm  nan nan
E2
