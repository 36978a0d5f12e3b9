#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# what: mount and umount 50 times; options; subdirectory; read-only
# limit: 650

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
	exec 5<$c1
	must_fail "busy" umount $c1
	exec 5<&-
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

# A lazy umount returns at once, and what is dirty is written when the servers
# are back.
lazy_dirty() {
	do_mount c1 $c1
	echo late >$c1/dirty
	server_stop KILL
	timeout 10 umount -l $c1
	not mountpoint -q $c1
	server_start $params
	do_mount c1 $c1
	[ "$(cat $c1/dirty)" = late ]
	rm $c1/dirty
	umount $c1
	not umount -l $c1
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
	# what other clients do by default anyway
	do_mount c1 $c1 $spec \
		-o acl,lazystatfs,lruresize,statfs_project,user_fid2path,always_ping
	umount $c1
	must_fail "noacl" do_mount c1 $c1 $spec -o noacl
	must_fail "nolruresize" do_mount c1 $c1 $spec -o nolruresize
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

# nowhere SPEC: fails at once, and says why
nowhere() {
	local t=$SECONDS

	mkdir -p $c1
	must_fail "no local address of the network and IP version of the MGS at" \
		in_ns c1 mount -t lustre "$1" $c1
	[ $((SECONDS - t)) -le $((5 * ${LT_SLOW:-1})) ]
}

unreachable_family() {
	nowhere "192.0.2.1@tcp7:/$fsname"
	ip -n c1 -6 addr del 2001:db8::11/64 dev eth0
	nowhere "$srv_ip6@tcp:/$fsname"
	nowhere "$srv_ip6@tcp:192.0.2.1@tcp7:/$fsname"
	# one that can be reached is enough
	do_mount c1 $c1 "$srv_ip6@tcp:$nid:/$fsname"
	umount $c1
	ip -n c1 -6 addr add 2001:db8::11/64 dev eth0 nodad
}

# fstab SOURCE: mount -a finds what is mounted, umount finds it by its source
fstab() {
	echo "$1 $c1 lustre _netdev 0 0" >/run/tmp/fstab
	in_ns c1 mount -a -T /run/tmp/fstab
	in_ns c1 mount -a -T /run/tmp/fstab
	grep lustre /proc/mounts
	[ "$(grep -c " $c1 lustre " /proc/mounts)" = 1 ]
	grep -qF "$1 $c1 lustre " /proc/mounts
	must_fail "already mounted" do_mount c1 $c1 "$1"
	must_fail "already mounted" do_mount c1 $c1
	mount -o remount,ro $c1
	grep -qF "$1 $c1 lustre ro" /proc/mounts
	umount "$1"
	not grep -q " $c1 lustre " /proc/mounts
}

sources() {
	local t=$SECONDS

	echo "$srv_ip mgs1" >>/etc/hosts
	mkdir -p $c1
	fstab "mgs1@tcp:/$fsname"
	fstab "$srv_ip:/$fsname"
	fstab "192.0.2.9@o2ib,mgs1:/$fsname/"
	t=$SECONDS
	must_fail "type tcp only" do_mount c1 $c1 "$srv_ip@o2ib:/$fsname"
	must_fail "" do_mount c1 $c1 "$srv_ip@o2ib:/$fsname" -i
	[ $((SECONDS - t)) -lt 10 ]
	must_fail "as in fd00::1@tcp" do_mount c1 $c1 "[$srv_ip6]@tcp:/$fsname"
	must_fail "as in fd00::1@tcp" do_mount c1 $c1 "$srv_ip6:/$fsname"
	must_fail "No such file or directory" do_mount c1 $c1 "$spec/not/there"
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
	until nsenter --net=/proc/$box/ns/net ip -4 addr show up dev eth0 |
			grep -q inet; do
		kill -0 $box
		sleep 0.05
	done
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

vanishing_nid() {
	# Whatever is sent to the first of the list vanishes.  The second mount
	# remembers which one answered.
	ip -n c1 neigh add 192.0.2.98 lladdr 02:00:00:00:00:98 dev eth0 nud permanent
	do_mount c1 $c1 "192.0.2.98@tcp:$nid:/$fsname"
	do_mount c1 /mnt/again "192.0.2.98@tcp:$nid:/$fsname"
	cat /sys/kernel/debug/lustre/*/MGS/import
	[ "$(grep -h attempts: /sys/kernel/debug/lustre/*/MGS/import |
		sort | uniq -c | awk '{ print $1 "x" $3 }' | xargs)" = "1x1 1x2" ]
	umount /mnt/again
	umount $c1
}

# said TEXT: the kernel log has it
said() {
	dmesg | grep -q "lustre: $1"
}

not_ready() {
	# A server that says "not yet" is waited for longer than a silent one.
	dmesg --clear
	lustre-testserver ctl --dir $srv_dir fault status:250:6:-16
	do_mount c1 $c1
	said "MGS: takes no new client now"
	umount $c1
}

sysfs_readers() {
	# Anybody may read these, also while the mount goes away.
	local i pids=

	for i in 1 2 3; do
		while :; do
			cat /sys/fs/lustre/*/*/* /sys/kernel/debug/lustre/devices ||
				true
		done >/dev/null 2>&1 &
		pids="$pids $!"
	done
	for i in $(seq ${LT_MOUNTS:-15}); do
		do_mount c1 $c1
		umount $c1
	done
	kill $pids
	wait || true
}

forced_but_busy() {
	# umount -f ends what waits, and that is all if the mount is in use.
	do_mount c1 $c1
	mkdir $c1/held
	exec 5<$c1/held
	server_stop KILL
	dmesg --clear
	mkdir $c1/waits 2>/run/tmp/waits &
	sleep 3
	must_fail "busy" umount -f $c1
	not wait $!
	grep -q 'Input/output error' /run/tmp/waits
	said "$fsname-MDT0000: forced umount, 1 waiting requests are given up"
	# the server is not who uses it
	server_start $params 5<&-
	mkdir $c1/goes-on
	rm -r $c1/*
	exec 5<&-
	umount $c1
}

dead_servers() {
	# What is known, and has nothing to write, needs no server.
	do_mount c1 $c1
	ls -l $c1
	server_stop KILL
	# a request that nobody answers, so that this is known, too
	timeout 3 mkdir $c1/waits || true
	timeout 20 stat $c1
	timeout 20 umount -l $c1
	server_start $params
	# umount -l returns at once, and goes on
	while pgrep -f umount.lustre >/dev/null; do
		sleep 0.2
	done
}

late_target() {
	# Layouts name a target that the configuration does not know yet.
	local i

	server_stop
	srv_osts=4 server_start $params --hide $fsname-OST0003 --stripe-count 4
	do_mount c1 $c1
	for i in 1 2 3 4 5 6; do
		touch $c1/late$i
	done
	dd if=/dev/zero of=$c1/late1 bs=1M count=8 &
	lustre-testserver ctl --dir $srv_dir announce $fsname-OST0003
	wait $!
	[ "$(stat -c %s $c1/late1)" = 8388608 ]
	rm $c1/late*
	umount $c1
}

# The parameters of a server's configuration
params="--param osc.*.max_dirty_mb=77 --param llite.$fsname-*.at_max=300
	--param no.such.thing=1 --param timeout=60
	--param ldlm.namespaces.*-OST*.lru_size=123"

param() {
	in_ns c1 lctl get_param -n "$1" | sort -u | xargs
}

parameters() {
	local t=0

	server_stop
	server_start $params
	dmesg --clear
	do_mount c1 $c1
	[ "$(param 'osc.*.max_dirty_mb')" = 77 ]
	[ "$(param 'llite.*.at_max')" = 300 ]
	[ "$(param 'llite.*.timeout')" = 60 ]
	[ "$(param 'ldlm.namespaces.*OST0000*.lru_size')" = 123 ]
	[ "$(param 'ldlm.namespaces.*MDT*.lru_size')" != 123 ]
	said "$fsname: parameter no.such.thing of general ignored: -2"
	lustre-testserver ctl --dir $srv_dir param "osc.*OST0001*.max_rpcs_in_flight=5"
	until [ "$(param 'osc.*OST0001*.max_rpcs_in_flight')" = 5 ]; do
		t=$((t + 1))
		[ $t -lt 150 ]
		sleep 0.2
	done
	[ "$(param 'osc.*OST0000*.max_rpcs_in_flight')" != 5 ]
	# a target that comes later has them, too
	server_stop
	srv_osts=3 server_start $params
	t=0
	until [ "$(param 'osc.*OST0002*.max_dirty_mb')" = 77 ]; do
		t=$((t + 1))
		[ $t -lt 300 ]
		sleep 0.2
	done
	[ "$(param 'ldlm.namespaces.*OST0002*.lru_size')" = 123 ]
	ls /sys/kernel/debug/lustre/$fsname-*/$fsname-OST0002/import
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
try "umount -l with dirty data and no server" 60 lazy_dirty
try "in the middle of a listing" 100 listing
try "read-only, and remounted" 60 readonly_mount
try "options do what they say" 60 effective_options
try "a subdirectory" 60 subdir
try "over IPv6" 60 second_ip_version
try "an MGS of an IP version or a network not here" 60 unreachable_family
try "sources in fstab and /proc/mounts, and bad ones" 60 sources
try "second MGS address" 150 several_nids
try "an MGS address whose packets vanish" 60 vanishing_nid
try "a server that is not ready is waited for" 90 not_ready
try "readers of sysfs while a mount goes away" 120 sysfs_readers
try "parameters of the configuration" 120 parameters
try "a target that layouts know before the configuration" 60 late_target
srv_osts=4
try "umount -f of a busy mount" 60 forced_but_busy
try "dead servers and nothing to ask" 90 dead_servers
finish
