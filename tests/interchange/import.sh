#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Networks of other frameworks: layers, checks, error messages, saving, and the printed table of conventions.
# shellcheck source-path=SCRIPTDIR source=../cli/common.sh
source "$(dirname "$0")/../cli/common.sh"
golden=$here/../golden/interchange

expect 0 import --table
sed 's/ *$//' out >table
sed -n '/^framework  *version  *layer/,/^```/p' "$here/../../interchange/README.md" | sed '$d' >documented
cmp -s table documented || fail "interchange/README.md: its table is not that of 'gatebench import --table'"
expect 2 import --table --json
says err "omit --json"

expect 0 import "$golden/keras/0.keras" --check "$golden/keras/0.x.npy,$golden/keras/0.y.npy"
says out "keras LSTM"
says out "the same as the framework's"
says err "gatebench probe"
expect 1 import "$golden/keras/0.keras" --check "$golden/keras/0.x.npy,$golden/keras/1.y.npy"
says out "not those of the framework"
expect 4 import "$golden/keras/0.keras" --check "$golden/onnx/6.x.npy,$golden/keras/1.y.npy"
says err "6.x.npy: "
expect 2 import "$golden/keras/0.keras" --check "$golden/keras/0.x.npy"
says err "X.npy,Y.npy"

expect 2 import "$golden/haiku/0.npz"
says err "--from"
expect 0 import "$golden/haiku/0.npz" --from haiku --json
says out '"parameters": 128'
says out "1 added to the forget bias"
expect 2 import "$golden/haiku/0.npz" --from hiaku
expect 2 import "$golden/haiku/0.npz" --from keras
says err "belongs to no layer"
expect 2 import
expect 2 import model.pkl
expect 5 import nowhere.keras
says err "nowhere.keras"
printf 'PK' >bad.keras
expect 4 import bad.keras
says err "bad.keras"

# For PyTorch and for Keras, and back.
expect 0 import "$golden/keras/5.keras" --save there.safetensors
says out "torch.nn.LSTM(3, 4, num_layers=2"
expect 0 import there.safetensors --save back.weights.h5 --activations linear
says out "keras.layers.LSTM(4, return_sequences=True"
expect 0 import back.weights.h5 --activations linear --check "$golden/keras/5.x.npy,$golden/keras/5.y.npy"
expect 2 import "$golden/haiku/1.npz" --from haiku --save there.safetensors
says err "pytorch has no gru_reset_before"
expect 2 import "$golden/keras/5.keras" --save there.pt

# Functions that the library's cells do not have, the coupled gate, lengths as an input.
expect 0 import "$golden/keras_rare/0.keras" --check "$golden/keras_rare/0.x.npy,$golden/keras_rare/0.y.npy"
says out "hard_sigmoid: clip(0.1667 x + 0.5, 0, 1)"
expect 2 import "$golden/keras_rare/0.keras" --save there.safetensors
says err "pytorch has no lstm_hard"
expect 0 import "$golden/onnx_rare/0.onnx" --json
says out '"cell": "cifg"'
expect 0 import "$golden/onnx_rare/5.onnx" --check "$golden/onnx_rare/5.x.npy,$golden/onnx_rare/5.y.npy,$golden/onnx_rare/5.lengths.npy"
says out "note: its input lengths holds the lengths of the sequences"
expect 1 import "$golden/onnx_rare/5.onnx" --check "$golden/onnx_rare/5.x.npy,$golden/onnx_rare/5.y.npy"
expect 4 import "$golden/onnx_rare/5.onnx" --check "$golden/onnx_rare/5.x.npy,$golden/onnx_rare/5.y.npy,$golden/onnx_rare/5.y.npy"
says err "lengths, but there are 3 sequences"
write_npy lengths.npy 3 1 1.5 1
expect 4 import "$golden/onnx_rare/5.onnx" --check "$golden/onnx_rare/5.x.npy,$golden/onnx_rare/5.y.npy,lengths.npy"
says err "lengths.npy: length 1.5 is not one of 1 to"
expect 2 import "$golden/keras/0.keras" --check "$golden/keras/0.x.npy,$golden/keras/0.y.npy,$golden/onnx_rare/5.lengths.npy"
says err "takes no lengths"
expect 0 probe "$golden/keras_rare/0.keras" --lags 5
says out "falls to half"

# What each framework counts.
expect 0 params --cell gru --convention flax_linen,flax_nnx,keras --input 4 --hidden 5
says out "155"
says out "150"
expect 0 params --convention all --json
expect 2 params --convention kears
says err "keras"

finish
