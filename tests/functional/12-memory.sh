#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# what: failing allocations and memory pressure
# machines: lockdep kasan debian
# limit: 300

. "$(dirname -- "$0")/lib.sh"
LT_NO_PCAP=1
srv_osts=2
setup

d=$c1/mem
mkdir $d

here=$(dirname -- "$0")

ctl() {
	lustre-testserver ctl --dir $srv_dir "$@"
}

fail_files() {
	inject $1 2 python3 "$here/failing.py" files $d "$seed" ${LT_FAIL_ROUNDS:-600}
	# all is well again
	rm -rf $d/*
	echo y >$d/f
	sync $d/f
	drop_caches
	[ "$(cat $d/f)" = y ]
	rm $d/f
}

# Layouts of all kinds, and all that can be asked of them
fail_data() {
	mkdir -p $d/plain $d/stripes $d/dom $d/composite $d/wished
	# released files are back at once, in whatever way they are wanted
	ctl restore 5
	ctl default /mem/stripes "-E eof -c 2 -S 64K"
	ctl default /mem/dom "-E 128K -L mdt -E eof -c 2 -S 64K"
	ctl default /mem/composite "-E 1M -c 1 -E eof -c 2 -S 128K"
	inject $1 2 python3 "$here/failing.py" data $d "$seed" ${LT_FAIL_ROUNDS:-600}
	rm -r $d/*
}

fail_mount() {
	mkdir -p $c2
	inject $1 1 in_ns c2 python3 "$here/failing.py" mount $spec $c2 30
	while grep -q " $c2 " /proc/mounts; do
		umount $c2
	done
	do_mount c2 $c2
	ls $c2
	umount $c2
}

if [ -d /sys/kernel/debug/failslab ]; then
	try "failing kmalloc" 120 fail_files /sys/kernel/debug/failslab
	try "failing page allocations" 120 \
		fail_files /sys/kernel/debug/fail_page_alloc
	try "all that is asked of data, with failing kmalloc" 200 \
		fail_data /sys/kernel/debug/failslab
	try "all that is asked of data, with failing page allocations" 200 \
		fail_data /sys/kernel/debug/fail_page_alloc
	try "mount with failing kmalloc" 120 \
		fail_mount /sys/kernel/debug/failslab
else
	skip "failing allocations" "this kernel has no failslab"
fi

# Locks that are kept although nobody uses them, of all targets
kept_locks() {
	awk '$1 == "unused" { n += $2 } END { print n + 0 }' \
		/sys/kernel/debug/lustre/*/*/namespace
}

# Reclaim takes idle locks, and what hangs on them, not only inodes.
idle_locks() {
	local before t=0

	for i in $(seq 200); do
		echo $i >$d/idle$i
	done
	sync
	cat $d/idle* >/dev/null
	before=$(kept_locks)
	[ "$before" -ge 200 ] || { echo "only $before locks"; return 1; }
	drop_caches
	# the locks are given back by a worker
	while [ "$(kept_locks)" -gt $((before / 10)) ]; do
		t=$((t + 1))
		[ $t -lt 50 ] || { echo "$(kept_locks) of $before kept"; return 1; }
		sleep 0.1
	done
	[ "$(cat $d/idle200)" = 200 ]
	rm $d/idle*
}

if [ -d /sys/kernel/debug/lustre ]; then
	try "idle locks go when memory is short" 60 idle_locks
else
	skip "idle locks go when memory is short" "no debugfs"
fi

# A group of processes whose memory is counted
group() {
	mkdir -p /sys/fs/cgroup
	mount -t cgroup2 cgroup /sys/fs/cgroup 2>/dev/null || true
	mkdir -p /sys/fs/cgroup/$1
	echo "+memory" >/sys/fs/cgroup/cgroup.subtree_control
}

# file_memory MIN MAX: the group "lister" has so much in the page cache, kB
file_memory() {
	local kb t=0

	while :; do
		kb=$(awk '$1 == "file" { n += $2 } $1 == "shmem" { n -= $2 }
			END { print int(n / 1024) }' \
			/sys/fs/cgroup/lister/memory.stat)
		[ "$kb" -lt $1 ] || [ "$kb" -gt $2 ] || return 0
		t=$((t + 1))
		[ $t -lt 100 ] || { echo "$kb kB of page cache"; return 1; }
		sleep 0.1
	done
}

readpages() {
	lustre-testserver ctl --dir $srv_dir stats |
		awk '/MDS_READPAGE/ { n += $3 } END { print n + 0 }'
}

# Pages of directories belong to who had them read, and go when they are wanted
# for something else; until then nobody asks for them again.
directory_pages() {
	local before

	python3 $here/listing.py make $d/names 1500
	group lister
	ls -f $d/names >/run/tmp/first
	drop_caches
	stat $d/names
	bash -c "echo \$\$ >/sys/fs/cgroup/lister/cgroup.procs
		ls -f $d/names; ls -f $d/names" | cat >/run/tmp/second
	file_memory 300 100000
	before=$(readpages)
	ls -f $d/names | cmp - /run/tmp/first
	[ "$(readpages)" = $before ]
	sort /run/tmp/first >/run/tmp/sorted
	sort -u /run/tmp/second | cmp - /run/tmp/sorted
	echo 1 >/proc/sys/vm/drop_caches
	file_memory 0 100
	ls -f $d/names | cmp - /run/tmp/first
	[ "$(readpages)" -gt $before ]
	python3 $here/listing.py read $d/names
	rm -r $d/names
}

try "pages of directories are memory like others" 100 directory_pages

mib=${LT_PRESSURE_MIB:-100}

pressure() {
	group small
	echo 24M >/sys/fs/cgroup/small/memory.max
	head -c ${mib}M /dev/urandom >/run/tmp/src
	bash -c "echo \$\$ >/sys/fs/cgroup/small/cgroup.procs
		exec dd if=/run/tmp/src of=$d/big bs=1M conv=fsync"
	cmp /run/tmp/src $d/big
	rm $d/big
}

try "$mib MiB written by a group limited to 24 MiB" 200 pressure
# The pages stay until the server has committed them.
slow_commits() {
	server_stop TERM
	server_start --commit-interval 5000
	pressure
}

try "... by a server that takes its time to commit" 200 slow_commits
try "clean up" 20 rm -r $d
finish
