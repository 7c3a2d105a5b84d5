# SPDX-License-Identifier: MIT
# Writes statistics_golden.txt: what SciPy says of the functions of results/statistics. One line a case:
# the function, its inputs, "=", its outputs. Run by hand when a function is added; Debian's python3-scipy does.
import sys

import numpy as np
import scipy
from scipy import stats

random = np.random.default_rng(20240229)
lines = [f"# made by make_statistics_golden.py with SciPy {scipy.__version__}, NumPy {np.__version__}"]


def case(name, inputs, outputs):
    flat = [repr(float(v)) for v in inputs]
    lines.append(" ".join([name, str(len(flat)), *flat, "=", *[repr(float(v)) for v in outputs]]))


for x in (-8, -3, -1.96, -0.1, 0, 0.5, 1, 2.5758, 5):
    case("normal_cdf", [x], [stats.norm.cdf(x)])
for p in (1e-12, 1e-5, 0.001, 0.025, 0.3, 0.5, 0.9, 0.975, 0.9999):
    case("normal_quantile", [p], [stats.norm.ppf(p)])
for degrees in (1, 2, 2.7, 4, 9, 29.5, 300, 10000):
    for t in (-40, -3, -0.5, 0, 0.01, 1, 2.3, 12):
        case("t_cdf", [t, degrees], [stats.t.cdf(t, degrees)])
    for p in (0.0005, 0.025, 0.2, 0.5, 0.8, 0.95, 0.975, 0.995):
        case("t_quantile", [p, degrees], [stats.t.ppf(p, degrees)])
for k, n in ((0, 10), (10, 10), (1, 3), (37, 50), (499, 500), (5, 2000)):
    for confidence in (0.9, 0.95):
        ci = stats.binomtest(k, n).proportion_ci(confidence, method="wilson")
        case("wilson", [k, n, confidence], [k / n, ci.low, ci.high])
for n in (2, 3, 5, 10, 31):
    x = random.normal(8.5, 0.2, n)
    low, high = stats.t.interval(0.95, n - 1, x.mean(), stats.sem(x))
    case("mean", x, [x.mean(), low, high, x.std(ddof=1), np.median(x), stats.trim_mean(x, 0.25)])
for n in (3, 5, 12):
    a, b = random.normal(8.5, 0.2, n), random.normal(8.55, 0.3, n + 2)
    margin = 0.3
    d = a - b[:n]
    low, high = stats.t.interval(0.95, n - 1, d.mean(), stats.sem(d))
    tost = max(stats.ttest_1samp(d, -margin, alternative="greater").pvalue,
               stats.ttest_1samp(d, margin, alternative="less").pvalue)
    case("paired", [*a, *b[:n]], [d.mean(), low, high, stats.ttest_rel(a, b[:n]).pvalue, tost])
    va, vb = a.var(ddof=1) / n, b.var(ddof=1) / (n + 2)
    degrees = (va + vb) ** 2 / (va**2 / (n - 1) + vb**2 / (n + 1))
    difference = a.mean() - b.mean()
    low, high = stats.t.interval(0.95, degrees, difference, np.sqrt(va + vb))
    tost = max(stats.ttest_ind(a + margin, b, equal_var=False, alternative="greater").pvalue,
               stats.ttest_ind(a - margin, b, equal_var=False, alternative="less").pvalue)
    p = stats.ttest_ind(a, b, equal_var=False).pvalue
    case("welch", [*a, *b], [difference, low, high, p, tost])
x = random.lognormal(0, 0.7, 30)
bca = stats.bootstrap((x,), np.mean, n_resamples=200000, method="BCa", random_state=1, batch=2000)
case("bca_mean", x, [x.mean(), *bca.confidence_interval])

with open(sys.argv[1] if len(sys.argv) > 1 else "statistics_golden.txt", "w", encoding="ascii") as file:
    file.write("\n".join(lines) + "\n")
