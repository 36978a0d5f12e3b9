#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# what: leases, files without a name, and what is done to layouts under leases
# limit: 200
# machines: kasan lockdep

. "$(dirname -- "$0")/lib.sh"
here=$(dirname -- "$0")
srv_osts=4
srv_args="--stripe-count 1 --stripe-size 1M --timeout 20"
setup 2

d=$c1/l
d2=$c2/l
mkdir $d

ctl() {
	lustre-testserver ctl --dir $srv_dir "$@"
}

# without what it does not need: it is begun often
py() {
	python3 -SE "$here/leases.py" "$1" $d $d2 "${@:2}"
}

# Objects of files without a name are gone with them.
unnamed() {
	local before=$(find $srv_dir/OST* -type f | wc -l) i

	py unnamed
	for i in $(seq 50); do
		[ "$(find $srv_dir/OST* -type f | wc -l)" -gt $before ] ||
			return 0
		sleep 0.1
	done
	return 1
}

# holder COMMAND...: with a process that has a lease, which talks on 6 and 7
holder() {
	local mode=$1
	shift

	head -c 1000 /dev/zero >$d/held
	coproc HOLDER { py hold $mode; }
	say held "$([ $mode = w ] && echo 2 || echo 1)"
	"$@"
}

# say WORD ANSWER
say() {
	local answer

	echo "$1" >&${HOLDER[1]}
	read -r answer <&${HOLDER[0]}
	[ "$answer" = "$2" ] || { echo "$1: $answer, not $2"; return 1; }
}

killed() {
	kill -KILL $(pgrep -f "leases.py hold")
	wait $HOLDER_PID || true
	# it is not in anybody's way
	python3 -SE "$here/leases.py" basics $d2 $d
}

restarted() {
	server_stop KILL
	server_start $srv_args
	stat $d2 >/dev/null
	say held 2
	# it is still one that others break
	cat $d2/held >/dev/null
	say held 0
	say give 0
	say take taken
	say give 2
}

# The lease, and what may be written under it, outlive the server.
halfway() {
	local said

	coproc HALF { py halfway; }
	read -r said <&${HALF[0]}
	[ "$said" = half ]
	server_stop KILL
	server_start $srv_args
	echo on >&${HALF[1]}
	wait $HALF_PID
}

# Who was evicted has none, and may take a new one.
evicted() {
	local i

	ctl evict all
	for i in $d $d2; do
		until touch $i/news; do
			sleep 0.1
		done
	done
	say held 0
	say give 0
}

# Answers that are lost, or nonsense: nobody hangs, and what comes next is right.
bad_answers() {
	local kind opc n=0 ids

	for kind in drop-reply:1:0 status:1:-5 truncate:1:150 zero:1:0 fuzz:2:7 \
		    result:1:-11; do
		for opc in 101 35 36 61; do
			n=$((n + 1))
			ctl fault ${kind%%:*}:$opc:${kind#*:}
			timeout -s KILL 60 python3 -SE "$here/leases.py" \
				anyhow $d $d2
			ctl clear
		done
	done
	rm -f $d/anyhow || rm -f $d/anyhow
	py migrated
}

try "taking, having and giving up" 60 py basics
try "whoever opens the file breaks a lease" 60 py broken
try "files without a name" 60 unnamed
try "a mirror is added" 60 py extended
try "mirrors are brought in sync" 100 py synchronized
try "somebody comes in between" 60 py interrupted
try "the server is restarted meanwhile" 100 halfway
try "mirrors are split off" 60 py divided
try "layouts are swapped" 60 py swapped
try "the times of names" 60 py times
try "data move to other objects" 60 py migrated
try "the holder is killed" 60 holder w killed
try "the server is restarted" 100 holder w restarted
try "the holder is evicted" 100 holder w evicted
# what follows is nonsense on the wire
capture_stop
try "bad answers" 200 bad_answers
finish
