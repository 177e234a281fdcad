#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright 2026 The rocket authors
#
# The machine goes to sleep and wakes up, with and without jobs on the cores.
. "$(dirname "$(readlink -f "$0")")/../group.sh"
group -t 600 -f build/arm64/vm-client -f build/vm/results -f tests/vm/group.sh -f tests/vm/groups/suspend.sh

# nap: to idle, woken by the clock.
nap() {
	echo +2 >/sys/class/rtc/rtc0/wakealarm && echo freeze >/sys/power/state
}

modprobe rocket
check "suspend: without users" nap
check "suspend: a job is right afterwards" job

inject delay-us 3000
$CLIENT loop $RESULTS -t 14 small >/tmp/loop 2>&1 &
looper=$!
usleep 500000
times=$(count 5 3 3)
check "suspend: $times times under load" repeat "$times" nap
wait $looper
check "suspend: all jobs were right" grep -E '^right=[1-9][0-9]* wrong=0 failed=0' /tmp/loop
sed 's/^/# /' /tmp/loop

# A job that no suspend waits for.
inject delay-us 30000000
job >/tmp/victim 2>/tmp/reason &
victim=$!
usleep 500000
check "suspend: while a job takes forever" nap
inject delay-us 0
wait $victim
equal "suspend: that job is cancelled" ETIMEDOUT "$(cat /tmp/victim)"
check "suspend: the next one is right" job
check "suspend: the module can be unloaded" modprobe -r rocket
finish
