#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Number of parameters and place of the biases of a GRU in five libraries of JAX.
#
# flax 0.12.8 (linen and nnx), dm-haiku 0.0.17, equinox 0.13.8, Keras 3.15.1, all on JAX 0.10.2; 4 inputs, 5 units.
# Expected: 165 (two biases per gate) or 150 (one); flax has one GRU with two interfaces.
# Observed: linen and equinox have 155: one bias per gate and a second one for the candidate only. flax.nnx has 150:
#   its recurrent part has no bias, although the equations in its documentation show b_hn, so a GRU of linen cannot be
#   converted without loss. haiku has 150, with the reset before the product and 1 - z on the old state. Keras has
#   165. haiku's LSTM adds 1 to the forget gate at each call: with all parameters 0 and c = 1 its next c is sigmoid(1)
#   = 0.731; that of flax and equinox is 0.5. A file of weights does not show this difference.
# gatebench: parameter counts are given by convention. An import must be told the library if the file does not name
#   it, and adds haiku's constant to the forget bias.
set -euo pipefail
# shellcheck source=findings/common.sh
. "$(dirname "$(readlink -f "$0")")/../common.sh"
packages flax==0.12.8 dm-haiku==0.0.17 equinox==0.13.8 keras==3.15.1 jax==0.10.2 numpy==2.4.6
see env KERAS_BACKEND=jax JAX_PLATFORMS=cpu venv/bin/python - <<'E2'
import warnings

warnings.simplefilter("ignore")
import equinox
import flax.linen as linen
import haiku
import jax
import jax.numpy as jnp
import keras
from flax import nnx

key, x, h = jax.random.key(0), jnp.zeros((1, 4)), jnp.zeros((1, 5))


def show(name, tree):
    leaves = jax.tree.leaves_with_path(tree)
    biases = sorted(int(leaf.size) for path, leaf in leaves if "b" in jax.tree_util.keystr(path).split("'")[-2:][0] or leaf.ndim == 1)
    print("%-12s %d parameters, biases of size" % (name, sum(leaf.size for _, leaf in leaves)), *biases)


show("flax.linen", linen.GRUCell(5).init(key, h, x))
show("flax.nnx", nnx.state(nnx.GRUCell(4, 5, rngs=nnx.Rngs(0)), nnx.Param).to_pure_dict())
show("equinox", equinox.filter(equinox.nn.GRUCell(4, 5, key=key), equinox.is_array))
gru = haiku.without_apply_rng(haiku.transform(lambda x, h: haiku.GRU(5)(x, h)))
show("haiku", gru.init(key, x, h))
layer = keras.layers.GRU(5)
layer.build((1, 3, 4))
print("%-12s %d parameters, bias of shape" % ("Keras", layer.count_params()), *layer.cell.bias.shape)

zero = lambda tree: jax.tree.map(jnp.zeros_like, tree)
c = jnp.ones((1, 5))
lstm = haiku.without_apply_rng(haiku.transform(lambda x, h, c: haiku.LSTM(5)(x, haiku.LSTMState(h, c))))
print("next c of haiku's LSTM, all parameters 0: %.3f" % lstm.apply(zero(lstm.init(key, x, h, c)), x, h, c)[1].cell[0, 0])
cell = linen.LSTMCell(5)
print("next c of linen's LSTM, all parameters 0: %.3f" % cell.apply(zero(cell.init(key, (c, h), x)), (c, h), x)[0][0][0, 0])
cell = jax.tree.map(lambda leaf: jnp.zeros_like(leaf) if equinox.is_array(leaf) else leaf, equinox.nn.LSTMCell(4, 5, key=key))
print("next c of equinox's LSTM, all parameters 0: %.3f" % cell(x[0], (h[0], c[0]))[1][0])
E2
compare <<'E2'
flax.linen   155 parameters, biases of size 5 5 5 5
flax.nnx     150 parameters, biases of size 15
equinox      155 parameters, biases of size 5 15
haiku        150 parameters, biases of size 15
Keras        165 parameters, bias of shape 2 15
next c of haiku's LSTM, all parameters 0: 0.731
next c of linen's LSTM, all parameters 0: 0.500
next c of equinox's LSTM, all parameters 0: 0.500
E2
