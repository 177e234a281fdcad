#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright 2026 The rocket authors
#
# Classifies a picture on the model of the NPU, with the tools of build/host.
#   demo.sh     MODEL, IMAGE and LABELS in the environment choose others than MobileNetV1, hens and its labels
set -eu
HERE=$(dirname "$(readlink -f "$0")")
HOST=$HERE/../../build/host

if [ -z "${MODEL-}" ]; then
	MODEL=$("$HERE/demo-data.sh" model)
	LABELS=${LABELS-$("$HERE/demo-data.sh" labels)}
fi
IMAGE=${IMAGE:-$("$HERE/demo-data.sh" image)}
exec "$HOST/tools/rocket-run" "$MODEL" --device sim --image "$IMAGE" ${LABELS:+--labels "$LABELS"}
