#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# what: mount and umount 50 times; options; subdirectory; read-only
# limit: 500

. "$(dirname -- "$0")/lib.sh"
here=$(dirname -- "$0")
network
capture
server_start || { not_ok "test server starts"; finish; }
try "modules load" 60 modprobe lustre || finish

fifty() {
	local i

	for i in $(seq "${LT_MOUNTS:-50}"); do
		do_mount c1 $c1
		echo $i >$c1/count
		[ "$(cat $c1/count)" = $i ]
		umount $c1
	done
}

reload() {
	local i

	for i in 1 2 3 4 5; do
		do_mount c1 $c1
		umount $c1
		no_leftovers
		modprobe lustre
	done
}

two_mounts() {
	do_mount c1 $c1
	do_mount c1 /mnt/again
	echo x >$c1/x
	[ "$(cat /mnt/again/x)" = x ]
	umount $c1
	[ "$(cat /mnt/again/x)" = x ]
	rm /mnt/again/x
	umount /mnt/again
}

busy() {
	do_mount c1 $c1
	sleep 1000 <$c1 &
	must_fail "busy" umount $c1
	kill %1
	wait || true
	umount $c1
}

forced() {
	# what is not written back may be lost with -f; what is synced may not
	do_mount c1 $c1
	echo x >$c1/x
	sync $c1/x
	umount -f $c1
	do_mount c1 $c1
	[ "$(cat $c1/x)" = x ]
	rm $c1/x
	umount $c1
}

lazy() {
	do_mount c1 $c1
	exec 5>$c1/lazy
	umount -l $c1
	echo late >&5
	exec 5>&-
	sleep 2
	do_mount c1 $c1
	[ "$(cat $c1/lazy)" = late ]
	rm $c1/lazy
	umount $c1
}

# in_listing FAULT: a listing is killed while it waits for what FAULT holds up
in_listing() {
	local pid

	do_mount c1 $c1
	lustre-testserver ctl --dir $srv_dir fault "$1"
	python3 $here/ahead.py list $c1/many &
	pid=$!
	sleep 1
	kill -KILL $pid
	not wait $pid
}

listing() {
	local fault

	do_mount c1 $c1
	python3 $here/ahead.py make $c1/many 40
	umount $c1
	for fault in delay:63:8:3000 drop-reply:63:8; do
		in_listing $fault
		umount $c1
		in_listing $fault
		umount -f $c1
		lustre-testserver ctl --dir $srv_dir clear
	done
	do_mount c1 $c1
	rm -r $c1/many
	umount $c1
}

readonly_mount() {
	do_mount c1 $c1
	echo x >$c1/x
	umount $c1
	do_mount c1 $c1 $spec -o ro
	[ "$(cat $c1/x)" = x ]
	must_fail "Read-only" touch $c1/y
	must_fail "Read-only" rm $c1/x
	grep -q " $c1 lustre ro[, ]" /proc/mounts
	mount -o remount,rw $c1
	rm $c1/x
	umount $c1
}

effective_options() {
	do_mount c1 $c1
	echo x >$c1/x
	setfattr -n user.a -v 1 $c1/x
	[ "$(stat -c %i $c1/x)" -gt 4294967295 ]
	umount $c1
	do_mount c1 $c1 $spec -o 32bitapi,nouser_xattr,nochecksum
	[ "$(stat -c %i $c1/x)" -lt 4294967296 ]
	[ "$(ls -i $c1 | awk '$2 == "x" { print $1 }')" = "$(stat -c %i $c1/x)" ]
	must_fail "not supported" setfattr -n user.a -v 2 $c1/x
	[ "$(in_ns c1 lctl get_param -n 'osc.*.checksums' | sort -u)" = 0 ]
	grep -q " $c1 lustre .*nochecksum.*nouser_xattr.*32bitapi" /proc/mounts
	umount $c1
	do_mount c1 $c1
	[ "$(getfattr --only-values -n user.a $c1/x)" = 1 ]
	rm $c1/x
	umount $c1
}

subdir() {
	do_mount c1 $c1
	mkdir -p $c1/sub/dir
	echo inside >$c1/sub/dir/f
	do_mount c2 $c2 $spec/sub/dir
	[ "$(cat $c2/f)" = inside ]
	[ "$(ls -A $c2)" = f ]
	umount $c2
	umount $c1
}

second_ip_version() {
	do_mount c1 $c1 "$srv_ip6@tcp:/$fsname"
	echo six >$c1/six
	[ "$(cat $c1/six)" = six ]
	rm $c1/six
	umount $c1
}

several_nids() {
	# the first of the list does not answer, the second does
	do_mount c1 $c1 "192.0.2.99@tcp:$nid:/$fsname"
	ls $c1 >/dev/null
	umount $c1
}

# box N COMMAND...: runs COMMAND in a network namespace without a name, with the
# address 192.0.2.N.  $box is its pid.
box() {
	local n=$1
	shift

	unshare -n -m bash -c 'n=$1; shift
		until ip addr add 192.0.2.$n/24 dev eth0 2>/dev/null; do
			sleep 0.05
		done
		ip link set eth0 up
		exec "$@"' box "$n" "$@" &
	box=$!
	until [ "$(readlink /proc/$box/ns/net)" != \
			"$(readlink /proc/self/ns/net)" ]; do
		kill -0 $box
		sleep 0.05
	done
	ip link add eth0 netns $box type veth peer name box$n
	ip link set box$n master br0 up
}

# The namespaces of boxes are gone, and with them these devices.
boxes_gone() {
	local t=0

	while ls /sys/class/net | grep -q '^box'; do
		t=$((t + 1))
		[ $t -lt 100 ]
		sleep 0.1
	done
}

# The mount is all that is left of the network namespace that it was made in.
outlives() {
	mkdir -p $c1
	box 99 sleep 1000
	nsenter --net=/proc/$box/ns/net -- mount -t lustre $spec $c1
	exec 5>$c1/kept
	kill $box
	wait $box || true
	sleep 1
	[ -e /sys/class/net/box99 ]
	echo kept >&5
	exec 5>&-
	echo 3 >/proc/sys/vm/drop_caches
	[ "$(cat $c1/kept)" = kept ]
	rm $c1/kept
	umount $c1
	boxes_gone
}

# The end of a container: its last task takes mount and network along.
containers() {
	local i

	mkdir -p $c1
	for i in $(seq "${LT_MOUNTS:-50}"); do
		box $((99 + i)) bash -c "
			mount -t lustre $spec $c1 && echo $i >$c1/count"
		wait $box
	done
	boxes_gone
	do_mount c1 $c1
	[ "$(cat $c1/count)" = "${LT_MOUNTS:-50}" ]
	rm $c1/count
	umount $c1
}

try "${LT_MOUNTS:-50} mounts and umounts" 200 fifty
try "unload and load again" 100 reload
try "a mount outlives its network namespace" 60 outlives
try "${LT_MOUNTS:-50} containers end" 200 containers
try "mounted twice" 30 two_mounts
try "a busy mount stays" 30 busy
try "umount -f" 60 forced
try "umount -l with an open file" 60 lazy
try "in the middle of a listing" 100 listing
try "read-only, and remounted" 60 readonly_mount
try "options do what they say" 60 effective_options
try "a subdirectory" 60 subdir
try "over IPv6" 60 second_ip_version
try "second MGS address" 150 several_nids
finish
