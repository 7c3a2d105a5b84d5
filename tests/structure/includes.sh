#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Holds the rules of ARCHITECTURE.md by scanning the tree: each third-party header stays in its one place, a room
# includes only rooms that it may know, includes form no circle, file names are unique, and no folder is a heap.
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
  'hdf5|^(results/store|interchange)/'
  'jansson|^interchange/(files|read)/|^tests/'
  'libfyaml|^support/yaml\.c'
  'matio|^datasets/|^tests/datasets/'
  'curl/|^datasets/'
  'zip\.h|^support/arrays/archive\.c'
  'csv\.h|^datasets/files/'
  'zlib|^datasets/|^tests/datasets/'
  'Random123/|^lib/core/'
  'xxhash|^results/store/|^experiments/(settings|trial|probe|recipe|cost|run)/|^tests/experiments/'
  'omp\.h|^lib/backends/onednn/|^experiments/(speed|cost|trial|run)/|^tests/backends/threads_test\.c'
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
  "lib|${public}|(core|cells|backends|model|optim|train|probe)/"
  "support|${public}|support/"
  "datasets|${public}|support/|datasets/"
  "interchange|${public}|support/|interchange/"
  "results/store|${public}|support/|results/store/"
  "results/statistics|${public}|results/statistics/"
  "results/analysis|${public}|support/|results/(store|statistics|analysis)/"
  "results/claims|${public}|support/|results/"
  "experiments|${public}|support/|datasets/|interchange/network/|results/(store|statistics|analysis)/|experiments/"
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

# Parts of a room, lowest first: a part includes only itself and parts before it. "a,b": neither may know the other.
hold_order() {
  local folder=$1 prefix=$2 part level=0 other before=() same file line text
  shift 2
  for part in "$@"; do
    IFS=, read -ra same <<<"$part"
    for other in "${same[@]}"; do
      while IFS=: read -r file line text; do
        included=$(sed -E "s|.*#include \"${prefix}([a-z0-9_]+)/.*|\\1|" <<<"$text")
        [ "$included" = "$other" ] || [[ " ${before[*]} " == *" $included "* ]] ||
          fail "$file:$line: $folder/$other may not know $folder/$included (the order is: $*); move what is shared down"
      done < <(grep -rnE "#include \"${prefix}[a-z0-9_]+/" --include='*.[ch]' "$folder/$other")
    done
    before+=("${same[@]}")
    level=$((level + 1))
  done
}
hold_order experiments experiments/ speed,settings,museum trial,probe cost,folder recipe run
hold_order interchange interchange/ network files read,write
hold_order results results/ store,statistics analysis claims

# lib's own includes are relative to lib/ and may be public headers, which belong to no part.
declare -A level=([core]=0 [cells]=1 [backends]=2 [optim]=1 [model]=3 [train]=4 [probe]=4)
for part in "${!level[@]}"; do
  while IFS=: read -r file line text; do
    included=$(sed -E 's/.*#include "([a-z]+)\/.*/\1/' <<<"$text")
    [ -n "${level[$included]:-}" ] || continue
    if [ "$included" != "$part" ] && [ "${level[$included]}" -ge "${level[$part]}" ]; then
      fail "$file:$line: lib/$part may not know lib/$included"
    fi
  done < <(grep -rnE '#include "(core|cells|backends|optim|model|train|probe)/' --include='*.[ch]' "lib/$part" 2>/dev/null)
done

# No header includes itself over others.
circle=$(grep -rnE '^#include "' --include='*.h' support lib datasets interchange results experiments plots cli |
  sed -E 's/^([^:]+):[0-9]+:#include "([^"]+)".*/\1 \2/' |
  sed -E 's| gatebench/| lib/include/gatebench/|; s| (core\|cells\|backends\|optim\|model\|train\|probe)/| lib/\1/|' |
  tsort 2>&1 >/dev/null | sed 's/^tsort: //' | tr '\n' ' ') || true
[ -z "$circle" ] || fail "include circle: $circle"

# Only the program prints: what others have to tell they hand to an observer or return.
while IFS=: read -r file line text; do
  fail "$file:$line: prints: ${text}; only cli does"
done < <(grep -rnE '\b(stderr|stdout|printf\(|puts\(|putchar\(|perror\()' --include='*.c' lib experiments results support datasets interchange plots |
  grep -vE '^lib/examples/|:[[:space:]]*(/\*|\*)|vsnprintf|snprintf\(|fflush\(' | grep -E '\bstderr\b|\bstdout\b|[^a-z_f]v?printf\(|[^a-z_f]puts\(|putchar\(|perror\(')

# A file of the product is known by its name alone.
while read -r name; do
  fail "two product files are called $name: $(git ls-files "*/$name" | grep -vE '^(tests|lib/examples)/' | tr '\n' ' '); rename one"
done < <(git ls-files '*.c' | grep -vE '^(tests|lib/examples)/' | sed 's|.*/||' | sort | uniq -d)

# No folder is a heap. Results files, and what gallery.sh draws from them, are not counted: each set is read as one.
while read -r count folder; do
  [ "$count" -le 25 ] || [[ $folder =~ ^(cli|lib/cells|experiments/recipes)$ ]] ||
    fail "$folder has $count files, more than 25: part it by what its files are about"
done < <(git ls-files | grep -vE '\.h5$|^plots/gallery/' | sed 's|[^/]*$||; s|/$||' | sort | uniq -c)

# Files that a run or an experiment leaves at the top of the tree must not be committed.
top='\.ci|\.clang-format|\.clang-tidy|\.gitattributes|\.gitignore|[A-Z]+\.md|CITATION\.cff|CMakeLists\.txt|CMakePresets\.json|LICENSE|check|reproduce'
top+='|cli|cmake|datasets|experiments|findings|interchange|lib|plots|python|results|scripts|support|tests'
while read -r name; do
  fail "$name is committed at the top of the tree: give it a room, or remove it"
done < <(git ls-files | cut -d/ -f1 | sort -u | grep -vE "^($top)\$")

# Every room says in its README what it holds.
for room in lib support datasets interchange experiments results plots cli python tests; do
  [ -s "$room/README.md" ] || fail "$room/README.md is missing"
done

[ "$failures" -eq 0 ] && echo "includes keep to the rooms"
exit $((failures > 0))
