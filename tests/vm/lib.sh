# SPDX-License-Identifier: MIT
# Copyright 2026 The rocket authors
#
# What the scripts of tests/vm share: the cache and its locks, steps with visible progress, content keys,
# and Debian packages of other suites and architectures that never touch the host's package state.
# To be sourced, after `set -eu`. Results go to stdout, progress to stderr.
# shellcheck shell=sh

VM_DIR=${VM_DIR:-$(dirname "$(readlink -f "$0")")}
TOP=$(readlink -f "$VM_DIR/../..")
CACHE=${XDG_CACHE_HOME:-$HOME/.cache}/rocket
CROSS=aarch64-linux-gnu-
JOBS=${JOBS:-$(nproc)}
# Host tools only: a python of pyenv or conda does not see Debian's modules.
PATH=/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin
export PATH
mkdir -p "$CACHE/log" "$CACHE/lock" "$CACHE/dl"

say() {
	echo "vm: $*" >&2
}

die() {
	say "$*"
	exit 1
}

# step NAME TEXT COMMAND...: run COMMAND with its output in a log file. One line when it begins, one with the
# seconds when it ends, and a sign of life every minute between. Not to be called inside a condition: COMMAND
# must stop at its first error.
step() {
	_log=$CACHE/log/$1.log
	_text=$2
	shift 2
	_start=$(date +%s)
	say "  ...  $_text (log: $_log)"
	: >"$_log"
	heartbeat "$_start" "$_text" "$_log" >/dev/null 9>&- &
	_beat=$!
	set +e
	(set -e; "$@") >>"$_log" 2>&1 </dev/null
	_rc=$?
	set -e
	kill "$_beat" 2>/dev/null || :
	wait "$_beat" 2>/dev/null || :
	if [ $_rc -ne 0 ]; then
		tail -n 30 "$_log" >&2
		die "failed: $_text (exit $_rc). The whole log is $_log; run again to go on from here."
	fi
	say "$(printf '%4d s' $(($(date +%s) - _start)))  $_text"
}

heartbeat() {
	trap 'kill $! 2>/dev/null; exit 0' TERM
	while kill -0 $$ 2>/dev/null; do
		sleep 60 2>/dev/null &
		wait $!
		say "$(printf '%4d s' $(($(date +%s) - $1))) ... $2: $(wc -l <"$3") lines of log"
	done
}

# lock NAME: one run at a time per built thing; released when the script ends.
lock() {
	exec 9>"$CACHE/lock/$1"
	if ! flock -n 9; then
		say "another run is building $1, waiting for it"
		flock 9
	fi
}

# key FILE|DIR...: short hash of names and contents; the repository's place on disk does not count.
key() {
	for _path; do
		[ ! -e "$_path" ] || (cd "$TOP" && find -H "${_path#"$TOP"/}" -type f)
	done | LC_ALL=C sort | (cd "$TOP" && xargs -r -d '\n' sha256sum) | sha256sum | cut -c1-16
}

# prune COUNT PATH...: keep the COUNT most recently used of these, remove the others.
prune() {
	_keep=$1
	shift
	ls -dt "$@" 2>/dev/null | tail -n +$((_keep + 1)) | while read -r _old; do
		rm -rf "$_old"
	done
}

mirror() {
	apt-get indextargets --format '$(SITE)' 2>/dev/null | grep -m1 '/debian$' || echo http://deb.debian.org/debian
}

# box SUITE ARCH: point APT_CONFIG at a private apt for that suite: own sources, own empty dpkg status, own
# cache. Call it in a subshell. Mirrors may carry an expired Release file, hence Check-Valid-Until.
box() {
	_box=$CACHE/apt/$1-$2
	mkdir -p "$_box/state/lists/partial" "$_box/cache/archives/partial"
	[ -e "$_box/status" ] || : >"$_box/status"
	_signed="signed-by=/usr/share/keyrings/debian-archive-keyring.gpg"
	cat >"$_box/sources.list" <<-EOF
		deb [arch=$2 $_signed] $(mirror) $1 main
		deb-src [$_signed] $(mirror) $1 main
	EOF
	cat >"$_box/apt.conf" <<-EOF
		Dir::Etc::SourceList "$_box/sources.list"; Dir::Etc::SourceParts "/dev/null";
		Dir::Etc::Preferences "/dev/null"; Dir::Etc::PreferencesParts "/dev/null";
		Dir::State "$_box/state"; Dir::State::Status "$_box/status"; Dir::Cache "$_box/cache";
		APT::Architecture "$2"; APT::Architectures { "$2"; }; APT::Install-Recommends "false";
		APT::Sandbox::User "root"; APT::Keep-Downloaded-Packages "true";
		Acquire::Languages "none"; Acquire::Check-Valid-Until "false"; Acquire::Retries "3";
	EOF
	export APT_CONFIG="$_box/apt.conf"
	[ -e "$_box/updated" ] || box_refresh
}

box_refresh() {
	apt-get -qq update
	touch "$(dirname "$APT_CONFIG")/updated"
}

# box_retry COMMAND...: suites move; when a download fails, read the index again and try once more.
box_retry() {
	"$@" && return
	box_refresh
	"$@"
}

# in_file FILE: write stdin to FILE, all or nothing, and leave FILE and its time alone when nothing changed.
in_file() {
	cat >"$1.new"
	if cmp -s "$1.new" "$1"; then
		rm "$1.new"
	else
		mv "$1.new" "$1"
	fi
}
