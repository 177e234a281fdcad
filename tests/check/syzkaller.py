#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# Copyright 2026 The rocket authors
"""The descriptions for syzkaller agree with the headers: every ioctl of the driver, each structure, each number.

usage: syzkaller.py [--write]

--write writes the file of constants. Known here is the part of syzkaller's language that our descriptions use, and the
numbers of arm64: ioctls and flags are the same on the compiler's own machine, system calls are those of asm-generic.
"""
import os
import re
import subprocess
import sys
import tempfile

import tap

TEXT = "tests/syzkaller/dev_rocket.txt"
CONST = TEXT + ".const"
UAPI = "uapi/drm/rocket_accel.h"
HEAD = "# Written by tests/check/syzkaller.py --write in the project of the driver.\narches = arm64\n"
# Whose numbers those of the file must be.
HEADERS = ("<asm-generic/unistd.h>", "<stddef.h>", "<fcntl.h>", "<linux/dma-buf.h>", "<linux/sync_file.h>", "<drm.h>",
           "<drm/rocket_accel.h>")
# Structures that have another name in the headers: other descriptions of syzkaller may know them under that.
STRUCTS = {"rocket_gem_close": "drm_gem_close", "rocket_prime_export": "drm_prime_handle",
           "rocket_prime_import": "drm_prime_handle", "rocket_dma_buf_sync": "dma_buf_sync",
           "rocket_export_sync_file": "dma_buf_export_sync_file", "rocket_import_sync_file": "dma_buf_import_sync_file",
           "rocket_sync_file_info": "sync_file_info",
           **{f"rocket_odd_{name}": f"drm_rocket_{name}" for name in ("job", "submit", "prep_bo", "fini_bo")}}
OWN = {"rocket_word": 8, "rocket_enable": 8, "rocket_value": 4, "rocket_stream": None}	# no header has them: bytes
REGCMD = "include/npu/regcmd.h"
PSEUDO = "syz_"				# begins the names of calls that syzkaller makes itself
SIZE = re.compile("(job|task)_struct_size")	# a field whose value is the size of a structure
HALF = "_high"				# a field of ours that is the upper half of the one before
FOREIGN_FLAGS = {"open_flags", "mmap_prot", "mmap_flags"}	# of sys/linux/sys.txt
INTS = {"int8": 1, "int16": 2, "int32": 4, "int64": 8, "intptr": 8, "fd": 4}
TEMPLATES = {"bytesize": (1, 2), "ptr": 2, "ptr64": 2, "array": (1, 2), "const": (1, 2), "flags": (1, 2), "len": (1, 2), "string": 1}
WORD = re.compile(r'\s*("[^"]*"|0x[0-9a-f]+|-?\d+|\w+|[\[\],:])')


