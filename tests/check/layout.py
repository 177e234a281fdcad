#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# Copyright 2026 The rocket authors
"""The interface has the same layout for 32-bit and 64-bit callers, and the one it always had.

The table below is the interface: sizes, offsets, numbers of ioctls. Compilers for four kinds of callers assert it; on i386
64-bit integers in structures are aligned to 4 bytes. Headers of the kernel are those of this machine, as far as the
interface needs them (__u32, __u64 and the encoding of ioctls) they are the same for all four. Promises: abi.layout,
abi.callers. Unproved: a call of a 32-bit program, since the emulated machine's kernel runs none; nothing in these
structures would need a translation.
"""
import os
import re
import shutil
import subprocess

import tap

UAPI = "uapi/drm/rocket_accel.h"
COMPILER = os.environ.get("CLANG", "clang")		# one that compiles for all
CALLERS = ("x86_64-linux-gnu", "aarch64-linux-gnu", "i386-linux-gnu", "armv7-linux-gnueabihf")
NATIVE = {"x86_64-linux-gnu": [], "i386-linux-gnu": ["-m32"]}		# what gcc on x86 does
# struct: size, then (field, offset, bytes)
LAYOUT = {
    "create_bo": (24, ("size", 0, 4), ("handle", 4, 4), ("dma_address", 8, 8), ("offset", 16, 8)),
    "prep_bo": (16, ("handle", 0, 4), ("reserved", 4, 4), ("timeout_ns", 8, 8)),
    "fini_bo": (8, ("handle", 0, 4), ("reserved", 4, 4)),
    "task": (8, ("regcmd", 0, 4), ("regcmd_count", 4, 4)),
    "job": (40, ("tasks", 0, 8), ("in_bo_handles", 8, 8), ("out_bo_handles", 16, 8), ("task_count", 24, 4),
            ("task_struct_size", 28, 4), ("in_bo_handle_count", 32, 4), ("out_bo_handle_count", 36, 4)),
    "submit": (24, ("jobs", 0, 8), ("job_count", 8, 4), ("job_struct_size", 12, 4), ("reserved", 16, 8)),
}
IOCTLS = {"CREATE_BO": 0xc0186440, "SUBMIT": 0x40186441, "PREP_BO": 0x40106442, "FINI_BO": 0x40086443}


def assertions():
    yield "#include <stddef.h>"
    yield "#include <drm/rocket_accel.h>"
    for name, (size, *fields) in LAYOUT.items():
        struct = f"struct drm_rocket_{name}"
        yield f'_Static_assert(sizeof({struct}) == {size}, "size of {name}");'
        for field, at, length in fields:
            yield f'_Static_assert(offsetof({struct}, {field}) == {at}, "place of {name}.{field}");'
            yield f'_Static_assert(sizeof((({struct} *)0)->{field}) == {length}, "size of {name}.{field}");'
    for name, number in IOCTLS.items():
        yield f'_Static_assert(DRM_IOCTL_ROCKET_{name} == {number}u, "number of {name}");'


def compile_for(caller):
    """Lines of what a compiler says; None when there is none for this caller."""
    host = subprocess.run(["gcc", "-print-multiarch"], capture_output=True, text=True).stdout.strip()
    if shutil.which(COMPILER):
        command = [COMPILER, f"--target={caller}", "-nostdlibinc"]
    elif host == "x86_64-linux-gnu" and caller in NATIVE:
        command = ["gcc", *NATIVE[caller]]
    else:
        return None
    command += ["-isystem", f"/usr/include/{host}", "-isystem", "/usr/include", "-isystem", "/usr/include/libdrm", "-Iuapi",
                "-std=c11", "-Wall", "-Wpadded", "-Werror", "-fsyntax-only", "-xc", "-"]
    p = subprocess.run(command, cwd=tap.ROOT, input="\n".join(assertions()), capture_output=True, text=True)
    return p.stderr.splitlines()[:20]


def members():
    """struct.field of the header that the table does not have, and the other way round."""
    found = set()
    for name, body in re.findall(r"^struct drm_rocket_(\w+) \{(.*?)^\};", tap.text(UAPI), re.DOTALL | re.MULTILINE):
        found |= {f"{name}.{field}" for field in re.findall(r"^\t__\w+ (\w+);", body, re.MULTILINE)}
    table = {f"{name}.{field[0]}" for name, (_, *fields) in LAYOUT.items() for field in fields}
    yield from (f"{UAPI}: {name} is in one of the header and the table of layout.py only" for name in sorted(found ^ table))


tap.case("layout: the table has all structures and fields of the interface", members())
for caller_ in CALLERS:
    said = compile_for(caller_)
    if said is None:
        print(f"no compiler for {caller_}: install clang")
        tap.skip(f"layout: for callers on {caller_}", "no compiler")
    else:
        tap.case(f"layout: for callers on {caller_}", said)
tap.done()
