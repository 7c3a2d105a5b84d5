# SPDX-License-Identifier: MIT
"""PyTorch's nn.RNN, nn.LSTM and nn.GRU with random weights: padded and packed sequences, both directions, stacks,
initial states, and the gradients of all of it."""
import gatebench
import numpy
import torch
from common import compare, draw, draw_sizes, flip, implementations, product, put, told
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

KINDS = {"rnn": (torch.nn.RNN, {}, 1), "rnn_relu": (torch.nn.RNN, {"nonlinearity": "relu"}, 1),
         "lstm": (torch.nn.LSTM, {}, 4), "gru": (torch.nn.GRU, {}, 3)}
ORDER = {"rnn": (0,), "rnn_relu": (0,), "lstm": (0, 1, 2, 3), "gru": (1, 0, 2)}  # GRU: r z n to u r o
TENSORS = (("kernel", "weight_ih"), ("recurrent", "weight_hh"), ("bias", "bias_ih"), ("recurrent_bias", "bias_hh"))


def ours_of(values, order, shape):
    """A tensor of PyTorch's in our layout."""
    values = flip(values) if values.ndim == 2 else values
    return values.reshape(shape[0], len(order), shape[2])[:, list(order)]


def run_packed(module, x, lengths, states):
    h = tuple(torch.tensor(s, requires_grad=True) for s in states)
    x = torch.tensor(x, requires_grad=True)
    packed = pack_padded_sequence(x, torch.tensor(lengths), enforce_sorted=False)
    y, final = module(packed, h if len(h) == 2 else h[0])
    y, _ = pad_packed_sequence(y, total_length=x.shape[0])
    return x, h, y, final if isinstance(final, tuple) else (final,)


def check_layer(random, cell, reverse, bias):
    """One direction, forward and backward. PyTorch has no reverse layer alone: it is half of a bidirectional one, whose
    other half gets no gradient."""
    T, N, I, H = draw_sizes(random)
    kind, arguments, G = KINDS[cell]
    module = kind(I, H, bias=bias, bidirectional=reverse, **arguments)
    d, suffix = int(reverse), "_l0_reverse" if reverse else "_l0"
    x, lengths = draw(random, T, N, I), random.integers(1, T + 1, N)
    states = [draw(random, 1 + d, N, H) for _ in range(2 if cell == "lstm" else 1)]
    tx, th, y, final = run_packed(module, x, lengths, states)
    dy, dfinal = draw(random, T, N, H), [draw(random, N, H) for _ in final]
    half = y[:, :, d * H:(d + 1) * H]
    (sum((half * torch.tensor(dy)).sum() for _ in (0,)) +
     sum((f[d] * torch.tensor(g)).sum() for f, g in zip(final, dfinal))).backward()
    for backend, implementation, dtype in implementations(cell):
        layer = gatebench.Layer(cell, I, H, bias="double" if bias else "none", backend=backend, dtype=dtype,
                                implementation=implementation, reverse=reverse)
        named = {ours: getattr(module, theirs + suffix) for ours, theirs in TENSORS[:4 if bias else 2]}
        for name, tensor in named.items():
            values = tensor.detach().numpy()
            put(layer, name, ORDER[cell], flip(values) if values.ndim == 2 else values)
        spoilt = numpy.where(numpy.arange(T)[:, None, None] < lengths[None, :, None], x, numpy.nan)
        found = layer.forward(spoilt, *(s[d] for s in states), lengths=lengths)
        gradients = layer.backward(dy, *dfinal)
        what = f"{cell} {'reverse' if reverse else 'forward'} T={T} N={N} I={I} H={H} on {backend} {implementation} {dtype}"
        compare(what + ": y", found.y, half.detach().numpy(), I + H)
        for part, (mine, theirs) in enumerate(zip((found.hT, found.cT), final)):
            compare(f"{what}: final {part}", mine, theirs[d].detach().numpy(), I + H)
        compare(what + ": dx", gradients.dx, tx.grad.numpy(), T * (I + H))
        for part, (mine, theirs) in enumerate(zip((gradients.dh0, gradients.dc0), th)):
            compare(f"{what}: initial gradient {part}", mine, theirs.grad[d].numpy(), T * (I + H))
        views = gatebench.Layer(cell, I, H, bias="double" if bias else "none", dtype=dtype)
        views.parameters[:] = gradients.dparameters
        for name, tensor in named.items():
            compare(f"{what}: gradient of {name}", views[name],
                    ours_of(tensor.grad.numpy(), ORDER[cell], views[name].shape), N * T * (I + H))


def check_stack(random, cell, both, initial):
    """A stack is a model; h_n and c_n are its final states in our order: layer, direction."""
    T, N, I, H = draw_sizes(random)
    kind, arguments, G = KINDS[cell]
    layers, D = 3, 1 + both
    module = kind(I, H, num_layers=layers, bidirectional=both, **arguments)
    lengths, x = random.integers(1, T + 1, N), draw(random, T, N, I)
    parts = 2 if cell == "lstm" else 1
    states = [draw(random, layers * D, N, H) * initial for _ in range(parts)]
    _, _, y, final = run_packed(module, x, lengths, states)
    model = gatebench.Model(cell, input_size=I, hidden=H, output_size=D * H, layers=layers, head="every",
                            loss="squared", bias="double", bidirectional=both)
    parameters = numpy.zeros_like(model.parameters)
    tensors = model.tensors(parameters)
    tensors["output/kernel"].reshape(D * H, D * H)[...] = numpy.eye(D * H)
    for layer in range(layers):
        for prefix, suffix in ((f"layer{layer}/", f"_l{layer}"), (f"layer{layer}/reverse/", f"_l{layer}_reverse"))[:D]:
            for name, theirs in TENSORS:
                values = getattr(module, theirs + suffix).detach().numpy()
                tensors[prefix + name][...] = ours_of(values, ORDER[cell], tensors[prefix + name].shape)
    model.parameters = parameters
    given = numpy.stack([s.reshape(layers, D, N, H) for s in states], axis=2)
    found, ends = model.predict(x, lengths=lengths, initial_states=given, final_states=True)
    what = f"stack of {cell}, both={both}, T={T} N={N} I={I} H={H}"
    compare(what + ": y", found, y.detach().numpy(), layers * (I + H))
    for part, theirs in enumerate(final):
        compare(f"{what}: final {part}", ends[:, :, part].reshape(layers * D, N, H), theirs.detach().numpy(),
                layers * (I + H))


def main():
    torch.manual_seed(3)
    torch.set_num_threads(1)
    random = numpy.random.default_rng(2026)
    for _ in range(3):
        for case in product(cell=KINDS, reverse=(False, True), bias=(False, True)):
            check_layer(random, **case)
        for case in product(cell=KINDS, both=(False, True), initial=(0, 1)):
            check_stack(random, **case)
    told(f"PyTorch {torch.__version__}")


main()
