#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# Copyright 2026 The rocket authors
"""Compare mini-igt with what igt 2.5 does: lines and exit codes of conformance.c, as TAP.

usage: conformance.py PROGRAM
"""
import os
import re
import subprocess
import sys

PROGRAM = sys.argv[1]
ALL = ["passes", "assert-in-thread", "assert-in-child", "child-killed", "skip-in-child", "helper", "alarm", "warns",
       "requires", "dynamic-empty", "dynamic-mixed", "dynamic-assert", "in-failed-group", "after-failed-group", "aborts",
       "crashes"]

# subtest, result line or None, exit code of a shell, what the output must contain
ALONE = (
    ("passes", "SUCCESS", 0, ""),
    ("assert-in-thread", "FAIL", 98, "Failed assertion: !arg"),
    ("assert-in-child", "FAIL", 98, "child 1 failed with exit status 98"),
    ("child-killed", "FAIL", 137, "child 0 died with signal 9"),
    ("skip-in-child", "FAIL", 134, ""),
    ("helper", "SUCCESS", 0, ""),
    ("alarm", "FAIL", 98, "Timed out: sleeping"),
    ("warns", "SUCCESS", 0, "WARNING: this is a warning"),
    ("requires", "SKIP", 77, "Test requirement: false"),
    ("dynamic-empty", "SKIP", 77, ""),
    ("dynamic-mixed", "SUCCESS", 0, "Dynamic subtest skips: SKIP"),
    ("dynamic-assert", None, 134, "Received signal SIGABRT"),
    ("in-failed-group", "FAIL", 98, "Failed assertion: !getenv"),
    ("after-failed-group", "SUCCESS", 98, ""),
    ("aborts", None, 112, "abort condition: true"),
    ("crashes", "CRASH", 139, "Received signal SIGSEGV"),
    ("no-such-subtest", None, 79, "Unknown subtest: no-such-subtest"),
)
count = failed = 0


def run(*args, **env):
    p = subprocess.run([PROGRAM, *args], capture_output=True, text=True, env={**os.environ, **env}, timeout=60)
    # A shell adds 128 to the number of a signal.
    return (128 - p.returncode if p.returncode < 0 else p.returncode), p.stdout + p.stderr


def case(name, problems):
    global count, failed
    count += 1
    for p in problems:
        print(p)
    failed += bool(problems)
    print(f"{'not ' if problems else ''}ok {count} - mini-igt: {name}")


def results(out):
    return dict(re.findall(r"^Subtest ([\w-]+): (\w+)(?: \(\d+\.\d{3}s\))?$", out, re.MULTILINE))


def differ(what, got, wanted):
    return [] if got == wanted else [f"{what} is {got!r}, wanted {wanted!r}"]


for name, line, code, contained in ALONE:
    status, out = run("--run-subtest", name, **({"CONFORMANCE_FIXTURE": "1"} if "failed-group" in name else {}))
    problems = differ("exit code", status, code) + differ("result", results(out).get(name), line)
    if contained not in out:
        problems += [f"output lacks {contained!r}: {out}"]
    case(f"{name} ends with {line or 'no result'} and exit code {code}", problems)

together = [n for n in ALL if n not in ("dynamic-assert", "aborts")]
status, out = run("--run-subtest", "*,!dynamic-assert,!aborts")
case("all together give the same results",
     differ("results", results(out), {**{n: line for n, line, *_ in ALONE if n in together}, "in-failed-group": "SUCCESS"})
     + differ("exit code", status, 98))

status, out = run("--list-subtests")
case("the list is complete and needs nothing else",
     differ("exit code", status, 0) + differ("list", out.split(), ALL))
status, out = run("--show-testlist")
case("the test list has full names", differ("names", out.split(), [f"igt@{os.path.basename(PROGRAM)}@{n}" for n in ALL]))
status, out = run("--describe=passes")
case("descriptions are printed", differ("found", "Ends as it should" in out and "SUB passes" in out, True))
status, out = run("--describe")
case("a program says what it is for", differ("found", out.startswith("Subtests with every possible end"), True))
status, out = run("--help-description")
case("--help-description prints it alone", differ("lines", len(out.splitlines()), 1))
case("an unknown option ends with 79", differ("exit code", run("--no-such-option")[0], 79))
case("--help ends with 0", differ("exit code", run("--help")[0], 0))
status, out = run("--run-subtest", "re*,passes,!pass*")
case("patterns: the last one decides", differ("results", list(results(out)), ["requires"]))
status, out = run("--run-subtest", "dynamic-mixed", "--dynamic-subtest", "skips")
case("dynamic subtests can be chosen", differ("exit code", status, 77))
status, out = run("--run-subtest", "passes", IGT_SRANDOM="7")
case("the seed is printed and can be given", differ("found", "Using IGT_SRANDOM=7 for randomisation" in out, True))
status, out = run("--run-subtest", "crashes,helper,after-failed-group")
case("a subtest after a crash runs", differ("results", results(out), {"helper": "SUCCESS", "after-failed-group": "SUCCESS",
                                                                       "crashes": "CRASH"}))
print(f"1..{count}")
sys.exit(1 if failed else 0)
