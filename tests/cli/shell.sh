#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# For use in a shell and an editor: completion, resolved recipes and their schema.
# shellcheck source-path=SCRIPTDIR source=common.sh
source "$(dirname "$0")/common.sh"

mkdir bin && ln -s "$program" bin/gatebench
PATH=$work/bin:$PATH
recipes=$here/../../experiments/recipes

# Candidates for the last word.
candidates() {
  expect 0 completion --candidates -- "$@"
  silent err
}
candidates ""
says out "run"
says out "completion"
candidates run --
says out "--dry-run"
says out "--help"
candidates run ""
says out "recall"
says out "quick"
says out "hidden="
says out "gap="
candidates plot ""
says out "accuracy_by_gap"
candidates task ""
says out "adding"
candidates list ""
says out "settings"
candidates nonsense ""
silent out
expect 2 completion
expect 2 completion tcsh
says err "bash, zsh or fish"

# What bash would offer for a line with the cursor at its end.
offers() {
  local line=$1
  shift
  bash --norc -c '
    source <(gatebench completion bash)
    COMP_LINE=$1 COMP_POINT=${#1}
    compopt() { :; }
    read -ra COMP_WORDS <<<"${1//=/ = }"
    [[ $1 == *[[:space:]] ]] && COMP_WORDS+=("")
    COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
    _gatebench
    printf "%s\n" "${COMPREPLY[@]}"' bash "$line" >out 2>err
  last="completing '$line' in bash"
  for word; do
    grep -qxF -- "$word" out || fail "$last: '$word' is not offered"
  done
  silent err
}
offers "gatebench ver" verdict
offers "gatebench run rec" recall
offers "gatebench run recall hid" hidden=
offers "gatebench run --dr" --dry-run
offers "gatebench plot recall accuracy" accuracy_by_gap
# The name of a results file is never run as a command, neither by the completion nor in the completed line.
mkdir named
touch 'named/$(touch ran).h5' "named/it's.h5"
GATEBENCH_RESULTS=$work/named offers "gatebench show " '\$\(touch\ ran\)' "it\\'s"
[ ! -e ran ] || fail "completion runs the name of a file as a command"
offers "gatebench run recall quick gap" gap=
[ "$(wc -l <out)" -eq 1 ] || fail "$last: more than gap= is offered"
if command -v fish >/dev/null; then
  gatebench completion fish >gatebench.fish
  last="completing in fish"
  fish --no-config -c 'source gatebench.fish; complete -C "gatebench run rec"' >out 2>err
  says out "recall"
  fish --no-config -c 'source gatebench.fish; complete -C "gatebench ver"' >out 2>err
  says out "verdict"
fi
if command -v zsh >/dev/null; then
  gatebench completion zsh >_gatebench
  last="the zsh script"
  zsh -n _gatebench 2>err || fail "$last: not valid zsh"
  # It answers the Tab key that loads it, and for an empty word not with what suits the word before.
  zsh -f -c 'compadd() { print -rl -- $candidates }
    compdef() { : }
    fpath=(.)
    autoload -Uz _gatebench
    words=(gatebench plot "") CURRENT=3
    _gatebench' >out 2>err
  says out "accuracy_by_gap"
  silent err
fi

# A resolved recipe is a recipe again, with the same trials.
for recipe in "$recipes"/*.yaml; do
  name=$(basename "$recipe" .yaml)
  for profile in quick full; do
    expect 0 config "$name" "$profile"
    cp out "resolved-$name-$profile.yaml"
    expect 0 config "./resolved-$name-$profile.yaml"
    cmp -s out "resolved-$name-$profile.yaml" || fail "$last: resolving again gives another recipe"
  done
done
expect 0 config recall quick gap=7 hidden=9
says out "gap: 7"
says out "hidden: 9"
says err "next: "
expect 2 config
expect 2 config recal
says err "recall"
expect 2 config recall quick full
expect 2 config recall hiden=9
says err "did you mean 'hidden'?"
expect 2 config --schema recall

# The schema accepts what ships and refuses what the reader refuses.
expect 0 config --schema
silent err
cp out schema.json
if python3 -c 'import jsonschema, yaml' 2>/dev/null; then
  python3 "$here/check_schema.py" schema.json "$recipes"/*.yaml resolved-*.yaml >out 2>err ||
    fail "the schema and the shipped recipes do not agree"
  cat >odd.yaml <<'YAML'
name: "007"
question: "2e-3"
task: {name: pixels, permuted: no, examples: 10}
model: {cell: gru}
train: {lr: 2e-3, epsilon: 1e-12, clip_value: 1e5, clip_norm: 1.5E+3, steps: 0}
sweep: {seed: [1, 2..3]}
YAML
  cp "$recipes"/*.yaml .
  expect 0 config odd.yaml
  cp out resolved-odd.yaml
  says out 'lr: 0.002, epsilon: 1.0e-12, clip_value: 100000, clip_norm: 1500'
  says out 'permuted: "no"'
  python3 "$here/check_yaml.py" "$program" "$recipes"/*.yaml resolved-*.yaml >out 2>err ||
    fail "readers of YAML do not agree on a recipe that ships or was printed"
else
  echo "python3-jsonschema or python3-yaml is missing: the schema was not tried on recipes"
fi
finish
