#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# What gnuplot accepts as a number in a CSV file.
#
# gnuplot 5.4.4 (Debian 12).
# Expected: text that is not a number is skipped as missing or ends the program, and Fortran's 2d4 is 20,000.
# Observed: gnuplot uses the longest prefix that is a number, without a message: 2d4 is 2, 12d4e5 is 12, 1:30 and
#   1_000 are 1, 5abc is 5; 0x10 is 16 but 010 is 10. So a trial id that begins with a digit is a number. inf and
#   1e400 are not drawn, like nan, but stats counts them (not nan): the mean is then infinite and the median is not.
# gatebench: figures draw only columns of numbers that its own code wrote. A drawn column must not hold names or ids,
#   and a missing number must be an empty field.
set -euo pipefail
# shellcheck source=findings/common.sh
. "$(dirname "$(readlink -f "$0")")/../common.sh"
debian gnuplot-nox >&2
printf 'a,%s\n' 2d4 12d4e5 1:30 1_000 5abc 0x10 010 1e3 inf nan abc 1e400 >values.csv
cat >numbers.gp <<'E2'
set datafile separator ","
set table $drawn
plot "values.csv" using 0:2:(strcol(2)) with labels
unset table
do for [i = 1:|$drawn|] { print $drawn[i] }
stats "values.csv" using 2 nooutput
print sprintf("stats: %d records, mean %g, median %g", STATS_records, STATS_mean, STATS_median)
E2
numbers() { gnuplot numbers.gp 2>&1 | grep -E '^ ?[0-9]|stats' | sed 's/^ *[0-9]* *\([^ ]*\) *"\(.*\)".*/\2 -> \1/'; }
see numbers
compare <<'E2'
2d4 -> 2
12d4e5 -> 12
1:30 -> 1
1_000 -> 1
5abc -> 5
0x10 -> 16
010 -> 10
1e3 -> 1000
stats: 10 records, mean inf, median 11
E2
