#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# no_scalar_maths.sh "<object>;<object>;...": fails when an object of lib/core, lib/cells or lib/backends refers to a
# function of the C library's mathematics (tanhf, exp, ...). Skipped without binutils.
set -euo pipefail
command -v nm >/dev/null || exit 77
maths='(a?(sin|cos|tan)h?|exp(2|10|m1)?|log(2|10|1p|b)?|pow|cbrt|hypot|erfc?|[lt]gamma|fmod|fma|f(max|min|dim)|rint|round|floor|ceil|trunc)[fl]?'
found=0 looked=0
IFS=';' read -ra objects <<<"$1"
for object in "${objects[@]}"; do
  [[ $object =~ /(core|cells|backends)/ ]] || continue
  looked=$((looked + 1))
  if nm --undefined-only "$object" | grep -E "[ _](${maths})$"; then
    echo "$object calls scalar mathematics"
    found=1
  fi
done
[ "$looked" -gt 10 ] || { echo "only $looked objects were looked at"; found=1; }
exit "$found"
