#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright 2026 The rocket authors
#
# Runs subtests one by one, each in a process of its own, and streams what they print, how they end and what the
# kernel said meanwhile. In the guest for `run`, or on a board for `run --local`. Needs a shell with busybox's tools.
#   guest.sh LIST RESULTS SECONDS      LIST: lines "rocket/rocket_submit@basic", programs lie next to this file
#
# Lines of RESULTS: "@start NAME UPTIME", "o TEXT" (stdout), "e TEXT" (stderr), "d TEXT" (raw kernel log),
# "@end STATUS UPTIME". At the end "@done".
set -u

LIST=$1 RESULTS=$2 SECONDS_EACH=$3
HERE=$(cd "$(dirname "$0")" && pwd)
TMP=$(mktemp -d)
export IGT_PLAIN_OUTPUT=1

uptime() {
	cut -d' ' -f1 /proc/uptime
}

# What the kernel said after the last line that contains this word; all that is left of it when it is gone.
said_since() {
	dmesg -r 2>/dev/null | awk -v mark="$1" 'index($0, mark) { n = 0; next } { line[n++] = $0 }
		END { for (i = 0; i < n; i++) print line[i] }'
}

exec 4>"$RESULTS"
echo "@uname $(uname -a)" >&4
number=0
while read -r name; do
	number=$((number + 1))
	mark="igt-run $$.$number."
	echo "<6>$mark $name" >/dev/kmsg 2>/dev/null
	echo "@start $name $(uptime)" >&4
	program=$HERE/${name%%@*}
	timeout -s QUIT -k 5 "$SECONDS_EACH" "$program" --run-subtest "${name##*@}" >"$TMP/out" 2>"$TMP/err" </dev/null 4>&-
	status=$?
	sed 's/^/o /' "$TMP/out" >&4
	sed 's/^/e /' "$TMP/err" >&4
	said_since "$mark" | sed 's/^/d /' >&4
	echo "@end $status $(uptime)" >&4
done <"$LIST"
echo "@done" >&4
rm -rf "$TMP"
