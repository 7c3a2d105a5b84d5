#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# scripts/gallery.sh leaves the gallery as it is when it has no program or no results file.
#   gallery.sh <top of the source tree>
set -euo pipefail
place=$(mktemp -d) failures=0
trap 'rm -rf "$place"' EXIT
mkdir -p "$place/scripts" "$place/plots/gallery"
cp "$1/scripts/gallery.sh" "$place/scripts"
echo kept >"$place/plots/gallery/README.md"
for program in "$place/none" false; do
  if GATEBENCH=$program "$place/scripts/gallery.sh" "$place/none.h5" >/dev/null 2>&1; then
    echo "FAILED: ends well with the program $program"
    failures=1
  fi
  [ "$(cat "$place/plots/gallery/README.md")" = kept ] || { echo "FAILED: $program draws an empty page"; failures=1; }
done
exit $failures
