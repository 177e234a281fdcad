#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# Copyright 2026 The rocket authors
"""The NPU cores alone: registers, jobs, interrupts, resets and the faults a test can ask for."""

from cases import contains, equal, run
from job import EVENTS, RESULT, Job
from machine import CORES, mmu_windows, npu_base

VERSION = 0x46495245


def version(m):
    """npu: each core says the version that drivers expect"""
    for core in CORES:
        base = npu_base(core)
        equal(m.readl(base) + (m.readl(base + 4) & 0xffff), VERSION, f"version of core {core}")


def never_window(m):
    """npu: reading the page at core+0x2000 is reported, writing is not"""
    m.writel(npu_base(1) + 0x2000, 0)
    reports = m.reports()
    if reports and "no register" not in reports[0]:
        contains(reports)
    m.readl(npu_base(1) + 0x2ffc)
    contains(m.reports(), "GUEST_ERROR: core1: read of 0x2ffc hangs the chip")


def job_interrupts(core):
    def case(m):
        m.intercept(f"/machine/npu{core}")
        job = Job(m, core)
        job.start()
        m.step()
        equal(m.irq(), True, "line")
        equal(job.output(), RESULT, "output")
        equal(job.finish() & EVENTS != 0, True, "raw status has the event")
        equal(m.irq(), False, "line after the clear")
        equal(m.counter(core, "tasks"), 1, "tasks")

    case.__doc__ = f"npu: a job on core {core} raises the core's line until its events are cleared"
    return case


def all_cores_work(m):
    """npu: the three cores run jobs independently"""
    for core in CORES:
        m.fault(core, "delay-us", 10 * (core + 1))
    jobs = [Job(m, core) for core in CORES]
    for job in jobs:
        job.start()
    for finished in CORES:
        m.step(10)
        equal([job.done() for job in jobs], [core <= finished for core in CORES], f"after {10 * finished + 10} us")


def delay(m):
    """npu: a job ends after its delay, not before"""
    m.fault(0, "delay-us", 500)
    job = Job(m, 0)
    job.start()
    m.step(499)
    equal(job.done(), False, "done after 499 us")
    m.step(1)
    equal(job.done(), True, "done after 500 us")


def task_list(m):
    """npu: a list of two tasks counts them, interrupts once and can hang at the second"""
    m.fault(0, "delay-us", 100)
    job = Job(m, 0)
    job.chain(0x400)
    job.start(tasks=2)
    m.step(100)
    equal([job.done(), job.reg("PC_TASK_STATUS") & 0xfff, job.output()], [False, 1, RESULT], "after the first task")
    m.step(100)
    equal([job.done(), job.output(0x400)], [True, RESULT], "after the second task")
    job.finish()
    m.fault(0, "hang-task", 2)
    job.start(tasks=2)
    m.step(1000)
    equal([job.done(), job.reg("PC_TASK_STATUS") & 0xfff], [False, 1], "hang at the second task")


def monitor(m):
    """npu: the monitor sets a fault of one core and reads its counters"""
    m.qmp("qom-set", path="/machine/npu1", property="hang-task", value=1)
    jobs = [Job(m, core) for core in CORES]
    for job in jobs:
        job.start()
    equal([job.done() for job in jobs], [True, False, True], "done")
    equal([m.qmp("qom-get", path=f"/machine/npu{core}", property="tasks") for core in CORES], [1, 0, 1], "tasks")


def unreachable(m):
    """npu: access without power, with a gated clock or in reset is reported and has no effect"""
    base = npu_base(1)
    m.writel(base + 0x20, 0x100)
    m.power("npu1", False)
    m.readl(base + 0x20)
    m.writel(base + 0x20, 0x300)
    contains(m.reports(), "core1: read of 0x0020 without power", "core1: write of 0x0020 without power")
    m.power("npu1", True)
    equal(m.readl(base + 0x20), 0x1ffff, "mask after the power cycle")
    m.gate(1)
    m.writel(base + 0x20, 0x300)
    contains(m.reports(), "core1: write of 0x0020 with a clock gated")
    m.gate(1, False, False)
    equal(m.readl(base + 0x20), 0x1ffff, "mask after the gate")
    m.reset(1, True)
    m.readl(base + 0x28)
    contains(m.reports(), "core1: read of 0x0028 in reset")
    m.step(10)
    m.reset(1, False)


def compute_clock(m):
    """npu: a task without the compute clock is reported and hangs"""
    job = Job(m, 0)
    for index, word in enumerate((1, 12, 0x14 << 10 | 0x7, 6, 0)):
        m.writel(0xfdaf1010 + 4 * index, word)
    m.writel(0xfdaf0108, 1)
    job.start()
    m.step()
    contains(m.reports(), "GUEST_ERROR: core0: task started with the compute clock off")
    equal(job.done(), False, "done")


def reset_wipes_core_and_mmu(m):
    """npu: the two resets together wipe the core and its IOMMU"""
    job = Job(m, 0)
    job.set("PC_INTERRUPT_MASK", 0x300)
    m.pulse_reset(0)
    equal(job.reg("PC_INTERRUPT_MASK"), 0x1ffff, "mask")
    for window in mmu_windows(0):
        equal([m.readl(window), m.readl(window + 0x1c), m.readl(window + 4) & 1], [0, 0, 0], "IOMMU")


