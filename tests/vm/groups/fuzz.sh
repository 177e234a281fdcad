#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright 2026 The rocket authors
#
# Random ioctls and random command streams (vm-client, fuzz_*.c). FUZZ_SEED chooses others; LONG=1 makes 10^6
# calls, 10^5 of racing threads, and 10^4 streams. On the debug kernel the code of the driver that calls reach
# decides what is tried next.
. "$(dirname "$(readlink -f "$0")")/../group.sh"
limit=300
[ -z "${LONG-}" ] || limit=14400
# Streams are mistakes of the guest by design.
group -t "${FUZZ_LIMIT:-$limit}" -e FUZZ_SEED="${FUZZ_SEED-1}" -a 'GUEST_ERROR|UNIMP'

RECOVER=/sys/kernel/tracing/events/rocket/rocket_recover/enable

# tell: what the client said
tell() {
	cp /tmp/said /tmp/told
	sed 's/^/# /' /tmp/told
}

# said NUMBER: the last such that was told
said() {
	sed -nE "s/.*\b$1=([0-9]+).*/\1/p" /tmp/told | tail -n 1
}

# recovered ERROR: cores were, from a job that ended with it.
recovered() {
	grep -q "rocket_recover: .* error=-$1 reset=1" /sys/kernel/tracing/trace
}

# The next access of each core to memory fails; reading and writing.
bus_errors() {
	inject dma-error 3
	$CLIENT fuzz-stream -n 12 -s "$FUZZ_SEED" -x alone none
	_rc=$?
	inject dma-error 0
	return $_rc
}

calls=$(count 1000000 20000 4000)
racing=$(count 100000 10000 2000)
streams=$(count 10002 60 30)
# Nonsense hangs: a short time limit lets more of it through.
modprobe rocket timeout_ms=20

check "fuzz: $calls calls, seed $FUZZ_SEED" $CLIENT fuzz-ioctl -n "$calls" -s "$FUZZ_SEED" none
tell
check "fuzz: they were made, and some succeeded" test "$(said good)" -gt $((calls / 4))
if [ "$IN_MACHINE" = debug ]; then
	check "fuzz: they reached more of the driver than calls as they are meant" \
		test "$(said points)" -gt $(($(said points_before) * 5 / 4))
fi
check "fuzz: a job is right afterwards" job
check "fuzz: $racing calls of 4 threads on the same files, seed $FUZZ_SEED, and a job on each is right" \
	$CLIENT fuzz-ioctl -n "$racing" -p 4 -s "$FUZZ_SEED" none
tell
check "fuzz: they were made, and some succeeded" test "$(said good)" -gt $((racing / 4))
echo 1 >$RECOVER
check "fuzz: $streams streams, seed $FUZZ_SEED, and the jobs of another file behind them are right" \
	$CLIENT fuzz-stream -n "$streams" -s "$FUZZ_SEED" none
tell
equal "fuzz: all were run, and as many right jobs" "$streams $streams" "$(said streams) $(said right)"
check "fuzz: some were done" test "$(said "done")" -gt 0
check "fuzz: some hung" test "$(said hangs)" -gt 0
check "fuzz: some used memory that is not there" test "$(said faults)" -gt 0
check "fuzz: some found memory that fails" bus_errors
tell
check "fuzz: cores recovered from hangs" recovered 125
check "fuzz: cores recovered from page faults" recovered 14
check "fuzz: cores recovered from bus errors" recovered 5
check "fuzz: a job is right afterwards, too" job -n 3
sed 's/^/# /' $CORES
check "fuzz: the module can be unloaded" modprobe -r rocket
finish
