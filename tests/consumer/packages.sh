#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The Debian packages of a build: what is in them, what they depend on, and whether the packed program runs from any folder
# once it is unpacked.
#   packages.sh <build folder>
# shellcheck source-path=SCRIPTDIR source=../cli/common.sh
build=$(realpath "$1")
for tool in dpkg-deb dpkg-shlibdeps file; do
  command -v $tool >/dev/null || exit 77
done
place=$(mktemp -d)
mkdir -p "$place/root/usr/bin"
source "$(dirname "$0")/../cli/common.sh" "$place/root/usr/bin/gatebench"
trap 'rm -rf "$work" "$place"' EXIT

cpack -G DEB --config "$build/CPackConfig.cmake" -B "$place/packages" >cpack.log 2>&1 || { cat cpack.log; exit 1; }
declare -A deb
for name in libgatebench0 libgatebench-dev gatebench; do
  deb[$name]=$(echo "$place"/packages/"${name}"_*.deb)
  [ -f "${deb[$name]}" ] || { fail "no package $name"; exit 1; }
  dpkg-deb -x "${deb[$name]}" "$place/root"
  dpkg-deb -c "${deb[$name]}" >"$name.contents"
done

# field PACKAGE FIELD TEXT: a field of the package's control file has the text.
field() {
  dpkg-deb -f "${deb[$1]}" "$2" | grep -qF -- "$3" || fail "$1: no '$3' in $2: $(dpkg-deb -f "${deb[$1]}" "$2")"
}
# holds PACKAGE PATTERN: a path in the package matches the extended regular expression.
holds() {
  grep -qE -- "$2" "$1.contents" || fail "$1: nothing like $2 in it"
}
version=$(dpkg-deb -f "${deb[libgatebench0]}" Version)
field libgatebench0 Depends libdnnl
field libgatebench0 Depends libc6
field libgatebench-dev Depends "libgatebench0 (= $version)"
field gatebench Depends "libgatebench0 (= $version)"
field gatebench Depends gnuplot
field gatebench Depends libhdf5
field gatebench Depends libfyaml
field gatebench Recommends bible-kjv
field gatebench Recommends dataset-fashion-mnist
for name in "${!deb[@]}"; do
  field "$name" Maintainer "@"
  field "$name" Architecture "$(dpkg --print-architecture)"
  holds "$name" "/usr/share/doc/$name/copyright$"
done
holds libgatebench0 '/libgatebench\.so\.[0-9]+ -> libgatebench\.so\.[0-9.]+$'
holds libgatebench-dev '/libgatebench\.so -> '
holds libgatebench-dev '/gatebenchConfig\.cmake$'
holds libgatebench-dev '/gatebench\.pc$'
holds libgatebench-dev '/usr/include/gatebench/gatebench\.h$'
holds gatebench '/usr/bin/gatebench$'
holds gatebench '/usr/share/gatebench/recipes/recall\.yaml$'
holds gatebench '/usr/share/gatebench/claims\.yaml$'
holds gatebench '/usr/share/gatebench/plots/figures/style\.gp$'
if command -v help2man >/dev/null; then
  holds gatebench '/usr/share/man/man1/gatebench-run\.1\.gz$'
fi
if readelf -d "$place/root/usr/bin/gatebench" | grep -E 'R(UN)?PATH' | grep -F "$build"; then
  fail "the program looks for libraries in the build folder"
fi

# From a folder that is not a source tree, without anything of ours in the environment but where the library lies.
unset GATEBENCH_RESULTS GATEBENCH_DATA_CACHE
library=$(find "$place/root" -name 'libgatebench.so.?')
export LD_LIBRARY_PATH=${library%/*}
mkdir -p any/folder && cd any/folder || exit 1
expect 0 list
says out recall
expect 0 doctor
says out "$place/root/usr/bin/../share/gatebench/claims.yaml"
cp "$here/tiny.yaml" .
expect 0 run tiny.yaml -j 2
[ -s gatebench-results/tiny.h5 ] || fail "no results in ./gatebench-results"
expect 0 show tiny
expect 0 verdict tiny
exit $((failures > 0))
