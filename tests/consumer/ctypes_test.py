# SPDX-License-Identifier: MIT
"""The shared library from Python's ctypes alone. The structures are read from the public headers, which must stay plain
enough for that; what the library computes is compared with an LSTM written here in pure Python.

    ctypes_test.py <libgatebench.so> <folder of the public headers>
"""
import ctypes
import math
import random
import sys
import unittest

from headers import Headers

library = ctypes.CDLL(sys.argv[1])
headers = Headers(sys.argv[2])
of = headers.types
GB = headers.constants
for function in ("gb_version", "gb_context_message", "gb_layer_implementation", "gb_status_name"):
    getattr(library, function).restype = ctypes.c_char_p
for function in ("gb_cell_parameters", "gb_model_parameter_count"):
    getattr(library, function).restype = ctypes.c_size_t
library.gb_cell_find.restype = ctypes.c_void_p
library.gb_optimizer_defaults.restype = of["gb_optimizer_spec"]


def array(kind, values):
    return (kind * len(values))(*values)


def address(values):
    return ctypes.cast(values, ctypes.c_void_p)


def sigmoid(x):
    return 1 / (1 + math.exp(-x))


def lstm(parameters, xs, inputs, hidden):
    """Every h_t of one sequence: gates i f c o, kernel [I][4][H], recurrent [H][4][H], bias [4][H]."""
    width = 4 * hidden
    recurrent_at, bias_at = inputs * width, (inputs + hidden) * width
    h, c, states = [0.0] * hidden, [0.0] * hidden, []
    for x in xs:
        sums = [parameters[bias_at + g] + sum(x[k] * parameters[k * width + g] for k in range(inputs))
                + sum(h[k] * parameters[recurrent_at + k * width + g] for k in range(hidden)) for g in range(width)]
        i, f, candidate, o = (sums[g * hidden:(g + 1) * hidden] for g in range(4))
        c = [sigmoid(f[j]) * c[j] + sigmoid(i[j]) * math.tanh(candidate[j]) for j in range(hidden)]
        h = [sigmoid(o[j]) * math.tanh(c[j]) for j in range(hidden)]
        states.append(h)
    return states


