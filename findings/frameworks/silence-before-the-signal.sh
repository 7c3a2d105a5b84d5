#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# A basic RNN without bias whose sequences begin with zeros, as pieces of music that begin with silence.
#
# Keras 3.15.1 on JAX 0.10.2, MLX 0.32.4 (cpu).
# Expected: while the input is zero the state is exactly zero, so these steps add nothing to any gradient, and their
#   number does not matter: the gradients are those of the sequence without them.
# Observed: the gradient of the state is carried back through the silence and grows by the spectral radius of U, 3 here,
#   in every step. It overflows float32 after some 80 steps, and infinity times the zero state is NaN: the gradients of U
#   and W are NaN, although in float64 they are small and do not depend on the silence. A norm of such a gradient is NaN,
#   so clipping by the norm does not help. The loss is finite.
# gatebench: the same arithmetic; the trial is marked as diverged. The recipe music_sets has biases (with them silence is
#   not a fixed point at zero), and its page says what happened without them.
set -euo pipefail
# shellcheck source=findings/common.sh
. "$(dirname "$(readlink -f "$0")")/../common.sh"
packages keras==3.15.1 jax==0.10.2 'mlx[cpu]==0.32.4' numpy==2.4.6
see env KERAS_BACKEND=jax JAX_PLATFORMS=cpu JAX_ENABLE_X64=1 venv/bin/python - <<'E2'
import warnings

warnings.simplefilter("ignore")
import jax
import jax.numpy as jnp
import keras
import mlx.core as mx
import mlx.nn
import numpy as np

UNITS = 4
SOUND = np.random.default_rng(1).uniform(-1, 1, (1, 5, 2))
KERNEL = np.random.default_rng(2).uniform(-0.1, 0.1, (2, UNITS))
RECURRENT = 3 * np.eye(UNITS)[[1, 2, 3, 0]]  # three times a rotation of the units


def sequence(silence):
    return np.concatenate([np.zeros((1, silence, 2)), SOUND], axis=1)


def by_jax(silence, dtype):
    def loss(weights):
        step = lambda h, x: (jnp.tanh(x @ weights[0] + h @ weights[1]), None)
        x = jnp.asarray(sequence(silence), dtype).swapaxes(0, 1)
        return jax.lax.scan(step, jnp.zeros((1, UNITS), dtype), x)[0].sum()

    return jax.value_and_grad(loss)([jnp.asarray(KERNEL, dtype), jnp.asarray(RECURRENT, dtype)])


def by_keras(silence):
    layer = keras.layers.SimpleRNN(UNITS, use_bias=False)
    layer.build((None, None, 2))

    def loss(weights):
        y, _ = layer.stateless_call(weights, [v.value for v in layer.non_trainable_variables], jnp.asarray(sequence(silence), "float32"))
        return y.sum()

    return jax.value_and_grad(loss)([jnp.asarray(KERNEL, "float32"), jnp.asarray(RECURRENT, "float32")])


def by_mlx(silence):
    layer = mlx.nn.RNN(2, UNITS, bias=False)
    weights = {"Wxh": mx.array(KERNEL.T, mx.float32), "Whh": mx.array(RECURRENT.T, mx.float32)}

    def loss(weights):
        layer.update(weights)
        return layer(mx.array(sequence(silence), mx.float32))[:, -1].sum()

    value, gradient = mx.value_and_grad(loss)(weights)
    return value, [np.array(gradient["Wxh"]), np.array(gradient["Whh"])]


for silence in 0, 70, 100:
    for name, (value, gradient) in (
        ("JAX float64", by_jax(silence, "float64")),
        ("JAX float32", by_jax(silence, "float32")),
        ("Keras float32", by_keras(silence)),
        ("MLX float32", by_mlx(silence)),
    ):
        norms = ["%.3f" % np.linalg.norm(np.asarray(g, np.float64)) for g in gradient]
        print("%3d steps of silence, %-13s" % (silence, name), "loss %.3f, gradient of W %s, of U %s" % (float(value), *norms))
E2
compare <<'E2'
  0 steps of silence, JAX float64   loss -0.362, gradient of W 42.749, of U 2.629
  0 steps of silence, JAX float32   loss -0.362, gradient of W 42.749, of U 2.629
  0 steps of silence, Keras float32 loss -0.362, gradient of W 42.749, of U 2.629
  0 steps of silence, MLX float32   loss -0.362, gradient of W 42.749, of U 2.629
 70 steps of silence, JAX float64   loss -0.362, gradient of W 42.749, of U 2.629
 70 steps of silence, JAX float32   loss -0.362, gradient of W 42.749, of U 2.629
 70 steps of silence, Keras float32 loss -0.362, gradient of W 42.749, of U 2.629
 70 steps of silence, MLX float32   loss -0.362, gradient of W 42.749, of U 2.629
100 steps of silence, JAX float64   loss -0.362, gradient of W 42.749, of U 2.629
100 steps of silence, JAX float32   loss -0.362, gradient of W nan, of U nan
100 steps of silence, Keras float32 loss -0.362, gradient of W nan, of U nan
100 steps of silence, MLX float32   loss -0.362, gradient of W nan, of U nan
E2
