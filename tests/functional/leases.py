#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Leases, and what lfs mirror, migrate and swap_layouts do under them.

usage: leases.py TEST DIR1 DIR2 [ARG...]

DIR1 and DIR2 are one directory on two mounts.
"""
# The rest is imported where it is needed: this is begun often, and that is dear.
import errno
import fcntl
import os
import struct
import sys

MIB = 1 << 20
EOF = 0xffffffffffffffff
COMP_V1, V1, V3 = 0x0bd60bd0, 0x0bd10bd0, 0x0bd30bd0
DELAY_CREATE = os.O_NOCTTY | 0o20000
STALE, INIT = 1, 0x10

SET_LEASE, SET_LEASE_OLD, GET_LEASE = 0xc00c66f3, 0xc00866f3, 0x66f4
SET_MIRROR, SWAP, DATA_VERSION = 0x400866b1, 0x402066db, 0x801066da
GROUP_LOCK, GROUP_UNLOCK = 0x4008669e, 0x4008669f
RDLCK, WRLCK, UNLCK = 1, 2, 4
LIBC = None
RESYNC, RESYNC_DONE, MERGE, SPLIT = 1, 2, 4, 8
CHECK_DV1, CHECK_DV2, KEEP_MTIME, KEEP_ATIME, CLOSE = 1, 2, 4, 8, 0x10


def fails(number, fn, *args):
    try:
        r = fn(*args)
    except OSError as e:
        assert e.errno == number, (e, errno.errorcode[number])
        return
    raise AssertionError('%s%s: %r, not %s' % (fn.__name__, args, r,
                                              errno.errorcode[number]))


def lease(fd, mode, flags=0, ids=()):
    buf = struct.pack('=III%dI' % len(ids), mode, flags, len(ids), *ids)
    # room for what others write behind it
    return fcntl.ioctl(fd, SET_LEASE, buf.ljust(64, b'\0'))


def take(fd, mode, flags=0):
    lease(fd, mode, flags)


def give(fd, flags=0, ids=()):
    """UNLCK returns the mode: which python's ioctl() hides behind a buffer"""
    import ctypes

    global LIBC
    if not LIBC:
        LIBC = ctypes.CDLL(None, use_errno=True)
        LIBC.ioctl.argtypes = [ctypes.c_int, ctypes.c_ulong, ctypes.c_void_p]
    buf = ctypes.create_string_buffer(struct.pack(
        '=III%dI' % len(ids), UNLCK, flags, len(ids), *ids), 12 + 4 * len(ids))
    rc = LIBC.ioctl(fd, SET_LEASE, buf)
    if rc < 0:
        e = ctypes.get_errno()
        raise OSError(e, os.strerror(e))
    return rc


def held(fd):
    return fcntl.ioctl(fd, GET_LEASE)


def told(path):
    """state, {mirror: [(id, flags, start, end, objects)]}; path or descriptor"""
    ea = os.getxattr(path, 'lustre.lov')
    magic, size, _, state, n, count = struct.unpack_from('<IIIHHH', ea)
    if magic != COMP_V1:
        return 0, {1: [(0, INIT, 0, EOF, objects(ea, 0, INIT))]}
    assert size == len(ea), (size, len(ea))
    mirrors = {}
    for i in range(n):
        ident, flags, start, end, off, _ = struct.unpack_from(
            '<IIQQII', ea, 32 + 48 * i)
        mirrors.setdefault(ident >> 16, []).append(
            (ident, flags, start, end, objects(ea, off, flags)))
    assert len(mirrors) == count + 1, (len(mirrors), count)
    return state, mirrors


def objects(ea, off, flags):
    magic, _, _, _, _, stripes, _ = struct.unpack_from('<IIQQIHH', ea, off)
    head = 48 if magic == V3 else 32
    return [struct.unpack_from('<QIIII', ea, off + head + 24 * k)
            for k in range(stripes if flags & INIT else 0)]


def stale(path):
    return [m for m, comps in told(path)[1].items()
            if any(c[1] & STALE for c in comps)]


def volatile(where, mdt='', flags=os.O_RDWR, layout=None):
    name = b'.\x0c\x13\x14\x12:VOLATILE:%s:%s' % (
        mdt.encode(), os.urandom(4).hex().upper().encode())
    path = os.path.join(os.fsencode(where), name)
    fd = os.open(path, flags | os.O_CREAT | os.O_EXCL | DELAY_CREATE, 0o600)
    if layout:
        size, count, first = layout
        os.setxattr(fd, 'lustre.lov', struct.pack('<IIQQIHH', V1, 1, 0, 0,
                                                  size, count, first))
    return fd, path


