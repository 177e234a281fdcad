#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright 2026 The rocket authors
#
# What the kernel's own tools say about the driver: compilers and sparse with all warnings, for the oldest and the
# newest kernel; checkpatch --strict; kernel-doc. Any word of theirs fails. Speaks TAP.
set -u
VM_DIR=$(dirname "$(dirname "$(readlink -f "$0")")")
. "$VM_DIR/lib.sh"
. "$VM_DIR/tap.sh"
cd "$TOP" || exit 1
SAID=$(mktemp)
trap 'rm -f "$SAID" "$SAID".*' EXIT

# built NAME VERSION VARIANT ARGUMENT...: from the beginning; only warnings and errors count as words.
built() {
	_as=$1
	shift
	MODULES_AS=$_as "$VM_DIR/modules.sh" "$@" >"$SAID.build" 2>&1 || cat "$SAID.build"
	rm -f "$SAID.build"
	grep -E 'warning|error' "$CACHE/log/modules-$_as.log"
	! grep -qE 'warning|error' "$CACHE/log/modules-$_as.log"
}

source=$("$VM_DIR/kernel.sh" --source)
"$VM_DIR/newer.sh" sparse --version >/dev/null
quiet "driver: builds for 7.2 with W=1 and sparse" built lint 7.2 plain W=1 C=1 \
	CHECK="$VM_DIR/newer.sh sparse"
quiet "driver: sparse looked at each file" test "$(grep -c '^  CHECK ' "$CACHE/log/modules-lint.log")" -ge \
	"$(find drivers/accel/rocket -name  '*.c' ! -name '*.mod.c' | wc -l)"
quiet "driver: builds for 7.3 with W=1" built lint-7.3 7.3 check W=1
# words TOOL COMMAND...: one run over all files; what it says begins with, or names, the file.
words() {
	_tool=$1
	shift
	# shellcheck disable=SC2086 # a list of files
	"$@" $files >"$SAID.$_tool" 2>&1
}

# about TOOL FILE: what TOOL said about FILE.
about() {
	grep -F "$2:" "$SAID.$1"
	! grep -qF "$2:" "$SAID.$1"
}

# others: what names no file is about the tools themselves.
others() {
	! grep -vhE '^([A-Za-z]+: )?(drivers|uapi)/' "$SAID.checkpatch" "$SAID.kernel-doc"
}

files=$(find drivers/accel/rocket uapi/drm -name '*.[ch]' ! -name '*.mod.c' | sort)
# DRM's own files hold IDRs, which the mock has to make; a macro's argument that names a member has no side effects.
words checkpatch perl "$source/scripts/checkpatch.pl" --no-tree --strict --terse --quiet --no-summary \
	--ignore DEPRECATED_API,MACRO_ARG_REUSE --file
words kernel-doc /usr/bin/python3 "$source/scripts/kernel-doc" -none -Wall
for file in $files; do
	quiet "checkpatch: $file" about checkpatch "$file"
	quiet "kernel-doc: $file" about kernel-doc "$file"
done
quiet "checkpatch and kernel-doc: nothing else" others
plan
