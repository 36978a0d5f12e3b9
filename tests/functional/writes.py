#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Writes that the server has answered but not committed when something happens.

usage: writes.py READY GO replay FILE OTHER SEED
       writes.py READY GO storm FILE OTHER SEED
       writes.py READY GO fsync|close|leave|written FILE

READY is made when the writes are out, then GO is waited for.

replay  random writes and truncates over a crash of the server; then another
        client, which sees the same file as OTHER, must read all of it
storm   for 12 seconds, with errors because of evictions, and until a round
        goes well; what the last good fsync covered must be there in the end
fsync   ... is expected to fail with EIO, and not for ever
close   ... is expected to fail with EIO
leave   more is written, which stays dirty
written nothing more
"""
import ctypes
import errno
import os
import random
import sys
import time

libc = ctypes.CDLL(None, use_errno=True)
MAX = 5 << 20


def write_out(fd):
    """Write back and wait for the replies, without asking for a commit."""
    if libc.sync_file_range(fd, ctypes.c_int64(0), ctypes.c_int64(0), 7):
        raise OSError(ctypes.get_errno(), 'sync_file_range')


def happen(ready, go):
    open(ready, 'w').close()
    while not os.path.exists(go):
        time.sleep(0.2)


class Model:
    def __init__(self, path, seed):
        self.rnd = random.Random(seed)
        self.fd = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        self.data = bytearray()

    def write(self):
        # some fit into the message, some need several RPCs
        length = self.rnd.choice((1, 100, 4096, 5000, 70000, 1 << 20, 2 << 20))
        off = self.rnd.randrange(MAX - length)
        if self.rnd.random() < 0.5:
            off &= ~4095
        data = self.rnd.randbytes(length)
        if off > len(self.data):
            self.data += bytes(off - len(self.data))
        self.data[off:off + length] = data
        while data:
            n = os.pwrite(self.fd, data, off)
            data = data[n:]
            off += n

    def truncate(self):
        size = self.rnd.randrange(MAX)
        os.ftruncate(self.fd, size)
        self.data += bytes(max(size - len(self.data), 0))
        del self.data[size:]

    def some(self, n):
        for _ in range(n):
            if self.rnd.random() < 0.15:
                self.truncate()
            else:
                self.write()
            if self.rnd.random() < 0.4:
                write_out(self.fd)


def replay(ready, go, path, other, seed):
    m = Model(path, int(seed))
    m.some(25)
    write_out(m.fd)
    # written again, but not out yet: newer than what will be replayed
    for _ in range(m.rnd.randrange(3)):
        m.write()
    happen(ready, go)
    if m.rnd.random() < 0.5:
        m.some(5)
    with open(other, 'rb') as f:
        there = f.read()
    if there != m.data:
        where = next((i for i, (a, b) in enumerate(zip(there, m.data))
                      if a != b), min(len(there), len(m.data)))
        sys.exit('%s: %d bytes, %d expected, first difference at %d' %
                 (other, len(there), len(m.data), where))
    os.close(m.fd)


def fails(what, *args):
    try:
        what(*args)
    except OSError as e:
        if e.errno != errno.EIO:
            raise
        return
    sys.exit('%s reported nothing' % what.__name__)


def lost(ready, go, how, path):
    fd = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    os.write(fd, random.Random(1).randbytes(3 << 20))
    write_out(fd)
    happen(ready, go)
    if how == 'fsync':
        fails(os.fsync, fd)
        # the targets notice one after the other: perhaps a second time
        time.sleep(1)
        try:
            os.fsync(fd)
        except OSError:
            os.fsync(fd)
        os.close(fd)
    elif how == 'close':
        fails(os.close, fd)
    else:
        if how == 'leave':
            os.write(fd, b'x' * 100000)
        os.close(fd)


def read_all(path):
    """The first call after an eviction may find out, and fail."""
    for last in [False] * 20 + [True]:
        try:
            with open(path, 'rb') as f:
                return f.read()
        except OSError:
            if last:
                raise
            time.sleep(0.5)


def storm(path, other, seed):
    rnd = random.Random(seed)
    block, count = 40000, 40
    ever = [{0} for _ in range(count)]      # stamps that a block may have
    end = time.monotonic() + 12
    good = bad = stamp = 0
    fd = None
    over = False
    # The last round is a good one that began when the time was over: an
    # eviction may be found out by any call, also by the last fsync.
    while not over:
        over = time.monotonic() > end
        try:
            if fd is None:
                fd = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
            new = {}
            for _ in range(rnd.randrange(20)):
                i = rnd.randrange(count)
                stamp = stamp % 250 + 1
                ever[i].add(stamp)
                new[i] = stamp
                os.pwrite(fd, bytes([stamp]) * block, i * block)
            os.fsync(fd)
            good += 1
            for i, s in new.items():
                ever[i] = {s}
        except OSError as e:
            if e.errno not in (errno.EIO, errno.ESTALE, errno.EBADF,
                               errno.ENOTCONN, errno.ESHUTDOWN) or \
                    time.monotonic() > end + 60:
                raise
            bad += 1
            over = False
            if fd is not None:
                try:
                    os.close(fd)
                except OSError:
                    pass
                fd = None
            time.sleep(0.1)
    os.close(fd)
    print('%s: %d times well, %d errors' % (path, good, bad))
    data = read_all(other).ljust(block * count, b'\0')
    for i in range(count):
        b = data[i * block:(i + 1) * block]
        if not set(b) <= ever[i]:
            sys.exit('%s: block %d is %s, may be %s' %
                     (other, i, sorted(set(b)), sorted(ever[i])))


if sys.argv[3] == 'storm':
    storm(*sys.argv[4:6], int(sys.argv[6]))
elif sys.argv[3] == 'replay':
    replay(sys.argv[1], sys.argv[2], *sys.argv[4:])
else:
    lost(*sys.argv[1:])
