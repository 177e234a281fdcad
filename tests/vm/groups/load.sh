#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright 2026 The rocket authors
#
# The module comes and goes as often as one likes, and leaves nothing behind.
. "$(dirname "$(readlink -f "$0")")/../group.sh"
group -t 600

# unpowered: all domains of the NPU are off.
unpowered() {
	[ "$(grep -cE '^(npu|nputop|npu1|npu2) +off' /sys/kernel/debug/pm_genpd/pm_genpd_summary)" = 4 ]
}

turn() {
	modprobe rocket || return 1
	[ -c /dev/accel/accel0 ] && [ "$(grep -c ^core $CORES)" = 3 ] || return 1
	[ $((_turn % 10)) -ne 1 ] || job || return 1
	modprobe -r rocket || return 1
	[ ! -e /dev/accel/accel0 ] && [ ! -e ${CORES%/*} ]
}

at_work() {
	[ "$(sum jobs)" -gt 0 ]
}

in_use() {
	$CLIENT hold $RESULTS -t 600 small >/tmp/held &
	_holder=$!
	within 60 at_work || return 1
	! rmmod rocket || return 1
	kill $_holder
	wait $_holder
	[ "$(cat /tmp/held)" = right ]
}

times=$(count 100 100 10)
check "load: the NPU has no power before" unpowered
check "load: load, look, unload $times times, a job each tenth time" repeat "$times" turn
check "load: the NPU has no power afterwards" within 60 unpowered

modprobe rocket
check "load: nobody can unload it while a file is open" in_use
check "load: when the file is closed one can" modprobe -r rocket
modprobe rocket
check "load: and a job runs after the next load" job
finish
