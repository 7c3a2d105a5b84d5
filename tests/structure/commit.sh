#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# cmake/Commit.cmake in a project of its own: what the program says after a commit, a change, and without git.
#   commit.sh <cmake folder> [generator]
set -euo pipefail
command -v git >/dev/null || exit 77
modules=$(realpath "$1") place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
export HOME=$place GIT_CONFIG_NOSYSTEM=1 GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@b GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@b

mkdir "$place/source tree" && cd "$place/source tree"
cat >CMakeLists.txt <<END
cmake_minimum_required(VERSION 3.25)
project(sample LANGUAGES C)
include("$modules/Commit.cmake")
add_executable(say say.c)
gatebench_commit(say)
END
printf '#include <stdio.h>\n#include "commit.h"\nint main(void) { puts(GATEBENCH_COMMIT); return 0; }\n' >say.c

# expect TEXT: builds without configuring anew; the program says the text.
expect() {
  cmake --build ../build >../log 2>&1 || { cat ../log; exit 1; }
  said=$(../build/say)
  [ "$said" = "$1" ] || { echo "FAILED: ${2}: the program says '$said', not '$1'"; exit 1; }
}

cmake -S . -B ../build -G Ninja >../log || { cat ../log; exit 1; }
expect unknown "without git"
git init -q ..
expect unknown "inside another clone"
rm -rf ../.git
git init -q .
git add .
git commit -qm one
expect "$(git describe --always)" "after the first commit"
git commit -qm two --allow-empty
expect "$(git describe --always)" "after another commit"
made=$(stat -c %y ../build/say)
expect "$(git describe --always)" "built again"
[ "$(stat -c %y ../build/say)" = "$made" ] || { echo "FAILED: linked again though nothing changed"; exit 1; }
echo "/* changed */" >>say.c
expect "$(git describe --always)+changes" "after a change"
chown -R 1 . 2>/dev/null || true # git distrusts a clone of somebody else
expect "$(git describe --always 2>/dev/null || git -c safe.directory=* describe --always)+changes" "in another user's clone"
echo "the commit is right after every change"
