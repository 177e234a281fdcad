#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright 2026 The rocket authors
#
# In the machine: says which test sees what is wrong with the driver, as a line `caught: TEST`, at the first one, or
# `late: TEST` when all that is known is that something did not come in time. KUnit, some igt subtests, and what the
# test groups do, in short; PARTS in the environment names some of these. What the kernel reports is the host's
# business.
. /project/tests/vm/group.sh
# Verdicts, also from where the output goes elsewhere.
exec 3>&1

IGT=/project/build/igt
# Those that look closest at the driver; the others repeat it at length.
SUBTESTS="rocket_submit@basic rocket_submit@multi-task rocket_submit@no-bos rocket_submit@regcmd-count-odd
	rocket_submit@unlisted-bo-kept rocket_prep_fini@bad-handle rocket_prep_fini@reserved-nonzero
	rocket_submit@fail-job-count-limit
	rocket_prep_fini@busy-poll rocket_prep_fini@reader-busy rocket_prep_fini@coherency-cpu-to-npu
	rocket_prep_fini@coherency-npu-to-cpu rocket_sync@write-read rocket_sync@read-write
	rocket_isolation@stale-address rocket_lifetime@close-bo-running rocket_lifetime@close-queued
	rocket_device@open-unprivileged"

caught() {
	echo "caught: $*" >&3
	exit 0
}

late() {
	echo "late: $*" >&3
	exit 0
}

# limit SECONDS NAME COMMAND...: COMMAND, as long as it ends in time.
limit() {
	_seconds=$1
	_limited=$2
	shift 2
	_status=0
	timeout "$_seconds" "$@" || _status=$?
	case $_status in
	# As coreutils and as busybox say it.
	124 | 143) late "$_limited" ;;
	esac
	return $_status
}

# expect NAME WORD [OPTION...]: of a job the client says WORD.
expect() {
	_name=$1
	_word=$2
	shift 2
	limit 60 "$_name" $CLIENT job $RESULTS "$@" small >/tmp/word 2>/dev/null
	_said=$(cat /tmp/word)
	[ "$_said" = "$_word" ] || caught "$_name: '$_said', wanted '$_word'"
}

kunit() {
	limit 200 "kunit" modprobe rocket_test || caught "kunit: no module"
	for _suite in /sys/kernel/debug/kunit/rocket_*; do
		_bad=$(sed -nE 's/^    not ok [0-9]+ ([a-z0-9_]+).*/\1/p' "$_suite/results" | head -n 1)
		[ -z "$_bad" ] || caught "kunit $_bad"
	done
	limit 20 "kunit: the end" modprobe -r rocket_test || caught "kunit: the module cannot be unloaded"
}

# A subtest that is skipped shows nothing.
igt() {
	for _subtest in $SUBTESTS; do
		limit 60 "igt $_subtest" "$IGT/${_subtest%@*}" --run-subtest "${_subtest#*@}" >/dev/null 2>&1 ||
			caught "igt $_subtest"
	done
}

faults() {
	expect "group coherency: jobs" right -n 4
	inject hang-task 2
	expect "group fault: a hang" ETIMEDOUT
	inject hang-task 0
	expect "group fault: after a hang" right -s 2
	inject irq-lost 1
	expect "group fault: a lost interrupt" right
	inject irq-lost 0
	inject reset-stuck 1 npu0
	inject hang-task 1 npu0
	job >/dev/null 2>&1
	inject hang-task 0
	expect "group fault: a reset that does not take" right -n 4 -s 2
	inject reset-stuck 0 npu0
	limit 60 "group crowd" $CLIENT crowd $RESULTS -n 60 -p 4 small >/dev/null 2>&1 || caught "group crowd"
}

# One core stays awake, another one goes to sleep.
power() {
	_delay=$(cat /sys/bus/platform/devices/fdab0000.npu/power/autosuspend_delay_ms)
	[ "$_delay" = 2000 ] || caught "group power: a core goes to sleep after $_delay ms"
	keep fdab0000.npu on
	keep fdac0000.npu on
	keep fdac0000.npu auto
	within 20 asleep 1 || late "group power: a core does not go to sleep"
	[ "$(rate)" = 600 ] || caught "group power: the clock of a core that is awake"
	keep fdab0000.npu auto
	within 20 asleep 0 || late "group power: the last core does not go to sleep"
}

# go NPU / come NPU: unbind and bind, which have to come back.
go() {
	limit 20 "group bind: unbind" sh -c "echo $1 >$DRIVER/unbind" || caught "group bind: unbind"
}

come() {
	limit 20 "group bind: bind" sh -c "echo $1 >$DRIVER/bind" || caught "group bind: bind"
}

all_ended() {
	! pidof vm-client
}

# As many jobs as it takes to see that each of them left something behind: the kernel's lists of free objects remember
# the last ones that were handed out, and kmemleak takes that for a use.
many() {
	limit 200 "group crowd" $CLIENT crowd $RESULTS -n 400 -p 4 small >/dev/null 2>&1 || caught "group crowd"
}

# A job on a core, and another file's behind it, when the core goes and another one stays.
one_goes() {
	go fdac0000.npu
	go fdad0000.npu
	inject delay-us 3000000
	job >/tmp/first 2>/dev/null &
	within 20 queued 1 || late "group bind: a job on its core does not show"
	job -s 2 >/tmp/second 2>/dev/null &
	within 20 queued 2 || late "group bind: a job in the queue does not show"
	come fdac0000.npu
	go fdab0000.npu
	inject delay-us 0
	within 30 all_ended || late "group bind: a job never ends"
	[ "$(cat /tmp/first)" = ECANCELED ] || caught "group bind: the job on the core: $(cat /tmp/first)"
	[ "$(cat /tmp/second)" = ECANCELED ] || caught "group bind: the job in the queue: $(cat /tmp/second)"
}

binding() {
	limit 20 "group load: the end" modprobe -r rocket || caught "group load: the module cannot be unloaded"
	modprobe rocket timeout_ms=60000
	$CLIENT loop -t 3 small >/tmp/loop 2>&1 &
	for _npu in $NPUS; do
		go $_npu
		come $_npu
	done
	within 30 all_ended || late "group bind: stuck"
	one_goes
	go fdac0000.npu
	[ ! -e /dev/accel/accel0 ] || caught "group bind: the node stays"
	limit 20 "group bind: the end" modprobe -r rocket || caught "group bind: the module cannot be unloaded"
}

modprobe rocket || caught "modprobe"
for part in ${PARTS:-kunit igt faults power binding}; do
	$part
	echo "# $part: at $(cut -d' ' -f1 /proc/uptime) s"
done
echo "missed"
