#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# what: files whose beginning a metadata target keeps
# limit: 400

. "$(dirname -- "$0")/lib.sh"
here=$(dirname -- "$0")
srv_osts=2
# Nothing is committed unless a test says so.
srv_args="--stripe-count 1 --stripe-size 1M --timeout 20
	--commit-interval 3600000 --recovery-time 300"
setup 2

d=$c1/dom
d2=$c2/dom
comps="-E 128K -L mdt -E eof -c 2 -S 64K"

ctl() {
	lustre-testserver ctl --dir $srv_dir "$@"
}

mkdir $d
ctl default /dom "$comps" >/dev/null
head -c 4M /dev/urandom >/run/tmp/src

# src BYTES: the beginning of it
src() {
	head -c $1 /run/tmp/src
}

# rpcs OPCODE: how many client 1 has sent, to all targets
rpcs() {
	ctl stats | awk -v op=$1 '$1 ~ /192.0.2.11/ && $2 == op { n += $3 }
		END { print n + 0 }'
}

# same FILE BYTES: both clients find that much, also from the server
same() {
	local f

	for f in $d/$1 $d2/$1; do
		[ "$(stat -c %s $f)" = $2 ]
		cmp $f <(src $2)
	done
	drop_caches
	cmp $d/$1 <(src $2)
}

# The data are where they belong, and nowhere else.
small() {
	src 1000 >$d/small
	sync $d/small
	same small 1000
	src 65537 >$d/small
	same small 65537
	[ -n "$(find $srv_dir/MDT0000 -type f -size 65537c)" ]
	[ -z "$(find $srv_dir/OST* -type f -size +0)" ]
	[ "$(stat -c %b $d2/small)" -ge $((65537 / 512)) ]
	rm $d/small
}

# Over the end of the first component, and back
grows() {
	local s

	: >$d/f
	for s in 1 131072 131073 300000; do
		src $s >$d/f
		same f $s
	done
	for s in 131072 131071 17 0; do
		truncate -s $s $d/f
		same f $s
	done
	# what was cut off does not come back
	truncate -s 200000 $d2/f
	cmp $d/f <(head -c 200000 /dev/zero)
	src 300000 >>$d2/f
	cmp $d/f <(head -c 200000 /dev/zero; src 300000)
	rm $d/f
}

# Where they lie nobody tells, but that there are some.
located() {
	: >$d/where
	filefrag -v $d/where >/run/tmp/map
	grep "0 extents found" /run/tmp/map
	src 5000 >$d/where
	filefrag -v $d2/where >/run/tmp/map
	cat /run/tmp/map
	grep -E "^ *0: +0\.\. +1: .*last,unknown_loc,0x80000000,eof$" /run/tmp/map
	# what is on the object targets can be told apart from that only in the
	# order of the targets
	src 300000 >$d/where
	sync $d/where
	must_fail unsupported filefrag -v $d2/where
	python3 $here/space.py extents $d2/where >/run/tmp/map
	cat /run/tmp/map
	grep -E "^\[\(0, 0, 131072, $((1 << 31 | 2)), $((1 << 16))\), \(" /run/tmp/map
	rm $d/where
}

appends() {
	local i

	for i in 1 2 3 4 5; do
		head -c 30000 /dev/zero | tr '\0' $i >>$d/app
		head -c 30000 /dev/zero | tr '\0' $((i + 1)) >>$d2/app
	done
	[ "$(stat -c %s $d/app)" = 300000 ]
	for i in 1 2 3 4 5; do
		head -c 30000 /dev/zero | tr '\0' $i
		head -c 30000 /dev/zero | tr '\0' $((i + 1))
	done | cmp - $d/app
	drop_caches
	[ "$(md5sum <$d/app)" = "$(md5sum <$d2/app)" ]
}

