#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# what: failing allocations and memory pressure
# machines: lockdep
# limit: 300

. "$(dirname -- "$0")/lib.sh"
LT_NO_PCAP=1
setup

d=$c1/mem
mkdir $d

# Every process that asks for it sees allocations fail; kernel threads do not.
fail_injection() {
	local dir=$1 odds=$2 i

	echo $odds >$dir/probability
	echo 1 >$dir/interval
	echo -1 >$dir/times
	echo 0 >$dir/verbose
	echo Y >$dir/task-filter
	[ -e $dir/ignore-gfp-wait ] && echo N >$dir/ignore-gfp-wait
	for i in $(seq 60); do
		timeout -s KILL 20 bash -c '
			echo 1 >/proc/self/make-it-fail
			ls -la $1; mkdir $1/d; echo x >$1/f; cat $1/f
			dd if=/dev/zero of=$1/g bs=64k count=8 conv=fsync
			mv $1/f $1/h; ln -s x $1/s; readlink $1/s; stat $1/*
			cat $1/g; rm -rf $1/*
		' fail $d >/dev/null 2>&1
	done
	echo 0 >$dir/probability
	# all is well again
	timeout 60 bash -c "rm -rf $d/*; echo y >$d/f; sync $d/f; cat $d/f; rm $d/f"
}

fail_mount() {
	local dir=/sys/kernel/debug/failslab i

	echo 3 >$dir/probability
	for i in $(seq 30); do
		timeout -s KILL 30 nsenter --net=/run/netns/c2 bash -c '
			mkdir -p $2
			echo 1 >/proc/self/make-it-fail
			mount -t lustre $1 $2 && ls $2
		' fail $spec $c2 >/dev/null 2>&1
		if grep -q " $c2 " /proc/mounts; then
			umount $c2
		fi
	done
	echo 0 >$dir/probability
	do_mount c2 $c2
	ls $c2
	umount $c2
}

if [ -d /sys/kernel/debug/failslab ]; then
	try "failing kmalloc" 250 fail_injection /sys/kernel/debug/failslab 2
	try "failing page allocations" 250 fail_injection /sys/kernel/debug/fail_page_alloc 2
	try "mount with failing kmalloc" 250 fail_mount
else
	skip "failing allocations" "this kernel has no failslab"
fi

pressure() {
	mkdir -p /sys/fs/cgroup
	mount -t cgroup2 cgroup /sys/fs/cgroup 2>/dev/null || true
	mkdir -p /sys/fs/cgroup/small
	echo "+memory" >/sys/fs/cgroup/cgroup.subtree_control
	echo 24M >/sys/fs/cgroup/small/memory.max
	head -c 100M /dev/urandom >/run/tmp/src
	bash -c "echo \$\$ >/sys/fs/cgroup/small/cgroup.procs
		exec dd if=/run/tmp/src of=$d/big bs=1M conv=fsync"
	cmp /run/tmp/src $d/big
	rm $d/big
}

try "100 MiB written by a group limited to 24 MiB" 200 pressure
try "clean up" 20 rm -r $d
finish
