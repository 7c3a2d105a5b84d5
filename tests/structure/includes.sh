#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Holds the two rules of ARCHITECTURE.md by scanning the includes: each third-party header stays in its one place, and a
# room includes only rooms that it may know.
set -euo pipefail
cd "$1"
failures=0
fail() {
  printf '%s\n' "$*"
  failures=$((failures + 1))
}

# header pattern | the only places that may include it (an extended regular expression over paths)
third_party=(
  'dnnl|^lib/backends/onednn/'
  'hdf5|^results/store/'
  'libfyaml|^support/yaml\.c'
  'matio|^datasets/|^tests/datasets/'
  'curl/|^datasets/'
  'zlib|^datasets/|^tests/datasets/'
  'Random123/|^lib/core/'
  'xxhash|^experiments/engine/|^tests/experiments/'
  'omp\.h|^lib/backends/onednn/|^experiments/(engine|speed)/'
)
for rule in "${third_party[@]}"; do
  header=${rule%%|*}
  places=${rule#*|}
  while IFS=: read -r file line text; do
    [[ $file =~ $places ]] || fail "$file:$line: includes $text: ${header} belongs in ${places}"
  done < <(grep -rnE "#include [<\"]${header}" --include='*.[ch]' --exclude-dir='build*' . | sed 's|^\./||')
done

# room | what its sources may include (extended regular expression over the quoted path)
public='gatebench/[a-z_]+\.h'
rooms=(
  "lib|${public}|(core|cells|backends|model|optim|train)/"
  "support|${public}|support/"
  "datasets|${public}|support/|datasets/"
  "results/store|${public}|support/|results/store/"
  "results/statistics|${public}|results/statistics/"
  "results/verdicts|${public}|support/|results/"
  "experiments|${public}|support/|datasets/|results/(store|statistics)/|experiments/"
  "plots|${public}|support/|results/|plots/"
)
for rule in "${rooms[@]}"; do
  room=${rule%%|*}
  allowed=${rule#*|}
  while IFS=: read -r file line text; do
    included=$(sed -E 's/.*#include "([^"]+)".*/\1/' <<<"$text")
    [[ $included =~ ^($allowed) || $included != */* ]] || fail "$file:$line: $room may not know $included"
  done < <(grep -rnE '#include "' --include='*.[ch]' "$room" 2>/dev/null)
done

# The parts of the library stand in one order; a part includes only parts before it.
declare -A level=([core]=0 [cells]=1 [backends]=2 [optim]=1 [model]=3 [train]=4)
for part in "${!level[@]}"; do
  while IFS=: read -r file line text; do
    included=$(sed -E 's/.*#include "([a-z]+)\/.*/\1/' <<<"$text")
    [ -n "${level[$included]:-}" ] || continue
    if [ "$included" != "$part" ] && [ "${level[$included]}" -ge "${level[$part]}" ]; then
      fail "$file:$line: lib/$part may not know lib/$included"
    fi
  done < <(grep -rnE '#include "(core|cells|backends|optim|model|train)/' --include='*.[ch]' "lib/$part" 2>/dev/null)
done

# Every room says in its README what it holds.
for room in lib support datasets experiments results plots cli tests; do
  [ -s "$room/README.md" ] || fail "$room/README.md is missing"
done

[ "$failures" -eq 0 ] && echo "includes keep to the rooms"
exit $((failures > 0))