# What one has not written back yet, others see the size and the data of.
coherent() {
	local i

	for i in 1 2 3; do
		echo $i 1 >$d/co
		[ "$(stat -c %s $d2/co)" = 4 ]
		[ "$(cat $d2/co)" = "$i 1" ]
		echo $i two >$d2/co
		[ "$(cat $d/co)" = "$i two" ]
		: >$d2/co
		[ "$(stat -c %s $d/co)" = 0 ]
	done
	# a writer that goes on writing is only asked for the size
	exec 5>>$d/co
	echo abcd >&5
	[ "$(stat -c %s $d2/co)" = 5 ]
	echo efgh >&5
	[ "$(stat -c %s $d2/co)" = 10 ]
	exec 5>&-
	# times: an old one that somebody sets is not lost to later writing
	touch -d @1000000000 $d/co
	[ "$(stat -c %Y $d2/co)" = 1000000000 ]
	drop_caches
	[ "$(stat -c %Y $d/co)" = 1000000000 ]
}

direct() {
	dd if=/run/tmp/src of=$d/direct bs=64K count=4 oflag=direct 2>/dev/null
	cmp $d2/direct <(src 262144)
	dd if=$d/direct of=/run/tmp/back bs=64K iflag=direct 2>/dev/null
	cmp /run/tmp/back <(src 262144)
	# what is dirty at the one, read past the cache by the other
	echo dirty | dd of=$d/direct conv=notrunc 2>/dev/null
	dd if=$d2/direct bs=4K count=1 iflag=direct 2>/dev/null | head -c 5 |
		grep -qx dirty
}

mapped() {
	src 300000 >$d/map
	python3 - $d/map $d2/map <<'END'
import mmap, sys
one = open(sys.argv[1], 'r+b')
two = open(sys.argv[2], 'r+b')
m1, m2 = (mmap.mmap(f.fileno(), 300000) for f in (one, two))
for pos in 0, 5000, 131071, 131072, 299999:
    m1[pos:pos + 1] = b'x'
    assert m2[pos:pos + 1] == b'x', pos
    m2[pos:pos + 1] = b'y'
    assert m1[pos:pos + 1] == b'y', pos
END
}

# A small file costs no request to an object target, and few in all.
requests() {
	local before after

	drop_caches
	before=$(rpcs OST_READ)
	src 5000 >$d/req
	sync $d/req
	after=$(rpcs OST_READ)
	[ $before = $after ]
	before=$(rpcs LDLM_ENQUEUE)
	for i in 1 2 3 4 5; do
		cat $d/req >/dev/null
		stat $d/req >/dev/null
	done
	after=$(rpcs LDLM_ENQUEUE)
	echo "five times open, read, stat: $((after - before)) enqueues"
	[ $((after - before)) -le 10 ]
}

# What an open brings along is what others have written, and is dropped when they
# write; a larger file comes by a request of its own.
brought() {
	local n before

	for n in 1 4095 4096 4097 5000 12288; do
		src $n >$d2/br
		sync $d2/br
		[ "$(stat -c %s $d/br)" = $n ]
		drop_caches
		before=$(rpcs OST_READ)
		cmp $d/br <(src $n)
		echo "$n bytes: $(($(rpcs OST_READ) - before)) reads"
		[ $n -gt 4096 ] || [ $before = $(rpcs OST_READ) ]
		# another's change, seen without an open of one's own
		exec 9<$d/br
		echo X | dd of=$d2/br conv=notrunc bs=1 count=1 2>/dev/null
		[ "$(head -c 1 <&9)" = X ]
		truncate -s 0 $d2/br
		[ -z "$(cat <&9)" ]
		truncate -s $n $d2/br
		cmp $d/br <(head -c $n /dev/zero)
		exec 9<&-
	done
	rm $d/br
}

space() {
	ctl default /dom "-E 1M -L mdt" >/dev/null
	src 1048576 >$d/whole
	same whole 1048576
	# behind the last component nothing can be
	must_fail "File too large" truncate -s 1048577 $d/whole
	ctl default /dom "$comps" >/dev/null
}

