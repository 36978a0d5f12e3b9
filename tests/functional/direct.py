#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Direct I/O, and what it has to get along with.

usage: direct.py TEST PATH [PATH-OF-THE-SAME-FILE-ON-ANOTHER-CLIENT | SEED]
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

PAGE = 4096
libc = ctypes.CDLL(None, use_errno=True)
buf = mmap.mmap(-1, 12 << 20)
view = memoryview(buf)
O_DIRECT = os.O_DIRECT


def fill(length, seed):
    return random.Random(seed).randbytes(length)


def memory(length, offset=0):
    return view[offset:offset + length]


def dwrite(fd, data, pos, offset=0):
    m = memory(len(data), offset)
    m[:] = data
    n = os.pwritev(fd, [m], pos)
    assert n == len(data), 'wrote %d of %d' % (n, len(data))


def dread(fd, length, pos, offset=0):
    m = memory(length, offset)
    m[:] = b'\xa5' * length
    return bytes(m[:os.preadv(fd, [m], pos)])


def cached(path):
    with open(path, 'rb') as f:
        return f.read()


def same(got, want, what):
    if got == want:
        return
    n = next((i for i, (a, b) in enumerate(zip(got, want)) if a != b),
             min(len(got), len(want)))
    sys.exit('%s: %d bytes, want %d, differ at %d' % (what, len(got), len(want), n))


def fails(code, function, *args):
    try:
        got = function(*args)
    except OSError as e:
        assert e.errno == code, 'errno %s' % errno.errorcode[e.errno]
        return
    sys.exit('no error but %r' % (got,))


def aligned(path):
    data = fill(9 << 20, 1)
    fd = os.open(path, os.O_CREAT | os.O_RDWR | O_DIRECT)
    dwrite(fd, data, 0)
    assert os.fstat(fd).st_size == len(data)
    same(dread(fd, len(data), 0), data, 'direct')
    same(cached(path), data, 'cached')
    # and in small pieces, which do not fill a page cache
    for pos in range(0, len(data), 1 << 20):
        same(dread(fd, 8192, pos), data[pos:pos + 8192], 'at %d' % pos)
    os.close(fd)


def unaligned(path, seed):
    rnd = random.Random(int(seed))
    model = bytearray()
    fd = os.open(path, os.O_CREAT | os.O_RDWR | O_DIRECT)
    for step in range(60):
        pos = rnd.choice((rnd.randrange(6 << 20), rnd.randrange(1536) * PAGE,
                          rnd.randrange(6) << 20))
        length = rnd.choice((1, 100, 512, PAGE, 5000, 65536,
                             rnd.randrange(1, 3 << 20)))
        # memory that lies as the file does, or not
        offset = rnd.choice((0, pos % PAGE, rnd.randrange(PAGE)))
        what = 'step %d: %d+%d from %d' % (step, pos, length, offset)
        if rnd.randrange(2):
            data = rnd.randbytes(length)
            dwrite(fd, data, pos, offset)
            model.extend(bytes(max(0, pos + length - len(model))))
            model[pos:pos + length] = data
        else:
            same(dread(fd, length, pos, offset),
                 bytes(model[pos:pos + length]), what)
        assert os.fstat(fd).st_size == len(model), what
    same(cached(path), bytes(model), 'cached')
    os.close(fd)


def vectors(path):
    """several pieces of memory, which begin and end anywhere"""
    fd = os.open(path, os.O_CREAT | os.O_RDWR | O_DIRECT)
    for lengths in ([PAGE] * 8, [512] * 16, [100, 5000, 1, 70000, 3]):
        data = [fill(n, n + i) for i, n in enumerate(lengths)]
        parts = []
        at = 0
        for d in data:
            m = memory(len(d), at)
            m[:] = d
            parts.append(m)
            at += (len(d) + 2 * PAGE - 1) // PAGE * PAGE
        for pos in (0, 4095):
            assert os.pwritev(fd, parts, pos) == sum(lengths)
            want = b''.join(data)
            same(dread(fd, len(want), pos), want, 'at %d' % pos)
            for m in parts:
                m[:] = bytes(len(m))
            assert os.preadv(fd, parts, pos) == len(want)
            same(b''.join(parts), want, 'vector at %d' % pos)
            for m, d in zip(parts, data):
                m[:] = d
    os.close(fd)


