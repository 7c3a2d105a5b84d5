# SPDX-License-Identifier: MIT
"""Random results files, and whether show, export, compare, verdict, the figures' CSV and the report tell the same story of them.

story.py PROGRAM MAKER FIRST COUNT [REPORTS]: files of the seeds FIRST.. are made by MAKER (random_results.c); every number that the
commands print is computed again here from the HDF5 file, by NumPy and the standard library, from the rules of results/README.md; REPORTS
of them are drawn as a report, too. Run by hand: story.py build/release/bin/gatebench build/release/bin/results_random 1000 500 20
"""
import csv
import functools
import html
import io
import itertools
import json
import math
import os
import re
import subprocess
import sys
import tempfile
from fractions import Fraction

try:
    import h5py
    import numpy as np
except ImportError:
    sys.exit(77)

program, maker, first, count = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
reports = int(sys.argv[5]) if len(sys.argv) > 5 else 0
checked = 0


def same(said, wanted, what, tolerance=1e-7):
    """NaN is null; numbers agree to a relative tolerance."""
    global checked
    checked += 1
    if wanted is None or (isinstance(wanted, float) and not math.isfinite(wanted)):
        assert said is None, f"{what}: {said}, not null"
    else:
        assert said is not None, f"{what}: null, not {wanted}"
        assert abs(said - wanted) <= tolerance * max(1, abs(wanted)), f"{what}: {said}, not {wanted}"


def equal(said, wanted, what):
    global checked
    checked += 1
    assert said == wanted, f"{what}: {said!r}, not {wanted!r}"


# Distributions, by the continued fraction of the incomplete beta function and bisection.
def beta_fraction(a, b, x):
    c, d = 1.0, 1 / (1 - (a + b) * x / (a + 1))
    h = d
    for m in range(1, 500):
        for n in (m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
                  -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))):
            d, c = 1 / (1 + n * d), 1 + n / c
            h *= d * c
        if abs(d * c - 1) < 1e-15:
            break
    return h


def incomplete_beta(a, b, x):
    if x <= 0 or x >= 1:
        return float(x >= 1)
    front = math.exp(math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x))
    if x < (a + 1) / (a + b + 2):
        return front * beta_fraction(a, b, x) / a
    return 1 - front * beta_fraction(b, a, 1 - x) / b


def t_tail(t, degrees):
    """P(T > t)."""
    half = incomplete_beta(degrees / 2, 0.5, degrees / (degrees + t * t)) / 2
    return half if t >= 0 else 1 - half


@functools.lru_cache(None)
def t_quantile(p, degrees):
    low, high = 0.0, 1e6
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if t_tail(middle, degrees) > 1 - p else (low, middle)
    return (low + high) / 2


def mean_interval(x, level=0.95):
    x = np.asarray(x, float)
    if len(x) == 0:
        return None, None, None
    if len(x) == 1:
        return float(x[0]), None, None
    half = t_quantile(0.5 + level / 2, len(x) - 1) * x.std(ddof=1) / math.sqrt(len(x))
    return float(x.mean()), float(x.mean() - half), float(x.mean() + half)


def fisher(ka, na, kb, nb):
    def probability(k):
        return Fraction(math.comb(na, k) * math.comb(nb, ka + kb - k), math.comb(na + nb, ka + kb))

    if na == 0 or nb == 0:
        return None
    ks = [k for k in range(na + 1) if 0 <= ka + kb - k <= nb]
    return float(sum(p for p in map(probability, ks) if p <= probability(ka)))


def median_time(times):
    """Kaplan-Meier's median in exact fractions."""
    left = Fraction(1)
    for t in sorted({t for t, solved in times if solved}):
        risk, events = sum(x >= t for x, _ in times), sum(x == t and solved for x, solved in times)
        left *= 1 - Fraction(events, risk)
        if left <= Fraction(1, 2):
            return t
    return None


def log_rank(a, b):
    excess = variance = 0.0
    for t in sorted({t for t, solved in a + b if solved}):
        na, nb = sum(x >= t for x, _ in a), sum(x >= t for x, _ in b)
        da, d = sum(x == t and s for x, s in a), sum(x == t and s for x, s in a + b)
        n = na + nb
        excess += da - d * na / n
        if n > 1:
            variance += d * na / n * nb / n * (n - d) / (n - 1)
    return math.erfc(abs(excess) / math.sqrt(2 * variance)) if variance > 1e-12 else 1.0


