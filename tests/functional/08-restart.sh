#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# what: the server is killed in mid-write and started again
# limit: 600

. "$(dirname -- "$0")/lib.sh"
srv_args="--stripe-count 2 --stripe-size 1M"
setup

here=$(dirname -- "$0")
d=$c1/restart
mkdir $d

idle_restart() {
	echo before >$d/f
	sync $d/f
	server_stop TERM
	server_start $srv_args
	[ "$(cat $d/f)" = before ]
	echo after >$d/f
	drop_caches
	[ "$(cat $d/f)" = after ]
}

kept() {
	[ "$(cat /sys/kernel/debug/lustre/*/opens_kept)" = $1 ]
}

# What nobody uses, but is kept open, is opened again like all else; after an
# eviction there is nothing to close.
kept_open() {
	local i

	echo kept >$d/kept
	sync $d/kept
	for i in 1 2 3; do
		[ "$(cat $d/kept)" = kept ]
	done
	kept 1
	server_stop KILL
	server_start $srv_args
	[ "$(cat $d/kept)" = kept ]
	kept 1
	lustre-testserver ctl --dir $srv_dir evict all
	until kept 0; do
		ls $d >/dev/null || sleep 0.2
	done
	for i in 1 2 3; do
		[ "$(cat $d/kept)" = kept ]
	done
	kept 1
	rm $d/kept
	kept 0
}

# restart_during NAME: $1 runs in the background over a kill and a restart
mid_write() {
	local pid

	head -c 64M /dev/urandom >/run/tmp/src
	dd if=/run/tmp/src of=$d/big bs=256k conv=fsync 2>/run/tmp/dd &
	pid=$!
	sleep 0.7
	server_stop KILL
	sleep 3
	server_start $srv_args
	wait $pid
	cmp /run/tmp/src $d/big
	drop_caches
	cmp /run/tmp/src $d/big
}

mid_create() {
	local pid

	mkdir -p $d/c
	(for i in $(seq 300); do echo $i >$d/c/$i || exit 1; done) &
	pid=$!
	sleep 0.7
	server_stop KILL
	sleep 2
	server_start $srv_args
	wait $pid
	[ "$(ls $d/c | wc -l)" = 300 ]
	[ "$(cat $d/c/300)" = 300 ]
	drop_caches
	[ "$(cat $d/c/*  | sort -n | tail -n 1)" = 300 ]
}

waits() {
	# A call made while the server is away waits; it can be killed.
	local pid t=0

	server_stop KILL
	mkdir $d/not-yet >/dev/null 2>&1 &
	pid=$!
	sleep 3
	kill -0 $pid
	kill -KILL $pid
	while kill -0 $pid 2>/dev/null && [ $t -lt 100 ]; do
		sleep 0.1
		t=$((t + 1))
	done
	[ $t -lt 100 ]
	server_start $srv_args
	drop_caches
	[ "$(cat $d/f)" = after ]
	mkdir $d/later
}

# mid_list FAULT ERRORS COMMAND...: COMMAND while answers ahead are waited for
mid_list() {
	local errors=$2 pid

	python3 $here/ahead.py make $d/many 80
	umount $c1
	do_mount c1 $c1
	# no farther ahead than that, so that some is left to ask for
	in_ns c1 lctl set_param 'llite.*.statahead_max=16'
	rm -f /run/tmp/ready /run/tmp/go
	python3 $here/ahead.py list $d/many /run/tmp/ready /run/tmp/go &
	pid=$!
	trap 'kill $pid' EXIT
	until [ -e /run/tmp/ready ]; do
		kill -0 $pid
		sleep 0.1
	done
	lustre-testserver ctl --dir $srv_dir fault "$1"
	echo "$errors" >/run/tmp/go.new
	mv /run/tmp/go.new /run/tmp/go
	sleep 0.5
	shift 2
	"$@"
	wait $pid
	grep -q 'on opcode 63,' "$LT_OUT/$case_name.server.log"
	trap - EXIT
	rm -r $d/many
}

kill_and_start() {
	server_stop KILL
	sleep 1
	server_start $srv_args
}

# said COUNT TEXT: the kernel log has it so many times
said() {
	[ "$(dmesg | grep -c "lustre: $2")" = $1 ]
}

# old: what the server's log has now is old; news: what it has since then
old() {
	wc -l <"$LT_OUT/$case_name.server.log" >/run/tmp/old
}

news() {
	tail -n +$(($(cat /run/tmp/old) + 1)) "$LT_OUT/$case_name.server.log"
}

messages() {
	local target t

	dmesg --clear
	server_stop KILL
	server_start $srv_args
	ls $d
	drop_caches
	cat $d/f
	echo again >$d/f
	sync $d/f
	for target in MDT0000 OST0000 OST0001; do
		t=0
		until said 1 "$fsname-$target: connected to .* after"; do
			t=$((t + 1))
			[ $t -lt 300 ]
			sleep 0.2
		done
		said 1 "$fsname-$target: connection to .* lost"
		said 0 "$fsname-$target: .*evicted"
	done
	dmesg --clear
	lustre-testserver ctl --dir $srv_dir evict all
	ls $d || ls $d
	t=0
	until said 1 "$fsname-MDT0000: connected"; do
		t=$((t + 1))
		[ $t -lt 100 ]
		sleep 0.2
	done
	said 1 "$fsname-MDT0000: this client was evicted"
}

