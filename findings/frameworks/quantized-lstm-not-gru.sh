#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# LSTM and GRU after dynamic quantization to 8 bits.
#
# onnxruntime 1.32.0, onnx 1.23.2.
# Expected: quantize_dynamic writes the weights of LSTM, GRU and RNN in 8 bits, so that each file has about a quarter of its size,
#   or says that it cannot.
# Observed: only the LSTM is quantized. GRU and RNN keep their weights in float32, and their results to the bit, without a
#   message. A GRU with three quarters of the LSTM's size has almost three times its size afterwards. The LSTM becomes an operator of
#   ONNX Runtime's own domain, with one scale for the kernels of all four gates.
# gatebench: an import refuses operators of other domains, and says of quantized ones that the model from before quantization
#   is needed; a GRU that passed through quantization is read as what it is, float32.
set -euo pipefail
# shellcheck source=findings/common.sh
. "$(dirname "$(readlink -f "$0")")/../common.sh"
packages onnxruntime==1.32.0 onnx==1.23.2 numpy==2.4.6
see venv/bin/python - <<'E2'
import os

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic

INPUT, HIDDEN = 32, 64
random = np.random.default_rng(0)


def weights(name, *shape):
    return numpy_helper.from_array(random.uniform(-0.1, 0.1, (1, *shape)).astype(np.float32), name)


def model(operator, gates):
    node = helper.make_node(operator, ["X", "W", "R"], ["Y"], hidden_size=HIDDEN)
    graph = helper.make_graph([node], "layer", [helper.make_tensor_value_info("X", TensorProto.FLOAT, ["T", 1, INPUT])],
                              [helper.make_tensor_value_info("Y", TensorProto.FLOAT, ["T", 1, 1, HIDDEN])],
                              [weights("W", gates * HIDDEN, INPUT), weights("R", gates * HIDDEN, HIDDEN)])
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)


def run(path, x):
    return onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"]).run(None, {"X": x})[0]


x = random.standard_normal((50, 1, INPUT)).astype(np.float32)
for operator, gates in [("RNN", 1), ("GRU", 3), ("LSTM", 4)]:
    before, after = f"{operator}.onnx", f"{operator}-8bit.onnx"
    onnx.save(model(operator, gates), before)
    quantize_dynamic(before, after, weight_type=QuantType.QInt8)
    written = onnx.load(after).graph
    types = sorted(TensorProto.DataType.Name(w.data_type) for w in written.initializer if len(w.dims) == 3)
    scales = [list(w.dims) for w in written.initializer if w.name.endswith("_scale")]
    print(f"{operator:4} -> {written.node[0].op_type}, weights {' '.join(types)}, scales {scales},",
          f"file {os.path.getsize(after) / os.path.getsize(before):.2f} of its size,",
          "outputs", "changed" if np.any(run(before, x) != run(after, x)) else "the same to the bit")
E2
compare <<'E2'
RNN  -> RNN, weights FLOAT FLOAT, scales [], file 1.00 of its size, outputs the same to the bit
GRU  -> GRU, weights FLOAT FLOAT, scales [], file 1.00 of its size, outputs the same to the bit
LSTM -> DynamicQuantizeLSTM, weights INT8 INT8, scales [[1], [1]], file 0.25 of its size, outputs changed
E2
