#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# A vanishing gradient, with denormal numbers flushed to zero so that it is not slow.
#
# torch 2.15.0 (x86-64; its wheel brings CUDA along, so this finding needs 5 GB).
# Expected: after torch.set_flush_denormal(True) every denormal result on the CPU is zero, as the manual says, with any number of threads.
# Observed: the setting holds for the calling thread only. With two threads half of a tensor is flushed and half is not, so rows
#   of one batch follow different arithmetic and the result depends on the number of threads. The gradient of an RNN by its
#   initial state, 2^-140 everywhere, is zero in some places and 2^-140 in others.
# gatebench: the `onednn` backend flushes in the calling thread and in each thread that shares the rows of a batch, and restores the
#   caller's setting (lib/core/denormals.h); a test asks that all rows have the same gradient, which is zero.
set -euo pipefail
# shellcheck source=findings/common.sh
. "$(dirname "$(readlink -f "$0")")/../common.sh"
packages torch==2.15.0 numpy==2.4.6
see venv/bin/python - <<'E2'
import torch


def halves():
    return torch.full((1_000_000,), 1.17549435e-38) * 0.5  # half of the least normal number


def gradient(hidden=512, batch=256, steps=140):
    network = torch.nn.RNN(1, hidden, bias=False)
    with torch.no_grad():
        network.weight_ih_l0.zero_()
        network.weight_hh_l0.copy_(0.5 * torch.eye(hidden))
    start = torch.zeros(1, batch, hidden, requires_grad=True)
    network(torch.zeros(steps, batch, 1), start)[1].sum().backward()
    return start.grad


def zeros(values):
    share = (values == 0).float().mean().item()
    return "all" if share == 1 else "none" if share == 0 else "some"


for threads in [1, 2]:
    for flush in [False, True]:
        torch.set_num_threads(threads)
        torch.set_flush_denormal(flush)
        product, by_state = halves(), gradient()
        torch.set_flush_denormal(False)
        print(f"{threads} thread(s), flush {flush!s:5}: zeros among products: {zeros(product):4} gradients: {zeros(by_state)}")
        if threads == 2 and flush:
            print("   products that are zero:", int((product == 0).sum()), "of", product.numel())
E2
compare <<'E2'
1 thread(s), flush False: zeros among products: none gradients: none
1 thread(s), flush True : zeros among products: all  gradients: all
2 thread(s), flush False: zeros among products: none gradients: none
2 thread(s), flush True : zeros among products: some gradients: some
   products that are zero: 500000 of 1000000
E2
