#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# Copyright 2026 The rocket authors
"""Every page is in a table of contents, and what pages and README name is there: other pages, pictures, files."""
import posixpath
import re

import tap

TOP = "Documentation"
ENTRY = re.compile(r"^   ([\w/.-]+)$", re.MULTILINE)
TOCTREE = re.compile(r"^\.\. toctree::\n((?:   .*\n|\n)*)", re.MULTILINE)
DOC = re.compile(r":doc:`(?:[^`<]*<)?([^`>]+)>?`")
IMAGE = re.compile(r"^\.\. (?:image|figure|kernel-doc|literalinclude|include):: (\S+)|!\[[^]]*\]\(([^)]+)\)", re.MULTILINE)
EXPORTED = ("include/uapi/", "uapi/")	# what pages of the kernel part call a file, where it lies here
KERNEL_PAGES = f"{TOP}/accel/"	# they travel with the driver, and name files of the kernel
ROOMS = ("Documentation", "drivers", "include", "tests", "uapi", "userspace")
PATH = re.compile(r"(?<![\w./-])((?:%s)(?:/[\w.,@-]+)+)" % "|".join(ROOMS))


def page(base, target):
    """The file a reference on a page means; absolute ones start at Documentation."""
    return posixpath.normpath(f"{TOP}{target}" if target.startswith("/") else f"{posixpath.dirname(base)}/{target}")


def contents():
    pages = set(tap.files(".rst", under=(f"{TOP}/",)))
    reached, todo = set(), [f"{TOP}/index.rst"]
    while todo:
        name = todo.pop()
        if name in reached or name not in pages:
            if name not in pages:
                yield f"{name} is in a table of contents, but no file"
            continue
        reached.add(name)
        for tree in TOCTREE.findall(tap.text(name)):
            todo += [page(name, entry) + ".rst" for entry in ENTRY.findall(tree)]
    for name in sorted(pages - reached):
        yield f"{name} is in no table of contents"


def references():
    for name in [*tap.files(".rst", under=(f"{TOP}/",)), "README.md"]:
        text = tap.text(name)
        for target in DOC.findall(text):
            if not (tap.ROOT / f"{page(name, target)}.rst").is_file():
                yield f"{name}: there is no page {target}"
        for directive, picture in IMAGE.findall(text):
            target = directive or picture
            # The kernel's own directives count from the top of the tree.
            places = target, target.replace(*EXPORTED), posixpath.normpath(f"{posixpath.dirname(name)}/{target}".lstrip("/"))
            if not any((tap.ROOT / place).is_file() for place in places):
                yield f"{name}: there is no file {target}"


def paths():
    for name in [*tap.files(".rst", under=(f"{TOP}/",)), "README.md"]:
        if name.startswith(KERNEL_PAGES):
            continue
        for number, line in enumerate(tap.text(name).splitlines(), 1):
            for path in PATH.findall(line):
                path = path.rstrip(".,")
                # A page of the same folder, a file, a file without its suffix.
                places = f"{posixpath.dirname(name)}/{path}.rst".lstrip("/"), path, f"{path}.*"
                if not any(any(tap.ROOT.glob(place)) for place in places):
                    yield f"{name}:{number}: there is no {path}"


tap.case("docs: every page is in a table of contents", contents())
tap.case("docs: pages and pictures that are referred to exist", references())
tap.case("docs: files that are named exist", paths())
tap.done()
