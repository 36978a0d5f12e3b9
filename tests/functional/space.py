#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Data and holes of a file, checked against a model in memory.

usage: space.py seek FILE OTHER SEED ROUNDS
       space.py ends FILE
       space.py list FILE

FILE and OTHER are the same file, as two clients see it.
"""
import errno
import os
import random
import sys

BLOCK = 65536
BLOCKS = 96


def seek(fd, off, whence):
    """Offset, or None for ENXIO."""
    try:
        return os.lseek(fd, off, whence)
    except OSError as e:
        if e.errno != errno.ENXIO:
            raise
        return None


def extents(fd):
    """The data of a file, as pairs of first byte and byte behind."""
    out = []
    at = seek(fd, 0, os.SEEK_DATA)
    while at is not None:
        end = seek(fd, at, os.SEEK_HOLE)
        out.append((at, end))
        at = seek(fd, end, os.SEEK_DATA)
    return out


def first(model, size, off, data):
    """What lseek() is to say."""
    if off >= size:
        return None
    for b in range(off // BLOCK, (size + BLOCK - 1) // BLOCK):
        if (b in model) == data:
            return max(off, b * BLOCK)
    return None if data else size


def check(fd, model, size, rnd, what):
    for off in [0, size - 1, size, size + 1] + \
            [rnd.randrange(size + BLOCK) for _ in range(12)]:
        for whence, data in ((os.SEEK_DATA, True), (os.SEEK_HOLE, False)):
            got = seek(fd, off, whence)
            want = first(model, size, off, data)
            assert got == want, '%s: %s from %d: %s, not %s (size %d)' % (
                what, 'data' if data else 'hole', off, got, want, size)


def do_seek(path, other, seed, rounds):
    """Blocks written and cut off on either client, asked for on both."""
    rnd = random.Random(seed)
    fds = [os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o644),
           os.open(other, os.O_RDWR)]
    model = set()
    size = 0
    for i in range(rounds):
        fd = rnd.choice(fds)
        if rnd.randrange(8):
            b = rnd.randrange(BLOCKS)
            os.pwrite(fd, b'x' * BLOCK, b * BLOCK)
            model.add(b)
            size = max(size, (b + 1) * BLOCK)
        else:
            size = rnd.randrange(1, BLOCKS) * BLOCK
            os.ftruncate(fd, size)
            model = {b for b in model if b * BLOCK < size}
        # most of the time with what was written still in memory
        if not rnd.randrange(4):
            os.fsync(fd)
        if size:
            n = rnd.randrange(2)
            check(fds[n], model, size, rnd, 'round %d, client %d' % (i, n + 1))
    for fd in fds:
        os.close(fd)
    os.unlink(path)


def do_ends(path):
    """Where there is nothing to find."""
    fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o644)
    for whence in (os.SEEK_DATA, os.SEEK_HOLE):
        assert seek(fd, 0, whence) is None
    os.pwrite(fd, b'hello', 0)
    assert seek(fd, 0, os.SEEK_DATA) == 0
    assert seek(fd, 4, os.SEEK_DATA) == 4
    assert seek(fd, 2, os.SEEK_HOLE) == 5
    for whence in (os.SEEK_DATA, os.SEEK_HOLE):
        for off in (5, 6, 1 << 40, (1 << 63) - 1):
            assert seek(fd, off, whence) is None
        # that is how every file system says it
        assert seek(fd, -1, whence) is None
    # the position moves to what was found, and stays otherwise
    os.lseek(fd, 3, os.SEEK_DATA)
    assert os.read(fd, 10) == b'lo'
    os.lseek(fd, 1, os.SEEK_SET)
    assert seek(fd, 77, os.SEEK_DATA) is None
    assert os.read(fd, 1) == b'e'
    os.ftruncate(fd, 10 << 20)
    # the object may end with the data, or go on with a hole
    assert extents(fd) in ([(0, 5)], [(0, 4096)]), extents(fd)
    assert seek(fd, 1 << 20, os.SEEK_DATA) is None
    assert seek(fd, 9 << 20, os.SEEK_HOLE) == 9 << 20
    os.close(fd)
    os.unlink(path)


def do_list(path):
    fd = os.open(path, os.O_RDONLY)
    for start, end in extents(fd):
        print(start, end)


what, args = sys.argv[1], sys.argv[2:]
if what == 'seek':
    do_seek(args[0], args[1], int(args[2]), int(args[3]))
elif what == 'ends':
    do_ends(*args)
else:
    do_list(*args)
