#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright 2026 The rocket authors
#
# The driver inside a kernel: exported into a copy of the tree, built in, and its KUnit tests run by the kernel's own
# kunit.py. That builds a kernel for five minutes, or one when there is one from last time, so it needs LONG=1. Speaks
# TAP.
set -eu
VM_DIR=$(dirname "$(dirname "$(readlink -f "$0")")")
. "$VM_DIR/lib.sh"
. "$VM_DIR/tap.sh"
SUITES=$(cd "$TOP/drivers/accel/rocket/tests" && sed -nE 's/^\t\.name = "(rocket_\w+)",$/\1/p' ./*_test.c | sort)
PLACE=$CACHE/kernel/kunit
# Longer than the tests take; the kernel's build is not part of it.
LIMIT=600

if [ -z "${LONG-}" ]; then
	echo "1..0 # SKIP building a kernel with the driver in it takes minutes; LONG=1 does"
	exit 0
fi

# prepare: a tree of hard links costs nothing, and files that did not change keep their time.
prepare() {
	rm -rf "$PLACE/linux"
	mkdir -p "$PLACE/bin"
	cp -al "$SOURCE" "$PLACE/linux"
	make -C "$TOP" export KDIR="$PLACE/linux"
	ln -sfn "$("$VM_DIR/qemu.sh")" "$PLACE/bin/qemu-system-aarch64"
}

run() {
	cd "$PLACE/linux"
	PATH=$PLACE/bin:$PATH tools/testing/kunit/kunit.py run --arch arm64 --cross_compile $CROSS --jobs "$JOBS" \
		--build_dir "$PLACE/out" --kunitconfig drivers/accel/rocket/tests --timeout $LIMIT
}

"$VM_DIR/packages.sh"
SOURCE=$("$VM_DIR/kernel.sh" --source)
lock kunit
step kunit-export "driver exported into a copy of the kernel's source" prepare
said=$CACHE/log/kunit-run.log
set +e
(step kunit-run "kernel with the driver in it, and its KUnit tests" run)
status=$?
set -e
verdict $status "kunit.py: $(grep -oE 'Ran [0-9]+ tests: .*' "$said" || echo 'no tests were run')"
for suite in $SUITES; do
	status=0
	grep -q "\[PASSED\] $suite =" "$said" || status=1
	verdict $status "kunit.py: $suite passed"
done
plan
