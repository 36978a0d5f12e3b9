#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# what: mirrored files: any copy is read, one is written
# limit: 250
# machines: kasan lockdep

. "$(dirname -- "$0")/lib.sh"
here=$(dirname -- "$0")
srv_osts=4
# Targets are away for longer than it takes to be evicted.
srv_args="--stripe-count 1 --stripe-size 1M --timeout 20 --evict-time 0"
setup 2

d=$c1/m
d2=$c2/m
size=1500000
turns=${LT_TURNS:-3}

ctl() {
	lustre-testserver ctl --dir $srv_dir "$@"
}

# without what it does not need: it is begun often
py() {
	python3 -SE "$here/mirrors.py" "$@"
}

mkdir $d
head -c $size /dev/urandom >/run/tmp/src

# resync FILE: all copies are in sync then, or it is not "ok"
resync() {
	until_ok ctl resync /m/$1
}

# new FILE [SHAPE [BYTES]]: with data, and copies in sync
new() {
	py make $d/$1 ${2:-two}
	head -c ${3:-$size} /run/tmp/src >$d/$1
	resync $1
}

# target UP|DOWN NUMBER...
targets() {
	local what=$1 i
	shift

	for i; do
		ctl $what lfs-OST000$i
	done
}

# The copies of shape two are on targets of their own.
copy[0]="0 1"
copy[1]="2 3"

# same FILE NAME: what the client at hand reads in all ways
same() {
	cmp $1 $2
	dd if=$1 of=/run/tmp/back bs=1M iflag=direct 2>/dev/null
	cmp /run/tmp/back $2
	py mmap $1 $(stat -c %s $2) | cmp - $2
	[ "$(stat -c %s $1)" = "$(stat -c %s $2)" ]
}

# copies FILE NAME: each copy is that, on the targets
copies() {
	py copies $d/$1 $srv_dir $2
}

# each FILE NAME: the same, seen by the second client, which has nothing in
# memory.  Targets that were away are found again after seconds only.
each() {
	local i

	for i in 0 1; do
		targets disable ${copy[i]}
		drop_caches
		same $d2/$1 $2
		[ "$(stat -c %Y $d2/$1)" = "$(stat -c %Y $d/$1)" ]
		targets enable ${copy[i]}
	done
}

written() {
	py make $d/f two
	[ "$(py state $d/f)" = "1 0,1" ]
	cat /run/tmp/src >$d/f
	[ "$(py state $d/f)" = "2 0" ]
	same $d/f /run/tmp/src
	same $d2/f /run/tmp/src
	resync f
	[ "$(py state $d/f)" = "1 0,1" ]
	same $d2/f /run/tmp/src
	# all that the copies take
	[ "$(stat -c %b $d2/f)" -ge $((2 * size / 512)) ]
	[ "$(stat -c %b $d2/f)" -lt $((3 * size / 512)) ]
}

either() {
	touch -d @1000000000 $d/f
	[ "$(stat -c %Y $d2/f)" = 1000000000 ]
	each f /run/tmp/src
	# what is read while they go and come
	new g
	for i in 0 1; do
		(for n in 1 2 3; do
			echo 3 >/proc/sys/vm/drop_caches
			cmp $d/g /run/tmp/src || exit 1
		done) &
		targets disable ${copy[i]}
		wait $!
		targets enable ${copy[i]}
	done
}

# A copy that was not written too has the old data, and keeps them for itself.
stale() {
	local pid

	tac /run/tmp/src >/run/tmp/cas
	cat /run/tmp/cas >$d/f
	sync
	[ "$(py state $d/f)" = "2 0" ]
	targets disable ${copy[0]}
	drop_caches
	cat $d2/f >/run/tmp/back &
	pid=$!
	sleep 2
	# waits for the one that there is
	kill -0 $pid
	[ ! -s /run/tmp/back ]
	targets enable ${copy[0]}
	wait $pid
	cmp /run/tmp/back /run/tmp/cas
	resync f
	copies f /run/tmp/cas
	cmp $d2/f /run/tmp/cas
}

