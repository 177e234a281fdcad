#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright 2026 The rocket authors
#
# What the driver costs, counted in the machine: system calls, interrupts and instructions of the CPU for a job of
# one task, of eight, and for an inference of MobileNetV1; how often an IOMMU gets another address space. Runs on
# the host, and again in the machine.
#   machine.sh HOST-TREE
set -eu
TOP=$(readlink -f "$(dirname "$(readlink -f "$0")")/../..")
cd "$TOP"
if [ -z "${IN_MACHINE-}" ]; then
	tests/vm/prepare.sh "$1" plain
	# The table alone; the rest of the console only when something went wrong.
	log=$(mktemp)
	trap 'rm -f "$log"' EXIT
	tests/vm/run.sh -i -t 600 -e IN_MACHINE=1 -- sh tests/bench/machine.sh >"$log" 2>&1 || { cat "$log"; exit 1; }
	grep -v '^\[' "$log"
	exit
fi

CLIENT=build/arm64/vm-client
NETWORK=build/vm/models/mobilenet_v1.tflite

# counted DEVICE COUNTER: of the machine, over all cores.
counted() {
	for _core in 0 1 2; do
		monitor qom-get "/machine/$1$_core" "$2"
	done | awk '{ s += $1 } END { print s }'
}

# value NAME: of the line that the client printed.
value() {
	sed -nE "s/(.* )?$1=([0-9.]+).*/\2/p" /tmp/measured
}

# row TITLE RUNS NETWORK
row() {
	irqs=$(counted npu irqs)
	enables=$(counted mmu enables)
	$CLIENT measure -e build/vm/results -n "$2" "$3" >/tmp/measured
	irqs=$(($(counted npu irqs) - irqs))
	enables=$(($(counted mmu enables) - enables))
	# The client runs once more, before it measures.
	awk -v title="$1" -v runs="$2" -v irqs=$irqs -v tasks="$(value tasks)" -v ioctls="$(value ioctls)" \
		-v all="$(value wall_us)" -v own="$(value cpu_us)" 'BEGIN {
		printf "%-36s %6d %8.2f %10.2f %12.0f %12.0f\n", title, tasks, ioctls, irqs / (runs + 1), all * 1000, own * 1000 }'
	tr ' ' '\n' </tmp/measured | grep -E '^[A-Z_]+=' | tr '\n' ' ' | sed 's/^/    /; s/ $/\n/'
}

modprobe rocket
printf '%-36s %6s %8s %10s %12s %12s\n' "in the machine, per run" tasks ioctls interrupts instructions "of them" \
	"" "" "" "" "of the CPU" "the client's"
row "job of one task" 1000 one
attached=$enables
row "job of eight tasks" 200 small
row "inference of MobileNetV1" 20 $NETWORK
echo "an IOMMU was given an address space $attached times for 1,000 jobs of one file"
