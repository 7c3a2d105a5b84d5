#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Gradient by lag of a Keras LSTM that was trained in Python on recall: TensorFlow's own gradients and `gatebench probe`.

    probe_gradient.py GATEBENCH      prints the largest difference of the mean log10 norms; exits 1 above 1e-4

Needs tensorflow-cpu 2.21.0, keras 3.15.1, numpy 2.4.6. The task: the first of 8 words is asked for after 20 other words.
"""
import json
import os
import subprocess
import sys
import tempfile

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import keras
import numpy as np
import tensorflow as tf

WORDS, GAP, UNITS, SEQUENCES = 8, 20, 24, 32


def recall(rng, sequences):
    x = rng.integers(0, WORDS, (sequences, GAP + 1)).astype("int32")
    return x, x[:, 0].astype("int32")


def gradient_by_lag(model, x, y):
    """Mean over sequences of log10 |dL/d(h, c)| after step T - k: the state as it crosses from step to step."""
    embedding, layer, dense = model.layers
    with tf.GradientTape() as tape:
        rows = embedding(x)
        h = c = tf.zeros((len(x), UNITS))
        states = []
        for t in range(x.shape[1]):
            _, (h, c) = layer.cell(rows[:, t], [h, c])
            h, c = tf.identity(h), tf.identity(c)
            states += [h, c]
        loss = tf.reduce_sum(keras.losses.sparse_categorical_crossentropy(y, dense(h)))
    gradients = tape.gradient(loss, states)
    gradients[-1] = tf.zeros_like(c) if gradients[-1] is None else gradients[-1]
    norms = [np.sqrt(np.sum(gh.numpy().astype("f8") ** 2 + gc.numpy().astype("f8") ** 2, axis=1))
             for gh, gc in zip(gradients[::2], gradients[1::2])]
    return np.mean(np.log10(norms[::-1]), axis=1)


def main(gatebench):
    keras.utils.set_random_seed(1)
    keras.backend.set_floatx("float64")
    model = keras.Sequential([keras.Input((None,), dtype="int32"), keras.layers.Embedding(WORDS, 6),
                              keras.layers.LSTM(UNITS), keras.layers.Dense(WORDS, activation="softmax")])
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    rng = np.random.default_rng(1)
    model.optimizer.learning_rate = 0.01
    found = model.fit(*recall(rng, 6000), epochs=8, batch_size=64, verbose=0)
    x, y = recall(rng, SEQUENCES)
    theirs = gradient_by_lag(model, x, y)
    with tempfile.TemporaryDirectory() as folder:
        model.save(f"{folder}/model.keras")
        np.save(f"{folder}/x.npy", x)
        np.save(f"{folder}/y.npy", y)
        done = subprocess.run([gatebench, "probe", f"{folder}/model.keras", "--data", f"{folder}/x.npy,{folder}/y.npy",
                               "--lags", str(GAP), "--json"], capture_output=True, text=True, check=True,
                              env=dict(os.environ, GATEBENCH_RESULTS=folder))
    ours = np.array(json.loads(done.stdout)["log10_gradient_by_lag"])
    apart = np.max(np.abs(ours - theirs[:len(ours)]))
    print(f"accuracy {found.history['accuracy'][-1]:.3f}; log10 norms from {theirs[0]:.3f} at lag 0 to {theirs[-1]:.3f} at lag "
          f"{len(theirs) - 1}; largest difference {apart:.3g}")
    return 1 if not apart < 1e-4 else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
