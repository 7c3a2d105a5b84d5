#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# run, show, plot, report and verdict on a tiny recipe; exit codes of recipe errors, failed and stopped runs.
# shellcheck source-path=SCRIPTDIR source=common.sh
source "$(dirname "$0")/common.sh"
cp "$here/tiny.yaml" .

expect 0 run tiny.yaml --dry-run
[ ! -e runs ] || fail "a dry run left a folder"
says err "estimated time: about"
says err "of memory"
sed 's/^name: tiny/name: second/' tiny.yaml >second.yaml
expect 0 run tiny.yaml second.yaml --dry-run
says err "all: 2 runs, 8 trials to run"
says err "all: estimated time: about"
expect 0 run museum quick --dry-run # a trial ends when its criterion is met
says err "estimated time: at most"
# What oneDNN tells of itself goes where messages go. At this size its primitive runs, which has something to tell.
ONEDNN_VERBOSE=1 expect 0 run tiny.yaml cell=lstm hidden=256 batch=32 --dry-run
! grep -q verbose out || fail "$last: oneDNN writes among the data"
says err onednn_verbose
# Threads that wait sleep, also those that the recipe asks for, unless the user said how they wait.
sed 's/train: {/train: {threads: 2, /' tiny.yaml >threads.yaml
unset OMP_WAIT_POLICY
OMP_DISPLAY_ENV=verbose expect 0 run threads.yaml --dry-run
[ "$(grep -c GOMP_SPINCOUNT err)" -eq 2 ] || fail "$last: not started anew"
[ "$(grep GOMP_SPINCOUNT err | tail -1 | tr -dc 0-9)" -eq 0 ] || fail "$last: threads that wait spin"
OMP_DISPLAY_ENV=verbose OMP_WAIT_POLICY=active expect 0 run threads.yaml --dry-run
[ "$(grep -c GOMP_SPINCOUNT err)" -eq 1 ] || fail "$last: started anew against the user's choice"
ONEDNN_VERBOSE=1 expect 0 run tiny.yaml -j 1 -o verbose
[ "$(wc -l <out)" -eq 1 ] || fail "$last: more than the path of the results"
expect 0 run tiny.yaml patience=3 --dry-run
says err "estimated time: at most"
expect 0 run tiny.yaml -j 2
says out "runs/tiny.h5"
says err "4 trials"
says err "next: gatebench show tiny"
[ "$(wc -l <out)" -eq 1 ] || fail "run: more on standard output than the path"
[ -s "$(cat out)" ] || fail "run: the path that it prints is not a file"
expect 0 run tiny.yaml -j 2
says err "(4 before)"
expect 0 run tiny.yaml quick cell=rnn -q
says out "runs/tiny-quick+cell=rnn.h5"

expect 0 show tiny
says out "accuracy"
says err "Does it run at all?"
[ "$(wc -l <out)" -eq 3 ] || fail "show: not a line for each of two arms"
expect 0 show runs/tiny.h5 --trials
[ "$(wc -l <out)" -eq 5 ] || fail "show --trials: not a line for each of four trials"
expect 0 show tiny --cols cell,seed,accuracy --csv
[ "$(head -1 out)" = cell,seed,accuracy ] || fail "show --cols --csv: wrong header"
[ "$(wc -l <out)" -eq 5 ] || fail "show --csv: not four trials"
silent err
expect 0 show tiny --json
json "len(j['trials']) == 4 and {t['cell'] for t in j['trials']} == {'rnn', 'gru'}"
json "all(0 <= t['accuracy'] <= 1 and t['status'] == 'done' and len(t['id']) == 32 for t in j['trials'])"
expect 0 show tiny --summary --json
json "[a['settings']['cell'] for a in j['arms']] == ['rnn', 'gru'] and all(a['done'] == 2 for a in j['arms'])"
cp out summary
expect 0 show tiny --json
python3 - <<'END' || fail "show: the summary's means are not the trials' means"
import json
arms = {a["settings"]["cell"]: a["measurements"]["accuracy"]["mean"] for a in json.load(open("summary"))["arms"]}
trials = json.load(open("out"))["trials"]
for cell, mean in arms.items():
    seen = [t["accuracy"] for t in trials if t["cell"] == cell]
    assert abs(mean - sum(seen) / len(seen)) < 1e-12
END
expect 0 show tiny --provenance
says out "sweep:"
expect 2 show tiny --cols acuracy
says err "did you mean 'accuracy'?"
expect 5 show tyni
says err "did you mean 'tiny'?"
expect 5 show ./tiny.h5
says err "no such results file"
printf 'no HDF5' >broken.h5
expect 4 show broken.h5
says err "broken.h5"
expect 0 list runs --json
json "[r['run'] for r in j] == ['tiny', 'tiny-quick+cell=rnn']"

