#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# what: names: create, remove, rename, link, attributes, errors
# limit: 180

. "$(dirname -- "$0")/lib.sh"
setup

d=$c1/names

directories() {
	mkdir $d $d/a $d/a/b $d/a/b/c
	[ "$(stat -c %F $d/a/b/c)" = directory ]
	[ "$(stat -c %h $d/a)" = 3 ]
	must_fail "File exists" mkdir $d/a
	must_fail "Directory not empty" rmdir $d/a
	must_fail "No such file" rmdir $d/none
	rmdir $d/a/b/c $d/a/b $d/a
	must_fail "No such file" stat $d/a
}

files() {
	echo one >$d/f
	[ "$(cat $d/f)" = one ]
	[ "$(stat -c %s $d/f)" = 4 ]
	not bash -c "set -C; echo two >$d/f"
	[ "$(cat $d/f)" = one ]
	echo three >$d/f
	[ "$(cat $d/f)" = three ]
	echo four >>$d/f
	[ "$(cat $d/f)" = "three
four" ]
	: >$d/f
	[ ! -s $d/f ]
	must_fail "No such file" cat $d/nothing
	must_fail "Not a directory" ls $d/f/below
	must_fail "Is a directory" python3 -c "open('$d', 'w')"
	rm $d/f
	must_fail "No such file" stat $d/f
}

exclusive() {
	python3 - $d/excl <<-'PY'
	import errno, os, sys
	p = sys.argv[1]
	fd = os.open(p, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o640)
	os.write(fd, b'x')
	os.close(fd)
	assert os.stat(p).st_mode & 0o777 == 0o640, oct(os.stat(p).st_mode)
	try:
	    os.open(p, os.O_CREAT | os.O_EXCL | os.O_WRONLY)
	except FileExistsError:
	    pass
	else:
	    raise SystemExit('O_EXCL on an existing file')
	# A file made read-only by its own mode is writable to its maker.
	fd = os.open(p + '2', os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o400)
	os.write(fd, b'yy')
	os.close(fd)
	fd = os.open(p + '2', os.O_RDWR | os.O_TRUNC)
	assert os.fstat(fd).st_size == 0
	os.close(fd)
	PY
	rm $d/excl $d/excl2
}

links() {
	echo data >$d/l1
	ln $d/l1 $d/l2
	[ "$(stat -c %h $d/l1)" = 2 ]
	[ "$(stat -c %i $d/l1)" = "$(stat -c %i $d/l2)" ]
	must_fail "File exists" ln $d/l1 $d/l2
	rm $d/l1
	[ "$(cat $d/l2)" = data ]
	[ "$(stat -c %h $d/l2)" = 1 ]
	ln -s l2 $d/s1
	[ "$(readlink $d/s1)" = l2 ]
	[ "$(cat $d/s1)" = data ]
	ln -s /nowhere/$(printf 'x%.0s' $(seq 900)) $d/s2
	[ "$(readlink $d/s2 | wc -c)" = 910 ]
	must_fail "No such file" cat $d/s2/x
	ln -s loop $d/loop
	must_fail "Too many levels" cat $d/loop
	rm $d/s1 $d/s2 $d/loop $d/l2
}

renames() {
	mkdir $d/r1 $d/r2
	echo 1 >$d/r1/a
	mv $d/r1/a $d/r1/b
	must_fail "No such file" stat $d/r1/a
	mv $d/r1/b $d/r2/c
	[ "$(cat $d/r2/c)" = 1 ]
	echo 2 >$d/r2/e
	mv $d/r2/c $d/r2/e
	[ "$(cat $d/r2/e)" = 1 ]
	[ "$(ls $d/r2)" = e ]
	mkdir $d/r1/sub
	mv $d/r1/sub $d/r2/sub
	[ -d $d/r2/sub ]
	# a directory moves with what is below it, and not into itself
	echo deep >$d/r2/sub/deep
	mv $d/r2/sub $d/r1/other
	[ "$(cat $d/r1/other/deep)" = deep ]
	python3 - $d <<-'PY'
	import errno, os, sys
	d = sys.argv[1]
	def fails(code, a, b):
	    try:
	        os.rename(d + a, d + b)
	    except OSError as e:
	        assert e.errno in code, (a, b, e)
	    else:
	        raise SystemExit('rename %s %s worked' % (a, b))
	fails([errno.EINVAL], '/r1', '/r1/other/x')
	fails([errno.ENOENT], '/none', '/r2/x')
	fails([errno.ENOTEMPTY, errno.EEXIST], '/r2', '/r1')
	fails([errno.ENOTDIR], '/r1', '/r2/e')
	fails([errno.EISDIR], '/r2/e', '/r1')
	PY
	rm -r $d/r1 $d/r2
}

attributes() {
	echo attr >$d/at
	chmod 4751 $d/at
	[ "$(stat -c %a $d/at)" = 4751 ]
	chown 1234:5678 $d/at
	[ "$(stat -c %u:%g $d/at)" = 1234:5678 ]
	touch -d '2001-02-03 04:05:06 UTC' $d/at
	[ "$(stat -c %Y $d/at)" = 981173106 ]
	touch -a -d '2011-02-03 04:05:06 UTC' $d/at
	[ "$(stat -c %X $d/at)" = 1296705906 ]
	[ "$(stat -c %Y $d/at)" = 981173106 ]
	drop_caches
	[ "$(stat -c %u:%g:%Y $d/at)" = 1234:5678:981173106 ]
	truncate -s 1000000 $d/at
	[ "$(stat -c %s $d/at)" = 1000000 ]
	[ "$(head -c 4 $d/at)" = attr ]
	truncate -s 2 $d/at
	[ "$(cat $d/at)" = at ]
	[ "$(stat -c %Y $d/at)" -gt 981173106 ]
	# an ordinary user is held to the permission bits
	chmod 600 $d/at
	chown 0:0 $d/at
	must_fail "Permission denied" setpriv --reuid 1000 --regid 1000 \
		--clear-groups cat $d/at
	must_fail "not permitted" setpriv --reuid 1000 --regid 1000 \
		--clear-groups chmod 777 $d/at
	rm $d/at
}

special() {
	mknod $d/fifo p
	[ "$(stat -c %F $d/fifo)" = fifo ]
	mknod $d/null c 1 3
	[ "$(stat -c %t:%T $d/null)" = 1:3 ]
	echo gone >$d/null
	rm $d/fifo $d/null
	# every byte but / and NUL may be in a name, up to 255 of them
	python3 - $d <<-'PY'
	import errno, os, sys
	d = os.fsencode(sys.argv[1]) + b'/n'
	os.mkdir(d)
	names = [bytes([c]) * 3 for c in range(1, 256) if c not in (0x2f,)]
	names += [b'x' * 255, '\u00e4\u4e2d.txt'.encode()]
	names = [n for n in names if n != b'...'] + [b'...']
	for n in names:
	    open(d + b'/' + n, 'w').close()
	assert sorted(os.listdir(d)) == sorted(names)
	try:
	    open(d + b'/' + b'x' * 256, 'w')
	except OSError as e:
	    assert e.errno == errno.ENAMETOOLONG, e
	else:
	    raise SystemExit('a name of 256 bytes')
	for n in names:
	    os.unlink(d + b'/' + n)
	os.rmdir(d)
	PY
}

opendir_cold() {
	mkdir $d/od
	touch $d/od/f
	ln -s od $d/ol
	echo 2 >/proc/sys/vm/drop_caches
	[ "$(ls $d/ol/)" = f ]
	echo 2 >/proc/sys/vm/drop_caches
	python3 - $d/ol $d/od/f <<-'PY'
	import errno, os, sys
	fd = os.open(sys.argv[1], os.O_RDONLY | os.O_DIRECTORY)
	assert os.listdir(fd) == ['f']
	for path, flags, code in ((sys.argv[2], os.O_DIRECTORY, errno.ENOTDIR),
	                          (sys.argv[1], os.O_NOFOLLOW, errno.ELOOP)):
	    try:
	        os.open(path, os.O_RDONLY | flags)
	    except OSError as e:
	        assert e.errno == code, e
	    else:
	        raise SystemExit('opened ' + path)
	PY
	rm -r $d/od $d/ol
}

xattrs() {
	touch $d/xa
	python3 - $d/xa <<-'PY'
	import errno, os, sys
	p = sys.argv[1]
	def fails(code, *call):
	    try:
	        call[0](*call[1:])
	    except OSError as e:
	        assert e.errno == code, (e, call)
	    else:
	        raise SystemExit('worked: %s' % (call,))
	fails(errno.ENODATA, os.getxattr, p, 'user.none')
	for n, v in (('user.a', b'value'), ('user.empty', b''),
	             ('user.long', os.urandom(3000)), ('trusted.t', b't')):
	    os.setxattr(p, n, v)
	    assert os.getxattr(p, n) == v, n
	assert sorted(n for n in os.listxattr(p) if '.lov' not in n) == \
	    ['trusted.t', 'user.a', 'user.empty', 'user.long'], os.listxattr(p)
	fails(errno.EEXIST, os.setxattr, p, 'user.a', b'', os.XATTR_CREATE)
	fails(errno.ENODATA, os.setxattr, p, 'user.b', b'', os.XATTR_REPLACE)
	os.removexattr(p, 'user.a')
	fails(errno.ENODATA, os.getxattr, p, 'user.a')
	fails(errno.ENODATA, os.removexattr, p, 'user.a')

	# layouts: shown, and kept from harm
	d = os.path.dirname(p) + '/xd'
	os.mkdir(d)
	lov = os.getxattr(p, 'trusted.lov')
	assert lov[30:32] == b'\xff\xff' and len(lov) >= 56, lov
	assert os.getxattr(p, 'lustre.lov') == lov
	assert {'lustre.lov', 'trusted.lov'} <= set(os.listxattr(p))
	for n in 'trusted.lov', 'lustre.lov':
	    fails(errno.ENODATA, os.getxattr, d, n)
	    for path in p, d:
	        fails(errno.ERANGE, os.setxattr, path, n, b'rubbish')
	        fails(errno.EINVAL, os.setxattr, path, n, b'rubbish!' * 7)
	    os.setxattr(p, n, lov)
	    assert os.getxattr(p, n) == lov
	    os.setxattr(d, n, lov)
	    assert os.getxattr(d, n)[:30] == lov[:30]
	    os.removexattr(d, n)
	    fails(errno.ENODATA, os.getxattr, d, n)
	for n in 'trusted.dmv', 'trusted.lmv':
	    fails(errno.EINVAL, os.setxattr, d, n, b'rubbish')
	assert os.listxattr(d) == [], os.listxattr(d)
	os.rmdir(d)
	PY
	rm $d/xa
}

removed_cwd() {
	mkdir $d/cwd
	python3 - $d/cwd <<-'PY'
	import errno, os, sys
	d = sys.argv[1]
	def fails(code, *call):
	    try:
	        call[0](*call[1:])
	    except OSError as e:
	        assert e.errno == code, (e, call)
	    else:
	        raise SystemExit('worked: %s' % (call,))
	os.chdir(d)
	os.rmdir(d)
	for i in range(2):
	    fails(errno.ENOENT, os.mkdir, 'x')
	    fails(errno.ENOENT, os.open, 'x', os.O_CREAT | os.O_WRONLY)
	    fails(errno.ENOENT, os.stat, 'x')
	    assert os.stat('.').st_nlink == 0
	    fails(errno.ENOENT, os.getcwd)
	PY
}

unlinked_open() {
	python3 - $d/uo <<-'PY'
	import os, sys
	fd = os.open(sys.argv[1], os.O_CREAT | os.O_RDWR, 0o600)
	os.write(fd, b'still here')
	os.unlink(sys.argv[1])
	assert not os.path.exists(sys.argv[1])
	os.fsync(fd)
	assert os.pread(fd, 20, 0) == b'still here'
	assert os.fstat(fd).st_nlink == 0
	os.close(fd)
	PY
}

listing() {
	mkdir -p $d/tree
	cp -r /usr/share/doc/bash /usr/share/doc/coreutils $d/tree/
	drop_caches
	(cd /usr/share/doc && find bash coreutils -printf '%p %y\n' | sort) >/run/tmp/want
	(cd $d/tree && find bash coreutils -printf '%p %y\n' | sort) >/run/tmp/have
	diff /run/tmp/want /run/tmp/have
	diff -r --no-dereference /usr/share/doc/bash $d/tree/bash
	ls -lR $d/tree >/dev/null
	rm -r $d/tree
}

statfs() {
	df -P $c1 | tail -n 1 | awk '{ exit !($2 > 0 && $4 > 0 && $4 <= $2) }'
	[ "$(stat -f -c %t $c1)" = bd00bd0 ]
	df -Pi $c1 | tail -n 1 | awk '{ exit !($2 > 0) }'
}

remount_keeps() {
	echo kept >$d/kept
	umount $c1
	do_mount c1 $c1
	[ "$(cat $d/kept)" = kept ]
	rm $d/kept
}

ctl() {
	lustre-testserver ctl --dir $srv_dir "$@"
}

# A name that is sent to the directory's own object is lost: the server says so
# in its log, which is looked at in the end.
striped() {
	local op no="Operation not supported"

	mkdir $d/st $d/below
	echo x >$d/f
	ctl stripe names/st 3
	ctl stripes-below names/below 2
	for op in "touch $d/st/x" "mkdir $d/st/x" "mknod $d/st/x p" \
		"ln $d/f $d/st/x" "ln -s f $d/st/x" "mv $d/f $d/st/x" \
		"mv $d/st/x $d/x" "rm $d/st/x" "rmdir $d/st/x" \
		"cat $d/st/x" "ls $d/st" "mkdir $d/below/x"; do
		must_fail "$no" $op
	done
	ls -l $d | grep -q below
	cd $d/st
	must_fail "$no" touch x
	cd /
	echo y >$d/below/f
	[ "$(ls $d/below)" = f ]
	[ "$(stat -c %F $d/st)" = directory ]
	rm $d/below/f
	mv $d/st $d/st2
	rmdir $d/below $d/st2
	rm $d/f
}

# Everything below the directory is cached: who may go there is decided here.
acls() {
	mkdir $d/acl
	echo x >$d/acl/f
	chmod 750 $d/acl
	python3 - $d/acl names/acl $srv_dir <<-'PY'
	import os, struct, subprocess, sys
	d, path, srv = sys.argv[1:]

	def acl(*entries):
	    value = struct.pack('<I', 2)
	    for tag, perm, who in entries:
	        value += struct.pack('<HHI', tag, perm, who & 0xffffffff)
	    subprocess.run(['lustre-testserver', 'ctl', '--dir', srv, 'setxattr',
	                    path, 'system.posix_acl_access', value.hex()],
	                   check=True, stdout=subprocess.DEVNULL)
	    # the server did not tell: ask again
	    os.chown(d, 0, 0)

	def may(uid, gid, mode):
	    pid = os.fork()
	    if not pid:
	        os.setgroups([])
	        os.setgid(gid)
	        os.setuid(uid)
	        try:
	            os.stat(d + '/f')
	            ok = os.access(d, mode)
	        except PermissionError:
	            ok = False
	        os._exit(not ok)
	    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0

	USER_OBJ, USER, GROUP_OBJ, GROUP, MASK, OTHER = 1, 2, 4, 8, 16, 32
	assert may(1000, 0, os.X_OK) and not may(1000, 1000, os.X_OK)
	# The mode says rwxrwxr-x, the list does not.
	acl((USER_OBJ, 7, -1), (USER, 0, 1000), (USER, 7, 1001), (GROUP_OBJ, 1, -1),
	    (GROUP, 0, 2000), (MASK, 7, -1), (OTHER, 5, -1))
	assert os.stat(d).st_mode & 0o777 == 0o775, oct(os.stat(d).st_mode)
	for i in range(2):
	    assert os.stat(d + '/f').st_size == 2
	    assert not may(1000, 1000, os.X_OK)
	    assert may(1001, 1000, os.W_OK)
	    assert may(1002, 0, os.X_OK) and not may(1002, 0, os.R_OK)
	    assert not may(1002, 2000, os.X_OK)
	    assert may(1002, 1002, os.R_OK) and not may(1002, 1002, os.W_OK)
	# rwx--x---: one more may go there than the mode says
	acl((USER_OBJ, 7, -1), (USER, 7, 1001), (GROUP_OBJ, 0, -1), (MASK, 1, -1),
	    (OTHER, 0, -1))
	assert may(1001, 1001, os.X_OK) and not may(1001, 1001, os.R_OK)
	assert not may(1002, 0, os.X_OK)
	# many entries
	acl((USER_OBJ, 7, -1), *((USER, 1, 3000 + i) for i in range(22)),
	    (USER, 7, 4000), (GROUP_OBJ, 0, -1), (MASK, 7, -1), (OTHER, 0, -1))
	assert may(4000, 4000, os.W_OK) and not may(3001, 3001, os.W_OK)
	PY
	rm -r $d/acl
}

# Kernels before 6.1 ask for it at a moment at which there is nothing to open.
tmpfile() {
	python3 - $d <<-'PY'
		import errno, os, platform, re, sys
		d = sys.argv[1]
		try:
		    os.open(d, os.O_TMPFILE | os.O_RDWR, 0o600)
		    sys.exit('opened without O_EXCL')
		except OSError as e:
		    assert e.errno == errno.EOPNOTSUPP, e
		before = sorted(os.listdir(d))
		try:
		    fd = os.open(d, os.O_TMPFILE | os.O_EXCL | os.O_RDWR, 0o640)
		except OSError as e:
		    new = [int(n) for n in re.findall('[0-9]+', platform.release())[:2]] >= [6, 1]
		    assert e.errno == errno.EOPNOTSUPP and not new, e
		    sys.exit(0)
		assert sorted(os.listdir(d)) == before
		assert os.write(fd, b'x' * 100000) == 100000
		os.fsync(fd)
		assert os.pread(fd, 10, 99995) == b'xxxxx'
		st = os.fstat(fd)
		# real servers count one link of such files
		assert (st.st_size, st.st_nlink, st.st_mode) == (100000, 1, 0o100640), st
		again = os.open('/proc/self/fd/%d' % fd, os.O_RDONLY)
		os.close(fd)
		assert os.pread(again, 1, 99999) == b'x'
		os.close(again)
		assert sorted(os.listdir(d)) == before
	PY
}

refused() {
	# What is not there yet is refused with an errno, never done by halves.
	echo x >$d/ref
	python3 - $d/ref <<-'PY'
	import errno, fcntl, os, sys
	fd = os.open(sys.argv[1], os.O_RDWR)
	for name, call in (
	    ('fallocate', lambda: os.posix_fallocate(fd, 0, 4096)),
	    ('xattr', lambda: os.setxattr(sys.argv[1], 'system.posix_acl_access', b'x')),
	):
	    try:
	        call()
	        print(name, 'works')
	    except OSError as e:
	        print(name, errno.errorcode[e.errno])
	        assert e.errno in (errno.EOPNOTSUPP, errno.ENOTSUP, errno.EINVAL,
	                           errno.ENOSYS), e
	PY
	[ "$(cat $d/ref)" = x ]
	rm $d/ref
}

try "directories" 30 directories
try "files" 30 files
try "O_EXCL, O_CREAT and modes" 20 exclusive
try "hard and symbolic links" 20 links
try "rename" 30 renames
try "mode, owner, times, size" 30 attributes
try "special files and odd names" 60 special
try "opendir, cold" 20 opendir_cold
try "extended attributes" 20 xattrs
try "a working directory that was removed" 10 removed_cwd
try "an open file without a name" 20 unlinked_open
try "a tree copied and listed" 60 listing
try "statfs" 10 statfs
try "what was written is there after a remount" 30 remount_keeps
try "access control lists are observed" 30 acls
try "striped directories are refused" 30 striped
try "a file that never has a name" 30 tmpfile
try "unsupported calls are refused cleanly" 20 refused
try "everything removed" 20 rmdir $d
finish
