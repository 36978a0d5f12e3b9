#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# what: file locks between two clients
# limit: 200

. "$(dirname -- "$0")/lib.sh"
setup 2

here=$(dirname -- "$0")

ctl() {
	lustre-testserver ctl --dir $srv_dir "$@"
}

# locks TEST [ARG...]: on a file of its own
locks() {
	local name=$1
	shift
	echo data >$c1/$name
	python3 $here/locks.py $name $c1/$name $c2/$name "$@"
	# nothing is left of it
	ctl locks >/run/tmp/left
	not grep 'type 12' /run/tmp/left
}

# during TEST COMMAND...: COMMAND when the test has its locks
during() {
	local name=$1 word
	shift

	echo data >$c1/$name
	coproc python3 $here/locks.py $name $c1/$name $c2/$name 2>&1
	# shellcheck disable=SC2153
	local in=${COPROC[1]} out=${COPROC[0]} pid=$COPROC_PID
	read -r word <&$out
	[ "$word" = now ]
	"$@"
	echo go >&$in
	cat <&$out || true
	wait $pid
}

restart() {
	server_stop KILL
	sleep 1
	server_start ${srv_args:-}
}

# enqueues COMMAND...: how many lock requests it took
enqueues() {
	local before
	before=$(ctl stats | awk '/LDLM_ENQUEUE/ { n += $3 } END { print n }')
	"$@" >/dev/null
	echo $(($(ctl stats |
		awk '/LDLM_ENQUEUE/ { n += $3 } END { print n }') - before))
}

# As recorded: one request to lock, one to unlock, nothing else
counts() {
	: >$c1/counted
	exec 5<$c1/counted
	[ "$(enqueues flock -x 5)" = 1 ]
	[ "$(enqueues flock -u 5)" = 1 ]
	[ "$(enqueues flock -u 5)" = 0 ]
	exec 5<&-
}

# The first client alone
evict() {
	ctl evict "$(ctl exports | awk -v t=$fsname-MDT0000 \
		'$1 == t && /[.:]11@/ { print $2; exit }')" $fsname-MDT0000
	while ! dmesg | grep -q "$fsname-MDT0000: this client was evicted"; do
		: >$c1/poke || true
		sleep 0.5
	done
	sleep 1
}

# Until the target hears of the end of a wait it grants the lock to him
heard_late() {
	local test

	for test in late lost; do
		during $test ctl fault hold:103:1:5000
		[ -z "$(ctl faults)" ]
	done
}

options() {
	umount $c1
	do_mount c1 $c1 $spec -o $1
	grep -q "$c1 lustre .*[, ]$1[, ]" /proc/mounts
	locks $2
}

try "ranges: split, merged, weakened, looked for" 60 locks basic
try "waits end with an unlock, and with the holder's death" 60 locks waiting
try "a signal ends a wait" 60 locks interrupted
try "a lock that is granted while its wait ends" 60 heard_late
try "deadlocks over two clients" 60 locks deadlock
try "what a close unlocks" 60 locks closing
try "directories" 30 locks directory
try "requests" 30 counts
try "as on a local file" 100 locks model /run/tmp/locked "$seed" \
	"${LT_MODEL_ROUNDS:-300}"
try "held, and waited for, over a restart of the server" 100 \
	during held_over restart
try "lost by an eviction" 100 during evicted evict
try "option localflock" 60 options localflock local
try "option noflock" 60 options noflock none
finish
