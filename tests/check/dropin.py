#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# Copyright 2026 The rocket authors
"""tests/igt/drop-in.sh puts the tests into a tree that has the shape of igt's, and what it puts there builds.

The tree is made here, of the lines that the script looks for, with mini-igt as its library: no igt is to be had from
Debian for arm64. What only igt itself can show, that its library has all that the tests use, is not shown.
"""
import pathlib
import shutil
import subprocess
import tempfile

import tap

IGT = tap.ROOT / "tests/igt"
OLDER = ("panfrost", "v3d")		# drivers of a tree before 2.03
NEWER = ("panfrost", "panthor", "v3d")
PROGRAM = "tests/rocket/rocket_syncobj"		# one is enough: all are configured, and helpers are compiled for each
LIBRARY = """
headers = dependency('libdrm').partial_dependency(compile_args: true, includes: true)
lib_deps = [headers, dependency('threads')]
igt = shared_library('igt', {sources}, include_directories: inc, dependencies: lib_deps)
igt_deps = declare_dependency(link_with: igt, include_directories: inc, dependencies: lib_deps)
"""
TOP = """project('tree', 'c', default_options: ['c_std=gnu11', 'warning_level=2', 'werror=true', 'buildtype=debugoptimized'])
add_project_arguments('-D_GNU_SOURCE', '-Wno-clobbered', language: 'c')
libexecdir = join_paths(get_option('libexecdir'), 'igt-gpu-tools')
{dirs}
if true
	rpathdir = '$ORIGIN'
{rpaths}
endif
inc = include_directories('include', 'include/drm-uapi', 'lib')
subdir('lib')
test_deps = [igt_deps]
test_executables = []
test_list = []
subdir('tests')
"""


def make_tree(tree, drivers):
    for folder in ("lib", "tests", "include/drm-uapi"):
        (tree / folder).mkdir(parents=True)
    sources = [f for f in (IGT / "mini-igt").glob("*.[ch]") if f.name != "conformance.c"]
    for source in sources:
        shutil.copy(source, tree / "lib")
    old = "" if drivers == NEWER else "#define igt_main \\\n"
    (tree / "lib/igt_core.h").write_text(old, encoding="utf-8")
    names = ", ".join(f"'{f.name}'" for f in sources if f.suffix == ".c")
    (tree / "lib/meson.build").write_text(LIBRARY.format(sources=names), encoding="utf-8")
    (tree / "tests/meson.build").write_text("".join(f"subdir('{d}')\n" for d in drivers), encoding="utf-8")
    for d in drivers:
        (tree / "tests" / d).mkdir()
        (tree / "tests" / d / "meson.build").touch()
    dirs = "\n".join(f"{d}dir = join_paths(libexecdir, '{d}')" for d in drivers)
    rpaths = "\n".join(f"\t{d}_rpathdir = join_paths({d}dir, rpathdir)" for d in drivers)
    (tree / "meson.build").write_text(TOP.format(dirs=dirs, rpaths=rpaths), encoding="utf-8")


def run(*command):
    p = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    return p.stdout.splitlines()[-20:] if p.returncode else []


def state(tree):
    return {f: f.read_bytes() for f in sorted(tree.rglob("*")) if f.is_file()}


def place(tree):
    order = (tree / "tests/meson.build").read_text(encoding="utf-8").split()
    return [] if order == sorted(order) else [f"not by the alphabet: {' '.join(order)}"]


with tempfile.TemporaryDirectory() as folder_:
    new, old_ = pathlib.Path(folder_) / "new", pathlib.Path(folder_) / "old"
    make_tree(new, NEWER)
    make_tree(old_, OLDER)
    tap.case("drop-in: into a tree of today", [*run(IGT / "drop-in.sh", new), *place(new)])
    first = state(new)
    tap.case("drop-in: again changes nothing", [*run(IGT / "drop-in.sh", new), *([] if state(new) == first else ["differs"])])
    tap.case("drop-in: what it put there builds, and knows its subtests",
             run("meson", "setup", new / "build", new) or run("ninja", "-C", new / "build", PROGRAM)
             or run(new / "build" / PROGRAM, "--list-subtests"))
    tap.case("drop-in: into a tree from before 2.03, with its spelling",
             [*run(IGT / "drop-in.sh", old_), *place(old_),
              *(f"{f.name}: {word}" for f in (old_ / "tests/rocket").glob("*.c") for word in ("igt_main()", "igt_fixture()")
                if word in f.read_text(encoding="utf-8"))])
tap.done()
