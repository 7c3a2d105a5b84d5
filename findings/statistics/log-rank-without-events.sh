#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The log-rank test of two arms in which no trial solved the task.
#
# lifelines 0.30.3, statsmodels 0.15.0, scikit-survival 0.28.0, SciPy 1.17.1.
# Expected: four libraries that agree to 13 digits on data with ties and censoring agree here too: no difference, p =
#   1.
# Observed: four different answers: statistic 0 and p = 1 in lifelines, NaN in SciPy, LinAlgError (singular matrix) in
#   statsmodels, ValueError (all samples are censored) in scikit-survival. So, depending on the library, one task that
#   no trial solves ends an analysis over many tasks or puts NaN into its table.
# gatebench: p = 1, as in lifelines. A reader may take that for evidence of equality, so the number of trials of each
#   arm that solved the task is always shown with it.
set -euo pipefail
# shellcheck source=findings/common.sh
. "$(dirname "$(readlink -f "$0")")/../common.sh"
packages lifelines==0.30.3 statsmodels==0.15.0 scikit-survival==0.28.0 scipy==1.17.1 numpy==2.4.6 'pandas<3'
see venv/bin/python - <<'E2'
import warnings

import numpy as np

warnings.simplefilter("ignore")
from lifelines.statistics import logrank_test
from scipy.stats import CensoredData, logrank
from sksurv.compare import compare_survival
from statsmodels.duration.survfunc import survdiff


def lifelines(a, ea, b, eb):
    r = logrank_test(a, b, ea, eb)
    return r.test_statistic, r.p_value


def statsmodels(a, ea, b, eb):
    return survdiff(np.r_[a, b], np.r_[ea, eb].astype(int), np.r_[0 * a, 0 * b + 1])


def sksurv(a, ea, b, eb):
    rows = np.array(list(zip(np.r_[ea, eb], np.r_[a, b])), dtype=[("event", bool), ("time", float)])
    return compare_survival(rows, np.r_[0 * a, 0 * b + 1])


def scipy(a, ea, b, eb):
    r = logrank(CensoredData(uncensored=a[ea], right=a[~ea]), CensoredData(uncensored=b[eb], right=b[~eb]))
    return r.statistic**2, r.pvalue


a, b = np.array([100, 200, 200, 300, 500, 500]), np.array([200, 300, 300, 400, 500, 500])
some = a < 500, b < 500
none = a < 0, b < 0
for name, (ea, eb) in ("four of six solved", some), ("none solved", none):
    print(name)
    for test in lifelines, statsmodels, sksurv, scipy:
        try:
            print("  %-12s chi^2 %.10f  p %.10f" % (test.__name__, *test(a, ea, b, eb)))
        except Exception as e:
            print("  %-12s %s: %s" % (test.__name__, type(e).__name__, e))
E2
compare <<'E2'
four of six solved
  lifelines    chi^2 0.2354764343  p 0.6274925347
  statsmodels  chi^2 0.2354764343  p 0.6274925347
  sksurv       chi^2 0.2354764343  p 0.6274925347
  scipy        chi^2 0.2354764343  p 0.6274925347
none solved
  lifelines    chi^2 0.0000000000  p 1.0000000000
  statsmodels  LinAlgError: Singular matrix
  sksurv       ValueError: all samples are censored
  scipy        chi^2 nan  p nan
E2
