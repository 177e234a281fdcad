#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# Copyright 2026 The rocket authors
"""The IOMMUs alone, each behind its core: windows, faults, stale entries, stall, reset.

The master's accesses are the fetches of a command stream.
"""

from cases import contains, equal, run
from job import INPUT, INPUT_IOVA, OUTPUT_IOVA, PICTURE, RESULT, STREAM, STREAM_IOVA, Job
from machine import CORES, RAM, mmu_windows

DTE_ADDR, STATUS, COMMAND, FAULT_ADDR, RAWSTAT, INT_CLEAR = 0x00, 0x04, 0x08, 0x0c, 0x14, 0x18
ZAP_ONE, INT_MASK, INT_STATUS, AUTO_GATING = 0x10, 0x1c, 0x20, 0x24
ENABLE_STALL, DISABLE_STALL, ZAP, FAULT_DONE, FORCE_RESET = 2, 3, 4, 5, 6
FAULT_ACTIVE, STALL_ACTIVE, IDLE = 2, 4, 8


def windows(m):
    """iommu: core 0 has two windows, the others one, each with registers of its own"""
    equal([len(mmu_windows(core)) for core in CORES], [2, 1, 1])
    for core in CORES:
        for number, window in enumerate(mmu_windows(core)):
            m.writel(window + DTE_ADDR, 0xcafeb000 + (number << 4))
        for number, window in enumerate(mmu_windows(core)):
            equal(m.readl(window + DTE_ADDR), 0xcafeb000 + (number << 4), f"window {number} of core {core}")
            m.writel(window + COMMAND, FORCE_RESET)
            equal(m.readl(window + DTE_ADDR), 0, f"window {number} of core {core} after reset")


def programmed_alike(m):
    """iommu: enabling is counted once per core"""
    for core in CORES:
        Job(m, core)
        equal(m.counter(core, "mmu-enables"), 1, f"enables of core {core}")


def fault(core):
    def case(m):
        m.intercept(f"/machine/npu{core}")
        job = Job(m, core, unmapped=[STREAM_IOVA])
        window = mmu_windows(core)[0]
        job.start()
        m.step()
        contains(m.reports(), "DMA read error at 0x00010000")
        equal(m.readl(window + STATUS) & (FAULT_ACTIVE | 0x20), FAULT_ACTIVE, "status, read fault")
        equal(m.readl(window + FAULT_ADDR), STREAM_IOVA, "fault address")
        equal(m.readl(window + INT_STATUS), 1, "interrupt status")
        equal(m.counter(core, "mmu-faults"), 1, "faults")
        equal(m.irq(), True, "line")
        m.writel(window + INT_CLEAR, 1)
        equal(m.irq(), False, "line after the clear")

    case.__doc__ = f"iommu: an unmapped address raises the line of core {core} with address and direction"
    return case


def fault_repeats(m):
    """iommu: the access is tried again after 'done', until the core is reset"""
    job = Job(m, 1, unmapped=[STREAM_IOVA])
    window = mmu_windows(1)[0]
    m.fault(1, "mmu-refault-us", 300)
    job.start()
    m.step()
    contains(m.reports(), "DMA read error")
    for faults in (2, 3):
        m.writel(window + COMMAND, ZAP)
        m.writel(window + COMMAND, FAULT_DONE)
        m.writel(window + INT_CLEAR, 1)
        m.step(299)
        equal(m.readl(window + INT_STATUS), 0, "interrupt before the retry")
        m.step(1)
        equal(m.readl(window + INT_STATUS), 1, "interrupt of the retry")
        equal(m.counter(1, "mmu-faults"), faults, "faults")
    m.pulse_reset(1)
    m.step(1000)
    equal(m.counter(1, "mmu-faults"), 3, "faults after the reset")


def no_permission(m):
    """iommu: a page without read permission faults"""
    job = Job(m, 2, unmapped=[STREAM_IOVA])
    job.mapping.map(STREAM_IOVA, STREAM, flags=5)
    job.start()
    m.step()
    contains(m.reports(), "DMA read error")
    equal(m.readl(mmu_windows(2)[0] + INT_STATUS), 1, "interrupt status")


def write_fault(m):
    """iommu: an output that is not mapped, or read-only, is a write fault of the last window"""
    for core, flags in ((0, 0), (1, 3)):
        job = Job(m, core, unmapped=[OUTPUT_IOVA])
        job.mapping.map(OUTPUT_IOVA, RAM, flags)
        window = mmu_windows(core)[-1]
        job.start()
        m.step()
        contains(m.reports(), "DMA write error at 0x00030000")
        equal(m.readl(window + STATUS) & (FAULT_ACTIVE | 0x20), FAULT_ACTIVE | 0x20, "status, write fault")
        equal(m.readl(window + FAULT_ADDR), OUTPUT_IOVA, "fault address")
        equal(job.output(), bytes(len(RESULT)), "output")


def read_only_input(m):
    """iommu: a read-only input is enough"""
    job = Job(m, 2, unmapped=[INPUT_IOVA])
    job.mapping.map(INPUT_IOVA, INPUT, flags=3)
    job.start()
    m.step()
    equal(job.output(), RESULT, "output")


