# SPDX-License-Identifier: MIT
"""Golden values from PyTorch in double precision, parameters in PyTorch's own layout (weight_ih [G*H][I], gates i f g o
and r z n); and the losses of a small model over ten steps of SGD and of Adam."""
import numpy as np
import torch

from golden_format import H, I, Inputs, write

torch.set_default_dtype(torch.float64)
MADE_BY = f"PyTorch {torch.__version__.split('+')[0]}"
CELLS = {
    "rnn": lambda bias: torch.nn.RNN(I, H, nonlinearity="tanh", bias=bias),
    "rnn_relu": lambda bias: torch.nn.RNN(I, H, nonlinearity="relu", bias=bias),
    "lstm": lambda bias: torch.nn.LSTM(I, H, bias=bias),
    "gru": lambda bias: torch.nn.GRU(I, H, bias=bias),
}


def fill(module, inputs):
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.copy_(torch.tensor(inputs.draw(*parameter.shape)))


def cell_case(cell, bias):
    name = f"pytorch_{cell}_{bias}"
    inputs = Inputs(name)
    layer = CELLS[cell](bias == "double")
    fill(layer, inputs)
    has_memory = cell == "lstm"
    case = inputs.sequence_and_states(has_memory)
    at = {key: torch.tensor(value, requires_grad=key in ("x", "h0", "c0")) for key, value in case.items()}

    if has_memory:
        y, (hT, cT) = layer(at["x"], (at["h0"][None], at["c0"][None]))
    else:
        y, hT = layer(at["x"], at["h0"][None])
    loss = (y * at["dy"]).sum() + (hT[0] * at["dhT"]).sum()
    results = {"y": y, "hT": hT[0]}
    if has_memory:
        loss = loss + (cT[0] * at["dcT"]).sum()
        results["cT"] = cT[0]
    loss.backward()

    tensors = {key: value.detach().numpy() for key, value in layer.named_parameters()}
    tensors |= case
    tensors |= {key: value.detach().numpy() for key, value in results.items()}
    tensors |= {"d" + key: at[key].grad.numpy() for key in ("x", "h0", "c0") if key in at}
    tensors |= {"d" + key: value.grad.numpy() for key, value in layer.named_parameters()}
    write(name, {"cell": cell, "bias": bias, "layout": "pytorch", "made_by": MADE_BY}, tensors)


class Model(torch.nn.Module):
    """Embedding -> LSTM -> linear on the last step."""

    VOCABULARY, WIDTH, CLASSES = 7, 4, 5

    def __init__(self):
        super().__init__()
        self.embedding = torch.nn.Embedding(self.VOCABULARY, self.WIDTH)
        self.lstm = torch.nn.LSTM(self.WIDTH, H)
        self.output = torch.nn.Linear(H, self.CLASSES)

    def forward(self, tokens):
        y, _ = self.lstm(self.embedding(tokens))
        return self.output(y[-1])


def training_case(optimizer_name, make_optimizer, settings):
    name = f"pytorch_training_{optimizer_name}"
    inputs = Inputs("training")
    steps, length, sequences = 10, 6, 4
    model = Model()
    fill(model, inputs)
    start = {key: value.detach().numpy().copy() for key, value in model.named_parameters()}
    tokens = inputs.random.integers(0, Model.VOCABULARY, size=(steps, length, sequences))
    classes = inputs.random.integers(0, Model.CLASSES, size=(steps, sequences))
    optimizer = make_optimizer(model.parameters(), **settings)
    losses = []
    for step in range(steps):
        optimizer.zero_grad()
        loss = torch.nn.functional.cross_entropy(model(torch.tensor(tokens[step])), torch.tensor(classes[step]))
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    end = {"end_" + key: value.detach().numpy() for key, value in model.named_parameters()}
    header = {"optimizer": optimizer_name, "learning_rate": settings["lr"], "momentum": settings.get("momentum", 0),
              "layout": "pytorch", "made_by": MADE_BY}
    write(name, header, start | {"tokens": tokens, "classes": classes, "losses": np.array(losses)} | end)


for cell_name in CELLS:
    for bias_name in ("none", "double"):
        cell_case(cell_name, bias_name)
training_case("sgd", torch.optim.SGD, {"lr": 0.5, "momentum": 0.5})
training_case("adam", torch.optim.Adam, {"lr": 0.05})
