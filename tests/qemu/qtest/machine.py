# SPDX-License-Identifier: MIT
# Copyright 2026 The rocket authors
"""The machine without a kernel.

Starts QEMU with the qtest accelerator and drives registers, memory, virtual time and interrupt lines over
its text protocol. Reports of the machine are collected from standard error; every one that a test does not
expect fails it.
"""

import json
import os
import re
import socket
import struct
import subprocess
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
REGS_H = os.path.join(HERE, "../../../include/npu/rocket_regs.h")

RAM = 0x40000000
CRU = 0xfd7c0000
PMU = 0xfd8d8000
FAULTS = 0xfdae0000
GPIO = 0x09030000
SUPPLY_PIN = 5
CORES = range(3)

# CRU: gate and soft reset registers of each core (soc-integration notes, sections 4 and 5)
GATE_CON = {0: 30, 1: 27, 2: 28}
ACLK_BIT = {0: 6, 1: 0, 2: 0}
HCLK_BIT = {0: 8, 1: 2, 2: 2}

# PMU: gate and idle bits of NPU, NPUTOP, NPU1, NPU2 (section 6)
PD_GATE = {"npu": 1, "nputop": 3, "npu1": 4, "npu2": 5}
PD_IDLE = {"nputop": 1, "npu1": 2, "npu2": 3}

# Test registers of a core, byte offsets
FAULT = {
    "delay-us": 0x00, "hang-task": 0x04, "dma-error": 0x08, "irq-lost": 0x0c, "irq-late-us": 0x10,
    "irq-spurious": 0x14, "reset-stuck": 0x18, "tasks": 0x20, "irqs": 0x24, "mmu-reset-stuck": 0x40,
    "mmu-stall-stuck": 0x44, "mmu-check-stale": 0x48, "mmu-refault-us": 0x4c, "mmu-dte-32bit": 0x50,
    "mmu-enables": 0x60, "mmu-faults": 0x64,
}
ACK_MISSING = FAULTS + 0x300
POWER_STUCK = FAULTS + 0x304


def regs():
    """Register offsets and masks by name, from the generated header."""
    with open(REGS_H, encoding="utf-8") as header:
        rows = re.findall(r"^#define ROCKET_(\w+)\s+(0x[0-9a-f]+|\d+)U?$", header.read(), re.M)
    return {name: int(value, 0) for name, value in rows}


def npu_base(core):
    return 0xfdab0000 + core * 0x10000


def mmu_windows(core):
    base = npu_base(core)
    return [base + 0x9000, base + 0xa000] if core == 0 else [base + 0xa000]


