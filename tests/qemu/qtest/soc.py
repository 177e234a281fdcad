#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# Copyright 2026 The rocket authors
"""Power domains, clock gates and resets around the cores, without a kernel."""

from cases import contains, equal, run
from machine import (ACLK_BIT, ACK_MISSING, CORES, CRU, GATE_CON, HCLK_BIT, PD_GATE, PD_IDLE, PMU,
                     POWER_STUCK, mmu_windows, npu_base)

IDLE_REQ, IDLE_ACK, IDLE_STATUS = PMU + 0x10c, PMU + 0x118, PMU + 0x120
PWR_STATUS, MEM_PWR, CHAIN, MEM_STATUS, REPAIR = PMU + 0x180, PMU + 0x1a0, PMU + 0x1f0, PMU + 0x1f8, PMU + 0x290
CORE_DOMAIN = ("nputop", "npu1", "npu2")
VERSION = 0x46495245
MHU, SHMEM = 0xfdaf0000, 0xfdaf1000
NPU_CLOCK = 6


def powered(m):
    """Cores that answer; takes the reports of those that do not."""
    answer = [m.readl(npu_base(core)) == VERSION for core in CORES]
    reports = m.reports()
    contains(reports, *[f"core{core}: read of 0x0000 without power" for core in CORES if not answer[core]])
    return answer


def all_cores_answer_after_boot(m):
    """soc: after the boot loader all three cores have power and clocks"""
    equal(powered(m), [True] * 3)


def machine_reset(m):
    """soc: a reset of the machine undoes everything"""
    for domain in ("npu2", "npu1"):
        m.power(domain, False)
    m.gate(0)
    m.qmp("system_reset")
    m.supply(True)
    equal(powered(m), [True] * 3)
    equal(scmi(m, 0x14, 0x6, NPU_CLOCK), (0, [200000000, 0]), "rate")


def domains_form_a_tree(m):
    """soc: switching a domain off switches off what hangs below it"""
    for domain, left in (("npu2", [True, True, False]), ("npu1", [True, False, False]),
                         ("nputop", [False] * 3)):
        m.power(domain, False)
        equal(powered(m), left, f"cores after {domain} is off")
    for domain, left in (("npu1", [False] * 3), ("npu2", [False] * 3), ("nputop", [True] * 3),):
        m.power(domain, True)
        equal(powered(m), left, f"cores after {domain} is on")
    m.hiword(PMU + 0x14c, PD_GATE["npu"], True)
    equal(powered(m), [False] * 3, "cores without npu")
    equal(m.readl(PWR_STATUS) & 2, 2, "status of npu")


def status_registers_follow(m):
    """soc: repair, chain and memory status follow the gate, and memory its own switch"""
    equal(m.readl(REPAIR) & 0x1c, 0x1c, "repair status, all on")
    equal(m.readl(MEM_STATUS) & 0x3800, 0, "memory status, all on")
    m.power("npu1", False)
    equal(m.readl(REPAIR) & 0x1c, 0x14, "repair status")
    equal(m.readl(CHAIN) & 0x3800, 0x2800, "chain status")
    equal(m.readl(MEM_STATUS) & 0x3800, 0x1000, "memory status")
    m.power("npu1", True)
    m.hiword(MEM_PWR, PD_GATE["npu2"], True)
    equal(m.readl(MEM_STATUS) & 0x3800, 0x2000, "memory status, memory of npu2 off")
    equal(m.readl(REPAIR) & 0x1c, 0x1c, "repair status, memory of npu2 off")


def idle_handshake(m):
    """soc: idle acknowledge and status follow the request, unless the fault says no"""
    for domain, bit in PD_IDLE.items():
        m.hiword(IDLE_REQ, bit, True)
        equal([m.readl(IDLE_ACK), m.readl(IDLE_STATUS)], [1 << bit] * 2, domain)
        m.hiword(IDLE_REQ, bit, False)
        equal([m.readl(IDLE_ACK), m.readl(IDLE_STATUS)], [0] * 2, domain)
    m.writel(ACK_MISSING, 1 << 2)
    m.hiword(IDLE_REQ, PD_IDLE["npu1"], True)
    equal(m.readl(IDLE_ACK), 0, "acknowledge of npu1 on strike")


def stuck_domain(m):
    """soc: a stuck domain keeps its state"""
    m.writel(POWER_STUCK, 1 << 2)
    m.power("npu1", False)
    equal(m.readl(REPAIR) & 0x1c, 0x1c, "repair status")
    equal(powered(m), [True] * 3)


def gating_a_busy_bus(m):
    """soc: gating a domain whose bus is not idle is reported"""
    m.hiword(PMU + 0x14c, PD_GATE["npu2"], True)
    contains(m.reports(), "GUEST_ERROR: pmu: domain npu2 gated while its bus is not idle")


def qos_forgets(m):
    """soc: a QoS block is storage that loses its values with its domain"""
    qos_npu1 = 0xfdf70000
    m.writel(qos_npu1 + 0x08, 0x303)
    equal(m.readl(qos_npu1 + 0x08), 0x303)
    m.power("npu1", False)
    m.readl(qos_npu1 + 0x08)
    contains(m.reports(), "GUEST_ERROR: qos@fdf70000: read of 0x08 without power")
    m.power("npu1", True)
    equal(m.readl(qos_npu1 + 0x08), 0)


