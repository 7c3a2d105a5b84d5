#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# "RMSprop, learning rate 0.001" in three libraries.
#
# optax 0.2.8, MLX 0.32.4 (cpu), Keras 3.15.1 on JAX 0.10.2; also Adam.
# Expected: one formula with different default decays; Adam's first step is the learning rate everywhere.
# Observed: the first step in units of the learning rate, for the gradients 1e-8, 1e-4 and 1, is with RMSprop 1e-4,
#   0.95, 3.2 in optax (epsilon 1e-8 inside the root), 3e-5, 0.32, 3.2 in Keras (1e-7 inside) and 0.9, 10, 10 in MLX
#   (decay 0.99, 1e-8 outside). With Adam at gradient 1 it is 1 in optax and Keras and 3.2 in MLX, which has no bias
#   correction by default; at gradient 1e-8 it is 0.5 (optax), 0.003 (Keras) and 0.1 (MLX). So one recipe gives steps
#   that differ by a factor of up to 30,000.
# gatebench: the place of epsilon is part of an optimizer's definition. PyTorch's forms are compared with PyTorch,
#   those of TensorFlow 1, Graves 2013 and Arjovsky 2016 with their equations (tests/golden). A learning rate from
#   Keras, optax or MLX cannot be reused without the form of its optimizer.
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

RATE = 0.001


def optax_step(make, gradient):
    optimizer = make(RATE)
    return -optimizer.update([jnp.array([gradient])], optimizer.init([jnp.zeros(1)]), [jnp.zeros(1)])[0][0]


def keras_step(make, gradient):
    variable = keras.Variable(np.zeros(1, "float32"))
    optimizer = make(RATE)
    optimizer.build([variable])
    optimizer.apply([jnp.array([gradient])])
    return -np.asarray(variable.value)


def mlx_step(make, gradient):
    return -np.array(make(RATE).apply_gradients({"w": mx.array([gradient])}, {"w": mx.zeros(1)})["w"])


print("first step / learning rate at gradient 1e-8, 1e-4, 1")
for name, step, make in (
    ("RMSprop optax", optax_step, optax.rmsprop),
    ("RMSprop Keras", keras_step, keras.optimizers.RMSprop),
    ("RMSprop MLX", mlx_step, mlx.optimizers.RMSprop),
    ("Adam optax", optax_step, optax.adam),
    ("Adam Keras", keras_step, keras.optimizers.Adam),
    ("Adam MLX", mlx_step, mlx.optimizers.Adam),
):
    print("%-14s" % name, *["%8.2g" % (float(step(make, g)[0]) / RATE) for g in (1e-8, 1e-4, 1.0)])
E2
compare <<'E2'
first step / learning rate at gradient 1e-8, 1e-4, 1
RMSprop optax    0.0001     0.95      3.2
RMSprop Keras   3.2e-05     0.31      3.2
RMSprop MLX        0.91       10       10
Adam optax          0.5        1        1
Adam Keras       0.0032     0.97        1
Adam MLX          0.097      3.2      3.2
E2
