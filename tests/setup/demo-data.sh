#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright 2026 The rocket authors
#
# Finds what the demo classifies, and prints its path:
#   demo-data.sh model|labels|image
# From ../shared/models when that folder is there, else from the Debian packages that ship the files, kept in the
# cache. Each file is known by its checksum, so a package that changes it is noticed.
set -eu
HERE=$(dirname "$(readlink -f "$0")")
. "$HERE/../vm/lib.sh"
. "$HERE/say.sh"

SHARED=$TOP/../shared/models
DATA=$CACHE/demo
MESA=src/gallium

case ${1-} in
model)
	shared=$SHARED/mobilenet_v1_1.0_224_quant.tflite
	path=$MESA/targets/teflon/tests/mobilenet_v1_1.0_224_quant.tflite
	sum=1ef5ede54c9b41908ef433930133ef4261b0d87b2f8e07d6b3c98df978e7160b
	;;
labels)
	shared=$SHARED/labels_mobilenet_quant_v1_224.txt
	path=$MESA/frontends/teflon/tests/labels_mobilenet_quant_v1_224.txt
	sum=536feacc519de3d418de26b2effb4d75694a8c4c0063e36499a46fa8061e2da9
	;;
image)
	shared=$SHARED/images/hens.webp
	path=animals/chicken.webp
	sum=30a07d3c7dfc191ff4d160826ad14babb4cfb9cb47b15ec8a098857f135bfcd4
	;;
*)
	die "usage: demo-data.sh model|labels|image"
	;;
esac

good() {
	[ -e "$1" ] && [ "$(sha256sum <"$1")" = "$sum  -" ]
}

# The first version of Mesa that a Debian release ships with these files is 25.0; later ones moved on.
fetch_mesa() {
	ls "$CACHE"/dl/mesa_*.orig.tar.xz >/dev/null 2>&1 && return
	cd "$CACHE/dl"
	(box trixie amd64 && box_retry apt-get source --download-only -qq mesa)
}

from_mesa() {
	fetch_mesa
	tar -xOf "$(ls "$CACHE"/dl/mesa_*.orig.tar.xz | head -n 1)" --wildcards "*/$path" >"$1"
}

from_gcompris() {
	cd "$CACHE/dl"
	ls gcompris-qt-data_*.deb >/dev/null 2>&1 ||
		(box bookworm amd64 && box_retry apt-get download -qq gcompris-qt-data)
	dpkg-deb --fsys-tarfile gcompris-qt-data_*.deb |
		tar -xO ./usr/share/gcompris-qt/rcc/explore_farm_animals.rcc >"$1.rcc"
	python3 "$HERE/rcc.py" "$1.rcc" "$path" >"$1"
	rm "$1.rcc"
}

# fetch FILE FUNCTION: all or nothing.
fetch() {
	mkdir -p "$DATA"
	"$2" "$1.new"
	good "$1.new" || {
		echo "the package's $path is not the file we know (sha256 $sum)"
		return 1
	}
	mv "$1.new" "$1"
}

if good "$shared"; then
	readlink -f "$shared"
	exit 0
fi
file=$DATA/${path##*/}
if ! good "$file"; then
	"$HERE/packages.sh" data
	lock demo-data
	case $1 in
	image) step demo-image "picture, from Debian's gcompris-qt-data (44 MB)" fetch "$file" from_gcompris ;;
	*) step "demo-$1" "$1, from Debian's source of mesa (47 MB)" fetch "$file" from_mesa ;;
	esac
fi
echo "$file"
