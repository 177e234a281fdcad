#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright 2026 The rocket authors
#
# Plants the defects of mutants.txt in the driver, one at a time, and asks the tests which of them sees it. Prints
# a table and fails when a defect is missed that the table does not expect to be.
#   run.sh [WORD]      only defects whose name contains WORD
#
# Where all that shows is that something did not end in time, the machine may have been slow: that fails, too, unless
# the table says why the defect hangs.
#
# All happens in a copy of the driver in build/mutate; the sources stay as they are. Defects that only the debug kernel
# can see run there, under KUnit and many jobs.
set -eu
HERE=$(dirname "$(readlink -f "$0")")
TOP=$(readlink -f "$HERE/../..")
DRIVER=drivers/accel/rocket
TREE=$TOP/build/mutate/tree
ORIGIN=$TOP/build/mutate/origin		# the driver as of the beginning: somebody may be at work on it
TABLE=$TOP/build/mutate/table.txt
WORD=${1-}

say() {
	echo "mutate: $*" >&2
}

# The tree has all that the machine's scripts look for.
copy() {
	mkdir -p "$TREE/build/vm" "$TREE/tests"
	for _path in drivers include uapi Kconfig Makefile; do
		rm -rf "${TREE:?}/$_path"
		cp -a "$TOP/$_path" "$TREE/$_path"
	done
	rm -rf "$ORIGIN"
	cp -a "$TREE/$DRIVER" "$ORIGIN"
	# An object of the last run, of a defect that was never taken back, must not look newer.
	find "$TREE/$DRIVER" -type f -exec touch {} +
	rm -rf "$TREE/tests/vm" "$TREE/tests/mutate"
	cp -a "$TOP/tests/vm" "$TOP/tests/mutate" "$TREE/tests/"
	"$TOP/tests/vm/userspace.sh" vm-client >/dev/null
	mkdir -p "$TREE/build/arm64" "$TREE/build/igt"
	[ ! -d "$TOP/build/vm/results" ] || cp -a "$TOP/build/vm/results" "$TREE/build/vm/"
	cp -a "$TOP/build/arm64/vm-client" "$TREE/build/arm64/"
	ninja -C "$(igt_build)" >/dev/null
	find "$(igt_build)" -type f -name 'rocket_*' -perm -u+x -exec cp {} "$TREE/build/igt/" \;
}

igt_build() {
	if [ ! -e "$TOP/build/mutate/igt/build.ninja" ]; then
		meson setup "$TOP/build/mutate/igt" "$TOP/tests/igt" \
			--cross-file "$("$TOP/tests/vm/sysroot.sh")" >/dev/null
	fi
	echo "$TOP/build/mutate/igt"
}

# plant FILE LINES REPLACEMENT: exactly one file differs afterwards.
plant() {
	sed -E "$2 $3" "$ORIGIN/$1" >"$TREE/$DRIVER/$1"
	! cmp -s "$ORIGIN/$1" "$TREE/$DRIVER/$1"
}

# boot NAME VARIANT: detect.sh in the machine, with what it says and what run.sh says in files.
boot() {
	_limit=240 _parts=''
	[ "$2" = plain ] || _limit=600 _parts="kunit many"
	"$TREE/tests/vm/run.sh" -v "$2" -l -t $_limit -m 2048 -M incoherent-dma=on -q "-global rocket-npu.delay-us=100" \
		-a GUEST_ERROR -e IN_MACHINE="$2" -e LONG= -e PARTS="$_parts" -- sh tests/mutate/detect.sh \
		>"$TOP/build/mutate/$1.log" 2>"$TOP/build/mutate/$1.err" </dev/null
}

# judge NAME VARIANT: the verdict of one mutant, in words.
judge() {
	"$TREE/tests/vm/modules.sh" 7.2 "$2" >/dev/null 2>&1 || {
		echo "does not compile"
		return
	}
	_rc=0
	boot "$1" "$2" || _rc=$?
	_said=$(sed -nE 's/^((caught|late): .*|missed)$/\1/p' "$TOP/build/mutate/$1.log" | head -n 1)
	case $_rc in
	70) _said=$(sed -nE 's/^the (kernel|machine) reports a mistake: (\[[^]]*\] )?/\1 log: /p' \
		"$TOP/build/mutate/$1.err" | cut -c 1-70)
		case $_said in
		*"blocked for more than"* | *stall* | *lockup*) echo "late: $_said" ;;
		*) echo "caught: $_said" ;;
		esac ;;
	124) echo "late: the machine did not end" ;;
	0) echo "${_said:-no verdict}" ;;
	*) echo "${_said:-caught: the machine died}" ;;
	esac
}

# note WORD NAME: what the table says of a defect under that word, if anything.
note() {
	sed -nE "s/^# $1: $2: //p" "$HERE/mutants.txt"
}

mkdir -p "$TOP/build/mutate"
copy
cd "$TREE"
: >"$TABLE"
bad=0
grep -E '^[a-z]' "$HERE/mutants.txt" | grep -e "$WORD" | sed -E 's/[[:blank:]]+\| /\t/g' >"$TOP/build/mutate/list"
# Without a defect nothing may be caught.
variants=$(while read -r name rest; do
	[ -n "$(note debug "$name")" ] && echo debug || echo plain
done <"$TOP/build/mutate/list" | sort -u)
for variant in $variants; do
	verdict=$(judge none "$variant")
	[ "$verdict" = missed ] || {
		say "the driver as it is, $variant kernel: $verdict (logs in build/mutate)"
		exit 1
	}
done
while IFS="$(printf '\t')" read -r name file lines replacement; do
	variant=plain
	[ -z "$(note debug "$name")" ] || variant=debug
	if ! plant "$file" "$lines" "$replacement"; then
		verdict="does not apply"
	else
		verdict=$(judge "$name" "$variant")
	fi
	cp "$ORIGIN/$file" "$TREE/$DRIVER/$file"
	case $verdict in
	caught:*) [ $variant = plain ] || verdict="$verdict (debug)" ;;
	late:*)
		reason=$(note hangs "$name")
		verdict="${reason:+caught: }$verdict${reason:+, as expected: $reason}"
		[ -n "$reason" ] || bad=$((bad + 1))
		;;
	missed)
		reason=$(note missed "$name")
		verdict="missed${reason:+, as expected: $reason}"
		[ -n "$reason" ] || bad=$((bad + 1))
		;;
	*) bad=$((bad + 1)) ;;
	esac
	printf '%-20s %-16s %s\n' "$name" "$file" "$verdict" | tee -a "$TABLE"
done <"$TOP/build/mutate/list"
say "$(grep -c ' caught: ' "$TABLE") of $(wc -l <"$TABLE") defects caught, $bad to look at"
[ "$bad" -eq 0 ]
