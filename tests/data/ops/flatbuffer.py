# SPDX-License-Identifier: MIT
# Copyright 2026 The rocket authors
"""Write .tflite files of one operator, and FlexBuffers for custom options: as much of both formats as the cases need.

A flatbuffer is written front to back: a table first, then what its offsets point to.
"""
import struct

TYPES = {"float32": 0, "int32": 2, "uint8": 3, "int64": 4, "int16": 7, "int8": 9}	# TensorType
FORMATS = {"i8": "<b", "u8": "<B", "i32": "<i", "u32": "<I", "f32": "<f", "i64": "<q"}


class Writer:
    """Bytes that grow; a child is a function that writes itself and returns where it begins."""

    def __init__(self):
        self.data = bytearray()

    def align(self, step, ahead=0):
        self.data += bytes(-(len(self.data) + ahead) % step)

    def link(self, place, target):
        struct.pack_into("<I", self.data, place, target - place)

    def table(self, fields):
        """fields: {id: (format, number) or ("child", function)}"""
        count = max(fields, default=-1) + 1
        offsets, at, body = [0] * count, 4, {}
        for number, (kind, _) in sorted(fields.items()):
            offsets[number] = at
            body[number] = at
            at += 4		# one slot each; no table here has a field of 8 bytes
        self.align(4)
        vtable = len(self.data)
        self.data += struct.pack(f"<HH{count}H", 4 + 2 * count, at, *offsets)
        self.align(4)
        start = len(self.data)
        self.data += struct.pack("<i", start - vtable) + bytes(at - 4)
        for number, (kind, value) in sorted(fields.items()):
            if kind != "child":
                struct.pack_into(FORMATS[kind], self.data, start + body[number], value)
        for number, (kind, value) in sorted(fields.items()):
            if kind == "child":
                self.link(start + body[number], value(self))
        return start


def table(fields):
    return lambda w: w.table(fields)


def vector(kind, values):
    def write(w):
        size = struct.calcsize(FORMATS[kind])
        w.align(max(size, 4), 4)
        start = len(w.data)
        w.data += struct.pack("<I", len(values)) + b"".join(struct.pack(FORMATS[kind], v) for v in values)
        return start
    return write


def blob(data):
    def write(w):
        w.align(16, 4)
        start = len(w.data)
        w.data += struct.pack("<I", len(data)) + data
        return start
    return write


def string(text):
    def write(w):
        start = blob(text.encode())(w)
        w.data += b"\0"
        return start
    return write


def tables(children):
    def write(w):
        w.align(4)
        start = len(w.data)
        w.data += struct.pack("<I", len(children)) + bytes(4 * len(children))
        for i, child in enumerate(children):
            w.link(start + 4 + 4 * i, child(w))
        return start
    return write


def tensor(t, name, buffer):
    fields = {0: ("child", vector("i32", t["shape"])), 1: ("i8", TYPES[t["type"]]), 2: ("u32", buffer),
              3: ("child", string(name))}
    if "scale" in t:
        scales = t["scale"] if isinstance(t["scale"], list) else [t["scale"]]
        fields[4] = ("child", table({2: ("child", vector("f32", scales)),
                                     3: ("child", vector("i64", [t["zero"]] * len(scales))),
                                     6: ("i32", t.get("axis", 0))}))
    return table(fields)


def model(code, inputs, outputs, options=None, version=1, custom=None, custom_options=None):
    """options: (type in BuiltinOptions, fields of the table)"""
    all_tensors = inputs + outputs
    buffers, numbers = [table({})], []
    for t in all_tensors:
        numbers.append(len(buffers) if "data" in t else 0)
        if "data" in t:
            buffers.append(table({0: ("child", blob(t["data"]))}))
    op = {0: ("u32", 0), 1: ("child", vector("i32", range(len(inputs)))),
          2: ("child", vector("i32", range(len(inputs), len(all_tensors))))}
    if options:
        op |= {3: ("u8", options[0]), 4: ("child", table(options[1]))}
    if custom_options:
        op[5] = ("child", blob(custom_options))
    opcode = {0: ("i8", min(code, 127)), 2: ("i32", version), 3: ("i32", code)}
    if custom:
        opcode[1] = ("child", string(custom))
    subgraph = {0: ("child", tables([tensor(t, f"t{i}", n) for i, (t, n) in enumerate(zip(all_tensors, numbers))])),
                1: ("child", vector("i32", [i for i, t in enumerate(inputs) if "data" not in t])),
                2: ("child", vector("i32", range(len(inputs), len(all_tensors)))),
                3: ("child", tables([table(op)]))}
    w = Writer()
    w.data += bytes(4) + b"TFL3"
    w.link(0, w.table({0: ("u32", 3), 1: ("child", tables([table(opcode)])), 2: ("child", tables([table(subgraph)])),
                       3: ("child", string("one operator")), 4: ("child", tables(buffers))}))
    return bytes(w.data)


def flex_map(numbers):
    """A FlexBuffer of a map of numbers, all words of four bytes."""
    out, keys = bytearray(), {}
    for key in sorted(numbers):
        keys[key] = len(out)
        out += key.encode() + b"\0"
    out += bytes(-len(out) % 4)
    out += struct.pack("<I", len(keys))
    key_vector = len(out)
    for key in sorted(keys):
        out += struct.pack("<I", len(out) - keys[key])
    out += struct.pack("<III", len(out) - key_vector, 4, len(keys))
    values = len(out)
    for key in sorted(numbers):
        v = numbers[key]
        out += struct.pack("<f" if isinstance(v, float) else "<i", v)
    for key in sorted(numbers):
        v = numbers[key]
        out.append((26 if isinstance(v, bool) else 3 if isinstance(v, float) else 1) << 2 | 2)
    out += struct.pack("<IBB", len(out) - values, 9 << 2 | 2, 4)
    return bytes(out)
