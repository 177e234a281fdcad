#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright 2026 The rocket authors
#
# The delegates on a machine whose NPU sees memory as of the last cache maintenance: who forgets PREP or FINI is wrong here.
HERE=$(dirname "$(readlink -f "$0")")
. "$HERE/../group.sh"
[ -n "${IN_MACHINE-}" ] || {
	"$HERE/../userspace.sh" >/dev/null
	"$HERE/../../delegate/prepare.py" "$HERE/../../../build/vm/clients"
}
group -t 900 -M incoherent-dma=on

TOOLS=build/arm64/tools
OURS=build/arm64/delegate/librocket-tflite.so
TEFLON=/usr/lib/teflon/libteflon.so
DATA=build/vm/clients

says_hen() {
	[ "$($TOOLS/rocket-classify -i $DATA/image -m $DATA/model -l $DATA/labels -e "$@" | head -n 1)" = "0.972656: hen" ]
}

# Runs of one interpreter on the same buffers, each of which must give what the first gave.
runs=$(count 200 20 10)
modprobe rocket
check "clients-coherency: with our delegate the hens are hens" says_hen $OURS
check "clients-coherency: with Mesa's, too" says_hen $TEFLON
check "clients-coherency: 4 threads with our delegate, $runs runs each" \
	$TOOLS/lite-client -m $DATA/model -e $OURS -i lcg:7 -t 4 -n "$runs"
check "clients-coherency: 4 threads with Mesa's, $runs runs each" \
	$TOOLS/lite-client -m $DATA/model -e $TEFLON -i lcg:7 -t 4 -n "$runs"
finish
