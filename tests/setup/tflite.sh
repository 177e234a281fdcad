#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright 2026 The rocket authors
#
# TensorFlow Lite for the host side, which Debian bookworm does not have; all of it kept in the cache.
#   tflite.sh headers    folder with tensorflow/lite/c/*.h, from the package libtensorflow-lite-dev of sid
#   tflite.sh python     a Python with LiteRT, in a virtual environment of its own
set -eu
HERE=$(dirname "$(readlink -f "$0")")
. "$HERE/../vm/lib.sh"
. "$HERE/say.sh"

# The C interface that interpreters and delegates share has not changed since 2.14; LiteRT keeps it.
SUITE=sid
PACKAGE=libtensorflow-lite-dev
# The newest LiteRT that was tested here. numpy comes with it; Pillow is for the demo's picture.
LITERT=ai-edge-litert==2.3.0
PILLOW=pillow

download() {
	rm -rf "$1.tmp"
	mkdir -p "$1.tmp"
	cd "$1.tmp"
	(box $SUITE amd64 && box_retry apt-get download -qq $PACKAGE)
	dpkg-deb --fsys-tarfile $PACKAGE*.deb | tar -x --strip-components=3 --wildcards './usr/include/tensorflow/*'
	rm $PACKAGE*.deb
	mv "$1.tmp" "$1"
}

venv() {
	rm -rf "$1"
	python3 -m venv "$1"
	"$1/bin/pip" --quiet --disable-pip-version-check install "$LITERT" "$PILLOW"
	touch "$1/complete"
}

case ${1-} in
headers)
	dir=$CACHE/tflite/headers
	if [ ! -d "$dir" ]; then
		"$HERE/packages.sh" data
		lock tflite-headers
		[ -d "$dir" ] || step tflite-headers "headers of TensorFlow Lite, from Debian $SUITE" download "$dir"
	fi
	echo "$dir"
	;;
python)
	dir=$CACHE/tflite/venv-${LITERT#*==}-pillow
	if [ ! -e "$dir/complete" ]; then
		"$HERE/packages.sh" python
		lock tflite-python
		[ -e "$dir/complete" ] || step tflite-python "LiteRT in a virtual environment (160 MB)" venv "$dir"
	fi
	echo "$dir/bin/python"
	;;
*)
	die "usage: tflite.sh headers|python"
	;;
esac
