#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright 2026 The rocket authors
#
# Builds the driver as an external module against a kernel of kernel.sh and prints the lib/modules directory
# that holds it together with the kernel's own modules. Objects go to build/vm, never beside the sources.
#   modules.sh [VERSION [VARIANT [MAKE-ARGUMENT...]]]     e.g. modules.sh 7.2 plain W=1 C=1
# MODULES_AS=NAME in the environment builds in build/vm/NAME instead, from the beginning.
set -eu
. "$(dirname "$(readlink -f "$0")")/lib.sh"

DRIVER=$TOP/drivers/accel/rocket
VERSION=${1:-7.2}
VARIANT=${2:-plain}
[ $# -lt 2 ] || shift
[ $# -lt 1 ] || shift

NAME=$VARIANT
[ "$VERSION" = 7.2 ] || NAME=$VERSION-$VARIANT
NAME=${MODULES_AS:-$NAME}
OUT=$TOP/build/vm/$NAME
OBJ=$OUT/obj
MODULES=$OUT/lib/modules

[ -e "$DRIVER/Kconfig" ] || die "there is no driver in $DRIVER yet"

# The stand-in that the kernel was configured with must have selected all that the driver selects.
check_selects() {
	sed -nE 's/^\s+select (\w+)( if .*)?$/\1/p' "$DRIVER/Kconfig" | sort -u | while read -r _symbol; do
		grep -q "^CONFIG_$_symbol=" "$KIT/include/config/auto.conf" ||
			die "the driver selects $_symbol, the kernel lacks it: add it to tests/vm/kernel-stub.Kconfig"
	done
}

# The driver's own symbols as kconfig would set them, for make and for the C files: modules m, switches y.
symbols() {
	awk '/^(menu)?config /  { name = $2 }
	     /^[ \t]+tristate/     { print name, "m" }
	     /^[ \t]+bool/         { print name, "y" }' "$DRIVER/Kconfig" | while read -r _symbol _value; do
		grep -q "^CONFIG_$_symbol=" "$KIT/include/config/auto.conf" || echo "$_symbol $_value"
	done
}

make_arguments() {
	symbols | sed -E 's/(.*) (.)/CONFIG_\1=\2/'
}

c_arguments() {
	symbols | sed -E 's/(.*) m/-DCONFIG_\1_MODULE=1/; s/(.*) y/-DCONFIG_\1=1/' | tr '\n' ' '
}

# A kernel with KCOV tells fuzzers which code a call reaches: that of the driver, which alone is built for it.
coverage() {
	! grep -q '^CONFIG_KCOV=y' "$KIT/include/config/auto.conf" || echo KCOV_INSTRUMENT=y
}

build() {
	mkdir -p "$OBJ"
	# shellcheck disable=SC2046 # a list of words
	make -C "$KIT" ARCH=arm64 CROSS_COMPILE=$CROSS M="$TOP" MO="$OBJ" -j"$JOBS" $(make_arguments) $(coverage) \
		KCFLAGS="$(c_arguments)" "$@" modules
}

install_modules() {
	_release=$(cat "$KIT/include/config/kernel.release")
	rm -rf "$OUT/lib.new"
	if [ -d "$KERNEL/lib" ]; then
		cp -a "$KERNEL/lib" "$OUT/lib.new"
	fi
	mkdir -p "$OUT/lib.new/modules/$_release/updates"
	find "$OBJ" -name '*.ko' -exec cp {} "$OUT/lib.new/modules/$_release/updates/" \;
	mkdir "$OUT/base"
	mv "$OUT/lib.new" "$OUT/base/lib"
	depmod -b "$OUT/base" "$_release"
	rm -rf "$OUT/lib"
	mv "$OUT/base/lib" "$OUT/lib"
	rmdir "$OUT/base"
}

KERNEL=$("$VM_DIR/kernel.sh" "$VERSION" "$VARIANT")
KIT=$KERNEL/kit
check_selects
mkdir -p "$OUT"
lock "modules-$(echo "$OUT" | sha256sum | cut -c1-16)"
touch "$OUT/began"
[ -z "${MODULES_AS-}" ] || rm -rf "$OBJ"
step "modules-$NAME" "driver for kernel $VERSION $VARIANT" build "$@"
rm -rf "$OUT/base"
step "modules-$NAME-install" "driver installed in build/vm/$NAME" install_modules
# Which kernel they belong to, as of when: run.sh builds again when either changed.
echo "$KERNEL" >"$OUT/kernel"
touch -r "$OUT/began" "$OUT/kernel"
echo "$MODULES"
