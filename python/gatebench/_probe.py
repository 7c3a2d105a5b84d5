# SPDX-License-Identifier: MIT
"""Direct measurements of a model's memory. All run in float64 on the reference backend, whatever the model uses."""
import ctypes

import numpy

from gatebench._library import DOUBLE, SIZE, checked_size, gb_capacity_spec, library
from gatebench._model import _Batch


def _batch(model, inputs, targets=None, lengths=None):
    return _Batch(model, inputs, targets, lengths, None, None, None, None, False)


def _run(model, call, shape, *arguments):
    values = numpy.empty(shape)
    model._context.check(call(model._handle, *arguments, ctypes.c_void_p(values.ctypes.data)))
    return values


def gradient_by_lag(model, inputs, targets, lags):
    """log10 of the L2 norm of dL/ds_{T-k} over the states of all layers, for each sequence and each lag k = 0..lags:
    [N][lags+1]. The model predicts at the last step; sequences have one length. -inf where the norm is below 1e-300."""
    batch, most, underflows = _batch(model, inputs, targets), checked_size("lags", lags), SIZE()
    values = numpy.empty((batch.sequences, lags + 1))
    model._context.check(library.gb_probe_gradient_by_lag(
        model._handle, batch.pointer, most, ctypes.c_void_p(values.ctypes.data), ctypes.byref(underflows)))
    return values


def _state_size(model):
    return library.gb_probe_state_size(model._handle)


def jacobian(model, inputs, sequence=0, step=1):
    """The Jacobian of each layer's step: [layers][S][S]. Entry [i][j] is the derivative of component i of s_t by component
    j of s_{t-1}, for step t = 1..T of one sequence. S = H, or 2H for a cell with a memory c (h first)."""
    size = _state_size(model)
    return _run(model, library.gb_probe_jacobian, (model._spec.layers, size, size), _batch(model, inputs).pointer,
                checked_size("sequence", sequence), checked_size("step", step))


def spectrum(model, inputs, sequence=0, warmup=0):
    """The Lyapunov exponents of each layer along one sequence in nats per step, largest first: [layers][S]."""
    return _run(model, library.gb_probe_spectrum, (model._spec.layers, _state_size(model)),
                _batch(model, inputs).pointer, checked_size("sequence", sequence), checked_size("warmup", warmup))


def kept(model, inputs, sequence=0):
    """The share of its state that each unit's memory gate keeps at each step of one sequence: [T][layers][H]."""
    batch = _batch(model, inputs)
    return _run(model, library.gb_probe_kept, (batch.steps, model._spec.layers, model._spec.hidden), batch.pointer,
                checked_size("sequence", sequence))


def time_constants(model, inputs, sequence=0, warmup=0):
    """The time constant in steps that each unit's memory gate implies along one sequence: [layers][H]."""
    return _run(model, library.gb_probe_time_constants, (model._spec.layers, model._spec.hidden),
                _batch(model, inputs).pointer, checked_size("sequence", sequence), checked_size("warmup", warmup))


def memory_capacity(model, *, steps, lags, warmup=100, scale=1.0, seed=1):
    """Linear memory capacity (Jaeger 2001) at each lag 0..lags-1: [lags]. The sum is at most the size of the state."""
    spec = gb_capacity_spec(seed=seed, steps=steps, warmup=warmup, lags=lags, scale=DOUBLE(scale))
    return _run(model, library.gb_probe_memory_capacity, (lags,), ctypes.byref(spec))