def cache(path):
    """with the page cache and mappings of the same node"""
    size = 3 << 20
    old, new = fill(size, 2), fill(size, 3)
    fd = os.open(path, os.O_CREAT | os.O_RDWR)
    dd = os.open(path, os.O_RDWR | O_DIRECT)
    os.pwrite(fd, old, 0)
    same(dread(dd, size, 0), old, 'dirty pages')
    dwrite(dd, new, 0)
    same(os.pread(fd, size, 0), new, 'clean pages')
    # a part of a page that is dirty around it
    os.pwrite(fd, b'x' * 100, 5000)
    dwrite(dd, b'y' * 10, 5050)
    want = b'x' * 50 + b'y' * 10 + b'x' * 40
    same(os.pread(fd, 100, 5000), want, 'part of a page')
    same(dread(dd, 100, 5000), want, 'part of a page')
    m = mmap.mmap(fd, size)
    m[70000:70010] = b'0123456789'
    same(dread(dd, 10, 70000), b'0123456789', 'store of a mapping')
    dwrite(dd, b'abcdef', 70002)
    same(m[70000:70010], b'01abcdef89', 'mapping')
    # from and to a mapping of the file itself
    assert os.pwritev(dd, [memoryview(m)[:8192]], 1 << 20) == 8192
    same(m[1 << 20:(1 << 20) + 8192], m[:8192], 'from the file itself')
    assert os.preadv(dd, [memoryview(m)[8192:16384]], 2 << 20) == 8192
    same(m[8192:16384], new[2 << 20:(2 << 20) + 8192], 'to the file itself')
    # what a mapping stored behind the end does not show when that moves
    os.ftruncate(fd, 5000)
    m[5000:6000] = b'z' * 1000
    dwrite(dd, b'end', 9000)
    same(os.pread(fd, 8192, 5000), bytes(4000) + b'end', 'behind the end')
    os.close(fd)
    os.close(dd)


def nodes(path, other):
    """each of two clients sees what the other one wrote"""
    size = 2 << 20
    fd = os.open(path, os.O_CREAT | os.O_RDWR)
    there = os.open(other, os.O_RDWR)
    dd = os.open(path, os.O_RDWR | O_DIRECT)
    dthere = os.open(other, os.O_RDWR | O_DIRECT)
    for step in range(6):
        data = fill(size, step)
        dwrite(dd, data, 0)
        assert os.fstat(there).st_size == size
        same(os.pread(there, size, 0), data, 'cached there')
        same(dread(dthere, size, 0), data, 'direct there')
        # dirty there, then read directly here; and cached there again
        os.pwrite(there, b'from there', 4090 + step)
        same(dread(dd, 10, 4090 + step), b'from there', 'dirty there')
        dwrite(dd, b'from here!', 4090 + step, 7)
        same(os.pread(there, 10, 4090 + step), b'from here!', 'stale there')
        dwrite(dthere, b'directly!!', size - 5)
        same(os.pread(fd, 20, size - 5), b'directly!!', 'longer here')
        os.ftruncate(there, 0)
        assert os.fstat(fd).st_size == 0
        assert dread(dd, PAGE, 0) == b''


def ends(path):
    """holes, and the end of the file"""
    fd = os.open(path, os.O_CREAT | os.O_RDWR | O_DIRECT)
    assert dread(fd, PAGE, 0) == b''
    os.ftruncate(fd, 5 << 20)
    dwrite(fd, b'data', (3 << 20) + 100)
    data = dread(fd, 6 << 20, 0)
    assert len(data) == 5 << 20, len(data)
    at = (3 << 20) + 100
    assert data[at:at + 4] == b'data'
    assert data.count(0) == len(data) - 4, 'a hole is not zero'
    dwrite(fd, b'tail', (5 << 20) + 1000)
    same(dread(fd, 1 << 20, 5 << 20), bytes(1000) + b'tail', 'tail')
    same(dread(fd, 1 << 20, (5 << 20) + 1002, 3), b'il', 'odd tail')
    assert dread(fd, PAGE, (5 << 20) + 1004) == b''
    assert dread(fd, PAGE, 1 << 40) == b''
    assert os.preadv(fd, [bytearray()], 0) == 0 and os.pwritev(fd, [b''], 0) == 0
    os.ftruncate(fd, 100)
    same(dread(fd, PAGE, 0), bytes(100), 'after a truncate')
    os.close(fd)


