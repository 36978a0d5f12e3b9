#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# what: data: sizes, holes, append, truncate, mmap, striping, random model
# limit: 300

. "$(dirname -- "$0")/lib.sh"
srv_osts=4
srv_args="--stripe-count 4 --stripe-size 1M"
setup

d=$c1/data
here=$(dirname -- "$0")
mkdir -p $d

sizes() {
	local s

	for s in 0 1 4095 4096 4097 65536 1048575 1048576 1048577 5000000; do
		head -c $s /dev/urandom >/run/tmp/src
		cp /run/tmp/src $d/size
		cmp /run/tmp/src $d/size
		drop_caches
		cmp /run/tmp/src $d/size
		[ "$(stat -c %s $d/size)" = $s ]
	done
	rm $d/size
}

large() {
	head -c 40M /dev/urandom >/run/tmp/src
	dd if=/run/tmp/src of=$d/large bs=1M conv=fsync 2>/dev/null
	drop_caches
	cmp /run/tmp/src $d/large
	# and one that is read while it is still dirty here
	dd if=/run/tmp/src of=$d/large2 bs=1M 2>/dev/null
	cmp /run/tmp/src $d/large2
	rm $d/large $d/large2
}

sparse() {
	truncate -s 10M $d/sparse
	printf end | dd of=$d/sparse bs=1 seek=9000000 conv=notrunc 2>/dev/null
	[ "$(stat -c %s $d/sparse)" = 10485760 ]
	drop_caches
	python3 - $d/sparse <<-'PY'
	import sys
	b = open(sys.argv[1], 'rb').read()
	assert len(b) == 10485760
	assert b[9000000:9000003] == b'end'
	assert b[:9000000].count(0) == 9000000
	assert b[9000003:].count(0) == len(b) - 9000003
	PY
	rm $d/sparse
}

append() {
	local i

	for i in $(seq 200); do
		echo "line $i of the file that grows" >>$d/app
	done
	[ "$(wc -l <$d/app)" = 200 ]
	drop_caches
	[ "$(tail -n 1 $d/app)" = "line 200 of the file that grows" ]
	rm $d/app
}

mmap_read() {
	head -c 3M /dev/urandom >/run/tmp/src
	cp /run/tmp/src $d/map
	drop_caches
	python3 - /run/tmp/src $d/map <<-'PY'
	import mmap, sys
	want = open(sys.argv[1], 'rb').read()
	f = open(sys.argv[2], 'rb')
	m = mmap.mmap(f.fileno(), 0, prot=mmap.PROT_READ)
	for off in list(range(0, len(want), 40961)) + [len(want) - 1]:
	    assert m[off] == want[off], off
	assert m[:] == want
	PY
	cp /bin/true $d/true
	$d/true
	rm $d/map $d/true
}

truncating() {
	ctl fault hold:10:1:5000
	python3 "$here/mapped.py" cut $d/mapped
}

ctl() {
	lustre-testserver ctl --dir $srv_dir "$@"
}

forget_all() {
	umount $c1
	do_mount c1 $c1
}

# What a target says to written data is what the writer hears.
errors() {
	local e

	for e in 27 122; do
		ctl fault status:4:-1:-$e
		python3 - $d/errors $e <<-'PY'
		import os, sys
		want = int(sys.argv[2])
		fd = os.open(sys.argv[1], os.O_CREAT | os.O_WRONLY)
		def fails(what, *args):
		    try:
		        what(*args)
		    except OSError as e:
		        if e.errno == want:
		            return
		        raise
		    sys.exit('no error')
		os.pwrite(fd, b'x' * 4096, 0)
		fails(os.fsync, fd)
		fails(os.pwrite, fd, b'x' * 4096, 0)
		os.fsync(fd)
		PY
		ctl clear
		# one that works, and they are cached again
		echo fine >$d/errors
		sync $d/errors
	done
	rm $d/errors
}

