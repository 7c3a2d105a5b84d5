#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Recurrent operators of ONNX Runtime in other types than float32, and with clip = 0.
#
# onnxruntime 1.32.0 (CPU), onnx 1.23.2.
# Expected: double is in the standard, so it runs; float16 has no CPU kernel, so it is refused at load.
# Observed: float16 runs, with casts around a float32 kernel. Double models of LSTM and GRU load and fail at the first
#   run ("does not support double yet"); a double RNN is refused at load. With clip = 0 LSTM and GRU are refused at
#   load, and RNN returns zeros only. With clip = -1 RNN ignores it.
# gatebench: double results are compared with PyTorch, Keras and independent code (tests/golden), not with ONNX
#   Runtime. An import must refuse a clip that is not above 0.
set -euo pipefail
# shellcheck source=findings/common.sh
. "$(dirname "$(readlink -f "$0")")/../common.sh"
packages onnx==1.23.2 onnxruntime==1.32.0 numpy==2.4.6
see venv/bin/python - <<'E2'
import numpy as np
import onnx
import onnxruntime
from onnx import helper

onnxruntime.set_default_logger_severity(4)
GATES = {"LSTM": 4, "GRU": 3, "RNN": 1}


def run(op, dtype, **attributes):
    kind, rows, draw = helper.np_dtype_to_tensor_dtype(np.dtype(dtype)), GATES[op] * 4, np.random.default_rng(1)
    weights = [onnx.numpy_helper.from_array(draw.standard_normal(shape).astype(dtype), name)
               for name, shape in (("W", (1, rows, 3)), ("R", (1, rows, 4)))]
    graph = helper.make_graph([helper.make_node(op, ["X", "W", "R"], ["", "Y_h"], hidden_size=4, **attributes)], "g",
                              [helper.make_tensor_value_info("X", kind, (6, 2, 3))],
                              [helper.make_tensor_value_info("Y_h", kind, (1, 2, 4))], weights)
    m = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 14)], ir_version=8)
    onnx.checker.check_model(m, full_check=True)
    try:
        session = onnxruntime.InferenceSession(m.SerializeToString(), providers=["CPUExecutionProvider"])
    except Exception:
        return "refused at load"
    try:
        y = session.run(None, {"X": draw.standard_normal((6, 2, 3)).astype(dtype)})[0]
    except Exception:
        return "loads, fails at the first run"
    return "all zeros" if not y.any() else "runs"


for op in GATES:
    print("%-4s float16: %s; float64: %s; clip 0: %s; clip -1: %s" % (
        op, run(op, "f2"), run(op, "f8"), run(op, "f4", clip=0.0), run(op, "f4", clip=-1.0)))
E2
compare <<'E2'
LSTM float16: runs; float64: loads, fails at the first run; clip 0: refused at load; clip -1: refused at load
GRU  float16: runs; float64: loads, fails at the first run; clip 0: refused at load; clip -1: refused at load
RNN  float16: runs; float64: refused at load; clip 0: all zeros; clip -1: runs
E2
