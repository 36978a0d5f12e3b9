#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""System calls whose allocations fail now and then.

usage: failing.py files DIR SEED ROUNDS
       failing.py data DIR SEED ROUNDS
       failing.py mount SOURCE DIR ROUNDS

One process that neither forks nor runs programs, with its memory locked: what
fails shall be the file system, not the kernel's handling of processes, which
complains of failures by itself.  Each call may fail, none may hang or crash.
"""
import ctypes
import fcntl
import mmap
import os
import random
import struct
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


# What files are asked by ioctl, with memory for the answer
FIEMAP, GROUP_LOCK, GROUP_UNLOCK = 0xC020660B, 0x4008669E, 0x4008669F
ASKED = {
    'FS_GETVERSION': 0x80087601, 'GETVERSION': 0x80086603,
    'GETDTNAME': 0x8008667F, 'GETMDNAME': 0x80806683, 'FID2PATH': 0xC0086696,
    'GETSTRIPE': 0x4008669B, 'GETSTRIPE_NEW': 0x8020669B,
    'OBD_STATFS': 0xC00866A4, 'PATH2FID': 0x800866AD, 'MDTIDX': 0x800466AF,
    'DATA_VERSION': 0x801066DA, 'LMV_GETSTRIPE': 0xC03066F1,
    'GETFILESTRIPE': 0xC0086915, 'GETFILEINFO': 0xC1406916,
    'GETINFO': 0xC1406917,
}
AT_FDCWD, AT_EMPTY_PATH = -100, 0x1000


def checked(rc):
    if rc < 0:
        err = ctypes.get_errno()
        raise OSError(err, os.strerror(err))
    return rc


class Data:
    """Everything that can be asked of the data of a file"""

    def __init__(self, rnd):
        self.rnd = rnd
        self.bytes = rnd.randbytes(1 << 20)
        self.memory = memoryview(mmap.mmap(-1, 1 << 20))
        self.answer = bytearray(65536 + 4096)
        self.handle = ctypes.create_string_buffer(8 + 128)
        self.steps = [self.write, self.read, self.direct, self.seek, self.space,
                      self.fiemap, self.ask, self.ask, self.group, self.cut,
                      self.lock, self.attributes, self.by_handle, self.append]

    def place(self):
        return self.rnd.choice((0, 4096, 65536, 131072, 1 << 20,
                                self.rnd.randrange(3 << 20)))

    def length(self):
        return self.rnd.choice((1, 100, 4096, 70000, 300000))

    def write(self, fd):
        attempt(os.pwrite, fd, self.bytes[:self.length()], self.place())

    def read(self, fd):
        attempt(os.pread, fd, self.length(), self.place())

    def direct(self, fd):
        again = attempt(os.open, '/proc/self/fd/%d' % fd,
                        os.O_RDWR | os.O_DIRECT)
        if again is None:
            return
        part = self.memory[:self.rnd.choice((4096, 65536, 300 << 10, 5000))]
        attempt(os.pwritev, again, [part], self.place() & -4096)
        attempt(os.preadv, again, [part], self.place() & -4096)
        attempt(os.close, again)

    def append(self, fd):
        fcntl.fcntl(fd, fcntl.F_SETFL, os.O_APPEND)
        attempt(os.write, fd, self.bytes[:self.length()])
        fcntl.fcntl(fd, fcntl.F_SETFL, 0)

    def seek(self, fd):
        attempt(os.lseek, fd, self.place(), os.SEEK_DATA)
        attempt(os.lseek, fd, self.place(), os.SEEK_HOLE)

    def space(self, fd):
        mode = self.rnd.choice((0, 1, 3, 0x10, 0x11))
        attempt(lambda: checked(libc.fallocate(
            fd, mode, ctypes.c_long(self.place()),
            ctypes.c_long(self.length()))))

    def fiemap(self, fd):
        count = self.rnd.choice((0, 1, 100))
        struct.pack_into('=QQIIII', self.answer, 0, 0, (1 << 64) - 1,
                         self.rnd.choice((0, 1)), 0, count, 0)
        attempt(fcntl.ioctl, fd, FIEMAP, self.answer)

    def ask(self, fd):
        what = self.rnd.choice(list(ASKED))
        self.answer[:64] = bytes(64)
        if what == 'GETSTRIPE':
            struct.pack_into('=IIQQIHH', self.answer, 0, 0x0BD10BD0, 0, 0, 0, 0,
                             8, 0)
        elif what == 'FID2PATH':
            attempt(fcntl.ioctl, fd, ASKED['PATH2FID'], self.answer)
            struct.pack_into('=qII', self.answer, 16, -1, 0, 4096)
        attempt(fcntl.ioctl, fd, ASKED[what], self.answer)

    def group(self, fd):
        gid = self.rnd.randrange(1, 3)
        if attempt(fcntl.ioctl, fd, GROUP_LOCK, gid) is None:
            return
        self.write(fd)
        attempt(fcntl.ioctl, fd, GROUP_UNLOCK, gid)

    def cut(self, fd):
        attempt(os.ftruncate, fd, self.place())

    def lock(self, fd):
        how = self.rnd.choice((fcntl.LOCK_EX | fcntl.LOCK_NB, fcntl.LOCK_UN))
        attempt(fcntl.flock, fd, how)
        attempt(fcntl.lockf, fd, how, 10, self.place())

    def attributes(self, fd):
        attempt(os.setxattr, fd, 'user.x', self.bytes[:100])
        attempt(os.listxattr, fd)
        attempt(os.getxattr, fd, self.rnd.choice(('user.x', 'lustre.lov')))

    def by_handle(self, fd):
        struct.pack_into('=I', self.handle, 0, 128)
        mount_id = ctypes.c_int()
        if attempt(lambda: checked(libc.name_to_handle_at(
                fd, b'', self.handle, ctypes.byref(mount_id),
                AT_EMPTY_PATH))) is None:
            return
        again = attempt(lambda: checked(libc.open_by_handle_at(
            fd, self.handle, os.O_RDWR)))
        if again is not None:
            self.write(again)
            attempt(os.close, again)


def data(top, seed, rounds):
    """Files of all layouts, each of which is a directory of TOP"""
    rnd = random.Random(int(seed))
    work = Data(rnd)
    names = [os.path.join(top, d, n) for d in sorted(os.listdir(top))
             for n in 'abc']
    for step in range(int(rounds)):
        if step % 40 == 0:
            with open('/proc/sys/vm/drop_caches', 'w') as f:
                f.write('3')
        name = rnd.choice(names)
        inject(True)
        fd = attempt(os.open, name, os.O_CREAT | os.O_RDWR, 0o644)
        if fd is not None:
            for _ in range(rnd.randrange(1, 6)):
                rnd.choice(work.steps)(fd)
            if rnd.random() < .3:
                attempt(os.fsync, fd)
            attempt(os.close, fd)
        if rnd.random() < .1:
            attempt(os.unlink, name)
        inject(False)
    # nothing is stuck: what failed was said, and the next one is told the truth
    for name in names:
        fd = os.open(name, os.O_CREAT | os.O_RDWR, 0o644)
        attempt(os.fsync, fd)
        os.ftruncate(fd, 0)
        assert os.pwrite(fd, work.bytes, 12345) == len(work.bytes)
        os.fsync(fd)
        os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_DONTNEED)
        assert os.pread(fd, 1 << 21, 0) == bytes(12345) + work.bytes, name
        os.close(fd)


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
{'files': files, 'data': data, 'mount': mount}[sys.argv[1]](*sys.argv[2:])
print('%d calls, %d failed' % (calls, failed))
if not failed:
    sys.exit('no call failed: nothing was tested')