class LibraryTest(unittest.TestCase):
    def setUp(self):
        self.context = ctypes.c_void_p()
        self.assertEqual(library.gb_context_create(None, ctypes.byref(self.context)), GB["GB_OK"])
        self.addCleanup(library.gb_context_destroy, self.context)
        self.random = random.Random(7)

    def ok(self, status):
        self.assertEqual(status, GB["GB_OK"], library.gb_context_message(self.context))

    def draw(self, count):
        return [self.random.uniform(-1, 1) for _ in range(count)]

    def create(self, function, *arguments):
        made = ctypes.c_void_p()
        self.ok(getattr(library, function)(*arguments, ctypes.byref(made)))
        return made

    def test_version(self):
        self.assertRegex(library.gb_version().decode(), r"^\d+\.\d+\.\d+$")

    def test_parameter_counts(self):
        """Counts that Keras and PyTorch print for 10 inputs and 20 units."""
        for cell, bias, count in ((b"rnn", "SINGLE", 620), (b"lstm", "SINGLE", 2480), (b"gru", "DOUBLE", 1920),
                                  (b"lstm", "DOUBLE", 2560), (b"gru_reset_before", "SINGLE", 1860)):
            info = ctypes.c_void_p(library.gb_cell_find(cell))
            sizes = ctypes.c_size_t(10), ctypes.c_size_t(20)
            self.assertEqual(library.gb_cell_parameters(info, *sizes, GB["GB_BIAS_" + bias], None), count, cell)

    def test_sentence(self):
        spec = of["gb_layer_spec"](cell=b"lstn", backend=b"reference", input=1, hidden=1, steps=1, batch=1)
        layer = ctypes.c_void_p()
        status = library.gb_layer_create(self.context, ctypes.byref(spec), ctypes.byref(layer))
        self.assertEqual(status, GB["GB_INVALID"])
        self.assertIn(b"did you mean 'lstm'?", library.gb_context_message(self.context))

    def test_forward(self):
        steps, batch, inputs, hidden = 5, 2, 3, 4
        parameters = self.draw(4 * hidden * (inputs + hidden + 1))
        x = [[self.draw(inputs) for _ in range(batch)] for _ in range(steps)]
        expected = [lstm(parameters, [x[t][n] for t in range(steps)], inputs, hidden) for n in range(batch)]
        for backend, dtype, kind, places in ((b"reference", "GB_F64", ctypes.c_double, 13),
                                             (b"reference", "GB_F32", ctypes.c_float, 6),
                                             (b"onednn", "GB_F32", ctypes.c_float, 6)):
            spec = of["gb_layer_spec"](cell=b"lstm", backend=backend, dtype=GB[dtype], bias=GB["GB_BIAS_SINGLE"],
                                       input=inputs, hidden=hidden, steps=steps, batch=batch)
            layer = self.create("gb_layer_create", self.context, ctypes.byref(spec))
            blocks = [array(kind, parameters), array(kind, [v for step in x for row in step for v in row]),
                      array(kind, [0] * (steps * batch * hidden))]
            run = of["gb_layer_pass"](parameters=address(blocks[0]), x=address(blocks[1]), y=address(blocks[2]))
            self.ok(library.gb_layer_forward(layer, ctypes.byref(run)))
            for t in range(steps):
                for n in range(batch):
                    for j in range(hidden):
                        self.assertAlmostEqual(blocks[2][(t * batch + n) * hidden + j], expected[n][t][j], places)
            library.gb_layer_destroy(layer)

    def test_training_step(self):
        """One step of SGD moves every parameter against the slope of the loss that pure Python computes."""
        steps, batch, inputs, hidden, rate = 4, 2, 2, 3, 0.1
        spec = of["gb_model_spec"](cell=b"lstm", backend=b"reference", dtype=GB["GB_F64"], input=GB["GB_INPUT_DENSE"],
                                   input_size=inputs, hidden=hidden, layers=1, output_size=1, head=GB["GB_HEAD_LAST"],
                                   loss=GB["GB_LOSS_SQUARED"], bias=GB["GB_BIAS_SINGLE"])
        model = self.create("gb_model_create", self.context, ctypes.byref(spec))
        count = library.gb_model_parameter_count(model)
        self.assertEqual(count, 4 * hidden * (inputs + hidden + 1) + hidden + 1)
        values = self.draw(count)
        library.gb_model_set_parameters(model, array(ctypes.c_double, values))
        x = [[self.draw(inputs) for _ in range(batch)] for _ in range(steps)]
        targets = self.draw(batch)

        def loss(parameters):
            output, total = parameters[count - hidden - 1:], 0.0
            for n in range(batch):
                h = lstm(parameters, [x[t][n] for t in range(steps)], inputs, hidden)[-1]
                total += (sum(a * b for a, b in zip(h, output)) + output[hidden] - targets[n]) ** 2
            return total / batch

        flat = array(ctypes.c_double, [v for step in x for row in step for v in row])
        wanted = array(ctypes.c_double, targets)
        data = of["gb_batch"](steps=steps, sequences=batch, inputs=address(flat), targets=address(wanted))
        optimizer = library.gb_optimizer_defaults()
        self.assertEqual((optimizer.name, optimizer.learning_rate), (b"adam", 1e-3))
        optimizer.name, optimizer.learning_rate = b"sgd", rate
        trainer = self.create("gb_trainer_create", model, ctypes.byref(optimizer))
        result = of["gb_step_result"]()
        self.ok(library.gb_trainer_step(trainer, ctypes.byref(data), ctypes.byref(result)))
        self.assertAlmostEqual(result.evaluation.loss / batch, loss(values), 13)
        self.assertFalse(result.diverged)

        moved = (ctypes.c_double * count)()
        library.gb_model_get_parameters(model, moved)
        for i in range(count):
            above, below = ([v + eps * (k == i) for k, v in enumerate(values)] for eps in (1e-6, -1e-6))
            slope = (loss(above) - loss(below)) / 2e-6
            self.assertAlmostEqual(moved[i], values[i] - rate * slope, 8)
        library.gb_trainer_destroy(trainer)
        library.gb_model_destroy(model)


unittest.main(argv=sys.argv[:1])
