#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# what: file handles, and answers to odd questions
# limit: 200

. "$(dirname -- "$0")/lib.sh"
here=$(dirname -- "$0")
setup 2

d=$c1/answers
mkdir $d

ctl() {
	lustre-testserver ctl --dir $srv_dir "$@"
}

# Handles are good for another mount; what they say about dentries is not.
handles() {
	mkdir -p $d/h/sub/deep
	echo text >$d/h/sub/deep/f
	ln -s f $d/h/sub/deep/l
	python3 $here/handles.py take /run/tmp/handles $c1 answers/h \
		answers/h/sub/deep answers/h/sub/deep/f answers/h/sub/deep/l ''
	python3 $here/handles.py open /run/tmp/handles $c1
	drop_caches
	python3 $here/handles.py open /run/tmp/handles $c1
	umount $c1
	do_mount c1 $c1
	python3 $here/handles.py open /run/tmp/handles $c1
	# names that nobody here has walked
	umount $c1
	mv $c2/answers/h/sub $c2/answers/h/other
	do_mount c1 $c1
	python3 $here/handles.py moved /run/tmp/handles $c1 \
		answers/h/other/deep answers/h/other/deep/f
	python3 $here/handles.py refused /run/tmp/handles $c1
	rm -r $c2/answers/h
	python3 $here/handles.py stale /run/tmp/handles $c1
	umount $c1
	do_mount c1 $c1
	python3 $here/handles.py stale /run/tmp/handles $c1
}

# A file outside of what is mounted has a handle, too; directories there have
# no way up to the root of the mount.
handles_below() {
	mkdir -p $d/in $d/out
	echo text >$d/out/f
	python3 $here/handles.py take /run/tmp/out $c1 answers/out
	mkdir -p /mnt/below
	do_mount c1 /mnt/below $spec/answers/in
	python3 $here/handles.py stale /run/tmp/out /mnt/below
	umount /mnt/below
	rm -r $d/in $d/out
}

# The wire has 8 bits for each half of a device number: what does not fit there
# is refused, and not made as another device.
devices() {
	local n

	mknod $d/dev c 255 254
	[ "$(stat -c %t:%T $c2/answers/dev)" = ff:fe ]
	for n in "256 1" "1 256" "4000 70000"; do
		must_fail "Invalid argument" mknod $d/other c $n
	done
	[ "$(ls $c2/answers)" = dev ]
	rm $d/dev
}

# What others encrypted, nobody here has the key of.
encrypted() {
	local n

	mkdir $d/d $d/d/sub
	echo text >$d/f
	echo text >$d/d/f
	echo text >$d/open
	ln -s f $d/l
	mkdir $d/small
	ctl default /answers/small "-E 1M -L mdt"
	echo text >$d/small/f
	mv $d/small/f $d/dom
	rmdir $d/small
	# a descriptor that is open, a page that is cached, and a name
	exec 7<>$d/open
	[ "$(stat -c %s $c2/answers/f)" = 5 ]
	sync
	for n in d f l dom open; do
		ctl encrypt /answers/$n
	done
	must_fail "Required key not available" cat /dev/fd/7
	must_fail "Required key not available" cat $d/open
	exec 7<&-
	python3 $here/nokey.py $d
	python3 $here/nokey.py $c2/answers
	drop_caches
	umount $c1
	do_mount c1 $c1
	python3 $here/nokey.py $d
	rm $d/f $d/l $d/dom $d/open
	ctl encrypt /answers/d no
	rm -r $d/d
}

try "file handles" 60 handles
try "file handles and a mounted subdirectory" 30 handles_below
try "device numbers that do not fit" 20 devices
try "what is encrypted" 60 encrypted
try "everything removed" 20 rmdir $d
finish
