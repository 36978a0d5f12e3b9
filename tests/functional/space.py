#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Data and holes of a file, checked against a model in memory.

usage: space.py falloc FILE OTHER SEED ROUNDS
       space.py seek FILE OTHER SEED ROUNDS
       space.py mapped FILE OTHER
       space.py fiemap FILE OTHER SEED STRIPES
       space.py extents FILE
       space.py limit FILE
       space.py call FILE MODE OFFSET LENGTH
       space.py ends FILE
       space.py list FILE

FILE and OTHER are the same file, as two clients see it.
"""
import ctypes
import errno
import fcntl
import mmap
import os
import random
import resource
import signal
import struct
import sys
import threading

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


libc = ctypes.CDLL(None, use_errno=True)
KEEP, PUNCH, ZERO = 1, 2, 0x10


def fallocate(fd, mode, off, length):
    """0 or the errno."""
    rc = libc.fallocate(fd, mode, ctypes.c_long(off), ctypes.c_long(length))
    return ctypes.get_errno() if rc else 0


def do_falloc(path, other, seed, rounds):
    """Bytes written and made zeroes on two clients, read on both."""
    rnd = random.Random(seed)
    top = BLOCK * BLOCKS // 8
    fds = [os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o644),
           os.open(other, os.O_RDWR)]
    model = bytearray()

    def grow(size):
        if size > len(model):
            model.extend(bytes(size - len(model)))

    for i in range(rounds):
        fd = rnd.choice(fds)
        off = rnd.choice((rnd.randrange(top), rnd.randrange(BLOCKS // 8) * BLOCK))
        length = rnd.choice((1, 100, 4096, BLOCK, rnd.randrange(1, 4 * BLOCK)))
        what = rnd.randrange(6)
        if what < 2:
            data = rnd.randbytes(length)
            grow(off + length)
            model[off:off + length] = data
            assert os.pwrite(fd, data, off) == length
        else:
            mode = (0, KEEP, PUNCH | KEEP, ZERO)[what - 2]
            if mode & ZERO and rnd.randrange(2):
                mode |= KEEP
            # some of it is mapped, and perhaps dirty
            m = None
            if model and rnd.randrange(2):
                m = mmap.mmap(fd, len(model))
                at = rnd.randrange(len(model))
                m[at] = model[at] = rnd.randrange(256)
            err = fallocate(fd, mode, off, length)
            assert not err, (mode, off, length, os.strerror(err))
            if not mode & KEEP:
                grow(off + length)
            if mode & (PUNCH | ZERO):
                end = min(off + length, len(model))
                if off < end:
                    model[off:end] = bytes(end - off)
            if m:
                n = len(m)
                assert m[:] == model[:n], 'round %d: mapped' % i
                m.close()
        for n, f in enumerate(fds):
            assert os.fstat(f).st_size == len(model), \
                'round %d, mode %d, client %d: size %d, not %d' % (
                    i, what, n + 1, os.fstat(f).st_size, len(model))
            got = os.pread(f, len(model) + 1, 0)
            if got != model:
                bad = next(k for k in range(len(model))
                           if got[k] != model[k])
                sys.exit('round %d, kind %d at %d+%d: client %d differs at %d'
                         % (i, what, off, length, n + 1, bad))
    for fd in fds:
        os.close(fd)
    os.unlink(path)


def do_mapped(path, other):
    """Holes are punched while a mapping stores one byte of each page."""
    size = 8 * BLOCK
    fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o644)
    fd2 = os.open(other, os.O_RDONLY)
    stop = threading.Event()
    os.ftruncate(fd, size)
    m = mmap.mmap(fd, size)

    def store():
        while not stop.is_set():
            for at in range(0, size, mmap.PAGESIZE):
                m[at] = 1

    for _ in range(4):
        os.pwrite(fd, b'x' * size, 0)
        stop.clear()
        t = threading.Thread(target=store)
        t.start()
        err = fallocate(fd, PUNCH | KEEP, 0, size)
        stop.set()
        t.join()
        assert not err, os.strerror(err)
        for got in (os.pread(fd2, size, 0), m[:]):
            bad = [i for i in range(size)
                   if got[i] and (i % mmap.PAGESIZE or got[i] != 1)]
            assert not bad, 'data at %d' % bad[0]
    os.unlink(path)


SYNC, DEVICE_ORDER = 1, 0x40000000
LAST, NET = 1, 0x80000000


def fiemap(fd, flags, start=0, length=(1 << 64) - 1, room=8, first=b''):
    """Extents: offset, physical offset, length, flags, device; as they came."""
    buf = bytearray(struct.pack('<QQIIII', start, length, flags, 0, room, 0))
    buf += first.ljust(room * 56, b'\0')
    fcntl.ioctl(fd, 0xC020660B, buf)
    n = struct.unpack_from('<I', buf, 20)[0]
    last = bytes(buf[32 + 56 * (n - 1):32 + 56 * n]) if n and room else b''
    return n, [struct.unpack_from('<QQQ16xII', buf, 32 + 56 * i)
               for i in range(min(n, room))], last


def fiemap_all(fd, flags, room):
    """Asked for few at a time."""
    out = []
    start, first = 0, b''
    while True:
        n, some, first = fiemap(fd, flags, start, room=room, first=first)
        out += some
        if not n or some[-1][3] & LAST:
            return out
        assert n == room
        start = some[-1][0] + some[-1][2]


def refused(fd, flags):
    try:
        fiemap(fd, flags)
    except OSError as e:
        return e.errno
    return 0


def do_fiemap(path, other, seed, stripes):
    """Extents against what was written; stripes are of one block."""
    rnd = random.Random(seed)
    fds = [os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o644),
           os.open(other, os.O_RDWR)]
    model = set()
    flags = DEVICE_ORDER if stripes > 1 else 0
    for fd in fds:
        assert refused(fd, 2) == errno.EBADR
        assert refused(fd, 0) == (errno.EOPNOTSUPP if flags else 0)
        assert fiemap(fd, flags) == (0, [], b'')
    for i in range(8):
        b = rnd.randrange(BLOCKS)
        os.pwrite(rnd.choice(fds), b'x' * BLOCK, b * BLOCK)
        model.add(b)
        fd = rnd.choice(fds)
        got = fiemap_all(fd, flags | SYNC, rnd.choice((1, 2, 5, 100)))
        assert got == fiemap_all(fd, flags, 200)
        assert fiemap(fd, flags, room=0)[0] == len(got)
        blocks = []
        for n, (off, phys, length, what, dev) in enumerate(got):
            assert what == (NET | LAST if n == len(got) - 1 else NET), got
            assert off % BLOCK == 0 and length % BLOCK == 0, got
            assert dev & 0x1ffff < 4 and dev >> 17 < stripes, got
            assert phys % (1 << 40) == off, got
            blocks += [k * stripes + (dev >> 17) for k in
                       range(off // BLOCK, (off + length) // BLOCK)]
        assert sorted(blocks) == sorted(model), (sorted(model), got)
        # what one device has is told together, in ascending order
        order = [(dev >> 17, off) for off, _, _, _, dev in got]
        assert order == sorted(order), got
        # a part of the file; there is more behind it
        at = min(model)
        n, got, _ = fiemap(fd, flags, at * BLOCK, BLOCK)
        assert n == 1 and got[0][4] >> 17 == at % stripes, got
        # one that begins or ends elsewhere has the block in it
        assert got[0][0] <= at // stripes * BLOCK < got[0][0] + got[0][2]
        more = max(model) != at
        if stripes > 1:
            assert bool(got[0][3] & LAST) == (not more), (got, model)
    for fd in fds:
        os.close(fd)
    os.unlink(path)


def do_extents(path):
    print(fiemap(os.open(path, os.O_RDONLY), DEVICE_ORDER)[1])


def do_limit(path):
    """RLIMIT_FSIZE holds."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (400000, 400000))
    fd = os.open(path, os.O_RDWR)
    err = fallocate(fd, 0, 300000, 200000)
    assert not err, os.strerror(err)


def do_call(path, mode, off, length):
    """Unlike fallocate(1), without an fsync(); or of an open descriptor."""
    fd = int(path) if path.isdigit() else os.open(path, os.O_RDWR)
    err = fallocate(fd, int(mode), int(off), int(length))
    assert not err, os.strerror(err)


def do_list(path):
    fd = os.open(path, os.O_RDONLY)
    for start, end in extents(fd):
        print(start, end)


what, args = sys.argv[1], sys.argv[2:]
if what == 'seek':
    do_seek(args[0], args[1], int(args[2]), int(args[3]))
elif what == 'fiemap':
    do_fiemap(args[0], args[1], int(args[2]), int(args[3]))
elif what == 'falloc':
    do_falloc(args[0], args[1], int(args[2]), int(args[3]))
elif what in ('ends', 'extents', 'limit', 'mapped', 'call'):
    {'ends': do_ends, 'extents': do_extents, 'limit': do_limit, 'mapped': do_mapped,
     'call': do_call}[what](*args)
else:
    do_list(*args)
