#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# A sequence without a step: length 0 in ONNX Runtime, every step masked in Keras.
#
# onnxruntime 1.32.0, onnx 1.23.2; Keras 3.15.1 on NumPy 2.4.6 and on JAX 0.10.2.
# Expected: the final state is the initial state, and the outputs are 0.
# Observed: ONNX Runtime accepts sequence_lens 0 and returns 0 as Y_h and Y_c; initial_h and initial_c are lost (RNN,
#   GRU and LSTM, both directions). So a batch that is processed in pieces loses the state of rows that ended earlier.
#   Keras passes the state on. But its outputs at masked steps before the first valid one are the initial state on
#   NumPy and JAX, and 0 with unroll=True (and on PyTorch in both forms). With zero initial states the difference does
#   not show.
# gatebench: a skipped step passes the state on and its output is 0, in every implementation. A conformance test must
#   use lengths from 1 on with ONNX Runtime, and compare outputs with Keras only where the mask is set.
set -euo pipefail
# shellcheck source=findings/common.sh
. "$(dirname "$(readlink -f "$0")")/../common.sh"
packages onnx==1.23.2 onnxruntime==1.32.0 keras==3.15.1 jax==0.10.2 numpy==2.4.6 scipy==1.17.1
cat >operators.py <<'E2'
import numpy as np
import onnxruntime
from onnx import TensorProto, helper

STEPS, INPUTS, HIDDEN = 3, 2, 2
for op, gates in ("RNN", 1), ("GRU", 3), ("LSTM", 4):
    for direction in "forward", "reverse":
        random = np.random.default_rng(1)
        draw = lambda *shape: random.uniform(-1, 1, shape).astype(np.float32)
        state = np.full((1, 2, HIDDEN), 0.5, np.float32)
        feeds = {"X": draw(STEPS, 2, INPUTS), "W": draw(1, gates * HIDDEN, INPUTS), "R": draw(1, gates * HIDDEN, HIDDEN),
                 "lens": np.array([0, 3], np.int32), "h": state}
        names = ["X", "W", "R", "", "lens", "h"]
        outputs = ["Y", "Y_h"]
        if op == "LSTM":
            feeds["c"], names, outputs = state, names + ["c"], outputs + ["Y_c"]
        node = helper.make_node(op, names, outputs, hidden_size=HIDDEN, direction=direction)
        kind = lambda v: TensorProto.INT32 if v.dtype == np.int32 else TensorProto.FLOAT
        graph = helper.make_graph([node], "g", [helper.make_tensor_value_info(k, kind(v), v.shape) for k, v in feeds.items()],
                                  [helper.make_tensor_value_info(o, TensorProto.FLOAT, None) for o in outputs])
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 14)], ir_version=8)
        session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
        print("%-4s %-7s from 0.5, length 0:" % (op, direction),
              *["%s %s" % (name, value[0, 0]) for name, value in zip(outputs[1:], session.run(None, feeds)[1:])])
E2
cat >layers.py <<'E2'
import keras
import numpy as np

for name, parts in ("SimpleRNN", 1), ("GRU", 1), ("LSTM", 2):
    for unroll in False, True:
        layer = getattr(keras.layers, name)(2, return_sequences=True, return_state=True, unroll=unroll)
        mask = np.array([[False, False, False], [True, True, True]])
        y, h, *_ = (keras.ops.convert_to_numpy(v) for v in layer(
            np.ones((2, 3, 2), np.float32), mask=mask, initial_state=[np.full((2, 2), 0.5, np.float32)] * parts))
        print("%-5s %-9s unroll %-5s from 0.5, all masked: outputs" % (keras.config.backend(), name, unroll),
              *("%g" % v for v in y[0, :, 0]), "state %g" % h[0, 0])
E2
run_all() {
  venv/bin/python operators.py
  for backend in numpy jax; do
    KERAS_BACKEND=$backend JAX_PLATFORMS=cpu venv/bin/python layers.py
  done
}
see run_all
compare <<'E2'
RNN  forward from 0.5, length 0: Y_h [0. 0.]
RNN  reverse from 0.5, length 0: Y_h [0. 0.]
GRU  forward from 0.5, length 0: Y_h [0. 0.]
GRU  reverse from 0.5, length 0: Y_h [0. 0.]
LSTM forward from 0.5, length 0: Y_h [0. 0.] Y_c [0. 0.]
LSTM reverse from 0.5, length 0: Y_h [0. 0.] Y_c [0. 0.]
numpy SimpleRNN unroll False from 0.5, all masked: outputs 0.5 0.5 0.5 state 0.5
numpy SimpleRNN unroll True  from 0.5, all masked: outputs 0 0 0 state 0.5
numpy GRU       unroll False from 0.5, all masked: outputs 0.5 0.5 0.5 state 0.5
numpy GRU       unroll True  from 0.5, all masked: outputs 0 0 0 state 0.5
numpy LSTM      unroll False from 0.5, all masked: outputs 0.5 0.5 0.5 state 0.5
numpy LSTM      unroll True  from 0.5, all masked: outputs 0 0 0 state 0.5
jax   SimpleRNN unroll False from 0.5, all masked: outputs 0.5 0.5 0.5 state 0.5
jax   SimpleRNN unroll True  from 0.5, all masked: outputs 0 0 0 state 0.5
jax   GRU       unroll False from 0.5, all masked: outputs 0.5 0.5 0.5 state 0.5
jax   GRU       unroll True  from 0.5, all masked: outputs 0 0 0 state 0.5
jax   LSTM      unroll False from 0.5, all masked: outputs 0.5 0.5 0.5 state 0.5
jax   LSTM      unroll True  from 0.5, all masked: outputs 0 0 0 state 0.5
E2
