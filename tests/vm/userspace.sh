#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright 2026 The rocket authors
#
# Builds userspace for the guest in build/arm64 and prints that directory.
#   userspace.sh [TARGET...]     default: everything, the guest's test programs too
set -eu
. "$(dirname "$(readlink -f "$0")")/lib.sh"

OUT=$TOP/build/arm64

configure() {
	rm -rf "$OUT"
	meson setup "$OUT" "$TOP/userspace" --cross-file "$CROSS_FILE" -Dtests=disabled -Dwerror=true
}

CROSS_FILE=$("$VM_DIR/sysroot.sh")
lock "userspace-$(echo "$OUT" | sha256sum | cut -c1-16)"
# Meson does not look at the cross file again.
if [ ! -e "$OUT/build.ninja" ] || [ "$CROSS_FILE" -nt "$OUT/build.ninja" ]; then
	step userspace-setup "userspace for arm64 configured" configure
fi
if [ $# -eq 0 ]; then
	set -- all
fi
# Nothing to say when nothing is to do.
if ! ninja -C "$OUT" -n "$@" | grep -q 'no work to do'; then
	step userspace "userspace for arm64" ninja -C "$OUT" -j"$JOBS" "$@"
fi
echo "$OUT"
