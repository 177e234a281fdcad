#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright 2026 The rocket authors
#
# Makes the guest's root file system from Debian's arm64 packages and prints the path of the ext4 image. The
# packages are unpacked, not installed: no script of theirs runs. The image is used read-only; init.sh is its
# first process and lays tmpfs where something wants to write.
#   rootfs.sh           the image
#   rootfs.sh --tree    the unpacked tree (for qemu-user, or to see what is in it)
set -eu
. "$(dirname "$(readlink -f "$0")")/lib.sh"

SUITE=sid
# A trailing * takes what the suite has under a name that carries its version.
PACKAGES="libc6 libstdc++6 busybox-static libdrm2 libjansson4 libjpeg62-turbo libpng16-16t64 libwebp7 libcmocka0
	libtensorflow-lite2* mesa-teflon-delegate"
EMPTY="dev mnt out proc project root run shared sys tmp var job lib/modules"
USELESS="usr/share/bug usr/share/doc usr/share/doc-base usr/share/info usr/share/lintian usr/share/locale usr/share/man
	usr/lib/aarch64-linux-gnu/gconv"

resolve() {
	for _package in $PACKAGES; do
		case $_package in
		*\*) apt-cache pkgnames "${_package%\*}" | grep -E "^${_package%\*}[0-9.]*(t64)?\$" | sort -V | tail -n 1 ;;
		*) echo "$_package" ;;
		esac
	done
}

download() {
	mkdir -p "$DEBS.tmp/partial"
	# shellcheck disable=SC2046 # a list of words
	box_retry apt-get install -y -qq --download-only -o "Dir::Cache::archives=$DEBS.tmp" $(resolve)
}

fetch() {
	rm -rf "$DEBS"
	(box $SUITE arm64 && download)
	mv "$DEBS.tmp" "$DEBS"
}

# Directories that merged-usr systems have as links must be links before anything is unpacked.
unpack() {
	rm -rf "$TREE.tmp"
	mkdir -p "$TREE.tmp/usr/bin" "$TREE.tmp/usr/sbin" "$TREE.tmp/usr/lib"
	cd "$TREE.tmp"
	for _link in bin sbin lib; do
		ln -s usr/$_link $_link
	done
	for _deb in "$DEBS"/*.deb; do
		dpkg-deb --fsys-tarfile "$_deb" | tar -x --keep-directory-symlink --no-same-owner
	done
	# shellcheck disable=SC2086 # lists of words
	rm -rf $USELESS
	# shellcheck disable=SC2086
	mkdir -p $EMPTY
	for _applet in $(qemu-aarch64-static usr/bin/busybox --list); do
		[ -e "usr/bin/$_applet" ] || [ -e "usr/sbin/$_applet" ] || ln -s busybox "usr/bin/$_applet"
	done
	ls "$DEBS" >packages.txt
	mv "$TREE.tmp" "$TREE"
}

image() {
	rm -rf "$OUT.dir"
	cp -a "$TREE" "$OUT.dir"
	install -m 755 "$VM_DIR/init.sh" "$OUT.dir/sbin/init"
	install -m 755 "$VM_DIR/monitor.sh" "$OUT.dir/bin/monitor"
	_mib=$(($(du -sm "$OUT.dir" | cut -f1) * 5 / 4 + 8))
	rm -f "$OUT.tmp"
	mke2fs -q -t ext4 -O ^has_journal -m 0 -E root_owner=0:0 -d "$OUT.dir" "$OUT.tmp" "${_mib}M"
	rm -rf "$OUT.dir"
	mv "$OUT.tmp" "$OUT"
}

LIST=$(echo $SUITE "$PACKAGES" "$EMPTY" "$USELESS" | sha256sum | cut -c1-16)
DEBS=$CACHE/rootfs/debs-$LIST
TREE=$CACHE/rootfs/tree-$LIST
OUT=$CACHE/rootfs/$( (echo "$LIST"; key "$VM_DIR/init.sh" "$VM_DIR/monitor.sh") | sha256sum | cut -c1-16).ext4
mkdir -p "$CACHE/rootfs"

[ -d "$TREE" ] && [ -e "$OUT" ] || lock rootfs
[ -d "$DEBS" ] || { "$VM_DIR/packages.sh"; step rootfs-fetch "arm64 packages of $SUITE" fetch; }
[ -d "$TREE" ] || step rootfs-unpack "arm64 packages unpacked" unpack
if [ "${1-}" = --tree ]; then
	echo "$TREE"
	exit
fi
touch "$TREE" "$DEBS"
prune 2 "$CACHE"/rootfs/tree-????????????????
prune 2 "$CACHE"/rootfs/debs-????????????????
[ -e "$OUT" ] || step rootfs-image "root file system" image
touch "$OUT"
prune 4 "$CACHE"/rootfs/*.ext4
echo "$OUT"
