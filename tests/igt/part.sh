#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright 2026 The rocket authors
#
# The part of the suite that `make test` repeats on the debug kernel: the node, its buffers in other hands, submission;
# without what takes long.
exec "$(dirname "$(readlink -f "$0")")/run" -v debug -t '^rocket/rocket_(device|prime|submit)@' -x '@(max-.*|.*-race|open-many|fail-no-power)$'