# A target that is there and can't read
errors() {
	local n

	for n in 1 3; do
		drop_caches
		ctl fault status:3:$n:-5
		cmp $d2/g /run/tmp/src
		ctl clear
		drop_caches
		ctl fault status:3:$n:-5
		dd if=$d2/g of=/run/tmp/back bs=1M iflag=direct 2>/dev/null
		cmp /run/tmp/back /run/tmp/src
		ctl clear
		drop_caches
		ctl fault status:3:$n:-5
		py mmap $d2/g $size | cmp - /run/tmp/src
		ctl clear
	done
	# none can
	drop_caches
	ctl fault status:3:-1:-13
	must_fail "error" cat $d2/g
	must_fail "error" dd if=$d2/g of=/dev/null bs=1M iflag=direct
	ctl clear
	cmp $d2/g /run/tmp/src
	same $d2/g /run/tmp/src
}

preferred() {
	local i

	new pref preferred
	py mark $d/pref $srv_dir
	drop_caches
	for i in $d $d2; do
		[ "$(head -c 1 $i/pref)" = 1 ]
	done
	targets disable ${copy[1]}
	drop_caches
	[ "$(head -c 1 $d2/pref)" = 0 ]
	targets enable ${copy[1]}
}

# Files are spread over their copies.
spread() {
	local i

	for i in $(seq $((3 + turns))); do
		new s$i three 100
		py mark $d/s$i $srv_dir
	done
	drop_caches
	for i in $d/s? $d2/s?; do
		head -c 1 $i
		echo
	done | sort | uniq -c | tee /run/tmp/spread
	[ "$(wc -l </run/tmp/spread)" -gt 1 ]
	rm $d/s*
}

sum() {
	md5sum <$1 | cut -d ' ' -f 1
}

all_kinds() {
	local i

	for i in $(seq $turns); do
		py writes $d/f $size $((seed + i)) >/run/tmp/sum
		[ "$(sum $d2/f)" = "$(cat /run/tmp/sum)" ]
		resync f
		[ "$(sum $d2/f)" = "$(cat /run/tmp/sum)" ]
		cp $d/f /run/tmp/now
		copies f /run/tmp/now
	done
	: >$d/f
	resync f
	copies f /dev/null
	cat /run/tmp/src >>$d2/f
	resync f
	copies f /run/tmp/src
}

# mark FILE NUMBER...: these components are stale, and what they have is rubbish
mark() {
	local file=$1 ids n
	shift

	read -ra ids <<<"$(ctl layout /m/$file |
		awk '$1 == "component" { print $2 }' | tr '\n' ' ')"
	for n; do
		[ "$(ctl stale /m/$file ${ids[n]})" = ok ]
	done
	py spoil $d/$file $srv_dir
	drop_caches
}

# Where one copy is stale the other one is not: both are read, and written.
halves() {
	local pair i

	for pair in "1 2" "0 3"; do
		rm -f $d/h
		new h halves
		mark h $pair
		[ "$(py state $d/h)" = "2 " ]
		same $d/h /run/tmp/src
		same $d2/h /run/tmp/src
		for i in $(seq $turns); do
			py writes $d/h $size $((seed + i)) >/run/tmp/sum
			[ "$(sum $d2/h)" = "$(cat /run/tmp/sum)" ]
		done
		cat /run/tmp/src >$d2/h
		same $d/h /run/tmp/src
		truncate -s 100000 $d/h
		cmp $d2/h <(head -c 100000 /run/tmp/src)
		truncate -s $size $d/h
		cmp $d2/h <(head -c 100000 /run/tmp/src
			head -c $((size - 100000)) /dev/zero)
		# nobody had to be told
		[ "$(py state $d/h)" = "2 " ]
		drop_caches
		cmp $d/h $d2/h
	done
	must_fail "error" ctl resync /m/h
}

