#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# what: replies that are cut, too long, of wrong magic, fuzzed or nonsense
# limit: 420

. "$(dirname -- "$0")/lib.sh"
LT_NO_PCAP=1
srv_args="--stripe-count 2 --stripe-size 1M"
setup

here=$(dirname -- "$0")

# Which requests are answered badly, and what makes the client send them.
during_mount="250 501 502 503 256 101 38 40 41 8"
during_use="101 37 36 35 3 4 33 10 44 16 13 41 2 103 400 63 54 55 56 58 58 64"
kinds="truncate oversize magic buflen status result fuzz garbage zero cut drop-reply delay"

ctl() {
	in_ns srv lustre-testserver ctl --dir $srv_dir "$@"
}

# One argument each that is likely to be hard on a reader of lengths.
argument() {
	case $1 in
	truncate) echo $((1 + RANDOM % 200)) ;;
	oversize) echo $((8 << (RANDOM % 16))) ;;
	status | result) echo $((RANDOM % 2 ? -(RANDOM % 200) : RANDOM)) ;;
	delay) echo 1500 ;;
	fuzz) echo $((RANDOM + 1)) ;;
	*) echo 0 ;;
	esac
}

d=$c1/h
mkdir $d
ctl restore 20
# two components
lov=0xd00bd60bc000000000000000000002000000000000000000000000000000
lov+=0000000000000000000000000000000000000000100000000000800000002000
lov+=0000000000000000000000000000000000000000000000000000000010000000
lov+=0000ffffffffffffffffa0000000200000000000000000000000000000000000
lov+=0000d00bd10b0100000000000000000000000000000000000000000010000100
lov+=ffffd00bd10b010000000000000000000000000000000000000000001000ffff
lov+=ffff
head -c 300000 /dev/urandom >/run/tmp/src

