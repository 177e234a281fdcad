#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright 2026 The rocket authors
#
# Runs a program of a newer Debian suite, where a Debian 12 host has one that is too old for the kernel:
#   newer.sh PROGRAM [ARGUMENT...]
# Programs: sparse; dt-doc-validate, dt-mk-schema, dt-extract-example, dt-validate.
# Their packages and all that these need are unpacked, not installed, and started with their own dynamic linker.
set -eu
. "$(dirname "$(readlink -f "$0")")/lib.sh"

SUITE=sid
PACKAGES="dt-schema sparse"

fetch() {
	rm -rf "$DEBS"
	mkdir -p "$DEBS.tmp/partial"
	# shellcheck disable=SC2086 # a list of words
	(box $SUITE "$ARCH" && box_retry apt-get install -y -qq --download-only -o "Dir::Cache::archives=$DEBS.tmp" $PACKAGES)
	mv "$DEBS.tmp" "$DEBS"
}

unpack() {
	rm -rf "$TREE.tmp"
	mkdir -p "$TREE.tmp/usr/lib" "$TREE.tmp/usr/lib64" "$TREE.tmp/usr/bin"
	cd "$TREE.tmp"
	for _link in bin lib lib64; do
		ln -s usr/$_link $_link
	done
	for _deb in "$DEBS"/*.deb; do
		dpkg-deb --fsys-tarfile "$_deb" | tar -x --keep-directory-symlink --no-same-owner
	done
	rm -rf usr/share/doc usr/share/locale usr/share/man usr/share/zoneinfo
	mv "$TREE.tmp" "$TREE"
}

ARCH=$(dpkg --print-architecture)
LIST=$( (mirror; echo $SUITE "$ARCH" "$PACKAGES") | sha256sum | cut -c1-16)
DEBS=$CACHE/newer/debs-$LIST
TREE=$CACHE/newer/$LIST
if [ ! -d "$TREE" ]; then
	lock newer
	[ -d "$DEBS" ] || step newer-fetch "$PACKAGES of $SUITE" fetch
	[ -d "$TREE" ] || step newer-unpack "$PACKAGES unpacked" unpack
fi

program=$TREE/usr/bin/$1
shift
linker=$(find "$TREE/usr/lib64/" "$TREE/usr/lib/" -maxdepth 1 -name 'ld-linux*' | head -n 1)
libraries=$(find "$TREE/usr/lib" -maxdepth 1 -type d -name '*-linux-gnu' | head -n 1)
case $(head -c 2 "$program" | tr -d '\0') in
'#!')
	export PYTHONHOME="$TREE/usr" PYTHONPATH="$TREE/usr/lib/python3/dist-packages"
	set -- "$(find "$TREE/usr/bin" -name 'python3.*' | head -n 1)" -s "$program" "$@"
	;;
*) set -- "$program" "$@" ;;
esac
exec "$linker" --library-path "$libraries" "$@"
