# SPDX-License-Identifier: MIT
"""gatebench: the shared library's layer as backend onednn chooses to run it, called through the structures of python/
with arrays made once."""
import ctypes

import numpy

import adding
from gatebench import Model, Trainer
from gatebench._library import SIZE, Context, gb_layer_pass, gb_layer_spec, library, version as library_version

context = Context()
kept = []  # layers read and write arrays that only C knows


def version():
    return "gatebench " + library_version()


def make_arrays(cell, steps, batch, input, hidden, work, count):
    random = numpy.random.default_rng(1)
    arrays = {"parameters": random.normal(0, 0.1, count), "x": random.normal(size=(steps, batch, input)),
              "y": numpy.zeros((steps, batch, hidden))}
    for name in ("h0", "hT", "c0", "cT") if cell == "lstm" else ("h0", "hT"):
        arrays[name] = numpy.zeros((batch, hidden))
    if work == "train":
        arrays["dy"] = random.normal(size=(steps, batch, hidden))
        arrays.update({"d" + name: numpy.zeros_like(arrays[name])
                       for name in ("x", "h0", "c0", "parameters") if name in arrays})
    return {name: values.astype(numpy.float32) for name, values in arrays.items()}


def prepare(cell, steps, batch, input, hidden, work):
    if work == "step":
        steps = batch = 1
    spec = gb_layer_spec(cell=cell.encode(), backend=b"onednn", bias=1, input=input, hidden=hidden, steps=steps,
                         batch=batch, training=work == "train")
    count = SIZE()
    context.check(library.gb_layer_parameter_count(context.handle, ctypes.byref(spec), ctypes.byref(count)))
    layer = context.create(library.gb_layer_create, context.handle, ctypes.byref(spec))
    arrays = make_arrays(cell, steps, batch, input, hidden, work, count.value)
    kept[:] = [arrays]
    run = gb_layer_pass(**{name: values.ctypes.data for name, values in arrays.items()})

    def train():
        arrays["dparameters"].fill(0)
        context.check(library.gb_layer_forward(layer, ctypes.byref(run)))
        context.check(library.gb_layer_backward(layer, ctypes.byref(run)))

    def forward():
        context.check(library.gb_layer_forward(layer, ctypes.byref(run)))
        run.same_parameters = True
        if work == "step":
            run.h0, run.hT, run.c0, run.cT = run.hT, run.h0, run.cT, run.c0
    return {library.gb_layer_implementation(layer).decode(): train if work == "train" else forward}


def train(cell, seed, hidden, batches, **shape):
    model = Model(cell, input_size=2, hidden=hidden, output_size=1, head="last", loss="squared", bias="double",
                  backend="onednn")
    model.initialise("pytorch", seed)
    trainer = Trainer(model, "adam", learning_rate=0.001, clip_norm=1)
    left, losses = iter(list(adding.draw(seed, batches, **shape))), []

    def step():
        losses.append(trainer.step(*next(left)).evaluation.mean_loss)
    return {"step": step, "error": lambda: adding.last_error(losses)}
