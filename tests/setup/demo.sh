#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright 2026 The rocket authors
#
# Classifies a picture on the NPU of the emulated machine, and compares what comes out with the model of the NPU on
# the host, with the tools of build/host.
#   demo.sh     MODEL, IMAGE and LABELS in the environment choose others than MobileNetV1, hens and its labels;
#               SIM=1 stays on the host: the model of the NPU without machine and driver
set -eu
HERE=$(dirname "$(readlink -f "$0")")
TOP=$(readlink -f "$HERE/../..")
VM=$TOP/tests/vm
STAGE=$TOP/build/demo
HOST_RUN=$TOP/build/host/tools/rocket-run

if [ -z "${MODEL-}" ]; then
	MODEL=$("$HERE/demo-data.sh" model)
	LABELS=${LABELS-$("$HERE/demo-data.sh" labels)}
fi
IMAGE=${IMAGE:-$("$HERE/demo-data.sh" image)}
if [ -n "${SIM-}" ] && [ "$SIM" != 0 ]; then
	exec "$HOST_RUN" "$MODEL" --device sim --image "$IMAGE" ${LABELS:+--labels "$LABELS"}
fi

# The guest sees the project's files only.
rm -rf "$STAGE"
mkdir -p "$STAGE/out"
cp -L -- "$MODEL" "$STAGE/model.${MODEL##*.}"
cp -L -- "$IMAGE" "$STAGE/image.${IMAGE##*.}"
set -- "build/demo/model.${MODEL##*.}" --image "build/demo/image.${IMAGE##*.}"
if [ -n "${LABELS-}" ]; then
	cp -L -- "$LABELS" "$STAGE/labels"
	set -- "$@" --labels build/demo/labels
fi
cd "$TOP"
"$HOST_RUN" "$@" --device sim --output "$STAGE/host.bin" >"$STAGE/host.txt"

"$VM/userspace.sh" tools/rocket-run >/dev/null
# Lines that every RK3588 board prints, about links between its power domains and their suppliers, are left out.
rc=0
{ "$VM/run.sh" -o "$STAGE/out" -- sh tests/setup/demo-guest.sh "$@" || echo $? >"$STAGE/status"; } |
	grep --line-buffered -v -e 'Failed to create device link' -e 'loading out-of-tree module'
[ ! -e "$STAGE/status" ] || exit "$(cat "$STAGE/status")"

count=$(stat -c %s "$STAGE/host.bin")
if cmp -s "$STAGE/host.bin" "$STAGE/out/npu.bin"; then
	echo "All $count outputs equal those of the model of the NPU on this host."
else
	differ=$(cmp -l "$STAGE/host.bin" "$STAGE/out/npu.bin" | wc -l)
	echo "demo: $differ of $count outputs differ from those of the model on this host (build/demo/*.bin)" >&2
	exit 1
fi
