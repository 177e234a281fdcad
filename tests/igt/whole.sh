#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright 2026 The rocket authors
#
# The whole suite, on the plain kernel or with what else `run` is told. Subtests without a natural end take
# ROCKET_SECONDS; LONG=1 gives them a minute and adds those that take minutes anyway.
if [ -n "${LONG-}" ]; then
	export ROCKET_SECONDS="${ROCKET_SECONDS:-60}"
	set -- --long -s 3600 -T 14400 "$@"
fi
export ROCKET_SECONDS="${ROCKET_SECONDS:-4}"
exec "$(dirname "$(readlink -f "$0")")/run" "$@"
