#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright 2026 The rocket authors
#
# In the machine: says which test sees what is wrong with the driver, as a line `caught: TEST`, at the first one.
# KUnit, some igt subtests, and what the test groups do, in short. What the kernel reports is the host's business.
. /project/tests/vm/group.sh

IGT=/project/build/igt
# Those that look closest at the driver; the others repeat it at length.
SUBTESTS="rocket_submit@basic rocket_submit@multi-task rocket_submit@no-bos rocket_submit@regcmd-count-odd
	rocket_submit@unlisted-bo-kept rocket_prep_fini@bad-handle rocket_prep_fini@reserved-nonzero
	rocket_submit@fail-job-count-limit
	rocket_prep_fini@busy-poll rocket_prep_fini@reader-busy rocket_prep_fini@coherency-cpu-to-npu
	rocket_prep_fini@coherency-npu-to-cpu rocket_sync@write-read rocket_sync@read-write
	rocket_isolation@stale-address rocket_lifetime@close-bo-running"

caught() {
	echo "caught: $*"
	exit 0
}

# expect NAME WORD [OPTION...]: of a job the client says WORD.
expect() {
	_name=$1
	_word=$2
	shift 2
	_said=$(timeout 60 $CLIENT job $RESULTS "$@" small 2>/dev/null)
	[ "$_said" = "$_word" ] || caught "$_name: '$_said', wanted '$_word'"
}

kunit() {
	timeout 60 modprobe rocket_test || caught "kunit: no module"
	for _suite in /sys/kernel/debug/kunit/rocket_*; do
		_bad=$(sed -nE 's/^    not ok [0-9]+ ([a-z0-9_]+).*/\1/p' "$_suite/results" | head -n 1)
		[ -z "$_bad" ] || caught "kunit $_bad"
	done
	timeout 20 modprobe -r rocket_test || caught "kunit: the module cannot be unloaded"
}

igt() {
	for _subtest in $SUBTESTS; do
		timeout 30 "$IGT/${_subtest%@*}" --run-subtest "${_subtest#*@}" >/dev/null 2>&1
		case $? in
		0 | 77) ;;
		*) caught "igt $_subtest" ;;
		esac
	done
}

groups() {
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
	timeout 60 $CLIENT crowd $RESULTS -n 60 -p 4 small >/dev/null 2>&1 || caught "group crowd"
	$CLIENT loop -t 3 small >/tmp/loop 2>&1 &
	for _npu in $NPUS; do
		timeout 10 sh -c "echo $_npu >$DRIVER/unbind" || caught "group bind: unbind"
		timeout 10 sh -c "echo $_npu >$DRIVER/bind" || caught "group bind: bind"
	done
	timeout 20 sh -c "wait; while pidof vm-client >/dev/null; do usleep 100000; done" || caught "group bind: stuck"
	for _npu in $NPUS; do
		timeout 10 sh -c "echo $_npu >$DRIVER/unbind" || caught "group bind: last"
	done
	[ ! -e /dev/accel/accel0 ] || caught "group bind: the node stays"
	timeout 20 modprobe -r rocket || caught "group bind: the module cannot be unloaded"
}

modprobe rocket || caught "modprobe"
for part in kunit igt groups; do
	$part
	echo "# $part: at $(cut -d' ' -f1 /proc/uptime) s"
done
echo "missed"
