#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Class labels in a .ts file (UCR/UEA archives) that differ in case or by a space.
#
# aeon 1.6.0, sktime 1.2.0.
# Expected: three labels, as in the header, or an error.
# Observed: LSTM, lstm and Gru become two classes, lstm and gru, in both packages, because whole lines are converted
#   to lower case. From .arff files the same packages keep all three. A space before the label makes a new class in
#   aeon (" gru") but not in sktime. Both accept a label that the header does not list. If a number is missing at the
#   end of a row of an equalLength file, aeon reports an error and sktime reads a shorter series.
# gatebench: the task `series` keeps labels as they are, without spaces around them, and refuses what the header
#   excludes by its line: an unknown label, a row of another length.
set -euo pipefail
# shellcheck source=findings/common.sh
. "$(dirname "$(readlink -f "$0")")/../common.sh"
packages aeon==1.6.0 sktime==1.2.0 numpy==2.3.5 'pandas<3'
see venv/bin/python - <<'E2'
import warnings

warnings.simplefilter("ignore")
import aeon.datasets
import sktime.datasets

HEADER = """@problemName cells
@timeStamps false
@missing false
@univariate true
@equalLength true
@seriesLength 3
@classLabel true LSTM lstm Gru
@data
"""
CASES = {
    "case": "1,2,3:LSTM\n4,5,6:lstm\n7,8,9:Gru\n",
    "space": "1,2,3:Gru\n4,5,6: Gru\n7,8,9:lstm\n",
    "unlisted label": "1,2,3:LSTM\n4,5,6:lstm\n7,8,9:other\n",
    "short row": "1,2,3:LSTM\n4,5:lstm\n7,8,9:Gru\n",
}
READERS = {
    "aeon": lambda name: aeon.datasets.load_from_ts_file(name)[1],
    "sktime": lambda name: sktime.datasets.load_from_tsfile_to_dataframe(name)[1],
}
for case, rows in CASES.items():
    with open("cells_TRAIN.ts", "w") as f:
        f.write(HEADER + rows)
    for reader, read in READERS.items():
        try:
            said = sorted(set(read("cells_TRAIN.ts").tolist()))
        except Exception as e:
            said = type(e).__name__
        print("%-15s %-7s %s" % (case, reader, said))
with open("cells.arff", "w") as f:
    f.write("@relation cells\n@attribute a numeric\n@attribute b numeric\n@attribute class {LSTM,lstm,Gru}\n@data\n1,2,LSTM\n3,4,lstm\n5,6,Gru\n")
print("%-15s %-7s %s" % ("as .arff", "aeon", sorted(set(aeon.datasets.load_from_arff_file("cells.arff")[1].tolist()))))
print("%-15s %-7s %s" % ("as .arff", "sktime", sorted(set(sktime.datasets.load_from_arff_to_dataframe("cells.arff")[1].tolist()))))
E2
compare <<'E2'
case            aeon    ['gru', 'lstm']
case            sktime  ['gru', 'lstm']
space           aeon    [' gru', 'gru', 'lstm']
space           sktime  ['gru', 'lstm']
unlisted label  aeon    ['lstm', 'other']
unlisted label  sktime  ['lstm', 'other']
short row       aeon    OSError
short row       sktime  ['gru', 'lstm']
as .arff        aeon    ['Gru', 'LSTM', 'lstm']
as .arff        sktime  ['Gru', 'LSTM', 'lstm']
E2
