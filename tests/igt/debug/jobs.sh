#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright 2026 The rocket authors
#
# On the debug kernel: all programs that are not in buffers.sh.
TOP=$(dirname "$(readlink -f "$0")")/../../..
exec "$TOP/tests/igt/whole.sh" -v debug -x '^rocket/rocket_(create_bo|mmap|fuzz|stress)@' -o "$TOP/build/igt-results/debug-jobs"
