#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright 2026 The rocket authors
#
# Clients of others on our driver, as their packages have them: TensorFlow Lite alone, with our delegate, and with Mesa's,
# which knows nothing of this project. The demo's network side by side, then every model of ../shared.
HERE=$(dirname "$(readlink -f "$0")")
. "$HERE/../group.sh"
[ -n "${IN_MACHINE-}" ] || {
	"$HERE/../userspace.sh" >/dev/null
	"$HERE/../../delegate/prepare.py" "$HERE/../../../build/vm/clients"
}
group -t $([ -n "${LONG-}" ] && echo 7200 || echo 1200) -m 2048

TOOLS=build/arm64/tools
OURS=build/arm64/delegate/librocket-tflite.so
TEFLON=/usr/lib/teflon/libteflon.so
DATA=build/vm/clients
KNOWN=tests/delegate/teflon.txt

# classify NAME [OPTION...]: the demo's picture; what it prints is kept in /tmp/NAME and its log in /tmp/NAME.log.
classify() {
	_client=$1
	shift
	$TOOLS/rocket-classify -i $DATA/image -m $DATA/model -l $DATA/labels "$@" \
		>"/tmp/$_client" 2>"/tmp/$_client.log" || { cat "/tmp/$_client.log"; return 1; }
	[ "$(head -n 2 "/tmp/$_client")" = "0.972656: hen
0.023438: cock" ] || { cat "/tmp/$_client"; return 1; }
}

# says FILE WORDS: FILE has a line with WORDS (a regular expression).
says() {
	grep -qE "$2" "$1" || { cat "$1"; return 1; }
}

count_lines() {
	[ "$(grep -cE "$2" "$1")" = "$3" ] || { cat "$1"; return 1; }
}

# judge DELEGATE TOLERANCE KIND: each model of a kind. Prints lines "KIND/NAME RESULT" of those that are not right, "refused"
# for those of which it took nothing; RESULT is crash, wrong or failed.
judge() {
	_client=$1
	_tolerance=$2
	_kind=$3
	while read -r kind name arguments; do
		[ "$kind" = "$_kind" ] || continue
		# shellcheck disable=SC2086 # a list of words
		$TOOLS/lite-client -e "$_client" -T "$_tolerance" $arguments >/tmp/judged 2>&1
		case $? in
		0) ! grep -q 'delegated 0 ' /tmp/judged || printf '%s/%s\trefused\n' "$kind" "$name" ;;
		139) printf '%s/%s\tcrash\n' "$kind" "$name" ;;
		*)
			if grep -q 'worst' /tmp/judged; then
				printf '%s/%s\twrong\n' "$kind" "$name"
			else
				printf '%s/%s\tfailed\n' "$kind" "$name"
				sed 's/^/# /' /tmp/judged >&2
			fi
			;;
		esac
	done <$DATA/models
}

# ours KIND: no model may be anything but right or refused.
ours() {
	judge $OURS 1 "$1" >/tmp/found
	! grep -v refused /tmp/found
}

# teflon KIND: exactly the known ones are not right.
teflon() {
	judge $TEFLON 2 "$1" >/tmp/found
	echo "# Mesa's delegate refuses $(grep -c refused /tmp/found) of $(grep -c "^$1 " $DATA/models) in $1"
	grep -v refused /tmp/found | sort >/tmp/wrong
	grep "^$1/" $KNOWN | cut -f 1,2 | sort >/tmp/known
	cmp /tmp/wrong /tmp/known || { cat /tmp/wrong; return 1; }
}

# table: the README's; times are those of the emulated machine.
table() {
	for _client in cpu ours teflon; do
		printf '# %-6s  %s  %s  %s\n' $_client "$(head -n 1 /tmp/$_client)" "$(grep '^time' /tmp/$_client)" \
			"$(grep '^operators' /tmp/$_client)"
	done
}

