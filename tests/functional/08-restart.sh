#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# what: the server is killed in mid-write and started again
# limit: 400

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

try "an idle client goes on after a restart" 150 idle_restart
try "a write goes on after a kill in the middle" 200 mid_write
try "creates go on after a kill in the middle" 200 mid_create
try "a listing goes on after a kill in the middle" 150 \
	mid_list drop-reply:63:8 "" kill_and_start
try "a listing goes on after an eviction" 150 mid_list delay:63:8:1000 \
	"EIO ENOTCONN ESHUTDOWN" \
	lustre-testserver ctl --dir $srv_dir evict all
try "a waiting call can be killed" 150 waits
try "clean up" 60 rm -r $d
finish
