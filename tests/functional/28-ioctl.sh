#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# what: ioctls
# limit: 300

. "$(dirname -- "$0")/lib.sh"
srv_args="--stripe-count 2 --stripe-size 64K"
setup 2

here=$(dirname -- "$0")

ctl() {
	lustre-testserver ctl --dir $srv_dir "$@"
}

# ioctls TEST [ARG...]: in a directory of its own
ioctls() {
	local name=$1
	shift
	mkdir $c1/$name
	python3 $here/ioctls.py $name $c1/$name $c2/$name "$@"
}

space() {
	umount $c2
	do_mount c2 $c2 $spec -o exclude=$fsname-OST0001
	ioctls space $fsname 1
	umount $c2
	do_mount c2 $c2
}

layouts() {
	mkdir $c1/pfl
	ctl default /pfl "-E 1M -c 1 -S 1M -E eof -c 3 -S 64K" >/dev/null
	ioctls layouts $c1/pfl
}

striped() {
	mkdir $c1/striped $c1/striped/stripes $c1/striped/default
	ctl stripe striped/stripes 3
	ctl stripes-below striped/default 2
	python3 $here/ioctls.py striped $c1/striped $c2/striped
}

try "files by name and by number" 60 ioctls identity
try "the file system" 30 ioctls names $fsname
try "space of each target" 60 space
try "layouts, shown and wanted" 60 layouts
try "stripes of directories" 30 striped
try "versions of data" 60 ioctls versions
try "what there is not" 30 ioctls unknown
try "nonsense" 100 ioctls nonsense "$seed" "${LT_NONSENSE:-6000}"
finish
