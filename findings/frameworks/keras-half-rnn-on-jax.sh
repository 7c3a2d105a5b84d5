#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# A Keras LSTM in half precision on JAX, counted and saved.
#
# Keras 3.15.1, JAX 0.10.2, h5py 3.16.0.
# Expected: LSTM(4, dtype="bfloat16") has the 128 parameters of the float32 layer, or building it raises an error.
# Observed: JAX has no QR decomposition in half precision, so the orthogonal recurrent initialiser raises an error,
#   which Sequential discards. built is True, count_params() returns 48 (GRU 36, SimpleRNN 12), save_weights() writes
#   the kernel only, and that file can be loaded into such a model. An error appears only when the model computes, and
#   it names an attribute. float16 and the global policy behave in the same way; mixed_bfloat16, whose variables are
#   float32, is correct. In HDF5 a bfloat16 dataset has an opaque type of two bytes; only its attribute dtype names
#   the type.
# gatebench: an import of a Keras file needs kernel, recurrent kernel and, by the layer's config, bias, and names the
#   one that is missing. An opaque dataset must be refused with its attribute dtype in the message.
set -euo pipefail
# shellcheck source=findings/common.sh
. "$(dirname "$(readlink -f "$0")")/../common.sh"
packages keras==3.15.1 jax==0.10.2 h5py==3.16.0 numpy==2.4.6 ml_dtypes
see env KERAS_BACKEND=jax JAX_PLATFORMS=cpu venv/bin/python - <<'E2'
import warnings

warnings.simplefilter("ignore")
import h5py
import keras


def model(layer, policy):
    return keras.Sequential([keras.Input((5, 3)), getattr(keras.layers, layer)(4, dtype=policy)])


for policy in "float32", "mixed_bfloat16", "bfloat16", "float16":
    for layer in "LSTM", "GRU", "SimpleRNN":
        m = model(layer, policy)
        print("%-14s %-9s built %s, %3d parameters:" % (policy, layer, m.built, m.count_params()), *[w.name for w in m.weights])

m = model("LSTM", "bfloat16")
m.save_weights("half.weights.h5")
with h5py.File("half.weights.h5") as f:
    saved = []
    f.visititems(lambda name, o: saved.append(o) if isinstance(o, h5py.Dataset) else None)
    for o in saved:
        print("saved:", o.name, o.dtype, dict(o.attrs))
model("LSTM", "bfloat16").load_weights("half.weights.h5")
print("loaded without an error")
E2
compare <<'E2'
float32        LSTM      built True, 128 parameters: kernel recurrent_kernel bias
float32        GRU       built True, 108 parameters: kernel recurrent_kernel bias
float32        SimpleRNN built True,  32 parameters: kernel recurrent_kernel bias
mixed_bfloat16 LSTM      built True, 128 parameters: kernel recurrent_kernel bias
mixed_bfloat16 GRU       built True, 108 parameters: kernel recurrent_kernel bias
mixed_bfloat16 SimpleRNN built True,  32 parameters: kernel recurrent_kernel bias
bfloat16       LSTM      built True,  48 parameters: kernel
bfloat16       GRU       built True,  36 parameters: kernel
bfloat16       SimpleRNN built True,  12 parameters: kernel
float16        LSTM      built True,  48 parameters: kernel
float16        GRU       built True,  36 parameters: kernel
float16        SimpleRNN built True,  12 parameters: kernel
saved: /layers/lstm/cell/vars/0 |V2 {'dtype': 'bfloat16'}
loaded without an error
E2
