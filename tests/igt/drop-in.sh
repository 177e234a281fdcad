#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright 2026 The rocket authors
#
# Copies the tests into an igt tree and adds them to its build. Run again to update.
#   drop-in.sh IGT-TREE
# Trees before 2.03 (December 2025) spell three macros without parentheses; the copies are changed to that.
set -eu

[ $# -eq 1 ] && [ -e "$1/lib/igt_core.h" ] || { echo "usage: drop-in.sh IGT-TREE, which has lib/igt_core.h" >&2; exit 64; }
HERE=$(cd "$(dirname "$0")" && pwd)
TOP=$(cd "$HERE/../.." && pwd)
TREE=$1

install -m 644 "$TOP/uapi/drm/rocket_accel.h" "$TREE/include/drm-uapi/"
mkdir -p "$TREE/lib/npu" "$TREE/tests/rocket"
install -m 644 "$TOP/include/npu/regcmd.h" "$TOP/include/npu/rocket_regs.h" "$TREE/lib/npu/"
install -m 644 "$HERE"/lib/*.[ch] "$TREE/lib/"
install -m 644 "$HERE"/tests/rocket/* "$TREE/tests/rocket/"
install -m 644 "$HERE/rocket_test_config.json" "$TREE/tests/rocket/"

# add FILE AFTER LINE: put a line behind the first that matches, once.
add() {
	grep -qxF "$3" "$1" || sed -i "0,/$2/s|$2.*|&\n$3|" "$1"
}

for source in "$HERE"/lib/*.c; do
	add "$TREE/lib/meson.build" "^lib_sources = \[" "	'$(basename "$source")',"
done
add "$TREE/tests/meson.build" "^subdir('panfrost')" "subdir('rocket')"
add "$TREE/meson.build" "^panfrostdir = " "rocketdir = join_paths(libexecdir, 'rocket')"
add "$TREE/meson.build" "^panfrost_rpathdir = " "rocketdir_rpathdir = join_paths(rocketdir, rpathdir)"
grep -q "^rocketdir_rpathdir" "$TREE/meson.build" ||
	add "$TREE/meson.build" "^rocketdir = " "rocketdir_rpathdir = ''"

if grep -q '^#define igt_main \\' "$TREE/lib/igt_core.h" || grep -q '^#define igt_main$' "$TREE/lib/igt_core.h"; then
	sed -i -E 's/^int igt_main\(\)/igt_main/; s/\bigt_fixture\(\)/igt_fixture/; s/\bigt_subtest_group\(\)/igt_subtest_group/' \
		"$TREE"/tests/rocket/*.c
fi
echo "$(ls "$TREE"/tests/rocket/rocket_*.c | wc -l) files are in $TREE/tests/rocket; build them with meson as ever"
