#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# probe on a trial: which trial is trained again, that its scores are the same to the last digit, and what is refused.
# shellcheck source-path=SCRIPTDIR source=../cli/common.sh
source "$(dirname "$0")/../cli/common.sh"
cp "$here/tiny.yaml" .
expect 0 run tiny.yaml -q

# id CONDITIONS: the only trial that meets them.
id() {
  "$program" show tiny --trials --csv --cols id --where "$1" | tail -n +2
}

# best SCORE RUN [CONDITIONS]: the id of the trial with the highest score.
best() {
  "$program" show "$2" --trials --json ${3:+--where "$3"} | python3 -c 'import json, sys
print(max(json.load(sys.stdin)["trials"], key=lambda t: t[sys.argv[1]])["id"])' "$1"
}

# Of several the best on validation data, which is not always the best on test data.
expect 0 run tiny.yaml -q cell=gru seed=1..8
many=tiny+cell=gru+seed=1..8
best=$(best valid_accuracy $many 'seed!=1')
[ "$best" != "$(best accuracy $many 'seed!=1')" ] || fail "the same trial is best on both; take other seeds"
expect 0 probe $many --where 'seed!=1' --lags 10 --json
json "j['trial'] == '$best'"
best=$(best valid_accuracy tiny)
expect 0 probe tiny --lags 10
says out "tiny, trial $best: 3 layers"
says out "the best of 4 trials by valid_accuracy"
says out "all identical to the run's, to the last digit"
says out "linear memory capacity"
says err "training trial ${best:0:8} of tiny again"
says err "it took"
says err "gatebench plot probe-tiny-${best:0:6}"
expect 0 validate "runs/probe-tiny-${best:0:6}.h5"

# Every single trial: its own id, its own scores, and a report of its own; by name, file and folder.
: >reports
for cell in rnn gru; do
  for seed in 1 2; do
    expect 0 probe tiny --where "cell=$cell seed=$seed" --lags 10 --json
    json "j['trial'] == '$(id "cell=$cell seed=$seed")' and j['scores_as_in_run'] and j['cell'] == '$cell'"
    grep -A 11 log10_gradient out | md5sum >>reports
  done
done
for run in runs/tiny.h5 runs/tiny; do
  cp out named
  expect 0 probe $run --where 'cell=gru seed=2' --lags 10 --json
  cmp -s out named || fail "$run: another report than by the run's name"
done
[ "$(sort -u reports | wc -l)" -eq 4 ] || fail "not four reports of four trials"

# Measurements replace earlier ones, and no other run.
expect 0 probe tiny --lags 5 --name mine
expect 0 probe tiny --lags 6 --name mine --json
json "j['run'] == 'mine'"
find runs -type f -exec md5sum {} + | sort >before
cp runs/tiny.h5 runs/alone.h5
for name in tiny alone; do
  expect 2 probe tiny --name $name
  says err "there is a run $name already"
  expect 2 probe "$here/../golden/interchange/keras/0.keras" --name $name
  says err "there is a run $name already"
done
cp runs/tiny.h5 runs/probe-0.h5
expect 2 probe "$here/../golden/interchange/keras/0.keras"
says err "there is a run probe-0 already"
rm runs/alone.h5 runs/probe-0.h5
find runs -type f -exec md5sum {} + | sort | cmp -s - before || fail "probe changed another run"

# Its weights: the file that is saved has the same memory as the trial itself.
for file in gru.safetensors gru.weights.h5; do
  expect 0 probe tiny --where 'cell=gru seed=2' --lags 10 --save "$file" --json
  grep -A 400 '"cell"' out >trial
  activations=(--activations softmax)
  expect 0 probe "$file" "${activations[@]}" --lags 10 --json
  grep -A 400 '"cell"' out | cmp -s - trial || fail "$file: another memory than the trial's"
done
expect 2 probe tiny --save gru.txt
says err "networks are saved as"

