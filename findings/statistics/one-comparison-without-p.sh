#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Four comparisons of cells are corrected together, and one of them has no p-value: all of its trials diverged, say.
#
# statsmodels 0.15.0, pingouin 0.7.0.
# Expected: a p-value that is missing is either left out (three tests are corrected) or an error, and the decisions follow from the
#   corrected p-values.
# Observed: with 0.01, NaN, 0.02, 0.04 and Holm's correction, statsmodels corrects for four tests (0.04, 0.06, 0.08: one
#   significant at 0.05) and pingouin for three (0.03, 0.04, 0.04: all three significant). With Hommel's, Hochberg's and
#   Benjamini-Hochberg's corrections statsmodels returns NaN for all four. The same answer calls none, one and two of them
#   significant. There is no message.
# gatebench: `statistics_holm` corrects for the tests that have a p-value, and the tables and verdicts name each comparison
#   that has none (tests/results/statistics_test.c). A comparison whose trials diverged is reported as such, not as "no difference".
set -euo pipefail
# shellcheck source=findings/common.sh
. "$(dirname "$(readlink -f "$0")")/../common.sh"
packages statsmodels==0.15.0 pingouin==0.7.0 numpy==2.4.6 scipy==1.17.1
see venv/bin/python - <<'E2'
import warnings

import numpy as np

warnings.simplefilter("ignore")
import pingouin
from statsmodels.stats.multitest import multipletests

family = [0.01, np.nan, 0.02, 0.04]


def show(library, method, answer):
    significant, corrected = answer[0], answer[1]
    print(f"{library:11} {method:14} {' '.join(f'{p:.2f}' for p in corrected):20} significant: {int(np.sum(significant))}")


for method in ["bonferroni", "holm", "hommel", "simes-hochberg", "fdr_bh"]:
    show("statsmodels", method, multipletests(family, method=method))
for method in ["bonf", "holm", "fdr_bh"]:
    show("pingouin", method, pingouin.multicomp(family, method=method))
show("statsmodels", "holm, 3 tests", multipletests([0.01, 0.02, 0.04], method="holm"))
E2
compare <<'E2'
statsmodels bonferroni     0.04 nan 0.08 0.16   significant: 1
statsmodels holm           0.04 nan 0.06 0.08   significant: 1
statsmodels hommel         nan nan nan nan      significant: 0
statsmodels simes-hochberg nan nan nan nan      significant: 1
statsmodels fdr_bh         nan nan nan nan      significant: 2
pingouin    bonf           0.03 nan 0.06 0.12   significant: 1
pingouin    holm           0.03 nan 0.04 0.04   significant: 3
pingouin    fdr_bh         0.03 nan 0.03 0.04   significant: 3
statsmodels holm, 3 tests  0.03 0.04 0.04       significant: 3
E2
