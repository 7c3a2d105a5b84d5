#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The library used by other programs: it is installed into a clean folder, then the examples (C) and a C++ program are
# built against that folder alone, through find_package and through pkg-config, and run.
#   consumer.sh <build folder> <folder of the C++ project> <folder to work in> [static]
# static: the library is built anew as a static one.
set -euo pipefail
build=$1 cpp=$2 work=$3 kind=${4:-shared}
export OMP_NUM_THREADS=1

fail() { printf 'consumer: %s\n' "$*"; exit 1; }

rm -rf "$work"
mkdir -p "$work"
if [ "$kind" = static ]; then
  build=$work/build
  { cmake -S "$cpp/../../.." -B "$build" -DCMAKE_BUILD_TYPE=Release -DBUILD_SHARED_LIBS=OFF -DBUILD_TESTING=OFF &&
    cmake --build "$build" --target gatebench --parallel "$(nproc)"; } >"$work/build.log" 2>&1 ||
    { cat "$work/build.log"; fail "the static library does not build"; }
fi
unset CMAKE_C_COMPILER_LAUNCHER
for component in libgatebench0 libgatebench-dev; do
  cmake --install "$build" --prefix "$work/first" --component $component >"$work/install.log"
done
# Nothing in the tree may remember where it was installed.
mv "$work/first" "$work/installed"
prefix=$work/installed
examples=$(find "$prefix" -type d -name examples)
library=$(readlink -f "$(find "$prefix" -name libgatebench.so -o -name libgatebench.a)")
folder=$(dirname "$library")

[ -f "$folder/cmake/gatebench/gatebenchConfig.cmake" ] || fail "no gatebenchConfig.cmake"
if [ "$kind" = shared ] && grep -ril dnnl "$folder/cmake" "$folder/pkgconfig"; then
  fail "oneDNN shows in what consumers read"
fi
if grep -rlF -e "$build" -e "$work/first" "$folder/cmake" "$folder/pkgconfig" "$prefix/include"; then
  fail "a path of this build shows in what consumers read"
fi
symbols=--extern-only
if [ "$kind" = shared ]; then
  symbols=--dynamic
  readelf -d "$library" | grep -q 'SONAME.*\[libgatebench\.so\.[0-9]*\]' || fail "no SONAME with a version"
fi
if nm "$symbols" --defined-only "$library" | awk 'NF == 3 {print $3}' | grep -v '^gb_'; then
  fail "these exported symbols do not begin with gb_"
fi

# through CMake
cmake_build() { # <source folder> <build folder>
  if ! { cmake -S "$1" -B "$2" -DCMAKE_PREFIX_PATH="$prefix" -DCMAKE_BUILD_TYPE=Release &&
         cmake --build "$2" --verbose; } >"$2.log" 2>&1; then
    cat "$2.log"
    fail "$1 does not build through CMake"
  fi
}
cmake_build "$examples" "$work/c"
cmake_build "$cpp" "$work/cpp"
if [ "$kind" = shared ] && grep -iE 'dnnl|fopenmp' "$work/c.log" "$work/cpp.log"; then fail "oneDNN's flags reach the consumer"; fi

# through pkg-config
export PKG_CONFIG_PATH=$folder/pkgconfig
static=()
[ "$kind" = shared ] || static=(--static)
read -ra flags <<<"$(pkg-config "${static[@]}" --cflags --libs gatebench)"
warnings=(-O2 -Wall -Wextra -Wpedantic -Werror "-Wl,-rpath,$folder")
mkdir "$work/pkg-config"
for name in forward train_adding custom_cell; do
  cc -std=c11 "${warnings[@]}" "$examples/$name.c" "${flags[@]}" -lm -o "$work/pkg-config/$name"
done
c++ -std=c++17 "${warnings[@]}" "$cpp/consumer.cpp" "${flags[@]}" -o "$work/pkg-config/consumer"
pkg-config --atleast-version=0.1 gatebench || fail "pkg-config knows no version"

for program in "$work"/c/{forward,train_adding,custom_cell} "$work"/cpp/consumer \
               "$work"/pkg-config/{forward,train_adding,custom_cell,consumer}; do
  (cd / && "$program") >"$work/run.log" 2>&1 || { cat "$work/run.log"; fail "$program fails"; }
done
rm -rf "$work"
