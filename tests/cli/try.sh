#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# gatebench try: from files of a user's to verdict and report, again without running anything, and what is refused.
# shellcheck source=common.sh disable=SC2154
source "$(dirname "$0")/common.sh"

# The number asked for is the input of the row before.
awk 'BEGIN { srand(1); print "x,y"; for (i = 0; i < 400; i++) { x = rand(); print x "," before + 0; before = x } }' >lag.csv
expect 0 try lag.csv window=4 hidden=4 --time 0.01s -o tries -j 2
says err 'lag.csv: read as a table (CSV)'
says err 'to read it otherwise: '
says err 'estimated time'
for words in 'without a memory' 'linear' 'verdict on lag.csv (margin 0.02, declared before the run)' \
  'gru and lstm at equal width: ' 'in short, at equal width: ' 'not compared at equal parameters'; do
  says out "$words"
done
report=$(tail -1 out)
grep -q 'Compared by mse, equivalent within 0.02' "$report" || fail "the report $report lacks the comparison"
cp out first
expect 0 try lag.csv window=4 hidden=4 --time 0.01s -o tries -j 2 -q
diff first out || fail "the same command says something else when everything has run"
recipe=$(ls tries/try-lag-*.yaml)
grep -q 'match: ' "$recipe" || fail "the recipe does not say what makes cells comparable"
cp lag.csv elsewhere.csv
sed -i "s|file: .*|file: '../elsewhere.csv'|" "$recipe" # the same content elsewhere is the same trials
expect 0 run "$recipe" hidden=4 -o tries -q
[ "$(find tries -name '*.h5' -path '*trials*' | wc -l)" -ge 15 ] || fail "trials are missing"
expect 0 run "$recipe" hidden=4 -o tries --dry-run
grep -qE '^try-lag.*: ([0-9]+) trials .* \1 finished before' err || fail "a copy of the file makes other trials"

for _ in {1..60}; do printf 'the man bit the dog. '; done >words.txt
expect 0 try words.txt unit=word hidden=4 --time 1s -o tries -q
says out 'verdict on words.txt (margin 0.02'
{
  printf '@classLabel true a A\n@data\n'
  for i in {1..30}; do printf '%s,%s:%s\n' $((i % 7)) $((i % 5)) "$([ $((i % 2)) -eq 0 ] && echo a || echo A)"; done
} >s.ts
expect 0 try s.ts hidden=4 --time 1s -o tries -q cell=gru,lstm
says out 'verdict on s.ts (margin 0.01'

expect 4 try nowhere.csv
head -c 3000 /dev/zero >zeros.bin
expect 4 try zeros.bin
says err '--as text|table|series'
expect 2 try lag.csv target=z
says err "names the column 'z', which does not exist"
expect 2 try lag.csv words.txt
says err 'give one file only'
expect 2 try lag.csv hiden=4 -o refused
says err "did you mean 'hidden'"
[ -z "$(ls refused)" ] || fail "a refused command leaves $(ls refused)"
expect 2 try lag.csv --as picture
sed '7s/,.*/,/' lag.csv >gap.csv
expect 4 try gap.csv
says err 'gap.csv:7: column 2 (y): the value is missing'
finish
