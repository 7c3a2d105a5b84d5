#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Random networks of real packages against `gatebench import`: outputs, counts, and weights after export and import.

    frameworks.py GATEBENCH --only pytorch --count 200 [--seed 1]     prints a line for each that fails, exits 1
    frameworks.py --golden FOLDER --only pytorch                      makes the missing files of tests/golden/interchange

Each framework is a function that makes a network of given cells and sizes and leaves weights, x.npy and y.npy. Install:

    python3 -m venv venv && venv/bin/pip install -r requirements.txt   (chainer and keras2: requirements-chainer.txt and
    requirements-keras2.txt in others)
"""
import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile

import numpy as np

os.environ.setdefault("KERAS_BACKEND", "torch")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("JAX_PLATFORMS", "cpu")


class Case:
    """The description of a network: cell, inputs, units of each layer, bias, words (0: none), outputs of a dense layer (0: none)."""

    def __init__(self, cell, inputs, units, steps, sequences, bias=True, words=0, outputs=0, variant=0, lengths=False):
        self.cell, self.inputs, self.units, self.steps, self.sequences = cell, inputs, units, steps, sequences
        self.bias, self.words, self.outputs, self.variant, self.lengths = bias, words, outputs, variant, lengths

    def functions(self):
        """The cell without its endings, whether its gates are hard, and whether relu stands in place of tanh."""
        base = self.cell.replace("_hard", "")
        relu = base.endswith("_relu")
        return base[:-5] if relu else base, "_hard" in self.cell, relu

    def __str__(self):
        return ", ".join(f"{key}={value}" for key, value in vars(self).items())

    def draw_input(self, rng):
        if self.words:
            return rng.integers(0, self.words, (self.sequences, self.steps)).astype("i4")
        return rng.normal(size=(self.sequences, self.steps, self.inputs)).astype("f4")


def draw_case(rng, cells, stack=True):
    size = lambda most: int(np.exp(rng.uniform(0, np.log(most + 1))))
    layers = int(rng.integers(1, 5)) if stack else 1
    units = size(300)
    case = Case(cells[rng.integers(len(cells))], size(100), [units] * layers, size(500), int(rng.integers(1, 4)),
                bool(rng.integers(4)), int(rng.integers(2, 50)) if rng.integers(3) == 0 else 0,
                size(40) if rng.integers(2) else 0, int(rng.integers(4)), bool(rng.integers(3) == 0))
    if case.cell.endswith("_relu") and case.cell != "rnn_relu":
        case.steps = min(case.steps, 20)  # without a bound the memory of such a cell soon overflows
    return case


def flatten(tree, prefix=()):
    if hasattr(tree, "items"):
        flat = {}
        for key, value in tree.items():
            flat.update(flatten(value, prefix + (str(key),)))
        return flat
    return {"/".join(prefix): np.asarray(tree)}


def shake(rng, arrays):
    """Biases that start at zero would hide where they belong."""
    return {key: (value + rng.normal(size=value.shape).astype(value.dtype) * 0.3 if value.ndim < 2 or 2 in value.shape[:1]
                  else value) for key, value in arrays.items()}


# Each maker: (case, rng, folder) -> (file, its options, number of parameters, check of the way back or None)

def make_pytorch(case, rng, folder):
    import torch
    import safetensors.torch
    torch.manual_seed(int(rng.integers(1 << 30)))
    kinds = {"lstm": torch.nn.LSTM, "gru": torch.nn.GRU, "rnn": torch.nn.RNN, "rnn_relu": torch.nn.RNN}
    relu = {"nonlinearity": "relu"} if case.cell == "rnn_relu" else {}

    class Model(torch.nn.Module):
        def __init__(self):
            super().__init__()
            if case.words:
                self.embedding = torch.nn.Embedding(case.words, case.inputs)
            self.rnn = kinds[case.cell](case.inputs, case.units[0], len(case.units), bias=case.bias, batch_first=True, **relu)
            if case.outputs:
                self.head = torch.nn.Linear(case.units[-1], case.outputs)

        def forward(self, x):
            y = self.rnn(self.embedding(x) if case.words else x)[0]
            return self.head(y) if case.outputs else y

    model = Model()
    x = case.draw_input(rng)
    with torch.no_grad():
        y = model(torch.from_numpy(x)).numpy()
    save(folder, x, y)
    file = f"{folder}/model.safetensors"
    safetensors.torch.save_file(model.state_dict(), file)

    def back(saved):
        ours = list(safetensors.torch.load_file(saved).values())
        theirs = sorted(model.state_dict().items())
        by = lambda pairs: sorted((tuple(v.shape), v.numpy().tobytes()) for v in pairs)
        return by(ours) == by([v for _, v in theirs])

    options = ["--activation", "relu" if case.cell == "rnn_relu" else "tanh"]
    return file, options, sum(p.numel() for p in model.parameters()), ("safetensors", back)


def keras_layers(keras, case):
    base, hard, relu = case.functions()
    kind = {"lstm": keras.layers.LSTM, "gru": keras.layers.GRU, "gru_reset_before": keras.layers.GRU,
            "rnn": keras.layers.SimpleRNN}[base]
    more = {"gru": {"reset_after": True}, "gru_reset_before": {"reset_after": False}}.get(base, {})
    more = {**more, **({"recurrent_activation": "hard_sigmoid"} if hard else {}), **({"activation": "relu"} if relu else {})}
    layers = [keras.Input((None,), dtype="int32") if case.words else keras.Input((None, case.inputs))]
    if case.words:
        layers.append(keras.layers.Embedding(case.words, case.inputs))
    last = case.variant == 1
    for i, units in enumerate(case.units):
        layers.append(kind(units, use_bias=case.bias, return_sequences=i + 1 < len(case.units) or not last, **more))
        if case.variant == 2:
            layers.append(keras.layers.Dropout(0.3))
    if case.outputs:
        layers.append(keras.layers.Dense(case.outputs, activation=["linear", "softmax", "relu", "sigmoid"][case.variant],
                                         use_bias=case.bias))
    return layers


def make_keras(case, rng, folder):
    import keras
    keras.utils.set_random_seed(int(rng.integers(1 << 30)))
    model = keras.Sequential(keras_layers(keras, case))
    for weight in model.weights:
        if "bias" in weight.name:
            weight.assign(weight.numpy() + rng.normal(size=weight.shape) * 0.3)
    x = case.draw_input(rng)
    save(folder, x, np.asarray(model.predict(x, verbose=0, batch_size=64)))
    ending = [".keras", ".h5", ".keras", ".weights.h5"][case.variant]
    options = []
    plain = case.cell in FRAMEWORKS["keras"][1]
    if ending == ".weights.h5":
        if not plain or case.cell == "gru" and not case.bias:  # it does not record the functions, nor the form of the reset
            ending = ".keras"
        else:
            options = ["--activation", "relu" if case.cell == "rnn_relu" else "tanh", "--activations", "sigmoid"]
    file = f"{folder}/model{ending}"
    if ending == ".weights.h5":
        model.save_weights(file)
    else:
        model.save(file)

    def back(saved):
        again = keras.Sequential(keras_layers(keras, case))
        again.load_weights(saved)
        return all(a.numpy().tobytes() == b.numpy().tobytes() for a, b in zip(model.weights, again.weights))

    return file, options, model.count_params(), ("weights.h5", back) if plain else None


def make_flax_linen(case, rng, folder):
    import jax
    import flax.linen as nn
    kinds = {"lstm": [nn.LSTMCell, nn.OptimizedLSTMCell], "gru": [nn.GRUCell], "rnn": [nn.SimpleCell]}[case.cell]
    kind = kinds[case.variant % len(kinds)]

    class Model(nn.Module):
        @nn.compact
        def __call__(self, x):
            y = nn.Embed(case.words, case.inputs, name="embed")(x) if case.words else x
            for i, units in enumerate(case.units):
                y = nn.RNN(kind(units), name=f"rnn{i}")(y)
            return nn.Dense(case.outputs, use_bias=case.bias, name="head")(y) if case.outputs else y

    x = case.draw_input(rng)
    variables = Model().init(jax.random.key(int(rng.integers(1 << 30))), x[:, :1])
    flat = shake(rng, flatten(variables["params"]))
    tree = {}
    for key, value in flat.items():
        at = tree
        *parents, leaf = key.split("/")
        for parent in parents:
            at = at.setdefault(parent, {})
        at[leaf] = value
    save(folder, x, Model().apply({"params": tree}, x))
    np.savez(f"{folder}/model.npz", **flat)
    return f"{folder}/model.npz", ["--from", "flax_linen"], sum(v.size for v in flat.values()), None


def make_flax_nnx(case, rng, folder):
    import jax
    from flax import nnx
    kinds = {"lstm": [nnx.LSTMCell, nnx.OptimizedLSTMCell], "gru": [nnx.GRUCell], "rnn": [nnx.SimpleCell]}[case.cell]
    kind = kinds[case.variant % len(kinds)]
    rngs = nnx.Rngs(int(rng.integers(1 << 30)))
    x = case.draw_input(rng)
    y, width, flat, parts = x, case.inputs, {}, []
    if case.words:
        parts.append(("embed", nnx.Embed(case.words, case.inputs, rngs=rngs)))
    for i, units in enumerate(case.units):
        parts.append((f"rnn{i}", nnx.RNN(kind(width, units, rngs=rngs), rngs=rngs)))
        width = units
    if case.outputs:
        parts.append(("head", nnx.Linear(width, case.outputs, use_bias=case.bias, rngs=rngs)))
    for name, part in parts:
        state = nnx.state(part, nnx.Param)
        pure = shake(rng, flatten(nnx.to_pure_dict(state)))
        for path, leaf in nnx.to_flat_state(state):
            leaf.set_value(jax.numpy.asarray(pure["/".join(map(str, path))]))
        nnx.update(part, state)
        y = part(y)
        flat.update({f"{name}/{key}": value for key, value in pure.items()})
    save(folder, x, y)
    np.savez(f"{folder}/model.npz", **flat)
    return f"{folder}/model.npz", ["--from", "flax_nnx"], sum(v.size for v in flat.values()), None


def make_haiku(case, rng, folder):
    import haiku as hk
    import jax
    kind = {"lstm": hk.LSTM, "gru_reset_before": hk.GRU, "rnn_relu": hk.VanillaRNN}[case.cell]

    def forward(x):
        y = hk.Embed(case.words, case.inputs)(x) if case.words else x
        for units in case.units:
            cell = kind(units)
            y, _ = hk.dynamic_unroll(cell, y, cell.initial_state(x.shape[0]), time_major=False)
        return hk.Linear(case.outputs, with_bias=case.bias, name="head")(y) if case.outputs else y

    network = hk.transform(forward)
    x = case.draw_input(rng)
    params = network.init(jax.random.key(int(rng.integers(1 << 30))), x)
    params = {module: shake(rng, {k: np.asarray(v) for k, v in held.items()}) for module, held in params.items()}
    save(folder, x, network.apply(params, None, x))
    flat = flatten(params)
    np.savez(f"{folder}/model.npz", **flat)
    return f"{folder}/model.npz", ["--from", "haiku"], sum(v.size for v in flat.values()), None


def make_equinox(case, rng, folder):
    import equinox as eqx
    import jax
    import jax.numpy as jnp
    import safetensors.numpy
    keys = iter(jax.random.split(jax.random.key(int(rng.integers(1 << 30))), 32))
    kind = {"lstm": eqx.nn.LSTMCell, "gru": eqx.nn.GRUCell}[case.cell]
    x = case.draw_input(rng)
    y, width, flat = jnp.asarray(x), case.inputs, {}

    def keep(name, module):
        for field in ("weight_ih", "weight_hh", "bias", "bias_n", "weight"):
            value = getattr(module, field, None)
            if value is not None and not isinstance(value, str):
                flat[f"{name}.{field}"] = np.asarray(value)

    if case.words:
        embedding = eqx.nn.Embedding(case.words, case.inputs, key=next(keys))
        keep("embedding", embedding)
        y = jax.vmap(jax.vmap(embedding))(y)
    for i, units in enumerate(case.units):
        cell = kind(width, units, use_bias=case.bias, key=next(keys))
        keep(f"cells.{i}", cell)
        zero = jnp.zeros((case.sequences, units))

        def step(state, row):
            state = jax.vmap(cell)(row, state)
            return state, state[0] if case.cell == "lstm" else state

        _, y = jax.lax.scan(step, (zero, zero) if case.cell == "lstm" else zero, y.swapaxes(0, 1))
        y, width = y.swapaxes(0, 1), units
    if case.outputs:
        head = eqx.nn.Linear(width, case.outputs, use_bias=case.bias, key=next(keys))
        keep("head", head)
        y = jax.vmap(jax.vmap(head))(y)
    save(folder, x, y)
    safetensors.numpy.save_file(flat, f"{folder}/model.safetensors")
    return f"{folder}/model.safetensors", ["--from", "equinox"], sum(v.size for v in flat.values()), None


def make_mlx(case, rng, folder):
    import mlx.core as mx
    import mlx.nn as nn
    from mlx.utils import tree_flatten
    mx.random.seed(int(rng.integers(1 << 30)))
    kind = {"lstm": nn.LSTM, "gru": nn.GRU, "rnn": nn.RNN}[case.cell]
    x = case.draw_input(rng)
    y, width, flat, parts = mx.array(x), case.inputs, {}, []
    if case.words:
        parts.append(("embedding", nn.Embedding(case.words, case.inputs)))
    for i, units in enumerate(case.units):
        parts.append((f"layers.{i}", kind(width, units, bias=case.bias)))
        width = units
    if case.outputs:
        parts.append(("head", nn.Linear(width, case.outputs, bias=case.bias)))
    for name, part in parts:
        y = part(y)
        y = y[0] if isinstance(y, tuple) else y
        flat.update({f"{name}.{key}": value for key, value in tree_flatten(part.parameters())})
    save(folder, x, np.array(y))
    mx.save_safetensors(f"{folder}/model.safetensors", flat)
    return f"{folder}/model.safetensors", ["--from", "mlx"], sum(v.size for v in flat.values()), None


def make_onnx(case, rng, folder):
    import onnx
    import onnxruntime
    from onnx import TensorProto, helper, numpy_helper
    base, hard, relu = case.functions()
    operator, gates, more = {"lstm": ("LSTM", 4, {}), "lstm_peephole": ("LSTM", 4, {}), "cifg": ("LSTM", 4, {"input_forget": 1}),
                             "gru": ("GRU", 3, {"linear_before_reset": 1}), "gru_reset_before": ("GRU", 3, {}),
                             "rnn": ("RNN", 1, {})}[base]
    if hard or relu:
        state = ["Relu" if relu else "Tanh"] * {"LSTM": 2, "GRU": 1, "RNN": 1}[operator]
        more["activations"] = ([] if operator == "RNN" else ["HardSigmoid" if hard else "Sigmoid"]) + state
    if hard and case.variant % 2 and case.bias:
        more.update(activation_alpha=[0.3], activation_beta=[0.4])
    nodes, constants, at, width = [], {}, "x", case.inputs
    if case.words:
        constants["words"] = rng.normal(size=(case.words, case.inputs))
        nodes.append(helper.make_node("Gather", ["words", "x"], ["embedded"], name="embedding"))
        at = "embedded"
    axes = [numpy_helper.from_array(np.array([1], "i8"), "axes"), numpy_helper.from_array(np.array([0], "i8"), "first")]
    for i, units in enumerate(case.units):
        scale = 1 / np.sqrt(units)
        constants[f"W{i}"] = rng.uniform(-scale, scale, (1, gates * units, width))
        constants[f"R{i}"] = rng.uniform(-scale, scale, (1, gates * units, units))
        inputs = [at, f"W{i}", f"R{i}", ""]
        if case.bias:
            constants[f"B{i}"] = rng.uniform(-0.5, 0.5, (1, 2 * gates * units))
            inputs[3] = f"B{i}"
        if case.cell == "lstm_peephole":
            constants[f"P{i}"] = rng.uniform(-0.5, 0.5, (1, 3 * units))
            inputs += ["", "", "", f"P{i}"]
        if case.lengths:
            inputs[4:5] = ["lengths"]
        last = case.variant == 3 and i + 1 == len(case.units)  # Y_h [1][N][H] in place of Y [T][1][N][H]
        outputs = ["", f"Y{i}"] if last else [f"Y{i}"]
        nodes.append(helper.make_node(operator, inputs, outputs, name=f"rnn{i}", hidden_size=units, **more))
        nodes.append(helper.make_node("Squeeze", [f"Y{i}", "first" if last else "axes"], [f"s{i}"], name=f"squeeze{i}"))
        at, width = f"s{i}", units
    if case.outputs and case.variant == 3:
        constants["B"], constants["C"] = rng.normal(size=(case.outputs, width)), rng.normal(size=case.outputs)
        nodes.append(helper.make_node("Gemm", [at, "B", "C"], ["sum"], name="head", transB=1))
        at = "sum"
    elif case.outputs:
        constants["B"] = rng.normal(size=(width, case.outputs))
        nodes.append(helper.make_node("MatMul", [at, "B"], ["product"], name="head"))
        at = "product"
        if case.bias:
            constants["C"] = rng.normal(size=case.outputs)
            nodes.append(helper.make_node("Add", [at, "C"], ["sum"], name="add"))
            at = "sum"
    tensors = [numpy_helper.from_array(np.asarray(value, "f4"), key) for key, value in constants.items()]
    x = np.ascontiguousarray(case.draw_input(rng).swapaxes(0, 1))
    kind = TensorProto.INT32 if case.words else TensorProto.FLOAT
    feeds, given = {"x": x}, [helper.make_tensor_value_info("x", kind, x.shape)]
    if case.lengths:
        feeds["lengths"] = rng.integers(1, case.steps + 1, case.sequences).astype("i4")
        given.insert(0, helper.make_tensor_value_info("lengths", TensorProto.INT32, [case.sequences]))
        np.save(f"{folder}/lengths.npy", feeds["lengths"])
    graph = helper.make_graph(nodes, "g", given,
                              [helper.make_tensor_value_info(at, TensorProto.FLOAT, None)], tensors + axes)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 14)], ir_version=8)
    onnx.save(model, f"{folder}/model.onnx")
    session = onnxruntime.InferenceSession(f"{folder}/model.onnx", providers=["CPUExecutionProvider"])
    save(folder, x, session.run(None, feeds)[0])
    return f"{folder}/model.onnx", [], sum(np.asarray(v).size for v in constants.values()), None


def make_onnx_pytorch(case, rng, folder):
    """What torch.onnx.export writes: by its present exporter, or by the older one (dynamo=False), which alone keeps a basic
    RNN in one piece; weights in the file or beside it; sizes fixed or open; all steps, the last step or the last state."""
    import torch
    torch.manual_seed(int(rng.integers(1 << 30)))
    kind = {"lstm": torch.nn.LSTM, "gru": torch.nn.GRU, "rnn": torch.nn.RNN}[case.cell]
    sequences_first = case.steps % 2 == 0
    dynamo = case.cell != "rnn" and case.sequences != 3

    class Model(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.embedding = torch.nn.Embedding(case.words, case.inputs) if case.words else None
            self.rnn = kind(case.inputs, case.units[0], len(case.units), bias=case.bias, batch_first=sequences_first)
            self.head = torch.nn.Linear(case.units[-1], case.outputs, bias=case.bias) if case.outputs else None

        def forward(self, x):
            y, states = self.rnn(self.embedding(x) if case.words else x)
            h = states[0] if case.cell == "lstm" else states
            y = [y, h[-1], y[:, -1] if sequences_first else y[-1], y][case.variant]
            y = self.head(y) if case.outputs else y
            return (y, h) if case.variant == 3 else y

    model = Model().eval()
    x = case.draw_input(rng)
    x = torch.from_numpy(np.ascontiguousarray(x if sequences_first else x.swapaxes(0, 1)))
    with torch.no_grad():
        y = model(x)
    save(folder, x.numpy(), (y[0] if case.variant == 3 else y).numpy())
    file, more = f"{folder}/model.onnx", {}
    if dynamo:
        more["external_data"] = case.variant % 2 == 1
        if case.lengths and min(x.shape[:2]) > 1:
            more["dynamic_shapes"] = ({0: torch.export.Dim.AUTO, 1: torch.export.Dim.AUTO},)
    torch.onnx.export(model, (x,), file, dynamo=dynamo, verbose=False, **more)
    return file, [], sum(p.numel() for p in model.parameters()), None


def make_paddle(case, rng, folder):
    import paddle
    paddle.seed(int(rng.integers(1 << 30)))
    kind = {"lstm": paddle.nn.LSTM, "gru": paddle.nn.GRU, "rnn": paddle.nn.SimpleRNN}[case.cell]
    x = case.draw_input(rng)
    y, flat, count, parts = paddle.to_tensor(x), {}, 0, []
    if case.words:
        parts.append(("embedding", paddle.nn.Embedding(case.words, case.inputs)))
    parts.append(("rnn", kind(case.inputs, case.units[0], len(case.units))))
    if case.outputs:
        parts.append(("head", paddle.nn.Linear(case.units[-1], case.outputs)))
    for name, part in parts:
        y = part(y)
        y = y[0] if isinstance(y, tuple) else y
        flat.update({f"{name}.{key}": value.numpy() for key, value in part.state_dict().items()})
        count += sum(int(np.prod(p.shape)) for p in part.parameters())
    save(folder, x, y.detach().numpy())
    np.savez(f"{folder}/model.npz", **flat)
    return f"{folder}/model.npz", ["--from", "paddle"], count, None


def make_chainer(case, rng, folder):
    import chainer
    links = chainer.links
    np.random.seed(int(rng.integers(1 << 30)))
    x = case.draw_input(rng)
    y, width, flat, parts = x, case.inputs, {}, []
    if case.words:
        parts.append(("embed", links.EmbedID(case.words, case.inputs)))
    if case.cell == "gru" or case.variant % 2:
        kind = links.NStepGRU if case.cell == "gru" else links.NStepLSTM
        parts.append(("rnn", kind(len(case.units), width, case.units[0], 0)))
        width = case.units[0]
    else:
        for i, units in enumerate(case.units):
            parts.append((f"rnn{i}", links.LSTM(width, units)))
            width = units
    if case.outputs:
        parts.append(("head", links.Linear(width, case.outputs)))
    for name, part in parts:
        for parameter in part.params():
            if parameter.array.ndim == 1:
                parameter.array += rng.normal(size=parameter.shape).astype("f") * 0.3
        if isinstance(part, links.LSTM):
            y = np.stack([part(np.ascontiguousarray(y[:, t])).array for t in range(case.steps)], 1)
        elif isinstance(part, (links.NStepGRU, links.NStepLSTM)):
            empty = [None] if case.cell == "gru" else [None, None]
            y = np.stack([row.array for row in part(*empty, [np.ascontiguousarray(row) for row in y])[-1]])
        elif isinstance(part, links.Linear):
            y = part(y, n_batch_axes=2).array
        else:
            y = part(y).array
        flat.update({f"{name}{key}": p.array for key, p in part.namedparams()})
    save(folder, x, y)
    np.savez(f"{folder}/model.npz", **flat)
    return f"{folder}/model.npz", ["--from", "chainer"], sum(v.size for v in flat.values()), None


def save(folder, x, y):
    np.save(f"{folder}/x.npy", x)
    np.save(f"{folder}/y.npy", np.asarray(y))


FRAMEWORKS = {  # its maker, the cells it has
    "pytorch": (make_pytorch, ["lstm", "gru", "rnn", "rnn_relu"]),
    "keras": (make_keras, ["lstm", "gru", "gru_reset_before", "rnn", "rnn_relu"]),
    "flax_linen": (make_flax_linen, ["lstm", "gru", "rnn"]),
    "flax_nnx": (make_flax_nnx, ["lstm", "gru", "rnn"]),
    "haiku": (make_haiku, ["lstm", "gru_reset_before", "rnn_relu"]),
    "equinox": (make_equinox, ["lstm", "gru"]),
    "mlx": (make_mlx, ["lstm", "gru", "rnn"]),
    "onnx": (make_onnx, ["lstm", "lstm_peephole", "gru", "gru_reset_before", "rnn", "rnn_relu"]),
    "paddle": (make_paddle, ["lstm", "gru", "rnn"]),
    "chainer": (make_chainer, ["lstm", "gru"]),
    "onnx_pytorch": (make_onnx_pytorch, ["lstm", "gru", "rnn"]),
    "keras2": (make_keras, ["lstm", "gru", "gru_reset_before", "rnn", "rnn_relu"]),  # requirements-keras2.txt
}
# Cells with other functions inside, and what else is rare.
RARE = {"keras": ["lstm_hard", "gru_hard", "gru_reset_before_hard", "lstm_relu", "gru_hard_relu", "gru_reset_before_relu"],
        "onnx": ["cifg", "lstm_hard", "gru_hard_relu", "gru_reset_before_hard", "lstm_relu"]}
RARE["keras2"] = RARE["keras"]


def run(gatebench, file, options, folder, more=()):
    lengths = f",{folder}/lengths.npy" if os.path.exists(f"{folder}/lengths.npy") else ""
    command = [gatebench, "import", file, "--check", f"{folder}/x.npy,{folder}/y.npy{lengths}", "--json", *options, *more]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done, json.loads(done.stdout) if done.returncode in (0, 1) and done.stdout else None


def try_one(gatebench, maker, case, rng, folder):
    """None, or what is wrong; and the relative error."""
    file, options, count, back = maker(case, rng, folder)
    saved = f"{folder}/saved.{back[0]}" if back else None
    done, found = run(gatebench, file, options, folder, ["--save", saved] if back else [])
    if not found:
        return f"exit {done.returncode}: {done.stderr.strip()}", np.nan
    error = found["check"]["relative_error"]
    if found["parameters"] != count:
        return f"{found['parameters']} parameters, not {count}", error
    if done.returncode:
        return f"relative error {error:.3g}", error
    if back and not back[1](saved):
        return "the weights that came back are others", error
    if back:  # and what gatebench reads of its own file is the same network
        again, same = run(gatebench, saved, keep_options(case, back[0]), folder)
        if again.returncode or same["check"]["relative_error"] != error:
            return f"its own file: exit {again.returncode} {again.stderr.strip()}", error
    return None, error


def keep_options(case, ending):
    activation = ["--activation", "relu" if case.cell == "rnn_relu" else "tanh"]
    if ending == "weights.h5" and case.outputs:
        activation += ["--activations", ["linear", "softmax", "relu", "sigmoid"][case.variant]]
    return activation


def skip(framework, case):
    """gatebench refuses by design what the file does not tell: .weights.h5 without reset_after."""
    return framework.startswith("keras") and case.cell in ("gru", "gru_reset_before") and not case.bias


def check_all(arguments):
    failures = 0
    for framework in arguments.only.split(","):
        maker, cells = FRAMEWORKS[framework]
        rng = np.random.default_rng([arguments.seed, list(FRAMEWORKS).index(framework)])
        worst, done = 0, 0
        while done < arguments.count:
            case = draw_case(rng, cells + RARE.get(framework, []))
            if skip(framework, case):
                continue
            with tempfile.TemporaryDirectory() as folder:
                wrong, error = try_one(arguments.gatebench, maker, case, rng, folder)
            worst = max(worst, error if np.isfinite(error) else 0)
            done += 1
            if wrong:
                failures += 1
                print(f"FAILED {framework} number {done}: {case}: {wrong}", flush=True)
        print(f"{framework}: {done} networks, largest relative error {worst:.3g}, {failures} failures so far", flush=True)
    return 1 if failures else 0


def golden_cases(framework, cells):
    """Each cell once, with each ending of Keras; the LSTM twice where a package has two; networks of all kinds of layers."""
    for number, cell in enumerate(cells):
        yield Case(cell, 3, [4], 5, 2, variant=number % 4 if framework.startswith("keras") else 0)
    if framework in ("flax_linen", "flax_nnx", "chainer"):
        yield Case("lstm", 3, [4], 5, 2, variant=1)
    if framework == "onnx_pytorch":  # weights beside the model, large enough that the graph reorders their gates
        yield Case("lstm", 3, [46], 4, 2, outputs=2, variant=1, lengths=True)
    yield Case(cells[0], 3, [4, 4], 5, 2, words=6, outputs=2, variant=0)
    yield Case(cells[-1], 3, [4], 5, 2, words=6, outputs=2, variant=3)


def rare_cases(framework):
    for number, cell in enumerate(RARE.get(framework, [])):
        yield Case(cell, 3, [4], 5, 2, variant=number % 3)
    if framework == "onnx":
        yield Case("gru", 3, [4, 4], 5, 3, words=6, outputs=2, lengths=True)
        yield Case("lstm", 3, [4], 5, 3, outputs=2, variant=3, lengths=True)


def strip(file):
    """Removes the stack traces, with paths of the machine, that torch.onnx.export writes into every node."""
    import onnx
    model = onnx.load(file, load_external_data=False)
    for part in [model, model.graph, *model.graph.node, *model.graph.initializer, *model.graph.input, *model.graph.output,
                 *model.graph.value_info]:
        part.ClearField("metadata_props")
        part.ClearField("doc_string")
    onnx.save(model, file)


def make_golden(arguments):
    for framework in arguments.only.split(","):
        maker, cells = FRAMEWORKS[framework]
        usual = list(golden_cases(framework, cells))
        for seed, case in enumerate(usual + list(rare_cases(framework))):
            rare = seed >= len(usual)
            to = f"{arguments.golden}/{framework}{'_rare' if rare else ''}/{seed - rare * len(usual)}"
            if os.path.exists(f"{to}.x.npy"):
                continue
            os.makedirs(os.path.dirname(to), exist_ok=True)
            with tempfile.TemporaryDirectory() as folder:
                file, _, _, _ = maker(case, np.random.default_rng([1, seed]), folder)
                if framework == "onnx_pytorch":
                    strip(file)
                shutil.move(file, to + file[file.index("model") + 5:])
                if os.path.exists(f"{file}.data"):  # the model names it so
                    shutil.move(f"{file}.data", os.path.dirname(to))
                for array in ("x", "y", "lengths"):
                    if os.path.exists(f"{folder}/{array}.npy"):
                        shutil.move(f"{folder}/{array}.npy", f"{to}.{array}.npy")
    return 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("gatebench", nargs="?")
    parser.add_argument("--only", default=",".join(name for name in FRAMEWORKS if name not in ("chainer", "keras2")))
    parser.add_argument("--count", type=int, default=40)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--golden")
    given = parser.parse_args()
    sys.exit(make_golden(given) if given.golden else check_all(given))
