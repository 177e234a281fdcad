#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# Copyright 2026 The rocket authors
"""rocket-dis as scripts see it: every kind of input, both directions, exit codes.

usage: dis.py TOOLS     TOOLS is the folder with rocket-dis
"""
import json
import pathlib
import struct
import subprocess
import sys
import tempfile

TOOL = pathlib.Path(sys.argv[1]) / "rocket-dis"
DONE, FAILED, USAGE = range(3)
DUMP = pathlib.Path(__file__).resolve().parents[1] / "data/dumps/hang.dump"
TIMEOUT_S = 60
WORDS = (0x10010000000e4004, 0x020100000003100c, 0, 0x0041000000000000, 0x00810000001d0008)
UNKNOWN = 0x0201000000001ffc

cases = []


def case(function):
    cases.append(function)
    return function


def dis(*args, text="", want=DONE):
    p = subprocess.run([TOOL, *map(str, args)], input=text, capture_output=True, text=True, timeout=TIMEOUT_S)
    assert p.returncode == want, f"rocket-dis {args}: exit code {p.returncode}, wanted {want}; it said: {p.stderr}"
    assert want == DONE or p.stderr.strip(), f"rocket-dis {args}: no message"
    return p


def hex_lines(words):
    return "".join(f"0x{w:016x}\n" for w in words)


@case
def hex_lines_become_a_listing_and_come_back(_):
    listing = dis("-", text=hex_lines(WORDS)).stdout
    assert len(listing.splitlines()) == len(WORDS) and "op-enable" in listing.splitlines()[-1], listing
    assert dis("--assemble", "-", text=listing).stdout == hex_lines(WORDS)


@case
def quotes_commas_and_empty_lines_do_not_matter(_):
    text = ",\n\n".join(f'  "{w:x}"' for w in WORDS)
    assert dis("-", text=text).stdout == dis("-", text=hex_lines(WORDS)).stdout


@case
def a_raw_stream_is_listed_and_written_again(folder):
    raw = b"".join(struct.pack("<Q", w) for w in WORDS)
    (folder / "raw").write_bytes(raw)
    (folder / "listing").write_text(dis(folder / "raw").stdout)
    dis("--assemble", folder / "listing", "-o", folder / "again")
    assert (folder / "again").read_bytes() == raw


@case
def arrays_of_words_are_found_anywhere_in_json(folder):
    words = hex_lines(WORDS).split()
    (folder / "x.json").write_text(json.dumps({"name": "0x1", "tasks": [{"regcmd": words}, {"regcmd": words[:2]}]}))
    listing = dis(folder / "x.json").stdout
    assert "; tasks[0].regcmd" in listing and "; tasks[1].regcmd" in listing, listing
    assert dis("--assemble", "-", text=listing).stdout == hex_lines(WORDS + WORDS[:2])


@case
def json_without_words_says_what_to_give_instead(folder):
    (folder / "x.json").write_text('{"tasks": [{"regcmd": "0x1000"}]}')
    assert "holds the stream" in dis(folder / "x.json", want=FAILED).stderr
    (folder / "x.json").write_text('{"tasks": ')
    assert "line 1" in dis(folder / "x.json", want=FAILED).stderr


@case
def a_dump_of_the_kernel_is_listed_below_what_it_says(_):
    head, _, words = DUMP.read_text().partition("words: 126\n")
    p = dis(DUMP)
    assert p.stdout.startswith("".join(f"; {line}\n" for line in head.splitlines())) and not p.stderr, p.stdout + p.stderr
    assert "op-enable" in p.stdout.splitlines()[-1], p.stdout
    assert dis("--assemble", "-", text=p.stdout).stdout == words
    assert dis("-", text=DUMP.read_text()).stdout == p.stdout


@case
def a_dump_that_was_cut_or_is_of_another_version_is_refused(folder):
    text = DUMP.read_text()
    assert "copy all of it" in dis("-", text=text[:len(text) // 2], want=FAILED).stderr
    (folder / "newer").write_text(text.replace("rocket-dump: 1", "rocket-dump: 2", 1))
    assert "version 2" in dis(folder / "newer", want=FAILED).stderr


@case
def files_of_the_kernel_are_read_although_they_have_no_size(_):
    said = dis("/proc/version", want=FAILED).stderr
    assert "no stream" in said and " 0 bytes" not in said, said


@case
def unknown_words_are_listed_counted_and_kept(_):
    p = dis("-", text=hex_lines((UNKNOWN,) + WORDS))
    assert "unknown register CNA.0x1ffc" in p.stdout and "1 of 6 words" in p.stderr
    assert dis("--assemble", "-", text=p.stdout).stdout.startswith(hex_lines((UNKNOWN,)))


@case
def mistakes_name_their_line(folder):
    assert "line 2" in dis("-", text="0x1\nhen\n", want=FAILED).stderr
    assert "line 2" in dis("--assemble", "-", text="nop\nCNA.HEN 1\n", want=FAILED).stderr
    (folder / "odd").write_bytes(b"\x04" * 12)
    assert "12 bytes" in dis(folder / "odd", want=FAILED).stderr
    dis(folder / "none", want=FAILED)


@case
def usage_errors_end_with_2(_):
    dis(want=USAGE)
    dis("-", "-", want=USAGE)
    dis("--hens", "-", want=USAGE)
    assert "usage" in dis("--help").stdout


def main():
    failed = 0
    print(f"1..{len(cases)}")
    for number, function in enumerate(cases, 1):
        name = "rocket-dis: " + function.__name__.replace("_", " ")
        with tempfile.TemporaryDirectory() as folder:
            try:
                function(pathlib.Path(folder))
                print(f"ok {number} - {name}", flush=True)
            except (AssertionError, subprocess.TimeoutExpired) as e:
                failed += 1
                print(f"{type(e).__name__}: {e}")
                print(f"not ok {number} - {name}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
