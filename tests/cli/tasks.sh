#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# task, params and data: what they print and refuse. No data of the real catalog is needed.
# shellcheck source-path=SCRIPTDIR source=common.sh
source "$(dirname "$0")/common.sh"

expect 0 task recall gap=50
says out "gap=50"
says out "chance"
says err "gatebench task recall gap=50 --sample"
expect 0 task recall gap=50 --sample
says out "___"
words=$(wc -w <out)
[ "$words" -ge 52 ] || fail "$last: $words words"
cp out first
expect 0 task recall gap=50 --sample
cmp -s out first || fail "the same seed gives another sample"
expect 0 task recall gap=50 --sample --seed 2
cmp -s out first && fail "another seed gives the same sample"
expect 0 task recall gap=7 answers=5 --json
json "j['options']['gap'] == '7' and j['shape']['output_size'] == 5 and j['shape']['longest'] == 9"
json "j['splits']['train'] is None and j['splits']['test'] == 1000"
json "[b['value'] for b in j['baselines'] if b['name'] == 'chance'] == [0.2]"
expect 0 task copy blanks=100 --json
json "abs([b['value'] for b in j['baselines'] if b['metric'] == 'nll'][0] - 0.17328680) < 1e-8"
expect 0 task adding --json
json "[b['value'] for b in j['baselines'] if b['metric'] == 'mse'] == [1 / 6] and not j['shape']['higher_is_better']"
for name in temporal_order parity counting; do
  expect 0 task "$name" --sample
  says out "->"
done
expect 2 task recal
says err "recall"
expect 2 task recall gapp=3
says err "gap"
expect 2 task recall gap=-1
expect 2 task recall gap
says err "option=value"
expect 4 task music set=jsb
says err "data fetch jsb"
silent out

# A layer of a gru: 3 gates of 4 x 5 + 5 x 5, and what each convention adds as bias.
expect 0 params --cell gru --input 4 --hidden 5 --json
json "{c: v['parameters'] for c, v in j['cells'][0]['conventions'].items()} == {'keras': 165, 'pytorch': 165, 'onednn': 155, 'paper': 135}"
json "all(v['kernel'] == 60 and v['recurrent'] == 75 for v in j['cells'][0]['conventions'].values())"
json "j['cells'][0]['conventions']['onednn']['gates'] == {'u': {'kernel': 20, 'recurrent': 25, 'bias': 5}, 'r': {'kernel': 20, 'recurrent': 25, 'bias': 5}, 'o': {'kernel': 20, 'recurrent': 25, 'bias': 10}}"
json "j['cells'][0]['conventions']['pytorch']['ratio_to_lstm'] == 0.75"
expect 0 params --cell rnn,lstm --convention keras,paper --input 4 --hidden 5 --json
json "[c['cell'] for c in j['cells']] == ['rnn', 'lstm'] and set(j['cells'][1]['conventions']) == {'keras', 'paper'}"
expect 0 params --cell gru
says out "gru by gate"
expect 2 params --cell grv
says err "did you mean 'gru'?"
expect 2 params --convention theano9
says err "there are keras"

# A catalog of our own: one good file, one whose content is not what the catalog says, one that is nowhere.
mkdir share source
printf 'hello\n' >source/good.bin
printf 'other\n' >source/wrong.bin
sum=$(sha256sum <source/good.bin | cut -d' ' -f1)
for name in good wrong absent; do
  printf '%s:\n  file: %s.bin\n  about: a test\n  url: file://%s/source/%s.bin\n  bytes: 6\n  sha256: %s\n  licence: none\n' \
    "$name" "$name" "$work" "$name" "$sum"
done >share/catalog.yaml
export GATEBENCH_SHARE=$work/share
expect 0 data list --json
json "[f['name'] for f in j] == ['good', 'wrong', 'absent'] and not any(f['present'] for f in j)"
expect 4 data verify good
says err "data fetch good"
expect 2 data verify good --json
expect 2 data list good
expect 0 data fetch good
says out "cache/good.bin"
expect 0 data verify good
says out "verified"
expect 0 data
says out "verified"
says out "not ok"
expect 4 data fetch wrong
says err "wrong.bin"
expect 5 data fetch absent
says err "absent.bin"
expect 4 data verify
printf 'hellO\n' >cache/good.bin
expect 4 data verify good
says err "good.bin"
printf 'hel' >cache/good.bin
expect 4 data verify good
expect 2 data fetch
says err "fetch all"
expect 2 data fetch god
says err "did you mean 'good'?"
expect 2 data remove good

# Test series of an .npz: no second source of them is read silently, and -0 is the class 0.
python3 - <<'END' || fail "no .npz could be written"
import struct, zipfile

def member(values, columns):
    shape = f"({len(values) // columns}, {columns})" if columns > 1 else f"({len(values)},)"
    head = f"{{'descr': '<f8', 'fortran_order': False, 'shape': {shape}, }}"
    head += " " * (117 - len(head)) + "\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(head)) + head.encode() + struct.pack(f"<{len(values)}d", *values)

def save(name, **arrays):
    with zipfile.ZipFile(name, "w") as archive:
        for key, values in arrays.items():
            archive.writestr(key + ".npy", member(values, 3 if key[0] == "X" else 1))

train, test = [float(i % 7) for i in range(30)], [50.0 + i for i in range(12)]
save("both.npz", X_train=train, y_train=[0.0, 1.0] * 5, X_test=test, y_test=[0.0, 1.0] * 2)
save("train.npz", X=train, y=[0.0, -0.0, 1.0, 0.0, 1.0] * 2)
save("test.npz", X=test, y=[0.0, 1.0] * 2)
END
expect 0 task series file=both.npz
says out '  test                   4 sequences'
expect 0 task series file=train.npz test=test.npz
says out '  test                   4 sequences'
says out '  outputs                2,'
expect 2 task series file=both.npz test=test.npz
says err 'test=test.npz would not be read, since file= has test series of its own; omit test='
expect 4 task series file=train.npz test=both.npz
says err 'both.npz: holds series for training too'
finish
