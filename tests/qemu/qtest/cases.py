# SPDX-License-Identifier: MIT
# Copyright 2026 The rocket authors
"""Cases of a qtest program, printed as TAP.

Each case gets a machine of its own. It fails on an exception and on every report of the machine that it did
not take with Machine.reports().
"""

import os
import pathlib
import subprocess
import sys
import traceback

from machine import Machine

TOP = pathlib.Path(__file__).resolve().parents[3]


def qemu():
    """$QEMU, else the binary that tests/vm builds."""
    if os.environ.get("QEMU"):
        return os.environ["QEMU"]
    script = TOP / "tests/vm/qemu.sh"
    return subprocess.run([script], check=True, stdout=subprocess.PIPE, text=True).stdout.split()[-1]


class Failure(Exception):
    """What a check saw and what it wanted."""


def equal(value, wanted, what="value"):
    if value != wanted:
        shown = (f"{v:#x}" if isinstance(v, int) and not isinstance(v, bool) else repr(v) for v in (value, wanted))
        raise Failure("{} is {}, wanted {}".format(what, *shown))


def contains(lines, *wanted):
    """One report per wanted text, in order."""
    equal(len(lines), len(wanted), f"number of reports {lines}")
    for line, text in zip(lines, wanted):
        if text not in line:
            raise Failure(f"report '{line}', wanted '{text}'")


def run(cases):
    """cases: functions whose docstring is the name; attribute args: further QEMU arguments"""
    binary = qemu()
    failed = 0
    for number, case in enumerate(cases, 1):
        machine = Machine(binary, *getattr(case, "args", ()))
        try:
            case(machine)
            contains(machine.reports())
            verdict = "ok"
        except Failure as why:
            print(why)
            verdict = "not ok"
        except Exception:
            traceback.print_exc(file=sys.stdout)
            print(machine.errors())
            verdict = "not ok"
        finally:
            machine.close()
        failed += verdict != "ok"
        print(f"{verdict} {number} - {case.__doc__}", flush=True)
    print(f"1..{len(cases)}")
    sys.exit(1 if failed else 0)
