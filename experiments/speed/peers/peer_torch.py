# SPDX-License-Identifier: MIT
"""PyTorch: nn.RNN, nn.LSTM, nn.GRU, eager (its fused CPU kernels) and torch.compile around them."""
import torch

torch.set_num_threads(1)


def version():
    return "PyTorch " + torch.__version__


def prepare(cell, steps, batch, input, hidden, work):
    torch.manual_seed(1)
    layer = {"rnn": torch.nn.RNN, "lstm": torch.nn.LSTM, "gru": torch.nn.GRU}[cell](input, hidden)
    if work == "step":
        steps = batch = 1
    x = torch.randn(steps, batch, input, requires_grad=work == "train")
    h = torch.zeros(1, batch, hidden, requires_grad=work == "train")
    state = (h, torch.zeros(1, batch, hidden, requires_grad=work == "train")) if cell == "lstm" else h
    dy = torch.randn(steps, batch, hidden)
    if work == "train":
        wanted = [x, *(state if cell == "lstm" else [state]), *layer.parameters()]

        def train(run):
            y, _ = run(x, state)
            return torch.autograd.grad(y, wanted, dy)
        return {"eager": lambda: train(layer)}
    carried = [state]

    @torch.inference_mode()
    def forward(run):
        _, last = run(x, carried[0])
        if work == "step":
            carried[0] = last
    return {"eager": lambda: forward(layer)}
