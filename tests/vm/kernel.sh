#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright 2026 The rocket authors
#
# Builds the guest's arm64 kernel from a Debian linux-source package and prints the directory of the result:
#   Image        the kernel (not for check)
#   lib/modules  what the kernel built as modules, the driver's helpers and KUnit among them (not for check)
#   kit/         all that building an external module takes
#   config       the configuration
#
#   kernel.sh [VERSION [VARIANT]]      VERSION 7.2 (default) or 7.3; VARIANT:
#       plain    (default)
#       debug    KASAN, lockdep, kmemleak, DMA-API debug, UBSAN, fault injection
#       check    no kernel, only a kit to compile against; symbols are known from the source's export lines
#   kernel.sh --source [VERSION]       the unpacked source (checkpatch, kernel-doc, dt bindings)
#
# The source's own drivers/accel/rocket is never unpacked; kernel-stub.Kconfig stands in its place and selects
# what our driver, built outside of the tree, finds in the kernel.
set -eu
. "$(dirname "$(readlink -f "$0")")/lib.sh"

# Suites move: the first that has the version wins.
SUITES="sid forky trixie-backports experimental"
DEFAULT=7.2
DOCUMENTATION='*/Documentation/[a-ce-z]*'

usage() {
	die "usage: kernel.sh [--source] [7.2|7.3 [plain|debug|check]]"
}

package() {
	ls -t "$CACHE/dl/linux-source-$VERSION"_*.deb 2>/dev/null | head -n 1
}

fetch() {
	cd "$CACHE/dl"
	for _suite in $SUITES; do
		(box "$_suite" amd64 && box_retry apt-get download "linux-source-$VERSION") && return
	done
	echo "no suite of ($SUITES) has linux-source-$VERSION; another VERSION may do"
	return 1
}

unpack() {
	rm -rf "$SOURCE.tmp"
	mkdir -p "$SOURCE.tmp"
	dpkg-deb --fsys-tarfile "$(package)" | tar -xO "./usr/src/linux-source-$VERSION.tar.xz" |
		xz -dc -T0 | tar -x -C "$SOURCE.tmp" --strip-components=1 --exclude="$DOCUMENTATION" \
		--exclude='*/drivers/accel/rocket' --exclude='*/drm/rocket_accel.h'
	mkdir "$SOURCE.tmp/drivers/accel/rocket"
	: >"$SOURCE.tmp/drivers/accel/rocket/Makefile"
	mv "$SOURCE.tmp" "$SOURCE"
}

kernel_make() {
	make -C "$SOURCE" O="$OBJ" ARCH=arm64 CROSS_COMPILE=$CROSS KBUILD_BUILD_TIMESTAMP=@0 KBUILD_BUILD_USER=rocket \
		KBUILD_BUILD_HOST=vm "$@"
}

# One line per symbol, the last one wins, "is not set" written as =n.
merged() {
	sed -nE 's/^# (CONFIG_\w+) is not set/\1=n/; /^CONFIG_/p' "$@" |
		awk -F= '{ last[$1] = $0 } END { for (s in last) print last[s] }' | sort
}

# Symbols come and go between versions; those that the default version does not have are mistakes.
unknown() {
	[ "$VERSION" != "$DEFAULT" ] || return 1
	! grep -rqE --include='Kconfig*' "^(menu)?config ${1#CONFIG_}\$" "$SOURCE"
}

# kconfig drops lines whose dependencies are missing without a word.
check_config() {
	_bad=0
	for _line in $(merged "$@" | tr ' ' '@'); do
		_line=$(echo "$_line" | tr '@' ' ')
		_symbol=${_line%%=*}
		case $_line in
		*=n) ! grep "^$_symbol=" "$OBJ/.config" || _bad=1 ;;
		*)
			if grep -qxF "$_line" "$OBJ/.config"; then
				:
			elif unknown "$_symbol"; then
				echo "$VERSION has no $_symbol"
			else
				echo "wanted $_line, got: $(grep "${_symbol}[= ]" "$OBJ/.config")"
				_bad=1
			fi
			;;
		esac
	done
	return $_bad
}

configure() {
	mkdir -p "$OBJ"
	in_file "$SOURCE/drivers/accel/rocket/Kconfig" <"$VM_DIR/kernel-stub.Kconfig"
	# shellcheck disable=SC2086 # a list of files
	merged $FRAGMENTS >"$OBJ/fragment"
	kernel_make -s KCONFIG_ALLCONFIG="$OBJ/fragment" allnoconfig
	# shellcheck disable=SC2086
	check_config $FRAGMENTS
}

