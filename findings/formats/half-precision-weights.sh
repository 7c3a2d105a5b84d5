#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# bfloat16 and float16 weights in the file formats of the field.
#
# NumPy 2.4.6, ml_dtypes 0.6.0 (the bfloat16 of JAX and Keras), h5py 3.16.0, SciPy 1.17.1, safetensors 0.8.0, netCDF4
# 1.7.5.1.
# Expected: a format without bfloat16 refuses it; every format keeps float16.
# Observed: .npz (V2) and HDF5 (an opaque type) accept bfloat16 and return raw bytes, without a warning. SciPy's
#   savemat converts both types to double. netCDF4 refuses both. Only safetensors returns bfloat16 and float16 as they
#   were stored; it also writes float8_e4m3fn but then cannot read it (AttributeError).
# gatebench: an import must not read a V2 or opaque array as integers; it refuses such an array by its type.
set -euo pipefail
# shellcheck source=findings/common.sh
. "$(dirname "$(readlink -f "$0")")/../common.sh"
packages numpy==2.4.6 ml_dtypes==0.6.0 h5py==3.16.0 scipy==1.17.1 safetensors==0.8.0 netCDF4==1.7.5.1.post1
cat >store.py <<'E2'
import sys
import warnings

warnings.simplefilter("ignore")
import ml_dtypes
import numpy as np


def npz(w):
    np.savez("w.npz", w=w)
    return np.load("w.npz")["w"]


def hdf5(w):
    import h5py

    with h5py.File("w.h5", "w") as f:
        f["w"] = w
        return f["w"][()]


def mat(w):
    import scipy.io

    scipy.io.savemat("w.mat", {"w": w})
    return scipy.io.loadmat("w.mat")["w"]


def safetensors(w):
    import safetensors.numpy

    safetensors.numpy.save_file({"w": w}, "w.safetensors")
    return safetensors.numpy.load_file("w.safetensors")["w"]


def netcdf(w):
    import netCDF4

    with netCDF4.Dataset("w.nc", "w") as f:
        f.createDimension("n", 3)
        f.createVariable("w", w.dtype, ("n",))[:] = w
        return f["w"][:]


store = globals()[sys.argv[1]]
for name in "bfloat16", "float16", "float8_e4m3fn":
    try:
        said = str(store(np.array([1, 2, 3], getattr(ml_dtypes, name, name))).dtype)
    except Exception as e:
        said = type(e).__name__
    print("%-12s %-14s -> %s" % (sys.argv[1], name, said))
E2
stores() { for format in npz hdf5 mat safetensors netcdf; do venv/bin/python store.py $format; done; }
see stores
compare <<'E2'
npz          bfloat16       -> |V2
npz          float16        -> float16
npz          float8_e4m3fn  -> |V1
hdf5         bfloat16       -> |V2
hdf5         float16        -> float16
hdf5         float8_e4m3fn  -> |V1
mat          bfloat16       -> float64
mat          float16        -> float64
mat          float8_e4m3fn  -> float64
safetensors  bfloat16       -> bfloat16
safetensors  float16        -> float16
safetensors  float8_e4m3fn  -> AttributeError
netcdf       bfloat16       -> TypeError
netcdf       float16        -> TypeError
netcdf       float8_e4m3fn  -> TypeError
E2
