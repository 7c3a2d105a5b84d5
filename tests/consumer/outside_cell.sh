#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# A cell from a shared object goes through an experiment like a built-in one: runs, measures, figures and a verdict.
# outside_cell.sh <gatebench> <leaky.so>
# shellcheck source-path=SCRIPTDIR source=../cli/common.sh
source "$(dirname "$0")/../cli/common.sh"
cp "$2" leaky.so
cat >own.yaml <<'END'
name: own
task: {name: recall, gap: 3, examples: 20}
model: {hidden: 4, backend: onednn}
train: {batch: 4, steps: 20}
sweep: {cell: [leaky, gru], forget_bias: [init, 2], seed: 1..3}
measure: [accuracy, nll, gradient_by_lag, spectrum, time_constants, memory_capacity, memory_kept]
measure_options: {lags: 6, probes: 2}
compare: [{a: leaky, b: gru, metric: accuracy, margin: 0.02}]
figures: [learning_curves, gradient_by_lag]
END

# Without the variable the cell is unknown; a file that cannot be loaded is named.
expect 2 run own.yaml
says err "leaky"
export GATEBENCH_CELLS=./missing.so
expect 4 list cells
says err "missing.so"
printf 'int nothing;\n' >empty.c
if cc -shared -fPIC empty.c -o empty.so 2>/dev/null; then
  GATEBENCH_CELLS=empty.so expect 4 list cells
  says err "empty.so: it exports no gatebench_cells"
fi
export GATEBENCH_CELLS=leaky.so:leaky.so
expect 2 list cells
says err "the name is taken"
export GATEBENCH_CELLS=leaky.so

expect 0 list cells
says out "Tallec & Ollivier 2018"
expect 0 params --cell leaky,gru --input 4 --hidden 4
says out leaky
expect 0 params
says out leaky
expect 0 bench --cell leaky --hidden 8 --steps 4 --batch 2
expect 0 run own.yaml -j 2
expect 0 show own --json
json "len([t for t in j['trials'] if t['cell'] == 'leaky' and t['nll'] > 0]) == 6"
json "all(t['longest_time_constant'] > 0 and t['lyapunov'] < 0 and t['memory_capacity'] > 0 and t['memory_kept'] > 0 for t in j['trials'] if t['cell'] == 'leaky')"
expect 0 compare own
says out leaky
cat >claims.yaml <<'END'
claims:
  - {id: M1, title: mine is smaller, statement: s, rule: r, judge: parameters, a: leaky, b: gru, recipes: [own],
     thresholds: {ratio: 0.9}}
END
expect 0 verdict --claims claims.yaml own --json
json "j['claims'][0]['outcome'] == 'supported'"
if command -v gnuplot >/dev/null; then
  expect 0 plot own --format svg
  for figure in learning_curves gradient_by_lag; do
    grep -q leaky "$(find . -name "*$figure*.csv" | head -1)" || fail "$figure: no row of the cell"
  done
fi

# Another build of the cell is another cell: its trials are run again.
cp leaky.so other.so
printf '\0' >>other.so
GATEBENCH_CELLS=other.so expect 0 run own.yaml
says err "(6 before)"
finish
