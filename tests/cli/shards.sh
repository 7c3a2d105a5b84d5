#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Shards: their number, which process uses a folder, and equal numbers of shards in one folder, of shards in separate folders
# and of an undivided run; exit codes of --shard and merge.
# shellcheck source-path=SCRIPTDIR source=common.sh
source "$(dirname "$0")/common.sh"
cp "$here/tiny.yaml" "$here/tuned.yaml" .

same() {
  "$python" "$here/same_numbers.py" "$@" >difference 2>&1 || fail "$last: other numbers: $(cat difference)"
}
python=$(command -v /usr/bin/python3 || command -v python3)
"$python" -c 'import h5py' 2>/dev/null || python=

# What is not a shard.
for wrong in 0/2 3/2 1 a/b 1/2x /2 1/5000; do
  expect 2 run tiny.yaml --shard "$wrong"
  says err "'$wrong'"
done
expect 2 run tiny.yaml --shard auto
says err "--shard i/n"
SLURM_ARRAY_TASK_ID=7 SLURM_ARRAY_TASK_COUNT=2 SLURM_ARRAY_TASK_MIN=1 expect 2 run tiny.yaml
says err "Slurm array"
expect 2 run tiny.yaml --until decided --max-seeds 4 --shard 1/2
says err "run it without shards"
[ ! -e runs ] || fail "a refused shard left a folder"

# From the environment: by default, and by --shard auto; --shard 1/1 is all of it.
SLURM_ARRAY_TASK_ID=5 SLURM_ARRAY_TASK_COUNT=2 SLURM_ARRAY_TASK_MIN=3 SLURM_ARRAY_TASK_STEP=2 expect 0 run tiny.yaml -n
says err "shard 2/2, as given by SLURM_ARRAY_TASK_ID"
says err "2 trials"
OMPI_COMM_WORLD_RANK=0 OMPI_COMM_WORLD_SIZE=2 expect 0 run tiny.yaml -n --shard auto
says err "2 trials"
PMI_RANK=1 PMI_SIZE=2 expect 0 run tiny.yaml -n --shard 1/1
says err "4 trials"
PMI_RANK=3 PMI_SIZE=4 expect 0 run tiny.yaml -n
says err "0 trials"
says err "shard 4/4 has no trials"
SLURM_PROCID=1 SLURM_STEP_NUM_TASKS=2 expect 0 run tiny.yaml -n # srun without MPI
says err "2 trials"

# An array whose index is meant as a seed, or that has a recipe file per task: refused, not split into shards without a message.
array() {
  local code=$1 task=$2
  shift 2
  SLURM_ARRAY_TASK_ID=$task SLURM_ARRAY_TASK_COUNT=4 SLURM_ARRAY_TASK_MIN=1 expect "$code" run -q -j 1 "$@"
}
array 0 1 tiny.yaml seed=1 -o seeds
for task in 2 3 4; do
  array 2 "$task" tiny.yaml "seed=$task" -o seeds
  says err "task $task of this array runs other trials"
  says err "--shard 1/1"
done
array 0 1 tiny.yaml -o files
sed 's/gap: 2/gap: 3/' tiny.yaml >tiny3.yaml
array 2 2 tiny3.yaml -o files
says err "another task of this array"
export SLURM_ARRAY_JOB_ID=7 # two arrays, each of them whole, and one of two recipes
array 0 1 tiny.yaml gap=3 -o arrays
array 0 1 tiny.yaml gap=4 -o arrays
array 0 2 tiny.yaml gap=3 -o arrays
SLURM_ARRAY_JOB_ID=8 array 0 3 tiny.yaml gap=5 -o arrays
array 2 3 tiny.yaml gap=6 -o arrays
unset SLURM_ARRAY_JOB_ID
rm -rf seeds files arrays

# The whole run, and shards that share its folder, one after the other: the last makes the results file.
expect 0 run tuned.yaml -j 2 -o whole
expect 0 show whole/tuned.h5 # each of six arms chose the smallest or the largest rate
[ "$(grep -c 'may lie beyond' err)" -le 2 ] || fail "$last: a line for each arm"
says err 'of 6 arms: lr '
for i in 3 1 2; do
  expect 0 run tuned.yaml -j 2 -o shared --shard "$i/3"
  if [ "$i" = 2 ]; then
    says out "shared/tuned.h5"
    says err "next: gatebench show"
  else
    silent out
    says err "gatebench merge shared/tuned"
  fi
done
[ -z "$python" ] || same whole/tuned.h5 shared/tuned.h5
rm shared/tuned.h5
expect 0 merge shared/tuned
[ -z "$python" ] || same whole/tuned.h5 shared/tuned.h5
cmp -s whole/tuned/plan.yaml shared/tuned/plan.yaml || fail "three shards: another plan than the undivided run's"

