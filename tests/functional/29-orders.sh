#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# what: orders of events that were mishandled once, each held where it counts
# limit: 300

. "$(dirname -- "$0")/lib.sh"
here=$(dirname -- "$0")
srv_args="--stripe-count 1"
setup 2

d=$c1/orders
mkdir $d

ctl() {
	lustre-testserver ctl --dir $srv_dir "$@"
}

# served OPERATION: how many requests of that kind came
served() {
	ctl stats | awk -v op="$1" '$2 == op { n += $3 } END { print n + 0 }'
}

# serves OPERATION N COMMAND...: COMMAND runs in the background; the server has
# had N requests more after that
serves() {
	local op=$1 want=$(($(served $1) + $2)) t=0

	shift 2
	"$@" &
	pid=$!
	while [ "$(served $op)" -lt $want ]; do
		kill -0 $pid
		t=$((t + 1))
		[ $t -lt 100 ]
		sleep 0.1
	done
}

# An opener still looks at the answer of the server, which was killed meanwhile
# and has had the open replayed by now.  A read on the old layout, which the
# server does not answer, holds him: the new one waits for it.  What he reads
# then is the access control list.
opener_replay() {
	local pid reader opener entry log=$LT_OUT/$case_name.server.log

	echo 0123456789 >$d/f
	sync
	drop_caches
	# rw-r--r--, and user 1000 may read
	entry=02000000
	entry+=01000600ffffffff
	entry+=02000400e8030000
	entry+=04000400ffffffff
	entry+=10000400ffffffff
	entry+=20000400ffffffff
	ctl setxattr orders/f system.posix_acl_access $entry
	ctl fault drop-req:3:-1
	cat $d/f >/run/tmp/read &
	reader=$!
	until grep -q 'drop-req on opcode 3,' $log; do
		kill -0 $reader
		sleep 0.1
	done
	ctl relayout orders/f
	serves LDLM_ENQUEUE 1 python3 $here/orders.py write $d/f abc
	opener=$pid
	# the answer is there soon
	sleep 1
	server_stop KILL
	server_start $srv_args --fault drop-req:3:-1
	# nothing is answered before all is replayed
	mkdir $d/replayed
	kill -0 $opener
	kill -0 $reader
	ctl clear
	ctl cut
	wait $opener
	wait $reader
	# before the other wrote, or after it
	grep -x '0123456789\|abc3456789' /run/tmp/read
	[ "$(cat $d/f)" = abc3456789 ]
	[ "$(cat $c2/orders/f)" = abc3456789 ]
	rm -r $d/f $d/replayed
}

# A store through a mapping while a truncate waits for a target
stored() {
	ctl fault hold:10:1:5000
	python3 $here/orders.py stored $d/mapped
}

try "an open is replayed while its answer is being read" 100 opener_replay
try "a store while a truncate waits for a target" 100 stored
try "everything removed" 20 rm -r $d
finish
