#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright 2026 The rocket authors
#
# Builds qemu-system-aarch64 from Debian's source package with our devices (tests/qemu) and the model of the
# chip (userspace/model) in it, and prints the path of the binary. A binary is kept per content of its inputs;
# the build tree is kept too, so that a change in one file costs the compilation of that file.
#   qemu.sh            the binary
#   qemu.sh --source   the source tree with our devices applied
#   qemu.sh --build    the build tree, brought up to date
set -eu
. "$(dirname "$(readlink -f "$0")")/lib.sh"

SUITES="trixie trixie-updates trixie-security"
OURS="$TOP/tests/qemu/apply.sh $TOP/tests/qemu/hw $TOP/userspace/model $TOP/include/npu"
# What of the source tree tests/qemu/apply.sh may change: remembered to undo an older version of it.
PATCHABLE="hw include configs meson.build"
CONFIGURE="--python=/usr/bin/python3 --target-list=aarch64-softmmu --without-default-features
	--without-default-devices --with-devices-aarch64=rocket --enable-tcg --enable-fdt=system --enable-virtfs
	--enable-attr --disable-docs --disable-download --disable-werror --disable-debug-info
	--disable-install-blobs --audio-drv-list="
BINARIES_KEPT=6

fetch() {
	cd "$CACHE/dl"
	for _suite in ${SUITES%% *}; do
		(box "$_suite" amd64 && box_retry apt-get source --download-only -qq qemu) && return
	done
}

orig() {
	ls -t "$CACHE"/dl/qemu_*.orig.tar.xz 2>/dev/null | head -n 1
}

# The firmware images are not in Debian's source; pycotap serves only QEMU's own functional tests.
unpack() {
	rm -rf "$SOURCE" "$SOURCE.tmp" "$BUILD"
	mkdir -p "$SOURCE.tmp"
	tar -xf "$(orig)" -C "$SOURCE.tmp" --strip-components=1
	cd "$SOURCE.tmp"
	sed -i 's/^if unpack_edk2_blobs$/if unpack_edk2_blobs and false/' pc-bios/meson.build
	sed -i 's/^pycotap/#pycotap/' pythondeps.toml
	cp "$VM_DIR/qemu.mak" configs/devices/aarch64-softmmu/rocket.mak
	rm -rf "$TREE/git"
	pristine init -q
	# shellcheck disable=SC2086 # a list of words
	pristine add -f $PATCHABLE
	pristine -c user.name=vm -c user.email=vm@localhost commit -q -m pristine
	mv "$SOURCE.tmp" "$SOURCE"
}

pristine() {
	GIT_DIR=$TREE/git GIT_WORK_TREE=$PWD git "$@"
}

apply() {
	[ -x "$TOP/tests/qemu/apply.sh" ] || return 0
	_applied=$(key "$TOP/tests/qemu/apply.sh" "$TOP"/tests/qemu/*.patch)
	cd "$SOURCE"
	if [ "$(cat "$TREE/applied" 2>/dev/null)" != "$_applied" ]; then
		pristine checkout -q -- .
		# shellcheck disable=SC2086 # a list of words
		pristine clean -fdq $PATCHABLE
	fi
	"$TOP/tests/qemu/apply.sh" "$SOURCE"
	echo "$_applied" >"$TREE/applied"
}

configure() {
	mkdir -p "$BUILD"
	cd "$BUILD"
	# shellcheck disable=SC2086 # a list of words
	"$SOURCE/configure" $CONFIGURE
}

build() {
	ninja -C "$BUILD" -j "$JOBS" qemu-system-aarch64
}

install_binary() {
	rm -rf "$1.tmp"
	mkdir -p "$1.tmp"
	strip -o "$1.tmp/qemu-system-aarch64" "$BUILD/qemu-system-aarch64"
	rm -rf "$1"
	mv "$1.tmp" "$1"
}

if [ -z "$(orig)" ]; then
	"$VM_DIR/packages.sh"
	lock qemu
	[ -n "$(orig)" ] || step qemu-fetch "QEMU source from $(mirror)" fetch
fi
TREE=$CACHE/qemu/tree-$( (basename "$(orig)"; echo "$CONFIGURE"; cat "$VM_DIR/qemu.mak") | sha256sum | cut -c1-16)
SOURCE=$TREE/source
BUILD=$TREE/build
[ -x "$TOP/tests/qemu/apply.sh" ] || OURS=
# shellcheck disable=SC2086 # a list of words
BIN=$CACHE/qemu/bin-$( (echo "$TREE"; key $OURS) | sha256sum | cut -c1-16)
mkdir -p "$TREE"

if [ "$*" != "" ] || [ ! -d "$BIN" ]; then
	lock qemu
fi
if [ "$*" != "" ] || [ ! -d "$BIN" ]; then
	[ -d "$SOURCE" ] || { "$VM_DIR/packages.sh"; step qemu-unpack "QEMU source unpacked" unpack; }
	step qemu-apply "our devices applied" apply
fi
case ${1-} in
--source)
	echo "$SOURCE"
	exit
	;;
--build | "") ;;
*) die "usage: qemu.sh [--source|--build]" ;;
esac
if [ "$*" != "" ] || [ ! -d "$BIN" ]; then
	[ -e "$BUILD/build.ninja" ] || step qemu-configure "QEMU configured" configure
	step qemu-build "QEMU built" build
	install_binary "$BIN"
	prune $BINARIES_KEPT "$CACHE"/qemu/bin-*
fi
touch "$BIN"
if [ "${1-}" = --build ]; then
	echo "$BUILD"
else
	echo "$BIN/qemu-system-aarch64"
fi
