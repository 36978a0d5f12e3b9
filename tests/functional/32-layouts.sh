#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# what: layouts that users set, as a whole and component by component
# limit: 250
# machines: kasan lockdep

. "$(dirname -- "$0")/lib.sh"
here=$(dirname -- "$0")
srv_osts=4
srv_args="--stripe-count 1 --stripe-size 1M"
setup 2

ctl() {
	lustre-testserver ctl --dir $srv_dir "$@"
}

# layouts TEST [ARG...]: in a directory of its own
layouts() {
	local name=$1
	shift
	mkdir $c1/$name
	python3 -SE $here/layouts.py $name $c1/$name $c2/$name "$@"
}

kinds() {
	ctl pool fast
	layouts kinds fast
	rm -r $c1/kinds
}

# Objects of components that were removed are.
remove() {
	local before

	sync
	before=$(used)
	layouts remove
	rm -r $c1/remove
	settles "$before"
}

# used: bytes that all targets keep
used() {
	df -B1 --output=used $c1 | tail -n 1
}

settles() {
	local t=0

	while sync && [ "$(used)" -gt $(($1 + 1000000)) ]; do
		t=$((t + 1))
		[ $t -lt 100 ] || { echo "$(used) bytes, $1 before"; return 1; }
		sleep 0.1
	done
}

# Nothing is committed by itself.
restarted() {
	local word pid in out

	server_stop TERM
	server_start $srv_args --commit-interval 3600000
	mkdir $c1/restarted
	ctl commit
	coproc python3 -SE $here/layouts.py restarted $c1/restarted \
		$c2/restarted 2>&1
	in=${COPROC[1]} out=${COPROC[0]} pid=$COPROC_PID
	read -r word <&$out
	[ "$word" = now ]
	server_stop KILL
	sleep 1
	server_start $srv_args
	echo go >&$in
	cat <&$out || true
	wait $pid
}

try "as a whole, by ioctl and attribute" 60 layouts wholes
try "what is made in a directory" 60 layouts defaults
try "of a file that is in an archive" 30 layouts released
try "what is refused" 60 layouts errors
try "of each kind" 100 kinds
try "components added" 60 layouts add
try "flags of components" 60 layouts flags
try "components removed" 60 remove
try "while it is written" 100 layouts busy "${LT_BUSY_ROUNDS:-15}"
try "the server restarts meanwhile" 100 restarted
try "nonsense" 100 layouts nonsense "$seed" "${LT_NONSENSE:-400}"
finish
