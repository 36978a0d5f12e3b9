#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# what: whatever is given up is freed: addresses, connections, allocations, data
# machines: lockdep
# leaks: here only, unless asked for elsewhere
# limit: 250

# Looking for leaks makes a machine several times as slow, so the ways that leak
# easily are walked once here, with few rounds, and not looked at in each case.
. "$(dirname -- "$0")/lib.sh"
LT_NO_PCAP=1
srv_args="--commit-interval 3600000"
setup

here=$(dirname -- "$0")
d=$c1/leaks
mkdir $d

networks() {
	in_ns c2 lctl network up
	in_ns c2 lctl ping $nid
	not in_ns c2 lctl ping 192.0.2.77@tcp
	must_fail "no such network device" \
		in_ns c2 lctl network up "tcp7(lo),tcp8(nodev)"
	in_ns c2 lctl setting keepalive=9
	in_ns c2 lctl setting --reset
	in_ns c2 lctl network down
}

names_and_data() {
	mkdir $d/dir
	echo text >$d/dir/a
	mv $d/dir/a $d/dir/b
	ln $d/dir/b $d/dir/c
	ln -s b $d/dir/s
	setfattr -n user.leak -v value $d/dir/b
	drop_caches
	[ "$(getfattr --only-values -n user.leak $d/dir/s)" = value ]
	ls -l $d/dir
	[ "$(cat $d/dir/c)" = text ]
	not cat $d/dir/none
	rm -r $d/dir
}

failing_mounts() {
	mkdir -p $c2
	inject /sys/kernel/debug/failslab 1 \
		in_ns c2 python3 "$here/failing.py" mount $spec $c2 8
	while grep -q " $c2 " /proc/mounts; do
		umount $c2
	done
}

failing_calls() {
	inject $1 2 python3 "$here/failing.py" files $d "$seed" 60
	rm -rf $d/*
}

# What was answered and is lost, what is still dirty, and who waits for it
dead_server() {
	dd if=/dev/zero of=$d/answered bs=64k count=16 conv=fsync
	dd if=/dev/zero of=$d/dirty bs=64k count=16
	server_stop KILL
	mkdir $d/waits &
	sleep 1
	umount -f $c1
	not wait $!
	server_start $srv_args
	do_mount c1 $c1
}

thrown_out() {
	dd if=/dev/zero of=$d/answered bs=64k count=16 conv=fsync
	exec 5>$d/held
	echo text >&5
	lustre-testserver ctl --dir $srv_dir evict all
	ls -l $d || true
	exec 5>&- || true
	ls -l $d
}

try "networks and peers" 60 networks
try "names, attributes and data" 30 names_and_data
try "mounts with failing kmalloc" 60 failing_mounts
try "calls with failing kmalloc" 60 failing_calls /sys/kernel/debug/failslab
try "calls with failing page allocations" 60 \
	failing_calls /sys/kernel/debug/fail_page_alloc
try "a client that is thrown out" 60 thrown_out
try "a server that dies" 60 dead_server
finish
