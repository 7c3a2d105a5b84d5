# SPDX-License-Identifier: MIT
"""The shared library: finding it, its structures, and calls whose failures become exceptions. The structures are copies
of those in the public headers; tests/python compares the two."""
import ctypes
import ctypes.util
import os
import pathlib
import weakref

import numpy

VERSION = "0.1.0"
SIZE, DOUBLE, INT, BOOL = ctypes.c_size_t, ctypes.c_double, ctypes.c_int, ctypes.c_bool
TEXT, POINTER = ctypes.c_char_p, ctypes.c_void_p


class Error(Exception):
    """The base class of what a failing call raises; its text is the library's message."""


class InvalidError(Error, ValueError):
    """An argument, a shape or a setting is invalid."""


class UnsupportedError(Error, NotImplementedError):
    """A valid request that this backend or this build does not support."""


class OutOfMemoryError(Error, MemoryError):
    """Out of memory, or sizes beyond the address space."""


class DataError(Error):
    """A data or weight file is missing, truncated or wrong."""


class InputOutputError(Error, OSError):
    """Reading, writing or starting a program failed."""


class Stopped(Error):
    """Stopped on request before the end."""


class BackendError(Error):
    """The library behind a backend reported a failure."""


FAILURES = (None, InvalidError, UnsupportedError, OutOfMemoryError, DataError, InputOutputError, Stopped, BackendError)


def checked_size(what, value):
    """`value` as a size; C would read a negative number as a huge one."""
    if value < 0:
        raise InvalidError(f"{what} is {value}; it cannot be negative")
    return SIZE(value)


class Structure(ctypes.Structure):
    def __init__(self, **values):
        for name, kind in self._fields_:
            if kind is SIZE:
                checked_size(name, values.get(name, 0))
        super().__init__(**values)


def structure(name, /, **fields):
    return type(name, (Structure,), {"_fields_": list(fields.items())})


gb_layer_spec = structure(
    "gb_layer_spec", cell=TEXT, backend=TEXT, dtype=INT, bias=INT, input=SIZE, hidden=SIZE, steps=SIZE, batch=SIZE,
    training=BOOL, implementation=TEXT, reverse=BOOL)
gb_layer_pass = structure(
    "gb_layer_pass", parameters=POINTER, x=POINTER, h0=POINTER, c0=POINTER, y=POINTER, hT=POINTER, cT=POINTER,
    steps=SIZE, lengths=POINTER, mask=POINTER, dy=POINTER, dhT=POINTER, dcT=POINTER, dx=POINTER, dh0=POINTER,
    dc0=POINTER, dparameters=POINTER, dstate=POINTER, same_parameters=BOOL)
gb_tensor = structure(
    "gb_tensor", name=ctypes.c_char * 48, role=INT, shape=SIZE * 3, offset=SIZE, count=SIZE, gates=POINTER,
    forget_gate=INT)
gb_cell_info = structure(
    "gb_cell_info", name=TEXT, title=TEXT, source=TEXT, gates=SIZE, recurrent_gates=SIZE, gate_names=POINTER,
    has_memory=BOOL, reset_after=BOOL, peepholes=BOOL, bias=INT * 4, forget_gate=TEXT, memory_gate=TEXT,
    memory_sign=INT, input_gate=TEXT)
gb_model_spec = structure(
    "gb_model_spec", cell=TEXT, backend=TEXT, dtype=INT, input=INT, input_size=SIZE, embedding=SIZE, hidden=SIZE,
    layers=SIZE, output_size=SIZE, window=SIZE, head=INT, loss=INT, bias=INT, initial_state=INT, bidirectional=BOOL,
    predict_first=BOOL, implementation=TEXT)
gb_batch = structure(
    "gb_batch", steps=SIZE, sequences=SIZE, lengths=POINTER, tokens=POINTER, inputs=POINTER, classes=POINTER,
    targets=POINTER, marks=POINTER, carry=POINTER, more=POINTER, initial_states=POINTER, final_states=POINTER,
    sequence_loss=POINTER, sequence_predictions=POINTER, sequence_error=POINTER)
gb_evaluation = structure("gb_evaluation", loss=DOUBLE, predictions=SIZE, correct=SIZE)
gb_optimizer_spec = structure(
    "gb_optimizer_spec", name=TEXT, learning_rate=DOUBLE, momentum=DOUBLE, decay=DOUBLE, beta1=DOUBLE, beta2=DOUBLE,
    epsilon=DOUBLE, clip_norm=DOUBLE, clip_value=DOUBLE, state_start=DOUBLE, weight_decay=DOUBLE)
