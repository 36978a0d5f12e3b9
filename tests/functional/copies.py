#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Bytes that go from file to file without a user's buffer.

usage: copies.py FROM OTHER TO CHECK SEED ROUNDS

FROM and OTHER are one file, and TO and CHECK another one, as two clients see
them: what one client writes is copied by the other, and looked at by the first.
"""
import ctypes
import os
import random
import sys
import threading

SIZE = 1 << 20
libc = ctypes.CDLL(None, use_errno=True)


def copy_range(src, dst, at, to, n):
    done = 0
    while done < n:
        m = os.copy_file_range(src, dst, n - done, at + done, to + done)
        if not m:
            break
        done += m
    return done


def send(src, dst, at, to, n):
    os.lseek(dst, to, os.SEEK_SET)
    done = 0
    while done < n:
        m = os.sendfile(dst, src, at + done, n - done)
        if not m:
            break
        done += m
    return done


def splice(src, dst, at, to, n):
    """Through a pipe, which somebody else empties."""
    r, w = os.pipe()
    out = []

    def drain():
        pos = to
        while True:
            m = os.splice(r, dst, 1 << 16, offset_dst=pos)
            if not m:
                break
            pos += m
        out.append(pos - to)

    t = threading.Thread(target=drain)
    t.start()
    done = 0
    while done < n:
        m = os.splice(src, w, n - done, offset_src=at + done)
        if not m:
            break
        done += m
    os.close(w)
    t.join()
    os.close(r)
    assert out == [done], (out, done)
    return done


def advise(fd, rnd, size):
    """Hints: nothing is to change by them."""
    for advice in (os.POSIX_FADV_NORMAL, os.POSIX_FADV_SEQUENTIAL,
                   os.POSIX_FADV_RANDOM, os.POSIX_FADV_NOREUSE,
                   os.POSIX_FADV_WILLNEED, os.POSIX_FADV_DONTNEED):
        os.posix_fadvise(fd, rnd.randrange(size), rnd.randrange(size), advice)
    rc = libc.readahead(fd, ctypes.c_long(rnd.randrange(size)), size)
    assert rc == 0, os.strerror(ctypes.get_errno())


def main(src, other, dst, check, seed, rounds):
    rnd = random.Random(seed)
    a2, b, b2 = (os.open(p, os.O_RDWR | os.O_CREAT, 0o644)
                 for p in (other, dst, check))
    want = bytearray()
    for i in range(rounds):
        # the other client makes the source longer, shorter, and different
        size = rnd.randrange(1, SIZE)
        data = rnd.randbytes(size)
        os.ftruncate(a2, size)
        os.pwrite(a2, data, 0)
        at, n = rnd.randrange(size + 1), rnd.randrange(1, SIZE)
        to = rnd.randrange(len(want) + 70000)
        how = (copy_range, send, splice)[i % 3]
        left = min(n, size - at)
        # the kernel goes by the size that the file had when it was opened
        a = os.open(src, os.O_RDONLY)
        done = how(a, b, at, to, n)
        assert done == left, (how.__name__, size, at, n, done)
        if done:
            want.extend(bytes(max(0, to + done - len(want))))
            want[to:to + done] = data[at:at + done]
        for fd in rnd.sample((a, b, b2), 2):
            advise(fd, rnd, SIZE)
        for who, fd in (('other', b2), ('own', b)):
            got = os.pread(fd, len(want) + 1, 0)
            assert got == want, 'round %d: %s, %s: %d bytes, not %d, from %d' \
                % (i, how.__name__, who, len(got), len(want),
                   next((k for k in range(min(len(got), len(want)))
                         if got[k] != want[k]), -1))
        os.close(a)
    for p in (src, dst):
        os.unlink(p)


main(*sys.argv[1:5], int(sys.argv[5]), int(sys.argv[6]))
