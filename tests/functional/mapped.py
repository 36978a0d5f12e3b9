#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Stores through a shared mapping, where the objects end before the file does.

usage: mapped.py sparse|tail|cut FILE

The file lies on objects of 1 MiB stripes.  The page cache is emptied before
what was stored is read.
"""
import mmap
import os
import sys
import threading
import time

MIB = 1 << 20


def drop():
    with open('/proc/sys/vm/drop_caches', 'w') as f:
        f.write('3')


def create(path):
    if os.path.exists(path):
        os.unlink(path)
    return os.open(path, os.O_CREAT | os.O_RDWR | os.O_EXCL, 0o644)


def expect(fd, want):
    """Each offset has its byte, its neighbours nothing."""
    os.fsync(fd)
    drop()
    for off, byte in want:
        got = os.pread(fd, 1, off)
        if got != byte:
            sys.exit('at %d: %r, want %r' % (off, got, byte))
        if os.pread(fd, 1, off + 1) not in (b'', b'\0'):
            sys.exit('behind %d: not a zero' % off)


def sparse(path):
    """Objects without a byte, and ones that end in front of a store."""
    size = 10 * MIB + 77
    places = (0, 5, 70000, MIB + 1, 2 * MIB - 2, 3 * MIB, 4 * MIB + 4095,
              7 * MIB + 9, 10 * MIB + 3)
    fd = create(path)
    os.pwrite(fd, b'e', size - 1)
    os.pwrite(fd, b'm', 5 * MIB)
    m = mmap.mmap(fd, size)
    for off in places:
        m[off:off + 1] = b'x'
    m.close()
    expect(fd, [(off, b'x') for off in places] +
           [(5 * MIB, b'm'), (size - 1, b'e')])
    if os.fstat(fd).st_size != size:
        sys.exit('size %d, want %d' % (os.fstat(fd).st_size, size))
    os.close(fd)


def tail(path):
    """What is stored behind the end is nothing, until the file grows."""
    fd = create(path)
    for grow in (lambda: os.pwrite(fd, b'e', 2 * MIB + 5),
                 lambda: os.ftruncate(fd, 3 * MIB)):
        os.ftruncate(fd, mmap.PAGESIZE)
        m = mmap.mmap(fd, mmap.PAGESIZE)
        os.ftruncate(fd, 100)
        m[50:51] = b'x'
        m[200:201] = b'g'
        grow()
        if m[200:201] != b'\0':
            sys.exit('what lay behind the end shows')
        m[300:301] = b'y'
        m.close()
        expect(fd, [(200, b'\0'), (300, b'y')])
    os.close(fd)


def cut(path):
    """
    The truncate waits for a target that has not heard of it: nobody may see
    what that target still has.
    """
    fd = create(path)
    os.pwrite(fd, b'o' * mmap.PAGESIZE, 0)
    os.fsync(fd)
    m = mmap.mmap(fd, mmap.PAGESIZE)
    drop()
    t = threading.Thread(target=os.ftruncate, args=(fd, 100))
    t.start()
    time.sleep(1)
    if not t.is_alive():
        sys.exit('the truncate did not wait')
    seen = m[200:201]
    if seen != b'\0':
        sys.exit('reads %r behind the new end' % seen)
    t.join()
    m.close()
    os.ftruncate(fd, mmap.PAGESIZE)
    expect(fd, [(99, b'o'), (200, b'\0')])
    os.close(fd)


{'sparse': sparse, 'tail': tail, 'cut': cut}[sys.argv[1]](sys.argv[2])
os.unlink(sys.argv[2])
