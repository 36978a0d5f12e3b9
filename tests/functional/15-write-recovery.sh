#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# what: writes that the server answered and lost: replayed, or reported
# limit: 400

. "$(dirname -- "$0")/lib.sh"
# Nothing is committed unless a test says so.
srv_args="--stripe-count 2 --stripe-size 1M --commit-interval 3600000
	--recovery-time 300"
setup 2

here=$(dirname -- "$0")
d=$c1/wr

ctl() {
	lustre-testserver ctl --dir "$srv_dir" "$@" >/dev/null
}

# A crash that takes with it what was not committed, data as well.
crash() {
	server_stop KILL
	find $srv_dir/OST* -type f -exec truncate -s 0 {} +
	server_start $srv_args
}

# After it the server does not wait for its clients.
crash_forgotten() {
	server_stop KILL
	find $srv_dir/OST* -type f -exec truncate -s 0 {} +
	ip -n srv link set eth0 down
	server_start $srv_args
	ctl abort-recovery
	ip -n srv link set eth0 up
}

# Throw the clients out, and let them notice.
evict() {
	ctl evict all
	sync
	sleep 1
}

# A client learns at its next request that it was thrown out, and that one
# fails.  Not the next test's, please.
settle() {
	local where i

	for where in $d $c2/wr; do
		for i in 1 2 3 4 5 6 7 8 9 10; do
			dd if=/dev/zero of=$where/settle bs=1M count=2 \
				conv=fsync 2>/dev/null && break
			sleep 1
		done
		rm $where/settle
	done
}

# between ACTION ARGUMENT...: run writes.py; ACTION when it has written
between() {
	local action=$1 pid
	shift

	rm -f /run/tmp/ready /run/tmp/go
	python3 "$here/writes.py" /run/tmp/ready /run/tmp/go "$@" &
	pid=$!
	# it does not wait for ever if something goes wrong here
	trap 'kill $pid' EXIT
	until [ -e /run/tmp/ready ]; do
		kill -0 $pid
		sleep 0.2
	done
	$action
	touch /run/tmp/go
	wait $pid
	trap - EXIT
}

begin() {
	mkdir $d
	sync $d
	ctl commit
}

replay() {
	local i

	for i in 1 2 3 4; do
		between crash replay $d/r$i $c2/wr/r$i $((seed * 10 + i))
	done
	# nothing was sent with the checksum of something else
	not grep 'write checksum' "$LT_OUT/$case_name.server.log"
}

