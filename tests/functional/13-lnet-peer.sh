#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# what: LNet against a peer of our own making, good and broken, and greedy
# limit: 360

. "$(dirname -- "$0")/lib.sh"
network
capture
try "lnet loads" 30 modprobe lnet || finish
try "network up" 20 in_ns c1 lctl network up

# Every line of its output is a test of its own; the last one says that it came
# to its end.
peer() {
	local line log=/run/tmp/peer.log

	mkdir -p /run/tmp
	in_ns srv timeout $((150 * ${LT_SLOW:-1})) python3 \
		"$(dirname -- "$0")/lnetpeer.py" "$2" "$3" >$log 2>&1
	while IFS= read -r line; do
		case $line in
		ok\ *) ok "$1: ${line#ok }" ;;
		*) not_ok "$1: $line" ;;
		esac
	done <$log
	grep -q '^ok all tests ran' $log || not_ok "$1: stopped before its end"
}

peer IPv4 $srv_ip 192.0.2.11
peer IPv6 $srv_ip6 2001:db8::11
# A connection that could not be accepted at once is not forgotten.
late_accept() {
	local fail=/sys/kernel/debug/failslab pid

	in_ns srv python3 "$(dirname -- "$0")/lnetpeer.py" $srv_ip 192.0.2.11 \
		accept >/run/tmp/accept.log 2>&1 &
	pid=$!
	# its own socket must be there by then
	until grep -q '^# ready' /run/tmp/accept.log; do
		kill -0 $pid
		sleep 0.5
	done
	echo 1 >/sys/kernel/slab/sock_inode_cache/failslab
	echo Y >$fail/cache-filter
	echo N >$fail/ignore-gfp-wait
	echo 0 >$fail/verbose
	echo 100 >$fail/probability
	echo 3 >$fail/times
	touch /run/tmp/go
	wait $pid || true
	echo 0 >$fail/probability
	echo 0 >/sys/kernel/slab/sock_inode_cache/failslab
	cat /run/tmp/accept.log
	grep -q '^ok late' /run/tmp/accept.log
	dmesg | grep -q 'lnet: .*cannot accept a connection, trying again'
}

if [ -d /sys/kernel/debug/failslab ] &&
   [ -e /sys/kernel/slab/sock_inode_cache/failslab ]; then
	try "accept fails for a while" 60 late_accept
else
	skip "accept fails for a while" "this kernel has no failslab"
fi

# The memory that is kept for the case that there is no other is there for the
# servers; a stranger who does not read what he asks for holds none of it.
reserve() {
	local fail=/sys/kernel/debug/failslab pid rc=0

	echo 1 >/sys/kernel/slab/lnet_tx/failslab
	echo Y >$fail/cache-filter
	echo N >$fail/ignore-gfp-wait
	echo 0 >$fail/verbose
	echo -1 >$fail/times
	echo 100 >$fail/probability
	rm -f /run/tmp/go
	in_ns c2 python3 "$(dirname -- "$0")/lnetpeer.py" 192.0.2.21 \
		192.0.2.11 hoard >/run/tmp/hoard.log 2>&1 &
	pid=$!
	until grep -q '^# ready' /run/tmp/hoard.log; do
		kill -0 $pid || { cat /run/tmp/hoard.log; false; }
		sleep 0.5
	done
	timeout 20 mkdir $c1/dir || rc=$?
	touch /run/tmp/go
	echo 0 >$fail/probability
	echo 0 >/sys/kernel/slab/lnet_tx/failslab
	wait $pid
	[ $rc = 0 ]
	rmdir $c1/dir
}

if [ -d /sys/kernel/debug/failslab ] &&
   [ -e /sys/kernel/slab/sock_inode_cache/failslab ]; then
	server_start || not_ok "test server starts"
	try "modules load" 60 modprobe lustre
	try "mount" 60 do_mount c1 $c1
	try "no memory, and a greedy stranger" 90 reserve
	try "unmount" 60 umount $c1
else
	skip "no memory, and a greedy stranger" "this kernel has no failslab"
fi
in_ns c1 lctl network down >/dev/null 2>&1
finish
