#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# Copyright 2026 The rocket authors
"""A file can be understood in one sitting: at most LIMIT lines of hand-written code."""
import tap

LIMIT = 700

tap.case(f"sizes: no hand-written file is longer than {LIMIT} lines",
         (f"{name}: {lines} lines; split it by what its parts own"
          for name in tap.files(".c", ".h", ".def", ".py", ".sh") if name not in tap.GENERATED
          and (lines := tap.text(name).count("\n")) > LIMIT))
tap.case("sizes: no committed file is larger than 1 MB",
         (f"{name}: {size} bytes" for name in tap.files() if (size := (tap.ROOT / name).stat().st_size) > 1 << 20))
tap.done()
