#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# Copyright 2026 The rocket authors
"""Every file says its licence in its first lines, and the one of its folder."""
import re

import tap

# First match wins. Tests have the licence of what they test, so several are possible.
LICENCES = (
    (r"drivers/accel/rocket/dts/", ("(GPL-2.0-only OR MIT)", "GPL-2.0-only OR MIT")),
    (r"drivers/", ("GPL-2.0-only",)),
    (r"Kconfig$", ("GPL-2.0-only",)),
    (r"include/npu/", ("GPL-2.0-only OR MIT",)),
    (r"userspace/model/", ("GPL-2.0-only OR MIT", "MIT")),
    (r"tests/qemu/", ("GPL-2.0-or-later", "MIT")),
    (r"tests/", ("MIT", "GPL-2.0-only OR MIT", "GPL-2.0-only", "GPL-2.0-or-later")),
    (r"Documentation/devicetree/", ("(GPL-2.0-only OR BSD-2-Clause)",)),
    (r"Documentation/", ("GPL-2.0-only", "MIT", "GPL-2.0-only OR MIT")),
    (r"", ("MIT",)),
)
CODE = (".c", ".h", ".def", ".py", ".sh", ".S")
NEEDS = CODE + (".build", "meson_options.txt", "Makefile", "Kconfig", ".yaml", ".dts", ".dtso", ".rst", ".xml", ".mak")
TAG = re.compile(r"SPDX-License-Identifier: (.*?)\s*(?:\*/|-->)?$", re.MULTILINE)


def tag_problems():
    for name in tap.files(*NEEDS):
        tags = TAG.findall("\n".join(tap.text(name).splitlines()[:4]))
        wanted = next(licences for pattern, licences in LICENCES if re.match(pattern, name))
        if len(tags) != 1:
            yield f"{name}: {len(tags)} SPDX lines in the first four lines, wanted one"
        elif tags[0] not in wanted:
            yield f"{name}: licence is {tags[0]}, wanted {' or '.join(wanted)}"


def copyright_problems():
    for name in tap.files(*CODE):
        head = "\n".join(tap.text(name).splitlines()[:6])
        if "The rocket authors" not in head and ".def" not in name and "enerated" not in head:
            yield f"{name}: no line 'Copyright 2026 The rocket authors' under the licence"


tap.case("spdx: every file names the licence of its folder", tag_problems())
tap.case("spdx: code names its owner", copyright_problems())
tap.done()
