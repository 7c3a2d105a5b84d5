# SPDX-License-Identifier: MIT
"""Results files of the program `gatebench`; needs h5py and pandas."""
from gatebench._library import DataError


def _open(path):
    try:
        import h5py
    except ImportError as error:
        raise ImportError("reading results needs h5py: pip install h5py pandas") from error
    try:
        return h5py.File(path, "r")
    except OSError as error:
        raise DataError(f"{path}: not a results file that can be read: {error}") from error


def _tables(file):
    return [name for name, item in file.items() if getattr(getattr(item, "dtype", None), "names", None)]


def result_tables(path):
    """The names of the tables in a results file: "runs", "curves", "metrics", ..."""
    with _open(path) as file:
        return _tables(file)


def read_results(path, table="runs"):
    """A table of a results file as a pandas.DataFrame. "runs" has one row per finished trial with all settings and
    measurements, "curves" one row per evaluation; the column `run` joins them. results/README.md lists the others."""
    try:
        import pandas
    except ImportError as error:
        raise ImportError("reading results needs pandas: pip install h5py pandas") from error
    with _open(path) as file:
        if table not in _tables(file):
            raise DataError(f"{path} has no table '{table}'; it has: {', '.join(_tables(file)) or 'none'}")
        rows = file[table][:]
    columns = {name: [text.decode() for text in rows[name]] if rows.dtype[name].kind == "S" else rows[name]
               for name in rows.dtype.names}
    return pandas.DataFrame(columns)