# A folder for compiled models that takes nothing: a warning, and the right result.
cache_in() {
	mkdir -p /tmp/folder && mount -t tmpfs -o "$1" tmpfs /tmp/folder || return 1
	classify cache -e $OURS -o cache-dir=/tmp/folder
	_status=$?
	umount /tmp/folder
	[ $_status -eq 0 ] && says /tmp/cache.log "warning: the compiled model is not kept in /tmp/folder: $2"
}

# A job that hangs is an error of its caller, with the reason; the next run of another is right.
hang() {
	inject hang-task 3
	! $TOOLS/lite-client -m $DATA/model -e $OURS -i lcg:1 >/tmp/hung 2>&1 || return 1
	says /tmp/hung 'rocket: a job of the NPU was stopped: it made no progress' || return 1
	inject hang-task 0
	classify after -e $OURS
}

# example DEVICE: librocket's example says the same on the model of the NPU as on the driver.
example() {
	build/arm64/librocket/librocket-example $DATA/model /tmp/in.rgb sim | sed "s,sim,$1," >/tmp/want
	build/arm64/librocket/librocket-example $DATA/model /tmp/in.rgb "$1" | cmp - /tmp/want
}

modprobe rocket
check "clients: TensorFlow Lite alone says hen" classify cpu
check "clients: with our delegate it says hen" classify ours -e $OURS -v -n 3
check "clients: of 31 operators 30 are on the NPU" says /tmp/ours '^operators: 31, 30 of them on the delegate$'
check "clients: the log lists all 28 convolutions" count_lines /tmp/ours.log '(CONV_2D|DEPTHWISE_CONV_2D)  ' 28
check "clients: and the times" says /tmp/ours.log 'invoked graph on /dev/accel/accel0, took [0-9.]+ ms'
check "clients: with Mesa's delegate it says hen" classify teflon -e $TEFLON -v -n 3
check "clients: of 31 operators 28 are on the NPU" says /tmp/teflon '^operators: 31, 28 of them on the delegate$'
table

head -c 150528 /dev/urandom >/tmp/in.rgb
check "clients: our delegate gives rocket-run's bytes on any input" sh -c "
	$TOOLS/rocket-run $DATA/model --device /dev/accel/accel0 --input /tmp/in.rgb --output /tmp/run.bin >/dev/null &&
	$TOOLS/lite-client -m $DATA/model -e $OURS -i /tmp/in.rgb -w /tmp/run.bin"

check "clients: an application of librocket gives the same on both back ends" example /dev/accel/accel0

check "clients: a hanging job is an error for its caller only" hang

check "clients: a full disk for compiled models is a warning" cache_in size=64k 'No space left on device'
check "clients: a read-only one, too" cache_in ro 'Read-only file system'
kept="-O cache-dir=/tmp/kept"
check "clients: a compiled model is kept" $TOOLS/lite-client -m $DATA/model -e $OURS -i lcg:1 $kept
check "clients: and found" sh -c "ROCKET_LOG=verbose $TOOLS/lite-client -m $DATA/model -e $OURS -i lcg:1 $kept 2>&1 |
	grep 'loaded compiled graph'"

runs=$(count 200 5 5)
check "clients: 8 threads with an interpreter each, $runs runs each" \
	$TOOLS/lite-client -m $DATA/model -e $OURS -i lcg:7 -t 8 -n "$runs"
check "clients: so with Mesa's delegate" $TOOLS/lite-client -m $DATA/model -e $TEFLON -i lcg:7 -t 8 -n "$runs"
turns=$(count 1000 50 20)
check "clients: open and close $turns times" $TOOLS/lite-client -m $DATA/model -e $OURS -i lcg:1 -x "$turns"

if [ -s $DATA/models ]; then
	check "clients: three pictures with our delegate, within one code" ours network
	check "clients: every single operator with our delegate, within one code" ours layers
	check "clients: models of odd shapes with our delegate, within one code" ours edge
	check "clients: three pictures with Mesa's delegate, within two codes" teflon network
	check "clients: every single operator with Mesa's, but the known ones" teflon layers
	check "clients: models of odd shapes with Mesa's, but the known ones" teflon edge
else
	echo "# no models in ../shared: single operators are not judged"
fi
finish
