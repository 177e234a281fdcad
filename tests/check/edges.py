#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# Copyright 2026 The rocket authors
"""Each room includes only what lies below it.

The table is Documentation's picture of the house in another form: change both together. A room may always include itself
and the headers of the system; "quoted" includes must lie in the including file's own folder.
"""
import pathlib
import re

import tap

SPACE = ("base", "graph", "tflite", "ref", "program", "decode", "compiler", "model", "runtime", "librocket", "delegate", "tools")

# room: (folder, rooms it may include, {file: further rooms that this file alone may include})
ROOMS = {
    "npu": ("include/npu/", (), {}),
    "rocket": ("include/rocket/", (), {}),
    "uapi": ("uapi/", (), {}),
    "base": ("userspace/base/", (), {}),
    "graph": ("userspace/graph/", ("base",), {}),
    "program": ("userspace/program/", ("base", "graph", "npu"), {}),
    "decode": ("userspace/decode/", ("base", "npu"), {}),
    "tflite": ("userspace/tflite/", ("base", "graph"), {}),
    "ref": ("userspace/ref/", ("base", "graph"), {}),
    "compiler": ("userspace/compiler/", ("base", "graph", "program", "npu", "decode"), {}),
    "model": ("userspace/model/", ("npu",), {}),
    "runtime": ("userspace/runtime/", ("base", "program", "uapi", "rocket"),
                {"sim.c": ("model", "npu"), "hostop.c": ("ref", "graph")}),
    "librocket": ("userspace/librocket/", ("base", "graph", "program", "tflite", "compiler", "ref", "runtime", "rocket"), {}),
    "delegate": ("userspace/delegate/", ("base", "graph", "compiler", "program", "runtime", "rocket"),
                 {"params.c": ("tflite",)}),
    "python": ("userspace/python/", (), {}),
    "tools": ("userspace/tools/", SPACE + ("npu", "uapi", "rocket"), {}),
    "driver": ("drivers/accel/rocket/", ("uapi", "npu"), {}),
    "skin": ("tests/qemu/", ("model", "npu"), {}),
}
# How an include of a room is spelled; <drm/rocket_accel.h> is the contract, other <drm/...> are the system's.
SPELLED = {**{f"{room}/": room for room in SPACE}, "npu/": "npu", "rocket/": "rocket", "drm/rocket_accel.h": "uapi",
           "uapi/drm/rocket_accel.h": "uapi"}
INCLUDE = re.compile(r'^\s*#\s*include\s+([<"])([^>"]+)[>"]', re.MULTILINE)
TESTS = re.compile(r"^(\.\./)*tests/|^(unit|cross|fuzz|golden)/")


def room_of(include):
    return next((room for prefix, room in SPELLED.items() if include.startswith(prefix)), None)


def problems(room, folder, allowed, exceptions):
    for name in tap.files(".c", ".h", ".def", under=(folder,)):
        path = pathlib.PurePosixPath(name)
        may = {room, *allowed, *exceptions.get(path.name, ())}
        for kind, include in INCLUDE.findall(tap.text(name)):
            target = room_of(include) if kind == "<" else None
            if target and target not in may:
                yield f"{name}: may not include <{include}>: {room} does not look at {target}"
            if TESTS.match(include):
                yield f"{name}: includes a test, {include}"
            if kind == '"' and ".." in include:
                yield f"{name}: include \"{include}\" leaves the folder"
            if kind == '"' and room in SPACE and not (tap.ROOT / path.parent / include).is_file():
                yield f"{name}: \"{include}\" is not in this folder; other rooms are included as <room/file.h>"


for room, (folder, allowed, exceptions) in ROOMS.items():
    tap.case(f"edges: {room} includes only {', '.join(allowed) or 'itself'}", problems(room, folder, allowed, exceptions))
tap.case("edges: every folder of userspace is a room of the table",
         (f"userspace/{d.name} is missing in the table" for d in sorted((tap.ROOT / "userspace").iterdir())
          if d.is_dir() and d.name not in ROOMS and d.name != "__pycache__"))
tap.done()
