# SPDX-License-Identifier: MIT
# Copyright 2026 The rocket authors
"""What the form checks share: the files of the project, and results as TAP (run-tests.py counts them)."""
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
# Written by a generator or reviewed as a generator's output; the rules for hand-written code do not bind them.
GENERATED = {"include/npu/rocket_regs.h", "include/npu/rocket_regs_table.h", "drivers/accel/rocket/rocket_regs.h",
             "Documentation/npu/registers.rst", "Documentation/userspace/operators.rst"}

_failed = 0
_cases = 0


def files(*suffixes, under=("",)):
    """Paths relative to the top, of files git knows or would add, below the folders and with the suffixes (or names)."""
    out = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, check=True, capture_output=True,
                         text=True)
    for name in sorted(set(out.stdout.splitlines())):
        if name.endswith(suffixes or "") and name.startswith(tuple(under)) and (ROOT / name).is_file():
            yield name


def text(name):
    return (ROOT / name).read_text(encoding="utf-8")


def case(name, problems):
    """One test case; every problem is a line of text."""
    global _failed, _cases
    _cases += 1
    problems = list(problems)
    for p in problems:
        print(p)
    _failed += bool(problems)
    print(f"{'not ' if problems else ''}ok {_cases} - {name}")


def skip(name, cause):
    global _cases
    _cases += 1
    print(f"ok {_cases} - {name} # SKIP {cause}")


def done():
    print(f"1..{_cases}")
    sys.exit(1 if _failed else 0)
