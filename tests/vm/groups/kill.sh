#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright 2026 The rocket authors
#
# Processes die at random moments while others work: the others' results stay right.
. "$(dirname "$(readlink -f "$0")")/../group.sh"
group -t 900

nothing_queued() {
	[ "$(sum queue)" = 0 ]
}

crowd() {
	sed -nE "s/.*\b$1=([0-9]+).*/\1/p" /tmp/crowd
}

seconds=$(count 60 15 10)
modprobe rocket
# Tasks take a while, so that most victims die with a job on a core and others in the queue. On a slow machine all
# takes longer, until there were as many jobs and kills as seconds.
inject delay-us 200
$CLIENT crowd $RESULTS -n "$seconds" -t "$seconds" -p 4 -v 4 -k 50 small $NETWORK >/tmp/crowd 2>&1
status=$?
sed 's/^/# /' /tmp/crowd
verdict $status "kill: kill -9 of one process in 50 ms for $seconds s, and 4 others stay right"
check "kill: the others were at work" test "$(crowd right)" -ge "$seconds"
check "kill: victims died, each after the start of its first job" test "$(crowd kills)" -ge "$seconds"
check "kill: all that they left goes away" within 60 nothing_queued
check "kill: a job runs afterwards" job
check "kill: and the module can be unloaded" modprobe -r rocket
finish
