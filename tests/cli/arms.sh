#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Commands on finished runs: compare, export, validate, status, merge, and show --where.
# shellcheck source-path=SCRIPTDIR source=common.sh
source "$(dirname "$0")/common.sh"
sed 's/^  seed: .*/  gap: [2, 3]\n  seed: 1..3/; s/^measure:.*/&\ncompare: [{a: gru, b: rnn, metric: accuracy, margin: 0.05}]/' "$here/tiny.yaml" >tiny.yaml
expect 0 run tiny.yaml -j 2 -q

# Debian's Python, whose h5py reads the results files; what needs it is left out where it is missing.
has_h5py() {
  /usr/bin/python3 -c 'import h5py' 2>/dev/null
}

# compare: table, JSON against the trials themselves, the gate, what cannot be compared.
expect 0 compare tiny
says err "margin 0.05, declared by the recipe; pairs by seed within equal gap"
says err "next: "
[ "$(wc -l <out)" -eq 4 ] || fail "compare: not a header, two gaps and all groups"
says out "all groups"
expect 0 compare tiny --a gru --b rnn --json
silent err
cp out compared
json "len(j['runs']) == 1 and len(j['runs'][0]['questions']) == 1 and len(j['over_tasks']) == 1"
json "[c['group'] for c in j['runs'][0]['questions'][0]['comparisons']] == ['gap 2', 'gap 3', None]"
json "j['runs'][0]['questions'][0]['metric'] == 'accuracy' and j['runs'][0]['looks'] == []"
json "all(c['outcome'] in ('a better', 'b better', 'equivalent', 'undecided') for c in j['runs'][0]['questions'][0]['comparisons'])"
json "all(c['tried_a'] == c['pairs'] == 3 for c in j['runs'][0]['questions'][0]['comparisons'][:2])"
expect 0 show tiny --json
cp out shown
python3 - <<'END' || fail "compare: not the differences of the trials"
import json, statistics
trials = json.load(open("shown"))["trials"]
for found in json.load(open("compared"))["runs"][0]["questions"][0]["comparisons"][:2]:
    gap = int(found["group"].split()[1])
    by_seed = {cell: {t["seed"]: t["accuracy"] for t in trials if t["cell"] == cell and t["gap"] == gap}
               for cell in ("gru", "rnn")}
    a, b = ([by_seed[cell][seed] for seed in (1, 2, 3)] for cell in ("gru", "rnn"))
    d = [x - y for x, y in zip(a, b)]
    mean, half = statistics.mean(d), 4.302652729911275 * statistics.stdev(d) / 3 ** 0.5
    wins = sum((x > y) + (x == y) / 2 for x in a for y in b) / 9
    assert abs(found["difference"]["estimate"] - mean) < 1e-12
    assert abs(found["difference"]["high"] - mean - half) < 1e-9
    assert abs(found["improvement"]["estimate"] - wins) < 1e-12
    assert found["solved_a"] == sum(x >= 0.9 for x in a)
END
expect 0 compare tiny --metric nll --lower --margin 0.5 -v
says err "nll, lower is better; margin 0.5, as requested"
says out "TOST"
expect 0 compare tiny --all-statistics
says out "almost stochastic order"
says out "intervals (BCa) from 30 seeds on"
says out "pairs for 80 % power"
says out "over tasks: interquartile mean of accuracy"
expect 0 compare tiny --all-statistics --where seed=1
says out "one pair gives no estimate of the spread"
grep -q "accuracy, 1 pair$" out || fail "$last: the number of pairs is not in words"
grep -q affordable out && fail "$last: pairs that are needed, where nothing is known of the spread"
# A trial counts once, also when a copy of its run is given.
cp runs/tiny.h5 copy.h5
expect 0 compare tiny copy.h5
says err "copy.h5 has trials in common with"
[ "$(grep -A2 '^over tasks' out | tail -1 | awk '{print $4}')" = 2 ] || fail "$last: a copy counts as tasks of its own"
rm copy.h5
expect 0 compare tiny --metric steps_to_solve --a gru --b rnn --solved 0.3
says out "log-rank p"
expect 0 compare tiny --metric steps_to_solve --a gru --b rnn
says err "solved at 0.9"
expect 0 compare tiny --where 'gap=2'
[ "$(wc -l <out)" -eq 2 ] || fail "compare --where: not one comparison"
expect 0 compare tiny --by gap
says err "within equal cell"
expect 0 compare tiny --metric nll --fail-above 1000
expect 1 compare tiny --metric nll --fail-above 1e-6 --json
says err "times worse"
expect 2 compare tiny --a lstm
says err "available: rnn, gru"
expect 2 compare tiny --by seed
expect 2 compare tiny --by cel
expect 2 compare tiny --metric acc
expect 2 compare tiny --margin 0
expect 2 compare tiny --by backend
says err "all trials have the same backend"
expect 2 compare
expect 5 compare tyni

