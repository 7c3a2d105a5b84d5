#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The mean loss of sequences of different lengths, by batch size and by the order of dimensions.
#
# Keras 3.15.1 on NumPy 2.4.6 and on JAX 0.10.2; Lightning 2.6.6 with torch 2.15.0 (5 GB).
# Expected: evaluate() gives the mean over all steps that are not masked, or over sequences: one number for any batch size. `loss`
#   and a metric of the same function agree. Lightning weights a batch by its sequences, or by its steps.
# Observed: Keras takes the mean over the steps of each batch and weights batches by their rows. So mean absolute errors depend on the
#   batch size, and which of two predictors is better does, too; the metric of the same name is the mean over steps at any batch
#   size. Lightning weights by the first dimension: of batches in torch's own order (steps first) by the steps of one
#   sequence, so a batch of 2 sequences with 8 steps counts four times as much as one of 8 sequences with 2 steps, although both have 16 steps.
# gatebench: losses and metrics are sums over predictions divided by their number, at any batch size (tests/datasets/evaluation_test.c).
set -euo pipefail
# shellcheck source=findings/common.sh
. "$(dirname "$(readlink -f "$0")")/../common.sh"
packages keras==3.15.1 jax==0.10.2 torch==2.15.0 lightning==2.6.6 numpy==2.4.6 'setuptools<81'
cat >in_keras.py <<'E2'
import keras
import numpy as np

LENGTHS, TARGETS = [8, 1, 1, 2], [1, 2, 3, 4]
x, y = np.zeros((4, 8, 1), np.float32), np.zeros((4, 8, 1), np.float32)
for row, (length, target) in enumerate(zip(LENGTHS, TARGETS)):
    x[row, :length], y[row, :length] = 1, target
for prediction in 1, 3:
    network = keras.Sequential([keras.Input((8, 1)), keras.layers.Masking(), keras.layers.LSTM(2, return_sequences=True), keras.layers.Dense(
        1, kernel_initializer="zeros", bias_initializer=keras.initializers.Constant(prediction))])
    network.compile(loss="mae", weighted_metrics=["mae"])
    errors = [abs(t - prediction) for t in TARGETS]
    by_step = sum(n * e for n, e in zip(LENGTHS, errors)) / sum(LENGTHS)
    seen = [network.evaluate(x, y, batch_size=rows, verbose=0) for rows in (1, 2, 4)]
    print(f"{keras.config.backend():5} always {prediction}: by step {by_step:.3f}, by sequence {sum(errors) / 4:.3f};",
          "loss with batches of 1, 2, 4:", *(f"{loss:.3f}" for loss, _ in seen), "metric:", *(f"{metric:.3f}" for _, metric in seen))
E2
cat >in_lightning.py <<'E2'
import logging
import warnings

warnings.simplefilter("ignore")
logging.disable(logging.CRITICAL)
import lightning
import torch

BATCHES = {"steps first": [(torch.full((2, 8), 1.0),), (torch.full((8, 2), 3.0),)]}
BATCHES["rows first"] = [(x.T,) for x, in BATCHES["steps first"]]


class Network(lightning.LightningModule):
    def validation_step(self, batch, number):
        self.log("loss", batch[0].mean())

    def configure_optimizers(self):
        return None


trainer = lightning.Trainer(accelerator="cpu", logger=False, enable_progress_bar=False, enable_model_summary=False)
for order, batches in BATCHES.items():
    found = trainer.validate(Network(), torch.utils.data.DataLoader(batches, batch_size=None), verbose=False)[0]["loss"]
    print(f"Lightning, {order}: loss 1 in 8 sequences of 2 steps, 3 in 2 of 8: mean by step 2.0, by sequence 1.4; found {found:.1f}")
E2
run_all() {
  KERAS_BACKEND=numpy venv/bin/python in_keras.py
  KERAS_BACKEND=jax JAX_PLATFORMS=cpu venv/bin/python in_keras.py
  venv/bin/python in_lightning.py
}
see run_all
compare <<'E2'
numpy always 1: by step 0.750, by sequence 1.500; loss with batches of 1, 2, 4: 1.500 1.389 0.750 metric: 0.750 0.750 0.750
numpy always 3: by step 1.583, by sequence 1.000; loss with batches of 1, 2, 4: 1.000 1.278 1.583 metric: 1.583 1.583 1.583
jax   always 1: by step 0.750, by sequence 1.500; loss with batches of 1, 2, 4: 1.500 1.389 0.750 metric: 0.750 0.750 0.750
jax   always 3: by step 1.583, by sequence 1.000; loss with batches of 1, 2, 4: 1.000 1.278 1.583 metric: 1.583 1.583 1.583
Lightning, steps first: loss 1 in 8 sequences of 2 steps, 3 in 2 of 8: mean by step 2.0, by sequence 1.4; found 2.6
Lightning, rows first: loss 1 in 8 sequences of 2 steps, 3 in 2 of 8: mean by step 2.0, by sequence 1.4; found 1.4
E2