class Trial:
    """A planned trial and what became of it."""

    def __init__(self, planned, run, curve):
        self.cell, self.length, self.lr = planned["cell"].decode(), float(planned["length"]), float(planned["lr"])
        self.seed, self.run, self.curve = float(planned["seed"]), run, curve
        status, reason = planned["status"].decode(), planned["reason"].decode()
        self.fate = (status if status in ("done", "diverged") else
                     "over_limit" if reason.startswith("over its limit: ") else "missing")

    def value(self, metric):
        return float(self.run[metric]) if self.fate == "done" else math.nan

    def solve_time(self, threshold):
        """Step and whether it is that of a validation at or below the threshold."""
        for step, metric, _ in self.curve:
            if metric <= threshold:
                return step, True
        if self.fate in ("diverged", "over_limit"):
            return 500.0, False
        return self.curve[-1][0], False


def read(path):
    with h5py.File(path) as file:
        runs = {row["id"].decode(): row for row in file["runs"][:]} if len(file["runs"]) else {}
        planned, curves = file["planned"][:], file["curves"][:] if len(file["curves"]) else []
    by_run = {}
    for row in curves:
        by_run.setdefault(int(row["run"]), []).append(
            (float(row["step"]), float(row["valid_metric"]), float(row["cpu_seconds"])))
    return [Trial(p, runs.get(p["id"].decode()), by_run.get(int(runs[p["id"].decode()]["run"]), [])
                  if p["id"].decode() in runs else []) for p in planned]


def ask(*words, code=0):
    done = subprocess.run([program, *words], capture_output=True, text=True)
    assert done.returncode == code, f"{' '.join(words)}: exit {done.returncode}: {done.stderr}"
    return done.stdout


def arms_of(trials):
    arms = {}
    for t in trials:
        arms.setdefault((t.cell, t.length, t.lr), []).append(t)
    return arms


METRICS = ("accuracy", "mse", "parameters", "cell_parameters", "steps_run")


def check_summary(path, trials):
    """show --summary and export --csv: means, intervals and what became of the trials of each arm."""
    said = json.loads(ask("show", path, "--summary", "--json"))["arms"]
    rows = list(csv.DictReader(io.StringIO(ask("export", path, "--csv"))))
    arms = arms_of(trials)
    equal(len(said), len(arms), "arms")
    means = {}
    for arm, row in zip(said, rows):
        settings = arm["settings"]
        cell = [c for c in arms if all(str(v) in (str(c[0]), str(c[1]), str(c[2])) or v in c
                                       for k, v in settings.items() if k in ("cell", "length", "lr"))]
        key = next(c for c in cell if settings.get("cell", c[0]) == c[0] and settings.get("length", c[1]) == c[1]
                   and settings.get("lr", c[2]) == c[2])
        mine = arms.pop(key)
        for fate in ("done", "diverged", "over_limit", "missing"):
            equal(arm[fate], sum(t.fate == fate for t in mine), f"{key} {fate}")
        for metric, got in arm["measurements"].items():
            x = [float(t.run[metric]) for t in mine if t.run is not None and not math.isnan(t.run[metric])]
            wanted = mean_interval(x)
            equal(got["n"], len(x), f"{key} n of {metric}")
            for part, name, value in zip(("mean", "low", "high"), ("", "_mean_low", "_mean_high"), wanted):
                same(got[part], value, f"{key} {part} of {metric}")
                same(float(row[metric + name]) if row[metric + name] else None, value, f"{key} {metric} as CSV")
            means[key, metric] = wanted
    return means


def word_of(pairs, lost, difference, p_difference, p_equivalence, higher):
    """As results/README.md says; `lost` are the (fate of a, fate of b) of pairs without numbers."""
    if len(pairs) < 2:
        return "undecided"
    if p_equivalence is not None and p_equivalence < 0.05:
        return "undecided" if lost else "equivalent"
    if p_difference < 0.05:
        a = (difference > 0) == higher
        own = [f[0 if a else 1] for f in lost]
        return "undecided" if any(f != "done" for f in own) else "a better" if a else "b better"
    return "undecided"


