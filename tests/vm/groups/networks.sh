#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright 2026 The rocket authors
#
# The networks of ../shared and the single operators of tests/data/ops through the driver: every output tensor has the bytes that the model of the NPU computes on the
# host, rocket-run names the same operators for the NPU, and the driver counts as many tasks as the program has.
HERE=$(dirname "$(readlink -f "$0")")
. "$HERE/../group.sh"
. "$HERE/../networks.sh"
[ -n "${IN_MACHINE-}" ] || "$HERE/../userspace.sh" tools/rocket-run >/dev/null || exit
group -t 300

modprobe rocket
networks networks
finish
