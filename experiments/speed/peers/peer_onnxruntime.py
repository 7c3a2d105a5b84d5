# SPDX-License-Identifier: MIT
"""ONNX Runtime: the standard's RNN, LSTM and GRU operators; inference only."""
import numpy
import onnx
import onnxruntime

GATES = {"rnn": 1, "lstm": 4, "gru": 3}


def version():
    return "ONNX Runtime " + onnxruntime.__version__


def prepare(cell, steps, batch, input, hidden, work):
    if work == "train":
        return {}
    if work == "step":
        steps = batch = 1
    random = numpy.random.default_rng(1)
    width = GATES[cell] * hidden
    tensors = {"W": random.normal(0, 0.1, (1, width, input)), "R": random.normal(0, 0.1, (1, width, hidden)),
               "B": numpy.zeros((1, 2 * width))}
    states = ["h", "c"][:2 if cell == "lstm" else 1]
    attributes = {"hidden_size": hidden, **({"linear_before_reset": 1} if cell == "gru" else {})}
    node = onnx.helper.make_node(cell.upper(), ["x", "W", "R", "B", "", *states], ["y", *(s + "T" for s in states)],
                                 **attributes)
    f32 = onnx.TensorProto.FLOAT
    value = onnx.helper.make_tensor_value_info
    graph = onnx.helper.make_graph(
        [node], cell,
        [value("x", f32, [steps, batch, input]), *(value(s, f32, [1, batch, hidden]) for s in states)],
        [value("y", f32, None), *(value(s + "T", f32, None) for s in states)],
        [onnx.numpy_helper.from_array(v.astype(numpy.float32), k) for k, v in tensors.items()])
    model = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 17)], ir_version=8)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    feed = {"x": random.normal(size=(steps, batch, input)).astype(numpy.float32),
            **{s: numpy.zeros((1, batch, hidden), numpy.float32) for s in states}}

    def call():
        found = session.run(None, feed)
        if work == "step":
            feed.update(zip(states, found[1:]))
    return {"operator": call}