# show --where
expect 0 show tiny --where 'cell=gru,lstm gap>=3 seed!=2' --csv --cols cell,gap,seed
[ "$(tail -n +2 out | sort)" = "$(printf 'gru,3,1\ngru,3,3')" ] || fail "show --where: other rows"
expect 0 show tiny --where 'lr<=0.01 accuracy>=0' --csv --cols id
[ "$(wc -l <out)" -eq 13 ] || fail "show --where: not all twelve trials"
expect 2 show tiny --where 'gapp=3'
says err "did you mean 'gap'?"
expect 2 show tiny --where 'gap=30'
says err "no trial meets"
expect 2 show tiny --where 'cell>gru'
expect 2 show tiny --where 'gap>=x'
expect 2 show tiny --where 'gap'

# export
expect 0 export tiny --csv
grep -q '^[a-z_,]*accuracy,accuracy_mean_low' out || fail "export --csv: no intervals"
[ "$(wc -l <out)" -eq 5 ] || fail "export --csv: not four arms"
expect 0 export tiny --csv --trials --where 'cell=gru'
[ "$(wc -l <out)" -eq 7 ] || fail "export --csv --trials: not six trials"
expect 0 export tiny --markdown
sed -n 2p out | grep -q '^|---' || fail "export --markdown: no rule under the header"
[ "$(awk -F'|' '{ print NF }' out | sort -u | wc -l)" -eq 1 ] || fail "export --markdown: uneven rows"
expect 0 export tiny --latex
says out '\toprule'
says out 'cell\_parameters'
[ "$(grep -c '\\\\$' out)" -eq 5 ] || fail "export --latex: not a header and four arms"
expect 0 export tiny --tensorboard logs
says out "12 event files in logs"
python3 "$here/read_events.py" logs >events || fail "export --tensorboard: not what TensorBoard reads"
if has_h5py; then
/usr/bin/python3 - <<'END' || fail "export --tensorboard: other numbers than /curves"
import glob, struct
import h5py
file = h5py.File("runs/tiny.h5")
single = lambda x: struct.unpack("f", struct.pack("f", x))[0]
wanted = sorted((int(row["step"]), single(row["train_loss"])) for row in file["curves"] if row["train_loss"] == row["train_loss"])
lines = [line.split() for line in open("events")]
got = sorted((int(step), float(value)) for _, tag, step, value in lines if tag == "train_loss")
assert got and got == wanted, (got[:3], wanted[:3])
END
fi
mv logs before
expect 0 export tiny --tensorboard logs
diff -r before logs >out || fail "export --tensorboard: other bytes the second time"
sleep 1 # a results file of another second, as after more trials: not a second curve beside the first
expect 0 merge tiny
expect 0 export tiny --tensorboard logs
[ "$(find logs -type f | wc -l)" -eq 12 ] || fail "export --tensorboard: leaves the files of the last export"
# Many swept settings make no folder's name that is too long.
sed 's/^name: .*/name: many/' "$here/tiny.yaml" >many.yaml
settings=(momentum decay beta1 beta2 clip_norm clip_value state_start lr_factor lr_least weight_noise)
printf 'zip: {%s}\n' "$(printf '%s: [0.123456789, 0.1], ' "${settings[@]}" | sed 's/, $//')" >>many.yaml
expect 0 run many.yaml quick -q -o elsewhere
expect 0 export elsewhere/many-quick --tensorboard many
says out "4 event files in many"
# A trial under two matchings counts under each that is asked for, as in show.
{ sed 's/^name: .*/name: both/' "$here/tiny.yaml"; printf 'match: [width, parameters]\n'; } >both.yaml
expect 0 run both.yaml quick -q -o elsewhere
expect 0 export elsewhere/both-quick --csv --trials --where matching=parameters --cols cell
[ "$(sort out)" = "$(printf 'cell\ngru\nrnn')" ] || fail "$last: a cell is missing"
expect 2 export elsewhere/both-quick --csv --cols ''
says err 'names no column'
expect 2 show elsewhere/both-quick --cols ''
says err 'names no column'
expect 0 export elsewhere/both-quick --tensorboard both --where matching=parameters
says out "2 event files in both"
expect 0 export elsewhere/both-quick --tensorboard each --where cell=gru
says out "2 event files in each"
expect 2 export tiny
says err "which format?"
expect 2 export tiny --csv --latex
expect 2 export tiny --latex --trials
touch taken
expect 5 export tiny --tensorboard taken/logs