def read_all(fd):
    data = b''
    while True:
        part = os.pread(fd, MIB, len(data))
        if not part:
            return data
        data += part


def mirror(fd, number):
    fcntl.ioctl(fd, SET_MIRROR, number)


def mirror_data(path, number, direct=True):
    """what one mirror has, as lfs mirror read brings it"""
    fd = os.open(path, os.O_RDONLY | (os.O_DIRECT if direct else 0))
    try:
        mirror(fd, number)
        size = os.fstat(fd).st_size
        if not direct:
            return read_all(fd)
        import mmap
        room = mmap.mmap(-1, MIB)
        data = b''
        while len(data) < size:
            n = os.preadv(fd, [room], len(data))
            assert n, (number, len(data), size)
            data += room[:n]
        return data
    finally:
        os.close(fd)


def write_as(path, data):
    with open(path, 'wb') as f:
        f.write(data)


def fresh(path, size=1500000, seed=1):
    import random

    data = random.Random(seed).randbytes(size)
    write_as(path, data)
    return data


def extend(path, layout=(65536, 2, 0)):
    """lfs mirror extend: a copy in a file without a name, then merged"""
    fd = os.open(path, os.O_RDWR)
    take(fd, RDLCK)
    v, _ = volatile(os.path.dirname(path), layout=layout)
    data = read_all(fd)
    done = 0
    while done < len(data):
        done += os.pwrite(v, data[done:done + MIB], done)
    os.fsync(v)
    assert held(fd) == RDLCK
    got = give(fd, MERGE, [v])
    assert got == RDLCK, got
    os.close(v)
    os.close(fd)


