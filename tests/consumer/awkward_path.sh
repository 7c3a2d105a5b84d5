#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Installing and packaging from a folder whose name has spaces, quotes and parentheses, and whose recipes only its owner can
# read. A program of a few lines replaces gatebench, so that no second build is needed; completion, man pages and packages are made by the tree's own files.
#   awkward_path.sh <top of the source tree>
set -euo pipefail
tree=$(realpath "$1") work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
unset CMAKE_C_COMPILER_LAUNCHER

fail() {
  printf 'FAILED: %s\n' "$*"
  exit 1
}
# quietly COMMAND...: shows what it said when it fails.
quietly() { "$@" >"$work/log" 2>&1 || { cat "$work/log"; fail "$*"; }; }

source="$work/it's a (small) tree ü" prefix="$work/where it & goes"
mkdir "$source" && cd "$source"
cp "$tree/cli/commands.def" "$tree/LICENSE" .
cat >CMakeLists.txt <<END
cmake_minimum_required(VERSION 3.25)
project(gatebench VERSION 0.1.0 LANGUAGES C DESCRIPTION "a program of a few lines")
include(GNUInstallDirs)
set(CMAKE_INSTALL_DEFAULT_COMPONENT_NAME gatebench)
add_executable(gatebench-cli main.c)
set_target_properties(gatebench-cli PROPERTIES OUTPUT_NAME gatebench)
install(TARGETS gatebench-cli)
set(share \${CMAKE_INSTALL_DATADIR}/gatebench)
$(sed -n '/^install(DIRECTORY experiments\/recipes/{:a;/)$/!{N;ba};p}' "$tree/CMakeLists.txt")
include("$tree/cli/shell.cmake")
include("$tree/cmake/Packages.cmake")
END
mkdir -p experiments/recipes
touch experiments/recipes/one.yaml experiments/recipes/one.md
chmod -R u=rwX,go= experiments
cat >main.c <<'END'
#include <stdio.h>
int main(int argc, char **argv) {
    printf("Usage: gatebench %s\nPrints this.\n\nExamples:\n  gatebench run\n", argc > 2 ? argv[1] : "");
    return 0;
}
END
quietly cmake -S . -B build -G Ninja -DCMAKE_INSTALL_PREFIX=/usr
quietly cmake --build build
quietly cmake --install build --prefix "$prefix"
for file in bin/gatebench share/bash-completion/completions/gatebench share/gatebench/recipe.schema.json; do
  [ -s "$prefix/$file" ] || fail "$file is not installed"
done
modes=$(cd "$prefix/share/gatebench" && find recipes -printf "%f %m ")
for mode in 'recipes 755' 'one.yaml 755' 'one.md 644'; do
  [[ " $modes " == *" $mode "* ]] || fail "not every user can read the recipes: $modes"
done
if command -v help2man >/dev/null; then
  grep -q '^gatebench-run ' "$prefix/share/man/man1/gatebench-run.1" || fail "the man page of run has no name"
fi
if command -v dpkg-shlibdeps >/dev/null && command -v file >/dev/null; then
  (cd build && quietly cpack -G DEB)
  dpkg-deb -c build/packages/gatebench_0.1.0-1_*.deb >contents # not through a pipe that grep closes early
  grep -q ' ./usr/bin/gatebench$' contents || fail "no program in the package"
fi

# Errors on the way are reported.
sed -i 's/return 0/return 3/' main.c
quietly cmake --build build
if cmake --install build --prefix "$prefix" >"$work/log" 2>&1; then
  fail "installed although the program fails"
fi
for words in 'could not be made' 'FAILED: '; do
  grep -q "$words" "$work/log" || fail "the reason is not shown: $(cat "$work/log")"
done
echo "a path with spaces, quotes and parentheses is fine"
