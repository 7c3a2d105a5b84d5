#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# A run that is stopped by a signal: exit codes, the files that it leaves, and that the same command resumes to the same numbers.
# shellcheck source-path=SCRIPTDIR source=common.sh
source "$(dirname "$0")/common.sh"
write_slow_recipe 400 2
columns=cell,seed,status,steps_run,best_step,train_loss,valid_loss,loss,accuracy

# start: the run in the background, both trials in their middle, as their checkpoints show.
start() {
  rm -rf runs/slow runs/slow.h5
  GATEBENCH_CHECKPOINT_SECONDS=0.05 "$program" run slow.yaml -j 2 >out 2>err </dev/null &
  run=$!
  for _ in $(seq 1200); do
    [ "$(find runs/slow/checkpoints -name '*.1' 2>/dev/null | wc -l)" -eq 2 ] && break
    sleep 0.02
  done
  read -ra workers <"/proc/$run/task/$run/children"
}

# ends CODE: the run that was started ends with that exit code.
ends() {
  wait "$run"
  local code=$?
  last="the run"
  [ "$code" -eq "$1" ] || fail "the run ended with $code, not $1"
}

expect 0 run slow.yaml -j 2 -q
expect 0 show slow --trials --csv --cols $columns
cp out undisturbed

for signal in INT:130 TERM:3 USR1:3 HUP:3; do
  start
  kill "-${signal%:*}" "$run"
  ends "${signal#*:}"
  says err "the same command resumes"
  silent out
  [ -s runs/slow.h5 ] || fail "SIG${signal%:*}: no results file"
  [ -n "$(ls runs/slow/checkpoints 2>/dev/null)" ] || fail "SIG${signal%:*}: no checkpoints"
  expect 0 run slow.yaml -j 2 -q
  expect 0 show slow --trials --csv --cols resumed
  [ "$(sort -u out | tr '\n' ' ')" = "1 resumed " ] || fail "SIG${signal%:*}: not both trials went on"
  expect 0 show slow --trials --csv --cols $columns
  cmp -s out undisturbed || fail "SIG${signal%:*}: other numbers than undisturbed"
done

# The whole foreground group gets a terminal's Ctrl-C; the workers leave it to their parent.
start
kill -INT "${workers[@]}" "$run"
ends 130
[ -n "$(ls runs/slow/checkpoints 2>/dev/null)" ] || fail "Ctrl-C to all: no checkpoints"

# A second one stops at once, without waiting for workers that do not answer, and without a results file.
start
kill -STOP "${workers[@]}"
kill -INT "$run"
until grep -q '^ShdPnd:[[:space:]]*0*$' "/proc/$run/status"; do sleep 0.02; done # the first is delivered
sleep 0.2
kill -0 "$run" 2>/dev/null || fail "one Ctrl-C: ended without waiting for its workers"
kill -INT "$run"
ends 130
[ ! -e runs/slow.h5 ] || fail "two Ctrl-C: not at once"
expect 5 show slow
says err "has no results file yet"
expect 0 run slow.yaml -j 2 -q
expect 0 show slow --trials --csv --cols $columns
cmp -s out undisturbed || fail "two Ctrl-C: other numbers than undisturbed"

# What nohup makes deaf to SIGHUP stays so.
rm -rf runs/slow runs/slow.h5
(
  trap '' HUP
  exec "$program" run slow.yaml -j 2 -q >out 2>err </dev/null
) &
run=$!
until [ -e runs/slow/plan.yaml ] || ! kill -0 "$run" 2>/dev/null; do sleep 0.02; done
kill -HUP "$run"
ends 0

# While --until decided makes its checks, which take a while when there are many looks, it listens already. It reads the
# recipe again for each number of seeds. The recipe is a pipe here, which holds these checks up in their middle: each
# reader gets a pipe of its own, put in place before the text is complete, so that no reader meets the text of another.
sed '/^question/d; s/steps: 400/steps: 1/; s/cell: lstm, //; s/^  seed: .*/  cell: [gru, lstm]\n  seed: 1..2/' slow.yaml >looked.yaml
echo 'compare: [{a: gru, b: lstm, metric: accuracy, margin: 0.1}]' >>looked.yaml
sed -i 's/^name: slow/name: looked/' looked.yaml
serve() {
  exec 3>piped.yaml # waits for a reader
  mkfifo next.yaml
  mv next.yaml piped.yaml
  cat looked.yaml >&3
  exec 3>&-
}
mkfifo piped.yaml
"$program" run piped.yaml --until decided --max-seeds 4 --looks 2 -q >out 2>err </dev/null &
run=$!
serve
for _ in $(seq 3000); do
  caught=$(sed -n 's/^SigCgt:[[:space:]]*//p' "/proc/$run/status")
  (((0x$caught >> 14) & 1)) && break # SIGTERM is signal 15
  sleep 0.02
done
kill -TERM "$run"
while true; do serve; done &
server=$!
ends 3
kill "$server"
says err "the same command resumes"
finish
