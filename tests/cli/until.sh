#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# run --until decided: seeds are added at declared looks, the looks are recorded, and compare uses the looks that were taken.
# shellcheck source-path=SCRIPTDIR source=common.sh
source "$(dirname "$0")/common.sh"
sed 's/^name: .*/name: wide/; s/hidden: 4/hidden: 8/; s/examples: 20/examples: 100/; s/steps: 6/steps: 40/
s/^  seed: .*/  gap: [2, 4]\n  seed: 1..3/; s/^measure:.*/&\ncompare: [{a: gru, b: rnn, metric: accuracy, margin: 0.02}]/
s/seed: \[1\]/seed: 1..2/' "$here/tiny.yaml" >wide.yaml

# What is refused before anything runs.
expect 2 run wide.yaml --until decided
says err "needs --max-seeds"
expect 2 run wide.yaml --until converged --max-seeds 9
expect 2 run wide.yaml --max-seeds 9
expect 2 run wide.yaml --until decided --max-seeds 9 --shard 1/2
says err "a shard has only its own"
expect 2 run "$here/tiny.yaml" --until decided --max-seeds 9
says err "declares no comparison with a margin"
[ ! -e runs/tiny ] || fail "a run that cannot be decided was begun"
expect 2 run wide.yaml --until decided --max-seeds 2 -q
says err "begins with 3 seeds"
expect 2 run wide.yaml seed=1 --until decided --max-seeds 9 -q
says err "begins with 1 seed;"
[ ! -e runs/wide ] || fail "a run that cannot be looked at was begun"

# One gap is decided at once or later, the other needs more seeds; the looks are printed and recorded.
expect 0 run wide.yaml --until decided --max-seeds 9 --looks 3 -j 2
says err "look 1 of 3, 3 seeds: gru, rnn, accuracy, gap 2: undecided"
says err "look 2 of 3, 6 seeds"
says out "wide.h5"
[ "$(grep -c '^  - {seeds:' runs/wide/looks.yaml)" -eq 3 ] || fail "looks.yaml: not three looks declared"
grep -q '^taken:' runs/wide/looks.yaml || fail "looks.yaml: nothing of what was seen"
expect 0 compare wide
says err "seeds were added until decided: look"
grep -q 'a - b (95 %)' out && fail "compare: the interval of a single look"
expect 0 compare wide --json
json "j['runs'][0]['looks'] == [3, 6, 9] and 0 < j['runs'][0]['level_difference'] < 0.05"
json "all(c['pairs'] >= 6 for c in j['runs'][0]['questions'][0]['comparisons'])"
cp out first

# Again: the same looks and no new trial; with other workers, the same numbers; other looks are refused.
count() { find runs/wide/trials -name '*.h5' | wc -l; }
before=$(count)
expect 0 run wide.yaml --until decided --max-seeds 9 --looks 3 -q
[ "$(count)" -eq "$before" ] || fail "running again ran more trials"
expect 0 run wide.yaml --until decided --max-seeds 9 --looks 3 -q -j 1 -o one
expect 0 compare one/wide.h5 --json
sed 's/"path": .*//' first >first-numbers
sed 's/"path": .*//' out >out-numbers
cmp -s first-numbers out-numbers || fail "one worker gives other numbers than two"
expect 2 run wide.yaml --until decided --max-seeds 10 --looks 3 -q
says err "would spend alpha twice"
expect 2 run wide.yaml --until decided --max-seeds 9 --looks 2 -q
says err "would spend alpha twice"
# A rebuilt file keeps the looks; the plain run keeps them and the seeds that were added.
expect 0 merge wide
expect 0 compare wide --json
sed 's/"path": .*//' out >out-numbers
cmp -s first-numbers out-numbers || fail "merge lost the looks"
expect 0 run wide.yaml -q
expect 0 compare wide --json
sed 's/"path": .*//' out >out-numbers
cmp -s first-numbers out-numbers || fail "the plain run lost the seeds that were added"
expect 0 run wide.yaml --until decided --max-seeds 9 --dry-run -o dry
says err "up to 9 per arm"
[ ! -e dry ] || fail "a dry run left files"
finish