def fault(path):
    """memory that ends half way, or is not there"""
    fd = os.open(path, os.O_CREAT | os.O_RDWR | O_DIRECT)
    half = mmap.mmap(-1, 64 * PAGE)
    half[:32 * PAGE] = b'h' * (32 * PAGE)
    addr = ctypes.addressof(ctypes.c_char.from_buffer(half))
    assert libc.munmap(ctypes.c_void_p(addr + 32 * PAGE), 32 * PAGE) == 0
    for call in (libc.pwrite, libc.pread):
        call.restype = ctypes.c_ssize_t
        call.argtypes = [ctypes.c_int, ctypes.c_void_p, ctypes.c_size_t,
                         ctypes.c_longlong]
        for off in (0, 100):
            n = call(fd, addr + off, 64 * PAGE, 0)
            assert n == 32 * PAGE - off, n
        n = call(fd, addr + 40 * PAGE, PAGE, 0)
        assert n == -1 and ctypes.get_errno() == errno.EFAULT, n
        assert call(fd, 8, PAGE, 0) == -1
    # written memory that may not be written to
    ro = mmap.mmap(-1, PAGE, prot=mmap.PROT_READ)
    libc.mprotect.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]
    addr = mmap.mmap(-1, PAGE)
    where = ctypes.addressof(ctypes.c_char.from_buffer(addr))
    assert libc.mprotect(where, PAGE, mmap.PROT_READ) == 0
    assert libc.pread(fd, where, PAGE, 0) == -1
    assert libc.pwrite(fd, where, PAGE, 0) == PAGE
    ro.close()
    os.close(fd)
    # the mapping has a hole now, which nobody else should find
    os._exit(0)


def append(path, other):
    """records of two clients stay whole, and none gets lost"""
    sizes = (512, 4096, 100, 70000)
    pids = []
    open(path, 'w').close()
    for who, name in enumerate((path, other)):
        pid = os.fork()
        if not pid:
            fd = os.open(name, os.O_WRONLY | os.O_APPEND | O_DIRECT)
            # the other one has the same memory
            mine = memoryview(mmap.mmap(-1, 1 << 20))
            for i in range(24):
                n = sizes[i % len(sizes)]
                m = mine[i:i + n]
                m[:] = struct.pack('>HI', who, n) + bytes([65 + who + i]) * (n - 6)
                assert os.writev(fd, [m]) == n
            os._exit(0)
        pids.append(pid)
    for pid in pids:
        assert os.waitpid(pid, 0)[1] == 0
    data = cached(path)
    seen = [0, 0]
    while data:
        who, n = struct.unpack('>HI', data[:6])
        want = bytes([65 + who + seen[who]]) * (n - 6)
        same(data[6:n], want, 'record %d of %d' % (seen[who], who))
        seen[who] += 1
        data = data[n:]
    assert seen == [24, 24], seen


def switch(path):
    """a descriptor that gets, and loses, O_DIRECT; what is not supported"""
    fd = os.open(path, os.O_CREAT | os.O_RDWR)
    os.pwrite(fd, b'a' * 8192, 0)
    flags = fcntl.fcntl(fd, fcntl.F_GETFL)
    fcntl.fcntl(fd, fcntl.F_SETFL, flags | O_DIRECT)
    same(dread(fd, 8192, 0), b'a' * 8192, 'direct')
    m = memory(4096)
    # RWF_NOWAIT, RWF_ATOMIC: an error rather than what was not asked for
    for flag, call in ((os.RWF_NOWAIT, os.preadv), (0x40, os.pwritev)):
        try:
            call(fd, [m], 0, flag)
            sys.exit('flag %#x does nothing' % flag)
        except OSError as e:
            assert e.errno in (errno.EOPNOTSUPP, errno.EAGAIN,
                               errno.EINVAL), e
    assert os.pwritev(fd, [m], 0, os.RWF_DSYNC) == 4096
    assert os.pwritev(fd, [m], 0, os.RWF_SYNC) == 4096
    fcntl.fcntl(fd, fcntl.F_SETFL, flags)
    os.pwrite(fd, b'b', 0)
    same(os.pread(fd, 2, 0), b'b' + bytes(m[1:2]), 'cached again')
    # the limit of the process
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10000, 10000))
    dd = os.open(path, os.O_RDWR | O_DIRECT)
    assert os.pwritev(dd, [memory(4096)], 8192) == 10000 - 8192
    fails(errno.EFBIG, os.pwritev, dd, [memory(4096)], 12288)


