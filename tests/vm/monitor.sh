#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright 2026 The rocket authors
#
# In the guest as `monitor`: gives QEMU's monitor one command and prints the reply, so that a test can provoke a
# fault of the machine at the moment it wants it:
#   monitor info version
#   monitor qom-set /machine/NAME PROPERTY VALUE
# run.sh connects a port of the guest with a QMP monitor.
set -eu

PORT=/dev/monitor
id=$$.$(cut -d. -f1,2 /proc/uptime | tr -d ' ')
line=$(echo "$*" | sed 's/[\\"]/\\&/g')

exec 3<>$PORT
echo '{"execute":"qmp_capabilities"}' >&3
echo "{\"execute\":\"human-monitor-command\",\"arguments\":{\"command-line\":\"$line\"},\"id\":\"$id\"}" >&3
while read -r reply <&3; do
	case $reply in
	*"$id"*) break ;;
	esac
done
text=$(echo "$reply" | sed -nE 's/.*"return": "(.*)", "id": .*/\1/p' | sed 's/\\"/"/g')
case $reply in
*'"error"'*)
	echo "monitor: $reply" >&2
	exit 1
	;;
esac
[ -z "$text" ] || printf '%b' "$text" | tr -d '\r'
case $text in
Error:* | unknown*) exit 1 ;;
esac
