#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# bench: every field for every cell and both backends, lists, formats, refusals, and the lock among timing processes.
# shellcheck source-path=SCRIPTDIR source=common.sh
source "$(dirname "$0")/common.sh"
export XDG_RUNTIME_DIR=$work # a lock of our own
tiny=(--steps 3 --batch 2 --input 3 --hidden 4 --repeat 2 --block 1)

# lines EXPRESSION: out is a JSON document a line, and the expression over their list, called j, is true.
lines() {
  python3 -c 'import json, sys
j = [json.loads(line) for line in open("out")]
sys.exit(0 if eval(sys.argv[1]) else 1)' "$1" 2>json-error || fail "$last: not true of its JSON: $1"
}

expect 0 list cells --json
cells=$(python3 -c 'import json
print(",".join(c["cell"] for c in json.load(open("out")) if c["cell"] not in ("bag", "window")))')
expect 0 bench --cell "$cells" --backend reference,onednn "${tiny[@]}" --json
lines "len(j) == 2 * len('$cells'.split(',')) and len(j) >= 22"
lines "all(0 < r[t]['min'] <= r[t]['median'] and len(r[t]['repeats']) == 2 and r[t]['min'] <= min(r[t]['repeats']) * (1 + 1e-9) for r in j for t in ('train_ms', 'forward_ms', 'step_ms', 'sgemm_ms'))"
lines "all(r['gflops'] > 0 and r['sgemm_gflops'] > 0 and r['repeats'] == 2 and r['peak_memory'] > 1e6 for r in j)"
lines "all(r['train_ms']['memory'] > r['forward_ms']['memory'] > 0 < r['step_ms']['memory'] for r in j)"
lines "all(r['cpu'] and r['isa'] and 'oneDNN' in r['libraries'] and r['others'] >= 0 and r['exclusive'] == (r['others'] <= 0.1) for r in j)"
lines "{r['implementation'] for r in j if r['backend'] == 'reference'} == {'reference loops'}"
lines "all(r['implementation'].startswith('matmul + gates (packed') for r in j if r['cell'] == 'mgu' and r['backend'] == 'onednn')"
# 6 T N H (I G + H R) operations
lines "all(abs(r['gflops'] * r['train_ms']['min'] * 1e6 / (6 * 3 * 2 * 4 * 7 * 4) - 1) < 1e-9 for r in j if r['cell'] == 'lstm')"

expect 0 bench --cell lstm,gru --hidden 2,4 --steps 3 --batch 2 --input 3 --repeat 2 --block 1 --bias double --threads 2 --csv
[ "$(wc -l <out)" -eq 5 ] || fail "$last: not four rows"
says out "train_ms"
! grep -q ',-,' out || fail "$last: a missing number is not an empty field"
expect 0 bench "${tiny[@]}"
says out "of sgemm"
says out "packed"
says err "gatebench run speed"

# Rules in the form of lib/backends/onednn/rules.def; of sizes that one rule covers none repeats another.
expect 0 bench --make-rules --cell rnn,gru --hidden 4,8 --batch 1,2 --steps 3 --input 3 --repeat 2 --block 1
grep -vE '^GB_RULE\((avx512_core|avx2|sse41), (rnn|gru), (true|false), [12], [48]\)$' out && fail "$last: not a rule"
[ "$(sort out | uniq -d | wc -l)" -eq 0 ] || fail "$last: a rule twice"
expect 2 bench --make-rules --cell mgu
says err "no such cell"
expect 2 bench --make-rules --json
says err "cannot be combined"

# What oneDNN tells of itself does not come among the data.
ONEDNN_VERBOSE=1 expect 0 bench --cell gru --implementation primitive "${tiny[@]}" --json
lines "len(j) == 1"
says err onednn_verbose
# Threads that wait sleep.
OMP_DISPLAY_ENV=verbose expect 0 bench --cell gru --hidden 4 --steps 2 --batch 2 --repeat 2 --block 1 --threads 2
[ "$(grep GOMP_SPINCOUNT err | tail -1 | tr -dc 0-9)" -eq 0 ] || fail "$last: threads that wait spin"

expect 2 bench --cell lstn
says err "lstm"
expect 2 bench --backend mkl
says err "reference"
expect 2 bench --hidden 4,x
says err "--hidden is 'x'"
expect 2 bench --cell ,
expect 2 bench --repeat 0
expect 2 bench --bias keras
expect 2 bench gru
expect 2 bench --hidden 100000000 --steps 100000000
silent out

# A recipe that times what cannot be timed is refused before anything runs.
cat >timed.yaml <<'YAML'
name: timed
kind: time
sizes: {length: 3}
model: {hidden: 4}
train: {steps: 0}
sweep: {cell: [gru]}
measure: [train_ms]
YAML
expect 2 run timed.yaml cell=window
says err "time one recurrent layer"
expect 2 run timed.yaml layers=2
says err "time one recurrent layer"
expect 0 run timed.yaml repeats=2 -j 4
grep -q "with 1 worker" err || fail "$last: not one worker"
expect 0 task time --json
json "j['shape']['longest'] == 100"

# Only one process times at once: the second names the first, and with --no-wait does not wait.
exec 7>"$work/gatebench-timing.lock"
flock 7
echo "process 4711" >&7
expect 3 bench "${tiny[@]}" --no-wait --json
says err "process 4711 is timing"
silent out
"$program" bench "${tiny[@]}" --json >out 2>err 7>&- &
waiting=$!
for _ in $(seq 600); do
  grep -q waiting err && break
  sleep 0.1
done
last="bench behind a lock"
says err "process 4711 is timing; waiting"
silent out
flock -u 7
wait "$waiting" || fail "$last: exit code $?"
lines "len(j) == 3"
grep -q "process $waiting" gatebench-timing.lock || fail "$last: the lock does not name its holder"
finish