# Objects of 16 TiB less a page, four of them
too_large() {
	python3 - $d/huge <<-'PY'
	import errno, os, sys
	fd = os.open(sys.argv[1], os.O_CREAT | os.O_RDWR)
	most = 0xffffffff000
	limit = (most & ~0xfffff) * 3 + most
	def fails(what, *args):
	    try:
	        what(*args)
	    except OSError as e:
	        if e.errno == errno.EFBIG:
	            return
	        raise
	    sys.exit('no error')
	fails(os.pwrite, fd, b'x', limit)
	fails(os.pwrite, fd, b'x', 1 << 60)
	fails(os.ftruncate, fd, limit + 1)
	fails(os.ftruncate, fd, 1 << 60)
	assert os.fstat(fd).st_size == 0
	assert os.pwrite(fd, b'x' * 8192, limit - 4096) == 4096
	os.fsync(fd)
	assert os.fstat(fd).st_size == limit
	os.ftruncate(fd, limit)
	PY
	rm $d/huge
}

# Whoever goes by i_size alone finds it right after an open.
cold_open() {
	head -c 3M /dev/urandom >/run/tmp/src
	cp /run/tmp/src $d/cold
	for how in O_RDONLY O_RDWR; do
		forget_all
		rm -f $d/copy
		python3 - $d/cold $d/copy $how <<-'PY'
		import os, sys
		a = os.open(sys.argv[1], getattr(os, sys.argv[3]))
		b = os.open(sys.argv[2], os.O_CREAT | os.O_WRONLY)
		n = 0
		while True:
		    m = os.copy_file_range(a, b, 1 << 20)
		    if not m:
		        break
		    n += m
		assert n == 3 << 20, n
		PY
		cmp /run/tmp/src $d/copy
	done
	rm $d/cold $d/copy
}

atime() {
	local t

	echo x >$d/atime
	sleep 2
	cat $d/atime
	t=$(stat -c %X $d/atime)
	[ $t -gt "$(stat -c %Y $d/atime)" ]
	touch -a -d '2001-02-03 04:05:06 UTC' $d/atime
	[ "$(stat -c %X $d/atime)" = 981173106 ]
	[ "$(stat -c %X $d/atime)" = 981173106 ]
	rm $d/atime
}

# Files whose data can't be reached are never taken for empty ones.
unreadable() {
	head -c 10000 /dev/urandom >/run/tmp/src
	cp /run/tmp/src $d/comp
	touch -d '2001-02-03 04:05:06 UTC' $d/comp
	ctl layouts unknown
	forget_all
	must_fail "not supported" stat $d/comp
	must_fail "not supported" cat $d/comp
	must_fail "not supported" truncate -s 5 $d/comp
	must_fail "not supported" cp /run/tmp/src $d/comp
	must_fail "not supported" tar cf /run/tmp/tar -C $d comp
	# neither size nor the right to make it up, but all the rest
	[ "$(find $d/comp -prune -printf '%f')" = comp ] || true
	python3 - $d/comp <<-'PY'
	import os, sys
	os.chmod(sys.argv[1], 0o640)
	os.rename(sys.argv[1], sys.argv[1] + '2')
	os.rename(sys.argv[1] + '2', sys.argv[1])
	PY
	must_fail "not supported" cp /run/tmp/src $d/new
	must_fail "No such file" stat $d/new
	ctl layouts plain
	forget_all
	cmp /run/tmp/src $d/comp
	[ "$(stat -c '%a %Y' $d/comp)" = "640 981173106" ]
	rm $d/comp
}

# What the metadata target tells who can't ask the objects
lazy_size() {
	ctl layouts compressed
	forget_all
	[ "$(stat -c %s $d/lazy)" = $1 ]
	ctl layouts plain
	forget_all
}

lazy_sizes() {
	head -c 10000 /dev/zero >$d/lazy
	lazy_size 10000
	head -c 3000000 /dev/zero >>$d/lazy
	lazy_size 3010000
	# not all of it is known to this writer
	printf x | dd of=$d/lazy conv=notrunc
	lazy_size 3010000
	truncate -s 5 $d/lazy
	lazy_size 5
	# a shared mapping
	truncate -s 8192 $d/lazy
	python3 - $d/lazy <<-'PY'
	import mmap, sys
	with open(sys.argv[1], 'r+b') as f:
	    m = mmap.mmap(f.fileno(), 8192)
	    m[8000] = 1
	    m.close()
	PY
	lazy_size 8192
	rm $d/lazy
}

