# SPDX-License-Identifier: MIT
"""PyTorch: nn.RNN, nn.LSTM, nn.GRU, eager (its fused CPU kernels) and torch.compile around them."""
import torch

import adding

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


def train(cell, seed, hidden, batches, **shape):
    torch.manual_seed(seed)
    layer = {"rnn": torch.nn.RNN, "lstm": torch.nn.LSTM, "gru": torch.nn.GRU}[cell](2, hidden)
    output = torch.nn.Linear(hidden, 1)
    parameters = [*layer.parameters(), *output.parameters()]
    optimizer = torch.optim.Adam(parameters, lr=0.001)
    made = [(torch.tensor(x, dtype=torch.float32), torch.tensor(y, dtype=torch.float32))
            for x, y in adding.draw(seed, batches, **shape)]
    left, losses = iter(made), []

    def step():
        x, y = next(left)
        optimizer.zero_grad()
        loss = torch.nn.functional.mse_loss(output(layer(x)[0][-1]), y)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(parameters, 1)
        optimizer.step()
        losses.append(loss.item())
    return {"step": step, "error": lambda: adding.last_error(losses)}
