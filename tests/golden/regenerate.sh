#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright 2026 The rocket authors
#
# Write the golden listings and the fuzzer's seeds of programs again; review the difference before committing.
# usage: regenerate.sh BUILD
set -eu
top=$(cd "$(dirname "$0")/../.." && pwd)
build=$1
case $build in /*) ;; *) build=$top/$build ;; esac
ninja -C "$build" compiler/golden-write
mkdir -p "$top/tests/fuzz/corpus/fuzz_program"
"$build/compiler/golden-write" "$top/tests/golden" "$top/tests/fuzz/corpus/fuzz_program"
git -C "$top" --no-pager diff --stat -- tests/golden
