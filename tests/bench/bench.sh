#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright 2026 The rocket authors
#
# Prints the figures of all networks of ../shared/models, or of the demo's one where that folder is missing.
set -eu
TOP=$(readlink -f "$(dirname "$0")/../..")

set -- "$TOP"/../shared/models/*.tflite
[ -e "$1" ] || set -- "$("$TOP/tests/setup/demo-data.sh" model)"
exec "$TOP/build/host/tools/bench" "$@"