class Description:
    def __init__(self, text):
        self.problems, self.used = [], set()
        self.resources, self.flags, self.structs, self.calls = {}, {}, {}, {}
        self.unions, self.packed = set(), set()
        self.types = []			# (where, type)
        struct = None
        for number, line in enumerate(text.splitlines(), 1):
            line = line.split("#", 1)[0].rstrip() if not re.search(r'".*#.*"', line) else line.rstrip()
            struct = self.line(f"{TEXT}:{number}", line, struct)

    def bad(self, where, what):
        self.problems.append(f"{where}: {what}")

    def parse(self, where, text):
        """A type as a tree: (name, [arguments])."""
        words, at = WORD.findall(text), 0
        if "".join(words) != re.sub(r"\s", "", text):
            self.bad(where, f"cannot be read: {text}")

        def one():
            nonlocal at
            name, args = words[at] if at < len(words) else "", []
            at += 1
            if at < len(words) and words[at] == ":":		# a range
                at += 2
            elif at < len(words) and words[at] == "[":
                while at < len(words) and words[at] in "[,":
                    at += 1
                    args.append(one())
                if at == len(words):
                    self.bad(where, f"a bracket is not closed: {text}")
                at += 1
            return name, args

        tree = one()
        if at < len(words):
            self.bad(where, f"more than a type: {text}")
        self.types.append((where, tree))
        return tree

    def line(self, where, line, struct):
        if struct is not None:
            field = re.fullmatch(r"\t(\w+)\t+([^\t(]+?)(?:\t\((in|out|inout)\))?", line)
            end = re.fullmatch(r"([}\]])( \[packed\])?", line)
            if end:
                if (end[1] == "]") != (struct in self.unions):
                    self.bad(where, f"{struct} ends like the other kind")
                self.packed.update({struct} if end[2] else ())
                return None
            if field:
                self.structs[struct].append((field[1], self.parse(where, field[2])))
            else:
                self.bad(where, f"no field: {line}")
            return struct
        if not line or re.fullmatch(r'meta arches\["arm64"\]|include <[\w/.-]+>', line):
            return None
        resource = re.fullmatch(r"resource (\w+)\[(\w+)\](?:: (.*))?", line)
        call = re.fullmatch(r"(\w+)\$(\w+)\((.*)\)(?: (\w+))?", line)
        flags = re.fullmatch(r"(\w+) = (.*)", line)
        begin = re.fullmatch(r"(\w+) ([{\[])", line)
        if resource:
            self.resources[resource[1]] = resource[2]
        elif call:
            args = re.findall(r"(\w+) ((?:[^,\[]|\[(?:[^\[\]]|\[(?:[^\[\]]|\[[^\]]*\])*\])*\])+)", call[3])
            self.calls[call[2]] = (call[1], [(name, self.parse(where, kind)) for name, kind in args], call[4], where)
            if not call[1].startswith(PSEUDO):
                self.used.add(f"__NR_{call[1]}")
        elif flags:
            values = flags[2].split(", ")
            self.flags[flags[1]] = values
            self.used.update(v for v in values if not v[0].isdigit())
        elif begin:
            self.structs[begin[1]] = []
            self.unions.update({begin[1]} if begin[2] == "[" else ())
            return begin[1]
        else:
            self.bad(where, f"cannot be read: {line}")
        return None

    def check_type(self, where, tree, fields=()):
        name, args = tree
        known = self.resources.keys() | self.structs.keys() | INTS.keys() | {"vma"}
        if name in TEMPLATES:
            wanted = TEMPLATES[name]
            if len(args) not in (wanted if isinstance(wanted, tuple) else (wanted,)):
                self.bad(where, f"{name} has {len(args)} arguments")
                return
            first = args[0][0]
            if name == "const" and not first[0].isdigit():
                self.used.add(first)
            if name == "flags" and first not in self.flags.keys() | FOREIGN_FLAGS:
                self.bad(where, f"no such flags: {first}")
            if name in ("ptr", "ptr64"):
                if first not in ("in", "out", "inout"):
                    self.bad(where, f"no direction: {first}")
                self.check_type(where, args[1])
            if name == "array":
                self.check_type(where, args[0])
        elif name not in known:
            self.bad(where, f"no such type: {name}")

    def size(self, tree):
        """Bytes, and alignment."""
        name, args = tree
        if name == "ptr64":
            return 8, 8
        if name == "array":
            bytes_, align = self.size(args[0])
            return bytes_ * int(args[1][0]), align
        if name in ("const", "flags", "len"):
            return self.size(args[1])
        while name in self.resources:
            name = self.resources[name]
        if name in INTS:
            return INTS[name], INTS[name]
        return self.layout(name)[1:]

    def layout(self, struct):
        at, align, fields = 0, 1, []
        for name, tree in self.structs[struct]:
            bytes_, mine = self.size(tree)
            mine = 1 if struct in self.packed else mine
            at = 0 if struct in self.unions else (at + mine - 1) // mine * mine
            if name.endswith(HALF):
                fields[-1] = (*fields[-1][:2], fields[-1][2] + bytes_)
            else:
                fields.append((name, at, bytes_))
            at, align = at + bytes_, max(align, mine)
        if struct in self.unions:
            at = max(bytes_ for _, _, bytes_ in fields)
        return fields, (at + align - 1) // align * align, align


def ask(expressions):
    """What the headers say: {expression: number}."""
    lines = [f"#include {h}" for h in HEADERS] + ["#include <stdio.h>", "int main(void)", "{"]
    lines += [f'printf("%llu\\n", (unsigned long long)({e}));' for e in expressions] + ["}"]
    with tempfile.TemporaryDirectory() as folder:
        cc = [os.environ.get("CC", "gcc"), "-w", "-Iuapi", "-I/usr/include/libdrm", "-xc", "-", "-o", f"{folder}/ask"]
        p = subprocess.run(cc, cwd=tap.ROOT, input="\n".join(lines), capture_output=True, text=True)
        if p.returncode:
            sys.exit(f"{TEXT}: the headers do not know all of it:\n{p.stderr[:2000]}")
        out = subprocess.run([f"{folder}/ask"], check=True, capture_output=True, text=True).stdout
    return dict(zip(expressions, map(int, out.split())))