# lost MESSAGES: so many so far; more if a slow client loses more in between
lost() {
	[ "$(dmesg | grep -c "can't be replayed and may be lost")" -ge $1 ]
}

# A file that is there whatever gets lost from now on
create() {
	: >$1
	sync
	ctl commit
}

forgotten() {
	create $d/f
	between crash_forgotten fsync $d/f
	# one for each target of the file
	lost 2
}

evicted() {
	create $d/e
	between evict close $d/e
	lost 4
	# the second client has not asked for anything since
	settle
	echo after >$d/after
	[ "$(cat $c2/wr/after)" = after ]
}

# What is not even written goes with its lock: fsync and the log say so.
dirty_evicted() {
	local target t=0

	create $d/de
	dmesg -C
	exec 7<>$d/de
	echo text >&7
	for target in OST0000 OST0001; do
		ctl evict all $fsname-$target
	done
	# another file's write finds it out
	dd if=/dev/zero of=$d/poke bs=2M count=1 conv=fsync || true
	until dmesg | grep 'data of .* not written yet are lost: -5'; do
		t=$((t + 1))
		[ $t -lt 100 ]
		sleep 0.1
	done
	must_fail "Input/output error" python3 -c 'import os; os.fsync(7)'
	exec 7>&-
	rm -f $d/poke $d/de
	settle
}

# A file without a name, which another client has open, is to be written to a
# target that does not answer.  The metadata target throws us out meanwhile,
# and has no reason for not serving us again.
nameless() {
	local pid i

	create $d/n
	exec 5<$c2/wr/n
	ctl fault drop-req:4:-1
	bash -c 'exec 6<>$1; rm $1; echo x >&6; exec 6>&-' close $d/n &
	pid=$!
	sleep 2
	ctl evict "all lfs-MDT0000"
	# the first one may be what finds it out
	for i in 1 2 3; do
		timeout -s KILL 20 touch $d/served && break
	done
	[ -e $d/served ]
	ctl clear
	wait $pid
	exec 5<&-
	settle
}

# umount -f with data that no server takes, answered and not committed, and
# still dirty
forced() {
	local pid

	rm -f /run/tmp/ready /run/tmp/go
	python3 "$here/writes.py" /run/tmp/ready /run/tmp/go leave $c2/wr/u &
	pid=$!
	until [ -e /run/tmp/ready ]; do
		kill -0 $pid
		sleep 0.2
	done
	ctl disable lfs-OST0000
	ctl disable lfs-OST0001
	touch /run/tmp/go
	wait $pid
	# a limit of a minute below means that this does not wait for them
	umount -f $c2
	not grep -q " $c2 " /proc/mounts
	ctl enable lfs-OST0000
	ctl enable lfs-OST0001
	do_mount c2 $c2
	stat $c2/wr/u
}

# A plain one waits for the commit, and can be killed.
killed() {
	local pid t=0

	echo x >$c2/wr/k
	sync $c2/wr/k
	rm -f /run/tmp/ready
	touch /run/tmp/go
	python3 "$here/writes.py" /run/tmp/ready /run/tmp/go written $c2/wr/k
	ctl disable lfs-OST0000
	ctl disable lfs-OST0001
	umount $c2 &
	pid=$!
	sleep 3
	kill -0 $pid
	kill -KILL $pid
	while kill -0 $pid && [ $t -lt 200 ]; do
		sleep 0.1
		t=$((t + 1))
	done
	not kill -0 $pid
	# and leaves nobody behind that waits in its place
	until not pgrep -f "umount .*$c2"; do
		t=$((t + 1))
		[ $t -lt 200 ]
		sleep 0.1
	done
	ctl enable lfs-OST0000
	ctl enable lfs-OST0001
	do_mount c2 $c2
}

# Evictions while data are written, cached and written back: what is told as
# safe is safe, and nothing hangs.
storm() {
	local pid i

	touch /run/tmp/go
	for i in 1 2 3; do
		python3 "$here/writes.py" /run/tmp/ready /run/tmp/go \
			storm $d/s$i $c2/wr/s$i $((seed + i)) &
	done
	sleep 2
	for i in 1 2 3 4 5 6; do
		ctl evict all
		sleep 1.5
	done
	for pid in $(jobs -p); do
		wait $pid
	done
	settle
}

# The data of a file that was removed are nobody's any more, though somebody
# still reads them.
removed() {
	# what earlier tests lost is told once
	sync -f $d || true
	sync -f $d
	echo gone >$d/gone
	exec 6<$d/gone
	rm $d/gone
	ctl fault status:4:1:-2
	sync -f $d
	not eval "ctl faults | grep status"
	exec 6<&-
}

# The target says no, though nobody knows what it did.
bad_truncate() {
	head -c 100000 /dev/urandom >$d/t
	sync $d/t
	ctl fault status:10:1:-5
	must_fail "Input/output error" truncate -s 10 $d/t
	[ "$(stat -c %s $d/t)" = "$(stat -c %s $c2/wr/t)" ]
	truncate -s 20 $d/t
	[ "$(stat -c %s $d/t)" = 20 ]
	cmp $d/t $c2/wr/t
}

# The server can't tell the layout yet: a read waits, and does not hear of it.
not_yet() {
	echo later >$d/l
	exec 5<$d/l
	# takes the lock on the layout away
	chmod 600 $c2/wr/l
	ctl fault result:101:1:-115
	[ "$(timeout 30 cat <&5)" = later ]
	exec 5<&-
	# it was for this
	[ -z "$(lustre-testserver ctl --dir $srv_dir faults)" ]
}

# What a callback says of the lock is a hint: nonsense is no reason to refuse
# it, for which the server would throw us out.
strange_callbacks() {
	local log=$LT_OUT/$case_name.server.log before i

	before=$(grep -c "evicting client" $log) || true
	for i in 1 2 3; do
		echo $i >>$d/cb
		ctl fault desc:104:9
		ctl fault desc:106:9
		[ "$(stat -c %s $c2/wr/cb)" = $((2 * i)) ]
		[ "$(tail -n 1 $c2/wr/cb)" = $i ]
		ctl clear
	done
	[ "$(grep -c "evicting client" $log)" = "$before" ]
}

# Each step in the life of an RPC, and who holds it, can be watched.
traced() {
	local events=/sys/kernel/tracing/events/lustre step

	echo >/sys/kernel/tracing/trace
	echo 1 >$events/lustre_rpc/enable
	echo 1 >$events/lustre_rpc_ref/enable
	mkdir $d/traced
	server_stop KILL
	server_start $srv_args
	ls -l $d
	ctl commit
	mkdir $d/traced/2
	echo 0 >$events/lustre_rpc/enable
	echo 0 >$events/lustre_rpc_ref/enable
	grep -v lustre_rpc_ref: /sys/kernel/tracing/trace >/run/tmp/traced
	for step in SEND REPLY RETAIN DONE REPLAY REPLAYED COMMIT; do
		grep -E "MDS_REINT x[0-9]+ $step t=[0-9]+ e=0 " /run/tmp/traced
	done
	grep -q "lustre_rpc_ref: .* MDS_REINT -1 r=0 ptlrpc_" \
		/sys/kernel/tracing/trace
}

try "begin" 30 begin
try "everything is taken back when the server counts on us" 200 replay
try "what happens to an RPC is traced" 100 traced
try "fsync tells of what was lost by a server that did not" 100 forgotten
try "close tells of what was lost by an eviction" 100 evicted
try "fsync tells of what an eviction took before it was written" 60 dirty_evicted
try "an eviction while a file without a name is to be written" 100 nameless
try "evictions while there is much to write" 100 storm
try "what was removed while it was written is no error" 60 removed
try "a truncate that fails" 30 bad_truncate
try "umount -f with data that can't be written" 60 forced
try "umount that waits for a commit can be killed" 60 killed
try "a layout that can't be told yet" 60 not_yet
try "callbacks that describe nothing" 60 strange_callbacks
try "clean up" 60 rm -r $d
finish
