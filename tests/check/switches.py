#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# Copyright 2026 The rocket authors
"""Every switch of the model has a section in open-questions.rst, in the same order, with its values and its default."""
import re

import tap

PAGE = "Documentation/npu/open-questions.rst"
SWITCH = re.compile(r'NPU_SWITCH\((\w+), (\d+), (\d+),')
SECTION = re.compile(r"^``(\w+)``: .*\?\n   (.*(?:\n   \S.*)*)\n\n((?:   .*\n|\n)*)", re.MULTILINE)
VALUE = re.compile(r"(?:^|[,;] )(\d+)( \(default\))? ")


def differences():
    switches = [(name, int(values), int(default)) for name, values, default in SWITCH.findall(tap.text("userspace/model/npu.h"))]
    sections = {name: (" ".join(line.split()), body) for name, line, body in SECTION.findall(tap.text(PAGE))}
    names = [name for name, _, _ in switches]
    if not switches:
        yield "userspace/model/npu.h: no switch found"
    if list(sections) != names:
        yield f"{PAGE}: sections are {' '.join(sections)}, but npu.h has {' '.join(names)}"
    for name, values, default in switches:
        line, body = sections.get(name, ("", ""))
        found = VALUE.findall(line)
        if [int(value) for value, _ in found] != list(range(values)):
            yield f"{PAGE}: {name} has the values 0 to {values - 1}, in that order; the page says: {line}"
        if [int(value) for value, mark in found if mark] != [default]:
            yield f"{PAGE}: the default of {name} is {default}; the page says: {line}"
        if "Experiment: " not in body:
            yield f"{PAGE}: {name} names no experiment that would settle it"


tap.case("switches: the page of open questions agrees with NPU_SWITCHES", differences())
tap.done()