gb_step_result = structure("gb_step_result", evaluation=gb_evaluation, gradient_norm=DOUBLE, diverged=BOOL)
gb_capacity_spec = structure(
    "gb_capacity_spec", seed=ctypes.c_uint64, steps=SIZE, warmup=SIZE, lags=SIZE, scale=DOUBLE)

RESULTS = {
    TEXT: ("gb_version", "gb_context_message", "gb_layer_implementation", "gb_model_implementation",
           "gb_backend_name", "gb_backend_version", "gb_optimizer_name"),
    SIZE: ("gb_cell_count", "gb_backend_count", "gb_optimizer_count", "gb_cell_tensors", "gb_model_tensor_count",
           "gb_model_parameter_count", "gb_model_recurrent_parameter_count", "gb_probe_state_size"),
    ctypes.POINTER(gb_cell_info): ("gb_cell_at", "gb_cell_find"),
    ctypes.POINTER(gb_tensor): ("gb_model_tensor",),
    gb_optimizer_spec: ("gb_optimizer_defaults",),
    None: ("gb_context_destroy", "gb_layer_destroy", "gb_model_destroy", "gb_trainer_destroy",
           "gb_model_get_parameters", "gb_model_set_parameters", "gb_model_get_gradient", "gb_model_zero_gradient",
           "gb_model_set_memory", "gb_trainer_set_learning_rate"),
}


def open_library():
    named = os.environ.get("GATEBENCH_LIBRARY")
    places = [named] if named else [ctypes.util.find_library("gatebench"), "libgatebench.so.0",
                                    str(pathlib.Path.home() / ".local/lib/libgatebench.so.0")]
    reasons = []
    for place in filter(None, places):
        try:
            return ctypes.CDLL(place)
        except OSError as error:
            reasons.append(str(error))
    raise ImportError("libgatebench was not found; install it (cmake --install) or set GATEBENCH_LIBRARY to its file. "
                      "Tried: " + "; ".join(reasons))


library = open_library()
for _kind, _names in RESULTS.items():
    for _name in _names:
        getattr(library, _name).restype = _kind


def version():
    """The version of the library in use, "major.minor.patch"."""
    return library.gb_version().decode()


if version() != VERSION:
    raise ImportError(f"this package is for libgatebench {VERSION}, and the library found is {version()}")


class Owned:
    """A handle of the library that is destroyed together with this object, and before the `parent` that it was made from."""

    def __init__(self, destroy, handle, parent=None):
        self.handle = handle
        # Python finalizes the objects of a cycle in any order, so the finalizer itself keeps the parent. When Python ends,
        # nothing is destroyed: what is left may still be in use.
        weakref.finalize(self, lambda parent: destroy(handle), parent).atexit = False


class Context(Owned):
    """Stores the message of a failure. Each object has its own, so that objects can be used from several threads."""

    def __init__(self):
        handle = POINTER()
        if library.gb_context_create(None, ctypes.byref(handle)) != 0:
            raise OutOfMemoryError("no memory for a context")
        super().__init__(library.gb_context_destroy, handle)

    def check(self, status):
        if status != 0:
            raise FAILURES[status](library.gb_context_message(self.handle).decode(errors="replace"))

    def create(self, call, *arguments):
        handle = POINTER()
        self.check(call(*arguments, ctypes.byref(handle)))
        return handle


def choice(what, value, values):
    """The number of a named value."""
    if value not in values:
        raise InvalidError(f"{what} '{value}' is not one of {', '.join(values)}")
    return values.index(value)


def array(what, values, shape, dtype):
    """`values` as a contiguous array of this shape and dtype; None stays None. A size of None in the shape matches any.
    Values of an integer array must be whole numbers within the range of the dtype; in a bool array all but 0 are true."""
    if values is None:
        return None
    try:
        given = numpy.asarray(values)
        made = numpy.ascontiguousarray(given, dtype)
    except (OverflowError, TypeError, ValueError) as error:
        raise InvalidError(f"{what} cannot be read as numbers of {numpy.dtype(dtype)}: {error}") from error
    if made.dtype.kind in "iu" and not numpy.array_equal(made, given):
        raise InvalidError(f"{what} must hold whole numbers within the range of {made.dtype}")
    if made.ndim != len(shape) or any(w is not None and h != w for h, w in zip(made.shape, shape)):
        wanted = "".join(f"[{'any' if size is None else size}]" for size in shape)
        raise InvalidError(f"{what} has the shape {list(made.shape)}; it must be {wanted}")
    return made


def address(values):
    return None if values is None else values.ctypes.data


def encoded(text):
    return None if text is None else text.encode()
