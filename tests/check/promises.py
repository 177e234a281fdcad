#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# Copyright 2026 The rocket authors
"""Every promise of the interface has a test, and every subtest says what it proves (tests/igt/promises.txt)."""
import re

import tap

# What makes promises, and where in it.
TEXTS = {"Documentation/accel/rocket/uapi.rst": None, "uapi/drm/rocket_accel.h": r"/\*\*(.*?)\*/",
         "drivers/accel/rocket/rocket_dump.c": r"/\*\*\n \* DOC: Format of dumps\n(.*?)\*/"}
LIST = "tests/igt/promises.txt"
TESTS = "tests/igt/tests/rocket/"
OF_THE_DRIVER = "="	# in the list: promised elsewhere, no quote
NONE = "none"		# in a subtest: proves nothing that is promised
# Words that may be left of a sentence whose other words are quoted
LINKS = {"and", "or", "of", "then", "Errors:", "DOC:", "User", "interface"}
GAP = "\0"		# where something was quoted


def plain(text):
    """Words with single spaces, without marks of reStructuredText and comments."""
    words = re.sub(r"\s+", " ", re.sub(r"[`*=]+|&(?=struct)", " ", text)).strip()
    return re.sub(r" (?=[,.;:])", "", words)


def passages(name, comments):
    """The text without directives and headings, or its comments."""
    text = tap.text(name)
    if comments:
        found = [re.sub(r"^\s*\*? ?", "", c, flags=re.MULTILINE) for c in re.findall(comments, text, re.DOTALL)]
    else:
        found = [re.sub(r"^.*\n=+$", "", text, flags=re.MULTILINE)]
    for passage in found:
        yield plain("\n".join(line for line in passage.splitlines() if not re.match(r"\s*(\.\. |:\w+:)", line)))


def read_list():
    quotes, nothing, elsewhere = [], [], []
    for line in tap.text(LIST).splitlines():
        if line.startswith("- "):
            nothing.append(plain(line[2:]))
        elif line.startswith("+ "):
            elsewhere.append(line[2:].split(": "))
        elif line.strip() and not line.startswith("#"):
            ident, _, quote = line.partition(": ")
            quotes.append((ident, quote if quote == OF_THE_DRIVER else plain(quote)))
    return quotes, nothing, elsewhere


def read_tests():
    """{file@subtest: [ids]} from the descriptions."""
    found = {}
    for name in tap.files(".c", under=(TESTS,)):
        for block in re.findall(r"SUBTEST: (.*?)(?=SUBTEST:|\*/)", tap.text(name), re.DOTALL):
            subtest = block.split()[0]
            ids = re.search(r"Functionality: (.*(?:\n \*   .*)*)", block)
            found[f"{name.removeprefix(TESTS)}@{subtest}"] = re.split(r"[\s*,]+", ids[1].strip()) if ids else []
    return found


def unquoted(passage, phrases):
    """What is left of a passage without the phrases, by sentence."""
    for phrase in phrases:
        passage = passage.replace(phrase, GAP)
    for sentence in re.split(r"(?<=[.:;])\s", passage):
        if any(re.search(r"\w", word) and word not in LINKS for word in re.split(rf"[\s{GAP},;]+", sentence)):
            yield re.sub(GAP, "[...]", sentence)


quotes, nothing, elsewhere = read_list()
texts = {name: list(passages(name, comments)) for name, comments in TEXTS.items()}
phrases = sorted({q for _, q in quotes if q != OF_THE_DRIVER} | set(nothing), key=len, reverse=True)
known = {ident for ident, _ in quotes}
tests = read_tests()
proved = {i for ids in tests.values() for i in ids} | {ident for ident, *_ in elsewhere}

tap.case("promises: each quote stands in the documentation",
         (f"{LIST}: not found: {phrase}" for phrase in phrases
          if not any(phrase in passage for passages_ in texts.values() for passage in passages_)))
tap.case("promises: each sentence of the documentation is one, or is listed as none",
         (f"{name}: no promise, and not listed as none: {sentence}"
          for name, passages_ in texts.items() for passage in passages_ for sentence in unquoted(passage, phrases)))
tap.case("promises: each has a test",
         [*(f"{ident}: no subtest proves it" for ident in sorted(known - proved)),
          *(f"{LIST}: {ident}: {file} has no {name}" for ident, file, name in elsewhere
            if ident not in known or not (tap.ROOT / file).exists() or name not in tap.text(file))])
tap.case("promises: each subtest proves some",
         [*(f"{name}: no field Functionality" for name, ids in tests.items() if not ids),
          *(f"{name}: there is no promise {i}" for name, ids in tests.items() for i in ids if i not in known | {NONE})])
tap.done()
