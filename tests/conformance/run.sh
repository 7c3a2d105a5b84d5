#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# One conformance test in a private environment of pinned packages, which is made the first time.
#   run.sh <test> <folder for the environment> <python/> <libgatebench.so> <gatebench>
# Skipped (77) unless GATEBENCH_CONFORMANCE is 1, or `all` for PyTorch too, and where PyPI cannot be reached.
set -euo pipefail
name=$1 place=$2 package=$3 library=$4 program=$5
here=$(dirname "$(readlink -f "$0")")
skip() { echo "skipped: $*"; exit 77; }

files=("$here/requirements.txt")
case $name:${GATEBENCH_CONFORMANCE:-} in
*:all) files+=("$here/requirements_pytorch.txt") ;;
pytorch_layers:*) skip "GATEBENCH_CONFORMANCE=all installs PyTorch (5 GB) from PyPI and runs this test" ;;
*:1) ;;
*) skip "GATEBENCH_CONFORMANCE=1 installs ONNX Runtime and Keras (500 MB) from PyPI and runs this test" ;;
esac

mkdir -p "$place"
exec 9>"$place/lock"
flock 9
python=$place/venv/bin/python
wanted=$(cat "${files[@]}")
if [ "$(cat "$place/complete" 2>/dev/null)" != "$wanted" ]; then
  arguments=()
  for file in "${files[@]}"; do arguments+=(-r "$file"); done
  if ! { /usr/bin/python3 -m venv "$place/venv" &&
         "$place/venv/bin/pip" install --quiet --disable-pip-version-check "${arguments[@]}"; }; then
    skip "the pinned packages could not be installed from PyPI"
  fi
  echo "$wanted" >"$place/complete"
fi
flock -u 9
PYTHONPATH=$package PYTHONDONTWRITEBYTECODE=1 GATEBENCH_LIBRARY=$library OMP_NUM_THREADS=1 exec "$python" "$here/$name.py" "$program"
