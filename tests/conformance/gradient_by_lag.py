# SPDX-License-Identifier: MIT
"""A Keras LSTM, GRU and SimpleRNN trained in Python on recall ("France ... I speak ___": an answer word, a gap of fillers,
a query): the gradient by lag of gatebench's probe, called as a library and as `gatebench probe` on the saved model,
against that of Keras's own cells, differentiated by JAX.

dL/ds_{T-k} is taken by adding zeros to the state behind each step and differentiating by them, in float64: in float32 the
softmax of a trained network rounds 1 - p, and with it the gradient, in the third digit. Keras's own tanh gives float32 on
JAX whatever it is given, so the cells get JAX's."""
import os

os.environ["KERAS_BACKEND"] = "jax"
os.environ["JAX_ENABLE_X64"] = "1"
os.environ["JAX_PLATFORMS"] = "cpu"
import json  # noqa: E402
import subprocess  # noqa: E402
import sys  # noqa: E402
import tempfile  # noqa: E402

import gatebench  # noqa: E402
import jax  # noqa: E402
import keras  # noqa: E402
import numpy  # noqa: E402

ANSWERS, FILLERS, GAP, HIDDEN, EMBEDDING, BATCH, STEPS = 10, 50, 18, 24, 12, 64, 250
TOLERANCE = 1e-4  # of a norm
KINDS = {"rnn": ("SimpleRNN", 1, "single"), "lstm": ("LSTM", 2, "single"), "gru": ("GRU", 1, "double")}


def draw(random, count):
    """Words [N][T] and classes [N], as the task recall makes them."""
    classes = random.integers(0, ANSWERS, count)
    fillers = ANSWERS + random.integers(0, FILLERS, (count, GAP))
    query = numpy.full((count, 1), ANSWERS + FILLERS)
    return numpy.concatenate([classes[:, None], fillers, query], axis=1), classes


def train(name, random):
    layer = getattr(keras.layers, name)(HIDDEN)
    model = keras.Sequential([keras.Input((GAP + 2,), dtype="int32"),
                              keras.layers.Embedding(ANSWERS + FILLERS + 1, EMBEDDING), layer,
                              keras.layers.Dense(ANSWERS)])
    model.compile(optimizer=keras.optimizers.Adam(1e-2),
                  loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    words, classes = draw(random, BATCH * STEPS)
    history = model.fit(words, classes, batch_size=BATCH, epochs=2, verbose=0, shuffle=False)
    return model, layer, history.history["loss"]


def in_float64(layer, words):
    """The same layer, computing in float64."""
    activations = {name: function for name, function in (("activation", jax.numpy.tanh),
                                                         ("recurrent_activation", jax.nn.sigmoid))
                   if hasattr(layer, name)}
    made = type(layer)(HIDDEN, dtype="float64", **activations)
    made.build((None, words, EMBEDDING))
    made.set_weights(layer.get_weights())
    return made


def norms_of_keras(model, layer, parts, words, classes):
    """log10 |dL/ds_{T-k}|, [N][T+1], of every sequence's own loss."""
    T = words.shape[1]
    cell = in_float64(layer, T).cell
    embedding, kernel, bias = (numpy.asarray(w, numpy.float64) for w in (*model.layers[0].get_weights(),
                                                                       *model.layers[-1].get_weights()))

    def loss(nudges, one, wanted):
        states = nudges[0]
        for t in range(T):
            _, states = cell(jax.numpy.asarray(embedding)[one[None, t]], states)
            states = [s + nudge for s, nudge in zip(states, nudges[t + 1])]
        logits = (states[0] @ kernel + bias)[0]
        return jax.nn.logsumexp(logits) - logits[wanted]

    gradient = jax.jit(jax.grad(loss))
    zeros = [[jax.numpy.zeros((1, HIDDEN))] * parts for _ in range(T + 1)]
    rows = []
    for one, wanted in zip(words, classes):
        by_step = gradient(zeros, jax.numpy.asarray(one), wanted)
        norms = [numpy.sqrt(sum(float((g**2).sum()) for g in step)) for step in by_step]
        rows.append([numpy.log10(n) for n in reversed(norms)])
    return numpy.array(rows)


def norms_of_gatebench(cell, bias, model, layer, words, classes):
    embedding, dense = model.layers[0], model.layers[-1]
    ours = gatebench.Model(cell, input="tokens", input_size=ANSWERS + FILLERS + 1, embedding=EMBEDDING, hidden=HIDDEN,
                           output_size=ANSWERS, bias=bias, dtype="float64")
    parameters = ours.parameters
    tensors = ours.tensors(parameters)
    kernel, recurrent, biases = (numpy.asarray(w) for w in layer.get_weights())
    values = {"embedding": embedding.get_weights()[0], "layer0/kernel": kernel, "layer0/recurrent": recurrent,
              "output/kernel": dense.get_weights()[0], "output/bias": dense.get_weights()[1]}
    for name, half in zip(("layer0/bias", "layer0/recurrent_bias"), biases if biases.ndim == 2 else [biases]):
        values[name] = half
    for name, tensor in tensors.items():
        tensor[...] = values[name].reshape(tensor.shape)
    ours.parameters = parameters
    # the loss of a batch is a mean over its sequences; each is asked for its own here
    return numpy.concatenate([gatebench.gradient_by_lag(ours, w[:, None], [c], lags=words.shape[1])
                              for w, c in zip(words, classes)])


def check(what, ours, theirs):
    error = numpy.abs(10.0**(ours - theirs) - 1).max()
    print(f"  {what}: largest relative difference {error:.1e}")
    if not error <= TOLERANCE:
        sys.exit(f"{what}: the gradient by lag differs by {error:.1e}, {TOLERANCE} is allowed")


def probe(program, model, words, classes):
    """The mean over the sequences of log10 of the norms, from `gatebench probe` on the saved model."""
    with tempfile.TemporaryDirectory() as folder:
        model.save(f"{folder}/model.keras")
        numpy.save(f"{folder}/x.npy", words.astype(numpy.int32))
        numpy.save(f"{folder}/y.npy", classes.astype(numpy.int32))
        run = subprocess.run([program, "probe", "model.keras", "--data", "x.npy,y.npy", "--lags", str(words.shape[1]),
                              "--json"], cwd=folder, capture_output=True, text=True)
        if run.returncode != 0:
            sys.exit(f"gatebench probe: {run.stderr}")
        return numpy.array(json.loads(run.stdout)["log10_gradient_by_lag"])


def main():
    keras.utils.set_random_seed(5)
    random = numpy.random.default_rng(5)
    for cell, (name, parts, bias) in KINDS.items():
        model, layer, losses = train(name, random)
        words, classes = draw(random, 8)
        theirs = norms_of_keras(model, layer, parts, words, classes)
        ours = norms_of_gatebench(cell, bias, model, layer, words, classes)
        print(f"{name}: training loss {losses[0]:.3f}, {losses[-1]:.3f}; log10 of the norm at lag 0 {theirs[:, 0].mean():.2f}, "
              f"at lag {words.shape[1]} {theirs[:, -1].mean():.2f}")
        check(f"{name}, library", ours, theirs)
        check(f"{name}, gatebench probe", probe(sys.argv[1], model, words, classes), theirs.mean(axis=0))


main()