# At the same time.
for i in 1 2 3; do
  "$program" run tuned.yaml -q -j 1 -o together --shard "$i/3" >"out$i" 2>"err$i" </dev/null &
done
wait
last="three shards at once"
# the last two may both find that nothing is missing any more
[ "$(sort -u out1 out2 out3)" = together/tuned.h5 ] || fail "$last: none of them made the results file"
[ -z "$python" ] || same whole/tuned.h5 together/tuned.h5

# A shard that is missing: merge says which trials.
expect 0 run tuned.yaml -j 2 -o part --shard 1/3
expect 3 merge part/tuned
says err "missing: "
expect 0 status part/tuned --json
json "j[0]['state'] == 'open' and j[0]['missing'] > 0 and j[0]['held by'] is None"

# Folders that share no disk are united, with the choices of each folder's tuning; trials in two folders must be equal.
for i in 1 2 3; do
  expect 0 run tuned.yaml -q -j 2 -o "alone$i" --shard "$i/3"
done
expect 2 merge alone1/tuned alone2/tuned
expect 3 merge alone1/tuned alone3/tuned -o united/tuned
says err "missing: "
expect 0 merge united/tuned alone1/tuned alone2/tuned alone3/tuned -o united/tuned
says out "united/tuned.h5"
[ -z "$python" ] || same whole/tuned.h5 united/tuned.h5
cmp -s whole/tuned/plan.yaml united/tuned/plan.yaml || fail "$last: another plan than the undivided run's"
if [ -n "$python" ]; then
  "$python" - alone2/tuned/trials <<'END' || fail "no trial file to change"
import pathlib, sys, h5py
path = sorted(pathlib.Path(sys.argv[1]).glob("*.h5"))[0]
with h5py.File(path, "r+") as file:
    fields = file["fields"][()]
    fields["loss"] = 17
    file["fields"][...] = fields
END
  expect 1 merge united/tuned alone2/tuned -o united/tuned
  says err "not reproduced: "
  says err " loss: "
fi
expect 0 run tiny.yaml -q
expect 2 merge tiny alone1/tuned -o united/tuned
says err "not of one run"
expect 2 merge tiny -o united/tuned
says err "another run"
expect 5 merge nowhere tiny -o united/tuned

# A trial that fails in one shard is reported once, by that shard alone, whichever shard runs after it.
(
  ulimit -v 8000000
  "$program" --version >/dev/null 2>&1 || exit 0 # built with sanitizers
  wide_folder=failing/tiny+backend=reference+cell=lstm,rnn+hidden=4,60000+seed=1
  wide=(run tiny.yaml "cell=lstm,rnn" "hidden=4,60000" seed=1 -j 1 backend=reference -o failing -q)
  codes=
  for i in 1 2 3 4 1 2 3 4; do
    "$program" "${wide[@]}" --shard "$i/4" >out 2>err </dev/null
    codes+=$?
  done
  last="gatebench ${wide[*]} --shard 1/4 to 4/4, twice: exit codes $codes"
  [ "$(tr -d 0 <<<"$codes" | wc -c)" -gt 1 ] && [ "${codes:0:4}" = "${codes:4:4}" ] || fail "$last"
  [ "$(sort "$wide_folder/failed.txt" | uniq -d | wc -l)" -eq 0 ] || fail "$last: a trial is named twice"
  [ "$(wc -l <"$wide_folder/failed.txt")" -eq "$(tr -d 0 <<<"${codes:0:4}" | tr -d '\n' | wc -c)" ] || fail "$last: $(wc -l <"$wide_folder/failed.txt") failures"
  exit "$failures"
) || failures=$((failures + 1))

# Who is at work: process, host, since when; the same shard twice and a whole run beside shards are refused.
sed "s/steps: 6/steps: 200000, evaluate_every: 100/" tiny.yaml >busy.yaml
"$program" run busy.yaml -q -j 1 -o busy --shard 1/2 >/dev/null 2>&1 &
holder=$!
for _ in $(seq 1200); do
  [ -s busy/tiny/plan.yaml ] && break
  sleep 0.05
done
expect 5 run busy.yaml -o busy --shard 1/2
says err "process $holder on "
says err " since 2"
expect 5 run busy.yaml -o busy
says err "process $holder on "
says err "(shard 1/2)"
expect 5 run busy.yaml -o busy --shard 1/3
expect 5 merge busy/tiny
says err "process $holder on "
expect 2 run tiny.yaml -o busy --shard 2/2
says err "another recipe or other overrides"
expect 0 status busy/tiny --json
json "j[0]['state'] == 'running' and j[0]['held by'].startswith('shard 1/2: process ')"
kill "$holder"
wait "$holder"
finish
