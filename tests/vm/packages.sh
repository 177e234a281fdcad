#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright 2026 The rocket authors
#
# Installs what the machine's builds need on a Debian 12 host: compilers, kernel and QEMU build tools, and
# meson from backports, as QEMU 10.0 wants 1.5 or newer. Says nothing and does nothing when all is there.
# Packages of userspace are not its business.
set -eu
. "$(dirname "$(readlink -f "$0")")/lib.sh"

PACKAGES="bc bison ca-certificates cpio debian-archive-keyring dpkg-dev e2fsprogs flex g++ g++-aarch64-linux-gnu
	gcc gcc-aarch64-linux-gnu git kmod libc6-dev libc6-dev-arm64-cross libelf-dev libfdt-dev libglib2.0-dev
	libssl-dev make ninja-build patch pkg-config python3 python3-distlib python3-venv qemu-user-static rsync xz-utils
	zlib1g-dev zstd"
MESON_WANTED=1.5
LOCK=DPkg::Lock::Timeout=600

as_root() {
	if [ "$(id -u)" = 0 ]; then
		"$@"
	else
		sudo "$@"
	fi
}

missing() {
	for _package in $PACKAGES; do
		case $(dpkg-query -W -f '${db:Status-Abbrev}' "$_package" 2>/dev/null) in
		ii*) ;;
		*) echo "$_package" ;;
		esac
	done
}

install_packages() {
	as_root apt-get -o $LOCK -qq update
	# shellcheck disable=SC2046 # a list of words
	as_root env DEBIAN_FRONTEND=noninteractive apt-get -o $LOCK install -qy --no-install-recommends $(missing)
}

meson_is_old() {
	_meson=$(dpkg-query -W -f '${Version}' meson 2>/dev/null) || return 0
	dpkg --compare-versions "$_meson" lt $MESON_WANTED
}

install_meson() {
	_suite=$(. /etc/os-release && echo "$VERSION_CODENAME")-backports
	cd "$CACHE/dl"
	ls meson_*.deb >/dev/null 2>&1 || (box "$_suite" "$(dpkg --print-architecture)" && box_retry apt-get download meson)
	as_root env DEBIAN_FRONTEND=noninteractive apt-get -o $LOCK install -qy --no-install-recommends ./meson_*.deb
}

command -v apt-get >/dev/null || die "no apt-get: the machine is built from Debian's packages, on a Debian 12 host"
lock packages
[ -z "$(missing)" ] || step packages "host packages" install_packages
if meson_is_old; then
	step meson "meson $MESON_WANTED or newer" install_meson
fi
