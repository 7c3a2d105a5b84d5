#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Fair arms from the outside: matched cells in every view, drawn tuning values, and the same for any number of workers.
# shellcheck source-path=SCRIPTDIR source=common.sh
source "$(dirname "$0")/common.sh"
sed 's/cell: .*/cell: [gru, lstm]/; s/hidden: 4, embedding: 2/hidden: 8, embedding: 2, bias: single/; s/lr: 1e-2, //
     s/^measure:.*/&\nmatch: [width, parameters]\ntune: {lr: {log_uniform: [1e-4, 1e-1], draws: 3}, seeds: 2}/' \
  "$here/tiny.yaml" >tiny.yaml

# The plan says what each cell has, before anything runs.
expect 0 run tiny.yaml --dry-run
says err "24 trials (18 to tune, 6 final)"
says err "parameters: lstm 8 units, 352 parameters; gru 9 units, "

expect 0 run tiny.yaml -j 1 -q --results one
expect 0 run tiny.yaml -j 3 -q --results three
# Trials of milliseconds may have no core time in common, so `time` can be missing.
expect 0 verdict --matrix one/tiny.h5 --json
json "j['matrix']['a'] == 'gru' and j['matrix']['tasks'] and all({'task', 'width'} <= set(t) for t in j['matrix']['tasks'])"
expect 0 verdict --matrix=lstm,gru one/tiny.h5
says out "lstm or gru"
expect 2 verdict --matrix=lstm one/tiny.h5
expect 2 verdict --matrix=lstm,lstm one/tiny.h5
expect 2 verdict --matrix=lstm,gru,rnn one/tiny.h5
expect 0 advise one/tiny.h5 --task remembering --budget width --matters size
says out "gru or lstm"
says out "claim C4"
expect 2 advise one/tiny.h5 --task cooking
says err "remembering"
expect 0 advise one/tiny.h5 --page
says out "# Which cell should I use?"
expect 0 show one/tiny.h5 --tuning --json
cp out one.json
json "len(j['arms']) == 3 and all(len(a['candidates']) == 3 for a in j['arms'])"
json "all(len(c['seeds']) == 2 for a in j['arms'] for c in a['candidates'])"
json "all(sum(c['chosen'] for c in a['candidates']) == 1 for a in j['arms'])"
json "all(a['candidates'][k]['settings'] == j['arms'][0]['candidates'][k]['settings'] for a in j['arms'] for k in range(3))"
json "all(abs(a['expected_best'][0] - sum(c['valid_loss'] for c in a['candidates']) / 3) < 1e-9 for a in j['arms'])"
expect 0 show three/tiny.h5 --tuning --json
cmp -s one.json out || fail "tuning differs between one worker and three"
expect 0 show one/tiny.h5 --tuning --csv
[ "$(wc -l <out)" -eq 19 ] || fail "show --tuning --csv: not a header and every trial of the tuning stage"
expect 0 show one/tiny.h5 --tuning
says out "best of 3"
says err "gru 9 units, "
says out "chosen"

# The LSTM's trials were run once and count under both matchings.
expect 0 show one/tiny.h5 --json
json "len(j['trials']) == 6 and sum(t['matching'] == 'width+parameters' for t in j['trials']) == 2"
json "all(t['matched'].startswith('8/8') for t in j['trials'] if t['matching'] != 'parameters')"
expect 0 show one/tiny.h5
says out "parameters"
says err "gru 9 units, "
cp out shown
for format in --markdown --latex --csv; do
  expect 0 export one/tiny.h5 $format
  says out matched
  [ "$(grep -c 'width.*8/8' out)" -eq 2 ] || fail "$last: not the two cells at equal width, each by itself"
  [ "$(grep -c 'parameters.*8/8' out)" -eq 0 ] || fail "$last: no parameters achieved"
done
expect 0 show one/tiny # its folder
cmp -s out shown || fail "show of the folder is not show of the file"
expect 0 report one/tiny.h5 -o report.html
[ "$(grep -c '<tr><td>width</td>' report.html)" -eq 2 ] || fail "report: equal width is not two cells by themselves"
[ "$(grep -c '<tr><td>parameters</td>' report.html)" -eq 2 ] || fail "report: equal parameters is not two cells by themselves"
if command -v gnuplot >/dev/null; then
  expect 0 plot one/tiny.h5 learning_curves -o figures --format svg
  says err "gru 9 units, "
  sed '/^match:/s/: .*/: parameters/' tiny.yaml >matched.yaml
  expect 0 run matched.yaml -q --results matched
  expect 0 plot matched/tiny.h5 learning_curves -o figures --format svg
  says figures/tiny-learning_curves.gp "Learning curves, equal parameters"
  sed '/^tune:/s/: .*/: {init: [keras, pytorch], seeds: 1}/' tiny.yaml >other.yaml
  expect 0 run other.yaml -q --results other # no learning rate: the axis is what was tuned
  expect 0 plot other/tiny.h5 tuning_curve -o figures --format svg
  says figures/tiny-tuning_curve.csv '"pytorch"'
fi
expect 2 compare one/tiny.h5 --a gru --b gru
says err "both arms are gru"
expect 0 compare one/tiny.h5 --a gru --b lstm
says out "equal width"
says out "equal parameters"
says err "gru 9 units, "
expect 0 compare one/tiny.h5 --a gru --b lstm --where matching=parameters
[ "$(wc -l <out)" -eq 2 ] || fail "compare --where matching=parameters: not one comparison"

# What cannot be: exit code 2 with the place.
expect 2 run tiny.yaml --dry-run seed=1002..1004
says err "seed 1002 is reserved for tuning"
expect 2 run tiny.yaml --results none 'lr={log_uniform: 1}'
sed 's/match: .*/match: [width, parametres]/' tiny.yaml >wrong.yaml
expect 2 run wrong.yaml
says err "wrong.yaml:13:16: error: unknown matching 'parametres'; did you mean 'parameters'?"
expect 0 run tiny.yaml -q lr=1e-2 --results plain
expect 2 show plain/tiny+lr=0.01.h5 --tuning
says err "this run has no tuning stage"
finish
