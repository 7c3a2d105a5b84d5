#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Bayesian tests of two models over ten seeds, nine of which give both the same accuracy.
#
# baycomp 1.0.3.
# Expected: one difference among nine ties is weak evidence, a probability of 0.6 to 0.9 that the first model is better; equal models have 0.5.
# Observed: 1.00 from the sign test and from the signed-rank test, as with ten wins, and also from a single pair. Without a region of
#   equivalence a tie counts half for each side in every draw from the posterior, so that one win decides all draws; nothing speaks for
#   the other side. The first loss takes half of it away. For ten ties the sign test gives NaN. With a region of equivalence,
#   however small, ties have a probability of their own.
# gatebench: a tie is half a win in the probability of improvement (0.55 here), which comes with an interval and a margin, and pairs without
#   spread are decided by their signs, so that few seeds decide nothing (results/README.md).
set -euo pipefail
# shellcheck source=findings/common.sh
. "$(dirname "$(readlink -f "$0")")/../common.sh"
packages baycomp==1.0.3 numpy==2.3.5 scipy==1.17.1 matplotlib==3.11.2
see venv/bin/python - <<'E2'
import warnings

warnings.simplefilter("ignore")
import numpy as np
from baycomp import SignedRankTest, SignTest

CASES = {"1 win": [1], "1 win, 9 ties": [1] + [0] * 9, "10 wins": [1] * 10, "1 win, 1 loss, 8 ties": [1, -1] + [0] * 8,
         "2 wins, 1 loss, 7 ties": [1, 1, -1] + [0] * 7, "10 ties": [0] * 10}
for text, signs in CASES.items():
    first = 0.9 + 0.001 * np.arange(1, len(signs) + 1) * signs
    second = np.full(len(signs), 0.9)
    said = []
    for test in SignTest, SignedRankTest:
        if test is SignedRankTest and not any(signs):
            continue  # 0.5 up to rounding, and rounding decides
        for rope in 0, 1e-6:
            said.append("/".join("%.2f" % p for p in test.probs(first, second, rope=rope, random_state=1)))
    print(f"{text:22} sign test {said[0]}, with a region {said[1]}" + (f"; signed ranks {said[2]}, with a region {said[3]}" if said[2:] else ""))
E2
compare <<'E2'
1 win                  sign test 1.00/0.00, with a region 0.50/0.50/0.00; signed ranks 1.00/0.00, with a region 0.84/0.16/0.00
1 win, 9 ties          sign test 1.00/0.00, with a region 0.00/1.00/0.00; signed ranks 1.00/0.00, with a region 0.04/0.96/0.00
10 wins                sign test 1.00/0.00, with a region 1.00/0.00/0.00; signed ranks 1.00/0.00, with a region 1.00/0.00/0.00
1 win, 1 loss, 8 ties  sign test 0.52/0.48, with a region 0.00/1.00/0.00; signed ranks 0.47/0.53, with a region 0.05/0.89/0.06
2 wins, 1 loss, 7 ties sign test 0.85/0.15, with a region 0.02/0.98/0.00; signed ranks 0.71/0.29, with a region 0.21/0.70/0.09
10 ties                sign test nan/nan, with a region 0.00/1.00/0.00
E2
