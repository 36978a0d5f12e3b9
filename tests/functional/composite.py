#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Composite layouts, as attributes and under I/O.

usage: composite.py setstripe|copy|end|cross|replay ARGUMENT...
"""
import errno
import os
import struct
import sys

MIB = 1 << 20
EOF = 0xffffffffffffffff
COMP_V1, V1, V3 = 0x0bd60bd0, 0x0bd10bd0, 0x0bd30bd0
DELAY_CREATE = os.O_NOCTTY | 0o20000
INIT = 0x10


def wish(*comps):
    """A composite layout to be: (start, end, stripe size, stripe count)"""
    at = 32 + 48 * len(comps)
    entries = blobs = b''
    for start, end, size, count in comps:
        entries += struct.pack('<IIQQIII12x', 0, 0, start, end,
                               at + len(blobs), 32, 0)
        blobs += struct.pack('<IIQQIHH', V1, 1, 0, 0, size, count, 0xffff)
    head = struct.pack('<IIIHHHBBIQ', COMP_V1, at + len(blobs), 0, 0,
                       len(comps), 0, 0, 0, 0, 0)
    return head + entries + blobs


def told(path, name='lustre.lov'):
    """What a layout says: (start, end, instantiated, size, count, targets)"""
    ea = os.getxattr(path, name)
    magic, size, _, _, n = struct.unpack_from('<IIIHH', ea)
    assert magic == COMP_V1 and size == len(ea), (hex(magic), size, len(ea))
    comps = []
    for i in range(n):
        _, flags, start, end, off, length = struct.unpack_from(
            '<IIQQII', ea, 32 + 48 * i)
        magic, _, _, _, ssize, count, first = struct.unpack_from(
            '<IIQQIHH', ea, off)
        assert magic in (V1, V3) and first == 0xffff, (hex(magic), first)
        head = 48 if magic == V3 else 32
        targets = [struct.unpack_from('<I', ea, off + head + 24 * k + 20)[0]
                   for k in range(count)] if flags & INIT else []
        comps.append((start, end, bool(flags & INIT), ssize, count, targets))
    return comps


def without_layout(path):
    return os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR | DELAY_CREATE,
                   0o644)


def fails(want, call, *args):
    try:
        call(*args)
    except OSError as e:
        assert e.errno == want, e
        return
    raise AssertionError('succeeded: %r' % (call,))


def setstripe(path):
    ea = wish((0, MIB, MIB, 1), (MIB, 4 * MIB, 65536, 2), (4 * MIB, EOF, 0, 3))
    fd = without_layout(path)
    fails(errno.ENODATA, os.getxattr, path, 'lustre.lov')
    # what is no layout
    fails(errno.ERANGE, os.setxattr, path, 'lustre.lov', ea[:20])
    fails(errno.ERANGE, os.setxattr, path, 'lustre.lov', ea[:-1])
    fails(errno.EINVAL, os.setxattr, path, 'lustre.lov',
          ea[:56] + b'\xf8\xff\xff\xff' + ea[60:])
    fails(errno.EINVAL, os.setxattr, path, 'lustre.lov',
          b'\0\0\0\0' + ea[4:])
    os.setxattr(path, 'lustre.lov', ea)
    comps = told(path)
    assert [c[:3] for c in comps] == [(0, MIB, True), (MIB, 4 * MIB, False),
                                      (4 * MIB, EOF, False)], comps
    assert [c[4] for c in comps] == [1, 2, 3], comps
    assert told(path, 'trusted.lov') == comps
    # it is there to be used at once, by who had the file open before
    data = os.urandom(3 * MIB)
    assert os.pwrite(fd, data, 0) == len(data)
    assert [c[2] for c in told(path)] == [True, True, False]
    assert len(set(told(path)[1][5])) == 2, told(path)
    assert os.pread(fd, len(data) + 1, 0) == data
    # and it stays
    os.setxattr(path, 'lustre.lov', wish((0, EOF, MIB, 1)))
    assert [c[2] for c in told(path)] == [True, True, False]
    os.close(fd)


def copy(source, path):
    """As cp -a does, with the attribute of a file that has objects"""
    ea = os.getxattr(source, 'lustre.lov')
    os.close(without_layout(path))
    os.setxattr(path, 'lustre.lov', ea)
    mine, its = told(path), told(source)
    assert [c[:2] + c[3:5] for c in mine] == [c[:2] + c[3:5] for c in its]
    assert mine[0][2]
    fd = os.open(path, os.O_RDWR)
    assert os.pwrite(fd, b'x' * 100, 0) == 100
    os.close(fd)
    # nobody shares objects
    with open(source, 'rb') as f:
        assert f.read(100) != b'x' * 100


def end(path):
    """A layout that has an end: the file has one"""
    fd = without_layout(path)
    os.setxattr(path, 'lustre.lov', wish((0, MIB, MIB, 1),
                                         (MIB, 2 * MIB, MIB, 1)))
    data = os.urandom(2 * MIB)
    fails(errno.EFBIG, os.pwrite, fd, b'x', 2 * MIB)
    fails(errno.EFBIG, os.ftruncate, fd, 2 * MIB + 1)
    assert not told(path)[1][2]
    assert os.pwrite(fd, data + b'too much', 0) == len(data)
    assert os.fstat(fd).st_size == len(data)
    assert os.pwrite(fd, data[-10:] + b'more', 2 * MIB - 10) == 10
    a = os.open(path, os.O_WRONLY | os.O_APPEND)
    fails(errno.EFBIG, os.write, a, b'x')
    os.ftruncate(a, 2 * MIB - 5)
    assert os.write(a, data[-5:] + b'more') == 5
    os.close(a)
    assert os.pread(fd, 3 * MIB, 0) == data
    os.ftruncate(fd, 100)
    os.ftruncate(fd, 2 * MIB)
    assert os.pread(fd, 3 * MIB, 0) == data[:100] + bytes(2 * MIB - 100)
    os.close(fd)


def cross(path, start):
    """Write 4096 bytes at a component's border, through an open file."""
    fd = os.open(path, os.O_RDWR)
    os.pread(fd, 1, 0)
    print('ready', flush=True)
    sys.stdin.readline()
    assert os.pwrite(fd, b'y' * 4096, int(start)) == 4096
    print('done', flush=True)
    sys.stdin.readline()
    os.close(fd)


def pattern(i, length):
    return (b'%06d ' % i) * (length // 7 + 1)


def replay(verb, directory, count):
    """Files that grow over the borders while the server goes away and comes"""
    for i in range(int(count)):
        path = '%s/%d' % (directory, i)
        data = pattern(i, 5 * MIB)[:5 * MIB]
        if verb == 'check':
            with open(path, 'rb') as f:
                assert f.read() == data, path
            assert [c[2] for c in told(path)] == [True] * 3, told(path)
            continue
        fd = os.open(path, os.O_CREAT | os.O_RDWR, 0o644)
        for off in range(0, 5 * MIB, MIB // 2):
            assert os.pwrite(fd, data[off:off + MIB // 2], off) == MIB // 2
        os.close(fd)


globals()[sys.argv[1]](*sys.argv[2:])