def aio(path, seed):
    """io_submit(2): several at a time, whole and odd ones"""
    rnd = random.Random(int(seed))
    nr = {'setup': 206, 'submit': 209, 'getevents': 208}
    base = ctypes.addressof(ctypes.c_char.from_buffer(buf))
    ctx = ctypes.c_ulong(0)
    depth = 16
    assert libc.syscall(nr['setup'], depth, ctypes.byref(ctx)) == 0
    fd = os.open(path, os.O_CREAT | os.O_RDWR | O_DIRECT)
    model = bytearray(fill(4 << 20, 5))
    dwrite(fd, bytes(model), 0)
    slot = 256 << 10
    for turn in range(6):
        iocbs, expect = [], []
        for i in range(depth):
            # parts that do not meet, so that the order does not matter
            pos = i * slot + rnd.choice((0, 512, rnd.randrange(PAGE)))
            length = rnd.choice((1, 512, PAGE, 65536, slot - PAGE))
            off = i * slot + rnd.choice((0, pos % PAGE))
            length = min(length, (i + 1) * slot - max(pos, off))
            write = rnd.randrange(2)
            if write:
                data = rnd.randbytes(length)
                view[off:off + length] = data
                model[pos:pos + length] = data
            expect.append((write, pos, length, off))
            iocbs.append(ctypes.create_string_buffer(struct.pack(
                '<QIiHhIQQqQII', i, 0, 2 if turn % 2 else 0,
                1 if write else 0, 0, fd, base + off, length, pos, 0, 0, 0)))
        ptrs = (ctypes.c_void_p * depth)(*map(ctypes.addressof, iocbs))
        done = 0
        while done < depth:
            n = libc.syscall(nr['submit'], ctx, depth - done,
                             ctypes.byref(ptrs, done * 8))
            assert n > 0, ctypes.get_errno()
            done += n
        events = ctypes.create_string_buffer(32 * depth)
        n = libc.syscall(nr['getevents'], ctx, depth, depth, events, None)
        assert n == depth, n
        for i in range(depth):
            data, _, res, _ = struct.unpack_from('<QQqq', events, 32 * i)
            write, pos, length, off = expect[data]
            assert res == length, (res, length)
            if not write:
                same(bytes(view[off:off + length]),
                     bytes(model[pos:pos + length]), 'aio read at %d' % pos)
    same(cached(path), bytes(model), 'after aio')
    # the file is closed, and the process ends, with requests on their way
    assert libc.syscall(nr['submit'], ctx, depth, ptrs) > 0
    os._exit(0)


def race(path):
    """truncates against direct writes: nothing is behind the end"""
    pid = os.fork()
    if not pid:
        fd = os.open(path, os.O_CREAT | os.O_RDWR | O_DIRECT)
        for i in range(40):
            dwrite(fd, b'w' * (256 << 10), (i % 4) << 18)
        os._exit(0)
    fd = os.open(path, os.O_CREAT | os.O_RDWR)
    while os.waitpid(pid, os.WNOHANG)[0] == 0:
        os.ftruncate(fd, 100000)
    os.ftruncate(fd, 100000)
    assert len(cached(path)) == 100000
    dd = os.open(path, os.O_RDWR | O_DIRECT)
    assert len(dread(dd, 1 << 20, 0)) == 100000


def changing(path):
    """memory that changes while it is written: it is sent again"""
    fd = os.open(path, os.O_CREAT | os.O_RDWR | O_DIRECT)
    shared = mmap.mmap(-1, 1 << 20)
    pid = os.fork()
    if not pid:
        for i in range(3000):
            shared[i * 337 % (1 << 20)] = i & 255
        os._exit(0)
    while os.waitpid(pid, os.WNOHANG)[0] == 0:
        assert os.pwritev(fd, [shared], 0) == 1 << 20
    assert os.pwritev(fd, [shared], 0) == 1 << 20
    same(cached(path), bytes(shared), 'at last')


def full(path):
    """no space: the writer is told, and what is there stays"""
    fd = os.open(path, os.O_CREAT | os.O_RDWR | O_DIRECT)
    pos = 0
    m = memory(4 << 20)
    try:
        while pos < 1 << 30:
            pos += os.pwritev(fd, [m], pos)
    except OSError as e:
        assert e.errno == errno.ENOSPC, e
    assert 0 < pos < 1 << 30, pos
    assert os.fstat(fd).st_size >= pos
    os.fsync(fd)
    os.close(fd)
    os.unlink(path)


def stuck(path):
    """a write that waits for a server, to be killed"""
    fd = os.open(path, os.O_RDWR | O_DIRECT)
    os.write(1, b'now\n')
    dwrite(fd, b's' * (1 << 20), 0)


test = sys.argv[1]
globals()[test](*sys.argv[2:])
