#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Runs a command of this project in a bare Debian in which nothing else is installed: debootstrap makes a root, the
# committed files are copied into it. Each time the root is a fresh copy; packages are downloaded only once.
#   scripts/bare_debian.sh bookworm|trixie ./check
#   scripts/bare_debian.sh trixie sh -c './reproduce && unshare --net ./reproduce'
# Needs to be root, and debootstrap. GATEBENCH_BARE_ROOTS: where roots and packages are kept (default: build/bare).
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."

if [ "${1:-}" = inside ]; then
  root=$2
  shift 2
  mount -t proc proc "$root/proc"
  mount --rbind /dev "$root/dev"
  mount --bind "$root-packages" "$root/var/cache/apt/archives"
  if [ -d "${GATEBENCH_DATA_MIRROR:-}" ]; then
    mkdir "$root/data"
    mount --bind "$GATEBENCH_DATA_MIRROR" "$root/data"
  fi
  # shellcheck disable=SC2016
  exec env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 \
    ${GATEBENCH_DATA_MIRROR:+GATEBENCH_DATA_MIRROR=/data} \
    ${PIP_CERT:+PIP_CERT=/etc/ssl/certs/ca-certificates.crt} chroot "$root" sh -c 'cd /gatebench && exec "$@"' sh "$@"
fi

[ $# -ge 2 ] || { sed -n '3,8s/^# \{0,1\}//p' "$0" >&2; exit 2; }
suite=$1
shift
roots=${GATEBENCH_BARE_ROOTS:-$PWD/build/bare}
pristine=$roots/$suite work=$roots/$suite-used
mkdir -p "$work-packages/partial" "$pristine-packages"
if [ ! -e "$pristine/complete" ]; then
  rm -rf --one-file-system "$pristine"
  debootstrap --variant=minbase --cache-dir="$pristine-packages" "$suite" "$pristine" >"$pristine.log" 2>&1 ||
    { tail -n 5 "$pristine.log" >&2; exit 5; }
  touch "$pristine/complete"
fi
rm -rf --one-file-system "$work"
cp -a "$pristine" "$work"
mkdir "$work/gatebench"
git archive HEAD | tar -x -C "$work/gatebench"
cp -L /etc/resolv.conf "$work/etc/resolv.conf"
if [ -d /usr/local/share/ca-certificates ]; then # of a proxy, perhaps
  cp -r /usr/local/share/ca-certificates "$work/usr/local/share/"
fi
exec unshare --mount --propagation private "$0" inside "$work" "$@"
