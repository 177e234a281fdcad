#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright 2026 The rocket authors
#
# The driver's KUnit tests, as a module. Each suite must be there and each of its cases is one of ours, so that a
# suite that did not run fails.
. "$(dirname "$(readlink -f "$0")")/../group.sh"
group -t 300

SUITES="rocket_core rocket_count rocket_dump rocket_gem rocket_hw rocket_job rocket_queue rocket_submit rocket_vm"
RESULTS_DIR=/sys/kernel/debug/kunit

# cases SUITE: one verdict for each case of the suite's results; subtests with parameters count as one.
cases() {
	sed -nE "s/^    (not ok|ok) [0-9]+ ([a-z0-9_]+).*/\1:\2/p" /tmp/results >/tmp/cases
	while IFS=: read -r _result _case; do
		[ "$_result" = ok ] || sed -n "s/^ *# $_case: /# /p" /tmp/results | tee -a $TAP
		[ "$_result" = ok ]
		verdict $? "kunit: $1: $_case"
	done </tmp/cases
}

modprobe rocket_test
for suite in $SUITES; do
	within 200 grep -qE "^(not )?ok [0-9]+ $suite" $RESULTS_DIR/$suite/results
	cat $RESULTS_DIR/$suite/results >/tmp/results 2>/dev/null
	equal "kunit: $suite: all cases that were planned have run" \
		"$(sed -nE 's/^    1\.\.([0-9]+)/\1/p' /tmp/results)" \
		"$(grep -cE '^    (not )?ok ' /tmp/results)"
	cases $suite
done
check "kunit: the module can be unloaded" modprobe -r rocket_test
finish
