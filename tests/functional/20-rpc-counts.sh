#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# what: requests on the wire for every operation
# machines: kasan bench
# limit: 300

. "$(dirname -- "$0")/lib.sh"
srv_osts=2
srv_args="--stripe-count 1 --stripe-size 1M"

marks=$LT_OUT/marks
: >$marks
# op NAME COMMAND...: everything that it sends is between two marks
op() {
	local name=$1 rc=0

	shift
	sleep 0.3
	echo "$EPOCHREALTIME $name" >>$marks
	"$@" >/run/tmp/op 2>&1 || rc=$?
	sleep 0.3
	echo "$EPOCHREALTIME -" >>$marks
	if [ $rc != 0 ] && [ "${fails:-}" != yes ]; then
		not_ok "$name (status $rc)"
		sed 's/^/#   /' /run/tmp/op | tail -n 3
	elif [ $rc = 0 ] && [ "${fails:-}" = yes ]; then
		not_ok "$name succeeded"
	fi
	fails=
}

sh_op() {
	op "$1" bash -c "$2"
}

# Everything forgotten, but the directories above are known.
cold() {
	umount $c1
	do_mount c1 $c1
	stat $c1 $d >/dev/null
	sleep 0.2
}

# What is dirty goes out by itself at once: sync(1) would add requests of its
# own.
echo 10 >/proc/sys/vm/dirty_expire_centisecs
echo 10 >/proc/sys/vm/dirty_writeback_centisecs

network
capture
server_start $srv_args || { not_ok "test server starts"; finish; }
try "modules load" 60 modprobe lustre || finish
op mount do_mount c1 $c1
d=$c1/base
mkdir $d

op statfs stat -f $c1
sh_op "create, write, close, small file" "echo hello >$d/f1; sleep 1"
sh_op "create, write, close, second small file" "echo hello >$d/f2; sleep 1"
op "create, write 64 KiB, fsync, close" \
	dd if=/dev/zero of=$d/f64 bs=64k count=1 conv=fsync
cold
sh_op "overwrite with >" "echo again >$d/f1; sleep 1"
sh_op "append with >>" "echo more >>$d/f1; sleep 1"
cold
sh_op "open, read, close, cold" "read -r x <$d/f1; [ \"\$x\" = again ]"
sh_op "open, read, close, again" "read -r x <$d/f1"
sh_op "open, read, close, a third time" "read -r x <$d/f1"
exec 6<$d/f1
cat <&6 >/dev/null
op "read again through an open file" \
	python3 -c 'import os; assert os.pread(6, 100, 0)' 
exec 6<&-
cold
op "O_DIRECT, create, 4 writes of 4 KiB, close" \
	dd if=/dev/zero of=$d/dio bs=4k count=4 oflag=direct
cold
op "O_DIRECT, open, 4 reads of 4 KiB, close, cold" \
	dd if=$d/dio of=/dev/null bs=4k iflag=direct
cold
op "stat of a cold file" stat $d/f2
op "stat of a cached file" stat $d/f2
op mkdir mkdir $d/d1
op "rename to a new name" mv $d/d1 $d/d2
op rmdir rmdir $d/d2
cold
op "hard link" ln $d/f1 $d/f1.hard
# What makes a name takes the directory's lock away: known again, as elsewhere.
stat $d >/dev/null
op symlink ln -s f1 $d/f1.sym
stat $d >/dev/null
op readlink readlink $d/f1.sym
op mknod mknod $d/fifo p
cold
stat $d/f1 >/dev/null
op "unlink one of two names" unlink $d/f1.hard
stat $d/f1.sym >/dev/null
op "unlink a cached symlink" unlink $d/f1.sym
cold
op chmod chmod 640 $d/f1
op chown chown 1000:1000 $d/f1
cold
op "touch -d" touch -d '2020-01-02 03:04:05' $d/f1
echo more >>$d/f1
sleep 1
op "truncate up" truncate -s 100000 $d/f1
op "truncate down" truncate -s 3 $d/f1
fails=yes
op "O_EXCL on an existing name" bash -c "set -C; : >$d/f1"
fails=yes
op "open of a missing name" cat $d/nope
mkdir $d/used
: >$d/used/x
fails=yes
op "rmdir of a directory in use" rmdir $d/used

mkdir $d/small
for i in 1 2 3 4 5 6 7 8 9 10; do
	echo $i >$d/small/f$i
done
mkdir $d/small/dir
ln -s f1 $d/small/sym
cold
stat $d/small >/dev/null
op "ls -la of 12 entries, cold" ls -la $d/small
op "ls -la of 12 entries, again" ls -la $d/small

mkdir $d/k
python3 - $d/k <<'PY'
import os, sys
for i in range(1000):
    os.close(os.open('%s/f%04d' % (sys.argv[1], i), os.O_CREAT | os.O_WRONLY))
PY
cold
stat $d/k >/dev/null
op "ls -l of 1000 files, cold" ls -l $d/k
cold
op "rm -r of 1000 files" rm -r $d/k

mkdir $d/h $d/names
sh_op "create, write, close of 100 files" \
	"for i in \$(seq 100); do echo \$i >$d/h/\$i; done; sleep 1"
python3 - $d/names <<'PY'
import os, sys
for i in range(3000):
    os.mknod('%s/a-rather-long-name-to-fill-pages-%05d' % (sys.argv[1], i), 0o10644)
PY
cold
stat $d/names >/dev/null
op "ls -f of 3000 names, cold" ls -f $d/names

# Two stripes: another server configuration, same names.
umount $c1
server_stop
srv_args="--stripe-count 2 --stripe-size 1M"
server_start $srv_args || finish
do_mount c1 $c1
: >$d/big
: >$d/two
head -c 3M /dev/zero >$d/both
head -c 16M /dev/zero >/run/tmp/16m
# How long the writing takes shall not say how many requests it makes.
echo 3000 >/proc/sys/vm/dirty_expire_centisecs
op "write 16 MiB on two stripes, fsync" \
	dd if=/run/tmp/16m of=$d/big bs=1M conv=notrunc,fsync
cold
op "read 16 MiB on two stripes, cold" cmp /run/tmp/16m $d/big
cold
op "open to read and write, write two stripes, fsync, cold" python3 -c "
import os
fd = os.open('$d/both', os.O_RDWR)
os.pwrite(fd, b'x', 0)
os.pwrite(fd, b'x', 1 << 20)
os.fsync(fd)
os.close(fd)"
cold
stat $d/two >/dev/null
cold
op "unlink a file of two objects" unlink $d/two
# A small file that the metadata target keeps; that there are such is known.
mkdir $d/dom
lustre-testserver ctl --dir $srv_dir default /base/dom \
	"-E 64K -L mdt -E eof -c 1 -S 1M" >/dev/null
echo on-mdt | tee $d/dom/f >$d/dom/other
cold
stat $d/dom $d/dom/other >/dev/null
op "read Data-on-MDT file, cold" cat $d/dom/f
op "umount, idle" umount $c1

capture_stop
python3 "$LT_TREE/tests/wire/lwire.py" count $marks \
	"$LT_TREE/tests/wire/rpc-counts.table" "$LT_OUT/$case_name.pcap" \
	>$LT_OUT/rpc-counts.txt
cat $LT_OUT/rpc-counts.txt
grep -q '^not ok' $LT_OUT/rpc-counts.txt && failures=1
finish
