#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# float32 tanh and sigmoid of ONNX Runtime.
#
# onnxruntime 1.32.0 (CPU), onnx 1.23.2, NumPy 2.4.6.
# Expected: |tanh| <= 1, sigmoid(x) > 0 down to x = -87, and both are accurate to a few units in the last place.
# Observed: tanh exceeds 1 (1.0000001 to 1.0000002 from about x = 8 on). sigmoid is exactly 0 below about x = -16,
#   where its value is 1e-7, and returns no positive value below 3e-8: a gate that float32 could hold at 1e-20 stays
#   closed. Around x = -8 its relative error is about 1e-3. The LSTM operator uses the same functions, so its |h| can
#   exceed 1.
# gatebench: its own activations must be monotone and never above 1, and tanh odd. A comparison with ONNX Runtime must
#   use absolute tolerances, not relative ones.
set -euo pipefail
# shellcheck source=findings/common.sh
. "$(dirname "$(readlink -f "$0")")/../common.sh"
packages onnx==1.23.2 onnxruntime==1.32.0 numpy==2.4.6
see venv/bin/python - <<'E2'
import numpy as np
import onnxruntime
from onnx import TensorProto, helper

onnxruntime.set_default_logger_severity(4)


def evaluate(op, x):
    graph = helper.make_graph([helper.make_node(op, ["x"], ["y"])], "g", [helper.make_tensor_value_info("x", TensorProto.FLOAT, x.shape)],
                              [helper.make_tensor_value_info("y", TensorProto.FLOAT, x.shape)])
    m = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 14)], ir_version=8)
    return onnxruntime.InferenceSession(m.SerializeToString(), providers=["CPUExecutionProvider"]).run(None, {"x": x})[0]


x = np.linspace(0, 20, 2_000_001).astype("f4")
y = evaluate("Tanh", x)
print("tanh above 1:", bool((y > 1).any()), " and by at most 3e-7:", bool(y.max() - 1 <= 3e-7))
print("  from x between 7.5 and 8.5:", bool(7.5 < x[y > 1].min() < 8.5))
x = -np.linspace(0, 80, 2_000_001).astype("f4")
y = evaluate("Sigmoid", x)
zero = x[y == 0].max()
print("sigmoid exactly 0 from x between -17 and -15:", bool(-17 < zero < -15), " where it should be 1e%d" % round(zero / np.log(10)))
print("  smallest positive value above 1e-8:", bool(y[y > 0].min() > 1e-8))
at = abs(x + 8) < 0.5
exact = 1 / (1 + np.exp(-x[at].astype("f8")))
print("  relative error around -8: 1e%d" % round(np.log10(np.max(abs(y[at] - exact) / exact))))
E2
compare <<'E2'
tanh above 1: True  and by at most 3e-7: True
  from x between 7.5 and 8.5: True
sigmoid exactly 0 from x between -17 and -15: True  where it should be 1e-7
  smallest positive value above 1e-8: True
  relative error around -8: 1e-3
E2
