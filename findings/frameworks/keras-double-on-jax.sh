#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Keras in float64 on JAX and on NumPy: which operations keep the precision.
#
# Keras 3.15.1, JAX 0.10.2 (JAX_ENABLE_X64=1), NumPy 2.4.6; floatx and the dtype policy are float64.
# Expected: a float64 layer computes in float64 on every back end, as it does on PyTorch.
# Observed: on JAX, tanh, sin, cosh and arctan of a float64 tensor are float32, without a message. SimpleRNN therefore
#   fails in its loop. LSTM and GRU end in a product with a float64 gate, so they return float64 with errors of 1e-9.
#   On NumPy all of these operations except softmax give float32, and every layer reports float64.
# gatebench: golden values in double come from Keras on PyTorch (tests/golden). A comparison with Keras on JAX in
#   double must pass JAX's own functions to the cells (tests/conformance/gradient_by_lag.py).
set -euo pipefail
# shellcheck source=findings/common.sh
. "$(dirname "$(readlink -f "$0")")/../common.sh"
packages keras==3.15.1 jax==0.10.2 numpy==2.4.6 scipy==1.17.1
cat >double.py <<'E2'
import keras
import numpy as np

keras.config.set_floatx("float64")
keras.config.set_dtype_policy("float64")
x = keras.ops.convert_to_tensor(np.full((2, 2), 0.1), dtype="float64")
dtype = lambda value: keras.backend.standardize_dtype(value.dtype)
names = "tanh sigmoid exp sqrt log sin cosh arctan square softmax".split()
print(keras.config.backend(), "float32:", *[name for name in names if dtype(getattr(keras.ops, name)(x)) == "float32"])


def sigmoid(v):
    return 1 / (1 + np.exp(-v))


for name in "SimpleRNN", "LSTM", "GRU":
    layer = getattr(keras.layers, name)(3, kernel_initializer="ones", recurrent_initializer="zeros", bias_initializer="zeros")
    try:
        y = layer(np.full((1, 1, 2), 0.2))
    except Exception as error:
        print(name, "fails:", "float64" in str(error) and "float32" in str(error) and "float32 met float64")
        continue
    z = 0.4  # the sum in every gate; the LSTM's forget gate sees no memory
    exact = {"SimpleRNN": np.tanh(z), "LSTM": sigmoid(z) * np.tanh(sigmoid(z) * np.tanh(z)),
             "GRU": (1 - sigmoid(z)) * np.tanh(z)}[name]
    error = abs(float(keras.ops.convert_to_numpy(y)[0, 0]) - exact)
    print(name, dtype(y), "error", "below 1e-15" if error < 1e-15 else "above 1e-10" if error > 1e-10 else "between")
E2
run_all() {
  for backend in jax numpy; do
    KERAS_BACKEND=$backend JAX_ENABLE_X64=1 JAX_PLATFORMS=cpu venv/bin/python double.py
  done
}
see run_all
compare <<'E2'
jax float32: tanh sin cosh arctan
SimpleRNN fails: float32 met float64
LSTM float64 error above 1e-10
GRU float64 error above 1e-10
numpy float32: tanh sigmoid exp sqrt log sin cosh arctan square
SimpleRNN float64 error above 1e-10
LSTM float64 error above 1e-10
GRU float64 error above 1e-10
E2
