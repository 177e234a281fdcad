#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# Copyright 2026 The rocket authors
"""The machine with incoherent DMA: the NPU sees memory as of the last cache maintenance, and so do the CPUs."""

from cases import contains, equal, run
from job import INPUT, OUTPUT, RESULT, STREAM, Job
from machine import FAULTS, mmu_windows

CLEAN, INVALIDATE = FAULTS + 0x500, FAULTS + 0x504
ZEROS = bytes(len(RESULT))


def job(m, skip=()):
    """The job with all its pages cleaned but those of skip."""
    made = Job(m, 0)
    pages = [STREAM, INPUT, OUTPUT, made.mapping.directory, *made.mapping.tables.values()]
    for page in pages:
        if page not in skip:
            m.writel(CLEAN, page)
    made.start()
    m.step()
    return made


def tables_stay_in_the_cache(m):
    """incoherent: page tables that nobody cleaned are not there"""
    made = Job(m, 0)
    m.writel(CLEAN, STREAM)
    made.start()
    m.step()
    contains(m.reports(), "DMA read error at 0x00010000")
    equal(m.readl(mmu_windows(0)[0] + 0x20), 1, "interrupt status of the IOMMU")


def input_stays_in_the_cache(m):
    """incoherent: the NPU computes on the old contents of an input that nobody cleaned"""
    made = job(m, skip=[INPUT])
    equal(made.done(), True, "done")
    m.writel(INVALIDATE, OUTPUT)
    equal(made.output(), ZEROS, "output")


def output_is_seen_after_an_invalidate(m):
    """incoherent: the CPU sees a result after an invalidate and not before"""
    made = job(m)
    equal(made.done(), True, "done")
    equal(made.output(), ZEROS, "output before the invalidate")
    m.writel(INVALIDATE, OUTPUT)
    equal(made.output(), RESULT, "output")


def clean_lines_do_not_come_back(m):
    """incoherent: cleaning an output that the CPU did not write spoils nothing"""
    made = job(m)
    m.writel(CLEAN, OUTPUT)
    m.writel(INVALIDATE, OUTPUT)
    equal(made.output(), RESULT, "output")


def dirty_lines_win(m):
    """incoherent: cleaning an output that the CPU wrote meanwhile overwrites the NPU's"""
    made = job(m)
    m.write(OUTPUT, b"\x55")
    m.writel(CLEAN, OUTPUT)
    m.writel(INVALIDATE, OUTPUT)
    equal(made.output(), b"\x55" + ZEROS[1:], "output")


CASES = [tables_stay_in_the_cache, input_stays_in_the_cache, output_is_seen_after_an_invalidate,
         clean_lines_do_not_come_back, dirty_lines_win]
for case in CASES:
    case.args = ("-machine", "incoherent-dma=on")
run(CASES)
