# SPDX-License-Identifier: MIT
"""Golden values from PyTorch in double precision, parameters in PyTorch's own layout (weight_ih [G*H][I], gates i f g o
and r z n); and the losses of a small model over ten steps of SGD, of Adam and of the RMSprops: one is PyTorch's, the
others are their papers' equations with PyTorch's gradients."""
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


class Equations(torch.optim.Optimizer):
    """An update rule: rule(memory, gradient, settings) gives what is added to a parameter."""

    def __init__(self, parameters, rule, start, **settings):
        super().__init__(parameters, {})
        self.rule, self.settings = rule, settings
        parameters = self.param_groups[0]["params"]
        self.memory = [[torch.full_like(p, start)] + [torch.zeros_like(p) for _ in range(2)] for p in parameters]

    @torch.no_grad()
    def step(self):
        for parameter, memory in zip(self.param_groups[0]["params"], self.memory):
            parameter += self.rule(memory, parameter.grad, **self.settings)


def tensorflow1(memory, g, lr, alpha, momentum, eps):
    """TensorFlow 1, ApplyRMSProp: ms += (g^2 - ms)(1 - rho); mom = momentum mom + lr g / sqrt(ms + epsilon)."""
    ms, mom, _ = memory
    ms += (g * g - ms) * (1 - alpha)
    mom.copy_(momentum * mom + g * lr * torch.rsqrt(ms + eps))
    return -mom


def graves2013(memory, g, lr, alpha, momentum, eps):
    """Graves 2013, equations 38 to 45."""
    n, mean, delta = memory
    n.copy_(alpha * n + (1 - alpha) * g**2)
    mean.copy_(alpha * mean + (1 - alpha) * g)
    delta.copy_(momentum * delta - lr * g / torch.sqrt(n - mean**2 + eps))
    return delta


def arjovsky2016(memory, g, lr, alpha, momentum, eps):
    """The released code of Arjovsky 2016: no epsilon, no momentum, the averages start at 1e-3."""
    rms = memory[0]
    rms.copy_(alpha * rms + (1 - alpha) * g**2)
    return -lr * g / torch.sqrt(rms)


def training_case(case, optimizer_name, make_optimizer, settings, state_start=None):
    name = f"pytorch_training_{case}"
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
    header = {"optimizer": optimizer_name, "learning_rate": settings["lr"], "momentum": settings.get("momentum", 0)}
    if "alpha" in settings:
        header |= {"decay": settings["alpha"], "epsilon": settings["eps"], "state_start": state_start}
    header |= {"layout": "pytorch", "made_by": MADE_BY}
    write(name, header, start | {"tokens": tokens, "classes": classes, "losses": np.array(losses)} | end)


for cell_name in CELLS:
    for bias_name in ("none", "double"):
        cell_case(cell_name, bias_name)
training_case("sgd", "sgd", torch.optim.SGD, {"lr": 0.5, "momentum": 0.5})
training_case("adam", "adam", torch.optim.Adam, {"lr": 0.05})
training_case("rmsprop", "rmsprop", torch.optim.RMSprop, {"lr": 0.01, "alpha": 0.9, "momentum": 0.5, "eps": 1e-4}, 0)
for case_name, optimizer, rule, start, values in (
    ("tensorflow1", "rmsprop_inside", tensorflow1, 1, (0.05, 0.9, 0.5, 1e-10)),
    ("graves2013", "rmsprop_centred", graves2013, 0, (0.001, 0.95, 0.9, 1e-4)),
    ("arjovsky2016", "rmsprop", arjovsky2016, 1e-3, (0.01, 0.9, 0, 0)),
):
    settings = dict(zip(("lr", "alpha", "momentum", "eps"), values))
    training_case(case_name, optimizer,
                  lambda parameters, **given: Equations(parameters, rule, start, **given), settings, start)
