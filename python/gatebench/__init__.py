# SPDX-License-Identifier: MIT
"""RNN, LSTM, GRU and related cells of the C library libgatebench, with NumPy arrays for input and output.

Layer            one cell over a sequence, forward and backward
Model, Trainer   a stack of layers with an output and a loss, and its training
gradient_by_lag, jacobian, spectrum, kept, time_constants, memory_capacity
                 measurements of a model's memory
cells, optimizers, backends
                 the available ones by name
read_results     a results file of the program `gatebench` as a DataFrame

Shapes are time-major: sequences [T][N][...], states [N][H]. Kernels are [I][G][H], recurrent kernels [H][G][H], biases
[G][H]; `cells()` gives each cell's gates in their order. The equations are in gatebench/cell.h.

A failing call raises a subclass of Error whose message says what is wrong and what to do.
"""
from gatebench._library import (BackendError, DataError, Error, InvalidError, InputOutputError, OutOfMemoryError,
                                Stopped, UnsupportedError, version)
from gatebench._names import Cell, backends, cells, optimizers
from gatebench._layer import Layer, LayerGradients, LayerOutputs
from gatebench._model import Evaluation, Model, Step, Trainer
from gatebench._probe import gradient_by_lag, jacobian, kept, memory_capacity, spectrum, time_constants
from gatebench._results import read_results, result_tables

__version__ = "0.1.0"
__all__ = ["BackendError", "Cell", "DataError", "Error", "Evaluation", "InputOutputError", "InvalidError", "Layer",
           "LayerGradients", "LayerOutputs", "Model", "OutOfMemoryError", "Step", "Stopped", "Trainer",
           "UnsupportedError", "backends", "cells", "gradient_by_lag", "jacobian", "kept", "memory_capacity",
           "optimizers", "read_results", "result_tables", "spectrum", "time_constants", "version"]
