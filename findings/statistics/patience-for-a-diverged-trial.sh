#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Pruning of trials that diverge or stand still.
#
# optuna 5.0.0.
# Expected: after 30 trials that improve for 20 steps, every pruner stops a trial whose loss becomes NaN or stays where it is; with a
#   patience of two steps, two steps later.
# Observed: MedianPruner stops both. Within PatientPruner the same MedianPruner stops neither: it is asked only if the best loss before the last
#   two steps is below the best of those two, and equal losses are not, nor is anything below NaN. A loss that rises by 1e-9 after it
#   stood still is stopped. WilcoxonPruner never stops a loss that became NaN or infinite.
# gatebench: a loss or gradient that is not finite ends its trial as diverged, and a tuning candidate with such a trial counts as worst;
#   `patience` counts validations without a lower loss, equal ones included.
set -euo pipefail
# shellcheck source=findings/common.sh
. "$(dirname "$(readlink -f "$0")")/../common.sh"
packages optuna==5.0.0 numpy==2.4.6 scipy==1.17.1
see venv/bin/python - <<'E2'
import math
import warnings

warnings.simplefilter("ignore")
import optuna
from optuna.pruners import MedianPruner, PatientPruner, WilcoxonPruner
from optuna.trial import TrialState

optuna.logging.set_verbosity(optuna.logging.ERROR)
STEPS = 20
PRUNERS = {"Median": MedianPruner, "Patient(Median, 2)": lambda: PatientPruner(MedianPruner(), 2), "Wilcoxon": WilcoxonPruner}
LOSSES = {
    "NaN from step 5": lambda step: 1 / (step + 1) if step < 5 else math.nan,
    "infinite from step 5": lambda step: 1 / (step + 1) if step < 5 else math.inf,
    "0.5 at every step": lambda step: 0.5,
    "0.5, then a little more": lambda step: 0.5 + 1e-9 * max(0, step - 4),
}


def steps_until_pruned(study, loss):
    trial = study.ask()
    for step in range(STEPS):
        trial.report(loss(step), step)
        if trial.should_prune():
            study.tell(trial, state=TrialState.PRUNED)
            return f"stopped at step {step}"
    study.tell(trial, loss(STEPS - 1))
    return "never stopped"


for name, make in PRUNERS.items():
    for text, loss in LOSSES.items():
        study = optuna.create_study(pruner=make(), sampler=optuna.samplers.RandomSampler(seed=1))
        for k in range(30):
            steps_until_pruned(study, lambda step: 1 / (step + 1) + 0.01 * k)
        print(f"{name:18} {text:24} {steps_until_pruned(study, loss)}")
E2
compare <<'E2'
Median             NaN from step 5          stopped at step 5
Median             infinite from step 5     stopped at step 5
Median             0.5 at every step        stopped at step 2
Median             0.5, then a little more  stopped at step 2
Patient(Median, 2) NaN from step 5          never stopped
Patient(Median, 2) infinite from step 5     stopped at step 18
Patient(Median, 2) 0.5 at every step        never stopped
Patient(Median, 2) 0.5, then a little more  stopped at step 7
Wilcoxon           NaN from step 5          never stopped
Wilcoxon           infinite from step 5     never stopped
Wilcoxon           0.5 at every step        stopped at step 8
Wilcoxon           0.5, then a little more  stopped at step 8
E2
