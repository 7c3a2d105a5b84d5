#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Fuzzes one of our own parsers under the sanitizers, by libFuzzer of clang (77: there is none).
#   fuzz.sh <source folder> <build folder> <harness> <seconds> [option of libFuzzer...]
# From a build: tests/fuzz/fuzz.sh . build/release ts 20       for longer: ... ts 3600 -jobs=2
# FUZZ_FLAGS: more flags of clang; -fno-sanitize-coverage=trace-cmp doubles the rate, for a corpus that is there.
# What it finds stays in <build folder>/fuzz/<harness>; new inputs that matter go into tests/fuzz/seeds/<harness>, small.
set -euo pipefail
source_folder=$(realpath "$1")
build=$(realpath "$2")
harness=$3
seconds=$4
shift 4
command -v clang >/dev/null || exit 77

files=$source_folder/datasets/files
common=("$source_folder/tests/fuzz/fuzz_stubs.c" "$source_folder/support/text.c")
case $harness in
  ts | arff) parsers=("$files"/{own,series_set,series_lines,series_ts,series_arff}.c) ;;
  csv) parsers=("$files"/{own,csv_table}.c "$source_folder/datasets/sequences/table_columns.c" -lcsv) ;;
  idx) parsers=("$files/idx.c" -lz) ;;
  npy) parsers=("$source_folder/support/arrays/npy.c") ;;
  safetensors | onnx)
    parsers=("$source_folder"/interchange/network/{conventions,layer_functions,layers,network,tensor_set,variants}.c
      "$source_folder"/interchange/files/{safetensors,onnx_external,onnx_file,onnx_wire}.c
      "$source_folder"/interchange/read/{assemble,modules,named,onnx,onnx_folding,onnx_moves,onnx_recurrent}.c -ljansson) ;;
  json)
    parsers=("$source_folder"/interchange/network/{conventions,layer_functions,layers,network,tensor_set,variants}.c
      "$source_folder"/interchange/read/{assemble,keras_config}.c -ljansson) ;;
  zip) parsers=("$source_folder/support/arrays/archive.c" -lzip) ;;
  # the tasks, models and files behind the grammar are those of the build
  recipe)
    common=()
    parsers=("$source_folder"/experiments/recipe/*.c "$source_folder"/support/{yaml,yaml_errors}.c -Wl,--start-group
      "$build"/{experiments,datasets,support,interchange,results}/libgatebench_*.a -Wl,--end-group
      -lfyaml -lmd -lxxhash -lzip -lmatio -lcurl -lz -lcsv -ljansson -lgomp
      -L/usr/lib/x86_64-linux-gnu/hdf5/serial -lhdf5_hl -lhdf5) ;;
  recognise) parsers=("$files"/{own,recognise}.c) ;;
  *) echo "no harness '$harness'" >&2; exit 2 ;;
esac
case $harness in
  # the readers of .npz and IDX use libzip and zlib; IDX has its own harness
  ts | arff) parsers+=("$source_folder/tests/fuzz/no_binary_series.c") ;;
esac

read -ra flags <<<"${FUZZ_FLAGS-}"
work=$build/fuzz/$harness
mkdir -p "$work/corpus"
clang -std=gnu17 -g -O2 -D_GNU_SOURCE -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=undefined "${flags[@]}" \
  -I"$source_folder" -I"$source_folder/lib/include" -I"$build/lib/include" \
  "$source_folder/tests/fuzz/${harness}_fuzz.c" "${common[@]}" "${parsers[@]}" -L"$build/lib" -lgatebench -Wl,-rpath,"$build/lib" -lm -o "$work/fuzz"
cd "$work"
# libfyaml 0.7.12 loses a buffer of some documents that it refuses.
echo leak:libfyaml >suppressions
export LSAN_OPTIONS=suppressions=suppressions:print_suppressions=0
# Whole stacks of every malloc are not worth three quarters of the time.
export ASAN_OPTIONS=malloc_context_size=2:quarantine_size_mb=16
# The same inputs each time: what ./check says depends on the code alone. For others: -seed=0
./fuzz -seed=1 -max_total_time="$seconds" -max_len=4096 -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 \
  -dict="$source_folder/tests/fuzz/parsers.dict" "$@" corpus "$source_folder/tests/fuzz/seeds/$harness"
