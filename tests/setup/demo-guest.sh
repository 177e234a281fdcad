#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright 2026 The rocket authors
#
# What demo.sh runs in the machine: shows the boot in a few lines, loads the driver, classifies.
#   demo-guest.sh MODEL OPTION...     as for rocket-run
set -eu

# new REGEX: lines of the kernel's log since the last call.
seen=0
new() {
	dmesg | tail -n +$((seen + 1)) | grep -E "$1" | sed -E 's/ \((rocket@|[0-9]+K kernel).*//' || :
	seen=$(dmesg | wc -l)
}

new 'Linux version|Machine model|Brought up|Memory:|SCMI Protocol|iommu group|as init'
echo '# modprobe rocket'
modprobe rocket
new 'rocket'
echo "# rocket-run $*"
build/arm64/tools/rocket-run "$@" --output /out/npu.bin
new .
echo '# cut -d" " -f1,6-9 /sys/kernel/debug/accel/rknn/cores'
cut -d' ' -f1,6-9 /sys/kernel/debug/accel/rknn/cores
echo "up for $(cut -d' ' -f1 /proc/uptime) s"