# The copies have other borders: some of it is there twice, and must not differ.
shifted() {
	new s shifted
	mark s 1 2
	same $d/s /run/tmp/src
	same $d2/s /run/tmp/src
	for at in 0 9 16; do
		must_fail "not supported" dd if=/dev/zero of=$d/s bs=64K \
			count=1 seek=$at conv=notrunc
	done
	must_fail "not supported" truncate -s 100000 $d/s
	must_fail "not supported" tee -a $d2/s </etc/passwd
	drop_caches
	same $d/s /run/tmp/src
	same $d2/s /run/tmp/src
	# one that has it all is written, and brings the other one in sync
	new w shifted
	mark w 2
	[ "$(py state $d/w)" = "2 0" ]
	same $d2/w /run/tmp/src
	tac /run/tmp/src >/run/tmp/cas
	dd if=/run/tmp/cas of=$d/w bs=64K conv=notrunc 2>/dev/null
	same $d2/w /run/tmp/cas
	resync w
	copies w /run/tmp/cas
}

# There is no copy of some of it at all.
nowhere() {
	new n halves
	mark n 1 3
	must_fail "not supported" cat $d/n
	must_fail "not supported" dd if=/dev/zero of=$d/n bs=1 count=1 \
		conv=notrunc
	rm $d2/n
}

# A target knows of a newer layout than who writes.
outdated() {
	local op

	new old
	py stale $d/old lustre-testserver ctl --dir $srv_dir relayout /m/old
	cmp $d/old $d2/old
	for op in 4 10 22; do
		cp $d/old /run/tmp/old
		ctl fault status:$op:1:-116
		case $op in
		4)
			dd if=/run/tmp/src of=$d/old bs=1M count=1 conv=notrunc \
				oflag=direct
			dd if=/run/tmp/src of=/run/tmp/old bs=1M count=1 \
				conv=notrunc
			;;
		10)
			truncate -s 700000 $d/old
			truncate -s 700000 /run/tmp/old
			;;
		22)
			fallocate -p -o 1000 -l 500000 $d/old
			fallocate -p -o 1000 -l 500000 /run/tmp/old
			;;
		esac
		ctl clear
		cmp $d2/old /run/tmp/old
	done
	# and ever newer ones
	(while sleep 0.2; do
		ctl relayout /m/old
	done >/run/tmp/relayouts 2>&1) &
	op=$!
	py stale $d/old sleep 1
	py stale $d/old sleep 1
	kill $op
	[ "$(grep -c ok /run/tmp/relayouts)" -gt 5 ]
	cmp $d/old $d2/old
}

two_clients() {
	local how pid

	for how in parts turns mmap; do
		py make $d/both two
		(while sleep 0.2; do
			ctl resync /m/both || true
		done >/run/tmp/resyncs 2>&1) &
		pid=$!
		python3 "$here/twowriters.py" $how $d/both $d2/both "$seed"
		kill $pid
		rm -f $d/both
	done
}

moving() {
	local pid

	py make $d/model two
	py make $d/model2 two
	(while sleep 0.1; do
		ctl resync /m/model || ctl resync /m/model2 || true
		ctl relayout /m/model || ctl relayout /m/model2 || true
	done >/run/tmp/resyncs 2>&1) &
	pid=$!
	python3 "$here/model.py" --drop $d/model "$seed" 20
	python3 "$here/model.py" $d/model2 "$seed" "${LT_MODEL_ROUNDS:-200}"
	kill $pid
	[ "$(grep -c ok /run/tmp/resyncs)" -gt 5 ]
}

# All copies are away with their server: who reads waits.
restart() {
	local pid

	drop_caches
	server_stop KILL
	cmp $d2/g /run/tmp/src &
	pid=$!
	sleep 2
	server_start $srv_args
	wait $pid
}

try "one copy is written, and the other one brought in sync" 60 written
try "either copy is read" 100 either
try "a stale copy is never read" 60 stale
try "a target that can't read" 100 errors
try "a copy that is preferred" 30 preferred
try "files are spread over their copies" 100 spread
try "all kinds of writes" 100 all_kinds
try "copies that are stale in part" 100 halves
try "copies that are stale in part, with other borders" 60 shifted
try "no copy of a part" 30 nowhere
try "a target knows of a newer layout" 60 outdated
try "two clients, and copies that come and go" 200 two_clients
try "random model, copies come and go" 200 moving
try "no copy is there for a while" 100 restart
finish
