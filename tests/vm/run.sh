#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright 2026 The rocket authors
#
# Boots the machine, runs one command in it, streams the console and returns the command's exit status, or 70
# when the kernel or the machine reported a mistake (scan.sh), 124 when the time ran out, 71 when the guest
# ended without a status. Every call is a boot of its own: nothing is shared between test groups.
#
# In the guest: /project (this repository, read-only), /shared (../shared, if there), /out (writable, see -o),
# /lib/modules (the driver and the kernel's own), `monitor COMMAND` (QEMU's monitor). The working directory is
# the caller's, seen through /project.
set -eu
. "$(dirname "$(readlink -f "$0")")/lib.sh"

usage() {
	cat >&2 <<-EOF
		usage: run.sh [options] [--] [COMMAND [ARGUMENT...]]      without a command: a shell on this terminal
		  -v VARIANT   kernel: plain (default) or debug
		  -t SECONDS   time limit, default 120 plain, 300 debug
		  -m MIB       memory, default 1024
		  -c CPUS      processors, default 2
		  -M NAME=VALUE  property of the machine; may be repeated
		  -q ARGUMENTS extra arguments for QEMU; may be repeated
		  -k WORDS     extra kernel command line
		  -e NAME=VALUE  environment of the command; may be repeated
		  -o DIR       host directory to be /out in the guest
		  -a REGEX     mistakes that the test provokes and that do not count
		  -f PATH      no 9p, whose devices do not survive a suspend: /project holds only this path of the
		               repository; may be repeated
		  -i           count instructions: one processor, and one of its instructions takes one nanosecond
		  -n           without the driver: the kernel's own modules only
		  -l           look for leaks at the end (debug; takes 6 seconds)
		  -L FILE      keep the console's log there
	EOF
	exit 64
}

# Single quotes around each word, so that the guest's shell sees the words that we saw.
quote() {
	for _word; do
		printf "'%s' " "$(printf '%s' "$_word" | sed "s/'/'\\\\''/g")"
	done
}

# share TAG DIR OPTIONS: add a 9p share when DIR is there. Paths without blanks.
share() {
	[ -d "$2" ] || return 0
	SHARES="$SHARES $1"
	DEVICES="$DEVICES -fsdev local,id=$1,path=$2,security_model=none,multidevs=remap$3"
	DEVICES="$DEVICES -device virtio-9p-device,fsdev=$1,mount_tag=$1"
}

# pack: the job's disk is a tar file with the command, its environment, the modules and the files of -f.
pack() {
	mkdir -p "$JOB/files" "$JOB/lib"
	cp -a "$MODULES" "$JOB/lib/modules"
	for _file in $FILES; do
		mkdir -p "$JOB/files/$(dirname "$_file")"
		cp -a "$TOP/$_file" "$JOB/files/$_file"
	done
	tar -C "$JOB" -cf "$JOB/job.tar" command environment files lib
}

# driver: build it when it was never built for this kernel, or when a source is newer.
driver() {
	_built=$TOP/build/vm/$VARIANT/kernel
	if [ "$(cat "$_built" 2>/dev/null)" != "$KERNEL" ] || [ -n "$(find "$TOP/drivers" "$TOP/uapi" "$TOP/include" \
		"$TOP/Makefile" "$TOP/Kconfig" "$VM_DIR/modules.sh" -newer "$_built" -print -quit 2>/dev/null)" ]; then
		"$VM_DIR/modules.sh" 7.2 "$VARIANT" >/dev/null
	fi
}

VARIANT=plain INTERACTIVE='' LIMIT='' MEMORY=1024 CPUS=2 PROPERTIES='' EXTRA='' WORDS='' ENVIRONMENT='' OUTDIR='' ALLOWED=''
LEAKS='' LOG='' BARE='' FILES='' THREADS=multi
while getopts v:t:m:c:M:q:k:e:o:f:a:inlL:h option; do
	case $option in
	v) VARIANT=$OPTARG ;;
	t) LIMIT=$OPTARG ;;
	m) MEMORY=$OPTARG ;;
	c) CPUS=$OPTARG ;;
	M) PROPERTIES=$PROPERTIES,$OPTARG ;;
	q) EXTRA="$EXTRA $OPTARG" ;;
	k) WORDS="$WORDS $OPTARG" ;;
	e) ENVIRONMENT="$ENVIRONMENT export $(quote "$OPTARG");" ;;
	o) OUTDIR=$(mkdir -p "$OPTARG" && readlink -f "$OPTARG") ;;
	a) ALLOWED=$OPTARG ;;
	f) FILES="$FILES $(realpath --relative-to="$TOP" "$OPTARG")" ;;
	i)
		CPUS=1
		THREADS=single
		EXTRA="$EXTRA -icount shift=0,sleep=off"
		;;
	n) BARE=1 ;;
	l) LEAKS=1 ;;
	L) LOG=$OPTARG ;;
	*) usage ;;
	esac
