# SPDX-License-Identifier: MIT
"""Models and their training."""
import ctypes
from typing import NamedTuple, Optional

import numpy

from gatebench._layer import DTYPES
from gatebench._library import (DOUBLE, SIZE, Context, InvalidError, Owned, address, array, checked_size, choice, encoded,
                                gb_batch, gb_evaluation, gb_model_spec, gb_step_result, library)
from gatebench._names import BIASES

INPUTS, HEADS = ("tokens", "dense"), ("last", "every", "marked")
LOSSES, INITIAL_STATES = ("softmax", "bernoulli", "squared"), ("zero", "learned", "clipped")


class Evaluation(NamedTuple):
    """The loss in nats (or the squared error), summed over the predictions; their number; the number of correct ones."""
    loss: float
    predictions: int
    correct: int

    @property
    def mean_loss(self):
        """loss / predictions; NaN without a prediction."""
        return self.loss / self.predictions if self.predictions else float("nan")


class Step(NamedTuple):
    """The result of a training step: the evaluation of the batch before the update, the gradient's L2 norm before
    clipping, and whether training diverged (the parameters are then unchanged)."""
    evaluation: Evaluation
    gradient_norm: float
    diverged: bool


class _Batch:
    """A batch with the arrays that it points to."""

    def __init__(self, model, inputs, targets, lengths, marks, carry, more, initial_states, final_states):
        spec = model._spec
        tokens = spec.input == INPUTS.index("tokens")
        if tokens:
            inputs = array("inputs", inputs, (None, None), numpy.int32)
        else:
            inputs = array("inputs", inputs, (None, None, spec.input_size), numpy.float64)
        if inputs is None:
            raise InvalidError("a batch needs inputs")
        self.steps, self.sequences = inputs.shape[:2]
        rows = self.steps + bool(spec.predict_first)
        places = (self.sequences,) if spec.head == HEADS.index("last") else (rows, self.sequences)
        classes = spec.loss == LOSSES.index("softmax")
        if classes:
            targets = array("targets", targets, places, numpy.int32)
        else:
            targets = array("targets", targets, places + (spec.output_size,), numpy.float64)
        states = model.state_shape(self.sequences)
        self.final_states = numpy.empty(states) if final_states else None
        self.output_shape = places + (spec.output_size,)
        self.arrays = {
            "lengths": array("lengths", lengths, (self.sequences,), numpy.uintp),
            "tokens" if tokens else "inputs": inputs,
            "classes" if classes else "targets": targets,
            "marks": array("marks", marks, (rows, self.sequences), bool),
            "carry": array("carry", carry, (self.sequences,), bool),
            "more": array("more", more, (self.sequences,), bool),
            "initial_states": array("initial_states", initial_states, states, numpy.float64),
            "final_states": self.final_states}
        batch = gb_batch(steps=self.steps, sequences=self.sequences,
                         **{name: address(values) for name, values in self.arrays.items()})
        batch.arrays = self.arrays  # keeps the arrays alive as long as the pointer
        self.pointer = ctypes.byref(batch)


