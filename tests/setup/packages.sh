#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright 2026 The rocket authors
#
# Installs Debian packages that the host side needs, by group; says and does nothing when all are there.
#   packages.sh GROUP...     groups: build (what ships), test (checks, tests, fuzzing), data (demo),
#                            python (virtual environments)
# The packages of the machine are the business of tests/vm.
set -eu
. "$(dirname "$(readlink -f "$0")")/../vm/lib.sh"
. "$(dirname "$(readlink -f "$0")")/say.sh"

build="gcc libc6-dev libdrm-dev libjansson-dev libjpeg62-turbo-dev libpng-dev libwebp-dev libxxhash-dev make meson ninja-build
	pkg-config python3"
test="clang cpp device-tree-compiler git libclang-rt-14-dev libcmocka-dev perl"
data="ca-certificates debian-archive-keyring dpkg-dev python3 xz-utils"
python="python3-venv"

as_root() {
	if [ "$(id -u)" = 0 ]; then
		"$@"
	else
		sudo "$@"
	fi
}

missing() {
	for _package; do
		case $(dpkg-query -W -f '${db:Status-Abbrev}' "$_package" 2>/dev/null) in
		ii*) ;;
		*) echo "$_package" ;;
		esac
	done
}

install() {
	as_root apt-get -o DPkg::Lock::Timeout=600 -qq update
	as_root env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=600 install -qy \
		--no-install-recommends "$@"
}

wanted=
for group; do
	case $group in
	build) wanted="$wanted $build" ;;
	test) wanted="$wanted $test" ;;
	data) wanted="$wanted $data" ;;
	python) wanted="$wanted $python" ;;
	*) die "no group of packages is called $group" ;;
	esac
done
# shellcheck disable=SC2086 # a list of words
wanted=$(missing $wanted)
[ -n "$wanted" ] || exit 0
command -v apt-get >/dev/null || die "no apt-get here; install the equivalents of these Debian packages yourself: $wanted"
# shellcheck disable=SC2086
step host-packages "packages: $(echo $wanted)" install $wanted
