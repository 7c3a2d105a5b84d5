#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The scripts of run --emit are correct, and with them and with mpirun the numbers equal those of one undivided run, to the bit.
# shellcheck source-path=SCRIPTDIR source=common.sh
source "$(dirname "$0")/common.sh"
cp "$here/tiny.yaml" "$here/tuned.yaml" .
python=$(command -v /usr/bin/python3 || command -v python3)
"$python" -c 'import h5py' 2>/dev/null || python=

same() {
  [ -z "$python" ] || "$python" "$here/same_numbers.py" "$@" >difference 2>&1 || fail "$last: $(cat difference)"
}

expect 2 run tiny.yaml --emit make
expect 2 run tiny.yaml --shards 2
expect 2 run tiny.yaml --emit slurm --shard 1/2
expect 2 run tiny.yaml --emit slurm --shards 0
expect 2 run tiny.yaml tuned.yaml --emit slurm
expect 2 run tinny.yaml --emit slurm
expect 2 run tiny.yaml hiden=3 --emit parallel
silent out
expect 0 run tiny.yaml --emit parallel --trial-time 1.5m --trial-memory 2G --retry-failed
says out " --trial-time 90s --trial-memory 2147483648 --retry-failed)"

expect 0 run tuned.yaml -j 2 -o whole
for engine in slurm parallel; do
  expect 0 run tuned.yaml --emit "$engine" --shards 4 -j 1 -o "in a folder"
  says err "36 trials in 6 arms, 4 shards"
  cp out "$engine.sh"
  bash -n "$engine.sh" || fail "$last: bash does not read it"
  if command -v shellcheck >/dev/null; then
    shellcheck "$engine.sh" >out || fail "$last: shellcheck finds something"
  fi
done
[ ! -e "in a folder" ] || fail "$last: left a folder"
for line in '--array=1-4' '--requeue' '--signal=B:USR1@60' '--time=10' '--mem=' '--cpus-per-task=1'; do
  grep -q "^#SBATCH $line" slurm.sh || fail "the script for Slurm has no $line"
done

# Not more shards than arms; a % in a folder's name is none of Slurm's patterns.
expect 0 run tiny.yaml --emit slurm --shards 2000 -o "100%A"
says err "2 shards instead of 2000"
says out "--array=1-2"
says out "/100%%A/tiny/slurm-%A_%a.log"

# What sbatch reads as a quotation or a comment; and what it cannot be told.
expect 0 run tiny.yaml --emit slurm -o "it's #1 \"a\""
says out "#SBATCH --output=\"$work/it's #1 \\\"a\\\"/tiny/slurm-%A_%a.log\""
expect 2 run tiny.yaml --emit slurm -o 'a\b'
says err "backslash"

# The script can be run from anywhere: it hands itself over by its path.
mkdir -p stand-in scripts
printf '#!/bin/sh\necho "$@" >>"%s/submitted"\necho 7\n' "$work" >stand-in/sbatch
chmod +x stand-in/sbatch
expect 0 run tiny.yaml --emit slurm -o anywhere
cp out scripts/job.sh
(cd scripts && PATH=$work/stand-in:$PATH bash job.sh >../out 2>../err) || fail "job.sh: exit code $?"
grep -qxF -- "--parsable -- $(realpath scripts/job.sh)" submitted || fail "job.sh submits something else: $(cat submitted)"

# The merge is a line that sh understands, whatever the folder is called and whatever the locale of the one who submits it.
printf '#!/bin/sh\nfor word; do case $word in --wrap=*) sh -c "${word#*=}" ;; esac; done >&2\necho 7\n' >stand-in/sbatch
expect 0 run tiny.yaml --emit slurm -o "it's naïve"
cp out scripts/job.sh
LC_ALL=C PATH=$work/stand-in:$PATH bash scripts/job.sh >out 2>err || fail "job.sh: exit code $?"
says err "there is no run '$work/it's naïve/tiny'"

# More than Slurm takes by default.
expect 0 run tiny.yaml lr=0.001..0.101:0.0001 cell=gru --emit slurm --shards 1001
says err "MaxArraySize"
says out "--array=1-1001"

expect 0 run tiny.yaml --emit parallel -o "it's"
says out "/it'\\''s'"

if command -v parallel >/dev/null; then
  last="the script for parallel"
  bash parallel.sh >out 2>err </dev/null || fail "$last: exit code $?"
  same whole/tuned.h5 "in a folder/tuned.h5"
  rm "in a folder/tuned.h5"
  bash parallel.sh >out 2>err </dev/null || fail "$last: exit code $? when all is there"
  same whole/tuned.h5 "in a folder/tuned.h5"
  # On another host a job begins in the login folder, in the login shell.
  printf '#!/bin/bash\nwhile [ "$1" != elsewhere ]; do shift; done\nshift\n[ "$1" != -- ] || shift\nSHELL=/bin/bash; export SHELL; cd / && exec bash -c "$*"\n' >remote
  chmod +x remote
  rm -r "in a folder/tuned.h5" "in a folder/tuned/trials"
  bash parallel.sh --ssh "$work/remote" --sshlogin 2/elsewhere >out 2>err </dev/null ||
    fail "$last: exit code $? on another host"
  same whole/tuned.h5 "in a folder/tuned.h5"
  # Which trials are there decides what is left, not which shards ended well before: a recipe may have grown.
  rm -r "in a folder/tuned.h5" "in a folder/tuned/trials"
  bash parallel.sh >out 2>err </dev/null || fail "$last: exit code $? when trials are lost"
  same whole/tuned.h5 "in a folder/tuned.h5"
fi

# Slurm's warning before the time limit: the task keeps checkpoints, asks to be queued again, and ends with 3.
long=tiny+evaluate_every=1000+steps=4000000
expect 0 run tiny.yaml --emit slurm --shards 2 -o limited steps=4000000 evaluate_every=1000
cp out limited.sh
mkdir bin
printf '#!/bin/sh\necho "$@" >>"%s/asked"\n' "$work" >bin/scontrol
chmod +x bin/scontrol
# A cancelled task writes checkpoints, too, but is not queued again.
for signal in TERM USR1; do
  rm -rf asked limited
  PATH=$work/bin:$PATH SLURM_ARRAY_TASK_ID=1 SLURM_ARRAY_JOB_ID=9 bash limited.sh >out 2>err </dev/null &
  task=$!
  for _ in $(seq 600); do
    [ -e limited/$long/plan.yaml ] && break
    sleep 0.05
  done
  kill -$signal "$task"
  wait "$task"
  code=$?
  last="a task that gets $signal"
  [ "$code" -eq 3 ] || fail "$last: exit code $code, not 3"
  says err "resumes"
  touch asked
  [ "$(cat asked)" = "$([ $signal = TERM ] || echo "requeue 9_1")" ] || fail "$last: asks scontrol '$(cat asked)'"
done

if command -v mpirun >/dev/null; then
  last="mpirun -n 4"
  OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 \
    mpirun --oversubscribe -n 4 "$program" run tuned.yaml -q -j 1 -o ranks --shard auto >out 2>err </dev/null ||
    fail "$last: exit code $?"
  same whole/tuned.h5 ranks/tuned.h5
fi
finish
