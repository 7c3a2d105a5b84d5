#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The operations of an LSTM and of a GRU, as tools count them.
#
# torch 2.15.0 (x86-64; its wheel brings CUDA along, so this finding needs 5 GB), ptflops 0.7.5.
# Expected: torch.utils.flop_counter counts 2 T N G H (I + H) operations for the products of a layer with G products per step
#   (RNN 1, GRU 3, LSTM 4), and so does ptflops with its `aten` backend, perhaps with a few percent for biases and gates. A GRU has
#   three quarters of the operations of an LSTM.
# Observed: an LSTM in float32 has 0 operations on the CPU, in training and evaluation, backward pass included, while RNN and GRU are
#   counted in full: the LSTM runs as one oneDNN operation, which neither tool knows, and neither says so. Without oneDNN, in double,
#   or with a projection the same LSTM is counted in full. A table of costs made with these tools says that the LSTM is free.
# gatebench: operations come from each cell's formula, not from a trace, and are the same for every backend and precision (`bench`,
#   column GFLOP/s); an LSTM has 4/3 of a GRU's.
set -euo pipefail
# shellcheck source=findings/common.sh
. "$(dirname "$(readlink -f "$0")")/../common.sh"
packages torch==2.15.0 numpy==2.4.6 ptflops==0.7.5
see venv/bin/python - <<'E2'
import contextlib
import io

import torch
from ptflops import get_model_complexity_info
from torch.utils.flop_counter import FlopCounterMode

STEPS, BATCH, INPUT, HIDDEN = 20, 4, 8, 16


def counted(network, backward=False):
    x = torch.randn(STEPS, BATCH, INPUT, dtype=next(network.parameters()).dtype)
    with FlopCounterMode(display=False) as counter:
        y = network(x)[0]
        if backward:
            y.sum().backward()
    return counter.get_total_flops()


def by_ptflops(network):
    x = torch.randn(STEPS, BATCH, INPUT)
    with contextlib.redirect_stdout(io.StringIO()):
        return get_model_complexity_info(network, (STEPS, BATCH, INPUT), input_constructor=lambda shape: {"input": x},
                                         as_strings=False, print_per_layer_stat=False, backend="aten")[0]


for name, products in [("RNN", 1), ("GRU", 3), ("LSTM", 4)]:
    layer = getattr(torch.nn, name)
    expected = 2 * STEPS * BATCH * products * HIDDEN * (INPUT + HIDDEN)
    print(f"{name:4} products {expected:6}: training {counted(layer(INPUT, HIDDEN)):6}",
          f"evaluation {counted(layer(INPUT, HIDDEN).eval()):6}",
          f"with backward {counted(layer(INPUT, HIDDEN), backward=True):6}",
          f"double {counted(layer(INPUT, HIDDEN).double()):6}",
          f"ptflops {by_ptflops(layer(INPUT, HIDDEN)):6} multiply-adds")
with torch.backends.mkldnn.flags(enabled=False):
    print("LSTM without oneDNN:", counted(torch.nn.LSTM(INPUT, HIDDEN)))
print("LSTM with a projection of 8:", counted(torch.nn.LSTM(INPUT, HIDDEN, proj_size=8)))
E2
compare <<'E2'
RNN  products  61440: training  61440 evaluation  61440 with backward 161792 double  61440 ptflops  33280 multiply-adds
GRU  products 184320: training 184320 evaluation 184320 with backward 485376 double 184320 ptflops  99840 multiply-adds
LSTM products 245760: training      0 evaluation      0 with backward      0 double 245760 ptflops      0 multiply-adds
LSTM without oneDNN: 245760
LSTM with a projection of 8: 184320
E2
