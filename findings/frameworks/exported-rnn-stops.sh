#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# An RNN, a GRU and an LSTM exported to ONNX with sequences of any length.
#
# torch 2.15.0 (x86-64; its wheel brings CUDA along, so this finding needs 5 GB), onnxscript 0.7.2, onnxruntime 1.32.0.
# Expected: with dynamic_shapes each of the three is one operator of ONNX, whose file computes as many steps as it is given.
# Observed: GRU and LSTM are. The basic RNN is written step by step, as often as the example that it was exported with has steps
#   (303 nodes for 50 steps), although its input is declared to be of any length. A longer sequence is cut to the length of the
#   example: the steps beyond are not read, and nothing says so. The older exporter (dynamo=False) keeps it in one piece.
# gatebench: an import refuses such a file, with the remedy, and reads the other two; PyTorch's RNNs among the tests come from the
#   older exporter.
set -euo pipefail
# shellcheck source=findings/common.sh
. "$(dirname "$(readlink -f "$0")")/../common.sh"
packages torch==2.15.0 numpy==2.4.6 onnx==1.23.2 onnxscript==0.7.2 onnxruntime==1.32.0
see venv/bin/python - <<'E2'
import contextlib
import io

import onnx
import onnxruntime
import torch

INPUT, HIDDEN, SEQUENCES = 8, 16, 2


def export(network, steps, **more):
    with contextlib.redirect_stdout(io.StringIO()):
        torch.onnx.export(network, (torch.randn(steps, SEQUENCES, INPUT),), "layer.onnx", verbose=False, **more)
    return len(onnx.load("layer.onnx", load_external_data=False).graph.node)


for name in ["RNN", "GRU", "LSTM"]:
    network = getattr(torch.nn, name)(INPUT, HIDDEN).eval()
    nodes = [export(network, steps) for steps in (5, 50)]
    any_size = torch.export.Dim.AUTO
    export(network, 5, dynamic_shapes=({0: any_size, 1: any_size},))
    session = onnxruntime.InferenceSession("layer.onnx", providers=["CPUExecutionProvider"])
    given = session.get_inputs()[0]
    x = torch.randn(9, SEQUENCES, INPUT)
    y = session.run(None, {given.name: x.numpy()})[0]
    with torch.no_grad():
        expected = network(x)[0].numpy()
    close = abs(y - expected[:len(y)]).max() < 1e-5
    print(f"{name:4} nodes for 5 and 50 steps: {nodes[0]}, {nodes[1]}; declared steps: {'any' if isinstance(given.shape[0], str) else given.shape[0]};",
          f"of 9 steps given {len(y)} come back, {'right' if close else 'wrong'}")
E2
compare <<'E2'
RNN  nodes for 5 and 50 steps: 33, 303; declared steps: any; of 9 steps given 5 come back, right
GRU  nodes for 5 and 50 steps: 3, 3; declared steps: any; of 9 steps given 9 come back, right
LSTM nodes for 5 and 50 steps: 3, 3; declared steps: any; of 9 steps given 9 come back, right
E2