def resync(path, half=None):
    """lfs mirror resync; half(): what happens before the data are copied"""
    import mmap

    fd = os.open(path, os.O_RDWR | os.O_DIRECT)
    st = os.fstat(fd)
    take(fd, WRLCK, RESYNC)
    state, mirrors = told(fd)
    assert state & 3 == 3, state
    bad = stale(fd)
    good = next(m for m in mirrors if m not in bad)
    room = mmap.mmap(-1, MIB)
    at = 0
    if half:
        half()
    while at < st.st_size:
        mirror(fd, good)
        n = os.preadv(fd, [room], at)
        assert n, at
        for m in bad:
            mirror(fd, m)
            # direct: whole pages, and then cut
            part = memoryview(room)[:(n + 4095) // 4096 * 4096]
            assert os.pwritev(fd, [part], at) == len(part)
            part.release()
        at += n
    for m in bad:
        mirror(fd, m)
        os.ftruncate(fd, st.st_size)
    mirror(fd, 0)
    assert os.fstat(fd).st_size == st.st_size
    os.utime(fd, (st.st_atime, st.st_mtime))
    ids = [c[0] for m in bad for c in mirrors[m]]
    got = give(fd, RESYNC_DONE, ids)
    assert got == WRLCK, got
    os.close(fd)
    assert told(path)[0] & 3 == 1 and not stale(path), told(path)


def verify(path, data):
    for m in told(path)[1]:
        for direct in True, False:
            got = mirror_data(path, m, direct)
            assert got == data, (path, m, direct, len(got), len(data))


# ------------------------------------------------------------------ tests --

def basics(d, d2):
    path = d + '/basics'
    fresh(path, 5000)
    fd = os.open(path, os.O_RDWR)
    assert held(fd) == 0
    fails(errno.ENOLCK, give, fd)
    for mode in RDLCK, WRLCK:
        take(fd, mode)
        assert held(fd) == mode
        fails(errno.EBUSY, take, fd, mode)
        assert give(fd) == mode
        assert held(fd) == 0
        fails(errno.ENOLCK, give, fd)
        # the number itself
        assert fcntl.ioctl(fd, SET_LEASE_OLD, mode) == 0
        assert held(fd) == mode
        assert fcntl.ioctl(fd, SET_LEASE_OLD, UNLCK) == mode
    for mode, flags in ((3, 0), (0, 0), (8, 0), (RDLCK, RESYNC),
                        (WRLCK, MERGE), (RDLCK, 0x10)):
        fails(errno.EINVAL, take, fd, mode, flags)
    # others have it open, here or elsewhere
    for p in path, d2 + '/basics':
        for how in os.O_RDONLY, os.O_WRONLY:
            other = os.open(p, how)
            fails(errno.EBUSY, take, fd, RDLCK)
            fails(errno.EBUSY, take, fd, WRLCK)
            os.close(other)
            take(fd, WRLCK)
            assert give(fd) == WRLCK
    # nor does it matter what is kept open for the next one
    for p in path, d2 + '/basics':
        for _ in range(4):
            os.close(os.open(p, os.O_RDONLY))
        take(fd, WRLCK)
        assert give(fd) == WRLCK
    os.close(fd)
    for _ in range(4):
        fd = os.open(path, os.O_RDONLY)
        os.close(fd)
    fd = os.open(path, os.O_RDONLY)
    take(fd, RDLCK)
    assert give(fd) == RDLCK
    os.close(fd)
    fd = os.open(path, os.O_RDWR)
    # what is not open in that way
    ro = os.open(path, os.O_RDONLY)
    os.close(fd)
    fails(errno.EPERM, take, ro, WRLCK)
    take(ro, RDLCK)
    fails(errno.EPERM, give, ro, MERGE, [ro])
    assert held(ro) == RDLCK
    # closed with it
    os.close(ro)
    fd = os.open(d2 + '/basics', os.O_RDWR)
    take(fd, WRLCK)
    assert held(fd) == WRLCK
    # I/O goes on
    os.pwrite(fd, b'x', 0)
    assert os.pread(fd, 1, 0) == b'x'
    os.ftruncate(fd, 100)
    assert held(fd) == WRLCK
    # an inherited descriptor is the same open file
    if not os.fork():
        os._exit(held(fd))
    assert os.waitstatus_to_exitcode(os.wait()[1]) == WRLCK
    fails(errno.ENOTTY, held, os.open(d, os.O_RDONLY))
    os.close(fd)


def broken(d, d2):
    name = '/broken'
    fresh(d + name, 5000)
    for other in d, d2:
        for how in os.O_RDONLY, os.O_RDWR:
            fd = os.open(d + name, os.O_RDWR)
            take(fd, WRLCK)
            o = os.open(other + name, how)
            assert held(fd) == 0, (other, how)
            assert give(fd) == 0
            fails(errno.ENOLCK, give, fd)
            os.close(o)
            # what was to be done is not
            v, _ = volatile(d, layout=(65536, 1, 1))
            take(fd, RDLCK)
            o = os.open(other + name, how)
            before = os.getxattr(fd, 'lustre.lov')
            fails(errno.EBUSY, give, fd, MERGE, [v])
            assert os.getxattr(fd, 'lustre.lov') == before
            assert len(told(v)[1]) == 1
            os.close(v)
            os.close(o)
            os.close(fd)
    # a truncate by name
    fd = os.open(d + name, os.O_RDWR)
    take(fd, WRLCK)
    os.truncate(d2 + name, 10)
    assert held(fd) == 0 and give(fd) == 0
    # stat and rename mind nobody
    take(fd, WRLCK)
    os.stat(d2 + name)
    os.rename(d2 + name, d2 + name + '2')
    assert held(fd) == WRLCK and give(fd) == WRLCK
    os.close(fd)


def unnamed(d, d2):
    before = sorted(os.listdir(d))
    for mdt in '', '0000':
        fd, path = volatile(d, mdt, layout=(65536, 2, 1))
        data = os.urandom(200000)
        os.pwrite(fd, data, 0)
        assert os.pread(fd, len(data), 0) == data
        os.fsync(fd)
        fails(errno.ENOENT, os.stat, path)
        fails(errno.ENOENT, os.stat, os.fsencode(d2) + b'/' +
              os.path.basename(path))
        assert sorted(os.listdir(d)) == sorted(os.listdir(d2)) == before
        again = os.open('/proc/self/fd/%d' % fd, os.O_RDONLY)
        assert read_all(again) == data
        os.close(again)
        os.close(fd)
    fails(errno.ENODEV, volatile, d, '00FF')


def extended(d, d2):
    path, path2 = d + '/ext', d2 + '/ext'
    data = fresh(path)
    extend(path)
    state, mirrors = told(path)
    assert state & 3 == 1 and len(mirrors) == 2, (state, mirrors)
    assert told(path2) == (state, mirrors)
    verify(path, data)
    verify(path2, data)
    # and one more, from the other side
    extend(path2, (MIB, 1, 3))
    assert len(told(path)[1]) == 3
    verify(path, data)
    verify(path2, data)


def synchronized(d, d2):
    import random

    path, path2 = d + '/ext', d2 + '/ext'
    rnd = random.Random(7)
    with open(path, 'rb') as f:
        data = bytearray(f.read())
    for p in path, path2:
        old = bytes(data)
        part = rnd.randbytes(300001)
        at = rnd.randrange(len(data))
        fd = os.open(p, os.O_RDWR)
        os.pwrite(fd, part, at)
        os.fsync(fd)
        data.extend(bytes(max(0, at + len(part) - len(data))))
        data[at:at + len(part)] = part
        bad = stale(p)
        assert len(bad) == 2, bad
        # a stale mirror has what it had
        for m in bad:
            got = mirror_data(path2, m)
            assert got[:len(old)] == old, m
            assert not any(got[len(old):])
        # it may not be written, but under resynchronization
        o = os.open(p, os.O_RDWR)
        mirror(o, bad[0])
        fails(errno.EBUSY, os.pwrite, o, b'x', 0)
        os.close(o)
        os.close(fd)
        mtime = int(os.stat(p).st_mtime)
        resync(p)
        verify(path, data)
        verify(path2, data)
        assert int(os.stat(path2).st_mtime) == mtime
        assert int(os.stat(path).st_mtime) == mtime
    # shorter now
    os.truncate(path2, 70001)
    del data[70001:]
    resync(path)
    verify(path2, data)
    # nothing is to be done any more
    fd = os.open(path, os.O_RDWR)
    mirror(fd, 1)
    fails(errno.EBUSY, os.pwrite, fd, b'x', 0)
    mirror(fd, 77)
    fails(errno.EINVAL, os.pread, fd, 1, 0)
    fails(errno.EINVAL, mirror, fd, 0x8000)
    mirror(fd, 2)
    import mmap
    fails(errno.ENODEV, mmap.mmap, fd, 4096)
    mirror(fd, 0)
    assert mmap.mmap(fd, 4096)[:] == bytes(data[:4096])
    os.close(fd)


def interrupted(d, d2):
    """A resync that somebody comes into: the mirrors stay stale."""
    path, path2 = d + '/ext', d2 + '/ext'
    with open(path, 'r+b') as f:
        f.write(b'news')
    bad = stale(path)
    assert bad
    fd = os.open(path, os.O_RDWR)
    take(fd, WRLCK, RESYNC)
    assert told(fd)[0] & 3 == 3
    ids = [c[0] for m in bad for c in told(fd)[1][m]]
    mirror(fd, bad[0])
    assert os.pwrite(fd, b'news', 0) == 4
    with open(path2, 'r+b') as f:
        f.write(b'more')
    assert held(fd) == 0
    # what it still writes is of an old layout
    try:
        os.pwrite(fd, b'news', 0)
        raise AssertionError('written')
    except OSError as e:
        assert e.errno in (errno.EBUSY, errno.EIO), e
    mirror(fd, 0)
    fails(errno.EBUSY, give, fd, RESYNC_DONE, ids)
    os.close(fd)
    assert set(bad) <= set(stale(path2)), (bad, stale(path2))
    with open(path, 'rb') as f:
        data = f.read()
    assert data[:4] == b'more'
    resync(path2)
    verify(path, data)
    # given up without a word of what was done
    with open(path, 'r+b') as f:
        f.write(b'last')
    fd = os.open(path, os.O_RDWR)
    take(fd, WRLCK, RESYNC)
    assert give(fd) == WRLCK
    os.close(fd)
    assert stale(path)
    resync(path)
    verify(path2, b'last' + data[4:])


def halfway(d, d2):
    """A resync during which something happens"""
    path = d + '/ext'
    data = fresh(path, 1300000, 9)
    assert stale(path)

    def half():
        print('half', flush=True)
        assert sys.stdin.readline()

    resync(path, half)
    verify(path, data)
    verify(d2 + '/ext', data)


def divided(d, d2):
    path, path2 = d + '/ext', d2 + '/ext'
    with open(path, 'rb') as f:
        data = f.read()
    mirrors = told(path)[1]
    fd = os.open(path, os.O_RDWR)
    v, _ = volatile(d)
    take(fd, WRLCK)
    # a mirror that there is not; tools try again
    fails(errno.EINVAL, give, fd, SPLIT, [v, 99])
    take(fd, WRLCK)
    fails(errno.EINVAL, give, fd, SPLIT, [v])
    fails(errno.EINVAL, give, fd, SPLIT, [v, 0])
    fails(errno.EBADF, give, fd, SPLIT, [999, 3])
    fails(errno.EXDEV, give, fd, MERGE, [os.open('/dev/null', os.O_RDWR)])
    fails(errno.EINVAL, give, fd, MERGE, [fd])
    fails(errno.EINVAL, give, fd, MERGE | SPLIT, [v])
    assert held(fd) == WRLCK
    last = max(mirrors)
    assert give(fd, SPLIT, [v, last]) == WRLCK
    # the other file has it now
    assert read_all(v) == data
    os.close(v)
    left = told(path2)[1]
    assert sorted(left) == sorted(set(mirrors) - {last}), left
    verify(path2, data)
    # into a file with a name
    last = max(left)
    named = d + '/part'
    n = os.open(named, os.O_CREAT | os.O_RDWR | DELAY_CREATE, 0o644)
    take(fd, WRLCK)
    assert give(fd, SPLIT, [n, last]) == WRLCK
    os.close(n)
    os.close(fd)
    with open(d2 + '/part', 'rb') as f:
        assert f.read() == data
    state, left = told(path)
    assert len(left) == 1 and state & 3 == 0, (state, left)
    # both are written, and are files of their own
    for p in path, named:
        with open(p, 'r+b') as f:
            f.write(p.encode())
    for p in path2, d2 + '/part':
        with open(p, 'rb') as f:
            assert f.read(len(p)) == p.replace(d2, d).encode()


def version(fd):
    buf = bytearray(struct.pack('=QII', 0, 0, 2))
    fcntl.ioctl(fd, DATA_VERSION, buf)
    return struct.unpack('=QII', buf)[0]


def swap(fd, other, flags=0, gid=0, dv1=0, dv2=0):
    fcntl.ioctl(fd, SWAP, struct.pack('=QIIQQ', flags, other, gid, dv1, dv2))


def swapped(d, d2):
    a, b = d + '/sa', d + '/sb'
    da, db = fresh(a, 300000, 2), fresh(b, 700000, 3)
    os.utime(a, (1000000000, 1000000000))
    os.utime(b, (1100000000, 1100000000))
    fa, fb = os.open(a, os.O_RDWR), os.open(b, os.O_RDWR)
    objs = told(fa)[1][1], told(fb)[1][1]

    def now(x, y):
        for p in d, d2:
            with open(p + '/sa', 'rb') as f, open(p + '/sb', 'rb') as g:
                assert f.read() == x and g.read() == y, p
        assert read_all(fa) == x and read_all(fb) == y

    now(da, db)
    swap(fa, fb)
    now(db, da)
    assert told(fa)[1][1][0][4] == objs[1][0][4]
    assert told(fb)[1][1][0][4] == objs[0][0][4]
    # dirty data go along
    os.pwrite(fa, b'dirty a', 5)
    db = db[:5] + b'dirty a' + db[12:]
    swap(fa, fb, KEEP_MTIME | KEEP_ATIME, gid=77)
    now(da, db)
    # versions
    va, vb = version(fa), version(fb)
    fails(errno.EAGAIN, swap, fa, fb, CHECK_DV1 | CHECK_DV2, 0, va + 1, vb)
    fails(errno.EAGAIN, swap, fa, fb, CHECK_DV2, 0, 0, vb + 1)
    now(da, db)
    swap(fa, fb, CHECK_DV1 | CHECK_DV2, 5, va, vb)
    now(db, da)
    with open(d2 + '/sa', 'r+b') as f:
        f.write(b'other client')
    db = b'other client' + db[12:]
    fails(errno.EAGAIN, swap, fa, fb, CHECK_DV1, 0, vb)
    swap(fa, fb)
    now(da, db)
    # by who has locked both for a group himself
    for fd in fa, fb:
        fcntl.ioctl(fd, GROUP_LOCK, 9)
    fails(errno.EINVAL, swap, fa, fb, 0, 9)
    swap(fa, fb, CHECK_DV1 | CHECK_DV2, 0, version(fa), version(fb))
    for fd in fa, fb:
        fcntl.ioctl(fd, GROUP_UNLOCK, 9)
    now(db, da)
    swap(fa, fb)
    now(da, db)
    # nonsense
    fails(errno.EINVAL, swap, fa, fa)
    fails(errno.EBADF, swap, fa, 999)
    fails(errno.EINVAL, swap, fa, fb, 0x400)
    ro = os.open(b, os.O_RDONLY)
    fails(errno.EPERM, swap, fa, ro)
    fails(errno.EPERM, swap, ro, fa)
    os.close(ro)
    fails(errno.ENOLCK, swap, fa, fb, CLOSE)
    os.close(fa)
    os.close(fb)


def times(d, d2):
    """The names keep their times if that is wanted."""
    a, b = d + '/ta', d + '/tb'
    fresh(a, 10, 2), fresh(b, 20, 3)
    os.utime(a, (1000000000, 1000000001))
    os.utime(b, (1100000000, 1100000001))
    fa, fb = os.open(a, os.O_RDWR), os.open(b, os.O_RDWR)
    swap(fa, fb, KEEP_MTIME | KEEP_ATIME)
    for p in d, d2:
        sa, sb = os.stat(p + '/ta'), os.stat(p + '/tb')
        assert (sa.st_size, sb.st_size) == (20, 10), (sa, sb)
        assert int(sa.st_mtime) == 1000000001, sa
        assert int(sb.st_mtime) == 1100000001, sb


def migrated(d, d2):
    """lfs migrate, which does not block others"""
    path, path2 = d + '/mig', d2 + '/mig'
    data = fresh(path)
    for other in None, path, path2:
        fd = os.open(path, os.O_RDWR)
        take(fd, RDLCK)
        v, _ = volatile(d, layout=(MIB, 2, 2))
        os.pwrite(v, data, 0)
        os.fsync(v)
        want = told(v)[1][1][0][4]
        before = told(fd)[1][1][0][4]
        if other:
            o = os.open(other, os.O_RDONLY)
            fails(errno.EBUSY, swap, fd, v, CLOSE)
            assert told(path2)[1][1][0][4] == before
            os.close(o)
        else:
            swap(fd, v, CLOSE)
            assert told(path2)[1][1][0][4] == want
            assert told(v)[1][1][0][4] == before
        fails(errno.ENOLCK, give, fd)
        os.close(v)
        os.close(fd)
        for p in path, path2:
            with open(p, 'rb') as f:
                assert f.read() == data
    with open(path2, 'r+b') as f:
        f.write(b'still written')
    with open(path, 'rb') as f:
        assert f.read() == b'still written' + data[13:]


def anyhow(d, d2):
    """All of that, whatever comes of it: nothing hangs, and no data get lost."""
    path = d + '/anyhow'
    data = os.urandom(200000)

    def attempt(what, *args):
        try:
            return what(*args)
        except (OSError, AssertionError, StopIteration, struct.error):
            return None

    def moved():
        fd, other = os.open(path, os.O_RDWR), None
        try:
            take(fd, RDLCK)
            other, _ = volatile(d, layout=(MIB, 2, 2))
            os.pwrite(other, data, 0)
            os.fsync(other)
            swap(fd, other, CLOSE)
        finally:
            os.close(fd)
            if other is not None:
                os.close(other)

    def fewer():
        fd = os.open(path, os.O_RDWR)
        try:
            take(fd, WRLCK)
            v, _ = volatile(d)
            attempt(give, fd, SPLIT, [v, max(told(fd)[1])])
            os.close(v)
        finally:
            os.close(fd)

    attempt(write_as, path, data)
    for step in moved, lambda: extend(path), lambda: resync(path), fewer:
        attempt(step)


def hold(d, d2, mode):
    """Take a lease, say so, and what is left of it when told to go on."""
    fd = os.open(d + '/held', os.O_RDWR)
    take(fd, {'r': RDLCK, 'w': WRLCK}[mode])
    for line in sys.stdin:
        what = line.strip()
        if what == 'held':
            print(held(fd), flush=True)
        elif what == 'give':
            print(give(fd), flush=True)
        elif what == 'take':
            take(fd, WRLCK)
            print('taken', flush=True)


def main(name, d, d2, *args):
    {'basics': basics, 'broken': broken, 'unnamed': unnamed,
     'extended': extended, 'synchronized': synchronized,
     'interrupted': interrupted, 'divided': divided, 'swapped': swapped,
     'halfway': halfway, 'times': times, 'anyhow': anyhow, 'migrated': migrated, 'hold': hold}[name](d, d2, *args)


if __name__ == '__main__':
    main(*sys.argv[1:])
