#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright 2026 The rocket authors
#
# Reads a console log and the log of QEMU and fails on the first line that reports a mistake: of the kernel (QEMU
# exits 0 after any of them, and lockdep is off after the first report), of a leak, or of the guest towards a
# device model.
#   scan.sh CONSOLE-LOG QEMU-LOG [REGEX]    lines that match REGEX are what the test provoked and count for nothing
set -eu

KERNEL='BUG: |WARNING: |KASAN: |UBSAN: |DMA-API: [^pd]|Oops|Call trace|Kernel panic|INFO: (possible|task|rcu|trying)|unreferenced object|rcu: INFO|refcount_t: |ODEBUG: |kobject: .*(leak|released)|GUEST_ERROR|UNIMP|scheduling while atomic|unhandled (fault|page)'
# QEMU's own models about what the kernel's GIC, PSCI and serial drivers do on every machine.
HARMLESS='^gicv3_|^pl011|PL011|psci'
ALLOWED=${3:-'^$'}

# found LOG REGEX BUT-NOT: the first such line, if any.
found() {
	grep -aE "$2" "$1" 2>/dev/null | grep -avE "$3" | grep -avE -m 1 "$ALLOWED"
}

bad=$(found "$1" "$KERNEL" '^$') || :
if [ -n "$bad" ]; then
	echo "the kernel reports a mistake: $bad"
	exit 1
fi
bad=$(found "$2" . "$HARMLESS") || :
if [ -n "$bad" ]; then
	echo "the machine reports a mistake: $bad"
	exit 1
fi
