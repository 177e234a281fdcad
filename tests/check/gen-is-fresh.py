#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# Copyright 2026 The rocket authors
"""Generated files are what their generators make of today's sources."""
import subprocess
import sys

import tap


def run(*command):
    p = subprocess.run([sys.executable, *command], cwd=tap.ROOT, capture_output=True, text=True)
    return (p.stdout + p.stderr).splitlines() or ["failed without a word"] if p.returncode else []


tap.case("fresh: register header, table and page come from rk3588-npu.xml", run("include/npu/gen.py", "--check"))
tap.case("fresh: diagrams come from their text", run("Documentation/images/draw.py", "--check"))
tap.case("fresh: the page of operators comes from caps.def", run("Documentation/userspace/operators.py", "--check"))
tap.done()
