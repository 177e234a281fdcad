#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# Copyright 2026 The rocket authors
"""Take one file out of a Qt resource file (.rcc).

usage: rcc.py FILE.rcc PATH     writes the bytes of the first entry whose path ends in PATH to standard output

Layout (big endian): "qres", version, offsets of tree, data and names, from version 3 on flags. A tree node is name offset
(4), flags (2), then for a folder number and first index of children (4 + 4), for a file locale and data offset
(4 + 4); from version 2 on a time (8) follows. Names: length (2), hash (4), UTF-16. Data: length (4), bytes.
"""
import struct
import sys
import zlib

COMPRESSED, FOLDER, ZSTD = 1, 2, 4


def names(rcc, tree, nodes, at):
    version = struct.unpack_from(">I", rcc, 4)[0]
    node_bytes = 22 if version >= 2 else 14

    def walk(index, prefix):
        name, flags, a, b = struct.unpack_from(">IHII", rcc, tree + index * node_bytes)
        length = struct.unpack_from(">H", rcc, nodes + name)[0] if index else 0
        path = prefix + "/" + rcc[nodes + name + 6:nodes + name + 6 + 2 * length].decode("utf-16-be") if index else ""
        if flags & FOLDER:
            for child in range(b, b + a):
                yield from walk(child, path)
        else:
            yield path, flags, at + b

    yield from walk(0, "")


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    with open(sys.argv[1], "rb") as f:
        rcc = f.read()
    if rcc[:4] != b"qres":
        sys.exit(f"{sys.argv[1]}: no Qt resource file")
    tree, data, name_table = struct.unpack_from(">III", rcc, 8)
    for path, flags, offset in names(rcc, tree, name_table, data):
        if not path.endswith("/" + sys.argv[2]):
            continue
        if flags & ZSTD:
            sys.exit(f"{path} is compressed with zstd, which Python's library cannot read")
        length = struct.unpack_from(">I", rcc, offset)[0]
        content = rcc[offset + 4:offset + 4 + length]
        sys.stdout.buffer.write(zlib.decompress(content[4:]) if flags & COMPRESSED else content)
        return
    sys.exit(f"{sys.argv[1]}: nothing in it is called {sys.argv[2]}")


if __name__ == "__main__":
    main()
