#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# One dataset that is valid HDF5 but not valid netCDF, in a file with many others.
#
# xarray 2026.9.0 with h5netcdf 1.8.2 and, separately, netCDF4 1.7.5.1; PyTables 3.11.1; files written by h5py 3.16.0.
# Expected: the invalid dataset is skipped or refused, and the others can be read.
# Observed: xarray with h5netcdf cannot read any of the file. The errors are: TypeError on loading for an empty
#   dataset (null dataspace, h5py.Empty); ValueError for a two-dimensional dataset with a scale on one dimension only;
#   ValueError for rows of varying length; KeyError for a soft link without a target. netCDF4 refuses the first and
#   the last with "HDF error" and the second with an AttributeError. PyTables opens all of them, and reads the empty
#   dataset as a scalar whose value is not in the file.
# gatebench: results files must have no null dataspaces, rows of varying length or dangling links, and a scale on all
#   dimensions of a dataset or on none. tests/results opens a results file with xarray and both engines.
set -euo pipefail
# shellcheck source=findings/common.sh
. "$(dirname "$(readlink -f "$0")")/../common.sh"
packages h5py==3.16.0 h5netcdf==1.8.2 xarray==2026.9.0 netCDF4==1.7.5.1.post1 tables==3.11.1 numpy==2.4.6 'pandas<3'
cat >make.py <<'E2'
import h5py
import numpy as np


def half_scaled(f):
    f["seed"] = [1, 2, 3]
    f["seed"].make_scale("seed")
    f["odd"] = np.zeros((3, 4))
    f["odd"].dims[0].attach_scale(f["seed"])


for name, add in {
    "ordinary": lambda f: None,
    "empty": lambda f: f.__setitem__("odd", h5py.Empty("f8")),
    "half_scaled": half_scaled,
    "varying_rows": lambda f: f.create_dataset("odd", (2,), dtype=h5py.vlen_dtype("f8")),
    "dangling": lambda f: f.__setitem__("odd", h5py.SoftLink("/nowhere")),
}.items():
    with h5py.File(name + ".h5", "w") as f:
        f["accuracy"] = [0.1, 0.2, 0.3]
        add(f)
E2
cat >read.py <<'E2'
import sys
import warnings

warnings.simplefilter("ignore")
reader, name = sys.argv[1:]
try:
    if reader == "xarray":
        import xarray

        with xarray.open_dataset(name + ".h5", engine="h5netcdf") as d:
            said = sorted(d.load().variables)
    elif reader == "netCDF4":
        import netCDF4

        with netCDF4.Dataset(name + ".h5") as d:
            said = sorted(d.variables)
    else:
        import tables

        with tables.open_file(name + ".h5") as f:
            said = f.root.odd.shape
except Exception as e:
    said = type(e).__name__
print("  %-8s" % reader, said)
E2
read_all() {
  venv/bin/python make.py
  for name in ordinary empty half_scaled varying_rows dangling; do
    echo "$name:"
    for reader in xarray netCDF4; do venv/bin/python read.py $reader $name; done
  done
  echo "shape of the empty dataset:"
  venv/bin/python read.py PyTables empty
}
see read_all
compare <<'E2'
ordinary:
  xarray   ['accuracy']
  netCDF4  ['accuracy']
empty:
  xarray   TypeError
  netCDF4  OSError
half_scaled:
  xarray   ValueError
  netCDF4  AttributeError
varying_rows:
  xarray   ValueError
  netCDF4  ['accuracy', 'odd']
dangling:
  xarray   KeyError
  netCDF4  OSError
shape of the empty dataset:
  PyTables ()
E2
