# SPDX-License-Identifier: MIT
# Copyright 2026 The rocket authors
"""A small job for the qtest programs: started and waited for as the kernel driver does it."""

import struct

from machine import RAM, Mapping, npu_base, regs

R = regs()
EVENTS = R["PC_INTERRUPT_MASK_DPU_0"] | R["PC_INTERRUPT_MASK_DPU_1"]
CLEAR_ALL = 0x1ffff
STREAM_IOVA = 0x10000
STREAM = RAM + 0x200000


class Job:
    """One stream in guest memory behind the IOMMU of a core."""

    def __init__(self, machine, core, words, mapped=True):
        self.m = machine
        self.core = core
        self.words = list(words) + [0] * (len(words) % 2)
        self.mapping = Mapping(machine)
        machine.write(STREAM, struct.pack(f"<{len(self.words)}Q", *self.words))
        if mapped:
            self.mapping.map(STREAM_IOVA, STREAM)
        self.mapping.enable(core)

    def reg(self, name):
        return self.m.readl(npu_base(self.core) + R[name])

    def set(self, name, value):
        self.m.writel(npu_base(self.core) + R[name], value)

    def start(self, tasks=1):
        pointer = 0xe | self.core << 28
        self.set("PC_BASE_ADDRESS", 1)
        self.set("CNA_S_POINTER", pointer)
        self.set("CORE_S_POINTER", pointer)
        self.set("PC_BASE_ADDRESS", STREAM_IOVA)
        self.set("PC_REGISTER_AMOUNTS", len(self.words) // 2 - 1)
        self.set("PC_INTERRUPT_MASK", EVENTS)
        self.set("PC_INTERRUPT_CLEAR", EVENTS)
        self.set("PC_TASK_CON", 0x7000 | tasks)
        self.set("PC_TASK_DMA_BASE_ADDR", 0)
        self.set("PC_OPERATION_ENABLE", 1)

    def finish(self):
        """What the interrupt handler does; the raw status."""
        raw = self.reg("PC_INTERRUPT_RAW_STATUS")
        self.set("PC_INTERRUPT_MASK", 0)
        self.set("PC_INTERRUPT_CLEAR", CLEAR_ALL)
        self.set("PC_OPERATION_ENABLE", 0)
        return raw

    def done(self):
        return bool(self.reg("PC_INTERRUPT_STATUS") & EVENTS)


WORDS = [0] * 8