def half_a_reset(m):
    """npu: one reset alone does not reset and is reported, so is a short one"""
    job = Job(m, 2)
    job.set("PC_INTERRUPT_MASK", 0x300)
    m.hiword(0xfd7c0000 + 0xa00 + 4 * 28, 0, True)
    m.step(10)
    m.hiword(0xfd7c0000 + 0xa00 + 4 * 28, 0, False)
    contains(m.reports(), "core2: one of srst_a and srst_h released, the other was never asserted")
    equal(job.reg("PC_INTERRUPT_MASK"), 0x300, "mask")
    m.reset(2, True)
    m.reset(2, False)
    contains(m.reports(), "core2: resets held for")


def disturbed_job(m):
    """npu: taking power or a clock from a running job is reported"""
    m.fault(1, "delay-us", 1000)
    Job(m, 1).start()
    m.gate(1)
    contains(m.reports(), "core1: clock gated under a running job")
    m.gate(1, False, False)
    m.power("npu1", False)
    contains(m.reports(), "core1: power lost under a running job")
    m.step(1000)
    m.power("npu1", True)
    equal(m.counter(1, "tasks"), 0, "tasks")


def hang_at_task(m):
    """npu: the chosen task hangs until a reset, the next one runs"""
    m.fault(0, "hang-task", 2)
    job = Job(m, 0)
    job.start()
    m.step()
    equal(job.done(), True, "first job")
    job.finish()
    job.start()
    m.step(100000)
    equal(job.done(), False, "second job")
    equal(m.readl(mmu_windows(0)[0] + 4) & 8, 0, "IOMMU idle")
    job.finish()
    equal(m.readl(mmu_windows(0)[0] + 4) & 8, 0, "IOMMU idle after the job was given up")
    m.pulse_reset(0)
    equal(m.readl(mmu_windows(0)[0] + 4) & 8, 8, "IOMMU idle after reset")
    job.mapping.enable(0)
    job.start()
    m.step()
    equal(job.done(), True, "job after the reset")


def stuck_reset(m):
    """npu: a reset that does not take leaves the hang, a power cycle ends it"""
    m.fault(1, "hang-task", 1)
    m.fault(1, "reset-stuck", 1)
    job = Job(m, 1)
    job.start()
    m.step()
    m.pulse_reset(1)
    equal(job.reg("PC_INTERRUPT_MASK"), EVENTS, "mask")
    m.power("npu1", False)
    m.power("npu1", True)
    equal(job.reg("PC_INTERRUPT_MASK"), 0x1ffff, "mask after the power cycle")


def dma_error(m):
    """npu: an injected DMA error latches its bit and hangs the core without a report"""
    m.fault(0, "dma-error", 1)
    job = Job(m, 0)
    job.start()
    m.step()
    equal(job.done(), False, "done")
    equal(job.reg("PC_INTERRUPT_RAW_STATUS") & 0x3000, 0x1000, "error bits")
    equal(m.counter(0, "mmu-faults"), 0, "page faults")
    m.pulse_reset(0)
    job.mapping.enable(0)
    job.start()
    m.step()
    equal(job.done(), True, "next job")


def lost_interrupt(m):
    """npu: a lost interrupt leaves the status without the line, the next one comes"""
    m.intercept("/machine/npu0")
    m.fault(0, "irq-lost", 1)
    job = Job(m, 0)
    for line in (False, True):
        job.start()
        m.step()
        equal([job.done(), m.irq()], [True, line], "status and line")
        job.finish()


def late_interrupt(m):
    """npu: a late interrupt follows its status, and not at all when software was faster"""
    m.intercept("/machine/npu0")
    m.fault(0, "irq-late-us", 200)
    job = Job(m, 0)
    job.start()
    m.step()
    equal([job.done(), m.irq()], [True, False], "status and line at the end of the task")
    m.step(200)
    equal(m.irq(), True, "line 200 us later")
    job.finish()
    job.start()
    m.step()
    job.finish()
    m.step(400)
    equal(m.irq(), False, "line after an early clear")


def spurious_interrupt(m):
    """npu: a spurious interrupt has no status and ends when the status is read or after a while"""
    m.intercept("/machine/npu2")
    job = Job(m, 2)
    m.fault(2, "irq-spurious", 1)
    equal(m.irq(), True, "line")
    equal(job.reg("PC_INTERRUPT_STATUS"), 0, "status")
    equal(m.irq(), False, "line after the status was read")
    m.fault(2, "irq-spurious", 1)
    m.step(150)
    equal(m.irq(), False, "line after 150 us")


def reset_clears_interrupt(m):
    """npu: a reset lowers the line"""
    m.intercept("/machine/npu0")
    Job(m, 0).start()
    m.step()
    equal(m.irq(), True, "line")
    m.pulse_reset(0)
    equal(m.irq(), False, "line after the reset")


run([version, never_window, *map(job_interrupts, CORES), all_cores_work, delay, task_list, monitor,
     unreachable, compute_clock, reset_wipes_core_and_mmu, half_a_reset, disturbed_job, hang_at_task,
     stuck_reset, dma_error, lost_interrupt, late_interrupt, spurious_interrupt, reset_clears_interrupt])