def above_4_gib(m):
    """iommu: pages above 4 GiB are reached"""
    high = 0x100000000
    job = Job(m, 0, unmapped=[INPUT_IOVA, OUTPUT_IOVA])
    job.mapping.map(INPUT_IOVA, high)
    job.mapping.map(OUTPUT_IOVA, high + 0x1000)
    m.write(high, PICTURE)
    job.start()
    m.step()
    equal(m.read(high + 0x1000, len(RESULT)), RESULT, "output")


above_4_gib.args = ("-machine", "high-ram=1M")


def not_programmed(m):
    """iommu: DMA before the IOMMU is programmed is reported and does not happen"""
    job = Job(m, 0)
    m.pulse_reset(0)
    job.start()
    m.step()
    contains(m.reports(), "GUEST_ERROR: iommu0.0: DMA read of 0x00010000 before the IOMMU is programmed",
             "DMA read error")
    equal(job.done(), False, "done")


def tables_out_of_memory(m):
    """iommu: tables outside of memory are a bus error"""
    job = Job(m, 1)
    window = mmu_windows(1)[0]
    m.pulse_reset(1)
    job.mapping.directory = 0xc0000000
    job.mapping.enable(1)
    job.start()
    m.step()
    contains(m.reports(), "DMA read error")
    equal(m.readl(window + INT_STATUS), 2, "interrupt status")


def stale_entry(m):
    """iommu: using a page that was remapped without a zap is reported, with a zap it is not"""
    job = Job(m, 0)
    job.start()
    m.step()
    job.finish()
    job.mapping.map(STREAM_IOVA, STREAM + 0x1000)
    m.write(STREAM + 0x1000, m.read(STREAM, len(job.words) * 8))
    job.start()
    m.step()
    reports = m.reports()
    equal(bool(reports) and all("used after its mapping changed without a zap" in r for r in reports), True,
          f"stale entry in {reports}")
    equal(job.done(), True, "job with the stale entry")
    job.finish()
    for window in mmu_windows(0):
        m.writel(window + ZAP_ONE, STREAM_IOVA)
    job.start()
    m.step()
    equal(job.done(), True, "job after the zap")


def stall_waits(m):
    """iommu: stall becomes active when the job has ended"""
    m.fault(0, "delay-us", 100)
    job = Job(m, 0)
    job.start()
    for window in mmu_windows(0):
        m.writel(window + COMMAND, ENABLE_STALL)
        equal(m.readl(window + STATUS) & (STALL_ACTIVE | IDLE), 0, "status under the job")
    m.step(100)
    equal(job.done(), True, "done")
    for window in mmu_windows(0):
        equal(m.readl(window + STATUS) & (STALL_ACTIVE | IDLE), STALL_ACTIVE | IDLE, "status after the job")


def start_while_stalled(m):
    """iommu: a job started while the IOMMU is stalled is reported and hangs"""
    job = Job(m, 1)
    m.writel(mmu_windows(1)[0] + COMMAND, ENABLE_STALL)
    job.start()
    m.step()
    contains(m.reports(), "GUEST_ERROR: core1: task started while the IOMMU is stalled")
    equal(job.done(), False, "done")


def change_under_job(m):
    """iommu: a change of the IOMMU under a running job is reported"""
    m.fault(2, "delay-us", 100)
    job = Job(m, 2)
    window = mmu_windows(2)[0]
    job.start()
    m.writel(window + DTE_ADDR, RAM | 1)
    contains(m.reports(), "GUEST_ERROR: iommu2.0: directory changed under a running job")


def faults_on_demand(m):
    """iommu: reset and stall refuse on demand"""
    window = mmu_windows(1)[0]
    Job(m, 1)
    m.fault(1, "mmu-stall-stuck", 1)
    m.writel(window + COMMAND, ENABLE_STALL)
    equal(m.readl(window + STATUS) & STALL_ACTIVE, 0, "stall")
    m.fault(1, "mmu-reset-stuck", 1)
    before = m.readl(window + DTE_ADDR)
    m.writel(window + COMMAND, FORCE_RESET)
    equal(m.readl(window + DTE_ADDR), before, "directory after a stuck reset")


def unreachable(m):
    """iommu: access without power or in reset is reported"""
    window = mmu_windows(2)[0]
    m.power("npu2", False)
    m.writel(window + COMMAND, ZAP)
    contains(m.reports(), "GUEST_ERROR: iommu2.0: write of 0x08 without power")
    m.power("npu2", True)
    m.reset(2, True)
    m.readl(window + STATUS)
    contains(m.reports(), "GUEST_ERROR: iommu2.0: read of 0x04 in reset")
    m.step(10)
    m.reset(2, False)


run([windows, programmed_alike, *map(fault, CORES), fault_repeats, no_permission, write_fault,
     read_only_input, above_4_gib, not_programmed, tables_out_of_memory, stale_entry, stall_waits,
     start_while_stalled, change_under_job, faults_on_demand, unreachable])
