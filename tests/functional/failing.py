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
import time

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
    'GETINFO': 0xC1406917, 'HSM_STATE_GET': 0x802066D3,
    'HSM_ACTION': 0x801866DC, 'GETPARENT': 0xC01866F9, 'LADVISE': 0x802066FA,
    'FS_GETFLAGS': 0x80086601, 'FS_SETFLAGS': 0x40086602,
}
SETSTRIPE, HSM_STATE_SET, HSM_REQUEST = 0x4008669A, 0x401866D4, 0x401866D9
COMP_V1, V1 = 0x0bd60bd0, 0x0bd10bd0


def layout(*comps):
    """A composite layout: (start, end, stripe size, stripe count, id, flags)"""
    at = 32 + 48 * len(comps)
    heads = parts = b''
    for start, end, size, count, ident, flags in comps:
        heads += struct.pack('<IIQQIII12x', ident, flags, start, end,
                             at + len(parts), 32, 0)
        parts += struct.pack('<IIQQIHH', V1, 1, 0, 0, size, count, 0xffff)
    return struct.pack('<IIIHHHBBIQ', COMP_V1, at + len(parts), 0, 0,
                       len(comps), 0, 0, 0, 0, 0) + heads + parts


WISHES = [layout((0, 1 << 20, 65536, 2, 0, 0), (1 << 20, 4 << 20, 0, 1, 0, 0)),
          layout((0, 2 << 20, 65536, 1, 0, 0))]
# What can be done to the components of those, and of others
CHANGES = [('add', layout((2 << 20, (1 << 64) - 1, 65536, 2, 0, 0))),
           ('add', layout((4 << 20, (1 << 64) - 1, 0, 1, 0, 0))),
           ('set', layout((0, 0, 0, 0, 1, 2))),
           ('set.flags', layout((0, 0, 0, 0, 0xffffffff, 0x80000020))),
           ('set.flags', layout((0, 0, 0, 0, 1, 0x20)))]
SET_LEASE, GET_LEASE = 0xC00C66F3, 0x66F4
SET_MIRROR, SWAP_LAYOUTS = 0x400866B1, 0x402066DB
AT_FDCWD, AT_EMPTY_PATH = -100, 0x1000
DELAY_CREATE = os.O_NOCTTY | 0o20000


def checked(rc):
    if rc < 0:
        err = ctypes.get_errno()
        raise OSError(err, os.strerror(err))
    return rc


