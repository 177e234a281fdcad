#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright 2026 The rocket authors
#
# Random ioctls and random command streams (vm-client, fuzz_*.c). FUZZ_SEED chooses others; LONG=1 makes 10^6
# calls and 10^4 streams.
. "$(dirname "$(readlink -f "$0")")/../group.sh"
# Streams are mistakes of the guest by design.
group -t "${FUZZ_LIMIT:-1800}" -e FUZZ_SEED="${FUZZ_SEED-1}" -a 'GUEST_ERROR|UNIMP'

# said NUMBER FILE
said() {
	sed -nE "s/.*\b$1=([0-9]+).*/\1/p" "$2"
}

calls=$(count 1000000 30000 20000)
streams=$(count 10000 60 20)
# Nonsense hangs: a short time limit lets more of it through.
modprobe rocket timeout_ms=20

check "fuzz: $calls calls of the ioctls, seed $FUZZ_SEED" $CLIENT fuzz-ioctl -n "$calls" -s "$FUZZ_SEED" none
check "fuzz: they were made, and some succeeded" test "$(said good /tmp/said)" -gt $((calls / 50))
sed 's/^/# /' /tmp/said
check "fuzz: a job is right afterwards" job
check "fuzz: $streams streams, seed $FUZZ_SEED" $CLIENT fuzz-stream -n "$streams" -s "$FUZZ_SEED" none
equal "fuzz: all streams were run" "$streams" "$(said streams /tmp/said)"
check "fuzz: a job is right afterwards, too" job -n 3
sed 's/^/# /' $CORES
check "fuzz: the module can be unloaded" modprobe -r rocket
finish
