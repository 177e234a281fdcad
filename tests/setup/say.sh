# SPDX-License-Identifier: MIT
# Copyright 2026 The rocket authors
#
# Progress lines of the set-up scripts; sourced after tests/vm/lib.sh, whose lines name the machine.
# shellcheck shell=sh

say() {
	echo "setup: $*" >&2
}
