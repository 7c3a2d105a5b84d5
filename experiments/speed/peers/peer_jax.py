# SPDX-License-Identifier: MIT
"""JAX: lax.scan, the same unrolled by 8, and for training a backward scan of one's own that takes the weights' gradients
as one matrix product over all steps. x W is one product over all steps in each."""
import jax
import jax.numpy as jnp

GATES = {"rnn": 1, "lstm": 4, "gru": 3}


def version():
    return "JAX " + jax.__version__


def rnn(px, ph, state):
    return (jnp.tanh(px + ph),)


def lstm(px, ph, state):
    i, f, g, o = jnp.split(px + ph, 4, axis=-1)
    c = jax.nn.sigmoid(f) * state[1] + jax.nn.sigmoid(i) * jnp.tanh(g)
    return jax.nn.sigmoid(o) * jnp.tanh(c), c


def gru(px, ph, state):
    xr, xz, xn = jnp.split(px, 3, axis=-1)
    hr, hz, hn = jnp.split(ph, 3, axis=-1)
    z = jax.nn.sigmoid(xz + hz)
    n = jnp.tanh(xn + jax.nn.sigmoid(xr + hr) * hn)
    return (z * state[0] + (1 - z) * n,)


def plain(gates, unroll):
    def forward(parameters, x, state):
        w, u, b = parameters

        def step(state, px):
            state = gates(px, state[0] @ u, state)
            return state, state[0]
        return jax.lax.scan(step, state, x @ w + b, unroll=unroll)
    return forward


def own_backward(gates, unroll):
    """The gradient of sum(y * dy) with respect to parameters, x and the initial state."""
    def gradient(parameters, x, state, dy):
        w, u, b = parameters
        px = x @ w + b

        def step(state, p):
            ph = state[0] @ u
            following = gates(p, ph, state)
            return following, (following[0], state, ph)
        _, (y, before, ph) = jax.lax.scan(step, state, px, unroll=unroll)

        def back(dstate, at):
            p, h_product, state, dy_t = at
            _, pull = jax.vjp(gates, p, h_product, state)
            dp, dh_product, dbefore = pull((dstate[0] + dy_t, *dstate[1:]))
            return (dbefore[0] + dh_product @ u.T, *dbefore[1:]), (dp, dh_product)
        zero = tuple(jnp.zeros_like(s) for s in state)
        dstate, (dp, dh_product) = jax.lax.scan(back, zero, (px, ph, before, dy), reverse=True, unroll=unroll)
        rows = dp.reshape(-1, dp.shape[-1])
        dw = x.reshape(-1, x.shape[-1]).T @ rows
        du = before[0].reshape(-1, u.shape[0]).T @ dh_product.reshape(-1, dp.shape[-1])
        return y, (dw, du, rows.sum(0)), dp @ w.T, dstate
    return gradient


def prepare(cell, steps, batch, input, hidden, work):
    gates = {"rnn": rnn, "lstm": lstm, "gru": gru}[cell]
    if work == "step":
        steps = batch = 1
    keys = jax.random.split(jax.random.key(1), 4)
    width = GATES[cell] * hidden
    parameters = (jax.random.normal(keys[0], (input, width)) * 0.1, jax.random.normal(keys[1], (hidden, width)) * 0.1,
                  jnp.zeros(width))
    x = jax.random.normal(keys[2], (steps, batch, input))
    dy = jax.random.normal(keys[3], (steps, batch, hidden))
    state = tuple(jnp.zeros((batch, hidden)) for _ in range(2 if cell == "lstm" else 1))
    calls = {}
    if work == "train":
        def by_autodiff(unroll):
            def product(parameters, x, state):
                return (plain(gates, unroll)(parameters, x, state)[1] * dy).sum()
            return jax.jit(jax.grad(product, (0, 1, 2)))
        for name, run in {"scan": by_autodiff(1), "scan, unroll 8": by_autodiff(8)}.items():
            calls[name] = lambda run=run: jax.block_until_ready(run(parameters, x, state))
        for unroll in (1, 8):
            run = jax.jit(own_backward(gates, unroll))
            calls[f"own backward, unroll {unroll}"] = (
                lambda run=run: jax.block_until_ready(run(parameters, x, state, dy)))
        return calls
    for unroll in (1, 8) if work == "forward" else (1,):
        run = jax.jit(plain(gates, unroll))
        carried = [state]

        def call(run=run, carried=carried):
            last, _ = jax.block_until_ready(run(parameters, x, carried[0]))
            if work == "step":
                carried[0] = last
        calls[f"scan, unroll {unroll}"] = call
    return calls