done
shift $((OPTIND - 1))
case $VARIANT in
plain) : "${LIMIT:=120}" ;;
debug) : "${LIMIT:=300}" ;;
*) usage ;;
esac
if [ $# -eq 0 ]; then
	[ -t 0 ] || usage
	INTERACTIVE=1
	LIMIT=0
fi

QEMU=${VM_QEMU:-$("$VM_DIR/qemu.sh")}
KERNEL=$("$VM_DIR/kernel.sh" 7.2 "$VARIANT")
ROOT=$("$VM_DIR/rootfs.sh")
MODULES=$KERNEL/lib/modules
if [ -z "$BARE" ] && [ -e "$TOP/drivers/accel/rocket/Kconfig" ]; then
	driver
	MODULES=$TOP/build/vm/$VARIANT/lib/modules
fi

# Our machine once QEMU has it, its parent until then.
MACHINE=virt
if "$QEMU" -M help | grep -q '^rk3588-npu '; then
	MACHINE=rk3588-npu
fi

mkdir -p "$TOP/build/vm"
JOB=$(mktemp -d "$TOP/build/vm/job.XXXXXX")
trap 'rm -rf "$JOB"' EXIT
trap 'exit 130' INT TERM
CONSOLE=${LOG:-$JOB/console.log}
SHARES='' DEVICES=''
if [ -z "$FILES" ]; then
	share project "$TOP" ,readonly=on
	share shared "$(readlink -m "$TOP/../shared")" ,readonly=on
	[ -z "$OUTDIR" ] || share out "$OUTDIR" ""
fi
case $PWD/ in
"$TOP"/*) CWD=/project${PWD#"$TOP"} ;;
*) CWD=/project ;;
esac
{
	echo "export VM_CWD=$(quote "$CWD") VM_VARIANT=$VARIANT VM_INTERACTIVE=$INTERACTIVE VM_LEAKS=$LEAKS \
		VM_SHARES=$(quote "${SHARES# }")"
	echo "$ENVIRONMENT"
} >"$JOB/environment"
if [ -n "$INTERACTIVE" ]; then
	cat >"$JOB/command" <<-EOF
		stty cols $(tput cols 2>/dev/null || echo 80) rows $(tput lines 2>/dev/null || echo 24)
		echo "modprobe rocket loads the driver, exit powers off"
		PS1='vm:\w# ' sh -i
		exit 0
	EOF
else
	quote "$@" >"$JOB/command"
fi
pack
: >"$CONSOLE"
: >"$JOB/qemu.log"

boot() {
	# The last disk is the guest's first.
	# Reports come at level 4 (warning) or above; 5 shows them and leaves out the information.
	# shellcheck disable=SC2086 # lists of words
	exec timeout --foreground $LIMIT "$QEMU" -M $MACHINE,gic-version=3$PROPERTIES -accel tcg,thread=$THREADS -cpu cortex-a57 \
		-smp $CPUS -m $MEMORY -display none -nodefaults -no-reboot -global virtio-mmio.force-legacy=false \
		-chardev stdio,id=console,signal=off,logfile="$CONSOLE" -serial chardev:console \
		-chardev socket,id=monitor,path="$JOB/monitor",server=on,wait=off -mon chardev=monitor,mode=control \
		-chardev socket,id=port,path="$JOB/monitor" \
		-chardev file,id=status,path="$JOB/status" -device virtio-serial-device \
		-device virtserialport,chardev=port,name=monitor -device virtserialport,chardev=status,name=status \
		-kernel "$KERNEL/Image" \
		-append "console=ttyAMA0 root=/dev/vda ro panic=-1 loglevel=5$WORDS" \
		-drive file="$JOB/job.tar",format=raw,readonly=on,if=none,id=job -device virtio-blk-device,drive=job,serial=job \
		-device virtio-rng-device $DEVICES \
		-d guest_errors,unimp -D "$JOB/qemu.log" $EXTRA \
		-drive file="$ROOT",format=raw,readonly=on,if=none,id=root -device virtio-blk-device,drive=root,serial=root
}

# A report often comes again and again until the time runs out: look each second, and give it two for its trace.
watchdog() {
	while sleep 1; do
		if ! "$VM_DIR/scan.sh" "$CONSOLE" "$JOB/qemu.log" "$ALLOWED" >/dev/null; then
			sleep 2
			kill "$1" 2>/dev/null || :
			return
		fi
	done
}

rc=0
if [ -n "$INTERACTIVE" ]; then
	(boot) || rc=$?
else
	mkfifo "$JOB/stream"
	sed -u 's/\r$//' <"$JOB/stream" &
	stream=$!
	boot </dev/null >"$JOB/stream" 2>&1 &
	machine=$!
	watchdog $machine >/dev/null 2>&1 &
	watchdog=$!
	trap 'kill $machine $watchdog 2>/dev/null; rm -rf "$JOB"' EXIT
	wait $machine || rc=$?
	kill $watchdog 2>/dev/null || :
	wait $stream || :
	trap 'rm -rf "$JOB"' EXIT
fi

if ! "$VM_DIR/scan.sh" "$CONSOLE" "$JOB/qemu.log" "$ALLOWED" >&2; then
	exit 70
elif [ $rc -eq 124 ]; then
	say "the guest was still running after $LIMIT s (-t changes the limit)"
	exit 124
elif [ ! -s "$JOB/status" ]; then
	say "the guest ended without a status (QEMU's exit status: $rc)"
	exit 71
fi
exit "$(cat "$JOB/status")"
