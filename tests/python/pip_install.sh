#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# `pip install python/` into a fresh environment, without the network, and a layer run there.
#   pip_install.sh <python/> <libgatebench.so> <folder to work in>
set -euo pipefail
package=$1 library=$2 work=$3
/usr/bin/python3 -c 'from importlib.util import find_spec as found
raise SystemExit(not all(map(found, ("numpy", "pip", "setuptools", "venv"))))' ||
  { echo "skipped: needs python3-numpy, python3-pip, python3-setuptools and python3-venv"; exit 77; }
rm -rf "$work"
mkdir -p "$work"
cp -r "$package" "$work/source" # pip builds inside of the source
/usr/bin/python3 -m venv --system-site-packages "$work/venv"
"$work/venv/bin/pip" install --quiet --no-deps --no-build-isolation --no-index "$work/source"
cd /
GATEBENCH_LIBRARY=$library "$work/venv/bin/python" - <<'PYTHON'
import gatebench
import numpy
assert "/venv/" in gatebench.__file__, gatebench.__file__
assert gatebench.Layer("gru", input=2, hidden=3).forward(numpy.ones((4, 1, 2))).y.shape == (4, 1, 3)
PYTHON
rm -rf "$work"
