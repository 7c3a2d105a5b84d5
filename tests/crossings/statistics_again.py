# SPDX-License-Identifier: MIT
"""The statistics of a paired comparison from their definitions, sharing no code with the program."""
import math


def t_cdf(t, df):
    """Student's t by the substitution t = sqrt(df) tan(x), integrated by Simpson's rule."""
    limit, steps = math.atan(t / math.sqrt(df)), 4000
    h = limit / steps
    total = sum((1 if i in (0, steps) else 4 if i % 2 else 2) * math.cos(i * h) ** (df - 1) for i in range(steps + 1))
    density = math.exp(math.lgamma((df + 1) / 2) - math.lgamma(df / 2)) / math.sqrt(math.pi)
    return 0.5 + density * total * h / 3


def t_quantile(p, df):
    low, high = 0.0, 1e6
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if t_cdf(middle, df) < p else (low, middle)
    return (low + high) / 2


_quantiles = {}


def paired(a, b):
    """(mean difference, half of its 95 % interval, half of its 90 % interval); halves are None for one pair."""
    differences = [x - y for x, y in zip(a, b)]
    n = len(differences)
    mean = sum(differences) / n
    if n < 2:
        return mean, None, None
    error = math.sqrt(sum((d - mean) ** 2 for d in differences) / (n - 1) / n)
    for p in (0.975, 0.95):
        if (p, n) not in _quantiles:
            _quantiles[p, n] = t_quantile(p, n - 1)
    return mean, _quantiles[0.975, n] * error, _quantiles[0.95, n] * error
