# SPDX-License-Identifier: MIT
# Writes statistics_golden.txt: SciPy's values for the functions of results/statistics. One line per case:
# the function, its inputs, "=", its outputs. Run it by hand when a function is added; Debian's python3-scipy suffices.
import sys
from fractions import Fraction

import numpy as np
import scipy
from scipy import integrate, optimize, stats

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
x = random.lognormal(0, 0.7, 30)
bca = stats.bootstrap((x,), np.mean, n_resamples=200000, method="BCa", random_state=1, batch=2000)
case("bca_mean", x, [x.mean(), *bca.confidence_interval])


def look_levels(fractions, alpha):
    """One-sided levels by the joint normal distribution of the looks; `alpha` is spent as Lan and DeMets do."""
    bounds = []
    for k, t in enumerate(fractions):
        spent = 2 * stats.norm.sf(stats.norm.isf(alpha / 2) / np.sqrt(t))
        times = np.array(fractions[:k + 1])
        correlation = np.sqrt(np.minimum.outer(times, times) / np.maximum.outer(times, times))

        def missing(z):
            if k == 0:
                return stats.norm.sf(z) - spent
            inside = stats.multivariate_normal.cdf([*bounds, z], cov=correlation, abseps=1e-9, releps=1e-9,
                                                   maxpts=2000000)
            return 1 - inside - spent

        bounds.append(optimize.brentq(missing, 0.5, 8.5, xtol=1e-7))
    return stats.norm.sf(bounds)


for fractions in ([1.0], [0.5, 1.0], [0.25, 0.5, 0.75, 1.0], [0.3, 0.35, 0.9], [0.2, 0.4, 0.6, 0.8, 1.0]):
    for alpha in (0.025, 0.05):
        case("look_levels", [alpha, *fractions], look_levels(fractions, alpha))


def improvement(x, y):
    """U / (nm), and the limits at which the distance is z of Newcombe's standard errors (method 5)."""
    n, m = len(x), len(y)
    p = stats.mannwhitneyu(x, y).statistic / (n * m)
    z = stats.norm.ppf(0.975)

    def excess(t):
        model = (1 - t) / (2 - t) + t / (1 + t)
        return abs(t - p) - z * np.sqrt(t * (1 - t) * (1 + ((n + m) / 2 - 1) * model) / (n * m))

    edge = 1e-14
    low = 0 if p == 0 else optimize.brentq(excess, edge, p - edge, xtol=1e-15)
    high = 1 if p == 1 else optimize.brentq(excess, p + edge, 1 - edge, xtol=1e-15)
    return [p, low, high]


for n, m in ((5, 5), (3, 10), (30, 20)):
    x, y = random.normal(0.4, 1, n), random.normal(0, 1, m)
    case("improvement", [n, *x, *y], improvement(x, y))
case("improvement", [4, 1, 2, 2, 3, 0, 2, 3], improvement([1, 2, 2, 3], [0, 2, 3]))
case("improvement", [3, 5, 6, 7, 1, 2, 3], improvement([5, 6, 7], [1, 2, 3]))


def violation(x, y):
    """Almost stochastic order's ratio by plain sums over a grid that both step functions' corners lie on."""
    t = (np.arange(len(x) * len(y)) + 0.5) / (len(x) * len(y))
    f, g = np.sort(x)[(t * len(x)).astype(int)], np.sort(y)[(t * len(y)).astype(int)]
    return np.sum(np.where(f < g, (g - f) ** 2, 0)) / np.sum((g - f) ** 2)


for n, m, shift in ((5, 5, 0.2), (10, 7, 0.5), (30, 30, 1.0)):
    x, y = random.normal(shift, 1, n), random.normal(0, 1.4, m)
    resampled = [violation(random.choice(x, n), random.choice(y, m)) for _ in range(20000)]
    scale = np.sqrt(n * m / (n + m))
    sigma = np.std(scale * (np.array(resampled) - violation(x, y)), ddof=1)
    bounds = [np.clip(violation(x, y) - sigma * stats.norm.ppf(0.05 / tests) / scale, 0, 1) for tests in (1, 6)]
    case("stochastic_order", [n, *x, *y], [violation(x, y), *bounds])

for ka, na, kb, nb in ((10, 10, 4, 10), (5, 5, 0, 5), (3, 10, 3, 10), (0, 4, 0, 9), (1, 30, 8, 25), (60, 100, 45, 110)):
    case("fisher", [ka, na, kb, nb], [stats.fisher_exact([[ka, na - ka], [kb, nb - kb]])[1]])


def at_risk(times, solved):
    """Distinct times of events with those at risk and those that solve."""
    return [(t, np.sum(times >= t), np.sum((times == t) & solved)) for t in np.unique(times[solved])]


