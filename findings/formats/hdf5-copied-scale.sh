#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Copying one curve of a results file into another file.
#
# h5py 3.16.0 (HDF5 2.0), h5netcdf 1.8.2, xarray 2026.9.0, netCDF4 1.7.5.1; h5copy of HDF5 1.10.8 does the same.
# Expected: the copy keeps its numbers, and its dimension scale is lost or copied too.
# Observed: the attribute DIMENSION_LIST is copied unchanged: it holds the address of the scale in the old file, and
#   in the new file it points to whatever is at that address. If another scale of equal length is there, h5py, xarray
#   and netCDF4 label the curve with it: losses at steps 100, 200, 300 become losses of seeds 7, 8, 9, without a
#   warning. If nothing is there, xarray cannot open the file, not even its other datasets (KeyError). expand_refs
#   does not change this.
# gatebench: merging reads tables and writes them again with their own scales. Datasets are never copied between
#   files. To copy one curve, export it, or read and write it with xarray.
set -euo pipefail
# shellcheck source=findings/common.sh
. "$(dirname "$(readlink -f "$0")")/../common.sh"
packages h5py==3.16.0 h5netcdf==1.8.2 xarray==2026.9.0 netCDF4==1.7.5.1.post1 numpy==2.4.6 'pandas<3'
cat >make.py <<'E2'
import h5py


def results(name, scale, values, measure, numbers):
    with h5py.File(name, "w") as f:
        s = f.create_dataset(scale, data=values)
        s.make_scale(scale)
        f.create_dataset(measure, data=numbers).dims[0].attach_scale(s)


results("curves.h5", "step", [100, 200, 300], "loss", [3.0, 2.0, 1.0])
results("seeds.h5", "seed", [7, 8, 9], "accuracy", [0.1, 0.2, 0.3])
h5py.File("empty.h5", "w").close()
for target in "seeds.h5", "empty.h5":
    with h5py.File("curves.h5") as a, h5py.File(target, "a") as b:
        a.copy("loss", b)
with h5py.File("seeds.h5") as f:
    print("h5py: loss along", f["loss"].dims[0].keys(), f["loss"].dims[0][0][()])
E2
cat >netcdf4.py <<'E2'
import netCDF4

with netCDF4.Dataset("seeds.h5") as f:
    print("netCDF4: loss along", f["loss"].dimensions)
E2
cat >xarray_reads.py <<'E2'
import warnings

import xarray

warnings.simplefilter("ignore")
for name in "seeds.h5", "empty.h5":
    try:
        with xarray.open_dataset(name, engine="h5netcdf") as d:
            print("xarray:", name, "loss along", d.loss.dims, d.loss.coords["seed"].values)
    except Exception as e:
        print("xarray:", name, type(e).__name__)
E2
steps() { for program in make netcdf4 xarray_reads; do venv/bin/python $program.py; done; }
see steps
compare <<'E2'
h5py: loss along ['seed'] [7 8 9]
netCDF4: loss along ('seed',)
xarray: seeds.h5 loss along ('seed',) [7 8 9]
xarray: empty.h5 KeyError
E2
