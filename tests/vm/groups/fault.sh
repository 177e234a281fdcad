#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright 2026 The rocket authors
#
# Each fault that the machine can provoke: the victim is told, and the next job of another file is right. The
# other's job waits behind the victim's on the same core where there is only one.
. "$(dirname "$(readlink -f "$0")")/../group.sh"
# DMA to an address that is not mapped, and DMA that fails, are mistakes of the guest; here they are provoked.
group -t 600 -a 'GUEST_ERROR: core[0-2]: .*DMA (read|write) error'

# Tasks of the victim take so long that it looks at its job before the job ends.
TASK_US=20000

# victim COMMAND...: what became of it, in one word; the reasons go to a file.
victim() {
	inject delay-us $TASK_US
	"$@" 2>/tmp/reason
	inject delay-us 0
}

# The next job of another file, and whether it needed the fault to be gone.
other() {
	job -s 2
}

# fault NAME ERROR PROPERTY VALUE: of all cores, for the next job; gone for the one after that.
fault() {
	inject "$3" "$4"
	got=$(victim job)
	inject "$3" 0
	equal "fault: $1: the victim gets $2" "$2" "$got"
	check "fault: $1: the next job is right" other
}

busy() {
	grep -q '^core0 .* busy ' $CORES
}

# behind NAME ERROR PROPERTY VALUE: on the only core, with another file's job queued behind the victim's.
behind() {
	inject delay-us $TASK_US npu0
	inject "$3" "$4" npu0
	job >/tmp/victim 2>/tmp/reason &
	_victim=$!
	within 5 busy
	other >/tmp/other 2>&1
	_other=$?
	wait $_victim
	inject "$3" 0 npu0
	verdict $_other "fault: $1 on the only core: the job behind it is right"
	equal "fault: $1 on the only core: its victim gets $2" "$2" "$(cat /tmp/victim)"
}

modprobe rocket
check "fault: without one, a job is right" job

for task in 1 5 8; do
	fault "a hang at task $task" ETIMEDOUT hang-task $task
done
fault "a failing DMA read" EIO dma-error 1
fault "a failing DMA write" EIO dma-error 2
fault "a lost interrupt" right irq-lost 1
fault "a late interrupt" right irq-late-us 20000
fault "a very late interrupt" right irq-late-us 700000
fault "an interrupt for nothing" right irq-spurious 1
for kind in stream feature weights bias output; do
	equal "fault: $kind at an address that is not mapped: the victim gets EIO" EIO \
		"$(victim $CLIENT stray $RESULTS -x $kind small)"
	check "fault: $kind at an address that is not mapped: the next job is right" other
done

# A job may end before its client looks at it.
at_once() {
	inject dma-error 1
	_got=$(job 2>/dev/null)
	inject dma-error 0
	[ "$_got" = EIO ] || {
		echo "$_got"
		return 1
	}
}
times=$(count 100 20 5)
check "fault: a job that fails at once: the victim gets EIO, $times times" repeat "$times" at_once
check "fault: a job that fails at once: the next job is right" other

# A core that ignores its reset is of no use until its power was off; the others go on.
inject reset-stuck 1 npu0
inject hang-task 1
equal "fault: a hang and a reset that does not take: the victim gets ETIMEDOUT" ETIMEDOUT "$(victim job)"
inject hang-task 0
check "fault: a hang and a reset that does not take: the next job is right" other
inject reset-stuck 0 npu0
check "fault: a hang and a reset that does not take: jobs are right when resets work again" repeat 8 other

# What is left of a hang, in the kernel's own file.
dumps() {
	set -- /sys/class/devcoredump/devcd*/data
	[ -e "$1" ] && echo "$@"
}
forget() {
	for _dump in $(dumps); do
		echo 1 >"$_dump"
	done
	! dumps
}
# listed: the fifth task's key and the end of its stream, and each word is one that rocket-dis knows.
listed() {
	build/arm64/tools/rocket-dis "$(dumps)" >/tmp/listing 2>/tmp/said-too || return 1
	cat /tmp/listing /tmp/said-too
	grep -q '^; task: 4$' /tmp/listing && grep -q '^; tasks: 8$' /tmp/listing &&
		tail -n 1 /tmp/listing | grep -q ' op-enable ' && [ ! -s /tmp/said-too ]
}
check "fault: dumps are gone when something was written to them" within 5 forget
inject hang-task 5
victim job >/dev/null
inject hang-task 0
check "fault: a hang at task 5 leaves a dump" within 5 dumps
check "fault: a hang at task 5: rocket-dis lists the stream" listed

unbind fdac0000.npu
unbind fdad0000.npu
behind "a hang" ETIMEDOUT hang-task 1
behind "a hang in the middle," ETIMEDOUT hang-task 4
behind "a failing DMA write" EIO dma-error 2
bind fdac0000.npu
bind fdad0000.npu
check "fault: jobs on all cores are right afterwards" $CLIENT crowd $RESULTS -n 60 -p 4 small
sed 's/^/# /' $CORES
finish
