# SPDX-License-Identifier: MIT
# Copyright 2026 The rocket authors
#
# What the groups networks and networks-coherency share: networks of ../shared and single operators on /dev/accel/accel0,
# against what the model of the NPU computed on the host (networks.py). Sourced after group.sh.
# shellcheck shell=sh

RUN=build/arm64/tools/rocket-run
NODE=/dev/accel/accel0
HOSTS=build/vm/networks

# files OPTION COUNT FOLDER STEM: the options that name the tensors.
files() {
	for _number in $(seq 0 $(($2 - 1))); do
		echo "--$1 $3/$4$_number.bin"
	done
}

# lasting FILE: what rocket-run says, without device and times.
lasting() {
	grep -vE '^  "(device|[a-z]+_ms)": ' "$1"
}

# network NAME MODEL INPUTS OUTPUTS TASKS: the same bytes, the same operators in the same place, as many tasks.
network() {
	rm -rf /tmp/got
	mkdir /tmp/got
	_tasks=$(sum tasks)
	# shellcheck disable=SC2046 # a list of words
	$RUN "$2" --device $NODE --json $(files input "$3" "$HOSTS/$1" in) $(files output "$4" /tmp/got out) \
		>/tmp/got/said.json || return 1
	_tasks=$(($(sum tasks) - _tasks))
	[ $_tasks -eq "$5" ] || {
		echo "the driver counts $_tasks tasks, the program has $5"
		return 1
	}
	grep -qF "\"device\": \"$NODE\"" /tmp/got/said.json || {
		grep device /tmp/got/said.json
		return 1
	}
	lasting "$HOSTS/$1/said.json" >/tmp/host.json
	lasting /tmp/got/said.json | cmp - /tmp/host.json || return 1
	for _number in $(seq 0 $(($4 - 1))); do
		cmp "/tmp/got/out$_number.bin" "$HOSTS/$1/out$_number.bin" || return 1
	done
}

# networks GROUP [FIRST]: a case for each input of each network, or for the first of each.
networks() {
	[ -e $HOSTS/list ] || {
		verdict 1 "$1: tests/vm/prepare.sh ran"
		return
	}
	grep -q /shared/ $HOSTS/list || skip "$1: networks on $NODE" "no ../shared/models: there is no network to run"
	_before=
	while read -r _input _model _ins _outs _wanted _npu _all; do
		[ -z "${2-}" ] || [ "${_input%/*}" != "$_before" ] || continue
		_before=${_input%/*}
		check "$1: $_input, $_npu of $_all operators and $_wanted tasks on the NPU, has the host's bytes" \
			network "$_input" "$_model" "$_ins" "$_outs" "$_wanted"
	done <$HOSTS/list
}