# Scores that differ are told: the results of another build, another machine, other data.
file=runs/tiny/trials/$(id 'cell=gru seed=1').h5
cp "$file" kept.h5
/usr/bin/python3 - "$file" <<'END' || exit 77
import h5py, sys
with h5py.File(sys.argv[1], "r+") as f:
    table = f["fields"]
    if isinstance(table, h5py.Group):
        table["loss"][...] = table["loss"][...] * (1 + 2**-52)
    else:
        rows = table[...]
        rows["loss"] *= 1 + 2**-52
        table[...] = rows
END
expect 0 probe tiny --where 'cell=gru seed=1' --lags 10
says err "warning: loss is now"
says out "different from the run's"
expect 0 probe tiny --where 'cell=gru seed=1' --lags 10 --json
json "not j['scores_as_in_run']"
mv kept.h5 "$file"

# The task's own file is found again, and a file with other content is told.
seq 2000 | tr '\n' ' ' >book.txt
cat >book.yaml <<'END'
name: book
question: Is its file found again?
task: {name: text, file: book.txt}
model: {cell: gru, hidden: 4, embedding: 0}
train: {steps: 6, batch: 4}
measure: [bits]
END
expect 0 run book.yaml -q
expect 0 probe book --lags 5 --json
json "j['scores_as_in_run'] and j['cell'] == 'gru'"
tr 1 2 <book.txt >other && mv other book.txt
expect 0 probe book --lags 5 --json
json "not j['scores_as_in_run']"
says err "the data, the task's version or the backend's version have changed"

# What cannot be.
expect 2 probe tiny --where cell=lstm
says err "no trial meets the condition 'cell=lstm'; cell is rnn, gru"
expect 2 probe tiny --where sell=lstm
says err "did you mean 'cell'"
expect 2 probe tiny --from keras
says err "tiny is a run"
expect 2 probe "$here/../golden/interchange/keras/0.keras" --where seed=1
says err "is a file of weights"
expect 5 probe tyni
says err "did you mean 'tiny'?"
expect 2 probe "probe-tiny-${best:0:6}"
says err "its trials (probe) train no network"
cp runs/tiny.h5 alone.h5
expect 4 probe alone.h5
says err "the folder of the run must be beside"
mv runs/tiny elsewhere
expect 4 probe tiny
says err "needs the run's folder"
mv elsewhere runs/tiny

cat >kinds.yaml <<'END'
name: kinds
question: Is there a network?
kind: count
sweep: {cell: [lstm, gru]}
measure: [parameters]
END
expect 0 run kinds.yaml -q
expect 2 probe kinds
says err "its trials (count) train no network"

cat >worst.yaml <<'END'
name: worst
question: What has no memory?
task: {name: order}
model: {hidden: 8, embedding: 4, backend: reference}
train: {steps: 40, batch: 8, optimizer: sgd, lr: 1000, clip_norm: 0}
sweep: {cell: [rnn_relu, bag]}
measure: [accuracy]
END
expect 0 run worst.yaml -q
expect 2 probe worst --where cell=rnn_relu
says err "diverged"
expect 2 probe worst --where cell=bag
says err "network bag has no state"
expect 0 run worst.yaml -q lr=0.01 initial_state=learned cell=rnn
expect 2 probe worst+cell=rnn+initial_state=learned+lr=0.01
says err "learned initial states"

# Ctrl-C while it trains.
write_slow_recipe 1600 1
expect 0 run slow.yaml -q
for signal in INT:130 TERM:3; do
  "$program" probe slow >out 2>err </dev/null &
  for _ in $(seq 3000); do
    grep -q training err && break
    sleep 0.02
  done
  kill "-${signal%:*}" $!
  wait $!
  code=$?
  last="gatebench probe slow"
  [ "$code" -eq "${signal#*:}" ] || fail "SIG${signal%:*}: exit code $code"
  says err "nothing was written"
  silent out
done
[ -z "$(find runs -name 'probe-slow*')" ] || fail "a stopped probe left a run"

finish
