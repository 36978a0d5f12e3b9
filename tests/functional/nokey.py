#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Encrypted objects, seen by who has no key: they can be looked at, and be
removed from directories that are not encrypted, but nothing is read, written
or named in them.

usage: nokey.py DIR	has d (with f and sub in it), f, l and dom, all encrypted
"""
import ctypes
import errno
import fcntl
import os
import struct
import sys

AT_FDCWD = -100
FS_IOC_GETFLAGS = 0x80086601
ENCRYPT_FL = 0x800
STATX_ATTR_ENCRYPTED = 0x800
libc = ctypes.CDLL(None, use_errno=True)


def refused(call, *args, **kw):
    try:
        got = call(*args, **kw)
    except OSError as e:
        assert e.errno == errno.ENOKEY, '%s%r: %s' % (call.__name__, args, e)
        return
    raise AssertionError('%s%r: %r' % (call.__name__, args, got))


def attributes(path):
    buf = ctypes.create_string_buffer(256)
    assert not libc.statx(AT_FDCWD, os.fsencode(path), 0x100, 0x7ff, buf)
    return struct.unpack_from('Q', buf, 8)[0]


def look(top):
    d, f, link, dom = (os.path.join(top, n) for n in ('d', 'f', 'l', 'dom'))
    for path in d, f, link, dom:
        assert attributes(path) & STATX_ATTR_ENCRYPTED, path
    for path in f, dom:
        assert os.stat(path).st_size == 5, os.stat(path)
        for flags in os.O_RDONLY, os.O_WRONLY, os.O_RDWR | os.O_TRUNC:
            refused(os.open, path, flags)
        refused(os.truncate, path, 1)
        assert os.stat(path).st_size == 5, os.stat(path)
        os.chmod(path, 0o600)
        os.utime(path, (1, 1))
        os.setxattr(path, 'user.a', b'a')
    refused(os.readlink, link)
    refused(os.open, link, os.O_RDONLY)

    assert sorted(os.listdir(d)) == ['f', 'sub'], os.listdir(d)
    fd = os.open(d, os.O_RDONLY)
    flags, = struct.unpack('l', fcntl.ioctl(fd, FS_IOC_GETFLAGS, bytes(8)))
    assert flags & ENCRYPT_FL, hex(flags)
    os.close(fd)
    new = os.path.join(d, 'new')
    for call, args in ((os.stat, (new,)), (os.mkdir, (new,)),
                       (os.mknod, (new,)), (os.symlink, ('x', new)),
                       (os.open, (new, os.O_RDWR | os.O_CREAT)),
                       (os.link, (f, new)), (os.rename, (f, new)),
                       (os.rename, (os.path.join(d, 'f'), f + '.new')),
                       (os.unlink, (os.path.join(d, 'f'),)),
                       (os.rmdir, (os.path.join(d, 'sub'),))):
        refused(call, *args)
    assert sorted(os.listdir(d)) == ['f', 'sub'], os.listdir(d)


if __name__ == '__main__':
    look(sys.argv[1])
