#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# what: LNet alone: NIDs, ping between two nodes, both IP versions
# limit: 120

. "$(dirname -- "$0")/lib.sh"
network
capture
try "lnet loads" 30 modprobe lnet || finish

up() {
	in_ns c1 lctl network up
	in_ns c2 lctl network up
	in_ns c1 lctl list_nids
	in_ns c1 lctl list_nids | grep -qx '192.0.2.11@tcp'
	in_ns c2 lctl list_nids | grep -qx '192.0.2.21@tcp'
}

ping_peer() {
	in_ns c1 lctl ping 192.0.2.21@tcp | grep '192.0.2.21@tcp'
	in_ns c2 lctl ping 192.0.2.11@tcp | grep '192.0.2.11@tcp'
	in_ns c1 lctl ping 192.0.2.11@tcp
}

nobody() {
	local t=$SECONDS
	not in_ns c1 lctl ping 192.0.2.77@tcp
	[ $((SECONDS - t)) -le 60 ]
}

many() {
	local i
	for i in $(seq ${LT_PINGS:-50}); do
		in_ns c1 lctl ping 192.0.2.21@tcp >/dev/null
	done
}

down() {
	in_ns c1 lctl network down
	in_ns c2 lctl network down
	[ -z "$(in_ns c1 ss -Hltn 'sport = :988')" ]
	in_ns c1 lctl network up
	in_ns c2 lctl network up
	in_ns c1 lctl ping 192.0.2.21@tcp
}

# All of a list of networks comes up, or nothing of it.
half() {
	in_ns c1 lctl network up >/dev/null
	must_fail "no such network device" \
		in_ns c1 lctl network up "tcp7(lo),tcp8(nodev)"
	in_ns c1 lctl list_nids
	[ -z "$(in_ns c1 lctl list_nids | grep tcp7)" ]
	[ "$(in_ns c1 ss -Hltn 'sport = :988' | wc -l)" = 2 ]
	in_ns c1 lctl ping 192.0.2.21@tcp
}

# Two networks on one address: each answers under its own name, and the second
# goes on when the first is gone.
two_networks() {
	local n

	in_ns c1 lctl network down
	in_ns c1 lctl network up "tcp0(eth0)[0],tcp1(eth0)"
	in_ns c2 lctl network up "tcp1(eth0)"
	in_ns c1 lctl list_nids
	in_ns c1 lctl list_nids | grep -qx '192.0.2.11@tcp'
	in_ns c1 lctl list_nids | grep -qx '192.0.2.11@tcp1'
	for n in $(seq $((${LT_PINGS:-50} / 10 + 1))); do
		in_ns c2 lctl ping 192.0.2.11@tcp | grep '192.0.2.11@tcp$'
		in_ns c2 lctl ping 192.0.2.11@tcp1 | grep '192.0.2.11@tcp1$'
		in_ns c2 lctl network down tcp1
		in_ns c2 lctl network up "tcp1(eth0)"
	done
	in_ns c1 lctl ping 192.0.2.21@tcp1 | grep '192.0.2.21@tcp1$'
	in_ns c1 lctl network down tcp0
	in_ns c2 lctl network down tcp1
	in_ns c2 lctl network up "tcp1(eth0)"
	in_ns c2 lctl ping 192.0.2.11@tcp1
	not in_ns c2 lctl ping 192.0.2.11@tcp
	in_ns c1 lctl network down
	[ -z "$(in_ns c1 ss -Hltn 'sport = :988')" ]
	in_ns c1 lctl network up
	in_ns c2 lctl network down tcp1
}

nid_of() {
	in_ns c1 lctl list_nids | grep -qx "$1"
}

