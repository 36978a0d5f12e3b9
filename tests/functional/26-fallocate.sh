#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# what: space that is allocated and given back, extents, copies in the kernel
# limit: 500

. "$(dirname -- "$0")/lib.sh"
here=$(dirname -- "$0")
srv_osts=4
# Nothing is committed unless a test says so.
srv_args="--stripe-count 3 --stripe-size 64K --timeout 20
	--commit-interval 3600000 --recovery-time 300"
setup 2
# A server that has lost who was idle would wait for him.
in_ns c1 lctl set_param 'osc.*.idle_timeout=0' >/dev/null
in_ns c2 lctl set_param 'osc.*.idle_timeout=0' >/dev/null

ctl() {
	lustre-testserver ctl --dir $srv_dir "$@"
}

py() {
	python3 "$here/space.py" "$@"
}

mkdir $c1/striped $c1/pfl $c1/dom $c1/one
ctl default /pfl "-E 256K -c 1 -S 256K -E 512K -c 2 -S 64K -E 8M -c 1 -S 128K -E eof -c 3 -S 64K" \
	>/dev/null
ctl default /one "-E eof -c 1 -S 1M" >/dev/null
ctl default /dom "-E 256K -L mdt -E eof -c 2 -S 64K" >/dev/null
head -c 2M /dev/urandom >/run/tmp/src

