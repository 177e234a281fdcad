#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright 2026 The rocket authors
#
# The part of the igt suite that make test takes: the interface of the node, without deadlines that a busy test machine
# misses. The whole suite is `tests/igt/run`.
exec "$(dirname "$(readlink -f "$0")")/run" -t '^rocket/rocket_(device|create_bo|mmap|prime|submit|syncobj)@'