# validate
expect 0 validate tiny runs/tiny.h5
[ "$(wc -l <out)" -eq 2 ] || fail "validate: not two lines"
head -c 3000 runs/tiny.h5 >torn.h5
expect 4 validate torn.h5 tiny
says err "torn.h5"
says out "runs/tiny.h5"
expect 5 validate tyni

# status and merge: the same numbers from the trial files, again and again; missing trials are named.
numbers() {
  "$program" show tiny --json 2>err | grep -v '"created"'
}
numbers >made
rm runs/tiny.h5
expect 0 status --json
json "j == [{'run': 'tiny', 'state': 'finished', 'planned': 12, 'finished': 12, 'failed': 0, 'missing': 0, 'final': 12, 'results file': 'no', 'held by': None}]"
expect 0 merge tiny
says out "runs/tiny.h5"
says err "12 of 12 trials merged"
numbers >merged
cmp -s made merged || fail "merge: other numbers than the run's own file"
expect 0 validate tiny
has_h5py && ! /usr/bin/python3 -c 'import h5py; assert h5py.File("runs/tiny.h5")["grid/accuracy"].shape == (2, 2, 3)' && fail "merge: no grid"
expect 0 run tiny.yaml -j 2
says err "(12 before)"
expect 0 merge runs/tiny/
numbers >merged
cmp -s made merged || fail "merge: other numbers the second time"
trial=$(find runs/tiny/trials -name '*.h5' | sort | head -1)
mv "$trial" kept
expect 3 merge tiny
says err "missing: $(basename "$trial" .h5) (final)"
says err "11 of 12 trials merged"
# The gate does not pass an arm that lacks a trial; that the other one lacks it may only hide that this one is better.
passed=0
for arms in '--a gru --b rnn' '--a rnn --b gru'; do
  # shellcheck disable=SC2086 # two options
  "$program" compare tiny --metric nll $arms --fail-above 1000 >out 2>err && passed=$((passed + 1)) ||
    grep -q "has no value in 1 of 3 pairs" err || fail "compare --fail-above: does not say why it fails"
done
[ "$passed" -eq 1 ] || fail "compare --fail-above: passed $passed of 2 directions, where one arm lacks a trial"
expect 0 status tiny --json
json "j[0]['state'] == 'open' and j[0]['missing'] == 1"
printf '%s cell=rnn: ran out of luck\n' "$(basename "$trial" .h5)" >runs/tiny/failed.txt
expect 0 status tiny
says err "ran out of luck"
grep -q 'failed' out || fail "status: a failed trial is not shown"
expect 3 merge tiny
says err "failed: $(basename "$trial" .h5) (final): ran out of luck"
says err "--retry-failed"
rm runs/tiny/failed.txt
mv kept "$trial"
exec 9>>runs/tiny/run.lock
flock 9
expect 5 merge tiny
says err "in use by"
exec 9>&-
expect 0 merge tiny
expect 5 merge tyni
expect 5 status tyni
mkdir -p runs/odd
printf 'name: odd\n' >runs/odd/plan.yaml
expect 4 merge odd
expect 4 status
says err "runs/odd/plan.yaml"
says out tiny

# A plan larger than a recipe may be.
mkdir -p runs/wide
{
  printf 'name: wide\nswept: [seed]\nrecipe: |\n  name: wide\ntrials:\n'
  for i in $(seq 4000); do
    printf '  - {id: %032x, stage: final, cell: "gru", note: "%0300d", seed: %d}\n' "$i" 0 "$i"
  done
} >runs/wide/plan.yaml
expect 0 status wide --json
json "j[0]['planned'] == 4000 and j[0]['finished'] == 0"

