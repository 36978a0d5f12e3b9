#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# what: LNet against a peer of our own making, good and broken
# limit: 240

. "$(dirname -- "$0")/lib.sh"
network
capture
try "lnet loads" 30 modprobe lnet || finish
try "network up" 20 in_ns c1 lctl network up

# Every line of its output is a test of its own.
peer() {
	local line
	while IFS= read -r line; do
		case $line in
		ok\ *) ok "$1: ${line#ok }" ;;
		*) not_ok "$1: $line" ;;
		esac
	done < <(in_ns srv timeout 100 python3 \
		"$(dirname -- "$0")/lnetpeer.py" "$2" "$3" 2>&1)
}

peer IPv4 $srv_ip 192.0.2.11
peer IPv6 $srv_ip6 2001:db8::11
in_ns c1 lctl network down >/dev/null 2>&1
finish
