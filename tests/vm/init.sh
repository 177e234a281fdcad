#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright 2026 The rocket authors
#
# First process of the guest. Lays tmpfs where something wants to write, takes the job that run.sh packed on a
# disk of its own, mounts what run.sh shares, runs the job's command, sends its exit status to the host and
# powers off.
export PATH=/usr/sbin:/usr/bin HOME=/root TERM=linux

share() {
	mount -t 9p -o "trans=virtio,version=9p2000.L,msize=512000,$3" "$1" "$2"
}

mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t debugfs debugfs /sys/kernel/debug
mount -t tracefs tracefs /sys/kernel/tracing 2>/dev/null
for dir in /job /out /project /root /run /tmp /var; do
	mount -t tmpfs tmpfs $dir
done
mkdir -p /run/lock /var/tmp /dev/shm /dev/pts
mount -t tmpfs tmpfs /dev/shm
mount -t devpts devpts /dev/pts
ln -sf /proc/self/fd /dev/fd
ln -sf fd/0 /dev/stdin
ln -sf fd/1 /dev/stdout
ln -sf fd/2 /dev/stderr

# Ports and disks are known by the name that run.sh gave them.
for port in /sys/class/virtio-ports/*; do
	ln -sf "/dev/${port##*/}" "/dev/$(cat "$port/name")"
done
for disk in /sys/block/vd*; do
	[ "$(cat "$disk/serial")" != job ] || tar -xf "/dev/${disk##*/}" -C /job
done

. /job/environment
mount --bind /job/lib/modules /lib/modules
mount --bind /job/files /project
for tag in $VM_SHARES; do
	case $tag in
	out) share out /out cache=none ;;
	*) share "$tag" "/$tag" ro,cache=loose ;;
	esac
done

(
	mkdir -p "$VM_CWD" 2>/dev/null
	cd "$VM_CWD" || cd /project || exit
	if [ -n "$VM_INTERACTIVE" ]; then
		exec setsid cttyhack sh /job/command
	else
		exec sh /job/command </dev/null
	fi
)
status=$?

# kmemleak counts only what is older than five seconds and did not change between two scans.
if [ -n "$VM_LEAKS" ] && [ -e /sys/kernel/debug/kmemleak ]; then
	sleep 5.2
	echo scan >/sys/kernel/debug/kmemleak
	echo scan >/sys/kernel/debug/kmemleak
	cat /sys/kernel/debug/kmemleak >/dev/console
fi
# A change of the terminal's mode waits until all output is out; poweroff does not.
stty -F /dev/console -echo
echo $status >/dev/status
sync
poweroff -f
