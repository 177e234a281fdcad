#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright 2026 The rocket authors
#
# The device tree binding by the rules of dt-schema: the schema itself, its example, the device tree of the emulated
# machine, and the overlay for boards. Speaks TAP.
set -u
VM_DIR=$(dirname "$(dirname "$(readlink -f "$0")")")
. "$VM_DIR/lib.sh"
. "$VM_DIR/tap.sh"
cd "$TOP" || exit 1
BINDING=Documentation/devicetree/bindings/npu/rockchip,rk3588-rknn-core.yaml
OVERLAY=drivers/accel/rocket/dts/rk3588-npu.dtso
work=$(mktemp -d)
SAID=$work/said
trap 'rm -rf "$work"' EXIT

# noticed NAME WORDS COMMAND...: says WORDS.
noticed() {
	_name=$1
	_words=$2
	shift 2
	"$@" >"$SAID" 2>&1
	grep -q "$_words" "$SAID"
	verdict $? "$_name" "$SAID"
}

schema() {
	"$VM_DIR/newer.sh" "$@"
}

# tree SOURCE BLOB: compile with the kernel's headers.
tree() {
	cpp -nostdinc -undef -x assembler-with-cpp -I "$source/include" "$1" | dtc -q -@ -I dts -O dtb -o "$2" -
}

judge() {
	schema dt-validate -s "$work/schema.json" -l rockchip,rk3588-rknn-core "$1"
}

source=$("$VM_DIR/kernel.sh" --source)
qemu=$("$VM_DIR/qemu.sh")
quiet "binding: follows the rules for schemas" schema dt-doc-validate -u "$source/Documentation/devicetree/bindings" \
	"$BINDING"
schema dt-mk-schema -j "$BINDING" >"$work/schema.json"
schema dt-extract-example "$BINDING" >"$work/example.dts"
quiet "binding: its example compiles" tree "$work/example.dts" "$work/example.dtb"
quiet "binding: its example fits" judge "$work/example.dtb"
sed '/iommus = /d; s/"pclk"/"plck"/' "$work/example.dts" >"$work/bad.dts"
tree "$work/bad.dts" "$work/bad.dtb"
noticed "binding: a wrong name of a clock is noticed" "'pclk' was expected" judge "$work/bad.dtb"
noticed "binding: a missing IOMMU is noticed" "'iommus' is a required property" judge "$work/bad.dtb"
"$qemu" -M "rk3588-npu,gic-version=3,dumpdtb=$work/machine.dtb" -cpu cortex-a57 -display none -nodefaults >/dev/null 2>&1
quiet "binding: the emulated machine has cores" grep -q rockchip,rk3588-rknn-core "$work/machine.dtb"
quiet "binding: the emulated machine fits" judge "$work/machine.dtb"
quiet "binding: the overlay for boards compiles" tree "$OVERLAY" "$work/overlay.dtbo"
plan
