#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# What libgomp reports about spinning of idle threads.
#
# libgomp 12.2 (Debian 12's gcc-12).
# Expected: OMP_DISPLAY_ENV shows the policy: PASSIVE threads sleep, ACTIVE threads spin.
# Observed: without OMP_WAIT_POLICY it prints 'PASSIVE' too, but spins 300,000 times at every barrier. With
#   OMP_WAIT_POLICY=passive it prints the same word and spins 0 times. Only GOMP_SPINCOUNT in the verbose form shows
#   the difference. On a busy machine the two differ by a factor of ten in the time of a small recurrent layer.
# gatebench: a run with several threads per worker needs OMP_WAIT_POLICY=passive unless the user chose a policy. The
#   record of a run must use the variable, not libgomp's report.
set -euo pipefail
# shellcheck source=findings/common.sh
. "$(dirname "$(readlink -f "$0")")/../common.sh"
debian gcc libgomp1 >&2
printf 'int main(void) {\n#pragma omp parallel\n    { }\n    return 0;\n}\n' >parallel.c
gcc -fopenmp parallel.c -o parallel
policies() {
  local setting
  for setting in OMP_DYNAMIC=false OMP_WAIT_POLICY=passive OMP_WAIT_POLICY=active GOMP_SPINCOUNT=0; do
    echo "$setting:"
    env -u OMP_WAIT_POLICY -u GOMP_SPINCOUNT OMP_NUM_THREADS=2 OMP_DISPLAY_ENV=verbose "$setting" ./parallel 2>&1 |
      grep -E 'WAIT_POLICY|SPINCOUNT'
  done
}
see policies
compare <<'E2'
OMP_DYNAMIC=false:
  OMP_WAIT_POLICY = 'PASSIVE'
  GOMP_SPINCOUNT = '300000'
OMP_WAIT_POLICY=passive:
  OMP_WAIT_POLICY = 'PASSIVE'
  GOMP_SPINCOUNT = '0'
OMP_WAIT_POLICY=active:
  OMP_WAIT_POLICY = 'ACTIVE'
  GOMP_SPINCOUNT = '30000000000'
GOMP_SPINCOUNT=0:
  OMP_WAIT_POLICY = 'PASSIVE'
  GOMP_SPINCOUNT = '0'
E2
