# SPDX-License-Identifier: MIT
"""The Python package: layers and models against differences, training, probes, exceptions, and that help() is complete.

    GATEBENCH_LIBRARY=<libgatebench.so> PYTHONPATH=<python/> package_test.py [results.h5]
"""
import ctypes
import gc
import inspect
import os
import pathlib
import re
import resource
import subprocess
import sys
import unittest

try:
    import numpy
except ImportError:
    print("skipped: needs NumPy (Debian: python3-numpy)")
    sys.exit(77)
import gatebench
from gatebench import _library

TOP = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(TOP / "tests/consumer"))
from headers import Headers  # noqa: E402


def differences(values, function, eps=1e-6):
    """The slopes of a function of an array that is changed in place."""
    slopes, flat = numpy.empty(values.size), values.reshape(-1)
    for i in range(values.size):
        kept = flat[i]
        flat[i] = kept + eps
        above = function()
        flat[i] = kept - eps
        slopes[i] = (above - function()) / (2 * eps)
        flat[i] = kept
    return slopes.reshape(values.shape)


class PackageTest(unittest.TestCase):
    def setUp(self):
        self.random = numpy.random.default_rng(7)

    def draw(self, *shape):
        return self.random.uniform(-1, 1, shape)

    def test_structures_are_those_of_the_headers(self):
        headers = Headers(TOP / "lib/include/gatebench")
        seen = 0
        for name, mine in vars(_library).items():
            if name.startswith("gb_") and isinstance(mine, type):
                theirs = headers.types[name]
                self.assertEqual([(f[0], getattr(theirs, f[0]).offset, getattr(theirs, f[0]).size)
                                  for f in theirs._fields_],
                                 [(f[0], getattr(mine, f[0]).offset, getattr(mine, f[0]).size) for f in mine._fields_])
                seen += 1
        self.assertGreaterEqual(seen, 10)
        from gatebench import _layer, _model, _names
        for prefix, names in (("GB_BIAS_", _names.BIASES), ("GB_CONVENTION_", _names.CONVENTIONS),
                              ("GB_INPUT_", _model.INPUTS), ("GB_HEAD_", _model.HEADS), ("GB_LOSS_", _model.LOSSES),
                              ("GB_INITIAL_", _model.INITIAL_STATES)):
            for i, name in enumerate(names):
                self.assertEqual(headers.constants[prefix + name.upper()], i)
        self.assertEqual((headers.constants["GB_F32"], headers.constants["GB_F64"]), (0, 1))
        self.assertEqual(len(_layer.DTYPES), 2)
        self.assertEqual(headers.constants["GB_BACKEND"], len(_library.FAILURES) - 1)

    def test_the_manual_names_the_gates(self):
        """The table of equations in cell.h has each cell with its gates in their order."""
        text = (TOP / "lib/include/gatebench/cell.h").read_text()
        table = dict(re.findall(r"^ \*   (\w+) +((?:[a-z] )*[a-z])  +\S", text, re.M))
        self.assertEqual(table, {name: " ".join(cell.gates) for name, cell in gatebench.cells().items()})

    def test_layer_gradients(self):
        for cell, info in gatebench.cells().items():
            layer = gatebench.Layer(cell, input=3, hidden=4, dtype="float64", reverse=cell == "gru")
            layer.parameters[:] = 0.5 * self.draw(layer.parameters.size)
            x, h0, dy, dh = self.draw(6, 3, 3), self.draw(3, 4), self.draw(6, 3, 4), self.draw(3, 4)
            c0 = self.draw(3, 4) if info.has_memory else None
            lengths = [6, 2, 0]

            def scalar():
                y, hT, _ = layer.forward(x, h0, c0, lengths=lengths)
                return (y * dy).sum() + (hT * dh).sum()

            y, hT, _ = layer.forward(x, h0, c0, lengths=lengths)
            self.assertTrue((y[2:, 1] == 0).all() and (hT[2] == h0[2]).all())
            dx, dh0, dc0, dparameters = layer.backward(dy, dh)
            for got, values in ((dparameters, layer.parameters), (dx, x), (dh0, h0), (dc0, c0)):
                if values is not None:
                    numpy.testing.assert_allclose(got, differences(values, scalar), atol=1e-7, err_msg=cell)

    def test_backends_agree(self):
        x = self.draw(9, 2, 3)
        mask = self.random.integers(0, 2, (9, 2))
        outputs = []
        for backend in gatebench.backends():
            layer = gatebench.Layer("lstm", input=3, hidden=5, backend=backend)
            layer["kernel"][...] = numpy.linspace(-1, 1, layer["kernel"].size).reshape(layer["kernel"].shape)
            outputs.append(layer.forward(x, mask=mask).y)
            self.assertNotEqual(layer.implementation, "")
            self.assertEqual(layer.forward(x[:4], mask=mask[:4]).y.shape, (4, 2, 5))
        numpy.testing.assert_allclose(outputs[0], outputs[-1], atol=1e-6)

    def test_model_gradient(self):
        model = gatebench.Model("gru", input="tokens", input_size=5, embedding=3, hidden=4, output_size=5, head="every",
                                bidirectional=True, initial_state="learned", dtype="float64")
        model.initialise("uniform:0.5", seed=3)
        tokens, targets = self.random.integers(0, 5, (6, 3)), self.random.integers(0, 5, (6, 3))
        gradient, found = model.gradient(tokens, targets, lengths=[6, 3, 1])
        self.assertEqual(found.predictions, 10)
        values = model.parameters

        def loss():
            model.parameters = values
            return model.evaluate(tokens, targets, lengths=[6, 3, 1]).mean_loss

        numpy.testing.assert_allclose(gradient, differences(values, loss), atol=1e-7)
        self.assertIn("layer0/reverse/recurrent", model.tensors())

    def test_states_hand_over(self):
        model = gatebench.Model("lstm", input_size=2, hidden=3, output_size=1, head="every", loss="squared", layers=2)
        model.initialise("normal:0.5", seed=2)
        x = self.draw(8, 4, 2)
        first, states = model.predict(x[:5], final_states=True)
        self.assertEqual(states.shape, model.state_shape(4))
        rest = model.predict(x[5:], initial_states=states)
        numpy.testing.assert_allclose(numpy.concatenate([first, rest]), model.predict(x), atol=1e-6)

    def test_training_learns(self):
        model = gatebench.Model("gru", input_size=1, hidden=16, output_size=1, loss="squared")
        model.initialise("keras", seed=1)
        trainer = gatebench.Trainer(model, learning_rate=1e-2, clip_norm=1)
        losses = []
        for _ in range(150):
            x = self.draw(5, 32, 1)
            losses.append(trainer.step(x, x[0], truncate=0).evaluation.mean_loss)
        self.assertLess(losses[-1], losses[0] / 4)
        trainer.set_learning_rate(0)
        before = model.parameters
        trainer.step(x, x[0])
        self.assertTrue((model.parameters == before).all())

    def test_probes(self):
        model = gatebench.Model("gru", input_size=2, hidden=3, output_size=2)
        model.initialise("keras", seed=1)
        model.set_forget_bias(2)
        x, classes = self.draw(12, 4, 2), [0, 1, 0, 1]
        by_lag = gatebench.gradient_by_lag(model, x, classes, lags=12)
        self.assertEqual(by_lag.shape, (4, 13))
        self.assertTrue((by_lag[:, 12] < by_lag[:, 0]).all())
        jacobian, exponents = gatebench.jacobian(model, x, step=2), gatebench.spectrum(model, x[:1])
        self.assertEqual(jacobian.shape, (1, 3, 3))
        first = gatebench.jacobian(model, x, step=1)[0]
        self.assertAlmostEqual(exponents.sum(), numpy.log(abs(numpy.linalg.det(first))), 10)
        constants, kept = gatebench.time_constants(model, x), gatebench.kept(model, x)
        self.assertTrue((constants > 1).all())
        self.assertEqual(kept.shape, (12, 1, 3))
        self.assertTrue(numpy.allclose(-1 / numpy.log(kept).mean(0), constants))
        capacity = gatebench.memory_capacity(model, steps=400, lags=5)
        self.assertTrue(0 < capacity.sum() <= 3)

    def test_probes_read_converted_inputs(self):
        """The arrays that a probe converts (here single precision and lists) are kept until they have been read."""
        model = gatebench.Model("gru", input_size=1, hidden=4, output_size=1)
        model.initialise("normal:1", seed=1)
        x = self.draw(4, 1, 1).astype(numpy.float32)  # as many bytes in double precision as four exponents
        for given in (x, x.tolist()):
            for probe in (gatebench.jacobian, gatebench.spectrum, gatebench.kept, gatebench.time_constants):
                numpy.testing.assert_array_equal(probe(model, given), probe(model, x.astype(float)))

    def test_errors_are_the_librarys_sentences(self):
        with self.assertRaisesRegex(ValueError, "did you mean 'lstm'"):
            gatebench.Layer("lstn", input=1, hidden=1)
        with self.assertRaisesRegex(NotImplementedError, "f32 only"):
            gatebench.Layer("lstm", input=1, hidden=1, backend="onednn", dtype="float64")
        layer = gatebench.Layer("rnn", input=2, hidden=1)
        for wrong, words in ((lambda: layer.forward(self.draw(3, 1, 3)), r"x has the shape \[3, 1, 3\]"),
                             (lambda: layer.forward(self.draw(3, 1, 2), lengths=[4]), "row 0 has length 4"),
                             (lambda: layer.forward(self.draw(3, 1, 2), c0=[[1]]), "no c"),
                             (lambda: layer.forward(self.draw(0, 1, 2)), "no step"),
                             (lambda: layer.forward([[["a", 1]]]), "x cannot be read as numbers of float32"),
                             (lambda: layer.forward(self.draw(3, 1, 2), lengths=[-1]), "length"),
                             (lambda: gatebench.Layer("gru", 1, 1).backward([[[1]]]), "forward pass before"),
                             (lambda: gatebench.Trainer(gatebench.Model("gru", input_size=1, hidden=1, output_size=1),
                                                        rate=1), "no setting 'rate'")):
            with self.assertRaisesRegex(gatebench.Error, words):
                wrong()

    def test_lossy_numbers_are_refused(self):
        layer = gatebench.Layer("lstm", input=2, hidden=3)
        layer.parameters = self.draw(layer.parameters.size)
        x, half = self.draw(4, 2, 2), numpy.full((4, 2), 0.5)
        for truth in half, half * 512:
            numpy.testing.assert_array_equal(layer.forward(x, mask=truth).y, layer.forward(x).y)
        with self.assertRaisesRegex(gatebench.InvalidError, "lengths must hold whole numbers"):
            layer.forward(x, lengths=[2.9, 3])
        with self.assertRaisesRegex(gatebench.InvalidError, "lengths must hold whole numbers"):
            layer.forward(x, lengths=numpy.array([-1, 3]))
        model = gatebench.Model("gru", input="tokens", input_size=5, hidden=3, output_size=2)
        tokens = numpy.array([[1, 2], [3, 4]])
        for wrong in tokens + 0.9, tokens + 2**32:
            with self.assertRaisesRegex(gatebench.InvalidError, "inputs must hold whole numbers"):
                model.predict(wrong)
        with self.assertRaisesRegex(gatebench.InvalidError, "targets must hold whole numbers"):
            model.evaluate(tokens, [1, 0.5])
        model.evaluate(tokens.astype(float), [1.0, 0.0])

    def test_negative_sizes_are_refused(self):
        x, goals = self.draw(4, 2, 2), self.draw(2, 1)
        model = gatebench.Model("lstm", input_size=2, hidden=3, output_size=1, loss="squared")
        trainer = gatebench.Trainer(model, "sgd")
        for what, call in (("hidden", lambda: gatebench.Layer("lstm", input=2, hidden=-3)),
                           ("layers", lambda: gatebench.Model("gru", input_size=2, hidden=3, output_size=1, layers=-1)),
                           ("truncate", lambda: trainer.step(x, goals, truncate=-1)),
                           ("size", lambda: model.set_memory(-1)),
                           ("lags", lambda: gatebench.gradient_by_lag(model, x, goals, -1)),
                           ("step", lambda: gatebench.jacobian(model, x, step=-1)),
                           ("warmup", lambda: gatebench.spectrum(model, x, warmup=-1)),
                           ("steps", lambda: gatebench.memory_capacity(model, steps=-1, lags=2))):
            with self.assertRaisesRegex(gatebench.InvalidError, f"^{what} is -.; it cannot be negative"):
                call()

    def test_parameters_are_assigned(self):
        layer = gatebench.Layer("gru", input=2, hidden=3)
        layer.parameters = numpy.ones(layer.parameters.size)  # of another dtype
        self.assertEqual(layer["kernel"].min(), 1)
        with self.assertRaisesRegex(gatebench.InvalidError, "parameters has the shape"):
            layer.parameters = numpy.ones(3)

    def test_backward_is_of_the_last_forward(self):
        layer = gatebench.Layer("rnn", input=2, hidden=3, dtype="float64")
        layer.parameters = self.draw(layer.parameters.size)
        x, h0, lengths = self.draw(3, 2, 2), self.draw(2, 3), numpy.array([3, 2], numpy.uintp)
        layer.forward(x, h0, lengths=lengths)
        right = layer.backward(numpy.ones((3, 2, 3)))
        layer.forward(x, h0, lengths=lengths)
        for given in x, h0, lengths, layer.parameters:
            given[...] = 0
        for mine, theirs in zip(layer.backward(numpy.ones((3, 2, 3))), right):
            numpy.testing.assert_array_equal(mine, theirs)

    def test_a_pass_without_memory(self):
        layer = gatebench.Layer("lstm", input=1, hidden=64)
        x = numpy.ones((2, 200000, 1), "float32")
        layer.forward(x[:, :1])
        limits = resource.getrlimit(resource.RLIMIT_AS)
        used = int(pathlib.Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (used + 400_000_000, limits[1]))  # y and states: 205 MB; a plan: more
        try:
            for _ in range(2):  # the second must not run what was planned for one row
                with self.assertRaises(MemoryError):
                    layer.forward(x)
        finally:
            resource.setrlimit(resource.RLIMIT_AS, limits)
        layer.forward(x[:, :1])

    def test_objects_in_cycles_and_at_the_end(self):
        program = """if True:
            import gatebench, gc
            class Net:
                def __init__(self):
                    self.model = gatebench.Model("gru", input_size=2, hidden=300, output_size=1, loss="squared")
                    self.trainer, self.itself = gatebench.Trainer(self.model), self
            for _ in range(20):
                Net()
            gc.collect()
            model, layer = Net().model, gatebench.Layer("gru", 2, 3)
            def uses():
                return model, layer
            print("end")"""
        run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
        self.assertEqual((run.returncode, run.stdout), (0, "end\n"), run.stderr)

    def test_what_goes_is_given_back(self):
        """A trainer outlives the names of its model; nothing is destroyed twice or too early."""
        for _ in range(3):
            trainer = gatebench.Trainer(gatebench.Model("lstm", input_size=1, hidden=2, output_size=1, loss="squared"))
            gc.collect()
            self.assertFalse(trainer.step(self.draw(3, 2, 1), self.draw(2, 1)).diverged)
            del trainer
            gc.collect()

    def test_the_wrong_library_is_told(self):
        run = subprocess.run([sys.executable, "-c", "import gatebench"], capture_output=True, text=True,
                             env={**os.environ, "GATEBENCH_LIBRARY": "/no/such.so"})
        self.assertIn("set GATEBENCH_LIBRARY to its file", run.stderr)

    def test_help_is_complete(self):
        public = {name: getattr(gatebench, name) for name in gatebench.__all__}
        for name, thing in public.items():
            self.assertTrue(inspect.getdoc(thing), name)
            if inspect.isclass(thing) and not issubclass(thing, (Exception, tuple)):
                for member, value in vars(thing).items():
                    if not member.startswith("_") and (callable(value) or isinstance(value, property)):
                        self.assertTrue(inspect.getdoc(value), f"{name}.{member}")
        shown = {name for name in vars(gatebench) if not name.startswith("_")}
        self.assertEqual(shown, set(gatebench.__all__))

    @unittest.skipIf(len(sys.argv) < 2, "no results file was given")
    def test_results(self):
        try:
            import h5py  # noqa: F401
            import pandas
        except ImportError:
            self.skipTest("needs h5py and pandas")
        with self.assertRaisesRegex(gatebench.DataError, "no-such-file"):
            gatebench.read_results("/no-such-file.h5")
        runs = gatebench.read_results(sys.argv[1])
        self.assertIsInstance(runs, pandas.DataFrame)
        self.assertGreater(len(runs), 0)
        self.assertIsInstance(runs["cell"][0], str)
        self.assertIn("curves", gatebench.result_tables(sys.argv[1]))
        with self.assertRaisesRegex(gatebench.DataError, "no table 'run'; it has: .*runs"):
            gatebench.read_results(sys.argv[1], "run")


unittest.main(argv=sys.argv[:1])
