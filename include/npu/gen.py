#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only OR MIT
# Copyright 2026 The rocket authors
"""Generate everything that is derived from the register description.

Reads rk3588-npu.xml, rejects descriptions that cannot be right (overlaps, bits outside a register, unknown enums, missing
sources ...) and writes, without dates or paths:

  include/npu/rocket_regs.h           offsets, masks, enums (FIELD_GET / FIELD_PREP compatible)
  include/npu/rocket_regs_table.h     X-macro rows: NPU_BLOCK, NPU_REG, NPU_FIELD
  Documentation/npu/registers.rst     the same for readers

usage: gen.py [--check] [--xml FILE]   --check compares with the files on disk and writes nothing
"""
import pathlib
import re
import sys
import xml.etree.ElementTree as ET

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
BLOCK_BYTES = 0x1000
ACCESS = ("rw", "ro", "w1c")
CONFIDENCE = ("high", "medium", "low")
NAME = re.compile(r"^[A-Z][A-Z0-9_]*$")
VALUE_NAME = re.compile(r"^[A-Z0-9][A-Z0-9_]*$")


class Nonsense(Exception):
    """The description contradicts itself; the text says where."""


def need(ok, where, why):
    if not ok:
        raise Nonsense(f"{where}: {why}")


def number(elem, attr, where):
    text = elem.get(attr)
    need(text is not None, where, f"attribute {attr} is missing")
    try:
        return int(text, 0)
    except ValueError:
        raise Nonsense(f"{where}: {attr}={text!r} is no number") from None


def read_enums(root):
    enums = {}
    for e in root.findall("enum"):
        name = e.get("name", "")
        where = f"enum {name}"
        need(NAME.match(name), where, "bad name")
        need(name not in enums, where, "defined twice")
        values = [(v.get("name", ""), number(v, "value", where)) for v in e.findall("value")]
        need(values, where, "has no values")
        need(len({n for n, _ in values}) == len(values), where, "value name used twice")
        need(len({v for _, v in values}) == len(values), where, "value used twice")
        for n, _ in values:
            need(VALUE_NAME.match(n), where, f"bad value name {n!r}")
        enums[name] = values
    return enums


def read_field(f, reg, enums, where):
    name = f.get("name", "")
    where = f"{where}.{name}"
    high, low = number(f, "high", where), number(f, "low", where)
    need(NAME.match(name), where, "bad name")
    need(31 >= high >= low >= 0, where, f"bits {high}:{low} are not inside 31:0")
    need(f.get("doc"), where, "doc is missing")
    access = f.get("access", reg["access"])
    need(access in ACCESS, where, f"access {access!r} is not one of {ACCESS}")
    enum = f.get("enum")
    need(enum is None or enum in enums, where, f"enum {enum} does not exist")
    mask = ((1 << (high - low + 1)) - 1) << low
    for n, v in enums.get(enum, ()):
        need(v <= mask >> low, where, f"{enum}.{n} = {v} does not fit bits {high}:{low}")
    return {"name": name, "high": high, "low": low, "mask": mask, "access": access, "enum": enum,
            "doc": f.get("doc"), "source": f.get("source", reg["source"]),
            "confidence": f.get("confidence", reg["confidence"])}


def read_reg(r, block, enums):
    name = r.get("name", "")
    where = f"{block['name']}.{name}"
    reg = {"name": name, "offset": number(r, "offset", where), "reset": number(r, "reset", where),
           "access": r.get("access"), "source": r.get("source"), "confidence": r.get("confidence")}
    need(NAME.match(name), where, "bad name")
    need(reg["offset"] % 4 == 0, where, "offset is not a multiple of 4")
    need(block["base"] <= reg["offset"] < block["base"] + BLOCK_BYTES, where, "offset lies outside its block")
    need(reg["access"] in ACCESS, where, f"access {reg['access']!r} is not one of {ACCESS}")
    need(reg["source"], where, "source is missing")
    need(reg["confidence"] in CONFIDENCE, where, f"confidence is not one of {CONFIDENCE}")
    reg["fields"] = [read_field(f, reg, enums, where) for f in r.findall("field")]
    need(reg["fields"], where, "has no fields")
    used, names = 0, set()
    for f in reg["fields"]:
        need(f["name"] not in names, where, f"field {f['name']} twice")
        need(not used & f["mask"], where, f"field {f['name']} overlaps another")
        names.add(f["name"])
        used |= f["mask"]
    reg["mask"] = used
    need(reg["reset"] <= 0xffffffff, where, "reset value is wider than 32 bits")
    return reg


def read(path):
    root = ET.parse(path).getroot()
    enums = read_enums(root)
    blocks, offsets, bases = [], {}, set()
    for b in root.findall("block"):
        block = {"name": b.get("name", ""), "doc": b.get("doc")}
        where = f"block {block['name']}"
        need(NAME.match(block["name"]), where, "bad name")
        need(block["doc"], where, "doc is missing")
        block["base"] = number(b, "base", where)
        need(block["base"] % BLOCK_BYTES == 0, where, "base is not 4 KiB aligned")
        need(block["base"] not in bases, where, "base used twice")
        bases.add(block["base"])
        block["regs"] = [read_reg(r, block, enums) for r in b.findall("reg")]
        last = -1
        for r in block["regs"]:
            need(r["offset"] not in offsets, f"{block['name']}.{r['name']}",
                 f"offset 0x{r['offset']:04x} also belongs to {offsets.get(r['offset'])}")
            need(r["offset"] > last, f"{block['name']}.{r['name']}", "registers are not in rising order")
            last = r["offset"]
            offsets[r["offset"]] = f"{block['name']}.{r['name']}"
        blocks.append(block)
    need(blocks, path.name, "no block")
    return root.get("prefix", ""), enums, blocks


