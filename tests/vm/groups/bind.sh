#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright 2026 The rocket authors
#
# Cores come and go: without users, under idle files, under load; alone, and all of them.
. "$(dirname "$(readlink -f "$0")")/../group.sh"
group -t 900

rebind() {
	unbind "$1" && bind "$1" && [ "$(grep -c "$1" $CORES)" = 1 ]
}

# Each core TIMES times, in turns.
rebind_all() {
	_count=$1
	for _npu in $NPUS; do
		repeat "$_count" rebind $_npu || return 1
	done
}

# background COMMAND...: what it says goes to /tmp/held.
background() {
	"$@" >/tmp/held 2>/tmp/held.err &
	holder=$!
}

# A job while only one core is there, with one file open all the time.
alone() {
	for _npu in $NPUS; do
		[ "$_npu" = "$1" ] || unbind $_npu || return 1
	done
	job && [ "$(sum jobs)" -gt 0 ] || return 1
	for _npu in $NPUS; do
		[ "$_npu" = "$1" ] || bind $_npu || return 1
	done
}

# caught [NPU]: a job on the only core, and another file's behind it, when the core goes, and NPU is there by then.
caught() {
	unbind fdac0000.npu && unbind fdad0000.npu || return 1
	inject delay-us 30000000
	job >/tmp/caught 2>/dev/null &
	_first=$!
	within 60 queued 1 || return 1
	job -s 2 >/tmp/behind 2>/dev/null &
	_second=$!
	within 60 queued 2 || return 1
	[ $# = 0 ] || bind "$1" || return 1
	unbind fdab0000.npu || return 1
	wait $_first
	wait $_second
	inject delay-us 0
}

# all_right RESULTS: of a loop.
all_right() {
	cat "$1"
	grep -qE '^right=[1-9][0-9]* wrong=0' "$1"
}

all_gone() {
	for _npu in $NPUS; do
		unbind $_npu || return 1
	done
	[ ! -e /dev/accel/accel0 ]
}

all_back() {
	for _npu in $NPUS; do
		bind $_npu || return 1
	done
	[ -c /dev/accel/accel0 ]
}

times=$(count 100 100 10)
# No job hangs here; some take as long as it takes.
modprobe rocket timeout_ms=60000
check "bind: each core $times times without users" rebind_all "$times"
check "bind: a job runs afterwards" job

background $CLIENT hold $RESULTS -t 600 small
within 60 holds $holder
check "bind: each core $times times under an idle file" rebind_all "$times"
kill $holder
wait $holder
equal "bind: the file still works" right "$(cat /tmp/held)"

# Tasks that take a while, so that jobs are caught on the cores.
inject delay-us 2000
background $CLIENT crowd $RESULTS -n 1 -t 1 -p 2 small
wait $holder
equal "bind: two files at work disturb nobody" "wrong=0 failed=0" "$(grep -oE 'wrong=.* failed=[0-9]+' /tmp/held)"
$CLIENT loop $RESULTS -t 600 small >/tmp/loop1 2>/dev/null &
one=$!
$CLIENT loop $RESULTS -s 2 -t 600 small >/tmp/loop2 2>/dev/null &
two=$!
within 60 holds $one
within 60 holds $two
check "bind: each core $times times under load" rebind_all "$times"
kill $one $two
wait $one
check "bind: all that the first file got was right" all_right /tmp/loop1
wait $two
check "bind: all that the second file got was right" all_right /tmp/loop2
echo "# $(cat /tmp/loop1) / $(cat /tmp/loop2)"

check "bind: a job can be caught on its core" caught
equal "bind: it ends with ENODEV" ENODEV "$(cat /tmp/caught)"
equal "bind: so does the one behind it" ENODEV "$(cat /tmp/behind)"
check "bind: the core comes back" all_back
check "bind: and a job runs" job
check "bind: a job can be caught on its core while another core is there" caught fdac0000.npu
equal "bind: it ends with ECANCELED" ECANCELED "$(cat /tmp/caught)"
equal "bind: so does the one behind it" ECANCELED "$(cat /tmp/behind)"
check "bind: the other core does its job" job
bind fdab0000.npu
bind fdad0000.npu

for npu in $NPUS; do
	check "bind: $npu works alone" alone $npu
done

background $CLIENT hold $RESULTS -t 600 small
within 60 holds $holder
check "bind: without cores there is no node" all_gone
kill $holder
wait $holder
equal "bind: and an open file is told" ENODEV "$(cat /tmp/held)"
check "bind: with cores there is one again" all_back
check "bind: that works" job
finish
