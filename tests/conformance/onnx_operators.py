# SPDX-License-Identifier: MIT
"""The ONNX operators RNN, LSTM and GRU of onnxruntime with random weights: every direction, initial states,
sequence_lens, linear_before_reset, peepholes, input_forget. (The standard's own node tests repeat one number in their
weights, so that a wrong order of gates passes them.)"""
import gatebench
import numpy
import onnx
import onnxruntime
from common import compare, draw, draw_sizes, flip, implementations, product, put, told
from onnx import TensorProto, helper

GATES = {"RNN": 1, "LSTM": 4, "GRU": 3}
# which of ONNX's gates (LSTM i o f c, GRU z r h) each gate of ours is
ORDER = {"rnn": (0,), "rnn_relu": (0,), "lstm": (0, 2, 3, 1), "lstm_peephole": (0, 2, 3, 1), "gru": (0, 1, 2),
         "gru_reset_before": (0, 1, 2)}


def run_onnx(op, feeds, outputs, attributes):
    names = ["X", "W", "R", "B", "sequence_lens", "initial_h", "initial_c", "P"][:6 if op != "LSTM" else 8]
    inputs = [name if name in feeds else "" for name in names]
    node = helper.make_node(op, inputs, outputs, **attributes)
    kinds = {name: TensorProto.INT32 if name == "sequence_lens" else TensorProto.FLOAT for name in feeds}
    graph = helper.make_graph([node], "g", [helper.make_tensor_value_info(n, kinds[n], v.shape) for n, v in feeds.items()],
                              [helper.make_tensor_value_info(n, TensorProto.FLOAT, None) for n in outputs])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 14)], ir_version=8)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    return session.run(None, feeds)


def fill(layer, cell, feeds, d):
    """Direction d of the operator's weights."""
    put(layer, "kernel", ORDER[cell], flip(feeds["W"][d]))
    put(layer, "recurrent", ORDER[cell], flip(feeds["R"][d]))
    if "B" in feeds:
        for name, half in zip(("bias", "recurrent_bias"), numpy.split(feeds["B"][d], 2)):
            put(layer, name, ORDER[cell], half)
    if "P" in feeds:
        put(layer, "peephole", (0, 2, 1), feeds["P"][d])  # i o f


def fill_cifg(layer, feeds, d):
    """input_forget: f = 1 - i, and sigmoid(-z) = 1 - sigmoid(z); so our f has the negative of their i."""
    gates = gatebench.cells()["cifg"].gates
    theirs = {"f": (0, -1), "o": (1, 1), "c": (3, 1)}
    halves = numpy.split(feeds["B"][d], 2)
    for name, values in (("kernel", flip(feeds["W"][d])), ("recurrent", flip(feeds["R"][d])), ("bias", halves[0]),
                         ("recurrent_bias", halves[1])):
        target = layer[name]
        values = values.reshape(target.shape[0], 4, target.shape[2])
        for g, gate in enumerate(gates):
            source, sign = theirs[gate]
            target[:, g] = sign * values[:, source]


def check(random, op, cell, direction, states, lens, bias, attributes):
    T, N, I, H = draw_sizes(random)
    D, G = 1 + (direction == "bidirectional"), GATES[op]
    scale = numpy.float32(H**-0.5)
    feeds = {"X": draw(random, T, N, I), "W": draw(random, D, G * H, I) * scale, "R": draw(random, D, G * H, H) * scale}
    if bias:
        feeds["B"] = draw(random, D, 2 * G * H) * scale
    if lens:
        feeds["sequence_lens"] = random.integers(1, T + 1, N).astype(numpy.int32)
    if states:
        feeds["initial_h"] = draw(random, D, N, H)
    if states and op == "LSTM":
        feeds["initial_c"] = draw(random, D, N, H)
    if cell == "lstm_peephole":
        feeds["P"] = draw(random, D, 3 * H) * scale
    outputs = ["Y", "Y_h", "Y_c"][:3 if op == "LSTM" else 2]
    found = run_onnx(op, feeds, outputs, {"hidden_size": H, "direction": direction, **attributes})
    for backend, implementation, dtype in implementations(cell):
        for d in range(D):
            layer = gatebench.Layer(cell, I, H, bias="double" if bias else "none", backend=backend, dtype=dtype,
                                    implementation=implementation, reverse=direction == "reverse" or d == 1)
            (fill_cifg if cell == "cifg" else lambda *a: fill(a[0], cell, *a[1:]))(layer, feeds, d)
            ours = layer.forward(feeds["X"], *(feeds[n][d] for n in ("initial_h", "initial_c") if n in feeds),
                                 lengths=feeds.get("sequence_lens"))
            what = f"{op} {cell} {direction} {attributes} T={T} N={N} I={I} H={H} states={states} lens={lens} on " \
                   f"{backend} {implementation} {dtype}"
            compare(what + ": Y", ours.y, found[0][:, d], I + H)
            compare(what + ": Y_h", ours.hT, found[1][d], I + H)
            if op == "LSTM":
                compare(what + ": Y_c", ours.cT, found[2][d], I + H)


def main():
    random = numpy.random.default_rng(2024)
    kinds = [("RNN", "rnn", {}), ("RNN", "rnn_relu", {"activations": ["Relu"]}), ("LSTM", "lstm", {}),
             ("LSTM", "lstm_peephole", {}), ("LSTM", "cifg", {"input_forget": 1}),
             ("GRU", "gru", {"linear_before_reset": 1}), ("GRU", "gru_reset_before", {"linear_before_reset": 0})]
    for case in product(kind=kinds, direction=("forward", "reverse", "bidirectional"), states=(False, True),
                        lens=(False, True), bias=(False, True)):
        op, cell, attributes = case.pop("kind")
        if cell == "cifg" and not case["bias"]:
            continue
        if "activations" in attributes and case["direction"] == "bidirectional":
            attributes = {"activations": ["Relu", "Relu"]}
        check(random, op, cell, attributes=attributes, **case)
    told(f"onnxruntime {onnxruntime.__version__}, onnx {onnx.__version__}")


main()
