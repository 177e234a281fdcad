#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright 2026 The rocket authors
#
# Every allocation of each call fails once: of the node's calls, and of what the driver core asks of the driver. All
# those fail that recovery makes. On the debug kernel kmemleak looks for what was not unwound.
. "$(dirname "$(readlink -f "$0")")/../group.sh"
group -t 900 -a 'GUEST_ERROR: core[0-2]: .*DMA (read|write) error' -f build/arm64/vm-client -f build/vm/results \
	-f tests/vm/group.sh -f tests/vm/groups/fail.sh

if [ ! -e /proc/self/fail-nth ]; then
	echo "1..0 # SKIP this kernel cannot make allocations fail"
	exit 0
fi

DEBUGFS=/sys/kernel/debug
KINDS="failslab fail_page_alloc"
POWER=/sys/bus/platform/devices/fdac0000.npu/power

# set FILE VALUE: for each kind of failure.
set_all() {
	for _kind in $KINDS; do
		echo "$2" >$DEBUGFS/$_kind/$1
	done
}

# span SYMBOL: first address of a function, and of what follows.
span() {
	sort /proc/kallsyms | awk -v name="$1" '
		start && $1 != start { print "0x" start, "0x" $1; exit }
		$3 == name { start = $1 }'
}

# driver: first address of the driver's code, and the last one.
driver() {
	grep -E ' [tT] .*\[rocket\]' /proc/kallsyms | sort | sed -n '1p;$p' | sed 's/ .*//; s/^/0x/'
}

# only require|reject START END: what is allocated below that code, or not there.
only() {
	[ $# = 3 ] || return 1
	set_all "$1-start" "$2"
	set_all "$1-end" "$3"
}

all() {
	set_all require-start 0
	set_all require-end 0xffffffffffffffff
	set_all reject-start 0
	set_all reject-end 0
}

# without SYMBOL: known mistakes of others. The DRM core trips over a node that it could not allocate; the driver core
# complains when it cannot remember the names of links.
without() {
	# shellcheck disable=SC2046 # two words
	check "fail: $1 can be left out" only reject $(span "$1")
}

# each NAME CALL: the client fails at each point, and a job is right afterwards.
each() {
	check "fail: $1: each allocation fails once" $CLIENT fail -x "$2" none
	sed "s/^[a-z]*:/# $1:/" /tmp/said
}

right_after() {
	check "fail: $1: a job is right afterwards" job
}

# none SYMBOL NAME WORD PROPERTY VALUE: nothing that the function needs can be had while a job meets a fault.
none() {
	_span=$(span "$1")
	# shellcheck disable=SC2086 # two words
	check "fail: $2: only its allocations can fail" only require $_span
	# With nothing to tell them by, all allocations would fail from here on.
	[ -n "$_span" ] || return
	set_all times 1000000
	set_all probability 100
	inject "$4" "$5"
	_got=$(job 2>/dev/null)
	inject "$4" 0
	set_all probability 0
	for _kind in $KINDS; do
		echo "# $2: $_kind: points=$((1000000 - $(cat $DEBUGFS/$_kind/times)))"
	done
	all
	equal "fail: $2: it needs no memory to be told $3" "$3" "$_got"
	right_after "$2"
}

set_all verbose 0
set_all ignore-gfp-wait N
echo 0 >$DEBUGFS/fail_page_alloc/min-order
echo 0 >$DEBUGFS/fail_usercopy/verbose
all
modprobe rocket
for call in open create submit wait prime; do
	each $call $call
	right_after $call
done

none rocket_job_run "start of a job" right irq-lost 0
none rocket_sched_recover "recovery from a hang" ETIMEDOUT hang-task 1
none rocket_sched_recover "recovery from a fault" EIO dma-error 1

unbind fdac0000.npu
each bind bind
without devlink_remove_symlinks
each unbind unbind
all
bind fdac0000.npu
right_after unbind

echo 0 >$POWER/autosuspend_delay_ms
each "runtime resume" wake
right_after "runtime resume"

echo devices >/sys/power/pm_test
echo 0 >/sys/power/pm_async
echo 0 >/sys/module/suspend/parameters/pm_test_delay
# shellcheck disable=SC2046 # two words
check "fail: suspend: only the driver's allocations can fail" only require $(driver)
each suspend suspend
all
right_after suspend
echo none >/sys/power/pm_test

for npu in $NPUS; do
	unbind $npu
done
without drm_sysfs_minor_alloc
each "bind of the first core" bind
without devlink_remove_symlinks
each "unbind of the last core" unbind
all
for npu in $NPUS; do
	bind $npu
done
right_after "first core"
check "fail: the module can be unloaded" modprobe -r rocket
finish
