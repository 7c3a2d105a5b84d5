# SPDX-License-Identifier: MIT
"""Golden values from Keras in float64 on its PyTorch backend, parameters in Keras's own layout: kernels (I, G*H) and
(H, G*H), gates i f c o and z r h, the bias of a reset-after GRU (2, 3*H)."""
import os

os.environ["KERAS_BACKEND"] = "torch"

import keras
import torch

from golden_format import H, Inputs, write

keras.config.set_floatx("float64")
# On its PyTorch backend Keras rounds the product of two float64 matrices to float32 (its rule for the type of a result
# has no float64 there), which cells outside of the fused kernels show as errors of 1e-7. Only the rounding goes.
keras.src.backend.numpy.matmul = torch.matmul
MADE_BY = f"Keras {keras.__version__}"
STATES = dict(return_sequences=True, return_state=True)
CASES = {
    "rnn_single": lambda: keras.layers.SimpleRNN(H, **STATES),
    "rnn_relu_single": lambda: keras.layers.SimpleRNN(H, activation="relu", **STATES),
    "lstm_single": lambda: keras.layers.LSTM(H, **STATES),
    "gru_double": lambda: keras.layers.GRU(H, reset_after=True, **STATES),
    "gru_reset_before_single": lambda: keras.layers.GRU(H, reset_after=False, **STATES),
}


def make(case_name):
    cell, bias = case_name.rsplit("_", 1)
    name = f"keras_{case_name}"
    inputs = Inputs(name)
    has_memory = cell == "lstm"
    case = inputs.sequence_and_states(has_memory)
    at = {key: torch.tensor(value, requires_grad=key in ("x", "h0", "c0")) for key, value in case.items()}
    x = at["x"].transpose(0, 1)  # Keras is batch-major
    states = [at["h0"], at["c0"]] if has_memory else [at["h0"]]

    layer = CASES[case_name]()
    layer.build(tuple(x.shape))
    weights = {variable.name: variable for variable in layer.trainable_variables}
    for variable in weights.values():
        variable.assign(inputs.draw(*variable.shape))
    y, *final = layer(x, initial_state=states)
    results = {"y": y.transpose(0, 1), "hT": final[0]}
    loss = (results["y"] * at["dy"]).sum() + (final[0] * at["dhT"]).sum()
    if has_memory:
        results["cT"] = final[1]
        loss = loss + (final[1] * at["dcT"]).sum()
    loss.backward()

    tensors = {key: value.value.detach().numpy() for key, value in weights.items()}
    tensors |= case
    tensors |= {key: value.detach().numpy() for key, value in results.items()}
    tensors |= {"d" + key: at[key].grad.numpy() for key in ("x", "h0", "c0") if key in at}
    tensors |= {"d" + key: value.value.grad.numpy() for key, value in weights.items()}
    write(name, {"cell": cell, "bias": bias, "layout": "keras", "made_by": MADE_BY}, tensors)


for one in CASES:
    make(one)
