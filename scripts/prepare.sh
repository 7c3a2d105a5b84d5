# SPDX-License-Identifier: MIT
# Sourced by ./reproduce and ./check: installs what is missing (Debian 12 and 13), configures and builds a preset.
# shellcheck shell=bash disable=SC2034

say() { printf '%s\n' "$*" >&2; }
die() { say "error: $*"; exit 5; }

# What it takes to build and run, and what the tests need on top (`file` is CPack's). bible-kjv is the text of the `chars` experiment,
# dataset-fashion-mnist the images of `pixels`.
readonly BUILD_PACKAGES=(build-essential cmake ninja-build pkg-config git ca-certificates libdnnl-dev libhdf5-dev
  libfyaml-dev libmatio-dev libcsv-dev libzip-dev libjansson-dev libcurl4-openssl-dev libmd-dev zlib1g-dev libxxhash-dev librandom123-dev gnuplot-nox
  bible-kjv dataset-fashion-mnist)
readonly TEST_PACKAGES=(libcmocka-dev clang libclang-rt-dev doxygen python3-venv python3-pip python3-setuptools libxml2-utils shellcheck
  python3-h5py python3-pandas python3-tables python3-xarray python3-h5netcdf python3-jsonschema python3-yaml tidy
  help2man file slurm-wlm munge openmpi-bin parallel)

# How long another program may hold apt's lock, as unattended-upgrades does on a fresh machine.
readonly LOCK_PATIENCE_SECONDS=600

# install_packages PACKAGE...: installs those that are not there yet, as root or through sudo. Touches nothing, not even
# the network, when all are there.
install_packages() {
  local package missing=() as_root=()
  for package in "$@"; do
    dpkg-query -W -f='${db:Status-Status}\n' "$package" 2>/dev/null | grep -qx installed || missing+=("$package")
  done
  [ ${#missing[@]} -eq 0 ] && return 0
  command -v apt-get >/dev/null || die "needs these packages (Debian names): ${missing[*]}"
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || die "not root and no sudo; as root: apt-get install ${missing[*]}"
    as_root=(sudo)
  fi
  wait_for_lock
  say "installing: ${missing[*]}"
  if ! install_quietly "${missing[@]}"; then
    die "could not install the packages; the messages above say why"
  fi
}

# lock_holder: "name (process 123)" of a program that holds a lock of apt or dpkg, or nothing.
lock_holder() {
  "${as_root[@]}" lslocks --noheadings --raw --output PID,COMMAND,PATH 2>/dev/null |
    awk '$3 ~ "^/var/(lib/dpkg|lib/apt/lists|cache/apt/archives)/lock(-frontend)?$" {
           print $2 " (process " $1 ")"; exit }' || true
}

# wait_for_lock: waits until no process holds it, prints once which process does, and gives up after a time limit.
wait_for_lock() {
  local holder told='' waited=0
  while holder=$(lock_holder) && [ -n "$holder" ]; do
    [ "$waited" -lt "$LOCK_PATIENCE_SECONDS" ] ||
      die "$holder has held the lock of apt for $((waited / 60)) minutes; let it end, then run this again"
    [ "$told" = "$holder" ] || say "waiting for $holder, which holds the lock of apt"
    told=$holder
    sleep 5
    waited=$((waited + 5))
  done
}

install_quietly() {
  local log
  log=$(mktemp)
  # A source that does not answer need not matter: installing says what is really missing.
  "${as_root[@]}" apt-get update -qq >"$log" 2>&1 || true
  # If another program takes the lock in between, apt itself waits.
  if "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
    -o DPkg::Lock::Timeout="$LOCK_PATIENCE_SECONDS" "$@" >>"$log" 2>&1; then
    rm -f "$log"
  else
    cat "$log" >&2
    rm -f "$log"
    return 1
  fi
}

# install_onednn3: oneDNN 3.x into build/onednn3-wheel, a virtual environment of its own, for the preset onednn3.
install_onednn3() {
  local folder=build/onednn3-wheel log
  [ -e "$folder/complete" ] && return 0
  log=$(mktemp)
  if python3 -m venv "$folder" >"$log" 2>&1 &&
    "$folder/bin/pip" install --quiet --no-deps --require-hashes -r scripts/onednn3.txt >>"$log" 2>&1; then
    touch "$folder/complete"
    rm -f "$log"
  else
    tail -n 5 "$log" >&2
    rm -f "$log"
    return 1
  fi
}

# build PRESET [ON|OFF] [TARGET]: configures and builds, with the tests (ON, the default) or without; quiet unless it
# fails.
build() {
  local preset=$1 tests=${2:-ON} target=${3:-all} log
  log=$(mktemp)
  say "building: preset $preset"
  if cmake --preset "$preset" -DBUILD_TESTING="$tests" >"$log" 2>&1 &&
    cmake --build --preset "$preset" --target "$target" >>"$log" 2>&1; then
    rm -f "$log"
  else
    tail -n 60 "$log" >&2
    rm -f "$log"
    die "the build failed (preset $preset)"
  fi
}
