#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright 2026 The rocket authors
#
# The NPU sees memory as of the last cache maintenance, and the CPUs see its results after theirs, as on the chip:
# a missing PREP or FINI, in a program or in the driver, shows.
. "$(dirname "$(readlink -f "$0")")/../group.sh"
group -t 600 -M incoherent-dma=on

# wrong COMMAND...: runs, and does not compute what it should.
wrong() {
	[ "$("$@")" = wrong ]
}

modprobe rocket
check "coherency: jobs are right" job -n 10
check "coherency: a job without FINI is wrong" wrong job -n 4 -x fini
check "coherency: a job without PREP is wrong" wrong job -n 4 -x prep
runs=$(count 100 20 8)
check "coherency: $runs inferences of MobileNetV1 from 2 processes are right" \
	$CLIENT crowd $RESULTS -n "$runs" -p 2 $NETWORK
check "coherency: so are $runs small jobs of 4 processes" $CLIENT crowd $RESULTS -n "$runs" -p 4 small
finish
