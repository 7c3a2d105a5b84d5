# SPDX-License-Identifier: MIT
"""Golden values for what PyTorch and Keras lack, from the papers' equations written out once more in numpy f64.

Gradients come from the complex step, dL/da = Im L(a + i e) / e with e = 1e-30, which is exact to rounding and knows
nothing of backpropagation: no line here has anything in common with a backward pass."""
import numpy as np

from golden_format import H, I, N, T, Inputs, write

STEP = 1e-30


def sigmoid(a):
    return 1 / (1 + np.exp(-a))


def with_bias(p, sums, gates):
    """Adds whichever of b and b_U the case has to the sums, [N][G][H] each."""
    for bias in ("bias", "recurrent_bias"):
        if bias in p:
            sums = sums + p[bias][gates]
    return sums


def input_and_recurrent(p, x, h, gates):
    return np.einsum("ni,igh->ngh", x, p["kernel"][:, gates]), np.einsum("nk,kgh->ngh", h, p["recurrent"][:, gates])


def lstm_peephole(p, x, h, c):
    """Graves 2013, equations 7-11: i and f look at the old memory, o at the new one."""
    wx, uh = input_and_recurrent(p, x, h, slice(0, 4))
    a = with_bias(p, wx + uh, slice(0, 4))
    w_i, w_f, w_o = p["peephole"]
    i = sigmoid(a[:, 0] + w_i * c)
    f = sigmoid(a[:, 1] + w_f * c)
    c_new = f * c + i * np.tanh(a[:, 2])
    o = sigmoid(a[:, 3] + w_o * c_new)
    return o * np.tanh(c_new), c_new


def gru_reset_before(p, x, h, _):
    """Cho 2014, equations 5-8: the candidate sees r * h through U; h' = u*h + (1-u)*o."""
    wx, uh = input_and_recurrent(p, x, h, slice(0, 2))
    u, r = np.moveaxis(sigmoid(with_bias(p, wx + uh, slice(0, 2))), 1, 0)
    wx, urh = input_and_recurrent(p, x, r * h, slice(2, 3))
    o = np.tanh(with_bias(p, wx + urh, slice(2, 3)))[:, 0]
    return u * h + (1 - u) * o, None


def gru(p, x, h, _):
    """Reset after the product, with the fourth bias of oneDNN's linear-before-reset GRU beside U h of the candidate."""
    wx, uh = input_and_recurrent(p, x, h, slice(0, 3))
    u = sigmoid(wx[:, 0] + uh[:, 0] + p["bias"][0])
    r = sigmoid(wx[:, 1] + uh[:, 1] + p["bias"][1])
    o = np.tanh(wx[:, 2] + p["bias"][2] + r * (uh[:, 2] + p["recurrent_bias"][0]))
    return u * h + (1 - u) * o, None


# cell: (step, gates, has memory, has peepholes)
CELLS = {
    "lstm_peephole": (lstm_peephole, 4, True, True),
    "gru_reset_before": (gru_reset_before, 3, False, False),
    "gru": (gru, 3, False, False),
}
CASES = [("lstm_peephole", "none"), ("lstm_peephole", "single"), ("lstm_peephole", "double"),
         ("gru_reset_before", "none"), ("gru_reset_before", "double"), ("gru", "single")]


def parameters(cell, bias, inputs):
    _, gates, _, peepholes = CELLS[cell]
    p = {"kernel": inputs.draw(I, gates, H), "recurrent": inputs.draw(H, gates, H)}
    if bias != "none":
        p["bias"] = inputs.draw(gates, H)
    if bias == "double":
        p["recurrent_bias"] = inputs.draw(gates, H)
    elif cell == "gru":
        p["recurrent_bias"] = inputs.draw(1, H)
    if peepholes:
        p["peephole"] = inputs.draw(3, H)
    return p


def run(step, values):
    h, c = values["h0"], values.get("c0")
    y = []
    for t in range(T):
        h, c = step(values, values["x"][t], h, c)
        y.append(h)
    return np.array(y), h, c


def loss(step, values):
    y, h, c = run(step, values)
    total = (y * values["dy"]).sum() + (h * values["dhT"]).sum()
    return total if c is None else total + (c * values["dcT"]).sum()


def gradient(step, values, name):
    result = np.empty(values[name].shape)
    for place in np.ndindex(result.shape):
        moved = values[name].astype(complex)
        moved[place] += 1j * STEP
        result[place] = loss(step, values | {name: moved}).imag / STEP
    return result


def make(cell, bias):
    name = f"independent_{cell}_{bias}"
    inputs = Inputs(name)
    step, _, has_memory, _ = CELLS[cell]
    p = parameters(cell, bias, inputs)
    case = inputs.sequence_and_states(has_memory)
    values = p | case
    y, h, c = run(step, values)
    results = {"y": y, "hT": h} | ({"cT": c} if has_memory else {})
    wanted = ["x", "h0"] + (["c0"] if has_memory else []) + list(p)
    gradients = {"d" + key: gradient(step, values, key) for key in wanted}
    header = {"cell": cell, "bias": bias, "layout": "gatebench", "made_by": f"make_independent.py, numpy {np.__version__}"}
    write(name, header, values | results | gradients)


for case_cell, case_bias in CASES:
    make(case_cell, case_bias)