# A Module.symvers as modpost reads it: crc, symbol, module, kind of export, name space. Two macros that define
# and export functions are known here.
symbols_from_source() {
	grep -rhoE --include='*.[chS]' '^\s*EXPORT_SYMBOL(_GPL)?\(\w+\)' "$SOURCE" | tr -d ' \t' |
		sed -E 's/^(EXPORT_SYMBOL(_GPL)?)\((\w+)\)/0x00000000\t\3\tvmlinux\t\1\t/' | sort -u -k2,2
	grep -rhoE --include='*.[chS]' '^\s*EXPORT_SYMBOL_NS(_GPL)?\(\w+, *"\w+"\)' "$SOURCE" | tr -d ' \t' |
		sed -E 's/^EXPORT_SYMBOL_NS((_GPL)?)\((\w+),"(\w+)"\)/0x00000000\t\3\tvmlinux\tEXPORT_SYMBOL\1\t\4/' |
		sort -u -k2,2
	sed -nE 's/^define_dev_printk_level\((\w+),.*/0x00000000\t\1\tvmlinux\tEXPORT_SYMBOL\t/p' "$SOURCE/drivers/base/core.c"
	for _verb in set get ops; do
		sed -nE "s/^STANDARD_PARAM_DEF\((\w+),.*/0x00000000\tparam_${_verb}_\1\tvmlinux\tEXPORT_SYMBOL\t/p" \
			"$SOURCE/kernel/params.c"
	done
}

build() {
	if [ "$VARIANT" = check ]; then
		kernel_make -j"$JOBS" modules_prepare
		symbols_from_source >"$OBJ/Module.symvers"
	else
		kernel_make -j"$JOBS" Image modules
	fi
}

# CC and HOSTCC that do nothing keep the kernel's script from building the host tools for the target.
kit() {
	rm -rf "$OUT.tmp"
	mkdir -p "$OUT.tmp"
	(cd "$OBJ" && SRCARCH=arm64 srctree=$SOURCE CC=x HOSTCC=x sh "$SOURCE/scripts/package/install-extmod-build" "$OUT.tmp/kit")
	cp "$OBJ/.config" "$OUT.tmp/config"
	if [ "$VARIANT" != check ]; then
		cp "$OBJ/arch/arm64/boot/Image" "$OUT.tmp/"
		kernel_make -s INSTALL_MOD_PATH="$OUT.tmp" modules_install
		rm -f "$OUT.tmp"/lib/modules/*/build
	fi
	rm -rf "$OUT"
	mv "$OUT.tmp" "$OUT"
}

WANT_SOURCE=
if [ "${1-}" = --source ]; then
	WANT_SOURCE=1
	shift
fi
VERSION=${1:-$DEFAULT}
VARIANT=${2:-plain}
FRAGMENTS=$VM_DIR/kernel-base.config
case $VARIANT in
plain | check) ;;
debug) FRAGMENTS="$FRAGMENTS $VM_DIR/kernel-debug.config" ;;
*) usage ;;
esac
case $VERSION in
[0-9]*.[0-9]*) ;;
*) usage ;;
esac

# The variants share the source: it is fetched and unpacked under a lock of its own, by a call of its own.
if [ -n "$WANT_SOURCE" ]; then
	lock "linux-$VERSION"
	[ -n "$(package)" ] || step "linux-$VERSION-fetch" "linux-source-$VERSION from $(mirror)" fetch
fi
# Names follow from the package's version, so there is nothing to name before it is here.
if [ -z "$(package)" ]; then
	"$VM_DIR/packages.sh"
	"$0" --source "$VERSION" >/dev/null
fi
SOURCE=$CACHE/kernel/source-$(basename "$(package)" .deb | cut -d_ -f2)
mkdir -p "$CACHE/kernel"
if [ -n "$WANT_SOURCE" ]; then
	[ -d "$SOURCE" ] || step "linux-$VERSION-unpack" "linux-source-$VERSION unpacked" unpack
	echo "$SOURCE"
	exit
fi

NAME=kernel-$VERSION-$VARIANT
OBJ=$CACHE/kernel/obj-$VERSION-$VARIANT
# shellcheck disable=SC2086 # a list of files
OUT=$CACHE/kernel/$VERSION-$VARIANT-$( (basename "$(package)"; key "$VM_DIR/kernel.sh" "$VM_DIR/kernel-stub.Kconfig" \
	$FRAGMENTS; ${CROSS}gcc -dumpfullversion 2>&1 || :) | sha256sum | cut -c1-16)
if [ ! -d "$OUT" ]; then
	"$VM_DIR/packages.sh"
	"$0" --source "$VERSION" >/dev/null
	lock "$NAME"
fi
if [ ! -d "$OUT" ]; then
	step "$NAME-config" "kernel $VERSION $VARIANT configured" configure
	step "$NAME-build" "kernel $VERSION $VARIANT built" build
	step "$NAME-kit" "kernel $VERSION $VARIANT: kit for external modules" kit
	prune 3 "$CACHE/kernel/$VERSION-$VARIANT"-????????????????
fi
touch "$OUT"
echo "$OUT"
