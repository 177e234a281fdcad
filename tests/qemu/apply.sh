#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright 2026 The rocket authors
#
# apply.sh QEMU_SOURCE: put the devices of tests/qemu/hw and the model into an unpacked QEMU tree as
# hw/rocket and hook them into its build. Sources are linked, not copied: after a change in one file
# ninja is enough, after a new file apply.sh again. Running it twice changes nothing.
set -eu

here=$(dirname "$(readlink -f "$0")")
top=$(readlink -f "$here/../..")
qemu=$1
to=$qemu/hw/rocket

[ -f "$qemu/hw/arm/virt.c" ] || {
	echo "apply.sh: $qemu is not a QEMU source tree; give the folder with configure in it" >&2
	exit 1
}

# update FILE: write standard input to FILE unless it already holds just that, so that a time stamp
# moves only when the build has something to do.
update() {
	cat >"$1.new"
	if cmp -s "$1.new" "$1"; then
		rm "$1.new"
	else
		mv "$1.new" "$1"
	fi
}

mkdir -p "$to/include"
for file in "$here"/hw/*; do
	ln -sfn "$file" "$to/${file##*/}"
done
find "$to" -maxdepth 1 -xtype l -delete
ln -sfn "$top/userspace/model" "$to/model"
ln -sfn "$top/include/npu" "$to/include/npu"
(cd "$top/userspace/model" && ls -- *.c) | update "$to/model.list"
echo '#include "trace/trace-hw_rocket.h"' | update "$to/trace.h"

grep -q "subdir('rocket')" "$qemu/hw/meson.build" ||
	echo "subdir('rocket')" >>"$qemu/hw/meson.build"
grep -q "'hw/rocket'" "$qemu/meson.build" ||
	sed -i "s|^    'hw/rtc',|    'hw/rocket',\n&|" "$qemu/meson.build"
grep -q "'hw/rocket'" "$qemu/meson.build" || {
	echo "apply.sh: found no place for the trace events in $qemu/meson.build" >&2
	exit 1
}
