#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# Copyright 2026 The rocket authors
"""Draw the diagrams of this folder: NAME.txt becomes NAME.svg.

usage: draw.py [--check]     --check compares with the files on disk and writes nothing

A source has one statement a line: `size COLUMNS ROWS`, `box NAME COLUMN ROW KIND title | second line`, `arrow FROM TO`.
Arrows run straight between neighbours of a row or column, else in an elbow.
"""
import html
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
BOX_W, BOX_H, GAP_X, GAP_Y, MARGIN = 158, 52, 30, 38, 8
FILL = {"data": "#fff4d6", "room": "#e3eefb", "chip": "#e0f3e0", "later": "#f2f2f2"}
HEAD = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {w} {h}" font-family="sans-serif" text-anchor="middle">
<!-- Made by draw.py from {name}.txt. SPDX-License-Identifier: MIT -->
<defs><marker id="tip" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" orient="auto">
<path d="M0 0L10 5L0 10z" fill="#444"/></marker></defs>
<rect width="{w}" height="{h}" fill="#ffffff"/>
"""


def corner(column, row):
    return MARGIN + column * (BOX_W + GAP_X), MARGIN + row * (BOX_H + GAP_Y)


def box(column, row, kind, title, second):
    x, y = corner(column, row)
    dash = ' stroke-dasharray="5 3"' if kind == "later" else ""
    return (f'<rect x="{x}" y="{y}" width="{BOX_W}" height="{BOX_H}" rx="6" fill="{FILL[kind]}" stroke="#444"{dash}/>\n'
            f'<text x="{x + BOX_W // 2}" y="{y + 22}" font-size="14" font-weight="bold">{html.escape(title)}</text>\n'
            f'<text x="{x + BOX_W // 2}" y="{y + 40}" font-size="12">{html.escape(second)}</text>\n')


def arrow(a, b):
    """Leaves sideways unless both are in one column; enters from the side, or from above or below after an elbow."""
    (ax, ay), (bx, by) = corner(*a), corner(*b)
    if a[0] == b[0]:
        down = by > ay
        x = ax + BOX_W // 2
        path = f"M{x} {ay + (BOX_H if down else 0)}V{by + (0 if down else BOX_H)}"
    elif a[1] == b[1]:
        path = f"M{ax + BOX_W} {ay + BOX_H // 2}H{bx}"
    elif abs(a[0] - b[0]) > 1 or a[1] > b[1]:
        path = f"M{ax + BOX_W // 2} {ay + (BOX_H if by > ay else 0)}V{by + BOX_H // 2}H{bx}"
    else:
        middle = ax + BOX_W + GAP_X // 2
        path = f"M{ax + BOX_W} {ay + BOX_H // 2}H{middle}V{by + BOX_H // 2}H{bx}"
    return f'<path d="{path}" fill="none" stroke="#444" stroke-width="1.5" marker-end="url(#tip)"/>\n'


def draw(source):
    boxes, parts, arrows = {}, [], []
    width = height = 0
    for line in source.read_text().splitlines():
        word, _, rest = line.partition(" ")
        if word == "size":
            columns, rows = map(int, rest.split())
            width, height = (v + MARGIN for v in corner(columns, rows))
        elif word == "box":
            name, column, row, kind, text = rest.split(maxsplit=4)
            title, _, second = text.partition(" | ")
            boxes[name] = int(column), int(row)
            parts.append(box(int(column), int(row), kind, title, second))
        elif word == "arrow":
            arrows.append(rest.split())
        elif line and not line.startswith("#"):
            sys.exit(f"{source.name}: unknown statement: {line}")
    lines = [arrow(boxes[a], boxes[b]) for a, b in arrows]
    return HEAD.format(w=width - GAP_X, h=height - GAP_Y, name=source.stem) + "".join(lines + parts) + "</svg>\n"


def main():
    stale = 0
    for source in sorted(HERE.glob("*.txt")):
        picture, target = draw(source), source.with_suffix(".svg")
        if "--check" not in sys.argv:
            target.write_text(picture)
        elif not target.is_file() or target.read_text() != picture:
            print(f"{target.name} is not what {source.name} says; run Documentation/images/draw.py")
            stale = 1
    return stale


if __name__ == "__main__":
    sys.exit(main())
