#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright 2026 The rocket authors
#
# Copies the tests into an igt tree and adds them to its build. Run again to update.
#   drop-in.sh IGT-TREE
# Everything but the header of the interface goes to tests/rocket; igt's library stays as it is. Trees before 2.03
# (December 2025) spell three macros without parentheses; the copies are changed to that.
set -eu

[ $# -eq 1 ] && [ -e "$1/lib/igt_core.h" ] || { echo "usage: drop-in.sh IGT-TREE, which has lib/igt_core.h" >&2; exit 64; }
HERE=$(cd "$(dirname "$0")" && pwd)
TOP=$(cd "$HERE/../.." && pwd)
TREE=$1

install -m 644 "$TOP/uapi/drm/rocket_accel.h" "$TREE/include/drm-uapi/"
mkdir -p "$TREE/tests/rocket/npu"
install -m 644 "$TOP/include/npu/regcmd.h" "$TOP/include/npu/rocket_regs.h" "$TREE/tests/rocket/npu/"
install -m 644 "$HERE"/lib/*.[ch] "$HERE"/tests/rocket/* "$HERE/rocket_test_config.json" "$TREE/tests/rocket/"

# add FILE LINE AFTER...: put a line behind the first that matches one of the patterns, the first pattern there is; once.
add() {
	_file=$1 _line=$2
	shift 2
	! grep -qxF "$_line" "$_file" || return 0
	for _after; do
		! grep -q "$_after" "$_file" || break
	done
	grep -q "$_after" "$_file" || { echo "drop-in.sh: $_file has no line '$_after'; add by hand: $_line" >&2; return 1; }
	sed -i "0,/$_after/s|$_after.*|&\n$_line|" "$_file"
}

# By the alphabet; trees before 2.03 have no panthor. The path is empty unless igt is built to find its library by it.
TAB=$(printf '\t')
add "$TREE/tests/meson.build" "subdir('rocket')" "^subdir('panthor')" "^subdir('panfrost')"
add "$TREE/meson.build" "${TAB}rocketdir_rpathdir = join_paths(rocketdir, rpathdir)" \
	"^${TAB}panthor_rpathdir = " "^${TAB}panfrost_rpathdir = " "^${TAB}amdgpudir_rpathdir = "
add "$TREE/meson.build" "rocketdir_rpathdir = ''" "^panthordir = " "^panfrostdir = "
add "$TREE/meson.build" "rocketdir = join_paths(libexecdir, 'rocket')" "^panthordir = " "^panfrostdir = "

if grep -q '^#define igt_main \\' "$TREE/lib/igt_core.h" || grep -q '^#define igt_main$' "$TREE/lib/igt_core.h"; then
	sed -i -E 's/^int igt_main\(\)/igt_main/; s/\bigt_fixture\(\)/igt_fixture/; s/\bigt_subtest_group\(\)/igt_subtest_group/' \
		"$TREE"/tests/rocket/*.c
fi
echo "$(ls "$TREE"/tests/rocket/rocket_*.c | wc -l) files are in $TREE/tests/rocket; build them with meson as ever"
