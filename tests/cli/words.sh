#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Common to all commands: help, versions, misspellings, closed pipes, colour.
# shellcheck source-path=SCRIPTDIR source=common.sh
source "$(dirname "$0")/common.sh"

expect 0
says out "gatebench run quick"
silent err
expect 0 --help
says out "Exit codes"
expect 0 --version
says out "gatebench "
says out "HDF5: "
says out "oneDNN"
says out "ISA: "

expect 2 shwo
says err "did you mean 'show'?"
silent out
expect 2 recall
says err "gatebench run recall"
expect 2 xyzzy
says err "'gatebench' alone lists the commands"

sed -n 's/^COMMAND(\([a-z]*\),.*/\1/p' "$here/../../cli/commands.def" >commands
[ "$(wc -l <commands)" -ge 10 ] || fail "commands.def: fewer than ten commands"
while read -r command; do
  expect 0 "$command" --help
  says out "Usage: gatebench $command"
  # Examples come before the options.
  examples=$(grep -n '^Examples:' out | cut -d: -f1)
  option_list=$(grep -n -- '--help' out | tail -1 | cut -d: -f1)
  [ "${examples:-999}" -lt "${option_list:-0}" ] || fail "$command --help: examples do not come first"
  cp out long
  expect 0 "$command" -h
  cmp -s out long || fail "$command: -h is not --help"
  expect 0 help "$command"
  cmp -s out long || fail "$command: 'help $command' is not --help"
  expect 2 "$command" --no-such-option
  says err "gatebench $command"
  silent out
  # A line that wraps is broken in the man page.
  sed -n '/^Examples:/,/^$/p' long | grep -v '^Examples:\|^$\|^  ' >wrapped && fail "$command --help: an example wraps: $(cat wrapped)"
done <commands

# No option is ignored without a message.
for words in '--summary --cols cell' '--tuning --cols cell' '--provenance --cols cell' '--provenance --csv' \
  '--provenance --where cell=gru' '--tuning --stage tune'; do
  # shellcheck disable=SC2086
  expect 2 show any $words
  says err "cannot be combined with --"
done
expect 2 plot any --term -o there
says err "cannot be combined with --output"

# Missing arguments, and values out of range.
for command in task show run 'plot --watch'; do
  # shellcheck disable=SC2086
  expect 2 $command
  says err "which "
done
expect 2 list recipe
says err "did you mean 'recipes'?"
expect 2 show one two
expect 2 params --hidden 0
says err "give a whole number"
expect 2 params --hidden -3
expect 2 params gru
expect 2 run -j x order
expect 2 plot order --width 0
expect 2 doctor now

# Lists, as text and as JSON.
for kind in recipes tasks cells figures settings measures backends optimizers runs; do
  expect 0 list "$kind" --json
  json "isinstance(j, list)"
  silent err
  expect 0 list "$kind"
  says err "next: "
done
expect 0 list --json
json "{'order', 'recall', 'vanishing', 'ledger', 'chars', 'music', 'copy', 'adding', 'pixels'} <= {r['recipe'] for r in j}"
json "all(r['quick'] >= 1 and r['full'] >= r['quick'] and r['question'] for r in j)"
expect 0 list figures --json
json "{'accuracy_by_gap', 'gradient_by_lag'} <= {f['figure'] for f in j} and all(f['draws'] for f in j)"
expect 0 list cells --json
json "{'rnn', 'lstm', 'gru', 'bag', 'window'} <= {c['cell'] for c in j}"

# A reader that leaves is not an error; a full disk is.
set -o pipefail
"$program" list settings 2>err | head -1 >out || fail "list settings | head -1 is an error"
"$program" params 2>/dev/null | true || fail "params | true is an error"
set +o pipefail
if [ -w /dev/full ]; then
  "$program" params >/dev/full 2>err
  code=$?
  last="params > /dev/full"
  [ "$code" -eq 5 ] || fail "$last: exit code $code, not 5"
  says err "cannot be written"
fi

# Colour on a terminal only, and not when asked for none; lines within the terminal.
escape=$(printf '\033')
expect 0 doctor
grep -q "$escape" out && fail "colour without a terminal"
if script -qec true /dev/null >/dev/null 2>&1 </dev/null; then # there is `script`, and a terminal can be had
  TERM=xterm script -qec "$program doctor" /dev/null >out </dev/null
  grep -q "$escape" out || fail "no colour on a terminal"
  NO_COLOR=1 TERM=xterm script -qec "$program doctor" /dev/null >out </dev/null
  grep -q "$escape" out && fail "colour in spite of NO_COLOR"
fi
COLUMNS=60 "$program" list tasks >out 2>err
while read -r task length; do
  fail "datasets/$(cd "$here/../../datasets" && grep -n '\.summary' "$task.c" /dev/null | cut -d: -f1-2): the line of $task in" \
    "'list tasks' has $length of 60 columns: shorten its summary by $((length - 60))"
done < <(awk 'length > 60 { print $1, length }' out)

expect 0 doctor --json
json "{'gnuplot', 'hdf5', 'onednn', 'cpu', 'isa', 'jsb'} <= {f['name'] for f in j}"
json "all(f['good'] or f['remedy'] for f in j)"
PATH=/nonexistent expect 0 doctor
says out "apt-get install gnuplot"
# A folder that a run cannot create is reported; one that it can create is not.
touch file
GATEBENCH_RESULTS=$work/file/runs expect 0 doctor --json
json "[f['remedy'] for f in j if f['name'] == 'state'] == ['choose another folder: set GATEBENCH_RESULTS']"
GATEBENCH_RESULTS=$work/new/runs expect 0 doctor --json
json "[f['good'] for f in j if f['name'] == 'state'] == [True]"
[ ! -e new ] || fail "$last: creates it"
# The README's table of verdicts says what the results files of the full runs say.
expect 0 verdict "$here/../../results/reference" --json
json "len(j['claims']) == 6"
mv out verdicts
python3 - "$here/../../README.md" <<'END' || fail "README.md: its table of verdicts is not what the results files say"
import json, re, sys
rows = dict(re.findall(r"^\| (C\d) \| ([a-z ]+)", open(sys.argv[1]).read(), re.M))
for claim in json.load(open("verdicts"))["claims"]:
    said = rows.get(claim["claim"], "nothing")
    if not said.startswith(claim["outcome"]):
        sys.exit(f"{claim['claim']}: README.md says '{said.strip()}', the results files '{claim['outcome']}'")
END

# So does the page on which cell to use.
expect 0 advise --page "$here/../../results/reference"
cmp -s out "$here/../../experiments/which_cell.md" ||
  fail "experiments/which_cell.md: not what the results files say: gatebench advise --page results/reference >experiments/which_cell.md"
finish
