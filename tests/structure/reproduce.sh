#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Which commands ./reproduce runs. A script in place of the program records them: nothing is installed, built or run here.
#   reproduce.sh <top of the source tree>
set -euo pipefail
place=$(mktemp -d) failures=0
trap 'rm -rf "$place"' EXIT
mkdir -p "$place/scripts" "$place/build/release/bin"
cp "$1/reproduce" "$place"
echo 'BUILD_PACKAGES=(); install_packages() { :; }; build() { :; }' >"$place/scripts/prepare.sh"
cat >"$place/build/release/bin/gatebench" <<'END'
#!/bin/sh
echo "$*" >>log
[ "$1" != "$FAILS" ] || exit "$CODE"
END
chmod +x "$place/build/release/bin/gatebench"

# expect CODE COMMANDS WORDS...: its exit code, and what it gave to gatebench, separated by ";".
expect() {
  local code=0 given
  rm -f "$place/log"
  "$place/reproduce" "${@:3}" >"$place/out" 2>&1 || code=$?
  given=$(paste -sd ';' "$place/log" 2>/dev/null || true)
  [ "$code:$given" = "$1:$2" ] && return
  echo "FAILED: reproduce ${*:3}: exit code $code, '$given'; not $1, '$2'"
  failures=$((failures + 1))
}
export FAILS='' CODE=0
expect 0 'run quick;report;verdict'
expect 0 'run full;report;verdict' full
expect 0 'run recall music --profile full;report;verdict' recall music
expect 0 'run quick --dry-run' --dry-run
expect 0 'run full --dry-run' full --dry-run
expect 0 'run quick -j 2;report;verdict' -j 2
expect 0 '' --help
FAILS=run CODE=1
expect 1 'run quick;report;verdict'
CODE=3
expect 3 'run full' full
FAILS=report CODE=5
expect 5 'run quick;report;verdict'
exit $((failures > 0))
