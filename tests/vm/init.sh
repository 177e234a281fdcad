#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright 2026 The rocket authors
#
# First process of the guest. Lays tmpfs where something wants to write, mounts what run.sh shares, runs the
# command that run.sh left in /job/command (with /job/environment), leaves its exit status in /job/status and
# powers off.
export PATH=/usr/sbin:/usr/bin HOME=/root TERM=linux

share() {
	mount -t 9p -o "trans=virtio,version=9p2000.L,msize=512000,$3" "$1" "$2" 2>/dev/null
}

mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t debugfs debugfs /sys/kernel/debug
mount -t tracefs tracefs /sys/kernel/tracing 2>/dev/null
for dir in /tmp /run /root /var; do
	mount -t tmpfs tmpfs $dir
done
mkdir -p /run/lock /var/tmp /dev/shm /dev/pts
mount -t tmpfs tmpfs /dev/shm
mount -t devpts devpts /dev/pts
ln -sf /proc/self/fd /dev/fd
ln -sf fd/0 /dev/stdin
ln -sf fd/1 /dev/stdout
ln -sf fd/2 /dev/stderr

share job /job cache=none
. /job/environment
share modules /lib/modules ro,cache=loose
share project /project ro,cache=loose
[ -z "$VM_SHARED" ] || share shared /shared ro,cache=loose
if [ -n "$VM_OUT" ]; then
	share out /out cache=none
else
	mount -t tmpfs tmpfs /out
fi

# QEMU's monitor listens at the other end of this port.
for port in /sys/class/virtio-ports/*; do
	[ -e "$port/name" ] && ln -sf "/dev/${port##*/}" "/dev/$(cat "$port/name")"
done

cd "$VM_CWD" 2>/dev/null || cd /
setsid cttyhack sh /job/command
status=$?

# kmemleak counts only what is older than five seconds.
if [ -n "$VM_LEAKS" ] && [ -e /sys/kernel/debug/kmemleak ]; then
	sleep 5.2
	echo scan >/sys/kernel/debug/kmemleak
	cat /sys/kernel/debug/kmemleak >/dev/console
fi
echo $status >/job/status
sync
poweroff -f