# Blocks come and go; the size moves only if it is to.
space() {
	local f=$c1/$1/space g=$c2/$1/space

	: >$f
	fallocate -n -l 2M $f
	[ "$(stat -c %s $f)" = 0 ]
	[ "$(stat -c %b $g)" -ge 4096 ]
	rm $f
	fallocate -l 2M $f
	[ "$(stat -c %s $g)" = 2097152 ]
	[ "$(stat -c %b $g)" -ge 4096 ]
	cmp $f <(head -c 2M /dev/zero)
	dd if=/run/tmp/src of=$f bs=1M conv=notrunc 2>/dev/null
	# read there before, so that a hole has to be told
	cmp $g /run/tmp/src
	cp /run/tmp/src /run/tmp/space
	fallocate -p -o 131072 -l 1M $f
	fallocate -p -o 131072 -l 1M /run/tmp/space
	cmp $g /run/tmp/space
	cmp $f /run/tmp/space
	[ "$(stat -c %b $g)" -lt 2200 ]
	# a metadata target does not tell holes
	[ $1 = dom ] || [ "$(py list $g)" = "0 131072
1179648 2097152" ]
	rm $f /run/tmp/space
}

# What is refused leaves everything as it is.
refuses() {
	local f=$c1/striped/no

	head -c 300000 /run/tmp/src >$f
	must_fail "not supported" fallocate -c -o 65536 -l 65536 $f
	must_fail "not supported" fallocate -i -o 65536 -l 65536 $f
	# a target that does not know the request: before 2.14
	ctl fault status:22:3:-524 >/dev/null
	must_fail "unsupported" fallocate -p -o 100 -l 100000 $f
	ctl clear >/dev/null
	# the server has done it, and only says so
	cmp $f $c2/striped/no
	ctl fault status:22:3:-28 >/dev/null
	must_fail "No space" fallocate -l 300000 $f
	ctl clear >/dev/null
	must_fail "File too large" py limit $f
	[ "$(stat -c %s $c2/striped/no)" = 300000 ]
	ctl default /striped "-E 1M -c 1" >/dev/null
	must_fail "File too large" fallocate -o 1M -l 1 $c1/striped/short
	must_fail "File too large" fallocate -l 1048577 $c1/striped/short
	fallocate -p -o 2M -l 1M $c1/striped/short
	fallocate -l 1M $c1/striped/short
	ctl default /striped "-E eof -c 3 -S 64K" >/dev/null
	rm $f $c1/striped/short
}

set_id() {
	local f=$c1/striped/id

	head -c 300000 /run/tmp/src >$f
	chmod 6777 $f
	chown 1000:1000 $c1/striped
	setpriv --reuid 1000 --regid 1000 --clear-groups \
		fallocate -p -o 0 -l 4096 $f
	[ "$(stat -c %a $c2/striped/id)" = 777 ]
	rm $f
}

# Data do not come back from a page that a mapping stores to all the time.
mapped() {
	py mapped $c1/striped/map $c2/striped/map
}

# Who waits for a server can be killed; the target gets to it later.
killed() {
	local f=$c1/striped/killed pid n=0

	cp /run/tmp/src $f
	# what is dirty nobody can be killed in the writing of
	sync $f
	cp /run/tmp/src /run/tmp/killed
	exec 6<$f 7<>$f
	kill -STOP $(server_pid)
	trap 'kill -CONT $(server_pid)' EXIT
	python3 "$here/space.py" call 7 3 100000 1000000 &
	pid=$!
	until [ $n = 3 ]; do
		kill -0 $pid
		sleep 0.5
		grep -q '^State:.D' /proc/$pid/status && n=$((n + 1)) || n=0
	done
	kill -KILL $pid
	wait $pid && false
	# asked for before the target knows
	head -c 300000 <&6 >/dev/null &
	kill -CONT $(server_pid)
	trap - EXIT
	wait
	exec 6<&- 7>&-
	fallocate -p -o 100000 -l 1000000 /run/tmp/killed
	cmp $f /run/tmp/killed
	cmp $c2/striped/killed /run/tmp/killed
	rm $f
}

# Where a file lies; what one has not written yet, FIEMAP_FLAG_SYNC writes.
extents() {
	local f=$c1/one/map g=$c2/one/map

	: >$f
	filefrag -v $f >/run/tmp/map
	grep "0 extents found" /run/tmp/map
	py fiemap $f $g "$seed" 1
	head -c 16K /run/tmp/src >$f
	head -c 4K /run/tmp/src | dd of=$f bs=4K seek=64 conv=notrunc 2>/dev/null
	sync $f
	filefrag -v $f >/run/tmp/map
	cat /run/tmp/map
	grep -E "^ *0: +0\.\. +3: +[0-9]+\.\. *[0-9]+: +4: .*0x80000000$" /run/tmp/map
	grep -E "^ *1: +64\.\. +64: .* 1: .*last,0x80000000,eof$" /run/tmp/map
	: >$c1/dom/map
	[ "$(py extents $c1/dom/map)" = "[]" ]
	rm $f $c1/dom/map
}

save() {
	sync
	ctl commit >/dev/null
	rm -rf /run/tmp/saved
	mkdir /run/tmp/saved
	(cd $srv_dir && find OST* MDT* -type f \
		-exec cp --parents {} /run/tmp/saved \;)
}

# A crash that takes with it what was not committed, data as well.
crash() {
	server_stop KILL
	(cd /run/tmp/saved && find . -type f | while read -r f; do
		truncate -s 0 $srv_dir/$f
		cat $f >$srv_dir/$f
	done)
	server_start $srv_args
}

# A change that the server has not committed when it dies is made again, in its
# turn between writes.
replayed() {
	local f=$c1/$1/again g=$c2/$1/again

	cp /run/tmp/src $f
	save
	py call $f 3 100000 300000
	head -c 100K /run/tmp/src | dd of=$f bs=4K seek=60 conv=notrunc \
		iflag=fullblock 2>/dev/null
	# written, for the other one reads it, and not committed
	cat $g >/dev/null
	py call $f 16 1000000 1000000
	py call $f 0 2500000 500000
	cp /run/tmp/src /run/tmp/again
	fallocate -p -o 100000 -l 300000 /run/tmp/again
	head -c 100K /run/tmp/src | dd of=/run/tmp/again bs=4K seek=60 \
		conv=notrunc iflag=fullblock 2>/dev/null
	dd if=/dev/zero of=/run/tmp/again bs=1000000 seek=1 count=1 \
		conv=notrunc 2>/dev/null
	truncate -s 3000000 /run/tmp/again
	crash
	[ "$(stat -c %s $g)" = 3000000 ]
	cmp $g /run/tmp/again
	drop_caches
	cmp $f /run/tmp/again
	[ "$(stat -c %b $f)" -lt $((4 * 2048)) ]
	rm $f
}

for layout in striped pfl dom; do
	try "space comes and goes: $layout" 60 space $layout
	try "zeroes match a model: $layout" 100 \
		py falloc $c1/$layout/falloc $c2/$layout/falloc "$seed" 25
done
try "copies in the kernel" 60 python3 "$here/copies.py" $c1/striped/from \
	$c2/striped/from $c1/pfl/to $c2/pfl/to "$seed" 12
try "what is refused" 30 refuses
try "set-id bits" 20 set_id
try "extents" 60 extents
try "extents, object by object" 60 \
	py fiemap $c1/striped/map $c2/striped/map "$seed" 3
try "a hole in what is mapped" 60 mapped
try "killed" 60 killed
for layout in striped dom; do
	try "replay: $layout" 100 replayed $layout
done
finish