# The words of a run command name its run; mistakes in them are reported as `run` reports them.
expect 0 show tiny.yaml
says err "tiny.h5"
expect 5 show nowhere.yaml
says err "there is no run 'nowhere.yaml'"
expect 0 show tiny.yaml quick cell=rnn
says err "tiny-quick+cell=rnn"
expect 0 validate tiny tiny.yaml quick cell=rnn tiny
says out "tiny-quick+cell=rnn.h5"
expect 2 show tiny.yaml quick cel=rnn
says err "did you mean 'cell'"
cp tiny.yaml elsewhere.yaml
expect 5 show ./elsewhere.yaml examples=8 # a path has its '/' before the first '='
says err "there is no run 'tiny+examples=8'"

# Widths that the recipe sets are not called matched.
sed -e 's/^name: tiny/name: zipped/' -e 's/^  cell: .*/  zip: {cell: [rnn, gru], hidden: [5, 3]}/' tiny.yaml >zipped.yaml
expect 0 run zipped.yaml -q
for words in 'show zipped' 'compare zipped'; do
  # shellcheck disable=SC2086
  expect 0 $words
  says err 'width: rnn 5 units; gru 3 units'
  ! grep -q 'matched by' err || fail "$last: called matched"
done
rm -r runs/zipped*

# A mean too small for decimals is shown with an exponent, not as 0.
awk 'BEGIN { srand(1); print "x,y"; for (i = 0; i < 100; i++) print 1e-5 * rand() "," 1e-5 * rand() }' >small.csv
small=(table file=small.csv standardise=no window=2 hidden=2 cell=rnn seed=1,2 steps=200 lr=0.01)
expect 0 run "${small[@]}" -q
expect 0 show "${small[@]}"
grep -q 'e-[0-9]* ± [0-9.]*e-' out || fail "$last: no mean with exponents"
expect 0 export "${small[@]}" --latex
grep -q '\$[0-9.]*\\mathrm{e}{-}[0-9]* \\pm [0-9.]*\\mathrm{e}{-}[0-9]*\$' out || fail "$last: no exponents in math mode"
rm -r runs/table*

# A narrow terminal leaves columns out and says how to see them.
for words in 'show tiny' 'status tiny' 'compare tiny --a rnn --b gru'; do
  # shellcheck disable=SC2086
  COLUMNS=40 "$program" $words >out 2>err
  last="$words in 40 columns"
  says err 'too narrow'
  says err '`| less -S`'
  [ "$(awk 'length > 40' out | wc -l)" -eq 0 ] || fail "$last: longer lines"
done
# One of which no column may be left out becomes paragraphs.
last='compare -v in 40 columns'
COLUMNS=40 "$program" compare tiny --a rnn --b gru -v >out 2>err
[ "$(awk 'length > 40' out | wc -l)" -eq 0 ] || fail "$last: longer lines"
[ "$(grep -c 'mean a: ' out)" -eq 1 ] || fail "$last: not a paragraph"

expect 0 verdict --json
json "{'C1', 'C2', 'C4', 'C5'} <= {c['claim'] for c in j['claims']}"
json "[r.split('/')[-1] for r in j['results']] == ['tiny.h5']" # plain before quick
expect 0 verdict
says out "C2"
expect 0 verdict -v tiny
says out "rule"

if command -v gnuplot >/dev/null; then
  expect 0 plot tiny -o figures
  while read -r picture; do
    [ -s "$picture" ] || fail "plot: $picture is empty"
  done <out
  [ "$(wc -l <out)" -eq 3 ] || fail "plot: not one svg, one pdf and one png"
  expect 0 plot tiny learning_curves --format svg
  says out "runs/plots/tiny-learning_curves.svg"
  expect 0 plot tiny.yaml quick cell=rnn learning_curves --format svg
  says out "tiny-quick_cell_rnn-learning_curves.svg"
  # If a figure cannot be drawn, the others are drawn.
  expect 2 plot tiny learning_curve learning_curves --format svg
  says err "did you mean"
  says out "runs/plots/tiny-learning_curves.svg"
  # A figure of the recipe for which these trials have no data is skipped.
  expect 0 run tiny.yaml steps=0 -q
  expect 0 plot "runs/tiny+steps=0.h5"
  says err "the figure learning_curves draws the column"
  expect 2 plot "runs/tiny+steps=0.h5" learning_curves
  rm -r "runs/tiny+steps=0" "runs/tiny+steps=0.h5"
  # As text: as wide as the terminal, and no file is left.
  TMPDIR=$work COLUMNS=70 expect 0 plot tiny learning_curves --term
  says out "Learning curves"
  [ "$(awk 'length > 70' out | wc -l)" -eq 0 ] || fail "$last: lines longer than COLUMNS=70"
  [ -z "$(find . -name 'gatebench-plot-*')" ] || fail "$last: its folder is left"
  expect 0 report -o page.html
  says out "page.html"
  grep -qi '<html' page.html || fail "report: no HTML"
  printf '#!/bin/sh\nexit 1\n' >gnuplot
  chmod +x gnuplot
  find . -name '*.svg' -delete
  PATH=$work:$PATH expect 5 report -o page.html
  says err "is written, but lacks"
  rm gnuplot
