# SPDX-License-Identifier: MIT
# One line of pandas, h5py or xarray opens the results file. Exit code 77 (skipped) without these modules.
import sys
import warnings

try:
    import h5py
    import numpy as np
    import pandas as pd
    import tables  # noqa: F401  what pandas reads HDF5 with
    import xarray as xr
except ImportError as missing:
    print("skipped:", missing)
    sys.exit(77)

warnings.simplefilter("error", UserWarning)
path = sys.argv[1]

runs = pd.read_hdf(path, "runs")
assert len(runs) == 18 and list(runs.columns[:3]) == ["run", "id", "status"], runs.columns
assert runs.cell[0] == "rnn" and runs.cell[17] == "lstm" and runs.status[3] == "done", runs
assert runs.gap.dtype == np.int64 and runs.accuracy[17] == 0.517, runs
assert len(pd.read_hdf(path, "curves")) == 54 and len(pd.read_hdf(path, "metrics")) == 72
assert len(pd.read_hdf(path, "hosts")) == 1

frame = pd.DataFrame(h5py.File(path, "r")["runs"][:])
assert len(frame) == 18 and frame.cell[17] == b"lstm"
with h5py.File(path, "r") as file:
    assert file.attrs["schema"] == "gatebench/1" and file.attrs["title"] == "A made question?"
    assert file["provenance/recipe"][()] == b"name: sample\n"

# Every table has a netCDF dimension of its length: newer xarray warns of dimensions that h5netcdf has to make up.
with h5py.File(path, "r") as file:
    for table in ("runs", "curves", "metrics", "hosts"):
        assert h5py.h5ds.is_scale(file[table + "_row"].id) and file[table + "_row"].shape == file[table].shape, table

for engine in ("h5netcdf", "netcdf4", None):
    try:
        grid = xr.open_dataset(path, group="grid", **({"engine": engine} if engine else {}))
    except ValueError as absent:
        if engine is None or "unrecognized engine" not in str(absent):
            raise
        continue
    assert grid.accuracy.dims == ("cell", "gap", "seed"), grid
    assert [str(c) for c in grid.cell.values] == ["rnn", "gru", "lstm"] and list(grid.gap.values) == [5, 50], grid
    assert float(grid.accuracy.sel(cell="gru", gap=50, seed=2)) == 0.510, grid
    assert "parameters" in grid and "nll" not in grid and grid.accuracy.attrs["units"] == "1"
    assert grid.loss.attrs["units"] == grid.mse.attrs["units"] == "1"  # of a task with a mean squared error
    print(engine, "reads the grid")
