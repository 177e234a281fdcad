#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# Copyright 2026 The rocket authors
"""Run every fuzz target of build/fuzz for FUZZ_SECONDS (30), one test case each.

usage: fuzz.py [TARGET...]

Seeds are the files of tests/fuzz/corpus/TARGET, and what `TARGET.seeds` beside this file names: one glob a line, relative to
the top; those in ../shared count only where that folder exists. A crash leaves its input in build/fuzz/crashes.
"""
import glob
import os
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
BUILD = ROOT / "build/fuzz"
SEED_BYTES_MAX = 64 << 10	# larger files teach a fuzzer little and cost much


def seeds(name):
    found = list((HERE / "corpus" / name).glob("*"))
    table = HERE / f"{name}.seeds"
    if table.is_file():
        for line in table.read_text().splitlines():
            if line and not line.startswith("#"):
                found += [pathlib.Path(f) for f in glob.glob(str(ROOT / line))]
    return [f for f in found if f.is_file() and f.stat().st_size <= SEED_BYTES_MAX]


def run(target, seconds):
    corpus, crashes = BUILD / "corpus" / target.name, BUILD / "crashes"
    corpus.mkdir(parents=True, exist_ok=True)
    crashes.mkdir(exist_ok=True)
    for f in seeds(target.name):
        link = corpus / f"seed-{f.parent.name}-{f.name}"
        if not link.exists():
            link.symlink_to(f)
    p = subprocess.run([str(target), f"-max_total_time={seconds}", "-timeout=20", "-rss_limit_mb=1500", "-max_len=65536",
                        f"-artifact_prefix={crashes}/{target.name}-", str(corpus)], capture_output=True, text=True)
    lines = (p.stdout + p.stderr).splitlines()
    return p.returncode, [line for line in lines if line.startswith("Done")] if p.returncode == 0 else lines[-40:]


def main():
    wanted = sys.argv[1:]
    targets = [t for t in sorted(BUILD.glob("fuzz_*")) if t.is_file() and os.access(t, os.X_OK)
               and (not wanted or t.name in wanted)]
    if not targets:
        sys.exit("fuzz.py: build/fuzz holds no targets: run make fuzz")
    seconds = int(os.environ.get("FUZZ_SECONDS", "30"))
    print(f"1..{len(targets)}")
    failed = 0
    for number, target in enumerate(targets, 1):
        status, lines = run(target, seconds)
        failed += status != 0
        for line in lines:
            print(f"# {line}")
        print(f"{'not ' if status else ''}ok {number} - {target.name}: {seconds} s without a crash", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
