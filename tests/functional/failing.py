#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""System calls whose allocations fail now and then.

usage: failing.py files DIR SEED ROUNDS
       failing.py mount SOURCE DIR ROUNDS

One process that neither forks nor runs programs, with its memory locked: what
fails shall be the file system, not the kernel's handling of processes, which
complains of failures by itself.  Each call may fail, none may hang or crash.
"""
import ctypes
import os
import random
import sys

libc = ctypes.CDLL(None, use_errno=True)
calls = failed = 0


# Opened while nothing fails: opening it to switch the failures off could fail.
switch = os.open('/proc/self/make-it-fail', os.O_WRONLY)


def inject(on):
    os.pwrite(switch, b'1' if on else b'0', 0)


def attempt(what, *args):
    global calls, failed
    calls += 1
    try:
        return what(*args)
    except OSError:
        failed += 1
        return None


def write(path, data, chunk):
    fd = attempt(os.open, path, os.O_CREAT | os.O_RDWR, 0o644)
    if fd is None:
        return
    for i in range(0, len(data), chunk):
        attempt(os.write, fd, data[i:i + chunk])
    attempt(os.fsync, fd)
    attempt(os.pread, fd, chunk, 0)
    attempt(os.ftruncate, fd, len(data) // 2)
    attempt(os.close, fd)


def read(path):
    fd = attempt(os.open, path, os.O_RDONLY)
    if fd is not None:
        while attempt(os.read, fd, 65536):
            pass
        attempt(os.close, fd)


def files(top, seed, rounds):
    rnd = random.Random(int(seed))
    names = [os.path.join(top, n) for n in 'abcdef']
    data = rnd.randbytes(512 << 10)
    steps = [
        lambda: attempt(os.listdir, top),
        lambda: attempt(os.mkdir, rnd.choice(names)),
        lambda: write(rnd.choice(names), data[:100], 100),
        lambda: write(rnd.choice(names), data, 65536),
        lambda: read(rnd.choice(names)),
        lambda: attempt(os.rename, rnd.choice(names), rnd.choice(names)),
        lambda: attempt(os.symlink, 'x', rnd.choice(names)),
        lambda: attempt(os.readlink, rnd.choice(names)),
        lambda: attempt(os.stat, rnd.choice(names)),
        lambda: attempt(os.statvfs, top),
        lambda: attempt(os.unlink, rnd.choice(names)),
        lambda: attempt(os.rmdir, rnd.choice(names)),
    ]
    inject(True)
    for _ in range(int(rounds)):
        rnd.choice(steps)()
    inject(False)


def mount(source, where, rounds):
    def check(rc):
        if rc:
            raise OSError(ctypes.get_errno(), 'call')

    inject(True)
    for _ in range(int(rounds)):
        attempt(lambda: check(libc.mount(source.encode(), where.encode(),
                                         b'lustre', 0, None)))
        attempt(os.listdir, where)
        for _ in range(3):
            attempt(lambda: check(libc.umount2(where.encode(), 0)))
    inject(False)


# now and for the future: no page fault fails on the way
if libc.mlockall(3):
    sys.exit('mlockall failed')
{'files': files, 'mount': mount}[sys.argv[1]](*sys.argv[2:])
print('%d calls, %d failed' % (calls, failed))
if not failed:
    sys.exit('no call failed: nothing was tested')
