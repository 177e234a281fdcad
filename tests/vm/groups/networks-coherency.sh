#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright 2026 The rocket authors
#
# The networks of ../shared, once each, and a single operator, on a machine whose NPU sees memory as of the last cache maintenance: what one operator
# leaves in a cache, or the CPU between two jobs, would show in an output.
HERE=$(dirname "$(readlink -f "$0")")
. "$HERE/../group.sh"
. "$HERE/../networks.sh"
[ -n "${IN_MACHINE-}" ] || "$HERE/../userspace.sh" tools/rocket-run >/dev/null || exit
group -t 300 -M incoherent-dma=on

modprobe rocket
networks networks-coherency first
finish
