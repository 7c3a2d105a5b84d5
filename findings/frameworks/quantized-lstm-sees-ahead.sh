#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# What the first outputs of an LSTM with 8-bit weights depend on.
#
# torch 2.15.0 (x86-64; its wheel brings CUDA along, so this finding needs 5 GB), onnxruntime 1.32.0, onnx 1.23.2.
# Expected: dynamic quantization rounds, by 0.005 here, and changes nothing else: an output depends on the inputs up to its step, of its own sequence.
# Observed: an input of the last step that is 100 times as large changes the outputs of the nine steps before it, and one sequence
#   changes the others of its batch, by more than ten times the rounding, in torch and in ONNX Runtime, with weights by tensor or by channel. The
#   scale of the inputs is computed once per call from the largest input, over all steps and rows. So a stream
#   that is read step by step gives other outputs than the same sequence read at once. In float32 all these differences are 0.
# gatebench: an import refuses quantized operators by name; a pass in segments gives the bits of the whole pass
#   (tests/lib/model/segments_test.c), and kernels in bf16 round each number by itself.
set -euo pipefail
# shellcheck source=findings/common.sh
. "$(dirname "$(readlink -f "$0")")/../common.sh"
packages torch==2.15.0 numpy==2.4.6 onnx==1.23.2 onnxruntime==1.32.0
cat >in_torch.py <<'E2'
import warnings

warnings.simplefilter("ignore")
import numpy as np
import torch

torch.manual_seed(1)
network = torch.nn.Sequential(torch.nn.LSTM(4, 16))
quantized = torch.ao.quantization.quantize_dynamic(network, {torch.nn.LSTM}, dtype=torch.qint8)


def runner(network):
    return lambda x: network(torch.from_numpy(x))[0].detach().numpy()


runs = {"torch": (runner(network), runner(quantized))}
E2
cat >in_onnxruntime.py <<'E2'
import logging

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import quantize_dynamic

logging.disable(logging.CRITICAL)
random = np.random.default_rng(1)
weights = {"W": (1, 64, 4), "R": (1, 64, 16), "B": (1, 128)}
graph = helper.make_graph(
    [helper.make_node("LSTM", ["X", *weights], ["Y"], hidden_size=16)], "lstm",
    [helper.make_tensor_value_info("X", TensorProto.FLOAT, ["steps", "rows", 4])],
    [helper.make_tensor_value_info("Y", TensorProto.FLOAT, None)],
    [numpy_helper.from_array(random.uniform(-0.25, 0.25, shape).astype(np.float32), name) for name, shape in weights.items()])
onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 14)], ir_version=8), "float.onnx")


def runner(file):
    session = onnxruntime.InferenceSession(file, providers=["CPUExecutionProvider"])
    return lambda x: session.run(None, {"X": x})[0][:, 0]


runs = {}
for name, by_channel in ("ONNX Runtime", False), ("ONNX Runtime, by channel", True):
    quantize_dynamic("float.onnx", "quantized.onnx", per_channel=by_channel)
    runs[name] = runner("float.onnx"), runner("quantized.onnx")
E2
cat >look.py <<'E2'
import importlib
import sys

import numpy as np

runs = importlib.import_module(sys.argv[1]).runs
x = np.random.default_rng(2).standard_normal((10, 2, 4)).astype(np.float32)
late, other = x.copy(), x.copy()
late[9] *= 100
other[:, 1] *= 100


def change(a, b):
    difference = abs(a - b).max()
    return "0" if not difference else "below 0.01" if difference < 0.01 else "above 0.05" if difference > 0.05 else "between"


for name, (exact, quantized) in runs.items():
    print(f"{name}: rounding {change(quantized(x), exact(x))}")
    for precision, run in ("float32", exact), ("8 bits", quantized):
        print(f"  {precision:7} step 10 changed: steps 1 to 9 change by {change(run(x)[:9], run(late)[:9])};",
              f"row 2 changed: row 1 changes by {change(run(x)[:, 0], run(other)[:, 0])}")
E2
look() {
  venv/bin/python look.py in_torch
  venv/bin/python look.py in_onnxruntime
}
see look
compare <<'E2'
torch: rounding below 0.01
  float32 step 10 changed: steps 1 to 9 change by 0; row 2 changed: row 1 changes by 0
  8 bits  step 10 changed: steps 1 to 9 change by above 0.05; row 2 changed: row 1 changes by above 0.05
ONNX Runtime: rounding below 0.01
  float32 step 10 changed: steps 1 to 9 change by 0; row 2 changed: row 1 changes by 0
  8 bits  step 10 changed: steps 1 to 9 change by above 0.05; row 2 changed: row 1 changes by above 0.05
ONNX Runtime, by channel: rounding below 0.01
  float32 step 10 changed: steps 1 to 9 change by 0; row 2 changed: row 1 changes by 0
  8 bits  step 10 changed: steps 1 to 9 change by above 0.05; row 2 changed: row 1 changes by above 0.05
E2
