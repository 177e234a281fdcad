#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright 2026 The rocket authors
#
# Every allocation of each call fails once. Needs the debug kernel; kmemleak looks for what was not unwound.
. "$(dirname "$(readlink -f "$0")")/../group.sh"
group -t 900 -a 'GUEST_ERROR: core[0-2]: .*DMA (read|write) error'

if [ ! -e /proc/self/fail-nth ]; then
	echo "1..0 # SKIP this kernel cannot make allocations fail"
	exit 0
fi

for kind in failslab fail_page_alloc; do
	echo 0 >/sys/kernel/debug/$kind/verbose
	echo N >/sys/kernel/debug/$kind/ignore-gfp-wait
done
echo 0 >/sys/kernel/debug/fail_page_alloc/min-order
echo 0 >/sys/kernel/debug/fail_usercopy/verbose
modprobe rocket
for call in open create submit prime; do
	check "fail: $call: each allocation fails once" $CLIENT fail -x $call none
	sed 's/^/# /' /tmp/said
	check "fail: $call: a job is right afterwards" job
done
check "fail: the module can be unloaded" modprobe -r rocket
finish
