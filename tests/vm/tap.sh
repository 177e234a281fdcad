# SPDX-License-Identifier: MIT
# Copyright 2026 The rocket authors
#
# TAP for the scripts that run on the host; to be sourced. Those of the machine have group.sh.
# shellcheck shell=sh

COUNT=0
FAILED=0

# verdict STATUS NAME [FILE]: one case; when it is bad, with the end of what FILE holds.
verdict() {
	COUNT=$((COUNT + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $COUNT - $2"
	else
		FAILED=$((FAILED + 1))
		[ -z "${3-}" ] || sed 's/^/# /' "$3" | tail -n 40
		echo "not ok $COUNT - $2"
	fi
}

# quiet NAME COMMAND...: it succeeds and has nothing to say. What it says goes to the file $SAID.
quiet() {
	_name=$1
	shift
	"$@" >"$SAID" 2>&1 && [ ! -s "$SAID" ]
	verdict $? "$_name" "$SAID"
}

# plan: the last command of a script; fails when a case did.
plan() {
	echo "1..$COUNT"
	[ $FAILED -eq 0 ]
}
