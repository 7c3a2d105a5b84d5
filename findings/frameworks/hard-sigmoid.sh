#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The weights of an LSTM with recurrent_activation="hard_sigmoid", saved by Keras 2 and loaded by Keras 3.
#
# Keras 2.15.0 (TensorFlow 2.15.1), Keras 3.15.1 on NumPy, ONNX Runtime 1.32.0.
# Expected: the same layer with the loaded weights gives the same outputs, or loading warns.
# Observed: Keras 2 computes clip(0.2 x + 0.5, 0, 1) and Keras 3 clip(x / 6 + 0.5, 0, 1), under the same name and with
#   the same weights format. Loading gives no message, and the outputs differ by a third. The default slope of ONNX's
#   HardSigmoid is that of Keras 2, the slope of PyTorch's Hardsigmoid that of Keras 3.
# gatebench: the version of Keras that wrote a file decides what hard_sigmoid means. A file without a version is
#   refused.
set -euo pipefail
# shellcheck source=findings/common.sh
. "$(dirname "$(readlink -f "$0")")/../common.sh"
mkdir two
(cd two && packages tensorflow-cpu==2.15.1)
packages keras==3.15.1 jax==0.10.2 h5py==3.16.0 numpy==2.4.6 onnx==1.23.2 onnxruntime==1.32.0
cat >model.py <<'E2'
import keras

layer = keras.layers.LSTM(4, recurrent_activation="hard_sigmoid", name="lstm")
model = keras.Sequential([keras.Input((8, 3)), layer])
E2
TF_CPP_MIN_LOG_LEVEL=3 PYTHONPATH=. two/venv/bin/python - 2>messages <<'E2'
import keras
import numpy
from model import model

random = numpy.random.default_rng(3)
model.set_weights([random.normal(size=w.shape) for w in model.get_weights()])
x = random.normal(size=(2, 8, 3)).astype("f4")
model.save_weights("kept.weights.h5")
function = keras.activations.hard_sigmoid(keras.backend.constant([0.0, 1.0, 2.5]))
numpy.savez("kept.npz", x=x, y=model(x).numpy(), function=function.numpy(), version=keras.__version__)
E2
see env KERAS_BACKEND=numpy PYTHONPATH=. venv/bin/python - <<'E2'
import warnings

import keras
import numpy
import onnxruntime
from model import model
from onnx import TensorProto, helper

kept = numpy.load("kept.npz")
with warnings.catch_warnings(record=True) as said:
    warnings.simplefilter("always")
    model.load_weights("kept.weights.h5")
y = numpy.asarray(model(kept["x"]))
node = helper.make_node("HardSigmoid", ["x"], ["y"])
value = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [3]) for name in "xy"]
graph = helper.make_model(helper.make_graph([node], "g", value[:1], value[1:]), ir_version=8,
                          opset_imports=[helper.make_opsetid("", 14)])
session = onnxruntime.InferenceSession(graph.SerializeToString(), providers=["CPUExecutionProvider"])
points = numpy.float32([0, 1, 2.5])
for name, found in (("Keras " + str(kept["version"]), kept["function"]),
                    ("Keras " + keras.__version__, numpy.asarray(keras.activations.hard_sigmoid(points))),
                    ("ONNX Runtime", session.run(None, {"x": points})[0])):
    print("%-13s hard sigmoid of 0, 1, 2.5: %.4f %.4f %.4f" % (name, *found))
print("warnings while loading: %d; outputs differ by up to %.3f, the largest is %.3f"
      % (len(said), abs(y - kept["y"]).max(), abs(kept["y"]).max()))
E2
compare <<'E2'
Keras 2.15.0  hard sigmoid of 0, 1, 2.5: 0.5000 0.7000 1.0000
Keras 3.15.1  hard sigmoid of 0, 1, 2.5: 0.5000 0.6667 0.9167
ONNX Runtime  hard sigmoid of 0, 1, 2.5: 0.5000 0.7000 1.0000
warnings while loading: 0; outputs differ by up to 0.215, the largest is 0.591
E2
