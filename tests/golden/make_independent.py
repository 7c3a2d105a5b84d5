# SPDX-License-Identifier: MIT
"""Golden values for what PyTorch and Keras lack, from the papers' equations written out once more in numpy f64.

Gradients come from the complex step, dL/da = Im L(a + i e) / e with e = 1e-30, which is exact to rounding and knows
nothing of backpropagation: no line here has anything in common with a backward pass.

    python3 make_independent.py [CELL...]     the values of these cells, or of all; needs numpy alone"""
import sys

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
    """Reset after the product, with the fourth bias of oneDNN's linear-before-reset GRU added to U h of the candidate."""
    wx, uh = input_and_recurrent(p, x, h, slice(0, 3))
    u = sigmoid(wx[:, 0] + uh[:, 0] + p["bias"][0])
    r = sigmoid(wx[:, 1] + uh[:, 1] + p["bias"][1])
    o = np.tanh(wx[:, 2] + p["bias"][2] + r * (uh[:, 2] + p["recurrent_bias"][0]))
    return u * h + (1 - u) * o, None


def mgu(p, x, h, _):
    """Zhou 2016: one gate f, which gates the candidate's state and the update."""
    wx, uh = input_and_recurrent(p, x, h, slice(0, 1))
    f = sigmoid(with_bias(p, wx + uh, slice(0, 1)))[:, 0]
    wx, ufh = input_and_recurrent(p, x, f * h, slice(1, 2))
    return (1 - f) * h + f * np.tanh(with_bias(p, wx + ufh, slice(1, 2)))[:, 0], None


def cifg(p, x, h, c):
    """Greff 2017, CIFG: the input gate is what the forget gate leaves."""
    wx, uh = input_and_recurrent(p, x, h, slice(0, 3))
    a = with_bias(p, wx + uh, slice(0, 3))
    f = sigmoid(a[:, 0])
    c_new = f * c + (1 - f) * np.tanh(a[:, 1])
    return sigmoid(a[:, 2]) * np.tanh(c_new), c_new


def gru_no_reset(p, x, h, _):
    """Ravanelli 2018 with tanh: h' = u*h + (1-u)*o."""
    wx, uh = input_and_recurrent(p, x, h, slice(0, 2))
    a = with_bias(p, wx + uh, slice(0, 2))
    u = sigmoid(a[:, 0])
    return u * h + (1 - u) * np.tanh(a[:, 1]), None


def janet(p, x, h, _):
    """Van der Westhuizen and Lasenby 2018, beta = 1; h is c."""
    wx, uh = input_and_recurrent(p, x, h, slice(0, 2))
    a = with_bias(p, wx + uh, slice(0, 2))
    return sigmoid(a[:, 0]) * h + (1 - sigmoid(a[:, 0] - 1)) * np.tanh(a[:, 1]), None


def mingru(p, x, h, _):
    """Feng 2024, section 3.1: gate and linear candidate from x alone."""
    a = with_bias(p, np.einsum("ni,igh->ngh", x, p["kernel"]), slice(0, 2))
    z = sigmoid(a[:, 0])
    return (1 - z) * h + z * a[:, 1], None


# cell: (step, gates, recurrent gates, has memory, has peepholes)
CELLS = {
    "lstm_peephole": (lstm_peephole, 4, 4, True, True),
    "gru_reset_before": (gru_reset_before, 3, 3, False, False),
    "gru": (gru, 3, 3, False, False),
    "mgu": (mgu, 2, 2, False, False),
    "cifg": (cifg, 3, 3, True, False),
    "gru_no_reset": (gru_no_reset, 2, 2, False, False),
    "janet": (janet, 2, 2, False, False),
    "mingru": (mingru, 2, 0, False, False),
}
CASES = [("lstm_peephole", "none"), ("lstm_peephole", "single"), ("lstm_peephole", "double"),
         ("gru_reset_before", "none"), ("gru_reset_before", "double"), ("gru", "single")]
CASES += [(cell, bias) for cell in ("mgu", "cifg", "gru_no_reset", "janet", "mingru")
          for bias in ("none", "single", "double")]


def parameters(cell, bias, inputs):
    _, gates, recurrent_gates, _, peepholes = CELLS[cell]
    p = {"kernel": inputs.draw(I, gates, H)}
    if recurrent_gates > 0:
        p["recurrent"] = inputs.draw(H, recurrent_gates, H)
    if bias != "none":
        p["bias"] = inputs.draw(gates, H)
    if bias == "double" and recurrent_gates > 0:
        p["recurrent_bias"] = inputs.draw(recurrent_gates, H)
    elif bias != "double" and cell == "gru":
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
    step, _, _, has_memory, _ = CELLS[cell]
    p = parameters(cell, bias, inputs)
    case = inputs.sequence_and_states(has_memory)
    values = p | case
    y, h, c = run(step, values)
    results = {"y": y, "hT": h} | ({"cT": c} if has_memory else {})
    wanted = ["x", "h0"] + (["c0"] if has_memory else []) + list(p)
    gradients = {"d" + key: gradient(step, values, key) for key in wanted}
    header = {"cell": cell, "bias": bias, "layout": "gatebench", "made_by": f"make_independent.py, numpy {np.__version__}"}
    write(name, header, values | results | gradients)


wanted_cells = sys.argv[1:] or list(CELLS)
unknown = [cell for cell in wanted_cells if cell not in CELLS]
if unknown:
    sys.exit(f"no equations for {', '.join(unknown)} here: add a function and its line in CELLS (and CASES); "
             f"there are {', '.join(CELLS)}")
for case_cell, case_bias in CASES:
    if case_cell in wanted_cells:
        make(case_cell, case_bias)
