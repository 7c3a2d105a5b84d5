# SPDX-License-Identifier: MIT
# Sourced by each finding: makes a temporary folder that is removed at the end, installs packages of fixed versions there,
# and compares today's output with that of the day when the finding was written.
# shellcheck shell=bash

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit

# packages NAME==VERSION...: makes a virtual environment with these packages.
packages() {
  python3 -m venv venv
  venv/bin/pip install --quiet --disable-pip-version-check --no-compile "$@" >&2
}

# debian PACKAGE...: ends with exit code 5 and the package's name if one is not installed.
debian() {
  local package
  for package in "$@"; do
    if ! dpkg-query -W -f='${db:Status-Status} ${Package} ${Version}\n' "$package" 2>/dev/null | grep '^installed'; then
      echo "this finding needs the Debian package $package" >&2
      exit 5
    fi
  done
}

# see PROGRAM [ARGUMENT...]: runs it and keeps its output. Its messages are shown only if it fails.
see() {
  if ! "$@" >seen 2>messages; then
    cat seen messages >&2
    echo "the program of this finding failed" >&2
    exit 2
  fi
}

# compare: prints the output; exit code 1 if it differs from the text on standard input.
compare() {
  cat seen
  if ! diff - seen >difference; then
    echo "CHANGED (< then, > now):"
    cat difference
    exit 1
  fi
  echo "as when this finding was written"
}
