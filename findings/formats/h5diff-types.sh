#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# h5diff as a test that two results files hold the same numbers.
#
# hdf5-tools 1.10.8 (Debian 12; any 1.10.8 works).
# Expected: exit code 0 means equal; a dataset of another length or type gives 1.
# Observed: 0, 1, 2 as int32 compared with 50, 60, 70 as float32 or uint32 prints "Some objects are not comparable"
#   and gives exit code 0: the values are never compared. With -q nothing is printed. The same happens for 0, 1, 2 and
#   0, 1, 2, 3. int32 and int64 are compared. (If the datasets also have different attributes, the exit code is 1
#   because of those.)
# gatebench: its tests compare files column by column, by value and type, and do not use h5diff's exit code.
set -euo pipefail
# shellcheck source=findings/common.sh
. "$(dirname "$(readlink -f "$0")")/../common.sh"
debian hdf5-tools >&2
dataset() { # FILE CLASS SIZE NUMBER...: a file with /steps
  local file=$1 class=$2 size=$3
  shift 3
  printf '%s ' "$@" >values
  printf 'PATH steps\nINPUT-CLASS TEXT%s\nRANK 1\nDIMENSION-SIZES %d\nOUTPUT-CLASS %s\nOUTPUT-SIZE %d\n' \
    "$class" $# "$class" "$size" >layout
  h5import values -c layout -o "$file.h5"
}
dataset int32 IN 32 0 1 2
dataset int64 IN 64 0 1 2
dataset other IN 32 0 1 9
dataset longer IN 32 0 1 2 3
dataset float32 FP 32 50 60 70
dataset uint32 UIN 32 50 60 70
differences() {
  local other code
  for other in int64 other longer float32 uint32; do
    code=0
    h5diff int32.h5 $other.h5 >said 2>&1 || code=$?
    printf 'int32 0 1 2 against %-8s exit %d (%s)\n' $other $code "$(tr -s '\n-' ' ' <said | sed 's/^ //; s/ $//')"
    code=0
    h5diff -q int32.h5 $other.h5 >said 2>&1 || code=$?
    printf '  quietly: exit %d, %d bytes\n' $code "$(stat -c %s said)"
  done
}
see differences
compare <<'E2'
int32 0 1 2 against int64    exit 0 ()
  quietly: exit 0, 0 bytes
int32 0 1 2 against other    exit 1 (dataset: </steps> and </steps> 1 differences found)
  quietly: exit 1, 0 bytes
int32 0 1 2 against longer   exit 0 (Some objects are not comparable Use c for a list of objects.)
  quietly: exit 0, 0 bytes
int32 0 1 2 against float32  exit 0 (Some objects are not comparable Use c for a list of objects.)
  quietly: exit 0, 0 bytes
int32 0 1 2 against uint32   exit 0 (Some objects are not comparable Use c for a list of objects.)
  quietly: exit 0, 0 bytes
E2
