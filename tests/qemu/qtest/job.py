# SPDX-License-Identifier: MIT
# Copyright 2026 The rocket authors
"""A small job for the qtest programs: started and waited for as the kernel driver does it."""

import struct

from machine import RAM, Mapping, npu_base, regs

R = regs()
EVENTS = R["PC_INTERRUPT_MASK_PPU_0"] | R["PC_INTERRUPT_MASK_PPU_1"]
CLEAR_ALL = 0x1ffff

STREAM_IOVA, STREAM = 0x10000, RAM + 0x200000
INPUT_IOVA, INPUT = 0x20000, RAM + 0x210000
OUTPUT_IOVA, OUTPUT = 0x30000, RAM + 0x220000

# A 4x4 picture of one channel block, pooled to 2x2
WIDTH, POOLED, ATOM = 4, 2, 16
PICTURE = bytes((17 * i + i * i) % 128 for i in range(WIDTH * WIDTH * ATOM))


def maximum():
    """What the job has to write: the largest of each 2x2 window, channel by channel."""
    def at(y, x, c):
        return PICTURE[(y * WIDTH + x) * ATOM + c]

    return bytes(max(at(2 * y + dy, 2 * x + dx, c) for dy in (0, 1) for dx in (0, 1))
                 for y in range(POOLED) for x in range(POOLED) for c in range(ATOM))


RESULT = maximum()


def tail(following=0, words=0):
    """The last four words of a stream: where the next one is, and the start of PPU and PPU_RDMA."""
    return [0x0101 << 48 | following << 16 | R["PC_BASE_ADDRESS"] if following else 0,
            0x0101 << 48 | (words // 2 - 1 if following else 0) << 16 | R["PC_REGISTER_AMOUNTS"],
            0x0041 << 48, 0x0081 << 48 | 0x60 << 16 | R["PC_OPERATION_ENABLE"]]


def pool_words(output=OUTPUT_IOVA):
    """The body of the command stream of that max pooling (programming guide, section 9)."""
    def ppu(name, value):
        return 0x4001 << 48 | value << 16 | R[name]

    def rdma(name, value):
        return 0x8001 << 48 | value << 16 | R[name]

    words = [
        ppu("PPU_S_POINTER", 0xe),
        rdma("PPU_RDMA_S_POINTER", 0xe),
        ppu("PPU_DATA_CUBE_IN_WIDTH", WIDTH - 1),
        ppu("PPU_DATA_CUBE_IN_HEIGHT", WIDTH - 1),
        ppu("PPU_DATA_CUBE_IN_CHANNEL", ATOM - 1),
        ppu("PPU_DATA_CUBE_OUT_WIDTH", POOLED - 1),
        ppu("PPU_DATA_CUBE_OUT_HEIGHT", POOLED - 1),
        ppu("PPU_DATA_CUBE_OUT_CHANNEL", ATOM - 1),
        ppu("PPU_OPERATION_MODE_CFG", 0x11),
        ppu("PPU_POOLING_KERNEL_CFG", 1 << 20 | 1 << 16 | 1 << 8 | 1),
        ppu("PPU_DST_BASE_ADDR", output),
        ppu("PPU_DST_SURF_STRIDE", POOLED * POOLED * ATOM),
        ppu("PPU_DATA_FORMAT", POOLED * POOLED * ATOM),
        ppu("PPU_MISC_CTRL", 3),
        rdma("PPU_RDMA_CUBE_IN_WIDTH", WIDTH - 1),
        rdma("PPU_RDMA_CUBE_IN_HEIGHT", WIDTH - 1),
        rdma("PPU_RDMA_CUBE_IN_CHANNEL", ATOM - 1),
        rdma("PPU_RDMA_SRC_BASE_ADDR", INPUT_IOVA),
        rdma("PPU_RDMA_SRC_LINE_STRIDE", WIDTH * ATOM),
        rdma("PPU_RDMA_SRC_SURF_STRIDE", WIDTH * WIDTH * ATOM),
        rdma("PPU_RDMA_DATA_FORMAT", 1),
    ]
    return words + [0] * (len(words) % 2)


class Job:
    """The pooling in guest memory behind the IOMMU of a core."""

    def __init__(self, machine, core, unmapped=()):
        self.m = machine
        self.core = core
        self.words = pool_words() + tail()
        self.mapping = Mapping(machine)
        machine.write(STREAM, struct.pack(f"<{len(self.words)}Q", *self.words))
        machine.write(INPUT, PICTURE)
        machine.write(OUTPUT, bytes(len(RESULT)))
        for iova, pa in ((STREAM_IOVA, STREAM), (INPUT_IOVA, INPUT), (OUTPUT_IOVA, OUTPUT)):
            if iova not in unmapped:
                self.mapping.map(iova, pa)
        self.mapping.enable(core)

    def chain(self, offset):
        """A second task, whose stream and output follow the first ones at an offset."""
        second = pool_words(OUTPUT_IOVA + offset) + tail()
        self.words = pool_words() + tail(STREAM_IOVA + offset, len(second))
        for words, at in ((self.words, 0), (second, offset)):
            self.m.write(STREAM + at, struct.pack(f"<{len(words)}Q", *words))
        self.m.write(OUTPUT + offset, bytes(len(RESULT)))

    def output(self, offset=0):
        return self.m.read(OUTPUT + offset, len(RESULT))

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
