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
in_ns c1 lctl network down >/dev/null 2>&1
finish
