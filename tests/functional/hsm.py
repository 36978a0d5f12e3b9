#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Files and their archive, by ioctl.

usage: hsm.py TEST DIR1 DIR2 [ARG...]

DIR1 and DIR2 are one directory on two mounts.
"""
import ctypes
import errno
import mmap
import os
import struct
import subprocess
import sys
import time

STATE_GET, STATE_SET, ACTION = 0x802066D3, 0x401866D4, 0x801866DC
REQUEST, HSM_VERSION = 0x401866D9, 0x401066FE
COPYTOOL = (0x401866D5, 0x400866D6, 0x400866D7, 0x401866D8, 0xC03066F5)
PATH2FID, DATA_VERSION = 0x800866AD, 0x801066DA
EXISTS, DIRTY, RELEASED, ARCHIVED, NORELEASE, NOARCHIVE, LOST = (
    1 << i for i in range(7))
NONE, ARCHIVE, RESTORE, RELEASE, REMOVE, CANCEL = 1, 10, 11, 12, 13, 14
LIBC = ctypes.CDLL(None, use_errno=True)
LIBC.ioctl.argtypes = [ctypes.c_int, ctypes.c_ulong, ctypes.c_void_p]
LIBC.mmap.restype = ctypes.c_void_p
LIBC.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int,
                      ctypes.c_int, ctypes.c_int, ctypes.c_long]
LIBC.mprotect.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]


# ---- calls ------------------------------------------------------------------

def raw(fd, cmd, address):
    if LIBC.ioctl(fd, cmd, address) < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def ioctl(fd, cmd, data=b'', room=64):
    buf = ctypes.create_string_buffer(bytes(data), max(room, len(data)))
    raw(fd, cmd, ctypes.addressof(buf))
    return buf.raw


def refused(want, call, *args):
    try:
        got = call(*args)
    except OSError as e:
        assert e.errno == want, '%s, not %s' % (e, errno.errorcode[want])
        return
    raise AssertionError('not refused with %s: %.200r %r' %
                         (errno.errorcode[want], args, got))


def opened(path, flags=os.O_RDONLY):
    class Opened:
        def __enter__(self):
            self.fd = os.open(path, flags, 0o644)
            return self.fd

        def __exit__(self, *_):
            os.close(self.fd)
    return Opened()


def fid(path):
    with opened(path) as fd:
        return ioctl(fd, PATH2FID)[:16]


def state(path):
    with opened(path) as fd:
        return struct.unpack_from('=II', ioctl(fd, STATE_GET))


def action(path):
    with opened(path) as fd:
        return struct.unpack_from('=IIQQ', ioctl(fd, ACTION))


def change(path, on=0, off=0, archive=0, valid=None):
    if valid is None:
        valid = 1 * bool(on) | 2 * bool(off) | 4 * bool(archive)
    with opened(path) as fd:
        ioctl(fd, STATE_SET, struct.pack('=IIQQ', valid, archive, on, off))


def request(top, what, fids, archive=0, flags=0, data=b'', count=None,
            length=None):
    req = struct.pack('=IIQII', what, archive, flags,
                      len(fids) if count is None else count,
                      len(data) if length is None else length)
    for one in fids:
        req += one + struct.pack('=QQ', 0, (1 << 64) - 1)
    with opened(top) as fd:
        ioctl(fd, REQUEST, req + data)


def make(path, data):
    with open(path, 'wb') as f:
        f.write(data)
    return fid(path)


def until(what, seconds=20):
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, 'it did not happen'
        time.sleep(0.02)


def archived(top, paths, fids):
    request(top, ARCHIVE, fids)
    for path in paths:
        until(lambda: state(path)[0] & ARCHIVED)


def released(top, paths, fids):
    os.sync()
    request(top, RELEASE, fids)
    for path in paths:
        until(lambda: state(path)[0] & RELEASED)


# ---- tests ------------------------------------------------------------------

def states(d1, d2):
    """As recorded: what a file is to its archive"""
    p, q = d1 + '/s', d2 + '/s'
    make(p, b'data')
    assert state(p) == state(q) == (0, 0)
    assert action(p) == (1, NONE, 0, 0)
    change(p, EXISTS | ARCHIVED)
    assert state(p) == state(q) == (EXISTS | ARCHIVED, 0)
    change(q, DIRTY | NORELEASE)
    assert state(p)[0] == EXISTS | ARCHIVED | DIRTY | NORELEASE
    change(p, 0, NORELEASE | DIRTY)
    assert state(q)[0] == EXISTS | ARCHIVED
    change(p, archive=7)
    assert state(q) == (EXISTS | ARCHIVED, 7)
    change(p, NOARCHIVE, EXISTS | ARCHIVED)
    assert state(q)[0] == NOARCHIVE
    # what cannot be
    refused(errno.EINVAL, change, p, DIRTY)
    refused(errno.EPERM, change, p, RELEASED)
    refused(errno.EINVAL, change, p, 0x80)
    refused(errno.EINVAL, change, p, 1 << 40)
    refused(errno.EINVAL, change, p, 0, 0, 0, 8)
    refused(errno.EINVAL, change, d1, NORELEASE)
    assert state(q)[0] == NOARCHIVE
    # its owner may say something of it, others nothing
    os.chown(p, 1000, 1000)
    for uid, want in ((1000, 0), (1001, errno.EPERM)):
        if os.fork() == 0:
            os.setresuid(uid, uid, uid)
            assert state(p)[0] == NOARCHIVE
            if want:
                refused(want, change, p, NORELEASE)
            else:
                change(p, NORELEASE)
                change(p, 0, NORELEASE)
            refused(errno.EPERM, change, p, EXISTS)
            refused(errno.EPERM, change, p, 0, 0, 3)
            refused(errno.EPERM, request, d1, ARCHIVE, [fid(p)])
            with opened(p) as fd:
                refused(errno.EPERM, ioctl, fd, HSM_VERSION, bytes(16))
            os._exit(0)
        assert os.wait()[1] == 0
    with opened(p) as fd:
        refused(errno.EINVAL, ioctl, fd, HSM_VERSION, bytes(16))
        change(p, EXISTS)
        version = ioctl(fd, DATA_VERSION)[:16]
        ioctl(fd, HSM_VERSION, version)
    assert 'trusted.hsm' in os.listxattr(p)


def cycle(d1, d2):
    """Archived, released, wanted back, and what comes between"""
    p, q = d1 + '/c', d2 + '/c'
    data = os.urandom(300001)
    f = make(p, data)
    refused(errno.EPERM, request, d1, RELEASE, [f])
    archived(d1, [p], [f])
    assert state(q) == (EXISTS | ARCHIVED, 1)
    released(d2, [q], [f])
    assert state(p) == (EXISTS | ARCHIVED | RELEASED, 1)
    assert os.stat(q).st_size == len(data)
    refused(errno.EPERM, change, p, 0, EXISTS)
    refused(errno.EPERM, request, d1, REMOVE, [f])
    # on demand, or because somebody reads
    request(d1, RESTORE, [f])
    until(lambda: not state(q)[0] & RELEASED)
    with open(q, 'rb') as one, open(p, 'rb') as two:
        assert one.read() == two.read() == data
    assert state(p) == (EXISTS | ARCHIVED, 1)
    released(d1, [p], [f])
    with open(q, 'rb') as one:
        assert one.read() == data
    # who writes makes the copy old
    with open(p, 'r+b') as one:
        one.write(b'new')
    assert state(q)[0] == EXISTS | ARCHIVED | DIRTY
    refused(errno.EPERM, request, d1, RELEASE, [f])
    request(d1, ARCHIVE, [f], archive=3)
    until(lambda: not state(q)[0] & DIRTY)
    assert state(q)[1] == 3
    os.truncate(q, 100)
    assert state(p)[0] & DIRTY
    request(d1, ARCHIVE, [f])
    until(lambda: not state(q)[0] & DIRTY)
    change(p, NORELEASE)
    refused(errno.EPERM, request, d1, RELEASE, [f])
    change(p, NOARCHIVE, NORELEASE)
    refused(errno.EPERM, request, d1, ARCHIVE, [f])
    request(d1, REMOVE, [f])
    assert state(q)[0] == NOARCHIVE
    with open(q, 'rb') as one:
        assert one.read() == b'new' + data[3:100]
    # emptied while the archive has it
    change(p, 0, NOARCHIVE)
    archived(d1, [p], [f])
    released(d1, [p], [f])
    os.truncate(q, 0)
    assert state(p)[0] == EXISTS | ARCHIVED | DIRTY


def batch(d1, d2, count):
    """Many files by one request"""
    paths = ['%s/b%d' % (d1, i) for i in range(int(count))]
    fids = [make(p, p.encode()) for p in paths]
    archived(d1, paths, fids)
    released(d1, paths, fids)
    request(d2, RESTORE, fids, data=b'quickly')
    for p in paths:
        until(lambda: not state(p)[0] & RELEASED)
        with open(p.replace(d1, d2), 'rb') as f:
            assert f.read() == p.encode()
    # one that cannot be: none is done, but for releases, which are one by one
    gone = fids[0][:8] + b'\xff\xff\xff\x0f\0\0\0\0'
    change(paths[-1], NORELEASE)
    refused(errno.EPERM, request, d1, RELEASE, fids)
    assert state(paths[0])[0] & RELEASED
    assert not state(paths[-1])[0] & RELEASED
    refused(errno.ENOENT, request, d1, RESTORE, fids + [gone])
    assert state(paths[0])[0] & RELEASED
    refused(errno.ESTALE, request, d1, RELEASE, [gone])
    # what is done already
    request(d1, RELEASE, fids[:1])
    # nobody is at a file that is released, nor has it open
    request(d1, RESTORE, fids[:1])
    until(lambda: not state(paths[0])[0] & RELEASED)
    for d in (d1, d2):
        with open(paths[0].replace(d1, d), 'rb') as f:
            f.read()
            refused(errno.EBUSY, request, d1, RELEASE, fids[:1])
    released(d1, paths[:1], fids[:1])


def cancel(d1, d2):
    """What is under way, and is not wanted any more"""
    p, q = d1 + '/x', d2 + '/x'
    f = make(p, b'wait for me')
    request(d1, ARCHIVE, [f])
    assert action(q)[1] == ARCHIVE and action(q)[0] != 1, action(q)
    request(d2, CANCEL, [f])
    assert action(p) == (1, NONE, 0, 0)
    assert state(p)[0] == 0
    archived(d1, [p], [f])
    released(d1, [p], [f])
    pid = os.fork()
    if pid == 0:
        try:
            open(q, 'rb').read()
        except OSError as e:
            os._exit(e.errno)
        os._exit(0)
    until(lambda: action(p)[1] == RESTORE)
    # as often as it asks again
    while os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
        request(d1, CANCEL, [f])
        time.sleep(0.05)
    assert os.waitstatus_to_exitcode(os.wait()[1]) == errno.ENODATA
    assert state(q)[0] & RELEASED
    with open(q, 'rb') as one:
        assert one.read() == b'wait for me'


def none(d1, d2):
    """Nobody is there who does it"""
    f = make(d1 + '/n', b'x')
    for what in (ARCHIVE, RESTORE, REMOVE, CANCEL):
        refused(errno.EAGAIN, request, d1, what, [f])
    refused(errno.EPERM, request, d1, RELEASE, [f])
    assert state(d2 + '/n') == (0, 0)


def nonsense(d1, d2):
    """Lengths that are not true, and who is not served"""
    p = d1 + '/o'
    f = make(p, b'x')
    refused(errno.EINVAL, request, d1, ARCHIVE, [])
    for what in (0, NONE, 9, 15, 0xffffffff):
        refused(errno.EINVAL, request, d1, what, [f])
    for count in (0xffffffff, 0x8000000, 2081):
        refused(errno.E2BIG, request, d1, ARCHIVE, [f], 0, 0, b'', count)
    for length in (0xffffffff, 0xffffffe0, 66561):
        refused(errno.E2BIG, request, d1, ARCHIVE, [f], 0, 0, b'', 1, length)
    # as much as there can be
    request(d1, CANCEL, [f] * 2080)
    refused(errno.EINVAL, request, d1, ARCHIVE, [bytes(16)])
    refused(errno.EINVAL, request, d1, ARCHIVE, [fid(d1)])
    with opened(d1) as fd:
        size = 4 * mmap.PAGESIZE
        at = LIBC.mmap(None, size, 3, 0x22, -1, 0)
        edge = at + size - mmap.PAGESIZE
        assert LIBC.mprotect(edge, mmap.PAGESIZE, 0) == 0
        req = struct.pack('=IIQII', ARCHIVE, 0, 0, 1, 0) + f + \
            struct.pack('=QQ', 0, (1 << 64) - 1)
        for n in range(0, len(req), 8):
            ctypes.memmove(edge - n, req[:n], n)
            refused(errno.EFAULT, raw, fd, REQUEST, edge - n)
        ctypes.memmove(edge - len(req), req, len(req))
        raw(fd, REQUEST, edge - len(req))
        for cmd, room in ((STATE_GET, 32), (ACTION, 24)):
            refused(errno.EFAULT, raw, fd, cmd, edge - room + 1)
            raw(fd, cmd, edge - room)
        refused(errno.EFAULT, raw, fd, STATE_SET, edge - 8)
        for cmd in COPYTOOL:
            refused(errno.EOPNOTSUPP, ioctl, fd, cmd)
    with opened(p) as fd:
        for cmd in COPYTOOL:
            refused(errno.EOPNOTSUPP, ioctl, fd, cmd)
    until(lambda: state(p)[0] & ARCHIVED)


def restarted(d1, d2):
    """What was answered and not committed is done again."""
    p = d1 + '/r'
    f = make(p, b'x')
    change(p, EXISTS | ARCHIVED | NORELEASE, archive=9)
    print('now', flush=True)
    assert sys.stdin.readline() == 'go\n'
    assert state(d2 + '/r') == (EXISTS | ARCHIVED | NORELEASE, 9)


def let_go(top, *paths):
    """The archive has them, nobody else."""
    fids = [fid(p) for p in paths]
    archived(top, paths, fids)
    released(top, paths, fids)


def poke(path):
    """Everything once, whatever comes of it"""
    for call in (lambda: state(path), lambda: action(path), lambda: fid(path),
                 lambda: change(path, EXISTS | ARCHIVED),
                 lambda: request(path, ARCHIVE, [fid(path)]),
                 lambda: request(path, RELEASE, [fid(path)]),
                 lambda: state(path), lambda: open(path, 'rb').read(),
                 lambda: request(path, CANCEL, [fid(path)]),
                 lambda: ioctl(os.open(path, os.O_RDONLY), HSM_VERSION,
                               bytes(16))):
        try:
            call()
        except OSError:
            pass


def hostile(top, server):
    """Answers that are none: each call ends, and with an error of this world"""
    path = top + '/hostile'
    f = make(path, b'x')

    def ctl(*args):
        subprocess.run(('lustre-testserver', 'ctl', '--dir', server) + args,
                       check=True, stdout=subprocess.DEVNULL)

    def version():
        with opened(path) as fd:
            ioctl(fd, HSM_VERSION, bytes(16))

    def component():
        os.setxattr(path, 'lustre.lov.set.flags', b'\xd0\x0b\xd6\x0b\x50' +
                    bytes(9) + b'\1' + bytes(65))

    def link():
        with opened(top) as fd:
            ioctl(fd, 0xC01866F9, struct.pack('=QIIII', 0, 0, 0, 0, 256), 300)

    # what needs an answer, and how much of it
    calls = ((54, lambda: state(path), 216 + 32),
             (56, lambda: action(path), 216 + 24),
             (55, lambda: change(path, EXISTS), 0),
             (58, lambda: request(top, REMOVE, [f]), 0),
             (64, version, 0), (36, component, 0), (49, link, 216))
    kinds = ['truncate:1', 'truncate:8', 'truncate:40', 'oversize:4096',
             'oversize:524288', 'magic', 'buflen', 'zero', 'garbage', 'fuzz:1',
             'fuzz:77', 'fuzz:4711'] + \
        ['status:%d' % s for s in (-5000, -529, -512, -11, -2, 70000)]
    change(path, EXISTS)
    for opc, call, need in calls:
        for kind in kinds:
            what, _, arg = kind.partition(':')
            ctl('fault', '%s:%d:1:%s' % (what, opc, arg or 0))
            try:
                call()
                assert what != 'truncate' or not need, (opc, kind)
            except OSError as e:
                assert 0 < e.errno < 512, (opc, kind, e)
            ctl('clear')
    change(path, EXISTS)
    assert state(path)[0] == EXISTS


if __name__ == '__main__':
    globals()[sys.argv[1]](*sys.argv[2:])
