#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Draws the gallery: every figure that the results files have data for, once, from the first file whose recipe names it,
# else from the first file that has the data. The figures and their page go into plots/gallery, and the first figure of
# each recipe, drawn from the recipe's first file, into plots/gallery/recipes, for its page. README's figures are in the gallery.
#   scripts/gallery.sh results/reference/*.h5      (or those of `gatebench run quick`)
# GATEBENCH: the program (default: build/release/bin/gatebench).
set -euo pipefail
[ $# -ge 1 ] || { sed -n '3,7s/^# \{0,1\}//p' "$0" >&2; exit 2; }
top=$(cd "$(dirname "$(readlink -f "$0")")/.." && pwd)
program=${GATEBENCH:-$top/build/release/bin/gatebench}
gallery=$top/plots/gallery
for results in "$@"; do # an error ends the script before the existing page is overwritten
  "$program" plot "$results" --list >/dev/null
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$gallery/recipes"
page=$gallery/README.md
{
  echo "Every kind of figure, drawn by \`scripts/gallery.sh\` from results files; must not hold anything that is drawn by hand."
  echo
  echo "\`gatebench plot RUN FIGURE\` draws one; \`gatebench plot RUN --list\` names those that a run can be drawn as."
} >"$work/page"
# draw RESULTS FIGURE: unless it is there.
draw() {
  [ ! -e "$work/$2.done" ] || return 0
  "$program" plot "$1" "$2" -o "$work" --format svg >"$work/path" 2>"$work/caption" || return 0
  mv "$(head -n 1 "$work/path")" "$gallery/$2.svg"
  touch "$work/$2.done"
  {
    printf '\n## %s\n\n![%s](%s.svg)\n\n' "$2" "$2" "$2"
    grep -v '^next:' "$work/caption"
  } >>"$work/page"
}

for results in "$@"; do
  recipe=$(basename "$results" .h5)
  "$program" plot "$results" -o "$work" --format svg >"$work/asked" 2>/dev/null || continue
  first=$(head -n 1 "$work/asked")
  if [ -n "$first" ] && [ ! -e "$work/${recipe%-*}.shown" ]; then
    cp "$first" "$gallery/recipes/${recipe%-*}.svg"
    touch "$work/${recipe%-*}.shown"
  fi
  while read -r path; do
    figure=$(basename "$path" .svg)
    draw "$results" "${figure##*-}"
  done <"$work/asked"
done
for results in "$@"; do
  "$program" plot "$results" --list 2>/dev/null | awk 'NR > 1 && $1 ~ /^[a-z_]+$/ { print $1 }' >"$work/figures" || continue
  while read -r figure; do
    draw "$results" "$figure"
  done <"$work/figures"
done
mv "$work/page" "$page"
echo "$page"
