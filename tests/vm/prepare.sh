#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright 2026 The rocket authors
#
# Makes all that the test groups need, with visible progress: the host's packages, QEMU, both kernels with the driver,
# root file system, userspace for the guest, and the networks that the test client and rocket-run run there with
# the results that the model of the NPU computes on the host. What is there already is kept.
#   prepare.sh HOST-TREE [VARIANT...]   HOST-TREE: build directory of userspace on this machine; VARIANT: kernels,
#                                       default plain and debug
set -eu
. "$(dirname "$(readlink -f "$0")")/lib.sh"

HOST=$(readlink -f "$1")
shift
MODELS=$TOP/build/vm/models
RESULTS=$TOP/build/vm/results
SEEDS="1 2 3 4 5 6 7 8"		# CLIENT_WORKERS_MAX of client/client.h and more are computed in the guest

results() {
	mkdir -p "$MODELS" "$RESULTS"
	cp -f "$("$TOP/tests/setup/demo-data.sh" model)" "$MODELS/mobilenet_v1.tflite"
	ninja -C "$HOST" vm-client tools/rocket-cc tools/rocket-run
	for _seed in $SEEDS; do
		"$HOST/vm-client" expect -d sim -e "$RESULTS" -s "$_seed" "$MODELS/mobilenet_v1.tflite" small
	done
}

"$VM_DIR/packages.sh"
"$VM_DIR/qemu.sh" >/dev/null
"$VM_DIR/rootfs.sh" >/dev/null
"$VM_DIR/userspace.sh" >/dev/null
[ $# -gt 0 ] || set -- plain debug
for variant; do
	"$VM_DIR/kernel.sh" 7.2 $variant >/dev/null
	"$VM_DIR/modules.sh" 7.2 $variant >/dev/null
done
step vm-results "results of the test client's network on the host" results
step vm-networks "results of the networks of ../shared on the host" "$VM_DIR/networks.py" "$HOST/tools" "$TOP/build/vm/networks"