# Attributes without a layout say nothing about the layout.
bare() {
	echo data >$d/bare
	ln $d/bare $d/bare2
	forget_all
	exec 7<$d/bare
	ctl layouts bare
	[ "$(stat -c %s $d/bare2)" = 5 ]
	[ "$(cat <&7)" = data ]
	ctl layouts plain
	exec 7<&-
	rm $d/bare $d/bare2
}

# reads: how many of them the targets have served
reads() {
	ctl stats | awk '/OST_READ/ { n += $3 } END { print n + 0 }'
}

# A layout of the same objects: what is cached of them, dirty or clean, stays.
same_objects() {
	local before

	head -c 6M /dev/urandom >/run/tmp/src
	cp /run/tmp/src $d/same
	sync
	printf dirty | dd of=/run/tmp/src conv=notrunc seek=3000000 bs=1
	printf dirty | dd of=$d/same conv=notrunc seek=3000000 bs=1
	before=$(reads)
	exec 7<$d/same
	ctl relayout /data/same
	cmp /run/tmp/src - <&7
	exec 7<&-
	[ "$(reads)" = "$before" ]
	drop_caches
	cmp /run/tmp/src $d/same
	[ "$(reads)" -gt "$before" ]
	rm $d/same
}

# Layouts come and go under I/O that is on its way.
moving() {
	local pid

	touch $d/model
	while sleep 0.05; do
		ctl relayout /data/model || continue
	done >/run/tmp/relayouts 2>&1 &
	pid=$!
	python3 "$here/model.py" --drop $d/model "$seed" 30
	python3 "$here/model.py" $d/model "$seed" 100
	kill $pid
	[ "$(grep -c ok /run/tmp/relayouts)" -gt 5 ]
}

# A read that waits for its answer uses the layout that it began with until it
# ends; who asks for the next one waits for that.  (KASAN sees who does not.)
in_flight() {
	local pid

	head -c 1M /dev/urandom >/run/tmp/src
	cp /run/tmp/src $d/flight
	# what is kept for a replay stays when caches are dropped
	forget_all
	ctl fault delay:3:1:3000
	cat $d/flight >/run/tmp/flight &
	pid=$!
	while ctl faults | grep -q delay; do
		sleep 0.1
	done
	ctl relayout /data/flight
	cmp /run/tmp/src $d/flight
	wait $pid
	cmp /run/tmp/src /run/tmp/flight
	rm $d/flight
}

set_id() {
	python3 "$here/setid.py" $d/setid
}

try "sizes around page and stripe borders" 120 sizes
try "40 MiB over four objects" 120 large
try "every page is where it belongs, read cold" 120 \
	python3 "$here/places.py" $d/places "${LT_PLACES:-64}"
try "holes read as zeros" 60 sparse
try "append" 60 append
try "mmap, and a program run from there" 60 mmap_read
try "stores through a mapping of a sparse file" 60 \
	python3 "$here/mapped.py" sparse $d/mapped
try "stores behind the end, before and after it moves" 60 \
	python3 "$here/mapped.py" tail $d/mapped
try "a mapping while a truncate waits for a target" 100 truncating
try "errors of write-back reach the writer as they are" 60 errors
try "what is too large for the objects" 60 too_large
try "i_size is right after an open" 60 cold_open
try "a reading stays in the atime" 60 atime
try "files with layouts that can't be read" 100 unreadable
try "sizes for who can't ask the objects" 100 lazy_sizes
try "attributes without a layout" 60 bare
try "a new layout of the same objects keeps what is cached" 60 same_objects
try "a new layout waits for a read on the old one" 60 in_flight
try "new layouts while data are written and read" 100 moving
try "a write by another user takes set-id bits away" 60 set_id
try "random writes, reads and truncates match a model" 200 \
	python3 "$here/model.py" $d/model "$seed" "${LT_MODEL_ROUNDS:-400}"
try "truncates and writes with fresh caches match a model" 200 \
	python3 "$here/model.py" --drop $d/model "$((seed + 1))" $((${LT_MODEL_ROUNDS:-400} / 7))
rmdir $d
finish
