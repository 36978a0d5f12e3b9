#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# what: LNet against a peer of our own making, good and broken
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
in_ns c1 lctl network down >/dev/null 2>&1
finish
