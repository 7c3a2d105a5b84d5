#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# probe on an imported network: the report, the run that it writes, sequences from files, and what is refused.
# shellcheck source-path=SCRIPTDIR source=../cli/common.sh
source "$(dirname "$0")/../cli/common.sh"
golden=$here/../golden/interchange

expect 0 probe "$golden/keras/0.keras" --lags 30
says out "falls to half after"
says out "largest Lyapunov exponent"
says out "median unit"
says out "linear memory capacity"
says err "gatebench plot probe-0"
expect 0 validate runs/probe-0.h5
expect 0 probe "$golden/keras/0.keras" --lags 10 --name again --json
json "len(j['log10_gradient_by_lag']) == 11 and j['loss'] == 'squared' and len(j['time_constants']) == j['units'] == 4"
json "j['spectrum'] == sorted(j['spectrum'], reverse=True) and len(j['spectrum']) + j['lost_directions'] == 8"
cp out first
expect 0 probe "$golden/keras/0.keras" --lags 10 --name again --json
cmp -s out first || fail "the same question has another answer"
expect 0 export again --csv
[ "$(wc -l <out)" -eq 2 ] || fail "the run 'again' holds not one trial"

# One's own sequences; a basic RNN has no memory gate.
expect 0 probe "$golden/pytorch/2.safetensors" --data "$golden/pytorch/2.x.npy" --json
json "j['steps'] == 5 and j['sequences'] == 2 and len(j['log10_gradient_by_lag']) == 6 and j['time_constants'] == []"
expect 4 probe "$golden/pytorch/2.safetensors" --data "$golden/keras/5.x.npy"
says err "5.x.npy: is not [N][T][I]"

# Numbers that would give a report of something else: not finite, no word, no class.
write_npy good.npy 1,2,3 1 2 3 4 5 6
write_npy nan.npy 1,2,3 1 2 3 nan 5 6
write_npy infinite.npy 1,4 1 2 inf 4
expect 0 probe "$golden/pytorch/2.safetensors" --data good.npy
expect 4 probe "$golden/pytorch/2.safetensors" --data nan.npy
says err "nan.npy: number 3 is nan"
expect 4 probe "$golden/pytorch/2.safetensors" --data good.npy,infinite.npy
says err "infinite.npy: number 2 is inf"
write_npy words.npy 1,3 1 0 2
write_npy half.npy 1,3 1 0.5 2
expect 0 probe "$golden/equinox/3.safetensors" --data words.npy
expect 4 probe "$golden/equinox/3.safetensors" --data half.npy
says err "half.npy: has word 0.5, but the network knows 0 to"

# A basic RNN that stays at 0 has its recurrent kernel as Jacobian, here with two singular values close to each other.
python3 - <<'END'
import json, struct
sizes = {"rnn.weight_ih_l0": (2, 1), "rnn.weight_hh_l0": (2, 2), "rnn.bias_ih_l0": (2,), "rnn.bias_hh_l0": (2,)}
values, head = {"rnn.weight_hh_l0": (0.98, 0, 0, 0.99)}, {}
body = b""
for name, shape in sizes.items():
    numbers = values.get(name, [0] * (shape[0] * (shape[1] if len(shape) > 1 else 1)))
    head[name] = {"dtype": "F32", "shape": shape, "data_offsets": [len(body), len(body) + 4 * len(numbers)]}
    body += struct.pack(f"<{len(numbers)}f", *numbers)
head = json.dumps(head).encode()
open("still.safetensors", "wb").write(struct.pack("<Q", len(head)) + head + body)
END
expect 0 probe still.safetensors --lags 10 --json
json "abs(j['jacobian'] - 0.99) < 1e-6"

expect 2 probe
expect 2 probe "$golden/pytorch/2.safetensors" --name ../x

finish
