#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Inode flags, and what they forbid, on two clients.

usage: flags.py DIR SAME-DIR-OF-ANOTHER-CLIENT
       flags.py probe DIR	can this kernel tell them at all?
"""
import array
import errno
import fcntl
import os
import sys

GETFLAGS, SETFLAGS = 0x80086601, 0x40086602
FSGETXATTR, FSSETXATTR = 0x801c581f, 0x401c5820
SYNC, IMMUTABLE, APPEND, NODUMP, NOATIME = 0x8, 0x10, 0x20, 0x40, 0x80
CASEFOLD, EXTENTS = 0x40000000, 0x80000
X_IMMUTABLE, X_NODUMP = 0x8, 0x80


def ask(path):
    fd = os.open(path, os.O_RDONLY)
    try:
        buf = array.array('i', [0])
        fcntl.ioctl(fd, GETFLAGS, buf)
        return buf[0]
    finally:
        os.close(fd)


def tell(path, flags, uid=0):
    fd = os.open(path, os.O_RDONLY)
    try:
        if uid:
            os.seteuid(uid)
        fcntl.ioctl(fd, SETFLAGS, array.array('i', [flags]))
    finally:
        os.seteuid(0)
        os.close(fd)


def xask(path):
    fd = os.open(path, os.O_RDONLY)
    try:
        buf = array.array('I', [0] * 7)
        fcntl.ioctl(fd, FSGETXATTR, buf)
        return buf
    finally:
        os.close(fd)


def xtell(path, buf):
    fd = os.open(path, os.O_RDONLY)
    try:
        fcntl.ioctl(fd, FSSETXATTR, buf)
    finally:
        os.close(fd)


def fails(code, call, *args):
    try:
        call(*args)
    except OSError as e:
        assert e.errno == code, (e, code, args)
    else:
        raise SystemExit('worked: %s' % (args,))


def put(path, flags):
    fd = os.open(path, flags)
    os.write(fd, b'x')
    os.close(fd)


if sys.argv[1] == 'probe':
    try:
        ask(sys.argv[2])
    except OSError as e:
        sys.exit(e.errno in (errno.ENOTTY, errno.EOPNOTSUPP))
    sys.exit()

a, b = sys.argv[1:]
f, g, d = a + '/ff', b + '/ff', a + '/fd'
os.mkdir(d)
put(f, os.O_CREAT | os.O_WRONLY)
for path in f, d:
    assert ask(path) & ~EXTENTS == 0, hex(ask(path))
    tell(path, NODUMP | NOATIME)
    assert ask(path) == NODUMP | NOATIME
    assert ask(b + path[len(a):]) == NODUMP | NOATIME
    fails(errno.EOPNOTSUPP, tell, path, NODUMP | CASEFOLD)
    assert ask(path) == NODUMP | NOATIME
    tell(path, 0)
    assert ask(b + path[len(a):]) == 0

# Only a file's owner may change them, and not all.
os.chmod(f, 0o666)
fails(errno.EPERM, tell, f, NODUMP, 1000)
os.chown(f, 1000, 1000)
tell(f, NODUMP, 1000)
fails(errno.EPERM, tell, f, IMMUTABLE, 1000)
assert ask(g) == NODUMP

# Nobody changes what can't be changed, wherever he is.
tell(f, IMMUTABLE)
for p in f, g:
    assert ask(p) == IMMUTABLE
    fails(errno.EPERM, put, p, os.O_WRONLY)
    fails(errno.EPERM, os.truncate, p, 0)
    fails(errno.EPERM, os.unlink, p)
    fails(errno.EPERM, os.rename, p, p + '2')
    fails(errno.EPERM, os.link, p, p + '2')
    fails(errno.EPERM, os.chmod, p, 0o600)
    assert os.stat(p).st_size == 1
# What was forbidden is allowed where that was believed, and the other way round.
tell(g, 0)
put(f, os.O_WRONLY)
put(g, os.O_WRONLY)
tell(g, IMMUTABLE)
fails(errno.EPERM, put, f, os.O_WRONLY)
tell(f, APPEND)
for p in g, f:
    fails(errno.EPERM, put, p, os.O_WRONLY)
    fails(errno.EPERM, os.truncate, p, 0)
    fails(errno.EPERM, os.unlink, p)
    put(p, os.O_WRONLY | os.O_APPEND)
assert os.stat(f).st_size == 3
tell(g, 0)
put(f, os.O_WRONLY | os.O_TRUNC)
assert os.stat(f).st_size == 1

# The same by the other pair of calls
x = xask(f)
assert not x[0] & X_NODUMP
x[0] |= X_NODUMP
xtell(f, x)
assert ask(g) == NODUMP and xask(g)[0] & X_NODUMP
x[3] = 7
fails(errno.EOPNOTSUPP, xtell, f, x)
tell(d, IMMUTABLE)
fails(errno.EPERM, put, d + '/x', os.O_CREAT | os.O_WRONLY)
fails(errno.EPERM, put, b + '/fd/x', os.O_CREAT | os.O_WRONLY)
tell(b + '/fd', 0)
put(d + '/x', os.O_CREAT | os.O_WRONLY)
os.unlink(d + '/x')
os.rmdir(d)
os.unlink(f)
