#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# what: wrong mount strings and options, unreachable servers
# limit: 400

. "$(dirname -- "$0")/lib.sh"
network
capture
server_start || { not_ok "test server starts"; finish; }
try "modules load" 60 modprobe lustre || finish
mkdir -p $c1

# refuse SPEC [OPTIONS]: mount fails by itself; nothing stays behind
refuse() {
	local text
	if text=$(do_mount c1 $c1 "$1" ${2:+-o "$2"} 2>&1); then
		echo "mounted: $1 ${2:-}"
		umount $c1
		return 1
	fi
	not grep -q " $c1 " /proc/mounts
	[ -n "$text" ]
	echo "$1 ${2:-}: $text"
}

strings() {
	local s

	for s in "" ":" ":/" "/" "$nid" "$nid:" "$nid:/" "$nid:$fsname" \
		":/$fsname" "@tcp:/$fsname" "$srv_ip@:/$fsname" \
		"$srv_ip@nonet:/$fsname" "999.1.2.3@tcp:/$fsname" \
		"$nid,:/$fsname" ",$nid:/$fsname" "$nid::/$fsname" \
		"$nid:/waytoolongname" "$nid:/bad name" "$nid:/b?d" \
		"$nid:/$(printf 'x%.0s' $(seq 3000))" \
		"$(printf '192.0.2.9@tcp:%.0s' $(seq 300)):/$fsname" \
		"$srv_ip@o2ib:/$fsname"; do
		refuse "$s"
	done
}

options() {
	local o

	for o in nosuchoption nosuchoption=1 flock=maybe checksum=99 \
		user_xattr=7 device=x fsname= encrypt \
		nolruresize sync_on_close network=tcp svname=x; do
		refuse $spec "$o"
	done
}

unknown_fs() {
	refuse "$nid:/other"
	refuse "$spec/no/such/dir"
}

not_a_server() {
	# something listens there that speaks no LNet at all
	nsenter --net=/run/netns/srv -- python3 - <<-'PY' &
	import os, socket, threading
	s = socket.socket()
	s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
	s.bind(('192.0.2.1', 988))
	s.listen(8)
	while True:
	    c, _ = s.accept()
	    c.sendall(os.urandom(100))
	    c.close()
	PY
	sleep 1
	refuse $spec
	kill $!
}

unreachable() {
	# 192.0.2.99 does not exist; 192.0.2.11 exists, nothing listens
	local t=$SECONDS

	refuse "192.0.2.99@tcp:/$fsname"
	echo "took $((SECONDS - t)) s"
	[ $((SECONDS - t)) -le 120 ]
	t=$SECONDS
	refuse "192.0.2.21@tcp:/$fsname"
	[ $((SECONDS - t)) -le 120 ]
}

interruptible() {
	local sig t pid

	for sig in INT TERM KILL; do
		do_mount c1 $c1 "192.0.2.99@tcp:/$fsname" >/dev/null 2>&1 &
		pid=$!
		sleep 1.5
		pkill -$sig -f '^mount|mount.lustre' || true
		t=0
		while pgrep -f '^mount|mount.lustre' >/dev/null; do
			t=$((t + 1))
			[ $t -lt 50 ]
			sleep 0.1
		done
		wait $pid || true
		not grep -q " $c1 " /proc/mounts
	done
}

silent() {
	# accepts connections and never says a word
	local t=$SECONDS

	nsenter --net=/run/netns/srv -- python3 - <<-'PY' &
	import socket, time
	s = socket.socket()
	s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
	s.bind(('192.0.2.1', 988))
	s.listen(8)
	keep = []
	while True:
	    keep.append(s.accept())
	PY
	sleep 1
	refuse $spec
	echo "took $((SECONDS - t)) s"
	[ $((SECONDS - t)) -le 150 ]
	kill $!
}

works_after_all() {
	server_start
	do_mount c1 $c1
	ls $c1
	umount $c1
}

try "wrong sources" 100 strings
try "wrong options" 60 options
try "unknown file system or directory" 60 unknown_fs
server_stop
try "a port that speaks something else" 130 not_a_server
try "no host, no listener: fails in time" 250 unreachable
try "a mount that waits can be interrupted" 60 interruptible
try "a peer that never answers: fails in time" 180 silent
try "and a good mount works after all that" 60 works_after_all
finish