failing_locks() {
	# No lock replay works for a while: not a refusal, and not a reason to
	# try as fast as the network allows.
	local t=0

	echo dirty >$d/locked
	server_stop KILL
	dmesg --clear
	old
	server_start $srv_args --fault status:101:-1:-22
	until dmesg | grep -q 'recovery failed in state REPLAY_LOCKS'; do
		t=$((t + 1))
		[ $t -lt 150 ]
		sleep 0.2
	done
	sleep 4
	said 0 '.*connection refused'
	[ "$(news | grep -c 'OST.*client .* reconnected')" -lt 12 ]
	lustre-testserver ctl --dir $srv_dir clear
	sync $d/locked
	drop_caches
	[ "$(cat $d/locked)" = dirty ]
}

state() {
	cat /sys/fs/lustre/mdc/$fsname-MDT0000-mdc-*/state
}

in_recovery() {
	# c2 does not come back: the servers wait for it.
	local t=0

	do_mount c2 $c2
	ls $c2
	umount $c1
	do_mount c1 $c1
	ls $c1
	server_stop KILL
	ip -n c2 link set eth0 down
	old
	server_start $srv_args
	ls $c1 &
	until state | grep -q REPLAY_WAIT; do
		t=$((t + 1))
		[ $t -lt 300 ]
		sleep 0.1
	done
	kill -KILL $!
	wait $! || true
	umount $c1
	# the server knows that this client is gone for good
	news | grep -q "$fsname-MDT0000: client .* disconnected"
	# A new client waits until recovery is over, or until it is told to stop.
	dmesg --clear
	not timeout -s TERM 4 nsenter --net=/run/netns/c1 -- \
		mount.lustre $spec $c1
	said 1 "$fsname-MDT0000: takes no new client now"
	do_mount c1 $c1 &
	sleep 3
	kill -0 $!
	ip -n c2 link set eth0 up
	wait $!
	ls $d
	umount $c2
}

# A client that does not come back is thrown out when the time is over.  Those
# that waited for it with what they have to replay go on, and lose nothing.
absent() {
	do_mount c2 $c2
	ls $c2
	server_stop TERM
	server_start $srv_args --commit-interval 3600000
	ls $d $c2
	touch $d/kept
	server_stop KILL
	ip -n c2 link set eth0 down
	old
	dmesg --clear
	server_start $srv_args --recovery-time 8
	[ -e $d/kept ]
	news | grep -q "$fsname-MDT0000: 1 client(s) did not come, recovery of 1 goes on"
	said 0 "$fsname-MDT0000: this client was evicted"
	ip -n c2 link set eth0 up
	ls $c2/restart/kept || ls $c2/restart/kept
	umount $c2
	rm $d/kept
}

# No object target is in use: be idle, now.
leave_targets() {
	local t=0

	in_ns c1 lctl set_param 'osc.*.idle_timeout=1'
	until [ "$(cat /sys/fs/lustre/osc/*/state | sort -u)" = IDLE ]; do
		t=$((t + 1))
		[ $t -lt 300 ]
		sleep 0.1
	done
}

# Who says goodbye to a server that is just starting again takes part in its
# recovery first: it would wait for this client, and all others with it.
goodbye() {
	# no locks, and no sign of the server's end before the next request
	umount $c1
	do_mount c1 $c1
	old
	server_stop TERM
	server_start $srv_args
	leave_targets
	not sh -c "lustre-testserver ctl --dir $srv_dir exports | grep OST"
	news | not grep -q 'did not take part'
	in_ns c1 lctl set_param 'osc.*.idle_timeout=20'
	[ "$(cat $d/f)" = again ]
}

idle() {
	# Targets that are not used are left alone until they are.
	local t

	echo before >$d/idle
	sync $d/idle
	umount $c1
	do_mount c1 $c1
	leave_targets
	not sh -c "lustre-testserver ctl --dir $srv_dir exports | grep OST"
	[ "$(cat $d/idle)" = before ]
	df $c1
	echo after >$d/idle
	sync $d/idle
	drop_caches
	[ "$(cat $d/idle)" = after ]
	# with a lock on it the connection stays
	sleep 4
	cat /sys/fs/lustre/osc/*/state | grep -q FULL
	# figures of an idle target whose server is away are left out
	umount $c1
	do_mount c1 $c1
	leave_targets
	for t in 0 1; do
		lustre-testserver ctl --dir $srv_dir disable $fsname-OST000$t
	done
	timeout 20 df $c1
	for t in 0 1; do
		lustre-testserver ctl --dir $srv_dir enable $fsname-OST000$t
	done
	[ "$(cat $d/idle)" = after ]
}

timeouts() {
	# The servers' timeout is short: so are the pauses between pings.
	server_stop
	server_start $srv_args --timeout 4
	umount $c1
	do_mount c1 $c1
	ls $d
	[ "$(in_ns c1 lctl get_param -n 'llite.*.timeout')" = 4 ]
	sleep 12
	not grep 'silent for too long' "$LT_OUT/$case_name.server.log"
}

try "an idle client goes on after a restart" 150 idle_restart
try "a handle that is kept open, over a restart and an eviction" 60 kept_open
try "a write goes on after a kill in the middle" 200 mid_write
try "creates go on after a kill in the middle" 200 mid_create
try "a listing goes on after a kill in the middle" 150 \
	mid_list drop-reply:63:8 "" kill_and_start
try "a listing goes on after an eviction" 150 mid_list delay:63:8:1000 \
	"EIO ENOTCONN ESHUTDOWN" \
	lustre-testserver ctl --dir $srv_dir evict all
try "a waiting call can be killed" 150 waits
try "one line for a target lost, back, or evicting" 150 messages
try "lock replays that fail" 100 failing_locks
try "umount and mount while others recover" 150 in_recovery
try "the timeout of the cluster" 60 timeouts
try "one client does not come back" 100 absent
try "goodbye to a server that starts again" 100 goodbye
try "a target without use is left until it is needed" 100 idle
try "clean up" 60 rm -r $d
finish
