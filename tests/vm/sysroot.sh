#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright 2026 The rocket authors
#
# Makes the arm64 sysroot that userspace is cross-built with, of the suite that the host's cross compiler comes
# from, writes build/vm/arm64.cross for it and prints that path:
#   meson setup build/arm64 userspace --cross-file "$(tests/vm/sysroot.sh)"
# Programs built so run in the guest (rootfs.sh, a newer suite with the same sonames) and under qemu-user.
set -eu
. "$(dirname "$(readlink -f "$0")")/lib.sh"

SUITE=$(. /etc/os-release && echo "$VERSION_CODENAME")
PACKAGES="libc6-dev libstdc++-$(${CROSS}gcc -dumpversion 2>/dev/null || echo 12)-dev libcmocka-dev libdrm-dev libjansson-dev
	libjpeg62-turbo-dev libpng-dev libwebp-dev libxxhash-dev zlib1g-dev"
USELESS="usr/share/doc usr/share/locale usr/share/man usr/lib/aarch64-linux-gnu/gconv"
# TensorFlow Lite's C headers and library exist in the guest's suite only.
TFLITE_SUITE=sid

download() {
	# shellcheck disable=SC2086 # a list of words
	box_retry apt-get install -y -qq --download-only -o "Dir::Cache::archives=$DEBS.tmp" $PACKAGES
}

download_tflite() {
	cd "$DEBS.tmp"
	mkdir -p tflite
	cd tflite
	_library=$(apt-cache pkgnames libtensorflow-lite2 | grep -E '^libtensorflow-lite[0-9.]+(t64)?$' | sort -V | tail -n 1)
	box_retry apt-get download libtensorflow-lite-dev "$_library"
}

fetch() {
	rm -rf "$DEBS"
	mkdir -p "$DEBS.tmp/partial"
	(box "$SUITE" arm64 && download)
	(box $TFLITE_SUITE arm64 && download_tflite)
	mv "$DEBS.tmp" "$DEBS"
}

unpack() {
	rm -rf "$SYSROOT.tmp"
	mkdir -p "$SYSROOT.tmp/usr/lib" "$SYSROOT.tmp/usr/bin" "$SYSROOT.tmp/usr/sbin"
	cd "$SYSROOT.tmp"
	for _link in bin sbin lib; do
		ln -s usr/$_link $_link
	done
	for _deb in "$DEBS"/*.deb; do
		dpkg-deb --fsys-tarfile "$_deb" | tar -x --keep-directory-symlink --no-same-owner
	done
	for _deb in "$DEBS"/tflite/*.deb; do
		dpkg-deb --fsys-tarfile "$_deb" | tar -x --keep-directory-symlink --no-same-owner --wildcards \
			'./usr/include/tensorflow/*' './usr/lib/*/libtensorflow-lite*' || :
	done
	# shellcheck disable=SC2086 # a list of words
	rm -rf $USELESS
	mv "$SYSROOT.tmp" "$SYSROOT"
}

LIST=$(echo "$SUITE $TFLITE_SUITE" "$PACKAGES" | sha256sum | cut -c1-16)
DEBS=$CACHE/sysroot/debs-$LIST
SYSROOT=$CACHE/sysroot/$LIST
mkdir -p "$CACHE/sysroot" "$TOP/build/vm"

if [ ! -d "$SYSROOT" ]; then
	"$VM_DIR/packages.sh"
	lock sysroot
	[ -d "$DEBS" ] || step sysroot-fetch "arm64 development packages of $SUITE" fetch
	[ -d "$SYSROOT" ] || step sysroot-unpack "arm64 sysroot unpacked" unpack
fi
touch "$SYSROOT" "$DEBS"
prune 2 "$CACHE"/sysroot/????????????????
prune 2 "$CACHE"/sysroot/debs-????????????????
sed "s,@SYSROOT@,$SYSROOT,g" "$VM_DIR/arm64.cross" | in_file "$TOP/build/vm/arm64.cross"
echo "$TOP/build/vm/arm64.cross"
