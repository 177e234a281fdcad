#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# Copyright 2026 The rocket authors
"""The runner counts what happened and believes no program that breaks off."""
import importlib.util
import pathlib

import tap

spec = importlib.util.spec_from_file_location("runner", pathlib.Path(__file__).with_name("run-tests.py"))
runner = importlib.util.module_from_spec(spec)
spec.loader.exec_module(runner)

# why, output, exit status, cases passed, failed, skipped
OUTPUTS = (
    ("passed cases count one by one", "1..2\nok 1 - a\nok 2 - b\n", 0, 2, 0, 0),
    ("a failed case counts once", "1..2\nok 1 - a\nnot ok 2 - b\n# 1 != 2\n", 1, 1, 1, 0),
    ("several groups of cmocka add up", "1..1\nok 1 - a\n# ok - g\n1..1\nok 1 - b\n# ok - h\n", 0, 2, 0, 0),
    ("the plan may come last", "ok 1 - a\n1..1\n", 0, 1, 0, 0),
    ("a skip with its cause in the line", "1..1\nok 1 - a # SKIP no board\n", 0, 0, 0, 1),
    ("cmocka's skip with its cause a line before", "1..1\nno board\nnot ok 1 # SKIP a\n", 0, 0, 0, 1),
    ("a skip without a cause fails", "1..1\nnot ok 1 # SKIP a\n", 0, 0, 1, 0),
    ("a whole program may skip with a cause", "1..0 # skip no board\n", 0, 0, 0, 1),
    ("no plan fails", "ok 1 - a\n", 0, 1, 1, 0),
    ("silence fails", "", 0, 0, 1, 0),
    ("ending early fails", "1..3\nok 1 - a\n", 0, 1, 1, 0),
    ("dying after the last case fails", "1..1\nok 1 - a\n", -11, 1, 1, 0),
    ("an error code without a failed case fails", "1..1\nok 1 - a\n", 1, 1, 1, 0),
    ("running out of time fails", "1..2\nok 1 - a\n", "not done after 900 s", 1, 1, 0),
)


def problems(text, status, *wanted):
    program = runner.Program("p", [])
    runner.judge(program, text, status)
    got = len(program.passed), len(program.failed), len(program.skipped)
    return [] if got == wanted else [f"{got} (passed, failed, skipped), wanted {wanted}"]


for why, *row in OUTPUTS:
    tap.case(f"runner: {why}", problems(*row))
tap.done()
