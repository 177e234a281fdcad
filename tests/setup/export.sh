#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright 2026 The rocket authors
#
# Copies the driver into a kernel tree, file by file as it is here, and enters it in the tree's lists.
#   export.sh TREE
# Files of the same name are replaced; a driver of another origin in drivers/accel/rocket is removed first. Nothing
# is written in place: the tree may share files with another one through hard links.
set -eu
TOP=$(readlink -f "$(dirname "$(readlink -f "$0")")/../..")
DRIVER=drivers/accel/rocket
TREE=${1:?usage: export.sh TREE}

[ -f "$TREE/drivers/accel/Kconfig" ] || {
	echo "export: $TREE is no kernel tree with drivers/accel (Linux 6.2 or newer)" >&2
	exit 1
}

# copy FILE TARGET: TARGET is a path in the tree.
copy() {
	mkdir -p "$TREE/$(dirname "$2")"
	cp --remove-destination "$TOP/$1" "$TREE/$2"
}

# enter FILE WORD LINE: LINE at the end of FILE, unless WORD is in it already.
enter() {
	grep -q "$2" "$TREE/$1" || sed -i "\$a $3" "$TREE/$1"
}

rm -rf "${TREE:?}/$DRIVER"
(cd "$TOP" && find $DRIVER Documentation/accel/rocket Documentation/devicetree -type f \
	-regex '.*\(\.[chS]\|Kconfig\|Makefile\|\.kunitconfig\|\.rst\|\.yaml\)' ! -name '*.mod.c') | while read -r file; do
	copy "$file" "$file"
done
copy include/npu/rocket_regs.h $DRIVER/rocket_regs.h
copy uapi/drm/rocket_accel.h include/uapi/drm/rocket_accel.h
copy $DRIVER/dts/rk3588-npu.dtso arch/arm64/boot/dts/rockchip/rk3588-npu.dtso

enter drivers/accel/Makefile CONFIG_DRM_ACCEL_ROCKET 'obj-$(CONFIG_DRM_ACCEL_ROCKET)	+= rocket/'
enter arch/arm64/boot/dts/rockchip/Makefile rk3588-npu.dtbo 'dtb-$(CONFIG_ARCH_ROCKCHIP) += rk3588-npu.dtbo'
grep -q accel/rocket/Kconfig "$TREE/drivers/accel/Kconfig" ||
	sed -i 's|^endif|source "drivers/accel/rocket/Kconfig"\n\n&|' "$TREE/drivers/accel/Kconfig"
grep -q "$DRIVER/" "$TREE/MAINTAINERS" ||
	echo "export: put $DRIVER/MAINTAINERS.entry in its alphabetical place in MAINTAINERS"
echo "export: $(find "$TREE/$DRIVER" -type f | wc -l) files in $TREE/$DRIVER"
