#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# what: O_DIRECT: memory, page cache, two clients, asynchronous, errors
# limit: 300

. "$(dirname -- "$0")/lib.sh"
here=$(dirname -- "$0")
srv_osts=2
srv_args="--stripe-count 2 --stripe-size 1M"
setup 2

# the other client's name for a file
there() {
	echo "$c2/${1#"$c1"/}"
}

# run TEST [ARGUMENT]: on a file of its own
run() {
	python3 "$here/direct.py" "$1" $c1/$1 ${2:-}
	rm -f $c1/$1
}

both() {
	python3 "$here/direct.py" "$1" $c1/$1 "$(there $c1/$1)"
	rm -f $c1/$1
}

# Data of a direct write are safe when it returns, without any fsync.
power_cut() {
	# from now on nothing is committed that nobody asks for
	server_stop
	server_start $srv_args --commit-interval 3600000
	head -c 3M /dev/urandom >/run/tmp/direct
	dd if=/run/tmp/direct of=$c1/safe bs=1M oflag=direct 2>/dev/null
	server_stop KILL
	server_start $srv_args
	cmp /run/tmp/direct $c1/safe
	cmp /run/tmp/direct "$(there $c1/safe)"
	rm $c1/safe
}

# Targets that are full say so to who writes.
no_space() {
	server_stop
	server_start $srv_args --ost-size 40M
	run full
}

# A process that waits for a server can be killed, and leaves nothing behind.
killed() {
	local pid t=0

	head -c 1M /dev/zero >$c1/stuck
	sync
	kill -STOP "$(server_pid)"
	python3 "$here/direct.py" stuck $c1/stuck >/run/tmp/stuck &
	pid=$!
	until grep -q now /run/tmp/stuck || [ $t = 100 ]; do
		sleep 0.1
		t=$((t + 1))
	done
	sleep 0.5
	kill -KILL $pid
	t=0
	while kill -0 $pid 2>/dev/null && [ $t -lt 50 ]; do
		grep -q '^State:.Z' /proc/$pid/status 2>/dev/null && break
		sleep 0.1
		t=$((t + 1))
	done
	kill -CONT "$(server_pid)"
	[ $t -lt 50 ]
	wait $pid || true
	# the lock that it had comes back
	timeout 60 dd if=/dev/zero of="$(there $c1/stuck)" bs=1M count=1 \
		conv=notrunc,fsync 2>/dev/null
	rm $c1/stuck
}

# Has the kernel io_uring?  RHEL 8 has its name only.
uring() {
	python3 -c 'import ctypes, errno, sys
libc = ctypes.CDLL(None, use_errno=True)
libc.syscall(425, 1, None)
sys.exit(ctypes.get_errno() == errno.ENOSYS)'
}

fio_direct() {
	local engine

	command -v fio >/dev/null || return 0
	# RHEL 9 has it, and lets nobody use it
	[ ! -w /proc/sys/kernel/io_uring_disabled ] ||
		echo 0 >/proc/sys/kernel/io_uring_disabled
	for engine in psync libaio io_uring; do
		[ $engine = io_uring ] && ! uring && continue
		fio --name=job --directory=$c1 --verify=crc32c \
			--verify_fatal=1 --ioengine=$engine --iodepth=8 \
			--direct=1 --rw=randwrite --bs=16k --size=4M \
			--thread --fallocate=none --randseed="$seed" \
			--output=/run/tmp/fio || {
			cat /run/tmp/fio
			return 1
		}
		rm -f $c1/job*
	done
}

try "aligned" 60 run aligned
try "any offset, length and memory" 60 run unaligned "$seed"
try "several pieces of memory" 60 run vectors
try "page cache and mappings of the same client" 60 run cache
try "two clients" 60 both nodes
try "holes and the end of the file" 60 run ends
try "memory that is not there" 60 run fault
try "appends of two clients" 60 both append
try "flags, and limits of the process" 60 run switch
try "asynchronous requests" 60 run aio "$seed"
try "truncates at the same time" 60 run race
try "memory that changes meanwhile" 60 run changing
try "fio" 100 fio_direct
try "committed when it returns" 100 power_cut
try "no space" 100 no_space
try "killed while it waits" 100 killed
finish
