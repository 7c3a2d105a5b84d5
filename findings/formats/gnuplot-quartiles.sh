#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Quartiles of a few seeds, in a figure and in a table.
#
# gnuplot 5.4.4 (Debian 12), NumPy 2.4.6.
# Expected: gnuplot uses Tukey's hinges or NumPy's default, and the two differ little.
# Observed: it uses neither. For 1 to 12 values its quartiles (in stats and in boxplot) are those of NumPy's method
#   averaged_inverted_cdf. With 3 seeds the box reaches from the lowest to the highest seed; NumPy's default gives a
#   box of half that height.
# gatebench: quartiles are computed once, by linear interpolation like NumPy's default (statistics_quartiles), and
#   gnuplot draws them from the CSV file. No figure uses stats or boxplot.
set -euo pipefail
# shellcheck source=findings/common.sh
. "$(dirname "$(readlink -f "$0")")/../common.sh"
debian gnuplot-nox >&2
packages numpy==2.4.6
cat >quartiles.gp <<'E2'
do for [n = 1:12] {
  set print $seeds
  do for [i = 1:n] { print i * 1.0 }
  unset print
  stats $seeds nooutput
  print sprintf("%d %g %g", n, STATS_lo_quartile, STATS_up_quartile)
}
E2
gnuplot quartiles.gp >gnuplot.txt 2>&1
see venv/bin/python - <<'E2'
import numpy as np

methods = ("averaged_inverted_cdf", "hazen", "inverted_cdf", "linear", "median_unbiased", "normal_unbiased", "weibull")
fit = set(methods)
for line in open("gnuplot.txt"):
    n, low, high = map(float, line.split())
    x = np.arange(1, n + 1)
    fit -= {m for m in methods if not np.allclose(np.quantile(x, [0.25, 0.75], method=m), [low, high])}
    if n in (3, 5, 10):
        print("%2d seeds: gnuplot %g to %g, NumPy %g to %g" % (n, low, high, *np.quantile(x, [0.25, 0.75])))
print("methods that fit 1 to 12 values:", *sorted(fit))
E2
compare <<'E2'
 3 seeds: gnuplot 1 to 3, NumPy 1.5 to 2.5
 5 seeds: gnuplot 2 to 4, NumPy 2 to 4
10 seeds: gnuplot 3 to 8, NumPy 3.25 to 7.75
methods that fit 1 to 12 values: averaged_inverted_cdf
E2