class Data:
    """Everything that can be asked of the data of a file"""

    def __init__(self, rnd, top):
        self.rnd = rnd
        self.top = os.fsencode(top)
        self.bytes = rnd.randbytes(1 << 20)
        self.memory = memoryview(mmap.mmap(-1, 1 << 20))
        self.answer = bytearray(65536 + 4096)
        self.handle = ctypes.create_string_buffer(8 + 128)
        self.steps = [self.write, self.read, self.direct, self.seek, self.space,
                      self.fiemap, self.ask, self.ask, self.group, self.cut,
                      self.lock, self.attributes, self.by_handle, self.append,
                      self.archive, self.archive, self.components,
                      self.release, self.lease, self.unnamed]

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
        elif what == 'GETPARENT':
            struct.pack_into('=I', self.answer, 20, 256)
        elif what == 'LADVISE':
            struct.pack_into('=IIQIIQHHIQQ', self.answer, 0, 0x1ADF1CE0, 1, 0,
                             0, 0, 0, 1, 0, 0, 0, 1 << 21)
        elif what == 'FS_SETFLAGS':
            struct.pack_into('=I', self.answer, 0, self.rnd.choice((0, 0x40)))
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

    def lease(self, fd):
        """Taken, and given up for nothing, or for what does not make sense"""
        for mode, flags in ((self.rnd.choice((1, 2)), 0),
                            (2, self.rnd.choice((0, 1))), (4, 2), (4, 0)):
            attempt(fcntl.ioctl, fd, SET_LEASE,
                    struct.pack('=III20x', mode, flags, 0))
            attempt(fcntl.ioctl, fd, GET_LEASE)

    def unnamed(self, fd):
        """A file without a name gets the data, or becomes a mirror"""
        path = b'%s/.\x0c\x13\x14\x12:VOLATILE::%08X' % (
            self.top, self.rnd.getrandbits(32))
        flags = self.rnd.choice((os.O_CREAT, os.O_CREAT | DELAY_CREATE,
                                 os.O_TMPFILE))
        if flags == os.O_TMPFILE:
            path = self.top
        other = attempt(os.open, path, flags | os.O_EXCL | os.O_RDWR, 0o600)
        if other is None:
            return
        self.write(other)
        if self.rnd.random() < .5:
            attempt(fcntl.ioctl, fd, SWAP_LAYOUTS,
                    struct.pack('=QIIQQ', 0, other, 0, 0, 0))
            # what it was is gone with the other one
            attempt(fcntl.ioctl, other, SWAP_LAYOUTS,
                    struct.pack('=QIIQQ', 0, fd, 0, 0, 0))
        else:
            attempt(fcntl.ioctl, fd, SET_LEASE, struct.pack('=III', 1, 0, 0))
            attempt(fcntl.ioctl, fd, SET_LEASE,
                    struct.pack('=IIII', 4, 4, 1, other))
            attempt(fcntl.ioctl, fd, SET_MIRROR, self.rnd.choice((1, 2)))
            self.read(fd)
            self.write(fd)
            attempt(fcntl.ioctl, fd, SET_MIRROR, 0)
        attempt(os.close, other)

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

    def archive(self, fd):
        """Any of what can be done with an archive; most are wanted back"""
        if attempt(fcntl.ioctl, fd, ASKED['PATH2FID'], self.answer) is None:
            return
        fid = bytes(self.answer[:16])
        for action in self.rnd.choice(((10, 12), (10, 12), (12,), (11,), (13,),
                                       (14,))):
            struct.pack_into('=IIQII', self.answer, 0, action, 0, 0, 2, 5)
            for at in (24, 56):
                self.answer[at:at + 16] = fid
                struct.pack_into('=QQ', self.answer, at + 16, 0, (1 << 64) - 1)
            attempt(fcntl.ioctl, fd, HSM_REQUEST, self.answer)
            attempt(os.fsync, fd)
            time.sleep(0.01)
        struct.pack_into('=IIQQ', self.answer, 0, 3, 0, 1, 2)
        attempt(fcntl.ioctl, fd, HSM_STATE_SET, self.answer)
        self.read(fd)

    def release(self, fd):
        """A file that nobody has open is left to the archive, and read again"""
        path = self.top + b'/released'
        own = attempt(os.open, path, os.O_CREAT | os.O_RDWR, 0o600)
        if own is None:
            return
        attempt(os.pwrite, own, self.bytes[:100000], 0)
        attempt(os.fsync, own)
        told = attempt(fcntl.ioctl, own, ASKED['PATH2FID'], self.answer)
        fid = bytes(self.answer[:16])
        os.close(own)
        top = attempt(os.open, self.top, os.O_RDONLY)
        for action in (10, 12) if None not in (told, top) else ():
            struct.pack_into('=IIQII', self.answer, 0, action, 0, 0, 1, 0)
            self.answer[24:40] = fid
            struct.pack_into('=QQ', self.answer, 40, 0, (1 << 64) - 1)
            attempt(fcntl.ioctl, top, HSM_REQUEST, self.answer)
            time.sleep(0.03)
        if top is not None:
            os.close(top)
        own = attempt(os.open, path, os.O_RDONLY)
        if own is not None:
            self.read(own)
            os.close(own)

    def components(self, fd):
        name, value = self.rnd.choice(CHANGES)
        attempt(os.setxattr, fd, 'lustre.lov.' + name, value)
        attempt(os.setxattr, fd, self.rnd.choice(('lustre.lov', 'trusted.lov')),
                self.rnd.choice(WISHES))

    def wish(self, fd):
        """For a file that was opened for that"""
        ea = self.rnd.choice(WISHES)
        if self.rnd.randrange(2):
            attempt(os.setxattr, fd, 'lustre.lov', ea)
        else:
            attempt(fcntl.ioctl, fd, SETSTRIPE, bytearray(ea))

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
    work = Data(rnd, top)
    names = [os.path.join(top, d, n) for d in sorted(os.listdir(top))
             for n in 'abc']
    for step in range(int(rounds)):
        if step % 40 == 0:
            with open('/proc/sys/vm/drop_caches', 'w') as f:
                f.write('3')
        name = rnd.choice(names)
        inject(True)
        wished = '/wished/' in name
        fd = attempt(os.open, name, os.O_CREAT | os.O_RDWR |
                     (DELAY_CREATE if wished else 0), 0o644)
        if fd is not None:
            if wished:
                work.wish(fd)
            for _ in range(rnd.randrange(1, 6)):
                rnd.choice(work.steps)(fd)
            if rnd.random() < .3:
                attempt(os.fsync, fd)
            attempt(os.close, fd)
        if rnd.random() < .1:
            attempt(os.unlink, name)
        inject(False)
    # what is under way ends
    time.sleep(0.5)
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
