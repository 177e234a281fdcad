#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# Copyright 2026 The rocket authors
"""Write operators.rst from the table the compiler decides by.

usage: operators.py [--check]     --check compares with the file on disk and writes nothing; prints TAP
"""
import pathlib
import re
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
PAGE = HERE / "operators.rst"
ROW = re.compile(r'^(NPU_OP|FOLD_OP|HOST_OP)\((\w+),\s*(?:(\w+),\s*)?((?:"[^"]*"\s*,?\s*)+)\)', re.MULTILINE)
LIMITS = (("in_size", "rows of an image in one task, pixels of a row"), ("in_channels", "input channels"),
          ("kernel_size", "rows and columns of a window"), ("stride", "stride"), ("dilation", "dilation"),
          ("pad", "padding on the left and on top"))
REASON_FILES = "lower*.c", "flow.c", "tile.c", "requant.c", "bias.c", "fuse.c"	# every text in these is a reason
TEXT = re.compile(r'"(?:[^"\\]|\\.)*"(?:\s*"(?:[^"\\]|\\.)*")*')
TOP = """.. SPDX-License-Identifier: MIT
.. Made by operators.py from userspace/compiler/caps.def and include/npu/limits.h; do not edit.

=========
Operators
=========

What runs where. ``rocket-cc MODEL`` says for each operator of a model what became of it, with the reason when it stays on the
CPU. The CPU computes everything here with the reference implementation; an operator that neither side knows ends the
compilation with its number, name and reason.

On the NPU
==========

"""
LIMITS_TOP = """
Limits
======

Larger tensors are split into tasks by rows and by output channels; what a single task cannot express stays on the CPU:

"""
MORE = """
Beyond these, one row of windows and one group of 32 (at least 16) kernels must fit the 384 KiB of the convolution buffer
together, sums must fit 32 bits, and the multiplier (input scale times weight scale over output scale) must lie between
2^-32 and 32767. RELU and RELU6 are free where saturation does them, else they are clamps of the accumulator; a multiplier
above 1 can step over RELU6's bound and is refused then.

On the CPU
==========

"""
REASONS_TOP = """
Reasons
=======

What ``rocket-cc --explain`` may say of an operator that the NPU could run in another form:

"""


def table(head, rows):
    widths = [max(len(r[i]) for r in [head, *rows]) for i in range(len(head))]
    rule = "  ".join("=" * w for w in widths)
    line = lambda r: "  ".join(c.ljust(w) for c, w in zip(r, widths)).rstrip()
    return "\n".join([rule, line(head), rule, *map(line, rows), rule, ""])


def entries():
    for kind, name, _, strings in ROW.findall((ROOT / "userspace/compiler/caps.def").read_text()):
        yield kind, name, re.findall(r'"([^"]*)"', strings)


def reasons():
    """Texts of the compiler, in the order of the files; each once."""
    seen = {}
    for pattern in REASON_FILES:
        for path in sorted((ROOT / "userspace/compiler").glob(pattern)):
            source = re.sub(r"^#[^\n]*$|/\*.*?\*/", "", path.read_text(), flags=re.MULTILINE | re.DOTALL)
            for match in TEXT.finditer(source):
                seen["".join(re.findall(r'"((?:[^"\\]|\\.)*)"', match.group(0)))] = True
    return [text for text in seen if text != "out of memory"]


def page():
    limits = dict(re.findall(r"\.(\w+) = (\d+),", (ROOT / "include/npu/limits.h").read_text()))
    rows = list(entries())
    npu = [(n, *s) for k, n, s in rows if k != "HOST_OP"]
    cpu = [(n, *s) for k, n, s in rows if k == "HOST_OP"]
    out = TOP
    for name, how, when in npu:
        out += f"**{name}**\n   {how}.\n   Asks for: {when}.\n\n"
    out = out.rstrip("\n") + "\n" + LIMITS_TOP + table(("quantity", "at most"), [(w, limits[n]) for n, w in LIMITS])
    out += MORE + table(("operator", "reason"), cpu)
    return out + REASONS_TOP + "".join(f"- {text}\n" for text in reasons())


def main():
    text = page()
    if sys.argv[1:] == ["--check"]:
        fresh = PAGE.is_file() and PAGE.read_text() == text
        print(f"1..1\n{'ok' if fresh else 'not ok'} 1 - operators.rst says what caps.def says")
        return 0 if fresh else 1
    PAGE.write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
