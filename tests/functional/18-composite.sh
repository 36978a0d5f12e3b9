#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# what: composite layouts: objects that are made when they are needed
# limit: 600

. "$(dirname -- "$0")/lib.sh"
here=$(dirname -- "$0")
srv_osts=4
srv_args="--stripe-count 1 --stripe-size 1M"
setup 2

d=$c1/pfl
d2=$c2/pfl
comps="-E 1M -c 1 -S 1M -E 4M -c 2 -S 64K -E eof -c 3 -S 1M"

ctl() {
	lustre-testserver ctl --dir $srv_dir "$@"
}

py() {
	python3 "$here/composite.py" "$@"
}

mkdir $d
ctl default /pfl "$comps" >/dev/null

# made FILE: how many of its components have objects
made() {
	getfattr --only-values -n lustre.lov $1 | python3 -c '
import struct, sys
ea = sys.stdin.buffer.read()
n = struct.unpack_from("<H", ea, 14)[0]
print(sum(struct.unpack_from("<I", ea, 36 + 48 * i)[0] >> 4 & 1
          for i in range(n)))'
}

grows() {
	local s

	head -c 6M /dev/urandom >/run/tmp/src
	: >$d/f
	[ "$(made $d/f)" = 1 ]
	for s in 1000 1048576 1048577 4194304 4194305 6291456; do
		head -c $s /run/tmp/src >$d/f
		cmp $d/f <(head -c $s /run/tmp/src)
		drop_caches
		cmp $d/f <(head -c $s /run/tmp/src)
		cmp $d2/f <(head -c $s /run/tmp/src)
		[ "$(stat -c %s $d2/f)" = $s ]
		case $s in
		1000 | 1048576) [ "$(made $d/f)" = 1 ] ;;
		1048577 | 4194304) [ "$(made $d/f)" = 2 ] ;;
		*) [ "$(made $d/f)" = 3 ] ;;
		esac
	done
	[ "$(stat -c %b $d2/f)" = $((6291456 / 512)) ]
	rm $d/f
}

# served: requests of client 1 but pings, by opcode
served() {
	ctl stats | awk '$1 ~ /192.0.2.11/ && $2 !~ /PING|STATFS/ {
		print $2, $3 }' | sort
}

# delta BEFORE AFTER: what came in between
delta() {
	join -a 2 -e 0 -o 0,1.2,2.2 $1 $2 | awk '$3 > $2 {
		printf "%s%s:%d", s, $1, $3 - $2; s = " " }'
}

# One request makes the objects, and takes the place of all that would ask for
# the layout; the cancel of the old lock travels with it.
crossing() {
	local out

	head -c 1M /dev/zero >$d/cross
	coproc py cross $d/cross 1048576
	read -r out <&"${COPROC[0]}"
	[ "$out" = ready ]
	served >/run/tmp/before
	echo >&"${COPROC[1]}"
	read -r out <&"${COPROC[0]}"
	[ "$out" = done ]
	served >/run/tmp/after
	echo >&"${COPROC[1]}"
	wait $COPROC_PID
	out=$(delta /run/tmp/before /run/tmp/after)
	echo "at the crossing: $out"
	# the intent, and a lock on the one object that is written
	[ "$out" = LDLM_ENQUEUE:2 ]
	[ "$(made $d/cross)" = 2 ]
	rm $d/cross
}

small_file() {
	echo hello >$1
	cat $1
	sync $1
	stat $1
	echo more >>$1
	truncate -s 3 $1
	rm $1
}

# A file of the first component costs what a plain one costs.
small() {
	local dir

	mkdir -p $c1/plain
	# whether an open is kept is a matter of time
	lctl set_param "llite.*.opencache_threshold_ms=0" >/dev/null
	for dir in $c1/plain $d; do
		# what either has to learn first
		small_file $dir/first
		served >/run/tmp/before
		small_file $dir/second
		served >/run/tmp/after
		delta /run/tmp/before /run/tmp/after >/run/tmp/$(basename $dir)
		echo "$dir: $(cat /run/tmp/$(basename $dir))"
	done
	cmp /run/tmp/plain /run/tmp/pfl
}

truncates() {
	local s

	for s in 1 1048575 1048576 1048577 4194303 4194304 4194305 7000000 \
		4194304 1048576 5 0 3000000 1048576 0; do
		truncate -s $s $d/trunc
		[ "$(stat -c %s $d/trunc)" = $s ]
		[ "$(stat -c %s $d2/trunc)" = $s ]
		cmp $d2/trunc <(head -c $s /dev/zero)
		drop_caches
		[ "$(stat -c %s $d/trunc)" = $s ]
	done
	rm $d/trunc
	# what was cut off does not come back
	head -c 6M /dev/urandom >$d/trunc
	truncate -s 1500000 $d/trunc
	truncate -s 6M $d/trunc
	cp $d2/trunc /run/tmp/src
	cmp <(tail -c +1500001 $d/trunc) <(head -c 4791456 /dev/zero)
	cmp $d/trunc /run/tmp/src
	rm $d/trunc
}

