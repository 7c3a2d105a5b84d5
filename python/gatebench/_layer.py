# SPDX-License-Identifier: MIT
"""One cell over a sequence."""
import ctypes
from typing import NamedTuple, Optional

import numpy

from gatebench._library import (INT, SIZE, Context, InvalidError, Owned, address, array, choice, encoded, gb_layer_pass,
                                gb_layer_spec, gb_tensor, library)
from gatebench._names import BIASES

DTYPES = ("float32", "float64")


class LayerOutputs(NamedTuple):
    """y [T][N][H] every h_t, hT [N][H] the final h, cT [N][H] the final c (None without a memory)."""
    y: numpy.ndarray
    hT: numpy.ndarray
    cT: Optional[numpy.ndarray]


class LayerGradients(NamedTuple):
    """dx [T][N][I], dh0 [N][H], dc0 [N][H] (None without a memory), and those of the flat parameters."""
    dx: numpy.ndarray
    dh0: numpy.ndarray
    dc0: Optional[numpy.ndarray]
    dparameters: numpy.ndarray


class Layer:
    """A recurrent layer of `hidden` units on `input` inputs.

    cell            one of cells()
    bias            "none", "single" (Keras's LSTM, oneDNN) or "double" (PyTorch; Keras's GRU)
    backend         "reference" or "onednn" (float32 only); implementation: onednn's "primitive", "sgemm", "packed", "bf16"
    dtype           "float32" or "float64"
    reverse         runs from the last step to the first

    `parameters` is the flat array of all parameters, initially zero; assign to it or to its elements to set them. layer["kernel"],
    layer["recurrent"] and, if the cell has them, layer["bias"], layer["recurrent_bias"] and layer["peephole"] are views
    of it in their shapes; `tensors` lists these names. The first pass of a new shape plans the layer, and
    `implementation` then names what runs it.
    """

    def __init__(self, cell, input, hidden, *, bias="single", backend="reference", dtype="float32", reverse=False,
                 implementation=None):
        self._context = Context()
        self._spec = gb_layer_spec(cell=encoded(cell), backend=encoded(backend), dtype=choice("dtype", dtype, DTYPES),
                                   bias=choice("bias", bias, BIASES), input=input, hidden=hidden, steps=1, batch=1,
                                   training=True, implementation=encoded(implementation), reverse=reverse)
        self._planned, self._last = (0, 0), None
        self._make_plan(1, 1)
        info = library.gb_cell_find(self._spec.cell)
        self._has_memory = info.contents.has_memory
        tensors, count = (gb_tensor * 5)(), SIZE()
        number = library.gb_cell_tensors(info, SIZE(input), SIZE(hidden), INT(self._spec.bias), tensors,
                                         ctypes.byref(count))
        self._parameters = numpy.zeros(count.value, dtype)
        self._views = {t.name.decode(): self._parameters[t.offset:t.offset + t.count].reshape(t.shape[:])
                       for t in tensors[:number]}

    def _make_plan(self, steps, batch):
        if steps > self._planned[0] or batch != self._planned[1]:
            self._spec.steps, self._spec.batch = steps, batch
            handle = self._context.create(library.gb_layer_create, self._context.handle, ctypes.byref(self._spec))
            self._plan = Owned(library.gb_layer_destroy, handle, self._context)
            self._planned = steps, batch

    @property
    def parameters(self):
        """The flat array of all parameters. What is assigned is copied into it."""
        return self._parameters

    @parameters.setter
    def parameters(self, values):
        self._parameters[...] = array("parameters", values, self._parameters.shape, self._parameters.dtype)

    @property
    def tensors(self):
        """The names of the parameter tensors, in their order."""
        return list(self._views)

    def __getitem__(self, name):
        return self._views[name]

    @property
    def implementation(self):
        """The implementation that ran the last pass, such as "reference loops"."""
        return library.gb_layer_implementation(self._plan.handle).decode()

    def forward(self, x, h0=None, c0=None, *, lengths=None, mask=None):
        """Runs x [T][N][I] from the states h0, c0 [N][H] (None: zero). lengths [N] is the number of steps of each row,
        mask [T][N] is nonzero where a row takes a step. A skipped step leaves the row's state unchanged and its y is 0.
        Returns LayerOutputs."""
        dtype, hidden, width = self.parameters.dtype, self._spec.hidden, self._spec.input
        x = array("x", x, (None, None, width), dtype)
        steps, batch = x.shape[:2]
        if c0 is not None and not self._has_memory:
            raise InvalidError(f"the cell {self._spec.cell.decode()} has no c, so no c0")
        given = {"parameters": self.parameters, "x": x, "h0": array("h0", h0, (batch, hidden), dtype),
                 "c0": array("c0", c0, (batch, hidden), dtype),
                 "lengths": array("lengths", lengths, (batch,), numpy.uintp),
                 "mask": array("mask", mask, (steps, batch), bool)}
        made = {"y": numpy.empty((steps, batch, hidden), dtype), "hT": numpy.empty((batch, hidden), dtype),
                "cT": numpy.empty((batch, hidden), dtype) if self._has_memory else None}
        if steps == 0 or batch == 0:
            raise InvalidError("x holds no step or no row")
        self._make_plan(steps, batch)
        self._last = None
        self._run(library.gb_layer_forward, steps, {**given, **made})
        self._last = {name: None if values is None else values.copy() for name, values in given.items()}
        return LayerOutputs(**made)

    def backward(self, dy, dhT=None, dcT=None):
        """The gradients of the last forward pass, given the gradients of y [T][N][H], hT and cT [N][H] (None: zero).
        Returns LayerGradients."""
        if self._last is None:
            raise InvalidError("a backward pass needs a forward pass before it")
        dtype, hidden = self.parameters.dtype, self._spec.hidden
        steps, batch = self._last["x"].shape[:2]
        given = {**self._last, "dy": array("dy", dy, (steps, batch, hidden), dtype),
                 "dhT": array("dhT", dhT, (batch, hidden), dtype), "dcT": array("dcT", dcT, (batch, hidden), dtype)}
        made = {"dx": numpy.empty((steps, batch, self._spec.input), dtype),
                "dh0": numpy.empty((batch, hidden), dtype),
                "dc0": numpy.empty((batch, hidden), dtype) if self._has_memory else None,
                "dparameters": numpy.zeros_like(self.parameters)}
        self._run(library.gb_layer_backward, steps, {**given, **made})
        return LayerGradients(**made)

    def _run(self, call, steps, arrays):
        run = gb_layer_pass(steps=steps, **{name: address(values) for name, values in arrays.items()})
        self._context.check(call(self._plan.handle, ctypes.byref(run)))
