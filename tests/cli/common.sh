# SPDX-License-Identifier: MIT
# Shared by the tests of the program: a clean environment in a new folder, and checks that print what they found.
# shellcheck shell=bash disable=SC2034
# Usage: source common.sh; gatebench is "$1" of the script.
set -u
program=$(realpath "$1")
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
export HOME=$work GATEBENCH_RESULTS=$work/runs GATEBENCH_DATA_CACHE=$work/cache LC_ALL=C.UTF-8
unset GATEBENCH_DATA_MIRROR GATEBENCH_SHARE COLUMNS NO_COLOR ARGP_HELP_FMT
failures=0

fail() {
  printf 'FAILED: %s\n' "$*"
  [ -s out ] && sed 's/^/  out: /' out
  [ -s err ] && sed 's/^/  err: /' err
  failures=$((failures + 1))
}

# expect CODE WORDS...: runs gatebench WORDS with output in out and err; the exit code must be CODE.
expect() {
  local wanted=$1 code
  shift
  "$program" "$@" >out 2>err </dev/null
  code=$?
  last="gatebench $*"
  [ "$code" -eq "$wanted" ] || fail "$last: exit code $code, not $wanted"
}

# says FILE TEXT: the last command's out or err has the text.
says() {
  grep -qF -- "$2" "$1" || fail "$last: no '$2' in $1"
}

silent() {
  [ ! -s "$1" ] || fail "$last: $1 is not empty"
}

# json EXPRESSION: out is JSON, and the Python expression over it, called j, is true.
json() {
  python3 -c 'import json, sys
j = json.load(open("out"))
sys.exit(0 if eval(sys.argv[1]) else 1)' "$1" 2>json-error || fail "$last: not true of its JSON: $1"
}

# write_slow_recipe STEPS SEEDS: slow.yaml, trials of about a second per 400 steps, to be stopped in the middle.
write_slow_recipe() {
  cat >slow.yaml <<END
name: slow
question: Does it stop when it is told to?
task: {name: recall, answers: 4, fillers: 8, gap: 20, examples: 40}
model: {cell: lstm, hidden: 48, embedding: 4, backend: reference}
train: {steps: $1, batch: 16}
sweep:
  seed: 1..$2
measure: [accuracy]
END
}

finish() {
  [ "$failures" -eq 0 ] && echo "all as expected"
  exit $((failures > 0))
}

# write_npy FILE SHAPE NUMBERS...: an array of doubles; the shape as in "2,3".
write_npy() {
  python3 - "$@" <<'END'
import struct, sys
shape = tuple(int(size) for size in sys.argv[2].split(","))
head = repr({"descr": "<f8", "fortran_order": False, "shape": shape}).ljust(117) + "\n"
numbers = [float(number) for number in sys.argv[3:]]
with open(sys.argv[1], "wb") as file:
    file.write(b"\x93NUMPY\1\0" + struct.pack(f"<H{len(head)}s{len(numbers)}d", len(head), head.encode(), *numbers))
END
}
