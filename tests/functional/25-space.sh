#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# what: data and holes, space that is allocated and given back
# limit: 400

. "$(dirname -- "$0")/lib.sh"
here=$(dirname -- "$0")
srv_osts=4
srv_args="--stripe-count 3 --stripe-size 64K"
setup 2

ctl() {
	lustre-testserver ctl --dir $srv_dir "$@"
}

py() {
	python3 "$here/space.py" "$@"
}

mkdir $c1/striped $c1/pfl
ctl default /pfl "-E 1M -c 1 -S 1M -E 2M -c 2 -S 64K -E 8M -c 1 -S 128K -E eof -c 3 -S 64K" \
	>/dev/null

# served OPCODE: how many requests of that kind of client 1
served() {
	ctl stats | awk -v opc=$1 '$1 ~ /192.0.2.11/ && $2 == opc { n = $3 }
		END { print n + 0 }'
}

# What a copy of a sparse file finds out it does not have to read.
copies() {
	truncate -s 20M $c1/$1/sparse
	head -c 70000 /dev/urandom | dd of=$c1/$1/sparse bs=64K seek=50 \
		conv=notrunc iflag=fullblock 2>/dev/null
	# Written by one client, and not flushed until the other asks; the
	# object may end with the data, or go on with a hole.
	py list $c2/$1/sparse >/run/tmp/list
	grep -qxE "3276800 33(46800|50528)" /run/tmp/list
	[ "$(wc -l </run/tmp/list)" = 1 ]
	cp --sparse=auto $c2/$1/sparse /run/tmp/sparse
	cmp /run/tmp/sparse $c1/$1/sparse
	[ "$(stat -c %b /run/tmp/sparse)" -lt 400 ]
	rm $c1/$1/sparse
}

# Only objects with bytes of the file behind the offset are asked.
few_asked() {
	local n

	head -c 64K /dev/zero >$c1/striped/few
	sync $c1/striped/few
	n=$(served OST_SEEK)
	[ "$(py list $c1/striped/few)" = "0 65536" ]
	# data, then a hole: one object each time
	n=$(($(served OST_SEEK) - n))
	echo "asked $n times"
	[ $n = 2 ]
	rm $c1/striped/few
}

for layout in striped pfl; do
	try "no data and no holes: $layout" 30 py ends $c1/$layout/ends
	try "data and holes match a model: $layout" 100 \
		py seek $c1/$layout/seek $c2/$layout/seek "$seed" 30
	try "a copy skips holes: $layout" 30 copies $layout
done
try "who has no such bytes is not asked" 30 few_asked
finish
