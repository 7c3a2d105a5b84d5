#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Almost stochastic order with a correction for several comparisons.
#
# deepsig 1.2.8 (deep-significance).
# Expected: num_comparisons=k tests at level 1 - 0.05 / k, so eps_min grows with k.
# Observed: the level is 0.95 + 0.05 / k: 0.975 for 2 comparisons (correct), 0.9667 for 3 (should be 0.9833), 0.955
#   for 10 (should be 0.995). The more comparisons, the weaker the correction; with 1,000 there is almost none. For
#   the same scores eps_min is larger with 3 comparisons than with 10. multi_aso(), which corrects by default, uses
#   the same formula. Also: two equal samples give eps_min 1 ("the other is better"), two equal constant samples 0.5.
# gatebench: the level is 1 - alpha / k (results/statistics/stochastic_order.c). Tests compare the values for 1 and 6
#   comparisons with independent code.
set -euo pipefail
# shellcheck source=findings/common.sh
. "$(dirname "$(readlink -f "$0")")/../common.sh"
packages deepsig==1.2.8 numpy==2.3.5 scipy==1.17.1 'pandas<3'
see venv/bin/python - <<'E2'
import warnings

import numpy as np

warnings.simplefilter("ignore")
from deepsig import aso

gru, lstm = np.array([0.80, 0.90, 0.85, 0.70, 0.88]), np.array([0.70, 0.85, 0.80, 0.75, 0.82])
for k in 1, 3, 10:
    print("comparisons %4d: eps_min %.4f; level 1 - 0.05/k as asked by hand: %.4f" % (
        k, aso(gru, lstm, num_comparisons=k, seed=1, show_progress=False),
        aso(gru, lstm, confidence_level=1 - 0.05 / k, seed=1, show_progress=False)))
print("equal samples %.4f, equal constant samples %.4f" % (
    aso(gru, gru, seed=1, show_progress=False), aso(np.ones(5), np.ones(5), seed=1, show_progress=False)))
E2
compare <<'E2'
comparisons    1: eps_min 0.4989; level 1 - 0.05/k as asked by hand: 0.4989
comparisons    3: eps_min 0.5563; level 1 - 0.05/k as asked by hand: 0.6455
comparisons   10: eps_min 0.5143; level 1 - 0.05/k as asked by hand: 0.7813
equal samples 1.0000, equal constant samples 0.5000
E2
