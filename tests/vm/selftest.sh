#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright 2026 The rocket authors
#
# Tests of the machine's scripts themselves: what goes in and out of the guest, and that each kind of mistake
# ends in a failure. Speaks TAP. Without the debug kernel's cases: selftest.sh plain
set -u
HERE=$(dirname "$(readlink -f "$0")")
. "$HERE/tap.sh"
RUN=$HERE/run.sh
WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT

# expect STATUS WORDS NAME COMMAND...: COMMAND exits with STATUS and says WORDS (a regular expression).
expect() {
	want=$1 words=$2 name=$3
	shift 3
	status=0
	"$@" >"$WORK/output" 2>&1 || status=$?
	[ $status -eq "$want" ] && { [ -z "$words" ] || grep -qE "$words" "$WORK/output"; }
	good=$?
	[ $good -eq 0 ] || echo "exit status $status, wanted $want and /$words/" >>"$WORK/output"
	verdict $good "$name" "$WORK/output"
}

# scanned STATUS LINE: a console with that line among harmless ones.
scanned() {
	printf '%s\n' "DMA-API: preallocated 65536 debug entries" "$2" "DMA-API: debugging enabled by kernel config" >"$WORK/console"
	: >"$WORK/qemu"
	expect "$1" '' "scan: '$2' gives $1" "$HERE/scan.sh" "$WORK/console" "$WORK/qemu"
}

scanned 0 'rk_iommu fdab9000.iommu: Page fault at 0x0000000000001000 of type read'
scanned 1 'WARNING: CPU: 0 PID: 1 at kernel/x.c:1 f+0x1/0x2'
scanned 1 'BUG: KASAN: slab-use-after-free in f+0x1/0x2'
scanned 1 'UBSAN: array-index-out-of-bounds in x.c:1:2'
scanned 1 'WARNING: possible circular locking dependency detected'
scanned 1 'INFO: task kworker/0:1:12 blocked for more than 60 seconds.'
scanned 1 'DMA-API: rocket fdab0000.npu: device driver frees DMA memory with different size'
scanned 1 'unreferenced object 0xffff000000000000 (size 64):'
scanned 1 'Kernel panic - not syncing: x'
printf 'pl011_write: data written to disabled UART\n' >"$WORK/qemu"
expect 0 '' "scan: what QEMU says about the serial port is harmless" "$HERE/scan.sh" /dev/null "$WORK/qemu"
printf 'rocket-npu: register of an unpowered core\n' >"$WORK/qemu"
expect 1 unpowered "scan: what QEMU says about the NPU is not" "$HERE/scan.sh" /dev/null "$WORK/qemu"
expect 0 '' "scan: a provoked mistake does not count" "$HERE/scan.sh" /dev/null "$WORK/qemu" unpowered

expect 0 aarch64 "run: a command's output arrives" "$RUN" -n -- uname -m
expect 3 '' "run: a command's exit status arrives" "$RUN" -n -- sh -c 'exit 3'
expect 0 "^a'b  c\$" "run: words stay words" "$RUN" -n -- printf '%s\n' "a'b  c"
expect 0 '^x y$' "run: the environment arrives" "$RUN" -n -e 'V=x y' -- sh -c 'echo "$V"'
# shellcheck disable=SC2016 # for the guest
expect 0 '^line-2000$' "run: all output arrives, the last line too" "$RUN" -n -- sh -c \
	'i=0; while [ $i -lt 2000 ]; do i=$((i+1)); echo line-$i; done'
expect 0 '^#!/bin/sh$' "run: the project is at /project" "$RUN" -n -- head -n 1 /project/tests/vm/run.sh
expect 1 'Read-only file system' "run: the project is read-only" "$RUN" -n -- touch /project/x
expect 0 '' "run: /out takes files" "$RUN" -n -o "$WORK/out" -- sh -c 'echo 42 >/out/answer'
expect 0 '^42$' "run: and they are on the host" cat "$WORK/out/answer"
expect 0 '^10[.]' "run: a test can talk to QEMU's monitor" "$RUN" -n -- monitor info version
expect 1 'not found' "run: the monitor's errors are errors" "$RUN" -n -- monitor qom-set /machine/nobody x 1
expect 124 'still running after 3 s' "run: the time limit holds" "$RUN" -n -t 3 -- sleep 60
expect 70 'BUG: planted' "run: a report of the kernel fails the run" "$RUN" -n -- sh -c 'echo "BUG: planted" >/dev/kmsg'
expect 70 'Kernel panic' "run: so does its death" "$RUN" -n -- sh -c 'echo c >/proc/sysrq-trigger'
expect 0 '' "run: and not when it was provoked" "$RUN" -n -a planted -- sh -c 'echo "BUG: planted" >/dev/kmsg'
expect 71 'without a status' "run: a guest that goes away early fails" "$RUN" -n -- poweroff -f
# The PL061 puts its pins back after the supply behind one of them was turned on again.
expect 0 '^awake$' "run: the guest suspends and the clock wakes it" "$RUN" -n -a 'supply lost|qos@' -f "$HERE/run.sh" -- sh -c \
	'echo +2 >/sys/class/rtc/rtc0/wakealarm && echo freeze >/sys/power/state && echo awake'

if [ "${1-}" != plain ]; then
	expect 70 'KASAN: slab-use-after-free' "debug: use after free is found" "$RUN" -n -v debug -- sh -c \
		'modprobe lkdtm && echo READ_AFTER_FREE >/sys/kernel/debug/provoke-crash/DIRECT'
	expect 70 'UBSAN: array-index' "debug: an index out of bounds is found" "$RUN" -n -v debug -- sh -c \
		'modprobe lkdtm && echo ARRAY_BOUNDS >/sys/kernel/debug/provoke-crash/DIRECT'
	expect 70 'unreferenced object' "debug: a leak is found" "$RUN" -n -v debug -l -- modprobe kmemleak-test
fi
plan