def gates_stop_one_core(m):
    """soc: a gated clock makes one core and its IOMMU unreachable"""
    for core in CORES:
        for bit in (ACLK_BIT[core], HCLK_BIT[core]):
            m.hiword(CRU + 0x800 + 4 * GATE_CON[core], bit, True)
            for other in CORES:
                equal(m.readl(npu_base(other)) == VERSION, other != core, f"core {other} answers")
            m.readl(mmu_windows(core)[0])
            contains(m.reports(), f"core{core}: read of 0x0000 with a clock gated",
                     f"iommu{core}.0: read of 0x00 with a clock gated")
            m.hiword(CRU + 0x800 + 4 * GATE_CON[core], bit, False)


def root_gates_stop_all(m):
    """soc: the root gates stop all cores, pclk not the IOMMUs"""
    for bit, mmu_dead in ((0, True), (1, True), (4, False)):
        m.hiword(CRU + 0x800 + 4 * 29, bit, True)
        for core in CORES:
            m.writel(npu_base(core) + 0x20, 0)
            m.readl(mmu_windows(core)[0])
            contains(m.reports(), f"core{core}: write of 0x0020 with a clock gated",
                     *([f"iommu{core}.0: read of 0x00 with a clock gated"] if mmu_dead else []))
        m.hiword(CRU + 0x800 + 4 * 29, bit, False)


def plls_are_locked(m):
    """soc: the PLLs are locked and selected as the clock driver expects"""
    for base in (0x160, 0x180, 0x1a0, 0x1c0, 0x1e0, 0x8200, 0x50000, 0x52020, 0x58040):
        equal(m.readl(CRU + base + 0x18) & 1 << 15, 1 << 15, f"lock of the PLL at {base:#x}")
    equal(m.readl(CRU + 0x280), 0x555, "mode")


def hiword_mask(m):
    """soc: CRU writes change only the bits of their mask"""
    m.writel(CRU + 0x300, 0x00ff1234)
    equal(m.readl(CRU + 0x300), 0x34)
    m.writel(CRU + 0x300, 0xff001234)
    equal(m.readl(CRU + 0x300), 0x1234)


def supply(m):
    """soc: without the supply nothing answers, and losing it under a domain that is on is reported"""
    m.supply(False)
    contains(m.reports(), "GUEST_ERROR: pmu: supply lost while domain npu is on")
    equal(powered(m), [False] * 3)
    m.hiword(PMU + 0x14c, PD_GATE["npu"], True)
    m.hiword(PMU + 0x14c, PD_GATE["npu"], False)
    contains(m.reports(), "GUEST_ERROR: pmu: domain npu switched on without its supply")
    equal(m.readl(PWR_STATUS) & 2, 0, "status of npu: it cannot see the rail")
    m.supply(True)
    equal(powered(m), [True] * 3)


def scmi_send(m, protocol, message, *arguments):
    for index, word in enumerate((1, len(arguments) * 4 + 4, protocol << 10 | message, *arguments)):
        m.writel(SHMEM + 0x10 + 4 * index, word)
    m.writel(SHMEM + 4, 0)
    m.writel(MHU + 0x108, 1)


def scmi(m, protocol, message, *arguments):
    """One SCMI message through the mailbox; status and words of the answer."""
    scmi_send(m, protocol, message, *arguments)
    equal([m.readl(SHMEM + 4), m.readl(MHU)], [1, 1], "channel free and doorbell")
    m.writel(MHU + 0x10, 1)
    equal(m.readl(MHU), 0, "doorbell after the clear")
    words = [m.readl(SHMEM + 0x1c + 4 * i) for i in range(m.readl(SHMEM + 0x14) // 4 - 1)]
    return words[0], words[1:]


def firmware(m):
    """soc: firmware speaks SCMI and sets the compute clock"""
    equal(scmi(m, 0x10, 0x0), (0, [0x20000]), "base version")
    equal(scmi(m, 0x10, 0x6, 0), (0, [1, 0x14]), "protocols")
    equal(scmi(m, 0x14, 0x6, NPU_CLOCK), (0, [200000000, 0]), "rate at boot")
    equal(scmi(m, 0x14, 0x5, 0, NPU_CLOCK, 650000000, 0), (0, []), "set")
    equal(scmi(m, 0x14, 0x6, NPU_CLOCK), (0, [600000000, 0]), "rate")
    equal(scmi(m, 0x14, 0x5, 0, NPU_CLOCK, 100000000, 0)[0], 0xfffffffe, "too low")
    equal(scmi(m, 0x14, 0x6, 3)[0], 0xfffffffc, "a clock it does not have")
    equal(scmi(m, 0x14, 0xb, NPU_CLOCK)[0], 0xffffffff, "a message it does not know")


def answers_in_a_row(m):
    """soc: an answer that comes before the last doorbell is cleared rings again"""
    scmi_send(m, 0x10, 0x0)
    scmi_send(m, 0x10, 0x0)
    m.writel(MHU + 0x10, 1)
    equal(m.readl(MHU), 1, "doorbell after the first clear")
    m.writel(MHU + 0x10, 1)
    equal(m.readl(MHU), 0, "doorbell after the second clear")


def rate_without_power(m):
    """soc: setting the compute clock while the NPU has no power is reported"""
    for domain in ("npu2", "npu1", "nputop"):
        m.power(domain, False)
    scmi(m, 0x14, 0x5, 0, NPU_CLOCK, 600000000, 0)
    contains(m.reports(), "GUEST_ERROR: scmi: compute clock set to 600 MHz while the NPU has no power")


run([supply, firmware, answers_in_a_row, rate_without_power, all_cores_answer_after_boot, machine_reset, domains_form_a_tree,
     status_registers_follow, idle_handshake, stuck_domain, gating_a_busy_bus, qos_forgets,
     gates_stop_one_core, root_gates_stop_all, plls_are_locked, hiword_mask])
