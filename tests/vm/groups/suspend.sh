#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright 2026 The rocket authors
#
# The machine goes to sleep and wakes up, with and without jobs on the cores.
. "$(dirname "$(readlink -f "$0")")/../group.sh"
group -t 600 -f build/arm64/vm-client -f build/vm/results -f tests/vm/group.sh -f tests/vm/groups/suspend.sh

ALARM=/sys/class/rtc/rtc0/wakealarm

# nap: to idle, woken by the clock. An alarm that comes before the machine sleeps keeps it awake.
nap() {
	for _seconds in 2 5 10 30; do
		echo 0 >$ALARM
		echo +$_seconds >$ALARM || return 1
		! echo freeze >/sys/power/state || return 0
	done
	return 1
}

at_work() {
	grep -q ' busy ' $CORES
}

modprobe rocket
check "suspend: without users" nap
check "suspend: a job is right afterwards" job

inject delay-us 3000
$CLIENT loop $RESULTS -t 500 small >/tmp/loop 2>&1 &
looper=$!
within 60 at_work
times=$(count 5 3 3)
check "suspend: $times times under load" repeat "$times" nap
kill $looper
wait $looper
check "suspend: all jobs were right" grep -E '^right=[1-9][0-9]* wrong=0 failed=0' /tmp/loop
sed 's/^/# /' /tmp/loop

# A job that no suspend waits for.
inject delay-us 30000000
job >/tmp/victim 2>/tmp/reason &
victim=$!
within 60 at_work
check "suspend: while a job takes forever" nap
inject delay-us 0
wait $victim
equal "suspend: that job is cancelled" ETIMEDOUT "$(cat /tmp/victim)"
check "suspend: the next one is right" job
check "suspend: the module can be unloaded" modprobe -r rocket
finish
