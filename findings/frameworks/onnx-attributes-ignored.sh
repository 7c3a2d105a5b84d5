#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Attributes of ONNX's recurrent operators that runtimes ignore.
#
# tract 0.23.9, OpenCV 5.0.0 (package 5.0.0.93), OpenVINO 2026.4.1, onnx 1.23.2's ReferenceEvaluator; compared with
# ONNX Runtime 1.32.0. All models pass onnx.checker with full_check.
# Expected: a runtime refuses what it cannot compute, and every runtime supports direction="reverse", the most common
#   attribute.
# Observed: direction="reverse" is computed as forward, without a message, by tract for LSTM and GRU and by OpenCV for
#   the GRU (its LSTM is correct). tract and the reference evaluator ignore clip, input_forget and activations, OpenCV
#   ignores clip and input_forget, OpenVINO ignores input_forget and the peepholes. The results look plausible: the
#   same shape, values in (-1, 1). (MNN 3.6.1 is not tested: its converter installs a package that reports its use
#   into the first Python in PATH, outside the virtual environment.)
# gatebench: an import refuses by name what it does not compute. Conformance tests compare with ONNX Runtime, not with
#   the reference evaluator, with random weights and one attribute at a time.
set -euo pipefail
# shellcheck source=findings/common.sh
. "$(dirname "$(readlink -f "$0")")/../common.sh"
packages onnx==1.23.2 onnxruntime==1.32.0 tract==0.23.9 opencv-python-headless==5.0.0.93 openvino==2026.4.1 numpy==2.4.6
cat >runtimes.py <<'E2'
import sys
import warnings

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper

warnings.simplefilter("ignore")
onnxruntime.set_default_logger_severity(4)
STEPS, BATCH, INPUTS, HIDDEN = 6, 2, 3, 4
GATES = {"LSTM": 4, "GRU": 3, "RNN": 1}
X = np.random.default_rng(0).standard_normal((STEPS, BATCH, INPUTS)).astype("f4")


def model(op, peepholes=False, **attributes):
    draw, rows = np.random.default_rng(5), GATES[op] * HIDDEN
    tensors = {"W": (1, rows, INPUTS), "R": (1, rows, HIDDEN), "B": (1, 2 * rows)}
    inputs = ["X", "W", "R", "B"]
    if peepholes:
        tensors["P"] = (1, 3 * HIDDEN)
        inputs += ["", "", "", "P"]
    weights = [helper.make_tensor(name, TensorProto.FLOAT, shape, (draw.standard_normal(shape) / 2).ravel().tolist())
               for name, shape in tensors.items()]
    outputs = ["Y", "Y_h", "Y_c"] if op == "LSTM" else ["Y", "Y_h"]
    graph = helper.make_graph(
        [helper.make_node(op, inputs, outputs, hidden_size=HIDDEN, **attributes)], "g",
        [helper.make_tensor_value_info("X", TensorProto.FLOAT, X.shape)],
        [helper.make_tensor_value_info("Y", TensorProto.FLOAT, (STEPS, 1, BATCH, HIDDEN))], weights)
    m = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 14)], ir_version=8)
    onnx.checker.check_model(m, full_check=True)
    return m


def ort(m):
    return onnxruntime.InferenceSession(m.SerializeToString(), providers=["CPUExecutionProvider"]).run(["Y"], {"X": X})[0]


def run_reference(m):
    from onnx.reference import ReferenceEvaluator

    return ReferenceEvaluator(m).run(None, {"X": X})[0]


def run_tract(m):
    import tract

    onnx.save(m, "m.onnx")
    return tract.onnx().load("m.onnx").into_model().into_runnable().run([X])[0].to_numpy()


def run_opencv(m):
    import cv2

    onnx.save(m, "m.onnx")
    net = cv2.dnn.readNetFromONNX("m.onnx")
    net.setInput(X, "X")
    return net.forward("Y")


def run_openvino(m):
    import openvino

    core = openvino.Core()
    core.set_property("CPU", {"INFERENCE_PRECISION_HINT": "f32"})
    return next(iter(core.compile_model(core.read_model(m.SerializeToString()), "CPU")({"X": X}).values()))


def verdict(run, op, case):
    try:
        y = np.asarray(run(model(op, **case))).ravel()
    except Exception:
        return "refused"
    if abs(y - ort(model(op, **case)).ravel()).max() < 1e-5:
        return "right"
    return "IGNORED" if abs(y - np.asarray(run(model(op))).ravel()).max() < 1e-5 else "WRONG"


cases = {
    "LSTM": {"reverse": {"direction": "reverse"}, "clip": {"clip": 0.3}, "input_forget": {"input_forget": 1},
             "peepholes": {"peepholes": True}, "activations": {"activations": ["HardSigmoid", "Softsign", "Tanh"]}},
    "GRU": {"reverse": {"direction": "reverse"}, "clip": {"clip": 0.3}, "activations": {"activations": ["HardSigmoid", "Softsign"]}},
}
name = sys.argv[1]
for op, attributes in cases.items():
    for attribute, case in attributes.items():
        print("seen: %-9s %-4s %-12s %s" % (name, op, attribute, verdict(globals()["run_" + name], op, case)))
E2
all() { for name in reference tract opencv openvino; do venv/bin/python runtimes.py $name 2>/dev/null | sed -n 's/^seen: //p'; done; }
see all
compare <<'E2'
reference LSTM reverse      right
reference LSTM clip         IGNORED
reference LSTM input_forget IGNORED
reference LSTM peepholes    right
reference LSTM activations  IGNORED
reference GRU  reverse      right
reference GRU  clip         IGNORED
reference GRU  activations  IGNORED
tract     LSTM reverse      IGNORED
tract     LSTM clip         IGNORED
tract     LSTM input_forget IGNORED
tract     LSTM peepholes    right
tract     LSTM activations  IGNORED
tract     GRU  reverse      IGNORED
tract     GRU  clip         IGNORED
tract     GRU  activations  IGNORED
opencv    LSTM reverse      right
opencv    LSTM clip         IGNORED
opencv    LSTM input_forget IGNORED
opencv    LSTM peepholes    refused
opencv    LSTM activations  refused
opencv    GRU  reverse      IGNORED
opencv    GRU  clip         IGNORED
opencv    GRU  activations  refused
openvino  LSTM reverse      right
openvino  LSTM clip         right
openvino  LSTM input_forget IGNORED
openvino  LSTM peepholes    IGNORED
openvino  LSTM activations  refused
openvino  GRU  reverse      right
openvino  GRU  clip         right
openvino  GRU  activations  refused
E2