def layouts(d):
    """Expressions that must have the values which the description has: (expression, value, where)."""
    for name in d.structs.keys() - OWN.keys():
        fields, bytes_, _ = d.layout(name)
        c = f"struct {STRUCTS.get(name, name)}"
        yield f"sizeof({c})", bytes_, name
        for field, at, field_bytes in fields:
            yield f"offsetof({c}, {field})", at, name
            yield f"sizeof((({c} *)0)->{field})", field_bytes, name
        for field, (kind, args) in d.structs[name]:
            if SIZE.fullmatch(field) and kind == "const":
                yield f"sizeof(struct drm_rocket_{SIZE.fullmatch(field)[1]})", int(args[0][0], 0), f"{name}.{field}"


def unused(d):
    seen = {d.resources.get(c[2], c[2]) for c in d.calls.values()} | {c[2] for c in d.calls.values()}
    reached = set()

    def visit(tree):
        reached.add(tree[0])
        for arg in tree[1]:
            visit(arg)

    for _, tree in d.types:
        visit(tree)
    for kind in (d.resources, d.flags, d.structs):
        for name in kind:
            if name not in reached | seen:
                yield f"{TEXT}: {name} is not used"


def words(d):
    """Command words are those of the NPU: their size, and the numbers of its blocks."""
    for name, bytes_ in OWN.items():
        if bytes_ and d.layout(name)[1] != bytes_:
            yield f"{TEXT}: {name} has {d.layout(name)[1]} bytes, not {bytes_}"
    text = tap.text(REGCMD)
    rows = [int(code, 16) for code in re.findall(r"^\tNPU_TARGET\(\w+, +(0x\w+), 0x\w+\)", text, re.MULTILINE)]
    bits = [1 << int(bit) for bit in re.findall(r"NPU_ENABLE_\w+ = 1 << (\d+)", text)]
    for name, wanted in (("rocket_targets", rows), ("rocket_enable_bits", bits)):
        if not wanted or [int(v, 0) for v in d.flags[name]] != wanted:
            yield f"{TEXT}: {name}: {REGCMD} has {', '.join(map(hex, wanted))}"


def ioctls(d, values):
    """Each ioctl of the driver is called under its own name, with its own structure and direction."""
    for name, direction, struct in re.findall(r"DRM_IOCTL_ROCKET_(\w+) \\\n\tDRM_(IO\w+)\(.*, struct (\w+)\)", tap.text(UAPI)):
        call = d.calls.get(f"ROCKET_{name}")
        wanted = [("fd", ("fd_rocket", [])), ("cmd", ("const", [(f"DRM_IOCTL_ROCKET_{name}", [])])),
                  ("arg", ("ptr", [("inout" if direction == "IOWR" else "in", []), (struct, [])]))]
        if not call:
            yield f"{TEXT}: DRM_IOCTL_ROCKET_{name} is missing"
        elif call[0] != "ioctl" or call[1] != wanted:
            yield f"{call[3]}: the header wants {wanted}"
    for name, value in values.items():
        if name.startswith("DRM_IOCTL_ROCKET_") and name not in tap.text(UAPI):
            yield f"{TEXT}: {name} = {value} is none of {UAPI}"


d = Description(tap.text(TEXT))
for where_, tree_ in d.types:
    d.check_type(where_, tree_)
values_ = ask(sorted(d.used))
made = HEAD + "".join(f"{name} = {values_[name]}\n" for name in sorted(d.used))
if "--write" in sys.argv:
    (tap.ROOT / CONST).write_text(made, encoding="utf-8")
tap.case("syzkaller: the description can be read, and all it names is there", [*d.problems, *unused(d)])
tap.case("syzkaller: each ioctl of the driver is called as the header says", ioctls(d, values_))
tap.case("syzkaller: command words are those of the NPU", words(d))
expected = list(layouts(d))
said_ = ask([e for e, _, _ in expected])
tap.case("syzkaller: structures are those of the headers",
         (f"{TEXT}: {name}: {e} is {said_[e]}, not {value}" for e, value, name in expected if said_[e] != value))
tap.case("syzkaller: numbers are those of the headers; tests/check/syzkaller.py --write writes them",
         [f"{CONST}: differs"] if not (tap.ROOT / CONST).exists() or tap.text(CONST) != made else [])
tap.done()