# Addresses that come later than others, or are not known to be unique yet.
later_address() {
	local t=0 addr=2001:db8::11

	in_ns c1 lctl network down
	ip -n c1 -6 addr del $addr/64 dev eth0
	in_ns c1 lctl network up
	nid_of 192.0.2.11@tcp
	not nid_of $addr@tcp
	ip -n c1 -6 addr add $addr/64 dev eth0
	until nid_of $addr@tcp; do
		t=$((t + 1))
		[ $t -lt 100 ]
		sleep 0.1
	done
	in_ns c2 lctl ping $addr@tcp
	in_ns c1 lctl network down
	ip -n c1 -6 addr del $addr/64 dev eth0
	# long enough to be seen, and less than is waited for
	in_ns c1 sysctl -q -w net.ipv6.conf.eth0.dad_transmits=2
	ip -n c1 -6 addr add $addr/64 dev eth0
	ip -n c1 -6 addr show dev eth0 | grep tentative
	in_ns c1 lctl network up
	nid_of 192.0.2.11@tcp
	nid_of $addr@tcp
}

# Settings are the namespace's; what is not set is as the module has it.
settings() {
	local now

	in_ns c1 lctl network down
	in_ns c1 lctl setting accept_port=7988 sock_timeout=17 accept=all \
		networks="tcp3(eth0)"
	in_ns c1 lctl setting | grep -qx accept_port=7988
	[ "$(in_ns c1 lctl setting sock_timeout)" = sock_timeout=17 ]
	in_ns c2 lctl setting | grep -qx accept_port=988
	in_ns c1 lctl network up
	nid_of 192.0.2.11@tcp3
	[ "$(in_ns c1 ss -Hltn 'sport = :7988' | wc -l)" = 2 ]
	# all or nothing, and nothing that the running network was made with
	must_fail "used for bringing it up" \
		in_ns c1 lctl setting keepalive=7 credits=3
	must_fail "out of range" in_ns c1 lctl setting keepalive=7 protocol=9
	must_fail "out of range" in_ns c1 lctl setting zc_min_payload=4294967295
	must_fail "no setting 'nonsense'" in_ns c1 lctl setting nonsense=1
	must_fail "not a value" in_ns c1 lctl setting accept=some
	must_fail "not a value" in_ns c1 lctl setting keepalive=-1
	[ "$(in_ns c1 lctl setting keepalive)" = keepalive=30 ]
	in_ns c1 lctl setting check_source=N
	[ "$(in_ns c1 lctl setting check_source)" = check_source=0 ]
	# the module's go on for who has none
	now=$(cat /sys/module/lnet/parameters/keepalive)
	in_ns c1 lctl setting keepalive=9
	echo 8 >/sys/module/lnet/parameters/keepalive
	[ "$(in_ns c2 lctl setting keepalive)" = keepalive=8 ]
	[ "$(in_ns c1 lctl setting keepalive)" = keepalive=9 ]
	echo "$now" >/sys/module/lnet/parameters/keepalive
	must_fail "Operation not permitted" \
		in_ns c1 setpriv --reuid 65534 --inh-caps -all --clear-groups \
		lctl setting keepalive=9
	in_ns c1 lctl network down
	in_ns c1 lctl setting --reset
	in_ns c1 lctl setting | grep -qx accept_port=988
	in_ns c1 lctl setting | grep -qx accept=secure
	in_ns c1 lctl network up
	in_ns c1 lctl ping 192.0.2.21@tcp
}

# A name stands for all its addresses.
names() {
	echo "192.0.2.77 half" >>/etc/hosts
	echo "2001:db8::21 half" >>/etc/hosts
	mkdir -p $c1
	mount.lustre -fv half:/lfs $c1
	mount.lustre -fv half:/lfs $c1 |
		grep -F ' 192.0.2.77@tcp,2001:db8::21@tcp:/lfs '
	in_ns c1 lctl ping half
}

server() {
	server_start
	in_ns c1 lctl ping $nid
	server_stop
}

try "network up, list_nids" 20 up
try "ping another node" 30 ping_peer
try "ping nobody: fails in time" 90 nobody
try "${LT_PINGS:-50} pings" 30 many
try "network down and up" 30 down
try "a network that cannot come up" 20 half
try "two networks on one address" 60 two_networks
try "addresses that come later" 40 later_address
try "a name with two addresses" 40 names
try "settings of a namespace" 40 settings
try "ping the test server" 30 server
in_ns c1 lctl network down >/dev/null 2>&1
in_ns c2 lctl network down >/dev/null 2>&1
finish
