#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# what: ioctls, and group locks between two clients
# limit: 300

. "$(dirname -- "$0")/lib.sh"
srv_args="--stripe-count 2 --stripe-size 64K"
setup 2

here=$(dirname -- "$0")

ctl() {
	lustre-testserver ctl --dir $srv_dir "$@"
}

# ioctls [DIRECTORY/]TEST [ARG...]: in a directory of its own
ioctls() {
	local name=$1
	shift
	mkdir $c1/$name
	python3 $here/ioctls.py ${name##*/} $c1/$name $c2/$name "$@"
}

# No lock of a group may outlive its file.
groups() {
	ioctls "$@"
	local t=0
	while ctl locks | grep -q 'granted 64'; do
		t=$((t + 1))
		[ $t -lt 100 ]
		sleep 0.1
	done
}

# on_mdt BYTES: all of it for files that begin with that much on a metadata target
on_mdt() {
	local name
	for name in on_mdt versions group exclude share ways; do
		groups mdt$1/$name $srv_dir
	done
}

wide() {
	mkdir $c1/wide
	ctl default /wide "-E 64K -c 1 -S 64K -E eof -c 2 -S 64K" >/dev/null
	python3 $here/ioctls.py wide $c1/wide $c2/wide
}

# during [DIRECTORY/]TEST COMMAND...: COMMAND when the test has its locks
during() {
	local name=$1 word
	shift

	mkdir $c1/$name
	coproc python3 $here/ioctls.py ${name##*/} $c1/$name $c2/$name 2>&1
	# shellcheck disable=SC2153
	local in=${COPROC[1]} out=${COPROC[0]} pid=$COPROC_PID
	read -r word <&$out
	[ "$word" = now ]
	"$@"
	echo go >&$in
	cat <&$out || true
	wait $pid
}

restart() {
	server_stop KILL
	sleep 1
	server_start ${srv_args:-}
}

# The first client alone, by one object target after the other
evict() {
	local ost
	for ost in 0 1; do
		ctl evict "$(ctl exports | awk -v t=$fsname-OST000$ost \
			'$1 == t && /[.:]11@/ { print $2; exit }')" \
			$fsname-OST000$ost
	done
	while [ "$(dmesg | grep -c "OST000[01]: this client was evicted")" != 2 ]
	do
		head -c 200000 /dev/zero >$c1/poke && sync $c1/poke || true
		sleep 0.5
	done
	sleep 1
}

# The same by the metadata target
evict_mdt() {
	ctl evict "$(ctl exports | awk -v t=$fsname-MDT0000 \
		'$1 == t && /[.:]11@/ { print $2; exit }')" $fsname-MDT0000
	while ! dmesg | grep -q "MDT0000: this client was evicted"; do
		ls $c1 >/dev/null || true
		sleep 0.2
	done
	sleep 1
}

space() {
	umount $c2
	do_mount c2 $c2 $spec -o exclude=$fsname-OST0001
	ioctls space $fsname 1
	umount $c2
	do_mount c2 $c2
}

layouts() {
	mkdir $c1/pfl
	ctl default /pfl "-E 1M -c 1 -S 1M -E eof -c 3 -S 64K" >/dev/null
	ioctls layouts $c1/pfl
}

striped() {
	mkdir $c1/striped $c1/striped/stripes $c1/striped/default
	ctl stripe striped/stripes 3
	ctl stripes-below striped/default 2
	python3 $here/ioctls.py striped $c1/striped $c2/striped
}

try "files by name and by number" 60 ioctls identity
try "names of a file" 60 ioctls parents
try "flags of inodes" 60 ioctls flags
try "the file system" 30 ioctls names $fsname
try "space of each target" 60 space
try "layouts, shown and wanted" 60 layouts
try "stripes of directories" 30 striped
try "versions of data" 60 ioctls versions
try "how files will be used" 60 ioctls told $srv_dir
try "what there is not" 30 ioctls unknown
try "group locks: who gets one" 60 groups group
try "group locks: others wait" 100 groups exclude
try "group locks: members on two clients" 60 groups share
try "group locks: all ways to the data" 60 groups ways
ctl dom-limit $((8 << 20)) >/dev/null
for part in 256K 8M; do
	mkdir $c1/mdt$part
	ctl default /mdt$part "-E $part -L mdt -E eof -c 1 -S 64K" >/dev/null
	try "group locks: $part on a metadata target" 100 on_mdt $part
done
try "group locks: objects that are not there yet" 60 wide
try "group locks: over a restart of the server" 100 during restarted restart
try "group locks: lost by an eviction" 100 during evicted evict
try "group locks: on a metadata target, over a restart" 100 \
	during mdt256K/restarted restart
try "group locks: on a metadata target, lost by an eviction" 100 \
	during mdt256K/evicted evict_mdt
try "nonsense" 100 ioctls nonsense "$seed" "${LT_NONSENSE:-2000}"
finish