def banner():
    return ["/* SPDX-License-Identifier: GPL-2.0-only OR MIT */",
            "/* Copyright 2026 The rocket authors */",
            "/* Generated by gen.py from rk3588-npu.xml; do not edit. */"]


def define(name, value, seen):
    need(name not in seen, name, "two definitions get this name")
    seen.add(name)
    return f"#define {name:<63} {value}"


def header(prefix, enums, blocks):
    seen = set()
    out = banner()
    out += ["", "#ifndef ROCKET_REGS_H", "#define ROCKET_REGS_H", ""]
    for name, values in enums.items():
        out += [define(f"{prefix}_{name}_{n}", v, seen) for n, v in values] + [""]
    for b in blocks:
        out += [f"/* {b['name']}: {b['doc']} */"]
        for r in b["regs"]:
            reg = f"{prefix}_{b['name']}_{r['name']}"
            out.append(define(reg, f"0x{r['offset']:04x}", seen))
            out += [define(f"{reg}_{f['name']}", f"0x{f['mask']:08x}U", seen) for f in r["fields"]]
        out.append("")
    return "\n".join(out + ["#endif /* ROCKET_REGS_H */", ""])


TABLE_HEAD = """
/*
 * Rows for tables; define the macros you need before including, the others expand to nothing.
 *
 * NPU_ENUM(enum, name, value)
 * NPU_BLOCK(block, base)
 * NPU_REG(block, name, offset, access, reset, mask)    mask: the bits that some field names
 * NPU_FIELD(block, reg, name, high, low, access, enum) follow the NPU_REG row of their register;
 *                                                      enum NONE is a plain number
 */
#ifndef NPU_ENUM
#define NPU_ENUM(enumeration, name, value)
#endif
#ifndef NPU_BLOCK
#define NPU_BLOCK(block, base)
#endif
#ifndef NPU_REG
#define NPU_REG(block, name, offset, access, reset, mask)
#endif
#ifndef NPU_FIELD
#define NPU_FIELD(block, reg, name, high, low, access, enumeration)
#endif
"""


def table(enums, blocks):
    out = banner() + [TABLE_HEAD]
    for name, values in enums.items():
        out += [f"NPU_ENUM({name}, {n}, {v})" for n, v in values]
    for b in blocks:
        out.append(f"NPU_BLOCK({b['name']}, 0x{b['base']:04x})")
        for r in b["regs"]:
            out.append(f"NPU_REG({b['name']}, {r['name']}, 0x{r['offset']:04x}, {r['access'].upper()}, "
                       f"0x{r['reset']:x}U, 0x{r['mask']:08x}U)")
            out += [f"NPU_FIELD({b['name']}, {r['name']}, {f['name']}, {f['high']}, {f['low']}, "
                    f"{f['access'].upper()}, {f['enum'] or 'NONE'})" for f in r["fields"]]
    out += ["", "#undef NPU_ENUM", "#undef NPU_BLOCK", "#undef NPU_REG", "#undef NPU_FIELD", ""]
    return "\n".join(out)


def rst(enums, blocks):
    out = [".. SPDX-License-Identifier: GPL-2.0-only OR MIT",
           ".. Generated by include/npu/gen.py; do not edit.", "",
           "==================", "Register reference", "==================", ""]
    out += ["Offsets count from the base of a core. Bits that no row names are reserved: written 0, read 0.",
            "Where source and confidence of a field differ from those of its register, the row says so.", ""]
    for name, values in enums.items():
        out += [f"{name}: " + ", ".join(f"{v} {n}" for n, v in values) + ".", ""]
    for b in blocks:
        title = f"{b['name']} (0x{b['base']:04x}): {b['doc']}"
        out += [title, "=" * len(title), ""]
        for r in b["regs"]:
            title = f"0x{r['offset']:04x} {r['name']}"
            out += [title, "-" * len(title), "",
                    f"{r['access']}, reset 0x{r['reset']:x}; source: {r['source']}; confidence: {r['confidence']}", ""]
            for f in r["fields"]:
                bits = f"{f['high']}" if f["high"] == f["low"] else f"{f['high']}:{f['low']}"
                acc = "" if f["access"] == r["access"] else f" ({f['access']})"
                src = "" if (f["source"], f["confidence"]) == (r["source"], r["confidence"]) else \
                    f" [{f['source']}, {f['confidence']}]"
                out.append(f"- ``{bits}`` **{f['name']}**{acc}: {f['doc']}{src}")
            out.append("")
    return "\n".join(out)


def main(argv):
    xml = HERE / "rk3588-npu.xml"
    if "--xml" in argv:
        xml = pathlib.Path(argv[argv.index("--xml") + 1])
    try:
        prefix, enums, blocks = read(xml)
        files = {HERE / "rocket_regs.h": header(prefix, enums, blocks),
                 HERE / "rocket_regs_table.h": table(enums, blocks),
                 ROOT / "Documentation/npu/registers.rst": rst(enums, blocks)}
    except (Nonsense, ET.ParseError, OSError) as err:
        print(f"gen.py: {err}", file=sys.stderr)
        return 1
    if "--check" in argv:
        stale = [p for p, text in files.items() if not p.exists() or p.read_text() != text]
        for p in stale:
            print(f"gen.py: {p.relative_to(ROOT)} is stale: run `make gen` and commit it", file=sys.stderr)
        return 1 if stale else 0
    for p, text in files.items():
        p.parent.mkdir(parents=True, exist_ok=True)
        p.write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
