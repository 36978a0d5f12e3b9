#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Files that are new when the servers lose power.

usage: powercut.py make DIR dirty|written|mixed SEED COUNT
       powercut.py check DIR SEED COUNT
       powercut.py lost READY GO DIR

make    COUNT files, small ones and some large, that nobody syncs: all of their
        data still dirty, all of it written and answered, or some of each
check   ... are there, with all of their data
lost    three files whose objects do not come back: READY is made when they
        are dirty, and GO waited for; one is synced, one closed, and both have
        to fail; one has no name any more
"""
import ctypes
import errno
import os
import random
import sys
import time

libc = ctypes.CDLL(None, use_errno=True)
# most fit into the message of a write, some are bulk, some of several RPCs
SIZES = [1, 100, 1000, 4096, 5000, 9000, 16384] * 4 + [20000, 100000] + \
    [3 << 20]


def data(seed, i):
    rnd = random.Random('%s %d' % (seed, i))
    return rnd.randbytes(rnd.choice(SIZES))


def write_out(fd):
    """Write back and wait for the replies, without asking for a commit."""
    if libc.sync_file_range(fd, ctypes.c_int64(0), ctypes.c_int64(0), 7):
        raise OSError(ctypes.get_errno(), 'sync_file_range')


def make(top, how, seed, count):
    os.mkdir(top)
    for i in range(int(count)):
        fd = os.open('%s/%d' % (top, i), os.O_WRONLY | os.O_CREAT, 0o644)
        text = data(seed, i)
        # of some files the first half only
        half = len(text) // 2 if how == 'mixed' and i % 3 == 0 else 0
        os.write(fd, text[:half])
        if half:
            write_out(fd)
        os.write(fd, text[half:])
        if how == 'written' or (how == 'mixed' and i % 3 == 1):
            write_out(fd)
        os.close(fd)


def check(top, seed, count):
    bad = []
    for i in range(int(count)):
        name = '%s/%d' % (top, i)
        want = data(seed, i)
        try:
            size = os.stat(name).st_size
            with open(name, 'rb') as f:
                there = f.read()
        except OSError as e:
            bad.append('%s: %s' % (name, e.strerror))
            continue
        if there != want or size != len(want):
            bad.append('%s: %d bytes of %d, size %d%s' %
                       (name, len(there), len(want), size,
                        ', zeros' if there and not there.strip(b'\0') else ''))
    if bad:
        print('\n'.join(bad[:10]))
        sys.exit('%d of %s files lost' % (len(bad), count))


def fails(what, fd, file):
    try:
        what(fd)
    except OSError as e:
        if e.errno != errno.EIO:
            raise
        return
    sys.exit('%s of %s reported nothing' % (what.__name__, file))


def lost(ready, go, top, what):
    fds = [os.open('%s/lost%d' % (top, i), os.O_WRONLY | os.O_CREAT, 0o644)
           for i in range(3)]
    for fd in fds:
        os.write(fd, b'x' * 3000)
    other = os.open('%s/lost1' % top, os.O_WRONLY)
    os.unlink('%s/lost2' % top)
    open(ready, 'w').close()
    while not os.path.exists(go):
        time.sleep(0.2)
    fails(os.fsync, fds[0], 'lost0')
    # who wrote it hears of what somebody else found out
    fails(write_out, other, 'lost1')
    fails(os.close, fds[1], 'lost1')
    # after an eviction the MDT closes it for us, and what has no name is gone
    if what != 'thrown_out':
        fails(write_out, fds[2], 'lost2')
    os.close(other)
    os.close(fds[2])


{'make': make, 'check': check, 'lost': lost}[sys.argv[1]](*sys.argv[2:])
