#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright 2026 The rocket authors
#
# Many inferences of several processes at once: each right, on all cores.
. "$(dirname "$(readlink -f "$0")")/../group.sh"
group -t 900

runs=$(count 1000 1000 60)
modprobe rocket
# Tasks take a while, so that cores are busy at the same time.
inject delay-us 200
check "crowd: $runs inferences of MobileNetV1 from 4 processes are right" \
	$CLIENT crowd $RESULTS -n "$runs" -p 4 $NETWORK
sed 's/^/# /' /tmp/said $CORES
for core in 0 1 2; do
	check "crowd: core $core did some of the work" test "$(sum jobs $core)" -gt $((runs / 20))
done
equal "crowd: nothing was done twice" "$runs" "$(sum jobs)"
equal "crowd: nothing failed" "0 0" "$(sum timeouts) $(sum faults)"
finish
