# SPDX-License-Identifier: MIT
# Copyright 2026 The rocket authors
#
# What the test groups share; sourced as the first thing by a script of groups/, which runs twice. On the host
# `group OPTIONS` boots a machine of its own (options of run.sh) and does not return; in the machine it does
# nothing, and what follows are the cases. Results are TAP: told at once as comments, and as a whole at the end,
# where no message of the kernel comes between.
#
# On the host, LONG=1 asks for the whole numbers where `make test` takes a slice. The kernel is the debug one for
# scripts reached through debug/.
# shellcheck shell=sh

# In the machine:
CLIENT="build/arm64/vm-client"
RESULTS="-e build/vm/results"
NETWORK=build/vm/models/mobilenet_v1.tflite
CORES=/sys/kernel/debug/accel/rknn/cores
DRIVER=/sys/bus/platform/drivers/rocket
NPUS="fdab0000.npu fdac0000.npu fdad0000.npu"
TAP=/tmp/tap
CASES=0

group() {
	[ -z "${IN_MACHINE-}" ] || return 0
	_script=$(readlink -f "$0")
	_variant=plain
	case $0 in
	*/debug/*)
		_variant=debug
		set -- -l "$@"
		;;
	esac
	cd "$(dirname "$_script")/../../.."
	exec tests/vm/run.sh -v $_variant -e IN_MACHINE=$_variant -e LONG="${LONG-}" "$@" -- \
		sh "tests/vm/groups/$(basename "$_script")"
}

# count WHOLE SLICE DEBUG: how often, for `LONG=1`, `make test`, and `make test` on the debug kernel.
count() {
	if [ -n "$LONG" ]; then
		echo "$1"
	elif [ "$IN_MACHINE" = debug ]; then
		echo "$3"
	else
		echo "$2"
	fi
}

# verdict STATUS NAME
verdict() {
	CASES=$((CASES + 1))
	if [ "$1" -eq 0 ]; then
		_line="ok $CASES - $2"
	else
		_line="not ok $CASES - $2"
	fi
	echo "# $_line ($(cut -d. -f1 /proc/uptime) s)"
	echo "$_line" >>$TAP
}

# check NAME COMMAND...: COMMAND succeeds. What it says is kept when it does not.
check() {
	_name=$1
	shift
	if "$@" >/tmp/said 2>&1; then
		verdict 0 "$_name"
	else
		sed 's/^/# /' /tmp/said | tail -n 30 | tee -a $TAP
		verdict 1 "$_name"
	fi
}

# skip NAME CAUSE
skip() {
	CASES=$((CASES + 1))
	echo "ok $CASES - $1 # SKIP $2" | tee -a $TAP
}

# equal NAME WANTED GOT
equal() {
	[ "$2" = "$3" ] || echo "# '$3', wanted '$2'" >>$TAP
	[ "$2" = "$3" ]
	verdict $? "$1"
}

# The end of a script.
finish() {
	cat $TAP
	echo "1..$CASES"
	! grep -q '^not ok' $TAP
	exit
}

# repeat TIMES COMMAND...: stops at the first failure.
repeat() {
	_times=$1
	shift
	_turn=0
	while [ $_turn -lt "$_times" ]; do
		_turn=$((_turn + 1))
		"$@" || {
			echo "at turn $_turn of $_times"
			return 1
		}
	done
}

# within SECONDS COMMAND...: COMMAND succeeds before the time is over.
within() {
	_deadline=$(($(date +%s) + $1))
	shift
	until "$@" >/dev/null 2>&1; do
		[ "$(date +%s)" -le $_deadline ] || {
			echo "not before the time was over: $*"
			return 1
		}
		usleep 10000
	done
}

# sum COUNTER [CORE]: of the driver's counters, for one core or all.
sum() {
	sed -nE "s/^core${2-.} .* $1=([0-9]+).*/\1/p" $CORES | awk '{ s += $1 } END { print s + 0 }'
}

# job [OPTION...]: a small network on a file of its own.
job() {
	$CLIENT job $RESULTS "$@" small
}

unbind() {
	echo "$1" >$DRIVER/unbind
}

bind() {
	echo "$1" >$DRIVER/bind
}

# keep NPU on|auto: awake, or as it needs.
keep() {
	echo "$2" >"/sys/bus/platform/devices/$1/power/control"
}

# asleep [CORE]: that core is, or all are.
asleep() {
	[ -e $CORES ] && ! grep "^core${1-}" $CORES | grep -qv ' suspended '
}

# queued NUMBER: core 0 has so many jobs, and runs one of them.
queued() {
	grep -q "^core0 .* busy queue=$1 " $CORES
}

# holds PID: it has the node open.
holds() {
	for _fd in /proc/"$1"/fd/*; do
		case $(readlink "$_fd") in
		/dev/accel/*) return 0 ;;
		esac
	done
	return 1
}

# rate: of the NPU's compute clock, in MHz.
rate() {
	monitor qom-get /machine/scmi rate-mhz
}

# inject PROPERTY VALUE [DEVICE...]: a property of the machine; by default of all three cores.
inject() {
	_property=$1
	_value=$2
	shift 2
	[ $# -gt 0 ] || set -- npu0 npu1 npu2
	for _device; do
		monitor qom-set "/machine/$_device" "$_property" "$_value" || return 1
	done
}
