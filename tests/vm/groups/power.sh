#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright 2026 The rocket authors
#
# The NPU sleeps when it has nothing to do, and survives power domains and IOMMUs that do not do what they are told.
. "$(dirname "$(readlink -f "$0")")/../group.sh"
group -t 1700

# Autosuspend comes after two seconds.
sleep_all() {
	within 60 asleep
}

# One core stays awake, another one comes and goes.
one_awake() {
	keep fdab0000.npu on && keep fdac0000.npu on && keep fdac0000.npu auto && within 60 asleep 1
}

modprobe rocket
equal "power: a core stays awake for two seconds" 2000 \
	"$(cat /sys/bus/platform/devices/fdab0000.npu/power/autosuspend_delay_ms)"
check "power: a job is right" job
check "power: the cores go to sleep" sleep_all
equal "power: the compute clock is parked" 200 "$(rate)"
check "power: a job wakes them" job
equal "power: the compute clock is raised" 600 "$(rate)"
check "power: one core goes to sleep while another one stays awake" one_awake
equal "power: the compute clock stays" 600 "$(rate)"
keep fdab0000.npu auto
check "power: all cores sleep again" sleep_all
equal "power: the compute clock is parked again" 200 "$(rate)"

# The kernel's driver of the domains counts its reads, 10^7 of them, before it gives up. On the emulated machine
# that takes ten seconds, on the debug kernel minutes.
PATIENCE="the kernel takes minutes to give up here; LONG=1 waits"
patient() {
	[ "$IN_MACHINE" = plain ] || [ -n "$LONG" ]
}

# A domain that does not acknowledge stays on. Bits: NPU, NPUTOP, NPU1, NPU2.
no_acknowledge() {
	inject ack-missing 15 pmu
	sleep 4
	check "power: a job is right while domains do not acknowledge that they are idle" job
	inject ack-missing 0 pmu
	check "power: and afterwards" repeat 6 job -s 2
	check "power: the cores go to sleep again" sleep_all
}

no_power() {
	unbind fdac0000.npu
	unbind fdad0000.npu
	check "power: the only core goes to sleep" sleep_all
	inject power-stuck 15 pmu
	equal "power: when it cannot be powered, the victim gets ETIMEDOUT" ETIMEDOUT "$(job 2>/tmp/reason)"
	inject power-stuck 0 pmu
	check "power: when it can again, a job is right" job -s 2
	bind fdac0000.npu
	bind fdad0000.npu
}

if patient; then
	[ ! -e /proc/sys/kernel/hung_task_timeout_secs ] || echo 1200 >/proc/sys/kernel/hung_task_timeout_secs
	no_acknowledge
	no_power
else
	skip "power: domains that do not acknowledge" "$PATIENCE"
	skip "power: a core that cannot be powered" "$PATIENCE"
fi

# The kernel's IOMMU driver goes on when a stall is not acknowledged.
inject stall-stuck 1 mmu0 mmu1 mmu2
equal "power: jobs are right when IOMMUs do not stall" right "$(job)"
inject stall-stuck 0 mmu0 mmu1 mmu2
check "power: and afterwards, on all cores" $CLIENT crowd $RESULTS -n 60 -p 4 small
sed 's/^/# /' $CORES
finish