def kaplan_meier(times, solved):
    exact, greenwood, steps = Fraction(1), 0.0, []
    for t, risk, events in at_risk(times, solved):
        exact *= 1 - Fraction(int(events), int(risk))  # rounded factors would miss a share of exactly one half
        s = float(exact)
        greenwood += events / (risk * (risk - events)) if risk > events else np.inf
        half = stats.norm.ppf(0.975) * np.sqrt(greenwood) / abs(np.log(s)) if 0 < s < 1 else np.nan
        steps.append((t, s, s ** np.exp(half), s ** np.exp(-half)))
    return steps


def log_rank(times, solved, group):
    """Mantel's statistic from SciPy's hypergeometric mean and variance at each time."""
    excess = variance = 0.0
    for t, risk, events in at_risk(times, solved):
        law = stats.hypergeom(risk, np.sum((times >= t) & group), events)
        excess += np.sum((times == t) & solved & group) - law.mean()
        variance += law.var() if risk > 1 else 0
    return excess / np.sqrt(variance), stats.chi2.sf(excess**2 / variance, 1)


for n, m in ((5, 5), (10, 8), (30, 25)):
    times = np.ceil(random.exponential(400, n + m) / 50) * 50
    solved = times <= 600
    times = np.minimum(times, 600)
    group = np.arange(n + m) < n
    steps = kaplan_meier(times[group], solved[group])
    median = next((step[0] for step in steps if step[1] <= 0.5), np.nan)
    case("survival", [n, *[v for pair in zip(times, solved) for v in pair]],
         [len(steps), median, *steps[1], *log_rank(times, solved, group)])

for n in (1, 2, 5, 12):
    p = random.uniform(0, 0.1, n)
    p[-1] = p[0]
    order, adjusted, worst = np.argsort(p), np.empty(n), 0
    for rank, i in enumerate(order):
        worst = adjusted[i] = min(1, max(worst, p[i] * (n - rank)))
    case("holm", p, adjusted[:8])

x = random.normal(8.5, 0.2, 9)
for k in (1, 2, 9, 40):
    best = stats.rv_discrete(values=(np.arange(9), np.diff((np.arange(10) / 9) ** k))).pmf(np.arange(9))
    case("expected_best", [k, *x], [np.sort(x) @ best, np.sort(x)[::-1] @ best])

for n, effect, deviation in ((3, 0.5, 0.3), (5, 0.1, 0.1), (10, 0.9, 1.0), (30, 0.2, 0.6), (120, 0.3, 1.0)):
    degrees, delta, t = n - 1, effect / deviation * np.sqrt(n), stats.t.ppf(0.975, n - 1)
    found = stats.nct.sf(t, degrees, delta) + stats.nct.cdf(-t, degrees, delta)
    margin, error, t = 1.3 * effect, deviation / np.sqrt(n), stats.t.ppf(0.95, n - 1)

    def inside(s, error=error, effect=effect, margin=margin, t=t, degrees=degrees):
        room = margin / error - t * s
        share = stats.norm.cdf(room - effect / error) - stats.norm.cdf(-room - effect / error)
        return share * stats.chi.pdf(s * np.sqrt(degrees), degrees) * np.sqrt(degrees)

    equivalent = integrate.quad(inside, 0, margin / error / t, epsabs=1e-13, limit=400)[0]
    case("power", [n, effect, deviation, margin], [found, equivalent])

sizes = [10, 12, 8]
x = np.concatenate([random.lognormal(i, 0.5, n) for i, n in enumerate(sizes)])
groups = np.split(x, np.cumsum(sizes)[:-1])
resampled = [stats.trim_mean(np.concatenate([random.choice(g, len(g)) for g in groups]), 0.25) for _ in range(100000)]
case("stratified_iqm", x, [stats.trim_mean(x, 0.25), *np.quantile(resampled, [0.025, 0.975])])

for n in (2, 5, 8, 31):
    x = random.lognormal(0, 0.7, n)
    case("quartiles", x, np.quantile(x, [0.5, 0.25, 0.75]))


def middle(x, axis=-1):
    return stats.trim_mean(x, 0.25, axis=axis)


for n in (30, 50):
    x = random.lognormal(0, 0.7, n)
    bca = stats.bootstrap((x,), middle, n_resamples=100000, method="BCa", random_state=1, batch=2000)
    case("bca_iqm", x, [middle(x), *bca.confidence_interval])

with open(sys.argv[1] if len(sys.argv) > 1 else "statistics_golden.txt", "w", encoding="ascii") as file:
    file.write("\n".join(lines) + "\n")
