#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The median time to solve when the Kaplan-Meier curve is exactly one half.
#
# lifelines 0.30.3, statsmodels 0.15.0, scikit-survival 0.28.0, SciPy 1.17.1.
# Expected: by the textbook definition (the first time with S(t) <= 1/2) all give the time of the middle event.
# Observed: if 5 of 10 trials solve the task, lifelines gives that time and statsmodels gives none (it needs S < 1/2).
#   If 7 of 14 do, lifelines gives infinity for all 64 patterns of ties, although the curve ends at exactly 1/2: the
#   product of its rounded factors is above 1/2. For 24 different times without censoring statsmodels is one event
#   late. On the same data the last value is 1/2 + 1e-16 in scikit-survival, 1/2 - 2e-16 in lifelines and 1/2 in
#   SciPy.
# gatebench: the median is the first time with S(t) <= 1/2 (results/statistics/kaplan_meier.c). Integer counts decide
#   as long as nothing was censored before; after that the comparison allows for the rounding of the product.
set -euo pipefail
# shellcheck source=findings/common.sh
. "$(dirname "$(readlink -f "$0")")/../common.sh"
packages lifelines==0.30.3 statsmodels==0.15.0 scikit-survival==0.28.0 scipy==1.17.1 numpy==2.4.6 'pandas<3'
see venv/bin/python - <<'E2'
import warnings

warnings.simplefilter("ignore")
from lifelines import KaplanMeierFitter
from scipy.stats import CensoredData, ecdf
from sksurv.nonparametric import kaplan_meier_estimator
from statsmodels.api import SurvfuncRight


def lifelines_median(times, solved):
    return float(KaplanMeierFitter().fit(times, solved).median_survival_time_)


events = [100, 200, 200, 300, 400]
times, solved = events + [1000] * 5, [1] * 5 + [0] * 5
print("10 trials, 5 solved, the middle event at 400:")
print("  lifelines", lifelines_median(times, solved))
print("  statsmodels", float(SurvfuncRight(times, solved).quantile(0.5)))
print("  last value - 1/2, lifelines     %.1e" % (KaplanMeierFitter().fit(times, solved).survival_function_.values[-1, 0] - 0.5))
print("  last value - 1/2, sksurv        %.1e" % (kaplan_meier_estimator([bool(s) for s in solved], times)[1][-1] - 0.5))
print("  last value - 1/2, SciPy         %.1e" % (ecdf(CensoredData(uncensored=events, right=[1000] * 5)).sf.probabilities[-1] - 0.5))

for trials in (10, 12, 14, 16):
    half, infinite = trials // 2, 0
    for pattern in range(2 ** (half - 1)):
        events, now = [], 100
        for i in range(half):
            events.append(now)
            now += 100 * (pattern >> i & 1)
        infinite += lifelines_median(events + [9999] * half, [1] * half + [0] * half) == float("inf")
    print(f"{trials} trials, half solved: lifelines says infinity in {infinite} of {2 ** (half - 1)} patterns of ties")

times = range(100, 2500, 100)
print("24 times 100 ... 2400, all solved: lifelines", lifelines_median(times, [1] * 24), "statsmodels",
      float(SurvfuncRight(list(times), [1] * 24).quantile(0.5)))
E2
compare <<'E2'
10 trials, 5 solved, the middle event at 400:
  lifelines 400.0
  statsmodels nan
  last value - 1/2, lifelines     -1.7e-16
  last value - 1/2, sksurv        1.1e-16
  last value - 1/2, SciPy         0.0e+00
10 trials, half solved: lifelines says infinity in 0 of 16 patterns of ties
12 trials, half solved: lifelines says infinity in 0 of 32 patterns of ties
14 trials, half solved: lifelines says infinity in 64 of 64 patterns of ties
16 trials, half solved: lifelines says infinity in 0 of 128 patterns of ties
24 times 100 ... 2400, all solved: lifelines 1200.0 statsmodels 1300.0
E2
