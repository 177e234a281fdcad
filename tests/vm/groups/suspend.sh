#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright 2026 The rocket authors
#
# The machine goes to sleep and wakes up, with and without jobs on the cores.
. "$(dirname "$(readlink -f "$0")")/../group.sh"
group -t 600 -f build/arm64/vm-client -f build/vm/results -f tests/vm/group.sh -f tests/vm/groups/suspend.sh

ALARM=/sys/class/rtc/rtc0/wakealarm

# nap [SECONDS]: to idle, woken by the clock. An alarm that comes before the machine sleeps keeps it awake, or comes to
# nothing while the driver still waits for a job: then it has to be later.
nap() {
	for _seconds in ${1-2} 5 10 30; do
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

# victim NAME DELAY RESULT TIMEOUTS: the machine goes to sleep during a job whose tasks take so many microseconds.
victim() {
	inject delay-us "$2"
	timeouts=$(($(sum timeouts) + $4))
	job >/tmp/victim 2>/tmp/reason &
	victim=$!
	within 60 at_work
	check "suspend: $1" nap 6
	inject delay-us 0
	wait $victim
	equal "suspend: $1: it gets $3" "$3" "$(cat /tmp/victim)"
	equal "suspend: $1: $4 of its tasks hung" $timeouts "$(sum timeouts)"
}

# No suspend waits for either: the time limit ends the first, the driver the second, which makes progress.
victim "while a job takes forever" 30000000 ETIMEDOUT 1
victim "while a job goes on and on" 400000 ECANCELED 0
check "suspend: the next one is right" job
check "suspend: the module can be unloaded" modprobe -r rocket
finish
