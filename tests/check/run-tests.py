#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# Copyright 2026 The rocket authors
"""Run test programs that speak TAP, and count their test cases.

usage: run-tests.py [-j N] [-k WORD] [LABEL=]WHAT...

WHAT is a meson build directory (all its tests), a program, or a folder (its executable *.py and *.sh files that are not
this one). LABEL goes before the names. -k runs only programs whose name contains WORD.

A case counts once: passed, failed or skipped. A program fails as a whole when it dies, exits with an error without
naming a failed case, prints no plan or fewer cases than planned, or skips a case without saying why on a line
before. Lines that begin with `## ` are figures and are shown, but for those of programs that QUICK asks for fewer rounds: the
same programs run without it. The last line is `N passed, N failed, N skipped`.
"""
import argparse
import concurrent.futures
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import threading
import time

PLAN = re.compile(r"^1\.\.(\d+)(?:\s*#\s*(?:skip)?\s*(.*))?$", re.IGNORECASE)
CASE = re.compile(r"^(not )?ok\b\s*(\d*)\s*(.*)$")
SKIP = re.compile(r"#\s*SKIP\b\s*(.*)$", re.IGNORECASE)
TIMEOUT_S = 1800


class Program:
    def __init__(self, name, cmd, env=None, cwd=None, timeout=TIMEOUT_S):
        self.name, self.cmd, self.env, self.cwd, self.timeout = name, cmd, env or {}, cwd, timeout
        self.passed, self.failed, self.skipped, self.figures = [], [], [], []
        self.seconds = 0.0


def meson_programs(build, label):
    out = subprocess.run(["meson", "introspect", "--tests", str(build)], check=True, capture_output=True, text=True)
    for t in json.loads(out.stdout):
        yield Program(label + t["name"], t["cmd"], t["env"], t["workdir"], t["timeout"] or TIMEOUT_S)


def programs(what):
    label, _, path = what.rpartition("=")
    label = label + "/" if label else ""
    path = pathlib.Path(path)
    if (path / "meson-info").is_dir():
        yield from meson_programs(path, label)
    elif path.is_dir():
        for p in sorted([*path.glob("*.py"), *path.glob("*.sh")]):
            if os.access(p, os.X_OK) and p.resolve() != pathlib.Path(__file__).resolve():
                yield Program(label + p.stem, [str(p.absolute())])
    elif path.is_file():
        yield Program(label + path.stem, [str(path.absolute())])
    else:
        sys.exit(f"run-tests.py: {path} is neither a build directory, a folder nor a program")


def judge(program, text, status):
    """Fill the three lists of a program from its output."""
    planned, cases, said = None, 0, []
    program.figures = [line[3:] for line in text.splitlines() if line.startswith("## ") and "QUICK" not in program.env]
    for line in text.splitlines():
        plan, case = PLAN.match(line), CASE.match(line)
        if plan:
            planned = (planned or 0) + int(plan[1])
            if int(plan[1]) == 0:
                program.skipped.append((program.name, plan[2] or "no cause given"))
        elif case:
            cases += 1
            skip = SKIP.search(case[3])
            name = re.sub(r"^-\s*", "", SKIP.sub("", case[3]).strip()) or (skip[1] if skip else case[2])
            if skip:
                cause = skip[1] if skip[1] != name and skip[1] else " ".join(said[-1:])
                if cause:
                    program.skipped.append((name, cause))
                else:
                    program.failed.append((name, ["skipped without saying why"]))
            elif case[1]:
                program.failed.append((name, said))
            else:
                program.passed.append(name)
            said = []
        elif line.startswith("#") and program.failed and not said and line[2:8] != "not ok":
            program.failed[-1][1].append(line)	# cmocka explains after the verdict
        elif line.strip():
            said.append(line)
    whole = None
    if isinstance(status, str):
        whole = status
    elif status < 0:
        whole = f"died of signal {signal.Signals(-status).name}"
    elif planned is None:
        whole = f"printed no plan (exit code {status})"
    elif cases < planned:
        whole = f"ended after {cases} of {planned} cases (exit code {status})"
    elif status and not program.failed:
        whole = f"exit code {status} without a failed case"
    if whole:
        program.failed.append((f"{program.name}: {whole}", text.splitlines()[-40:]))


def run(program):
    env = {**os.environ, "CMOCKA_MESSAGE_OUTPUT": "TAP", **program.env}
    begin = time.monotonic()
    try:
        p = subprocess.Popen(program.cmd, env=env, cwd=program.cwd, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                             stderr=subprocess.STDOUT, start_new_session=True)
    except OSError as e:
        judge(program, "", f"cannot be started: {e.strerror}")
        return program
    try:
        out, _ = p.communicate(timeout=program.timeout)
        status = p.returncode
    except subprocess.TimeoutExpired:
        os.killpg(p.pid, signal.SIGKILL)
        out, _ = p.communicate()
        status = f"not done after {program.timeout} s"
    program.seconds = time.monotonic() - begin
    judge(program, out.decode("utf-8", "replace"), status)
    return program


def report(program, lock):
    counts = f"{len(program.passed):5} passed"
    if program.failed:
        counts += f", {len(program.failed)} failed"
    if program.skipped:
        counts += f", {len(program.skipped)} skipped"
    with lock:
        print(f"{'FAIL' if program.failed else '  ok'} {program.seconds:7.1f} s {counts:32} {program.name}", flush=True)
        for line in program.figures:
            print(f"       {line}")
        for name, why in program.skipped:
            print(f"       skipped: {name}: {why}")
        for name, why in program.failed:
            print(f"       failed: {name}")
            for line in why:
                print(f"         {line}")
        sys.stdout.flush()


def main():
    args = argparse.ArgumentParser(usage=__doc__)
    args.add_argument("-j", type=int, default=os.cpu_count())
    args.add_argument("-k", default="")
    args.add_argument("what", nargs="+")
    args = args.parse_args()
    todo = [p for what in args.what for p in programs(what) if args.k in p.name]
    if not todo:
        sys.exit("run-tests.py: there is nothing to run")
    lock = threading.Lock()
    with concurrent.futures.ThreadPoolExecutor(args.j) as pool:
        for done in concurrent.futures.as_completed([pool.submit(run, p) for p in todo]):
            report(done.result(), lock)
    failed = [name for p in todo for name, _ in p.failed]
    for name in failed:
        print(f"failed: {name}")
    print(f"{sum(len(p.passed) for p in todo)} passed, {len(failed)} failed, {sum(len(p.skipped) for p in todo)} skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
