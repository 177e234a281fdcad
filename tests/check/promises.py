#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# Copyright 2026 The rocket authors
"""Every promise of the interface has a subtest, and every subtest says what it proves (tests/igt/promises.txt)."""
import re

import tap

TEXTS = ("Documentation/accel/rocket/uapi.rst", "uapi/drm/rocket_accel.h")
LIST = "tests/igt/promises.txt"
TESTS = "tests/igt/tests/rocket/"
OF_THE_DRIVER = "="	# in the list: promised elsewhere, no quote
NONE = "none"		# in a subtest: proves nothing that is promised
SHORT = 3		# words that are left of a sentence and mean nothing


def plain(text):
    """Words with single spaces, without marks of reStructuredText and comments."""
    return re.sub(r"\s+", " ", re.sub(r"[`*=]+|&(?=struct)", " ", text)).strip()


def squeeze(text):
    return re.sub(r"\s", "", plain(text))


def rst(name):
    skip = re.compile(r"^\s*(\.\. |:\w+:|=+( +=+)*$)")
    return "\n".join(line for line in tap.text(name).splitlines() if not skip.match(line))


def header(name):
    """The comments in kernel-doc form."""
    for comment in re.findall(r"/\*\*(.*?)\*/", tap.text(name), re.DOTALL):
        yield "\n".join(re.sub(r"^\s*\*? ?", "", line) for line in comment.splitlines())


def sentences():
    for paragraph in re.split(r"\n\s*\n", rst(TEXTS[0])):
        lines = paragraph.splitlines()
        # A row of a table is a sentence; a heading is underlined and was cut to its words.
        if len(lines) == 1 and len(lines[0].split()) <= SHORT:
            continue
        rows = re.search(r"^``\S+``\s\s+\S|^0\s\s+", paragraph, re.MULTILINE)
        for part in lines if rows else re.split(r"(?<=[.:;])\s", plain(paragraph)):
            yield TEXTS[0], part
    for comment in header(TEXTS[1]):
        for paragraph in re.split(r"\n\s*\n", comment):
            for part in re.split(r"(?<=[.;])\s|(?<=Errors:)\s", plain(paragraph)):
                yield TEXTS[1], part


def read_list():
    quotes, nothing = [], []
    for line in tap.text(LIST).splitlines():
        if line.startswith("- "):
            nothing.append(line[2:])
        elif line.strip() and not line.startswith("#"):
            ident, _, quote = line.partition(": ")
            quotes.append((ident, quote))
    return quotes, nothing


def read_tests():
    """{binary@subtest: [ids]} from the descriptions."""
    found = {}
    for name in tap.files(".c", under=(TESTS,)):
        program = re.search(r"TEST: (.*)", tap.text(name))
        for block in re.findall(r"SUBTEST: (.*?)(?=SUBTEST:|\*/)", tap.text(name), re.DOTALL):
            subtest = block.split()[0]
            ids = re.search(r"Functionality: (.*(?:\n \*   .*)*)", block)
            found[f"{name.removeprefix(TESTS)}@{subtest}"] = re.split(r"[\s*,]+", ids[1].strip()) if ids else []
        if not program and "SUBTEST:" in tap.text(name):
            found[f"{name}: no TEST: at the top"] = []
    return found


quotes, nothing = read_list()
whole = squeeze(rst(TEXTS[0])) + "|" + "|".join(squeeze(c) for c in header(TEXTS[1]))
known = {ident for ident, _ in quotes}
tests = read_tests()
proved = {ident for ids in tests.values() for ident in ids}

tap.case("promises: each quote stands in the documentation",
         (f"{ident}: not found: {quote}" for ident, quote in quotes
          if quote != OF_THE_DRIVER and squeeze(quote) not in whole))


def uncovered():
    for name, sentence in sentences():
        words = squeeze(sentence)
        if len(sentence.split()) <= SHORT and not re.search(r"[a-z]{4}", words):
            continue
        hit = any(q in words or words in q for q in (squeeze(quote) for _, quote in quotes if quote != OF_THE_DRIVER))
        if not hit and not any(squeeze(n) in words for n in nothing) and len(sentence.split()) > SHORT:
            yield f"{name}: no promise, and not listed as none: {sentence}"


tap.case("promises: each sentence of the documentation is one, or is listed as none", uncovered())
tap.case("promises: each has a subtest", (f"{ident}: no subtest proves it" for ident in sorted(known - proved)))
tap.case("promises: each subtest proves some",
         [*(f"{name}: no field Functionality" for name, ids in tests.items() if not ids),
          *(f"{name}: there is no promise {i}" for name, ids in tests.items() for i in ids if i not in known | {NONE})])
tap.done()
