# SPDX-License-Identifier: MIT
# Sourced by each finding: a temporary folder that is removed at the end, packages of fixed versions in it, and the
# comparison of what is seen today with what was seen when the finding was written.
# shellcheck shell=bash

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit

# packages NAME==VERSION...: a virtual environment with them.
packages() {
  python3 -m venv venv
  venv/bin/pip install --quiet --disable-pip-version-check --no-compile "$@" >&2
}

# debian PACKAGE...: must be installed; says which is missing.
debian() {
  local package
  for package in "$@"; do
    if ! dpkg-query -W -f='${db:Status-Status} ${Package} ${Version}\n' "$package" 2>/dev/null | grep '^installed'; then
      echo "this finding needs the Debian package $package" >&2
      exit 5
    fi
  done
}

# see PROGRAM [ARGUMENT...]: runs it and keeps what it prints; warnings go to a file that is shown on failure.
see() {
  if ! "$@" >seen 2>messages; then
    cat seen messages >&2
    echo "the program of this finding failed" >&2
    exit 2
  fi
}

# compare: prints what was seen; exit 1 if it is not the text on standard input.
compare() {
  cat seen
  if ! diff - seen >difference; then
    echo "CHANGED (< then, > now):"
    cat difference
    exit 1
  fi
  echo "as when this finding was written"
}