class Model:
    """A stack of recurrent layers with an output layer and a loss.

    cell            one of cells(), or the standard networks "bag" and "window"
    input           "dense" (inputs [T][N][input_size], float) or "tokens" (inputs [T][N], 0..input_size-1)
    embedding       width of the embedding of tokens; 0: one-hot
    head            which steps have a prediction: the "last", "every" one, or the "marked" ones
    loss            "softmax" (targets are class numbers), "bernoulli" or "squared" (targets [...][output_size])
    initial_state   "zero", "learned", or "clipped" (learned, with h_0 clipped to [-1, 1])
    bidirectional, predict_first, window, bias, backend, implementation, dtype: see gatebench/model.h

    A batch consists of these arguments of the calls that run it:
    inputs          as above; right-padded where sequences differ in length
    targets         one row per sequence for head "last", otherwise one per step
    lengths         [N] steps of each sequence
    marks           [T][N] nonzero at the steps that head "marked" predicts
    carry, more     [N] nonzero: the row continues the last batch; it continues in the next one
    initial_states  initial states in the shape state_shape(N)
    """

    def __init__(self, cell, *, input_size, hidden, output_size, input="dense", embedding=0, layers=1, head="last",
                 loss="softmax", bias="single", initial_state="zero", window=0, bidirectional=False,
                 predict_first=False, backend="reference", dtype="float32", implementation=None):
        self._context = Context()
        self._spec = gb_model_spec(
            cell=encoded(cell), backend=encoded(backend), dtype=choice("dtype", dtype, DTYPES),
            input=choice("input", input, INPUTS), input_size=input_size, embedding=embedding, hidden=hidden,
            layers=layers, output_size=output_size, window=window, head=choice("head", head, HEADS),
            loss=choice("loss", loss, LOSSES), bias=choice("bias", bias, BIASES),
            initial_state=choice("initial_state", initial_state, INITIAL_STATES), bidirectional=bidirectional,
            predict_first=predict_first, implementation=encoded(implementation))
        handle = self._context.create(library.gb_model_create, self._context.handle, ctypes.byref(self._spec))
        self._owned = Owned(library.gb_model_destroy, handle, self._context)
        self._handle = handle
        info = library.gb_cell_find(self._spec.cell)
        self._parts = (2 if info.contents.has_memory else 1) if info else 0

    def state_shape(self, sequences):
        """The shape of initial and final states: [layers][directions][parts][sequences][hidden]; parts are h and, if the
        cell has one, c."""
        return (self._spec.layers, 1 + self._spec.bidirectional, self._parts, sequences, self._spec.hidden)

    @property
    def parameters(self):
        """A flat float64 copy of all parameters. Assign an array to set them."""
        values = numpy.empty(library.gb_model_parameter_count(self._handle))
        library.gb_model_get_parameters(self._handle, ctypes.c_void_p(values.ctypes.data))
        return values

    @parameters.setter
    def parameters(self, values):
        count = library.gb_model_parameter_count(self._handle)
        values = array("parameters", values, (count,), numpy.float64)
        library.gb_model_set_parameters(self._handle, ctypes.c_void_p(values.ctypes.data))

    @property
    def recurrent_parameter_count(self):
        """The number of parameters of the recurrent layers, without embedding, output layer and initial states."""
        return library.gb_model_recurrent_parameter_count(self._handle)

    @property
    def implementation(self):
        """The implementation that runs the layers, such as "reference loops"."""
        return library.gb_model_implementation(self._handle).decode()

    def tensors(self, values=None):
        """The tensors by name ("layer0/kernel", "output/bias", ...) as views of the flat vector `values`: parameters or a
        gradient; None: a copy of the parameters. To change a tensor: p = model.parameters;
        model.tensors(p)["output/bias"][...] = 1; model.parameters = p."""
        values = self.parameters if values is None else values
        views = {}
        for i in range(library.gb_model_tensor_count(self._handle)):
            t = library.gb_model_tensor(self._handle, SIZE(i)).contents
            views[t.name.decode()] = values[t.offset:t.offset + t.count].reshape(t.shape[:])
        return views

    def initialise(self, initialiser="keras", seed=1):
        """Sets all parameters by an initialiser: "keras", "pytorch", "uniform:a", "normal:s", "orthogonal", "identity"."""
        self._context.check(library.gb_model_initialise(self._handle, encoded(initialiser), ctypes.c_uint64(seed)))

    def initialise_recurrent(self, initialiser, seed=1):
        """Sets the recurrent kernels by an initialiser: "orthogonal", "orthogonal_whole", "identity", "scaled:rho"."""
        self._context.check(library.gb_model_initialise_recurrent(self._handle, encoded(initialiser),
                                                                  ctypes.c_uint64(seed)))

    def set_forget_bias(self, bias, seed=1):
        """Sets the bias of the gate that keeps the memory: to a number, or by "chrono:Tmax"."""
        self._context.check(library.gb_model_set_forget_bias(self._handle, encoded(str(bias)), ctypes.c_uint64(seed)))

    def set_memory(self, size):
        """Limits the bytes that a pass stores for its steps; a longer pass runs in segments. 0: 1 GiB."""
        library.gb_model_set_memory(self._handle, checked_size("size", size))

    def predict(self, inputs, *, lengths=None, marks=None, carry=None, more=None, initial_states=None,
                final_states=False):
        """The raw outputs (logits): [N][O] for head "last", otherwise [T][N][O] with zeros at steps without a prediction.
        With final_states=True returns (outputs, states), where states are those after each sequence's own last step."""
        batch = _Batch(self, inputs, None, lengths, marks, carry, more, initial_states, final_states)
        outputs = numpy.empty(batch.output_shape)
        self._context.check(library.gb_model_predict(self._handle, batch.pointer, ctypes.c_void_p(outputs.ctypes.data)))
        return (outputs, batch.final_states) if final_states else outputs

    def evaluate(self, inputs, targets, *, lengths=None, marks=None, carry=None, more=None, initial_states=None):
        """Runs a forward pass and returns an Evaluation."""
        batch, found = _Batch(self, inputs, targets, lengths, marks, carry, more, initial_states, False), gb_evaluation()
        self._context.check(library.gb_model_evaluate(self._handle, batch.pointer, ctypes.byref(found)))
        return Evaluation(found.loss, found.predictions, found.correct)

    def gradient(self, inputs, targets, *, lengths=None, marks=None, carry=None, more=None, initial_states=None):
        """Runs a forward and a backward pass. Returns the flat gradient of the mean loss over the predictions, and an
        Evaluation."""
        batch, found = _Batch(self, inputs, targets, lengths, marks, carry, more, initial_states, False), gb_evaluation()
        library.gb_model_zero_gradient(self._handle)
        self._context.check(library.gb_model_gradient(self._handle, batch.pointer, ctypes.byref(found)))
        values = numpy.empty(library.gb_model_parameter_count(self._handle))
        library.gb_model_get_gradient(self._handle, ctypes.c_void_p(values.ctypes.data))
        return values, Evaluation(found.loss, found.predictions, found.correct)