fi

# Recipe errors: all of them at once, before anything runs.
cat >wrong.yaml <<'END'
name: wrong
question: What is wrong?
task: {name: recall, gapp: 2}
model: {hidden: many}
train: {steps: 6}
sweep:
  cell: [rnn, gruu]
  seed: 9..1
END
expect 2 run wrong.yaml tiny.yaml
silent out
[ "$(grep -c ': error: ' err)" -eq 4 ] || fail "run wrong.yaml: not four errors"
grep -q '^wrong.yaml:3:[0-9]*: error: ' err || fail "run wrong.yaml: no line and column"
says err "'gap'"
[ ! -e runs/wrong ] || fail "run wrong.yaml: left a folder"
expect 2 run tinny
expect 2 run recal
says err "recall"
expect 2 run tiny.yaml full
expect 2 run tiny.yaml quick --profile full
says err "two profiles"
expect 2 run tiny.yaml hiden=3
says err "hidden"

# A suite in which one recipe has no data: a line says so, and the rest runs.
mkdir -p share/recipes
cp tiny.yaml share/recipes/
sed 's/^name: tiny/name: choir/; s/^task: .*/task: {name: music, set: jsb}/; s/, embedding: 2//' tiny.yaml >share/recipes/choir.yaml
# A recipe for the user's own file is not part of the suite if it does not name the file; alone, it asks for the file.
sed 's/^name: tiny/name: mine/; s/^task: .*/task: {name: text}/' tiny.yaml >share/recipes/mine.yaml
# So does one whose kernels the processor lacks.
sed 's/^name: tiny/name: narrow/; s/^model: {/&backend: onednn, kernels: bf16, /' tiny.yaml >share/recipes/narrow.yaml
ONEDNN_MAX_CPU_ISA=AVX2 GATEBENCH_SHARE=$work/share expect 0 run quick
says err "skipped choir"
says err "skipped narrow: kernels bf16"
says err "AVX-512 BF16 or AMX"
says out "tiny-quick.h5"
grep -q mine err && fail "$last: runs or names a recipe about the user's file"
GATEBENCH_SHARE=$work/share expect 2 run mine quick
says err "Give file=PATH"
GATEBENCH_SHARE=$work/share expect 4 run choir quick
ONEDNN_MAX_CPU_ISA=AVX2 GATEBENCH_SHARE=$work/share expect 2 run narrow quick

# Limits of trials: their units, and a run within them.
for wrong in --trial-time=never --trial-time=0 --trial-time=5x --trial-memory=2GB --trial-memory=-1; do
  expect 2 run tiny.yaml "$wrong"
  says err "${wrong%=*} is '${wrong#*=}'"
done
expect 0 run tiny.yaml -j 2 -q -o limited --trial-time 1.5h
expect 0 run tiny.yaml --dry-run -o limited --trial-memory 64G # a limit of memory and the address sanitizer do not go together

# A trial that cannot be had fails; the others are kept. (A program built with sanitizers cannot live in that limit.)
(
  ulimit -v 8000000
  "$program" --version >/dev/null 2>&1 || exit 0
  expect 1 run tiny.yaml cell=lstm hidden=4,60000 seed=1 -j 1 backend=reference -o failed
  says err "1 failed"
  says err "--retry-failed"
  expect 1 run tiny.yaml cell=lstm hidden=4,60000 seed=1 -j 1 backend=reference -o failed
  says err "1 trial failed earlier and is skipped"
  expect 1 run tiny.yaml cell=lstm hidden=4,60000 seed=1 -j 1 backend=reference -o failed --retry-failed -q
  says err "failed: "
  exit "$failures"
) || failures=$((failures + 1))

# Stopped: SIGTERM 3, Ctrl-C 130; what was finished is kept, and the same command resumes.
for stop in TERM:3 INT:130; do
  "$program" run tiny.yaml steps=300 seed=1..400 -j 1 -o "stopped-$stop" >out 2>err &
  process=$!
  for _ in $(seq 600); do
    [ -n "$(find "stopped-$stop" -name '*.h5' 2>/dev/null | head -1)" ] && break
    sleep 0.05
  done
  kill "-${stop%:*}" "$process"
  wait "$process"
  code=$?
  last="run, ${stop%:*}"
  [ "$code" -eq "${stop#*:}" ] || fail "$last: exit code $code, not ${stop#*:}"
  says err "resumes"
done
finish