def check_line(line, a, b, metric, margin, solved, higher):
    """One group of one pair of arms."""
    what = f"{line['a']} and {line['b']}, {line['group']}, {metric}"
    by_seed = {t.seed: t for t in b}
    both = [(t, by_seed[t.seed]) for t in sorted(a, key=lambda t: t.seed) if t.seed in by_seed]
    pairs = [(x.value(metric), y.value(metric)) for x, y in both]
    lost = [(x.fate, y.fate) for (x, y), p in zip(both, pairs) if any(map(math.isnan, p))]
    pairs = np.array([p for p in pairs if not any(map(math.isnan, p))]).reshape(-1, 2)
    equal(line["pairs"], len(pairs), what + " pairs")
    equal(line["lost"], len(lost), what + " lost")
    d = pairs[:, 0] - pairs[:, 1]
    same(line["mean_a"], float(pairs[:, 0].mean()) if len(d) else None, what + " mean a")
    estimate, low, high = mean_interval(d)
    tiny = 1e-12 * np.abs(pairs).max() if len(d) else 0  # equal up to rounding
    if len(d) and abs(estimate) <= tiny:
        estimate = 0.0
    p_difference = p_equivalence = None
    same(line["difference"]["estimate"], estimate, what + " difference", 1e-9)
    same(line["difference"]["low"], low, what + " low", 1e-6)
    same(line["difference"]["high"], high, what + " high", 1e-6)
    if len(d) >= 2:
        error = d.std(ddof=1) / math.sqrt(len(d))
        if d.std(ddof=1) <= tiny:
            p_difference = 1.0 if estimate == 0 else min(1, 2 * 0.5 ** len(d))
            p_equivalence = 0.5 ** len(d) if margin is not None and abs(estimate) < margin else 1.0
        else:
            p_difference = 2 * t_tail(abs(estimate) / error, len(d) - 1)
            if margin is not None:
                p_equivalence = max(t_tail((estimate + margin) / error, len(d) - 1),
                                    t_tail((margin - estimate) / error, len(d) - 1))
        same(line["p_difference"], p_difference, what + " p", 1e-6)
        if margin is not None:
            same(line["p_equivalence"], p_equivalence, what + " TOST p", 1e-6)
    equal(line["outcome"], word_of(pairs, lost, estimate, p_difference, p_equivalence, higher), what + " outcome")
    check_ranks(line, a, b, metric, higher, what)
    if solved is not None:
        check_solving(line, a, b, metric, solved, higher, what)


def ranks(trials, metric, higher):
    worst = -math.inf if higher else math.inf
    return [t.value(metric) if t.fate == "done" else worst for t in trials if t.fate != "missing"]


