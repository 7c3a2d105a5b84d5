#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# What scripts/prepare.sh does where packages are missing, on machines that stand-ins for apt-get, dpkg-query, lslocks and id
# make up: nothing is installed here, and no time passes.
#   prepare.sh <top of the source tree>
# shellcheck disable=SC2016
set -euo pipefail
source=$(realpath "$1") place=$(mktemp -d) failures=0
trap 'rm -rf "$place"' EXIT
mkdir "$place/bin"
for tool in bash grep awk mktemp cat rm env sed; do
  ln -s "$(command -v $tool)" "$place/bin/$tool"
done

# stub NAME SCRIPT: a program of that name, which notes its words.
stub() {
  printf '#!/bin/bash\necho "%s $*" >>"%s/log"\n%s\n' "$1" "$place" "$2" >"$place/bin/$1"
  chmod +x "$place/bin/$1"
}
# expect CODE: install_packages here there; the packages `there*` are installed.
expect() {
  local code=0
  rm -f "$place/log" "$place/looks"
  PATH=$place/bin bash -c 'cd "$1"; . scripts/prepare.sh; install_packages "${@:2}"' bash "$source" "${@:2}" \
    >"$place/out" 2>"$place/err" || code=$?
  touch "$place/log"
  [ "$code" -eq "$1" ] || fail "${*:2}: exit code $code, not $1"
}
fail() {
  printf 'FAILED: %s\n' "$*"
  sed 's/^/  /' "$place/log" "$place/err"
  failures=$((failures + 1))
}
says() { grep -qF -- "$2" "$place/$1" || fail "no '$2' in $1"; }
never() { ! grep -qE -- "$1" "$place/log" || fail "'$1' ran"; }

# It prints its format once for each architecture that a package is installed for.
stub dpkg-query 'line=$(echo "${2#-f=}" | sed "s/[$]{db:Status-Status}/installed/")
case ${*: -1} in there-twice) printf "$line$line" ;; there*) printf "$line" ;; *) exit 1 ;; esac'
stub apt-get ''
stub sleep ''
stub lslocks ''
stub id 'echo 0'

expect 0 there there-too there-twice
never 'apt-get|lslocks'

expect 0 there missing
says log "apt-get update"
grep -qE '^apt-get install .* missing$' "$place/log" || fail "not only what is missing is installed"

# Held for a while, then free.
stub lslocks "echo >>'$place/looks'; [ \$(cat '$place/looks' | grep -c '') -gt 3 ] || echo 71 unattended-upgr /var/lib/dpkg/lock-frontend"
expect 0 missing
says err "waiting for unattended-upgr (process 71)"
[ "$(grep -c waiting "$place/err")" -eq 1 ] || fail "says more than once whom it waits for"
says log "apt-get install"
says log "DPkg::Lock::Timeout="

# Held for ever; other programs' locks do not matter.
stub lslocks 'echo 72 apt /var/lib/apt/lists/lock'
expect 5 missing
says err "apt (process 72) has held the lock of apt for"
never apt-get
stub lslocks 'echo 73 firefox /home/ada/lock; echo 74 apt /var/lib/dpkg/lock-frontends'
expect 0 missing

stub id 'echo 1000'
expect 5 missing
says err "not root and no sudo; as root: apt-get install missing"
never apt-get
stub sudo 'exec "$@"'
expect 0 missing
says log "sudo apt-get update"
says log "sudo env DEBIAN_FRONTEND=noninteractive apt-get install"

[ "$failures" -eq 0 ] && echo "all as expected"
exit $((failures > 0))
