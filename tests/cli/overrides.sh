#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Runs with overrides have a folder and results file of their own: results of other settings are never replaced without
# a message, and commands find such a run by the words of its run command.
# shellcheck source-path=SCRIPTDIR source=common.sh
source "$(dirname "$0")/common.sh"
cp "$here/tiny.yaml" tiny.yaml

# Runs with other settings do not change a byte of the recipe's own results.
expect 0 run tiny.yaml quick -q -j 2
cp runs/tiny-quick.h5 before.h5
expect 0 run tiny.yaml quick gap=3 cell=gru -q -j 2
says out "runs/tiny-quick+cell=gru+gap=3.h5"
cmp -s before.h5 runs/tiny-quick.h5 || fail "$last: the results of the recipe were replaced"
expect 0 run tiny.yaml quick cell=gru gap=3
says err "(1 before)"
expect 0 run tiny.yaml cell=rnn seed=1,2,3 init=uniform:0.1 -q
says out "runs/tiny+cell=rnn+init=uniform_0.1+seed=1..3.h5"
expect 0 run tiny.yaml "gap=$(seq -s, 1 2 60)" --dry-run
says err "/tiny+gap=1,3,5,7,9,11,13,15,17,19,21,23,25,27,29,31,+"

# The number of threads is part of what makes a trial, so -t is an override.
expect 0 run tiny.yaml -t 2 cell=gru seed=1 -q
says out "runs/tiny+cell=gru+seed=1+threads=2.h5"
expect 0 show runs/tiny+cell=gru+seed=1+threads=2.h5 --trials --cols threads --csv
[ "$(tail -1 out)" = 2 ] || fail "$last: not 2 threads"
# More threads than cores run nevertheless, with a warning.
expect 0 run tiny.yaml -t 1024 cell=gru seed=1 --dry-run
says err "trials of 1024 threads share"
expect 2 run tiny.yaml -t 4097

# Commands take the words that made the run, in any order, and its name.
for command in show validate "export --csv" status plot merge; do
  # shellcheck disable=SC2086
  expect 0 $command tiny.yaml quick gap=3 cell=gru
done
expect 0 show tiny-quick+cell=gru+gap=3
expect 5 show tiny.yaml quick gap=4 cell=gru
says err "tiny-quick+cell=gru+gap=4"

# Verdict and report use the recipes' own runs; a run with overrides counts if it is named, and is provisional.
sed 's/^name: tiny/name: recall/' tiny.yaml >recall.yaml
expect 0 run recall.yaml gap=3 cell=gru,rnn -q
expect 0 verdict
says err "made with overrides"
grep -q "recall+" out && fail "verdict: a run with overrides is evidence unasked"
expect 0 verdict -v "recall+cell=gru,rnn+gap=3"
# A folder may be given in place of the results files in it.
mkdir folder
cp "$GATEBENCH_RESULTS/recall+cell=gru,rnn+gap=3.h5" folder/recall.h5
expect 0 verdict -v folder/
says err "from: recall+cell=gru,rnn+gap=3"

# Two recipes of one name: nothing runs.
sed 's/gap: 2/gap: 5/' tiny.yaml >other.yaml
expect 2 run tiny.yaml other.yaml -o two
says err "both called tiny"
[ ! -e two ] || fail "$last: something was run"

# After a recipe was edited, trials that are no longer in the results file are reported.
expect 0 run tiny.yaml -q -o edited
expect 0 run other.yaml -q -o edited
says err "4 finished trials of an earlier version of the recipe are no longer in the results file"
expect 0 run tiny.yaml -q -o edited
says err "4 finished trials"
sed 's/question: .*/question: Other words?/' tiny.yaml >words.yaml
expect 0 run words.yaml -q -o edited
grep -q "leave" err && fail "$last: no trial left the results"

# After --until decided the plain run keeps the seeds that were added.
sed 's/^name: tiny/name: looked/; s/^measure:.*/&\ncompare: [{a: gru, b: rnn, metric: nll, margin: 1e-9}]/' tiny.yaml >looked.yaml
expect 0 run looked.yaml --until decided --max-seeds 4 --looks 2 -q
grep -q "^looks: |" runs/looked/declared.yaml || fail "$last: the looks were not declared before the first trial"
cp runs/looked.h5 looked.h5
expect 0 run looked.yaml
says err "uses the 4 seeds"
cmp -s looked.h5 runs/looked.h5 || fail "$last: the results file is another"

# What the looks would refuse later is refused before anything runs.
sed 's/^name: tiny/name: blocks/; s/^sweep:.*/sweep: [{cell: gru, seed: 1..2}, {cell: rnn, seed: 11..12}]/; /^  cell/d; /^  seed/d
s/^measure:.*/&\ncompare: [{a: gru, b: rnn, metric: accuracy, margin: 0.1}]/' tiny.yaml >blocks.yaml
expect 2 run blocks.yaml --until decided --max-seeds 4
says err "different seeds"
sed 's/^name: looked/name: tuned/; s/^train: .*/&\ntune: {lr: [1e-3, 1e-2], seeds: 1}/; s/seed: 1..2/seed: [999, 1000]/' looked.yaml >tuned.yaml
expect 2 run tuned.yaml --until decided --max-seeds 4
says err "tuned cannot have 4 seeds"
says err "seed 1001"
sed 's/^name: looked/name: zipped/; s/^  seed: .*/  zip: {init: [keras, pytorch], seed: [1, 2]}/' looked.yaml >zipped.yaml
expect 2 run zipped.yaml --until decided --max-seeds 4
says err "no row of the zip has '3'"
[ ! -e runs/zipped ] && [ ! -e runs/tuned ] && [ ! -e runs/blocks ] || fail "a run that cannot be looked at was begun"
finish
