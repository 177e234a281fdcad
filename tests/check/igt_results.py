#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# Copyright 2026 The rocket authors
"""How tests/igt/run judges: results, what is expected of them, and descriptions (tests/igt/results.py)."""
import contextlib
import io
import pathlib
import sys
import tempfile

import tap

sys.path.insert(0, str(tap.ROOT / "tests/igt"))
import results as res  # noqa: E402

NAME = "rocket/rocket_x@y"
WHY = "the kernel has no vgem"
# output, messages of the kernel, exit status; word
RUNS = (
    (["Subtest y: SUCCESS (0.1s)"], [], 0, "pass"),
    (["Subtest y: SUCCESS (0.1s)"], ["<4>[ 1.0] rocket: odd"], 0, "dmesg-warn"),
    (["Subtest y: SUCCESS (0.1s)"], ["<6>[ 1.0] rocket: usual"], 0, "pass"),
    ([WHY, "Subtest y: SKIP (0.1s)"], [], 77, "skip"),
    (["Subtest y: FAIL (0.1s)"], [], 98, "fail"),
    (["Subtest y: CRASH (0.1s)"], [], 139, "crash"),
    ([], [], 112, "abort"),
    ([], [], 134, "incomplete"),
)
# word, fails, flakes, unmet (None: a board); whether the run is good
EXPECTED = (
    ("pass", {}, set(), {}, True),
    ("fail", {}, set(), {}, False),
    ("notrun", {}, set(), {}, False),
    ("fail", {NAME: "Fail"}, set(), {}, True),
    ("pass", {NAME: "Fail"}, set(), {}, False),
    ("fail", {}, {NAME}, {}, True),
    ("skip", {}, set(), None, True),
    ("skip", {}, set(), {}, False),
    ("skip", {}, set(), {NAME: "no vgem"}, True),
    ("skip", {}, set(), {NAME: "no memory groups"}, False),
    ("pass", {}, set(), {NAME: "no vgem"}, False),
)


def result(word="notrun", out=(), dmesg=(), status=0):
    r = res.Result(NAME)
    r.word, r.out, r.dmesg, r.status = word, list(out), list(dmesg), status
    return r


def judged():
    for out, dmesg, status, word in RUNS:
        r = result(out=out, dmesg=dmesg, status=status)
        r.judge(60)
        if r.word != word:
            yield f"{out} {dmesg} {status}: {r.word}, not {word}"


def surprises():
    for word, fails, flakes, unmet, good in EXPECTED:
        said = io.StringIO()
        with contextlib.redirect_stdout(said):
            bad = res.print_tap([result(word, [WHY, "Subtest y: SKIP"] if word == "skip" else [])], fails, flakes, unmet)
        if bad == good or said.getvalue().startswith("ok") != good:
            yield f"{word}, {fails} {flakes} {unmet}: {bad} of 1 unexpected: {said.getvalue()}"


def lists():
    """The lists that are shipped can be read, and name what there is."""
    known = {f"rocket/{file}@{s}" for file, subtests in res.documented(SOURCES).items() for s in subtests}
    for name in ("rocket", "mainline"):
        fails, skips, flakes = res.read_expectations(tap.ROOT / "tests/igt/ci", name)
        unmet = res.read_unmet(tap.ROOT / "tests/igt/ci", name) or {}
        yield from (f"{name}: there is no {n}" for n in {**fails, **unmet, **dict.fromkeys(flakes)} if n not in known)
        yield from (f"{name}: skips nothing: {s.pattern}" for s in skips if not any(s.search(n) for n in known))
    # What of ours is left out runs all the same, for a shorter time.
    left = {n for n in known if any(s.search(n) for s in res.read_expectations(tap.ROOT / "tests/igt/ci", "rocket")[1])}
    yield from (f"rocket: skips all of {n}" for n in left if n.removesuffix("-long") not in known - left)


def compare(blocks, names):
    with tempfile.TemporaryDirectory() as folder:
        for file, text in blocks.items():
            (pathlib.Path(folder) / file).write_text(text, encoding="utf-8")
        return list(res.compare_documents(folder, names))


def documents():
    block = "/**\n * SUBTEST: y\n * Description: d\n */\n"
    head = "/**\n * TEST: rocket x\n */\n"
    for blocks, names, problems in (
            ({"rocket_x.c": head + block}, [NAME], 0),
            ({"rocket_x.c": block}, [NAME], 1),
            ({"rocket_x.c": head}, [NAME], 1),
            ({"rocket_x.c": head + block + block}, [NAME], 1),
            ({"rocket_x.c": head + block}, [], 1),
            ({"rocket_x.c": head, "rocket_x_part.c": block}, [NAME], 3)):
        said = compare(blocks, names)
        if len(said) != problems:
            yield f"{blocks}, {names}: {len(said)} problems, not {problems}: {said}"


SOURCES = tap.ROOT / "tests/igt/tests/rocket"
tap.case("igt results: words are those of igt's runner", judged())
tap.case("igt results: what is not expected fails", surprises())
tap.case("igt results: the lists of what is expected name subtests that there are", lists())
tap.case("igt results: each subtest is described once, in the file of its program", documents())
tap.case("igt results: so they are in this tree", res.headless(SOURCES))
tap.done()
