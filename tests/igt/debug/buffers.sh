#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright 2026 The rocket authors
#
# On the debug kernel: what is about memory, which that kernel takes its time for. The rest is in jobs.sh.
TOP=$(dirname "$(readlink -f "$0")")/../../..
exec "$TOP/tests/igt/whole.sh" -v debug -t '^rocket/rocket_(create_bo|mmap|fuzz|stress)@' -o "$TOP/build/igt-results/debug-buffers"
