#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The linear memory capacity (Jaeger 2001) of networks whose capacity is known.
#
# reservoirpy 0.4.2.
# Expected: a unit that only copies its input has capacity 0 from lag 1 on. A delay line of five units holds the input and the
#   four before it: 4 from lag 1 on. The number of lags that are asked for changes neither.
# Observed: `memory_capacity` gives each about one half too much, for 50 lags as for 200. The squared correlation of a finite
#   series with a read-out that knows nothing is 1/n on average, not 0. The function makes 10 k steps for k lags and tests on
#   2 k of them, so k lags add k / 2k. Fewer tested steps add more: 200 lags and 100
#   tested steps add two.
# gatebench: a lag counts only if it is above the level that a state without information exceeds once in 10,000 times (Dambre et
#   al. 2012); a delay line of eight units gives exactly 8 and lags beyond it exactly 0 (tests/lib/probe/capacity_test.c).
set -euo pipefail
# shellcheck source=findings/common.sh
. "$(dirname "$(readlink -f "$0")")/../common.sh"
packages reservoirpy==0.4.2 numpy==2.4.6 scipy==1.17.1
see venv/bin/python - <<'E2'
import numpy as np
from reservoirpy.nodes import Reservoir, Ridge
from reservoirpy.observables import memory_capacity


def delay_line(units):
    shift, into = np.eye(units, k=-1), np.zeros((units, 1))
    into[0, 0] = 1
    return Reservoir(units, W=shift, Win=into, bias=np.zeros(units), activation="identity", lr=1.0) >> Ridge(ridge=1e-8)


for units in [1, 5]:
    for lags in [50, 200]:
        found = np.mean([memory_capacity(delay_line(units), k_max=lags, seed=s) for s in range(10)])
        print(f"{units} unit(s), {lags:3} lags: holds {units - 1} of them; capacity {found:.1f}")
series = np.random.default_rng(1).uniform(-0.8, 0.8, (2000, 1))
found = memory_capacity(delay_line(1), k_max=200, series=series, test_size=100)
print(f"1 unit(s), 200 lags, 100 tested steps: holds 0 of them; capacity {found:.0f}")
E2
compare <<'E2'
1 unit(s),  50 lags: holds 0 of them; capacity 0.5
1 unit(s), 200 lags: holds 0 of them; capacity 0.5
5 unit(s),  50 lags: holds 4 of them; capacity 4.5
5 unit(s), 200 lags: holds 4 of them; capacity 4.5
1 unit(s), 200 lags, 100 tested steps: holds 0 of them; capacity 2
E2