def check_ranks(line, a, b, metric, higher, what):
    x, y = ranks(a, metric, higher), ranks(b, metric, higher)
    if x and y:
        wins = sum(0.5 if p == q else float((p > q) == higher) for p in x for q in y)
        same(line["improvement"]["estimate"], wins / len(x) / len(y), what + " P(a better)")
    for name, values in (("a", x), ("b", y)):
        values = sorted(values)
        n, cut = len(values), len(values) // 4
        if x and y:
            middle = (values[(n - 1) // 2] + values[n // 2]) / 2
            same(line["median_" + name], middle, what + " median", 1e-9)
            same(line["iqm_" + name]["estimate"], sum(values[cut:n - cut]) / (n - 2 * cut), what + " IQM", 1e-9)
    if min(len(x), len(y)) < 2:
        same(line["stochastic_order_a"], None, what + " stochastic order")
    elif x and y:
        same(line["violation"], violation(x, y, higher), what + " violation", 1e-9)


def violation(x, y, higher):
    """The share of the squared distance of quantiles where a is behind, the worst at minus W for W without bound."""
    sign = 1 if higher else -1
    x, y = sorted(sign * v for v in x), sorted(sign * v for v in y)
    total, behind = [0.0, 0.0], [0.0, 0.0]
    for k in range(len(x) * len(y)):
        p, q = x[k // len(y)], y[k // len(x)]
        gap = 0.0 if p == q else q - p
        i = int(math.isinf(gap))
        size = 1.0 if i else gap * gap
        total[i] += size
        behind[i] += size if p < q else 0
    return behind[1] / total[1] if total[1] else behind[0] / total[0] if total[0] else 0.5


def check_solving(line, a, b, metric, solved, higher, what):
    reached = (lambda v: v >= solved) if higher else (lambda v: v <= solved)
    tried = [[v for v in ranks(t, metric, higher)] for t in (a, b)]
    counts = [sum(map(reached, t)) for t in tried]
    for name, t, k in zip("ab", tried, counts):
        equal(line["tried_" + name], len(t), what + " tried")
        equal(line["solved_" + name], k, what + " solved")
    same(line["p_fisher"], fisher(counts[0], len(tried[0]), counts[1], len(tried[1])), what + " Fisher")
    if metric == "mse":
        times = [[t.solve_time(solved) for t in arm if t.fate != "missing"] for arm in (a, b)]
        if all(times):
            same(line["steps_a"], median_time(times[0]), what + " median steps of a")
            same(line["steps_b"], median_time(times[1]), what + " median steps of b")
            same(line["p_log_rank"], log_rank(*times), what + " log-rank", 1e-6)


def holm(ps):
    order, worst, out = sorted(range(len(ps)), key=lambda i: ps[i]), 0.0, [0.0] * len(ps)
    for rank, i in enumerate(order):
        worst = out[i] = min(1.0, max(worst, ps[i] * (len(ps) - rank)))
    return out


def group_key(line, lengths, rates):
    """The length and learning rate of a line of compare; what does not vary is not named."""
    group = dict(part.rsplit(" ", 1) for part in line["group"].split(", ")) if line["group"] else {}
    return float(group.get("length", next(iter(lengths)))), float(group.get("lr", next(iter(rates))))


def check_compare(path, trials, metric=None):
    """Each pair of arms within equal length and learning rate. Returns the answers by group."""
    words = ["compare", path, "--json"] + (["--metric", metric] if metric else [])
    question = json.loads(ask(*words))["runs"][0]["questions"][0]
    higher = question["higher_is_better"]
    lines = [line for line in question["comparisons"] if line["group"] is not None]
    arms, found = arms_of(trials), {}
    lengths, rates = {t.length for t in trials}, {t.lr for t in trials}
    for line in lines:
        key = group_key(line, lengths, rates)
        check_line(line, arms[line["a"], *key], arms[line["b"], *key], question["metric"], question["margin"],
                   question["solved"], higher)
        found[line["a"], line["b"], *key] = line
    tested = [line for line in lines if line["p_difference"] is not None]
    for line, p in zip(tested, holm([line["p_difference"] for line in tested])):
        same(line["p_holm"], p, "Holm", 1e-6)
    cells = sorted({t.cell for t in trials})
    equal(len(lines), len(lengths) * len(rates) * (1 if not metric else len(cells) * (len(cells) - 1) // 2), "groups")
    return question, found


def check_budget(path, trials):
    """Steps are reached by all that finished: the selected validation is the lowest loss of the whole curve."""
    if not any(t.fate == "done" for t in trials):
        return
    answer = json.loads(ask("compare", path, "--budget", "core_seconds", "--json"))["runs"][0]
    reached = min(t.curve[-1][2] for t in trials if t.fate == "done")
    same(answer["budget"], reached, "core seconds that all reached")
    lengths, rates = {t.length for t in trials}, {t.lr for t in trials}
    for line in answer["questions"][0]["comparisons"]:
        if line["group"] is None:
            continue
        key = group_key(line, lengths, rates)
        group = [t for t in trials if (t.length, t.lr) == key and t.fate == "done"]
        then = {(t.cell, t.seed): min(m for _, m, s in t.curve if s <= reached) for t in group}
        seeds = [s for c, s in then if c == line["a"] and (line["b"], s) in then]
        equal(line["pairs"], len(seeds), "pairs at the budget")
        if seeds:
            same(line["mean_a"], float(np.mean([then[line["a"], s] for s in seeds])), "mean at the budget")


def check_verdict(path, trials):
    """C5's evidence has the numbers of compare by the metric that the recipe declares, each task pooled over learning
    rates by seed."""
    claims = json.loads(ask("verdict", path, "--json"))
    claims = claims["claims"] if isinstance(claims, dict) else claims
    evidence = next(c for c in claims if c["claim"] == "C5")["evidence"]
    evidence = "\n".join(evidence) if isinstance(evidence, list) else evidence
    for length in sorted({t.length for t in trials}):
        part = ["--where", f"length={length:g}"] if len({t.length for t in trials}) > 1 else []
        question = json.loads(ask("compare", path, "--json", *part))
        line = question["runs"][0]["questions"][0]["comparisons"][-1]
        said = next(s for s in evidence.split("\n") if re.search(rf"\blength {length:g}\b", s))
        if line["pairs"]:
            numbers = re.search(r"gru (\S+), lstm (\S+), difference ([^\s,]+)(?: \[(\S+), (\S+)\])?, (\d+) pair", said)
            wanted = (line["mean_a"], line["mean_b"], line["difference"]["estimate"])
            for got, value in zip(numbers.groups(), wanted):
                same(float(got), value, "C5's number", 6e-5)
            equal(int(numbers.group(6)), line["pairs"], "C5's pairs")
        assert line["words"] in said, f"C5: {said!r} lacks {line['words']!r}"


def drawn(path, folder, *words):
    """A figure's CSV as {panel: {group: {series: [rows of numbers]}}}, panels by length and learning rate."""
    paths = ask("plot", path, "-f", "svg", "-o", folder, *words).split()
    with open(paths[0].replace(".svg", ".csv"), encoding="utf-8") as file:
        rows = [row for row in csv.reader(file) if row][1:]
    figure = {}
    for panel, group, series, *numbers in rows:
        lines = figure.setdefault(panel, {}).setdefault(group, {})
        lines.setdefault(series, []).append([float(n) if n else math.nan for n in numbers])
    return figure


def panel_of(panel, trials):
    """(length, learning rate) of a panel, which names those that differ; None: several lengths."""
    named = dict(part.rsplit(" ", 1) for part in panel.split(", ")) if panel else {}
    lengths, rates = {t.length for t in trials}, {t.lr for t in trials}
    length = float(named["length"]) if "length" in named else next(iter(lengths)) if len(lengths) == 1 else None
    return length, float(named["lr"]) if "lr" in named else next(iter(rates))


def same_rows(got, wanted, what):
    equal(len(got), len(wanted), what + " rows")
    for g, w in zip(got, wanted):
        for a, b in zip(g, w):
            same(None if math.isnan(a) else a, b, what, 1e-8)


def share_of(curve, time):
    return next((share for t, share, *_ in reversed(curve) if t <= time), 0.0)


def survival(times):
    """Rows of the share solved: time, share, low, high, at risk; Kaplan-Meier with log-log intervals."""
    left, spread, rows = Fraction(1), Fraction(0), []
    for t in sorted({t for t, solved in times if solved}):
        risk, events = sum(x >= t for x, _ in times), sum(x == t and solved for x, solved in times)
        left *= 1 - Fraction(events, risk)
        bounds = (None, None)
        if left > 0:
            spread += Fraction(events, risk * (risk - events))
            z = 1.959963984540054 * math.sqrt(spread) / math.log(left)
            bounds = sorted(1 - float(left) ** math.exp(s * z) for s in (-1, 1))
        rows.append((t, 1 - float(left), *bounds, risk))
    return rows


def check_solved_by_step(path, trials, folder):
    """The figure has the times of compare: who diverged or went over its limit is unsolved to the end."""
    figure, arms = drawn(path, folder, "solved_by_step"), arms_of([t for t in trials if t.fate != "missing"])
    for panel, groups in figure.items():
        for cell, lines in groups.items():
            tried = arms.pop((cell, *panel_of(panel, trials)))
            times = [t.solve_time(0.1) for t in tried]
            curve = survival(times)
            last = max(t for t, _ in times)
            last = max(last, 500.0) if curve and curve[-1][1] == 1 else last
            wanted = [(0.0, 0.0, None, None, len(times)), *curve, (last, share_of(curve, last), None, None, len(times))]
            same_rows(lines.pop("mean"), wanted, f"{panel}, {cell}, share solved")
            marks = sorted((t.seed, time, share_of(curve, time), solved) for t, (time, solved) in zip(tried, times))
            said = sorted((float(series.split()[1]), *rows[0][:3]) for series, rows in lines.items())
            same_rows(said, marks, f"{panel}, {cell}, marks")
    left_out = [t.solve_time(0.1)[1] for arm in arms.values() for t in arm]  # panels in which nobody solved it
    equal(any(left_out), False, "solved in a panel that is left out")


def check_learning_curves(path, trials, folder):
    """Each trial's validations, and their mean up to where the first of them ends."""
    if not any(t.curve for t in trials):
        return
    figure, arms = drawn(path, folder, "learning_curves"), arms_of([t for t in trials if t.curve])
    for panel, groups in figure.items():
        for cell, lines in groups.items():
            mine = arms.pop((cell, *panel_of(panel, trials)))
            shared = set.intersection(*({step for step, *_ in t.curve} for t in mine))
            wanted = []
            for step in sorted(shared):
                losses = [next(loss for s, loss, _ in t.curve if s == step) for t in mine]
                wanted.append((step, *mean_interval(losses), len(losses)))
            same_rows(lines.pop("mean", []), wanted, f"{panel}, {cell}, mean curve")
            equal(sorted(lines), sorted(f"seed {t.seed:g}" for t in mine), "curves")
            for t in mine:
                same_rows(lines[f"seed {t.seed:g}"], [(step, loss) for step, loss, _ in t.curve], f"{cell} seed {t.seed}")


def check_metric_figure(path, trials, folder):
    """The mean squared error by length has the means and intervals of show."""
    if len({t.length for t in trials if t.run is not None}) < 2:
        return
    for panel, groups in drawn(path, folder, "--x", "length", "--y", "mse").items():
        for cell, lines in groups.items():
            mine = [t for t in trials if t.cell == cell and t.lr == panel_of(panel, trials)[1]]
            wanted = []
            for length in sorted({t.length for t in mine}):
                values = [t.value("mse") for t in mine if t.length == length and t.fate == "done"]
                if values:
                    wanted.append((length, *mean_interval(values), len(values)))
            same_rows(lines.get("mean", []), wanted, f"{panel}, {cell}, mse by length")


def check_comparisons_of_report(page, question):
    """What the recipe declared: means, differences and words of compare, to the digits of the page."""
    table = re.search(r"<h3>Compared by.*?</table>", page, re.S)
    lines = [line for line in question["comparisons"] if line["group"] is not None]
    rows = re.findall(r"<tr><th scope=\"row\">.*?</tr>", table.group(0), re.S) if table else []
    equal(len(rows), len(lines), "comparisons of the report")
    for row, line in zip(rows, lines):
        cells = [html.unescape(re.sub("<.*?>", "", c)) for c in re.findall(r"<td.*?</td>", row)]
        equal(cells[2], line["words"], "the report's words")
        if line["pairs"]:
            equal(cells[0], f"{line['mean_a']:.4g} and {line['mean_b']:.4g}", "the report's means")
        d = line["difference"]
        wanted = "-" if d["low"] is None else f"{d['estimate']:.3g} [{d['low']:.3g}, {d['high']:.3g}]"
        equal(cells[1].replace("-0 ", "0 "), wanted.replace("-0 ", "0 "), "the report's difference")


def check_report(path, means, question, folder):
    """The table of the report has the means of show, to its decimals; its comparisons are those of compare."""
    page = os.path.join(folder, "report.html")
    ask("report", path, "-o", page)
    whole = open(page, encoding="utf-8").read()
    check_comparisons_of_report(whole, question)
    whole = re.sub(r"<small>.*?</small>", "", whole)
    table = next(t for t in re.findall(r"<table class=\"sortable\">.*?</table>", whole, re.S) if "mean squared error" in t)
    heads = [re.sub("<.*?>", "", h) for h in re.findall(r"<th.*?</th>", table)]
    rows = [[re.sub("<.*?>", "", c).strip() for c in re.findall(r"<td.*?</td>", row)]
            for row in re.findall(r"<tr><td.*?</tr>", table, re.S)]
    column = heads.index("mean squared error")
    said = sorted(row[column] for row in rows)
    equal(said, sorted("–" if m[0] is None else f"{m[0]:.4f}" for (_, metric), m in means.items() if metric == "mse"),
          "the report's means")


def check(seed, folder, with_report):
    path = os.path.join(folder, f"{seed}.h5")
    subprocess.run([maker, str(seed), path], check=True)
    trials = read(path)
    if not any(t.run is not None for t in trials):
        return
    ask("validate", path)
    means = check_summary(path, trials)
    question, _ = check_compare(path, trials)
    check_compare(path, trials, "accuracy")
    check_solved_by_step(path, trials, folder)
    check_learning_curves(path, trials, folder)
    check_metric_figure(path, trials, folder)
    check_budget(path, trials)
    check_verdict(path, trials)
    if with_report:
        check_report(path, means, question, folder)


# Memory where there is some: the store syncs each of some thousand trial files.
with tempfile.TemporaryDirectory(dir="/dev/shm" if os.access("/dev/shm", os.W_OK) else None) as folder:
    for i, seed in enumerate(range(first, first + count)):
        try:
            check(seed, folder, i < reports)
        except Exception:
            print(f"seed {seed}:", file=sys.stderr)
            raise
print(f"{count} results files tell one story: {checked} numbers")
