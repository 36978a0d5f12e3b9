#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# what: files whose data are in an archive come back when they are wanted
# limit: 200
# machines: kasan lockdep

. "$(dirname -- "$0")/lib.sh"
here=$(dirname -- "$0")
srv_osts=2
srv_args="--stripe-count 2 --stripe-size 64K --timeout 20"
setup 2

d=$c1/a
d2=$c2/a
size=300001

ctl() {
	lustre-testserver ctl --dir $srv_dir "$@"
}

# once per client, and never twice for one file unless it takes two
requests() {
	ctl stats | awk '$2 == "MDS_HSM_REQUEST" { n += $3 } END { print n + 0 }'
}

# release FILE: when nobody has locks on it any more
release() {
	until_ok ctl release /a/$1
}

# archived FILE [LAYOUT]: a new one, whose data are where nobody reaches them
archived() {
	[ $# = 1 ] || ctl default /a "$2" >/dev/null
	cp /run/tmp/src $d/$1
	[ $# = 1 ] || ctl default /a "-c 0" >/dev/null
	release $1
	is_released $1
}

is_released() {
	ctl layout /a/$1 >/run/tmp/layout
	grep -q released /run/tmp/layout
}

mkdir $d
head -c $size /dev/urandom >/run/tmp/src

# Who looks at attributes, names and locations does not want the data.
attributes() {
	ctl restore 100
	archived f
	[ "$(stat -c %s $d/f)" = $size ]
	[ "$(stat -c %s $d2/f)" = $size ]
	ls -l $d2 >/dev/null
	touch -d 2001-02-03 $d/f
	[ "$(stat -c %Y $d2/f)" = "$(date -d 2001-02-03 +%s)" ]
	chmod 600 $d/f
	mv $d/f $d/g
	filefrag -v $d/g >/run/tmp/frag || true
	[ "$(requests)" = 0 ]
	is_released g
	rm $d2/g
	not stat $d/g
}

nobody() {
	ctl restore 0
	archived n
	must_fail "No data available" cat $d/n
	must_fail "No data available" dd if=/dev/zero of=$d/n bs=1 count=1 conv=notrunc
	must_fail "No data available" truncate -s 1 $d/n
	[ "$(stat -c %s $d2/n)" = $size ]
	ctl restore fails
	must_fail "No data available" cat $d/n
	ctl restore 200
	cmp $d/n /run/tmp/src
	rm $d/n
}

reads() {
	local layout

	ctl restore 300
	for layout in "-E eof -c 1 -S 1M" "-E 128K -c 1 -S 64K -E eof -c 2 -S 64K"; do
		archived r "$layout"
		ctl reset
		cmp $d/r /run/tmp/src
		[ "$(requests)" = 1 ]
		cmp $d2/r /run/tmp/src
		[ "$(requests)" = 1 ]
		rm $d/r
	done
}

# Both wait for the same.
both() {
	local pid

	ctl restore 1500
	archived b
	cmp $d/b /run/tmp/src &
	pid=$!
	cmp $d2/b /run/tmp/src
	wait $pid
	rm $d/b
}

# ways WHAT: each on a file of its own
way() {
	archived w
	cp /run/tmp/src /run/tmp/want
	python3 - "$1" $d/w /run/tmp/want <<-'PY'
	import ctypes, fcntl, mmap, os, sys
	what, *paths = sys.argv[1:]
	size = os.stat(paths[1]).st_size
	libc = ctypes.CDLL(None, use_errno=True)
	said = []
	for path in paths:
	    direct = os.O_DIRECT if what.startswith('direct') and path == paths[0] else 0
	    append = os.O_APPEND if what == 'append' else 0
	    fd = os.open(path, os.O_RDWR | direct | append)
	    buf = memoryview(mmap.mmap(-1, 65536))
	    if what in ('write', 'direct write'):
	        buf[:] = b'w' * 65536
	        assert os.pwritev(fd, [buf], 65536) == 65536
	    elif what == 'append':
	        assert os.write(fd, b'behind') == 6
	    elif what == 'direct read':
	        assert os.preadv(fd, [buf], 65536) == 65536
	        said.append(bytes(buf))
	        continue
	    elif what == 'map':
	        m = mmap.mmap(fd, size)
	        said.append(m[size // 2])
	        m[100] = 65
	        m.flush()
	    elif what == 'group':
	        mine = path == paths[0]
	        if mine:
	            fcntl.ioctl(fd, 0x4008669E, 5)
	        assert os.pwrite(fd, b'g' * 100, 200000) == 100
	        if mine:
	            fcntl.ioctl(fd, 0x4008669F, 5)
	    elif what == 'cut':
	        os.ftruncate(fd, 70000)
	    elif what == 'grow':
	        os.ftruncate(fd, 700000)
	    elif what == 'punch':
	        assert libc.fallocate(fd, 3, ctypes.c_long(65536), ctypes.c_long(65536)) == 0
	    elif what == 'seek':
	        said.append(os.lseek(fd, 1000, os.SEEK_HOLE))
	    os.close(fd)
	assert len(set(said)) < 2, said
	PY
	not is_released w
	cmp $d/w /run/tmp/want
	cmp $d2/w /run/tmp/want
	rm $d/w
}

ways() {
	local what

	ctl restore 100
	for what in write append "direct write" "direct read" map cut grow punch \
			seek group; do
		echo "$what"
		way "$what"
	done
}

# Nobody has to read what is to be thrown away.
emptied() {
	ctl restore 0
	archived e
	: >$d/e
	[ "$(stat -c %s $d2/e)" = 0 ]
	echo new >$d2/e
	[ "$(cat $d/e)" = new ]
	cp /run/tmp/src $d/e
	release e
	truncate -s 0 $d2/e
	cp /run/tmp/src $d/e
	cmp $d2/e /run/tmp/src
	rm $d/e
}

# Who waits can be killed; the file is none the worse for it.
killed() {
	local pid

	ctl restore 5000
	archived k
	cat $d/k >/run/tmp/killed &
	pid=$!
	sleep 1
	kill $pid
	wait $pid || true
	[ ! -s /run/tmp/killed ]
	cmp $d/k /run/tmp/src
	rm $d/k
}

# The server forgets what it was doing, but not who wants the file.
restarted() {
	local pid

	ctl restore 60000
	archived s
	cmp $d/s /run/tmp/src &
	pid=$!
	sleep 1
	server_stop KILL
	server_start $srv_args --restore 200
	wait $pid
	rm $d/s
}

# hsm TEST [ARG...]: by ioctl, in a directory of its own
hsm() {
	local name=$1
	shift
	mkdir $c1/$name
	python3 -SE $here/hsm.py $name $c1/$name $c2/$name "$@"
}

cycle() {
	ctl restore 50
	hsm cycle
}

batch() {
	ctl restore 50
	ctl reset
	hsm batch 40
	# archived, restored, one that was refused, and restored again
	[ "$(requests)" = 4 ]
}

cancel() {
	ctl restore 1000
	hsm cancel
}

none() {
	ctl restore 0
	hsm none
}

nonsense() {
	ctl restore 50
	hsm nonsense
}

# The coordinator is busy with something else for a while.
busy() {
	ctl restore 50
	mkdir $c1/busy
	cp /run/tmp/src $c1/busy/f
	ctl fault status:58:2:-115
	python3 -SE $here/hsm.py let_go $c1/busy $c1/busy/f
	[ -z "$(ctl faults)" ]
	ctl fault status:58:2:-115
	cmp $c2/busy/f /run/tmp/src
	[ -z "$(ctl faults)" ]
}

# during TEST COMMAND...: COMMAND when the test is ready for it
during() {
	local name=$1 word in out pid
	shift
	mkdir $c1/$name
	ctl commit
	coproc python3 -SE $here/hsm.py $name $c1/$name $c2/$name 2>&1
	in=${COPROC[1]} out=${COPROC[0]} pid=$COPROC_PID
	read -r word <&$out
	[ "$word" = now ]
	"$@"
	echo go >&$in
	cat <&$out || true
	wait $pid
}

replayed() {
	server_stop TERM
	server_start $srv_args --commit-interval 3600000
	during restarted restart
}

restart() {
	server_stop KILL
	sleep 1
	server_start $srv_args
}

# What the archive had of it goes with the file.
removed() {
	local before t=0

	ctl restore 100
	sync
	before=$(stored)
	archived u
	[ "$(stored)" -gt "$before" ]
	rm $d/u
	while [ "$(stored)" -gt "$before" ]; do
		t=$((t + 1))
		[ $t -lt 100 ]
		sleep 0.1
	done
}

# files that the object targets keep
stored() {
	find $srv_dir -type f -size +100k ! -name '*.mdb' | wc -l
}

# Released again as soon as it is there, while it is read
again() {
	local i

	ctl restore 50
	archived i
	for i in $(seq 5); do
		cmp $d/i /run/tmp/src
		release i
		cmp $d2/i /run/tmp/src
		release i
	done
	rm $d/i
}

try "attributes are there" 60 attributes
try "nobody brings it back" 60 nobody
try "read" 60 reads
try "two clients wait" 60 both
try "all ways to the data" 100 ways
try "thrown away unread" 60 emptied
try "killed while it waits" 60 killed
try "the server restarts meanwhile" 100 restarted
try "released again and again" 60 again
try "removed" 60 removed
try "states" 60 hsm states
try "archived, released, restored" 60 cycle
try "many files" 60 batch
try "cancelled" 60 cancel
try "nobody does it" 30 none
try "nonsense" 60 nonsense
try "the coordinator is busy" 60 busy
try "states over a restart" 100 replayed
finish
