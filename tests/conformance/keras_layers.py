# SPDX-License-Identifier: MIT
"""Keras's SimpleRNN, LSTM and GRU with random weights: masks of every kind, go_backwards, initial states, stateful
layers, stacks and Bidirectional."""
import os

os.environ.setdefault("KERAS_BACKEND", "numpy")
import gatebench  # noqa: E402
import keras  # noqa: E402
import numpy  # noqa: E402
from common import compare, draw, draw_sizes, implementations, product, told  # noqa: E402

KINDS = {"rnn": ("SimpleRNN", {}, "single"), "rnn_relu": ("SimpleRNN", {"activation": "relu"}, "single"),
         "lstm": ("LSTM", {}, "single"), "gru": ("GRU", {}, "double"),
         "gru_reset_before": ("GRU", {"reset_after": False}, "single")}


def randomise(random, layer):
    layer.set_weights([(draw(random, *w.shape) / numpy.sqrt(w.shape[-1])).astype(numpy.float32)
                       for w in layer.get_weights()])


def fill(layer, weights):
    """Keras's bytes are ours."""
    kernel, recurrent, bias = weights
    layer["kernel"][...] = kernel.reshape(layer["kernel"].shape)
    layer["recurrent"][...] = recurrent.reshape(layer["recurrent"].shape)
    halves = bias if bias.ndim == 2 else [bias]
    for name, half in zip(("bias", "recurrent_bias"), halves):
        layer[name][...] = half.reshape(layer[name].shape)


def draw_mask(random, kind, N, T):
    if kind == "none":
        return None
    if kind == "holes":
        mask = random.integers(0, 2, (N, T)).astype(bool)
        mask[:, 0] = True  # with nothing before it, a hole repeats Keras's zeros, which the next test has
        return mask
    lengths = random.integers(1, T + 1, N)
    places = numpy.arange(T)[None, :]
    return places < lengths[:, None] if kind == "right" else places >= T - lengths[:, None]


def check(random, cell, mask, backwards, states, zeros):
    T, N, I, H = draw_sizes(random)
    name, arguments, bias = KINDS[cell]
    x = draw(random, N, T, I)
    theirs = getattr(keras.layers, name)(H, return_sequences=True, return_state=True, go_backwards=backwards,
                                         zero_output_for_mask=zeros, **arguments)
    theirs.build((N, T, I))
    randomise(random, theirs)
    mask = draw_mask(random, mask, N, T)
    initial = [draw(random, N, H) for _ in range(2 if name == "LSTM" else 1)] if states else None
    y, *final = (keras.ops.convert_to_numpy(v) for v in theirs(x, mask=mask, initial_state=initial))
    y = y.transpose(1, 0, 2)[::-1] if backwards else y.transpose(1, 0, 2)  # Keras gives them in the order of the walk
    for backend, implementation, dtype in implementations(cell):
        ours = gatebench.Layer(cell, I, H, bias=bias, backend=backend, dtype=dtype, implementation=implementation,
                               reverse=backwards)
        fill(ours, theirs.get_weights())
        steps = None if mask is None else mask.T
        found = ours.forward(x.transpose(1, 0, 2), *(initial or []), mask=steps)
        what = f"{name} {cell} T={T} N={N} I={I} H={H} backwards={backwards} states={states} zeros={zeros} on " \
               f"{backend} {implementation} {dtype}"
        taken = numpy.ones((T, N), bool) if steps is None or zeros else steps
        compare(what + ": y", found.y[taken], y[taken], I + H)
        for part, ourselves, keras_state in zip("hc", (found.hT, found.cT), final):
            compare(f"{what}: final {part}", ourselves, keras_state, I + H)


def check_stateful(random, cell):
    """A stateful layer over two batches is one that hands its states over."""
    T, N, I, H = draw_sizes(random)
    name, arguments, bias = KINDS[cell]
    theirs = getattr(keras.layers, name)(H, stateful=True, return_sequences=True, **arguments)
    x = draw(random, N, 2 * T, I)
    theirs.build((N, T, I))
    randomise(random, theirs)
    ours = gatebench.Layer(cell, I, H, bias=bias)
    fill(ours, theirs.get_weights())
    states = ()
    for part in (x[:, :T], x[:, T:]):
        y = keras.ops.convert_to_numpy(theirs(part)).transpose(1, 0, 2)
        found = ours.forward(part.transpose(1, 0, 2), *states)
        compare(f"stateful {cell}", found.y, y, I + H)
        states = tuple(state for state in (found.hT, found.cT) if state is not None)


def check_stack(random, cell, last, mask):
    """Two Bidirectional layers and a Dense one: a bidirectional model."""
    T, N, I, H = draw_sizes(random)
    name, arguments, bias = KINDS[cell]
    kind, outputs = getattr(keras.layers, name), 3
    layers = [keras.layers.Bidirectional(kind(H, return_sequences=not last or k == 0, **arguments)) for k in range(2)]
    dense = keras.layers.Dense(outputs)
    x = draw(random, N, T, I)
    mask = draw_mask(random, mask, N, T)
    value = x
    for layer in (*layers, dense):
        layer.build(value.shape)
        randomise(random, layer)
        value = layer(value) if layer is dense else layer(value, mask=mask)
    value = keras.ops.convert_to_numpy(value)
    model = gatebench.Model(cell, input_size=I, hidden=H, output_size=outputs, layers=2, loss="squared", bias=bias,
                            bidirectional=True, head="last" if last else "every")
    parameters = model.parameters
    tensors = model.tensors(parameters)
    for k, layer in enumerate(layers):
        weights = layer.get_weights()
        for prefix, part in ((f"layer{k}/", weights[:3]), (f"layer{k}/reverse/", weights[3:])):
            fill({n[len(prefix):]: v for n, v in tensors.items() if n.startswith(prefix)}, part)
    tensors["output/kernel"][...] = dense.get_weights()[0].reshape(tensors["output/kernel"].shape)
    tensors["output/bias"][...] = dense.get_weights()[1].reshape(tensors["output/bias"].shape)
    model.parameters = parameters
    lengths = None if mask is None else mask.sum(1)
    found = model.predict(x.transpose(1, 0, 2), lengths=lengths)
    if last:
        compare(f"Bidirectional {cell}, last", found, value, I + 4 * H)
    else:
        taken = numpy.ones((T, N), bool) if mask is None else mask.T
        compare(f"Bidirectional {cell}, every step", found[taken], value.transpose(1, 0, 2)[taken], I + 4 * H)


def main():
    random = numpy.random.default_rng(2025)
    for case in product(cell=KINDS, mask=("none", "right", "left", "holes"), backwards=(False, True),
                        states=(False, True), zeros=(False, True)):
        if not (case["mask"] == "none" and case["zeros"]):
            check(random, **case)
    for cell in KINDS:
        check_stateful(random, cell)
        for last, mask in ((True, "none"), (False, "none"), (True, "right"), (False, "right")):
            check_stack(random, cell, last, mask)
    told(f"Keras {keras.__version__} on {keras.config.backend()}")


main()
