#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# Copyright 2026 The rocket authors
"""The repository stands alone: it names no path of the machine it was written on and no ticket of a tracker."""
import re

import tap

FOREIGN = (
    (re.compile(r"(?<![\w.$}])/(?:work|root|home|Users|mnt|opt)/\w"), "an absolute path of some machine"),
    (re.compile(r"\b[Ii]ssue #?[0-9]"), "the number of a ticket; say what the code does instead"),
    (re.compile(r"\.\./shared(?!/?(?:models|captures|perf|hw)?\b)"), "a path in ../shared that is not test data"),
    (re.compile(r"\b(?:TODO|FIXME|XXX)\b"), "a note to oneself; write a test or an open question"),
    (re.compile(r"(?i)signed-off-by|co-authored-by|\b[\w.]+@(?!example\.)[\w]+\.(?:com|org|net|io)\b"), "a person's name or address"),
)
TEXT = (".c", ".h", ".def", ".py", ".sh", ".build", ".txt", ".rst", ".md", ".yaml", ".xml", ".dtso", ".lst", "Makefile",
        "Kconfig", ".config", ".mak", ".ci/run")
OWN = "tests/check/names.py"


def problems(pattern, why):
    for name in tap.files(*TEXT):
        if name == OWN:
            continue
        for number, line in enumerate(tap.text(name).splitlines(), 1):
            if pattern.search(line):
                yield f"{name}:{number}: {why}: {line.strip()[:100]}"


for pattern, why in FOREIGN:
    tap.case(f"names: no file has {why.split(';')[0]}", problems(pattern, why))
tap.done()
