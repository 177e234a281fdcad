#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# Copyright 2026 The rocket authors
"""Headers between rooms are documented in kernel-doc form: every prototype and struct, every argument and member.

A header is one between rooms when another room includes it. A count n_things needs no line of its own under @things.
This reads the plain C of this project's headers, not C in general: one declaration per statement, no macros that make
prototypes.
"""
import re

import tap

COMMENT = re.compile(r"/\*\*(.*?)\*/\s*([^;{]*[;{])", re.DOTALL)
DOC = re.compile(r"/\*\*\s*\n \* DOC: (.+)")
PROTOTYPE = re.compile(r"^(?!static|typedef|return)([a-z_][\w \*]*?[ \*])([a-z_]\w*)\(((?:[^()]|\([^()]*\))*)\)"
                       r"(?:\s*__attribute__\(\(.*\)\))?;", re.MULTILINE | re.DOTALL)
AGGREGATE = re.compile(r"^struct ([a-z_]\w*) \{(.*?)^\}", re.MULTILINE | re.DOTALL)


def without_comments(code):
    return re.sub(r"/\*.*?\*/", lambda m: re.sub(r"[^\n]", " ", m[0]), code, flags=re.DOTALL)


def arguments(text):
    """Names of the arguments of a prototype; a function pointer's name is the one in (*name)."""
    depth, part, parts = 0, "", []
    for c in text + ",":
        depth += (c == "(") - (c == ")")
        if c == "," and not depth:
            parts.append(part.strip())
            part = ""
        else:
            part += c
    for part in parts:
        pointer = re.search(r"\(\*(\w+)\)", part)
        if pointer:
            yield pointer[1]
        elif part == "...":
            continue
        elif part not in ("void", ""):
            yield re.search(r"(\w+)(?:\[[^]]*\])*$", part)[1]


def members(body):
    body = re.sub(r"\b(?:union|struct)\b[^;{}]*\{[^{}]*\}\s*(\w+)?;", r"int \1;", body)
    body = re.sub(r"^\s*#.*$|^\s*[A-Z_]+\([^)]*\)\s*$", "", body, flags=re.MULTILINE)
    for statement in body.split(";"):
        statement = statement.strip()
        pointer = re.search(r"\(\*(\w+)\)", statement)
        if pointer:
            yield pointer[1]
        elif statement and not statement.startswith("}"):
            for name in statement.split(","):
                found = re.search(r"(\w+)(?:\[[^]]*\])*(?:\s*:\s*\d+)?$", name.strip())
                if found:
                    yield found[1]


def comments(code):
    """name -> text of its kernel-doc comment"""
    out = {}
    for text in re.findall(r"/\*\*(.*?)\*/", code, re.DOTALL):
        title = re.match(r"\s*\n?\s*\*?\s*(?:struct |enum |union )?(\w+)(?:\(\))? - ", text)
        if title:
            out[title[1]] = text
    return out


def check(name):
    code = tap.text(name)
    docs, plain = comments(code), without_comments(code)
    if not DOC.search(code):
        yield f"{name}: no DOC block that says what this header is about"
    for returns, function, args in PROTOTYPE.findall(plain):
        text = docs.get(function)
        if text is None:
            yield f"{name}: {function}() has no kernel-doc comment"
            continue
        for arg in arguments(args):
            if f"@{arg}:" not in text:
                yield f"{name}: {function}() does not describe @{arg}"
        for arg in re.findall(r"^ \* @(\w+):", text, re.MULTILINE):
            if arg not in arguments(args):
                yield f"{name}: {function}() describes @{arg}, which it does not take"
        if returns.strip() != "void" and "Return:" not in text:
            yield f"{name}: {function}() does not say what it returns"
    for aggregate, body in AGGREGATE.findall(plain):
        text = docs.get(aggregate)
        if text is None:
            continue	# a plain record next to the comment of its group
        for member in members(body):
            if f"@{member}:" not in text and f"@{member.removeprefix('n_')}:" not in text:
                yield f"{name}: struct {aggregate} does not describe @{member}"


def public():
    """Headers of userspace that a file of another room includes; tests may look into a room."""
    for name in tap.files(".c", ".h", under=("userspace/", "tests/qemu/")):
        for room, header in re.findall(r"^#include <(\w+)/(\w+\.h)>", tap.text(name), re.MULTILINE):
            path = f"userspace/{room}/{header}"
            if not name.startswith(f"userspace/{room}/") and (tap.ROOT / path).is_file():
                yield path


for name in sorted(set(public())):
    tap.case(f"kdoc: {name} is documented", check(name))
tap.case("kdoc: installed and hardware headers are documented",
         [p for name in tap.files(".h", under=("include/",)) if name not in tap.GENERATED for p in check(name)])
tap.done()
