#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# what: the servers lose power, and objects of new files with it
# limit: 400

. "$(dirname -- "$0")/lib.sh"
# Nothing is committed unless a test says so.
srv_args="--stripe-count 2 --stripe-size 1M --commit-interval 3600000
	--recovery-time 300 --timeout 20 --evict-time 0"
LT_NO_PCAP=1
setup 2

here=$(dirname -- "$0")
d=$c1/cut
server_log=$LT_OUT/$case_name.server.log

ctl() {
	lustre-testserver ctl --dir "$srv_dir" "$@" >/dev/null
}

# The OSTs are back at once; the MDT has its recovery before it, and after that
# lost objects are made anew.
power_cut() {
	server_stop KILL
	server_start $srv_args "$@"
}

begin() {
	# After the crash a server waits for those whose leave it forgot.
	in_ns c1 lctl set_param 'osc.*.idle_timeout=0'
	in_ns c2 lctl set_param 'osc.*.idle_timeout=0'
	mkdir $d
	sync $d
	ctl commit
}

# survives dirty|written|mixed FILES [names]: new files do, whether their
# names were committed or not
survives() {
	local dir=$1$2${3:-} before back pid pids=

	python3 "$here/powercut.py" make $d/$dir $1 $seed $2
	echo 0123456789 >$d/$dir.cut
	echo 0123456789 >$d/$dir.old
	[ $# = 2 ] || ctl commit-mdt
	before=$(grep -c 'comes back by replay' "$server_log") || true
	power_cut --mdt-recovery 4000 --object-delay 2000
	# What is dirty goes out now, and others want it; both are about objects
	# that do not exist.  So are these when the MDT is back.
	sync &
	pids=$!
	truncate -s 5 $d/$dir.cut &
	pids="$pids $!"
	touch -d '2001-02-03 04:05:06' $d/$dir.old &
	pids="$pids $!"
	python3 "$here/powercut.py" check $c2/cut/$dir $seed $2
	# not for the server, which is a child as well
	for pid in $pids; do
		wait $pid
	done
	[ "$(cat $c2/cut/$dir.cut)" = 01234 ]
	[ "$(cat $c2/cut/$dir.old)" = 0123456789 ]
	[ "$(stat -c %Y $c2/cut/$dir.old)" = "$(date -d '2001-02-03 04:05:06' +%s)" ]
	sync
	ctl commit
	drop_caches
	python3 "$here/powercut.py" check $d/$dir $seed $2
	# each file that was written, small ones too, was replayed
	back=$(grep -c 'comes back by replay' "$server_log") || true
	back=$((back - before))
	case $1 in
	written) [ $back -ge $2 ] ;;
	mixed) [ $back -ge $(($2 / 2)) ] ;;
	esac
	# and the others were waited for
	[ $1 = written ] || grep -q 'is made anew' "$server_log"
}

# missing WHAT: objects do not come back, until WHAT happens
missing() {
	local pid

	# A target that has lost a write gets the next one at once.
	settle
	dmesg --clear
	rm -f /run/tmp/ready /run/tmp/go
	python3 "$here/powercut.py" lost /run/tmp/ready /run/tmp/go $d $1 &
	pid=$!
	until [ -e /run/tmp/ready ]; do
		kill -0 $pid
		sleep 0.2
	done
	ctl commit-mdt
	power_cut --object-delay -1
	touch /run/tmp/go
	$1 $pid
	wait $pid
	power_cut
	rm $d/lost*
}

# Errors, and one line each, but for the file that was removed.
gave_up() {
	# so that the MDT is known to be there
	while kill -0 $1 2>/dev/null; do
		stat -f $c1 >/dev/null
		sleep 1
	done
	dmesg | grep lustre:
	[ "$(dmesg | grep -c "lustre: lfs-OST000.: object .* of \[0x.*\] does not exist: write failed")" = 2 ]
}

thrown_out() {
	local t=0

	until dmesg | grep -q "lustre: lfs-OST000.: objects are missing, waiting"; do
		kill -0 $1
		t=$((t + 1))
		[ $t -lt 300 ]
		sleep 0.1
	done
	ctl evict all
	t=0
	while kill -0 $1 2>/dev/null; do
		t=$((t + 1))
		[ $t -lt 200 ]
		sleep 0.1
	done
}

# A client learns at its next request that it was thrown out.
settle() {
	local i

	for i in 1 2 3 4 5 6 7 8 9 10; do
		dd if=/dev/zero of=$d/settle bs=1M count=2 conv=fsync \
			2>/dev/null && break
		sleep 1
	done
	rm $d/settle
}

try "begin" 30 begin
try "all data dirty" 60 survives dirty 100
try "all data dirty, names committed" 60 survives dirty 100 names
try "all data written" 60 survives written 60
try "some data written, names committed" 60 survives mixed 90 names
try "objects that do not come back" 120 missing gave_up
try "an eviction meanwhile" 60 missing thrown_out
try "settle" 60 settle
try "clean up" 60 rm -r $d
finish