appends() {
	local i

	: >/run/tmp/src
	for i in $(seq 60); do
		head -c 100000 /dev/urandom >/run/tmp/piece
		cat /run/tmp/piece >>/run/tmp/src
		if [ $((i % 2)) = 0 ]; then
			cat /run/tmp/piece >>$d/append
		else
			cat /run/tmp/piece >>$d2/append
		fi
	done
	cmp /run/tmp/src $d/append
	cmp /run/tmp/src $d2/append
	rm $d/append
}

two_writers() {
	local how

	for how in parts append turns mmap; do
		python3 "$here/twowriters.py" $how $d/two $d2/two "$seed"
		rm -f $d/two
	done
}

# One has the file open, mapped and dirty; the other one makes it longer.
under_use() {
	python3 - $d/use $d2/use <<-'PY'
	import mmap, os, sys
	MIB = 1 << 20
	a = os.open(sys.argv[1], os.O_CREAT | os.O_RDWR)
	os.pwrite(a, b'a' * MIB, 0)
	m = mmap.mmap(a, MIB)
	m[5] = 65
	b = os.open(sys.argv[2], os.O_RDWR)
	assert os.pwrite(b, b'b' * 4096, 2 * MIB) == 4096
	m[4096] = 66
	assert os.fstat(a).st_size == 2 * MIB + 4096
	want = bytearray(b'a' * MIB + bytes(MIB) + b'b' * 4096)
	want[5], want[4096] = 65, 66
	assert os.pread(b, 4 * MIB, 0) == want
	assert os.pread(a, 4 * MIB, 0) == want
	m2 = mmap.mmap(a, 2 * MIB + 4096)
	m2[MIB + 1] = 67
	assert os.pwrite(b, b'c', 5 * MIB) == 1
	m2[MIB + 4096] = 68
	want[MIB + 1], want[MIB + 4096] = 67, 68
	want += bytes(5 * MIB - len(want)) + b'c'
	assert os.pread(b, 6 * MIB, 0) == want
	m.close()
	m2.close()
	PY
	rm $d/use
}

moving() {
	local pid

	touch $d/model
	while sleep 0.1; do
		ctl relayout /pfl/model || continue
	done >/run/tmp/relayouts 2>&1 &
	pid=$!
	python3 "$here/model.py" --drop $d/model "$seed" 20
	python3 "$here/model.py" $d/model "$seed" "${LT_MODEL_ROUNDS:-200}"
	kill $pid
	[ "$(grep -c ok /run/tmp/relayouts)" -gt 5 ]
}

# Data that are dirty in components that a new layout has as well stay.
stays() {
	local before

	head -c 5M /dev/urandom >/run/tmp/src
	cp /run/tmp/src $d/stay
	cat $d/stay >/dev/null
	served >/run/tmp/before
	ctl relayout /pfl/stay
	cmp /run/tmp/src $d/stay
	served >/run/tmp/after
	before=$(delta /run/tmp/before /run/tmp/after)
	echo "$before"
	not grep -q OST_READ <<<"$before"
	rm $d/stay
}

# The objects that were made, and not committed, are made again.
restart() {
	local pid

	server_stop TERM
	# nothing is committed by itself
	server_start $srv_args --commit-interval 3600000
	mkdir $d/r
	py replay write $d/r 3
	py replay write $d/r 6 &
	pid=$!
	sleep 1.5
	server_stop KILL
	sleep 2
	server_start $srv_args
	wait $pid
	py replay check $d/r 6
	drop_caches
	py replay check $d/r 6
	py replay check $d2/r 6
	rm -r $d/r
}

try "grows from component to component" 100 grows
try "one intent at the border" 30 crossing
try "small files cost what plain ones cost" 60 small
try "truncate over the borders" 100 truncates
try "append over the borders, in turns" 60 appends
try "two writers" 200 two_writers
try "made longer while it is used" 60 under_use
try "setstripe, getstripe" 60 py setstripe $d/set
try "layout of another file" 30 py copy $d/set $d/set2
try "a layout with an end" 60 py end $d/end
try "random model, layouts come and go" 200 moving
try "a layout of the same objects" 30 stays
try "killed and started again meanwhile" 200 restart
finish
