#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# what: lctl: network, NIDs, ping, device list, parameters
# limit: 120

. "$(dirname -- "$0")/lib.sh"
setup

l() {
	in_ns c1 lctl "$@"
}

nids() {
	l list_nids | grep -qx '192.0.2.11@tcp'
}

ping_nid() {
	l ping $nid
	l ping $srv_ip6@tcp
	not l ping 192.0.2.99@tcp
	not l ping nonsense
}

devices() {
	l dl >/run/tmp/dl
	cat /run/tmp/dl
	grep -q 'UP.*mgc' /run/tmp/dl
	[ "$(grep -c 'UP.* osc' /run/tmp/dl)" = 2 ]
	grep -q 'UP.* mdc' /run/tmp/dl
}

parameters() {
	local v

	l get_param '*' >/run/tmp/params || l get_param '*.*.*' >/run/tmp/params
	[ -s /run/tmp/params ]
	v=$(l get_param -n 'osc.*.max_rpcs_in_flight' | head -n 1)
	l set_param "osc.*.max_rpcs_in_flight=$((v + 3))"
	[ "$(l get_param -n 'osc.*.max_rpcs_in_flight' | head -n 1)" = $((v + 3)) ]
	must_fail "" l set_param osc.\*.max_rpcs_in_flight=nonsense
	must_fail "" l get_param no.such.thing
}

# Locks are kept as many, and as long, as is wanted.
locks() {
	local i unused

	unused() {
		l get_param -n "ldlm.namespaces.*${1:-}*.lock_unused_count" |
			awk '{ n += $1 } END { print n }'
	}
	[ "$(l get_param 'ldlm.namespaces.*.lru_size' | wc -l)" = 3 ]
	[ "$(l get_param -n 'ldlm.namespaces.*MDT*.lru_max_age')" = 3900000 ]
	mkdir $c1/locks
	for i in $(seq 20); do
		echo $i >$c1/locks/$i
	done
	[ "$(unused MDT)" -ge 20 ]
	[ "$(unused OST)" -ge 20 ]
	l set_param 'ldlm.namespaces.*.lru_size=clear'
	[ "$(unused)" -le 1 ]
	[ "$(l get_param -n 'ldlm.namespaces.*OST0000*.lru_size')" = 0 ]
	l set_param 'ldlm.namespaces.*MDT*.lru_size=5'
	[ "$(l get_param -n 'ldlm.namespaces.*MDT*.lru_size')" = 5 ]
	cat $c1/locks/* >/run/tmp/all
	[ "$(wc -l </run/tmp/all)" = 20 ]
	until [ "$(unused MDT)" -le 5 ]; do
		sleep 0.1
	done
	[ "$(unused OST)" -ge 20 ]
	l set_param 'ldlm.namespaces.*MDT*.lru_size=0'
	l set_param 'ldlm.namespaces.*OST*.lru_max_age=1s'
	[ "$(l get_param -n 'ldlm.namespaces.*OST0001*.lru_max_age')" = 1000 ]
	sleep 2.5
	l set_param 'ldlm.namespaces.*OST*.lru_max_age=2s'
	until [ "$(unused OST)" = 0 ]; do
		sleep 0.1
	done
	for i in 5x x -1 '' 1d 99999999999; do
		must_fail "" l set_param "ldlm.namespaces.*.lru_max_age=$i"
		must_fail "" l set_param "ldlm.namespaces.*.lru_size=$i"
	done
	l set_param 'ldlm.namespaces.*.lru_max_age=65m'
	rm -r $c1/locks
}

network_down() {
	must_fail "" l network down
	umount $c1
	l network down
	l network up
	do_mount c1 $c1
	ls $c1
}

# Of what others have in /etc something is said, and that is all.
settings() {
	local out

	printf '# nothing\n---\n' >/etc/lnet.conf
	l network check
	printf 'net:\n    - net type: tcp\n' >/etc/lnet.conf
	must_fail "/etc/lnet.conf is not read" l network check
	out=$(l network up 2>&1)
	rm /etc/lnet.conf
	echo "$out" | grep "warning: /etc/lnet.conf is not read"
	echo "$out" | grep -x "LNET configured"
}

# A server that is away is worth a line, not one for each attempt to reach it.
away() {
	local i

	dmesg -C
	server_stop KILL
	for i in 1 2 3 4; do
		not l ping $nid 3
		sleep 1
	done
	dmesg | grep 'lnet: '
	[ "$(dmesg | grep -c "lnet: $nid: connection")" = 1 ]
	server_start
	stat $c1/.
	touch $c1/again
	rm $c1/again
	# by whichever of its addresses came first
	dmesg | grep -E "lnet: ($nid|$srv_ip6@tcp): connected again after"
}

usage() {
	l --help | grep -q get_param
	must_fail "" l nosuchcommand
}

every_file() {
	# every value can be read, and nothing breaks; the last name hangs
	find /sys/kernel/debug/lustre /sys/kernel/debug/lnet /sys/fs/lustre \
		/sys/module/lustre /sys/module/lnet -type f >/run/tmp/values \
		2>/dev/null || true
	[ "$(wc -l </run/tmp/values)" -gt 30 ]
	timeout 50 python3 - /run/tmp/values <<-'PY'
	import sys
	for name in open(sys.argv[1]).read().splitlines():
	    print(name, flush=True)
	    try:
	        open(name, 'rb').read()
	    except OSError:
	        pass
	PY
}

try "list_nids" 10 nids
try "ping" 90 ping_nid
try "dl" 10 devices
try "get_param and set_param" 20 parameters
try "how many locks are kept" 60 locks
try "network down and up" 60 network_down
try "settings of others" 20 settings
try "a server that is away" 90 away
try "usage and wrong commands" 10 usage
try "every parameter file can be read" 60 every_file
finish