class Machine:
    """One QEMU process under qtest."""

    def __init__(self, qemu, *args):
        self.log = tempfile.TemporaryFile()
        self.monitor, theirs = socket.socketpair()
        self.seen = 0
        self.levels = {}
        self.process = subprocess.Popen(
            [qemu, "-M", "rk3588-npu,gic-version=3", "-cpu", "cortex-a57", "-m", "128", "-accel", "qtest",
             "-display", "none", "-nodefaults", "-qtest", "stdio", "-qtest-log", "/dev/null",
             "-chardev", f"socket,id=qmp,fd={theirs.fileno()}", "-mon", "chardev=qmp,mode=control", *args],
            pass_fds=[theirs.fileno()],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.log)
        theirs.close()
        self.replies = self.monitor.makefile()
        self.replies.readline()
        self.qmp("qmp_capabilities")
        self.supply(True)

    def close(self):
        self.process.stdin.close()
        self.process.terminate()
        self.process.wait(timeout=10)
        self.process.stdout.close()
        self.replies.close()
        self.monitor.close()
        self.log.close()

    def command(self, line):
        self.process.stdin.write(line.encode() + b"\n")
        self.process.stdin.flush()
        while True:
            answer = self.process.stdout.readline().decode().split()
            if not answer:
                raise RuntimeError(f"QEMU ended at '{line}': {self.errors()}")
            if answer[0] == "IRQ":
                self.levels[int(answer[2])] = answer[1] == "raise"
                continue
            if answer[0] != "OK":
                raise RuntimeError(f"'{line}' answered {' '.join(answer)}")
            return answer[1:]

    def qmp(self, execute, **arguments):
        """One command of the monitor; what it returns."""
        self.monitor.sendall(json.dumps({"execute": execute, "arguments": arguments}).encode() + b"\n")
        while True:
            reply = json.loads(self.replies.readline())
            if "error" in reply:
                raise RuntimeError(f"{execute}: {reply['error']['desc']}")
            if "return" in reply:
                return reply["return"]

    def errors(self):
        self.log.seek(0)
        return self.log.read().decode(errors="replace")

    def reports(self):
        """Reports since the last call, without their common prefix."""
        lines = [line for line in self.errors().splitlines() if line.startswith("rocket-npu: ")]
        new = lines[self.seen:]
        self.seen = len(lines)
        return [line[len("rocket-npu: "):] for line in new]

    def readl(self, address):
        return int(self.command(f"readl {address:#x}")[0], 0)

    def writel(self, address, value):
        self.command(f"writel {address:#x} {value:#x}")

    def write(self, address, data):
        self.command(f"write {address:#x} {len(data):#x} 0x{data.hex()}")

    def read(self, address, size):
        return bytes.fromhex(self.command(f"read {address:#x} {size:#x}")[0][2:])

    def step(self, us=1):
        self.command(f"clock_step {us * 1000}")

    def intercept(self, path):
        """Watch the interrupt output of a device; qtest can watch one device per machine."""
        self.levels = {}
        self.command(f"irq_intercept_out {path} sysbus-irq")

    def irq(self):
        return self.levels.get(0, False)

    # The SoC around the cores

    def supply(self, on):
        """The enable pin of the regulator, on the PL061 of virt."""
        self.writel(GPIO + 0x400, 1 << SUPPLY_PIN)
        self.writel(GPIO + (4 << SUPPLY_PIN), on << SUPPLY_PIN)

    def hiword(self, address, bit, on):
        self.writel(address, 1 << (bit + 16) | (on << bit))

    def gate(self, core, aclk=True, hclk=True):
        """Stop or run (False) clocks of a core."""
        self.hiword(CRU + 0x800 + 4 * GATE_CON[core], ACLK_BIT[core], aclk)
        self.hiword(CRU + 0x800 + 4 * GATE_CON[core], HCLK_BIT[core], hclk)

    def reset(self, core, on):
        self.hiword(CRU + 0xa00 + 4 * GATE_CON[core], ACLK_BIT[core], on)
        self.hiword(CRU + 0xa00 + 4 * GATE_CON[core], HCLK_BIT[core], on)

    def pulse_reset(self, core):
        self.reset(core, True)
        self.step(10)
        self.reset(core, False)

    def power(self, domain, on):
        if domain in PD_IDLE and not on:
            self.hiword(PMU + 0x10c, PD_IDLE[domain], True)
        self.hiword(PMU + 0x14c, PD_GATE[domain], not on)
        if domain in PD_IDLE and on:
            self.hiword(PMU + 0x10c, PD_IDLE[domain], False)

    def fault(self, core, name, value):
        self.writel(FAULTS + core * 0x100 + FAULT[name], value)

    def counter(self, core, name):
        return self.readl(FAULTS + core * 0x100 + FAULT[name])


class Mapping:
    """Page tables of one domain in guest memory, written as the mainline driver writes them."""

    PAGE = 4096

    def __init__(self, machine, tables=RAM + 0x100000):
        self.m = machine
        self.directory = tables
        self.next_table = tables + self.PAGE
        self.tables = {}
        machine.write(tables, bytes(self.PAGE))

    def map(self, iova, pa, flags=7):
        slot = iova >> 22
        if slot not in self.tables:
            self.tables[slot] = self.next_table
            self.next_table += self.PAGE
            self.m.write(self.tables[slot], bytes(self.PAGE))
            self.m.write(self.directory + slot * 4, struct.pack("<I", self.tables[slot] | 1))
        entry = (pa & 0xfffff000) | (pa >> 32 & 0xf) << 8 | (pa >> 36 & 0xf) << 4 | flags
        self.m.write(self.tables[slot] + (iova >> 12 & 0x3ff) * 4, struct.pack("<I", entry))

    def command(self, core, value):
        for window in mmu_windows(core):
            self.m.writel(window + 0x08, value)

    def enable(self, core):
        for window in mmu_windows(core):
            self.m.writel(window + 0x00, self.directory | 1)
        self.command(core, 4)
        for window in mmu_windows(core):
            self.m.writel(window + 0x1c, 3)
            self.m.writel(window + 0x24, self.m.readl(window + 0x24) | 1 << 31)
        self.command(core, 0)
