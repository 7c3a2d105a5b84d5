#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# A network without states between calls, converted to LiteRT (TensorFlow Lite) and called twice with the same sequence.
#
# tensorflow-cpu 2.21.0, tf_keras 2.21.0 (Keras 2), Keras 3.15.1.
# Expected: the layers are not stateful, so each call starts from a state of 0 and the same sequence gives the same output.
# Observed: Keras 2's LSTM becomes one fused operator, whose states are variables of the interpreter: the first call is right, and every
#   later one starts where the one before ended. A comparison of one sequence with the original finds nothing. Keras 2's GRU and SimpleRNN,
#   and all three of Keras 3, become loops and remember nothing. reset_all_variables() before every call helps.
# gatebench: a layer holds no state; the initial states are arguments of every pass, 0 if they are not given (lib/include/gatebench/layer.h).
set -euo pipefail
# shellcheck source=findings/common.sh
. "$(dirname "$(readlink -f "$0")")/../common.sh"
packages tensorflow-cpu==2.21.0 tf_keras==2.21.0 keras==3.15.1 numpy==2.4.6
export TF_CPP_MIN_LOG_LEVEL=3 KERAS_BACKEND=tensorflow CUDA_VISIBLE_DEVICES=
see venv/bin/python - <<'E2'
import contextlib
import io
import warnings

warnings.simplefilter("ignore")
import keras
import numpy as np
import tensorflow as tf
import tf_keras

x = np.random.default_rng(1).standard_normal((1, 5, 3)).astype(np.float32)


def converted(kind, package):
    package.utils.set_random_seed(1)
    given = package.Input((5, 3), batch_size=1)
    network = package.Model(given, getattr(package.layers, kind)(4)(given))
    with contextlib.redirect_stdout(io.StringIO()):
        content = tf.lite.TFLiteConverter.from_keras_model(network).convert()
    interpreter = tf.lite.Interpreter(model_content=content)
    interpreter.allocate_tensors()
    return interpreter, np.array(network(x))


def call(interpreter):
    interpreter.set_tensor(interpreter.get_input_details()[0]["index"], x)
    interpreter.invoke()
    return interpreter.get_tensor(interpreter.get_output_details()[0]["index"]).copy()


for version, package in ("Keras 2", tf_keras), ("Keras 3", keras):
    for kind in "SimpleRNN", "GRU", "LSTM":
        interpreter, expected = converted(kind, package)
        fused = any(part["op_name"] == "UNIDIRECTIONAL_SEQUENCE_LSTM" for part in interpreter._get_ops_details())
        said = []
        for reset in False, False, True:
            if reset:
                interpreter.reset_all_variables()
            said.append("right" if abs(call(interpreter) - expected).max() < 1e-5 else "wrong")
        print(f"{version} {kind:9} {'fused' if fused else 'loop ':5} first call {said[0]}, second {said[1]}, after a reset {said[2]}")
E2
compare <<'E2'
Keras 2 SimpleRNN loop  first call right, second right, after a reset right
Keras 2 GRU       loop  first call right, second right, after a reset right
Keras 2 LSTM      fused first call right, second wrong, after a reset right
Keras 3 SimpleRNN loop  first call right, second right, after a reset right
Keras 3 GRU       loop  first call right, second right, after a reset right
Keras 3 LSTM      loop  first call right, second right, after a reset right
E2