# Everything that the client can do, and none of it may hang: each call is
# killed after a while, and a killed call has to go away.
use() {
	timeout -s KILL 8 bash -c '
		d=$1
		ls -la $d
		mkdir $d/dir; echo x >$d/f; cat $d/f; cat $d/f2
		cp /run/tmp/src $d/big; sync $d/big; truncate -s 5000 $d/big
		chmod 600 $d/f; mv $d/f $d/f2; touch $d/f2; ln $d/f2 $d/f3
		ln -s x $d/s; readlink $d/s
		stat $d/*; df $d
		echo 2 >/proc/sys/vm/drop_caches; cat $d/big
		ls -l $d
		setfattr -n lustre.lov -v $3 $d
		setfattr -n lustre.lov.set.flags -v $3 $d/f2
		cp /run/tmp/src $d/arch; python3 -SE $2 poke $d/arch; cat $d/arch
		rm -rf $d/*
	' use $d $here/hsm.py "$lov" >/dev/null 2>&1 &
	local pid=$! t=0

	while kill -0 $pid 2>/dev/null; do
		t=$((t + 1))
		[ $t -lt 300 ] || { show_stuck; return 1; }
		sleep 0.1
	done
	wait $pid 2>/dev/null
	return 0
}

mount_other() {
	local pid t=0

	mkdir -p $c2
	in_ns c2 timeout -s KILL 8 mount -t lustre $spec $c2 >/dev/null 2>&1 &
	pid=$!
	while kill -0 $pid 2>/dev/null; do
		t=$((t + 1))
		[ $t -lt 300 ] || { show_stuck; return 1; }
		sleep 0.1
	done
	wait $pid 2>/dev/null
	grep -q " $c2 " /proc/mounts || return 0
	ls $c2 >/dev/null 2>&1
	timeout -s KILL 30 umount -f $c2
}

# After the nonsense: this mount still works, or a fresh one does.
works_again() {
	local try

	ctl clear >/dev/null
	for try in 1 2; do
		timeout -s KILL 40 bash -c "ls $d && echo fine >$d/fine &&
			cat $d/fine && rm -rf $d/*" >/dev/null 2>&1 && return 0
		timeout -s KILL 60 umount -f $c1 || return 1
		timeout -s KILL 60 nsenter --net=/run/netns/c1 \
			mount -t lustre $spec $c1 || return 1
	done
	return 1
}

# A lock with all 64 inode bits, also those that nobody knows.
strange_bits() {
	echo x >$d/bits && ctl fault lock-bits:101:20 >/dev/null || return 1
	echo 2 >/proc/sys/vm/drop_caches
	cat $d/bits && ls -l $d && stat $d/bits && mkdir $d/bitdir && rm -r $d/bit*
	ctl clear >/dev/null
}

try "locks with inode bits that mean nothing" 30 strange_bits

# Statuses that are no errno, or one that only kernels know: no call may end
# with one, and none may pass for a pointer.
odd_statuses() {
	mkdir $d/odd
	timeout 180 python3 "$here/oddstatus.py" $d/odd $srv_dir
	dmesg >/run/tmp/dmesg
	not grep -E "BUG|WARNING|KASAN|Oops" /run/tmp/dmesg
	rm -r $d/odd
}

# What archives say, and where files have names
archives() {
	mkdir $d/archives
	timeout 150 python3 "$here/hsm.py" hostile $d/archives $srv_dir
	rm -r $d/archives
}

# The server moves less of the first piece than it says, and all of the others:
# what is missing must not be seen, nor what the memory held before.
gap() {
	head -c 8M /dev/urandom >/run/tmp/big
	cp /run/tmp/big $d/big
	ctl fault short-md:3:1
	# until it did happen: what is in use when caches are dropped stays
	for _ in 1 2 3 4 5; do
		drop_caches
		cmp /run/tmp/big $d/big
		[ -n "$(ctl faults)" ] || break
	done
	[ -z "$(ctl faults)" ]
	rm $d/big
}

try "a gap in bulk data" 60 gap

RANDOM=$seed
# what the kernel itself complained about while it booted is not for here
dmesg --clear
try "statuses that are no errno" 200 odd_statuses
try "answers about archives that are none" 200 archives
rounds=0
end=$((SECONDS + ${LT_HOSTILE_SECONDS:-240}))
bad=
while [ $SECONDS -lt $end ]; do
	set -- $kinds
	shift $((RANDOM % $#))
	kind=$1
	arg=$(argument "$kind")
	if [ $((RANDOM % 3)) = 0 ]; then
		set -- $during_mount
		what=mount_other
	else
		set -- $during_use
		what=use
	fi
	shift $((RANDOM % $#))
	opc=$1
	count=$((1 + RANDOM % 4))
	rounds=$((rounds + 1))
	echo "round $rounds: $kind:$opc:$count:$arg $what" >>$LT_OUT/rounds
	ctl fault "$kind:$opc:$count:$arg" >/dev/null || bad="fault not accepted"
	# without the shell's word on what was killed
	$what 2>/dev/null || bad="hung"
	[ -n "$bad" ] || works_again 2>/dev/null || bad="no longer works"
	if ! kill -0 "$(server_pid)" 2>/dev/null; then
		bad="the test server died"
	fi
	if [ -n "$bad" ]; then
		not_ok "round $rounds of seed $seed: $kind:$opc:$count:$arg: $bad"
		break
	fi
	if dmesg | grep -qE 'BUG|WARNING|KASAN|Oops'; then
		not_ok "round $rounds of seed $seed: $kind:$opc:$count:$arg: kernel log"
		break
	fi
done
[ -n "$bad" ] || ok "$rounds rounds of bad replies"

# A frame level below: bytes that are no messages at all, mid-connection.
wild_bytes() {
	in_ns srv python3 - "$seed" <<-'PY'
	import random, socket, struct, sys, time
	rnd = random.Random(int(sys.argv[1]))
	for i in range(60):
	    s = socket.socket()
	    s.settimeout(2)
	    for port in range(1023, 600, -1):
	        try:
	            s.bind(('192.0.2.1', port))
	            break
	        except OSError:
	            continue
	    try:
	        s.connect(('192.0.2.11', 988))
	        acr = struct.pack('<IIQ', 0xacce7100, 1, 0x00020000c000020b)
	        hello = struct.pack('<IIQQIIQQiI', 0x45726963, 3,
	                            0x00020000c0000201, 0x00020000c000020b,
	                            12345, 0, rnd.getrandbits(64), 0,
	                            rnd.choice((1, 2, 3)), 0)
	        raw = bytearray(acr + hello)
	        if i % 3 == 0:
	            raw[rnd.randrange(len(raw))] = rnd.randrange(256)
	        elif i % 3 == 1:
	            raw = bytearray(rnd.randbytes(rnd.randrange(1, 200)))
	        s.sendall(raw)
	        if i % 3 != 1:
	            typ, length = rnd.choice((
	                (1, 0xffffffff), (3, 1 << 20), (0, 12), (2, 8), (9, 0),
	                (1, 1 << 20), (1, (1 << 20) + 1), (1, 40)))
	            head = struct.pack('<IIQQ', 0xc1, 0, 0, 0)
	            head += struct.pack('<QQIIII', 0x00020000c000020b,
	                                0x00020000c0000201, 12345, 12345, typ,
	                                length)
	            head += rnd.randbytes(40)
	            s.sendall(head + rnd.randbytes(min(length, 5000)))
	        try:
	            s.recv(100)
	        except OSError:
	            pass
	    except OSError:
	        pass
	    s.close()
	PY
}

[ -n "$bad" ] || try "bytes that are no messages, on the client's own port" 200 wild_bytes
[ -n "$bad" ] || try "the mount works after that" 100 works_again
finish