# Writes that the server has no room for, by the page cache and past it
no_space() {
	: >$d/full
	ctl fault result:4:1:-28 >/dev/null
	src 3000 >$d/full
	must_fail "No space left" sync $d/full
	ctl fault result:4:1:-28 >/dev/null
	must_fail "No space left" dd if=/run/tmp/src of=$d/full bs=4K count=1 \
		oflag=direct
	src 3000 >$d/full
	sync $d/full
	same full 3000
}

# Dirty data outlive a server that is started anew.
restarted() {
	exec 7>$d/re
	src 100000 >&7
	server_stop
	server_start $srv_args
	[ "$(stat -c %s $d2/re)" = 100000 ]
	exec 7>&-
	same re 100000
}

# A crash that takes with it what was not committed, data as well.
crash() {
	server_stop KILL
	find $srv_dir/OST* $srv_dir/MDT* -type f -exec truncate -s 0 {} +
	server_start $srv_args
}

# between ACTION ARGUMENT...: run writes.py; ACTION when it has written
between() {
	local action=$1 pid
	shift

	rm -f /run/tmp/ready /run/tmp/go
	python3 "$here/writes.py" /run/tmp/ready /run/tmp/go "$@" &
	pid=$!
	trap 'kill $pid' EXIT
	until [ -e /run/tmp/ready ]; do
		kill -0 $pid
		sleep 0.2
	done
	$action
	touch /run/tmp/go
	wait $pid
	trap - EXIT
}

replayed() {
	rm -rf $d/*
	sync
	ctl commit >/dev/null
	between crash replay $d/r $d2/r "$seed"
	# nothing was sent with the checksum of something else
	not grep 'write checksum' "$LT_OUT/$case_name.server.log"
}

# What was not written goes with the lock; who asks for it is told.
evicted() {
	local t=0

	src 9 >$d/ev
	sync $d/ev
	dmesg -C
	exec 7<>$d/ev
	echo text >&7
	ctl evict all >/dev/null
	# whoever asks next finds it out
	stat $d/nothing || true
	until dmesg | grep 'data of .* not written yet are lost: -5'; do
		t=$((t + 1))
		[ $t -lt 100 ]
		sleep 0.1
		stat $d/nothing || true
	done
	must_fail "Input/output error" python3 -c 'import os; os.fsync(7)'
	exec 7>&-
	for t in 1 2 3 4 5; do
		src 77 >$d/ev && cat $d2/ev >/dev/null && break
		sleep 1
	done
	same ev 77
}

two() {
	python3 "$here/twowriters.py" $1 $d/two.$1 $d2/two.$1 "$seed"
}

model() {
	python3 "$here/model.py" --drop $d/model "$seed" 20
}

# Several names in one request: one that somebody writes is not waited for there.
ahead() {
	local i

	mkdir $d/ahead
	for i in $(seq 20); do
		echo text >$d2/ahead/$i
	done
	ls -l $d/ahead >/run/tmp/ahead
	[ "$(awk '{ n += $5 } END { print n }' /run/tmp/ahead)" = 100 ]
	rm -r $d/ahead
}

try "small files" 30 small
try "over the end of the component" 60 grows
try "where they lie" 30 located
try "appending from two clients" 30 appends
try "two clients" 30 coherent
try "direct" 20 direct
try "mapped" 20 mapped
try "requests" 20 requests
try "data that come with an open" 60 brought
try "only such data" 20 space
try "names asked for ahead, whose data another client writes" 60 ahead
try "random model" 60 model
try "two writers" 60 two parts
try "two writers take turns" 60 two turns
try "two clients map it" 60 two mmap
try "no space" 20 no_space
try "a restart with dirty data" 60 restarted
try "replay of what was not committed" 100 replayed
try "an eviction takes dirty data" 60 evicted
finish