class Trainer:
    """Trains a model with one of optimizers(). Settings that differ from the optimizer's defaults are given by name:
    learning_rate, momentum, decay, beta1, beta2, epsilon, clip_norm, clip_value, state_start, weight_decay."""

    def __init__(self, model, optimizer="adam", **settings):
        spec = library.gb_optimizer_defaults()
        spec.name = encoded(optimizer)
        for name, value in settings.items():
            if name == "name" or not any(name == field for field, _ in spec._fields_):
                raise InvalidError(f"an optimizer has no setting '{name}'")
            setattr(spec, name, value)
        self._model = model
        handle = model._context.create(library.gb_trainer_create, model._handle, ctypes.byref(spec))
        self._owned = Owned(library.gb_trainer_destroy, handle, model._owned)
        self._handle = handle

    def set_learning_rate(self, learning_rate):
        """Sets the learning rate from the next step on."""
        library.gb_trainer_set_learning_rate(self._handle, DOUBLE(learning_rate))

    def set_weight_noise(self, deviation, seed=1):
        """Computes every step's gradient at parameters with added normal noise of this standard deviation."""
        self._model._context.check(library.gb_trainer_set_weight_noise(self._handle, DOUBLE(deviation),
                                                                       ctypes.c_uint64(seed)))

    def set_dropout(self, rate, seed=1):
        """Sets the rate of dropout between layers."""
        self._model._context.check(library.gb_trainer_set_dropout(self._handle, DOUBLE(rate), ctypes.c_uint64(seed)))

    def step(self, inputs, targets, *, truncate=0, lengths=None, marks=None, carry=None, more=None,
             initial_states=None):
        """Runs one training step on a batch (see Model) and returns a Step. truncate: the number of steps of a segment of
        truncated backpropagation through time, each with its own update; 0: the whole sequence."""
        batch = _Batch(self._model, inputs, targets, lengths, marks, carry, more, initial_states, False)
        found, segment = gb_step_result(), checked_size("truncate", truncate)
        self._model._context.check(library.gb_trainer_step_truncated(self._handle, batch.pointer, segment,
                                                                     ctypes.byref(found)))
        e = found.evaluation
        return Step(Evaluation(e.loss, e.predictions, e.correct), found.gradient_norm, found.diverged)
