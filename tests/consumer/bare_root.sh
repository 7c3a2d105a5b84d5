#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The Debian packages in a bare Debian: as root, apt installs them with their dependencies; then, as an ordinary user,
# gatebench runs, shows, plots and reports in the user's folder.
#   bare_root.sh <build folder>
# Skipped unless GATEBENCH_BARE_ROOT names a pristine root (debootstrap --variant=minbase bookworm FOLDER), which is
# copied; needs to be root, and the network for apt. GATEBENCH_BARE_RECIPE: what to run, `order` unless it says `all`.
set -euo pipefail
if [ "${2:-}" != inside ]; then
  [ -n "${GATEBENCH_BARE_ROOT:-}" ] && [ "$(id -u)" -eq 0 ] || exit 77
  place=$(mktemp -d)
  # The mounts live in a namespace that is gone before anything is deleted.
  trap 'rm -rf --one-file-system "$place"' EXIT
  cp -a "$GATEBENCH_BARE_ROOT" "$place/root"
  cpack -G DEB --config "$1/CPackConfig.cmake" -B "$place/root/packages" >"$place/log" 2>&1 || { cat "$place/log"; exit 1; }
  rm -rf "$place/root/packages/_CPack_Packages"
  unshare --mount "$0" "$place/root" inside
  exit
fi

root=$1
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
cp -L /etc/resolv.conf "$root/etc/resolv.conf"
in_root() { env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive chroot "$root" "$@"; }

in_root apt-get update -qq
in_root sh -c 'apt-get install -y -qq /packages/gatebench_*.deb /packages/libgatebench0_*.deb' >"$root/apt.log" 2>&1 ||
  { cat "$root/apt.log"; exit 1; }
in_root useradd --create-home ada

recipe=${GATEBENCH_BARE_RECIPE:-order}
[ "$recipe" = all ] && recipe=
in_root su - ada -c "
  set -e
  mkdir -p some/folder && cd some/folder
  gatebench doctor
  gatebench run $recipe quick
  gatebench show order
  gatebench plot order
  gatebench verdict
  gatebench report
  test -s gatebench-results/order-quick.h5
  test -s gatebench-results/plots/report.html"
in_root apt-get remove -y -qq gatebench libgatebench0 >/dev/null
if [ -e "$root/usr/share/gatebench" ]; then
  echo "removing the package leaves files behind"
  exit 1
fi