# A margin that is edited after the first trial is reported wherever the result is shown, and does not count.
cat >adding.yaml <<'END'
name: adding
task: {name: adding, length: 6, examples: 20}
model: {hidden: 4, backend: reference}
train: {batch: 4, steps: 20}
sweep: {cell: [gru, lstm], seed: 1..3}
compare: [{a: gru, b: lstm, metric: accuracy, margin: 0.02}]
END
expect 0 run adding.yaml
expect 0 compare adding
grep -q "changed from" err && fail "compare: a change where there is none"
sed -i 's/0.02/0.3/' adding.yaml
expect 0 run adding.yaml
expect 0 compare adding
says err "compare[1].margin changed from 0.02 to 0.3 after 6 trials"
says err "margin 0.02, declared by the recipe"
expect 0 show adding
says err "compare[1].margin changed from 0.02 to 0.3 after 6 trials"
expect 0 verdict -v adding
says out "run adding: compare[1].margin changed from 0.02 to 0.3 after 6 trials"
expect 0 report adding -o edited.html
grep -q "compare\[1\].margin changed from 0.02 to 0.3 after 6 trials" edited.html || fail "report: no word of the change"

# A gradient can overflow where the loss does not.
cat >steep.yaml <<'END'
name: steep
task: {name: adding, length: 20, examples: 50}
model: {cell: rnn_relu, hidden: 4, backend: reference, init: "uniform:10"}
train: {steps: 1, batch: 4}
sweep: {seed: 7}
END
expect 0 run steep.yaml
says err "diverged at step 1: its gradient is not finite"
expect 0 run steep.yaml init=uniform:1000000
says err "diverged at step 1: its loss is not finite"
expect 0 run steep.yaml init=uniform:1 optimizer=sgd lr=1000 clip_norm=0
says err "diverged at step 1: its validation loss is not finite"

# Every trial diverged: the columns are there, without a number, and what was declared is what is compared.
cat >lost.yaml <<'END'
name: lost
task: {name: adding, length: 30, examples: 20}
model: {hidden: 8, backend: reference}
train: {optimizer: sgd, lr: 1000, batch: 8, steps: 60, evaluate_every: 20, clip_norm: 0}
sweep: {cell: [gru, lstm], seed: 1..4}
compare: [{a: gru, b: lstm, metric: mse, margin: 0.1}]
END
expect 0 run lost.yaml -q
expect 0 show lost --trials --csv --cols status,mse,accuracy,loss
[ "$(tail -n +2 out | sort -u)" = "diverged,,," ] || fail "$last: not four cells without a number"
expect 2 show lost --where 'mse<1'
says err "no trial meets"
expect 0 compare lost
says err "mse, lower is better; margin 0.1, declared by the recipe"
says out "undecided: gru diverged in 4 of 4 pairs, lstm diverged in 4"
if has_h5py; then
  /usr/bin/python3 - <<'PYTHON' || fail "the results file lacks metrics of diverged trials"
import h5py, numpy
with h5py.File("runs/lost.h5") as file:
    assert all(numpy.isnan(file[where]["mse"][()]).all() for where in ("runs", "grid"))
PYTHON
fi

# A claim about cells of one's own.
cat >claims.yaml <<'END'
claims:
  - {id: M1, title: mine is smaller, statement: s, rule: r, judge: parameters, a: gru, b: lstm, recipes: [adding],
     thresholds: {ratio: 0.8}}
END
expect 0 verdict --claims claims.yaml adding --json
json "j['claims'][0]['claim'] == 'M1' and j['claims'][0]['outcome'] == 'supported'"
json "j['claims'][0]['changes'][0].startswith('run adding: the claim was added after the run started')"
# A file and a plan of a version that did not record what was swept: all arms would be one.
cp "$here/tiny.yaml" .
expect 0 run tiny.yaml -q -o older
if has_h5py; then
  /usr/bin/python3 - <<'PYTHON'
import h5py
data = open("older/tiny.h5", "rb").read()
open("older.h5", "wb").write(data[:data.rindex(b"\ngatebench checksum")])
with h5py.File("older.h5", "r+") as file:
    del file["provenance/swept"]
PYTHON
  for command in show compare validate verdict; do
    expect 4 "$command" older.h5
    says err "older.h5: an older gatebench wrote it, which did not record what was swept"
    says err "run its recipe again"
  done
fi
sed -i '/^swept: /d' older/tiny/plan.yaml
expect 4 merge older/tiny
says err "which did not record what was swept; run its recipe again"
rm older/tiny.h5
expect 0 run tiny.yaml -q -o older
expect 0 show older/tiny.h5 --summary --csv
[ "$(wc -l <out)" -eq 3 ] || fail "$last: not an arm a cell"
finish
