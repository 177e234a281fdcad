#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright 2026 The rocket authors
#
# What is about memory that the CPU and the NPU share, on a machine whose NPU does not see the caches, as on the chip:
# elsewhere PREP and FINI could do nothing and nobody would notice.
TOP=$(dirname "$(readlink -f "$0")")/../..
exec "$TOP/tests/igt/run" -M incoherent-dma=on -o "$TOP/build/igt-results/coherency" \
	-t '^rocket/rocket_create_bo@zeroed$' \
	-t '^rocket/rocket_prep_fini@(busy-wait|reader-busy|coherency-.*|prep-does-not-sync-on-timeout|many-waiters)$' \
	-t '^rocket/rocket_prime@(export-mmap|self-import-other-file|export-outlives-fd(-running)?)$' \
	-t '^rocket/rocket_submit@(basic|multi-task|unlisted-bo-kept)$' \
	-t '^rocket/rocket_sync@((write|read)-(write|read)|fifo-per-file)$' "$@"
