#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Layouts that users set, as a whole and component by component.

usage: layouts.py TEST DIR1 DIR2 [ARG...]

DIR1 and DIR2 are one directory on two mounts.
"""
import ctypes
import errno
import os
import random
import struct
import sys

MIB = 1 << 20
EOF = 0xffffffffffffffff
COMP, SEL, V1, V3, SPECIFIC = (0x0bd60bd0, 0x0bd80bd0, 0x0bd10bd0, 0x0bd30bd0,
                               0x0bd50bd0)
RAID0, MDT, OVER = 1, 0x100, 0x200
SETSTRIPE, SETSTRIPE_NEW, GETSTRIPE = 0x4008669A, 0xC020669A, 0x4008669B
STALE, PREF_RD, PREF_WR, INIT, NOSYNC, NEG = 1, 2, 4, 0x10, 0x20, 1 << 31
ALL = 0xffffffff
DELAY_CREATE = os.O_NOCTTY | 0o20000
LIBC = ctypes.CDLL(None, use_errno=True)
LIBC.ioctl.argtypes = [ctypes.c_int, ctypes.c_ulong, ctypes.c_void_p]


# ---- layouts ----------------------------------------------------------------

def part(size=0, count=0, first=0xffff, pattern=RAID0, pool=None, osts=None):
    magic = SPECIFIC if osts else V3 if pool is not None else V1
    out = struct.pack('<IIQQIHH', magic, pattern, 0, 0, size,
                      len(osts) if osts else count, first)
    if magic != V1:
        out += (pool or b'').ljust(16, b'\0')[:16]
    for ost in osts or ():
        out += struct.pack('<QQII', 0, 0, 0, ost)
    return out


def comp(*entries, mirrors=1, magic=COMP):
    """Of (start, end, part), each with (id, flags) behind it if need be"""
    at = 32 + 48 * len(entries)
    heads = blobs = b''
    for start, end, blob, *more in entries:
        ident, flags = more or (0, 0)
        heads += struct.pack('<IIQQIII12x', ident, flags, start, end,
                             at + len(blobs), len(blob), 0)
        blobs += blob
    return struct.pack('<IIIHHHBBIQ', magic, at + len(blobs), 0, 0,
                       len(entries), mirrors - 1, 0, 0, 0, 0) + heads + blobs


def which(ident, flags=0):
    """What names components without saying what they are like"""
    return comp((0, 0, b'', ident, flags))


THREE = comp((0, MIB, part(MIB, 1)), (MIB, 4 * MIB, part(65536, 2)),
             (4 * MIB, EOF, part(0, 3)))


def told(path):
    """(id, flags, start, end, stripe size, count) of each component"""
    ea = os.getxattr(path, 'lustre.lov')
    magic, size, _, _, n = struct.unpack_from('<IIIHH', ea)
    assert magic == COMP and size == len(ea), (hex(magic), size, len(ea))
    out = []
    for i in range(n):
        ident, flags, start, end, off, _ = struct.unpack_from(
            '<IIQQII', ea, 32 + 48 * i)
        size, count = struct.unpack_from('<IH', ea, off + 24)
        out.append((ident, flags, start, end, size, count))
    return out


def shape(path):
    return [c[2:] for c in told(path)]


# ---- calls ------------------------------------------------------------------

def bare(path):
    return os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR | DELAY_CREATE,
                   0o644)


def ioctl(fd, cmd, data):
    buf = ctypes.create_string_buffer(data, max(len(data), 1))
    if LIBC.ioctl(fd, cmd, ctypes.addressof(buf)) < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return buf.raw


def refused(want, call, *args):
    try:
        got = call(*args)
    except OSError as e:
        assert e.errno == want, '%s, not %s: %r' % (e, errno.errorcode[want],
                                                    args)
        return
    raise AssertionError('not refused with %s: %r %r' %
                         (errno.errorcode[want], args, got))


def make(path, ea):
    fd = bare(path)
    os.setxattr(path, 'lustre.lov', ea)
    return fd


def check(paths, want):
    for path in paths:
        with open(path, 'rb') as f:
            assert f.read() == want, path
        assert os.stat(path).st_size == len(want), path


# ---- tests ------------------------------------------------------------------

def wholes(d1, d2):
    """By ioctl as by attribute"""
    for i, cmd in enumerate((SETSTRIPE, SETSTRIPE_NEW)):
        path = '/w%d' % i
        fd = bare(d1 + path)
        refused(errno.ENODATA, os.getxattr, d1 + path, 'lustre.lov')
        ioctl(fd, cmd, THREE)
        assert shape(d2 + path) == shape(d1 + path)
        assert [c[1] & INIT for c in told(d1 + path)] == [INIT, 0, 0]
        refused(errno.EEXIST, ioctl, fd, cmd, THREE)
        refused(errno.EEXIST, ioctl, fd, cmd, part(MIB, 1))
        # an attribute may come along with a copy
        os.setxattr(d1 + path, 'lustre.lov', part(MIB, 1))
        os.setxattr(d1 + path, 'trusted.lov', part(MIB, 1))
        assert len(told(d1 + path)) == 3
        data = os.urandom(5 * MIB)
        assert os.pwrite(fd, data, 0) == len(data)
        check((d1 + path, d2 + path), data)
        os.close(fd)
    # all that an ioctl copies is what it was told to
    fd = bare(d1 + '/none')
    for bad in (THREE[:4] + b'\x1f\0\0\0' + THREE[8:],
                THREE[:4] + b'\xff\xff\xff\xff' + THREE[8:],
                THREE[:4] + b'\1\0\1\0' + THREE[8:],
                THREE[:14] + b'\0\0' + THREE[16:],
                THREE[:14] + b'\xff\xff' + THREE[16:],
                THREE[:56] + b'\xf8\xff\xff\xff' + THREE[60:]):
        refused(errno.EINVAL, ioctl, fd, SETSTRIPE, bad)
    os.close(fd)
    for name in ('lustre.lov', 'trusted.lov'):
        path = d1 + '/' + name
        os.close(bare(path))
        os.setxattr(path, name, THREE)
        assert [c[:2] for c in shape(path)] == [c[:2] for c in shape(d1 + '/w0')]


def defaults(d1, d2):
    """What is made in a directory, until it is taken back"""
    plain = os.path.join(d1, 'plain')
    os.mkdir(plain)
    d = os.open(d1, os.O_RDONLY | os.O_DIRECTORY)
    other = os.open(d2, os.O_RDONLY | os.O_DIRECTORY)
    sets = (lambda: ioctl(d, SETSTRIPE, THREE),
            lambda: ioctl(d, SETSTRIPE_NEW, THREE),
            lambda: os.setxattr(d1, 'lustre.lov', THREE),
            lambda: os.setxattr(d1, 'trusted.lov', THREE))
    unsets = (lambda: ioctl(d, SETSTRIPE, part(pattern=ALL)),
              lambda: os.removexattr(d1, 'lustre.lov'),
              lambda: os.removexattr(d1, 'trusted.lov'),
              lambda: os.setxattr(d1, 'lustre.lov', b''))
    n = 0
    for make_it, take_it in zip(sets, unsets):
        make_it()
        assert os.getxattr(d2, 'trusted.lov')[:16] == THREE[:16]
        for top in (d2, d1):
            n += 1
            os.close(os.open('%s/f%d' % (top, n), os.O_CREAT | os.O_WRONLY))
            assert [c[:2] for c in shape('%s/f%d' % (d1, n))] == \
                [(0, MIB), (MIB, 4 * MIB), (4 * MIB, EOF)]
            os.mkdir('%s/d%d' % (top, n))
            assert shape('%s/d%d' % (d1, n))[0][:2] == (0, MIB)
        take_it()
        for top in (d1, d2):
            refused(errno.ENODATA, os.getxattr, top, 'lustre.lov')
            n += 1
            os.close(os.open('%s/f%d' % (top, n), os.O_CREAT | os.O_WRONLY))
            assert os.getxattr('%s/f%d' % (d2, n), 'lustre.lov')[:4] != \
                THREE[:4]
    # where there is none, and what is no default
    os.removexattr(d1, 'lustre.lov')
    for bad in (part(100, 1), comp((0, MIB, part()), (2 * MIB, EOF, part()))):
        refused(errno.EINVAL, os.setxattr, d1, 'lustre.lov', bad)
        refused(errno.EINVAL, ioctl, d, SETSTRIPE, bad)
    refused(errno.ENODATA, os.getxattr, d1, 'lustre.lov')
    refused(errno.EOPNOTSUPP, os.removexattr, d1 + '/f1', 'lustre.lov')
    os.close(d)
    os.close(other)


def released(d1, d2):
    """The layout of a file whose data are in an archive, on a new one"""
    fd = bare(d1 + '/r')
    os.setxattr(d1 + '/r', 'lustre.lov',
                part(MIB, 1, pattern=RAID0 | 1 << 31))
    os.write(fd, b'here')
    check((d1 + '/r', d2 + '/r'), b'here')
    os.close(fd)
    fd = bare(d1 + '/c')
    os.setxattr(d1 + '/c', 'lustre.lov',
                comp((0, MIB, part(MIB, 1, pattern=RAID0 | 1 << 31)),
                     (MIB, EOF, part(MIB, 1, pattern=RAID0 | 1 << 31))))
    os.pwrite(fd, b'here', MIB)
    check((d1 + '/c', d2 + '/c'), bytes(MIB) + b'here')
    os.close(fd)


def errors(d1, d2):
    """What no metadata target makes (recorded, and 08 section 5)"""
    bad = {
        'stripe size': (errno.EINVAL, part(100, 1)),
        'first target': (errno.EINVAL, part(MIB, 1, 7)),
        'targets': (errno.EINVAL, part(MIB, osts=(1, 9))),
        'a target twice': (errno.EINVAL, part(MIB, osts=(1, 1))),
        'count': (errno.EINVAL, part(MIB, 2001)),
        'pool': (errno.EINVAL, part(MIB, 1, pool=b'nosuch')),
        'long pool': (errno.EINVAL, part(MIB, 1, pool=b'x' * 16)),
        'pattern': (errno.EINVAL, part(MIB, 1, pattern=2)),
        'hole': (errno.EINVAL, comp((0, MIB, part()), (2 * MIB, EOF, part()))),
        'overlap': (errno.EINVAL, comp((0, 2 * MIB, part()),
                                       (MIB, EOF, part()))),
        'backwards': (errno.EINVAL, comp((0, MIB, part()),
                                         (MIB, MIB // 2, part()))),
        'begins behind 0': (errno.EINVAL, comp((MIB, EOF, part()))),
        'ends within a stripe': (errno.EINVAL, comp(
            (0, MIB, part(2 * MIB, 1)), (MIB, EOF, part()))),
        'ends anywhere': (errno.EINVAL, comp((0, MIB + 1, part()),
                                             (MIB + 1, EOF, part()))),
        'behind the end': (errno.EINVAL, comp((0, EOF, part()),
                                              (EOF, EOF, part()))),
        'not first on an MDT': (errno.EINVAL, comp(
            (0, MIB, part()), (MIB, 2 * MIB, part(2 * MIB, pattern=MDT)))),
        'length on an MDT': (errno.EINVAL, comp(
            (0, MIB, part(MIB // 2, pattern=MDT)), (MIB, EOF, part()))),
        'pool on an MDT': (errno.EINVAL, comp(
            (0, MIB, part(MIB, pattern=MDT, pool=b'fast')),
            (MIB, EOF, part()))),
        'MDT alone': (errno.EINVAL, part(MIB, pattern=MDT)),
        'mirrors': (errno.EINVAL, comp((0, EOF, part()), (0, EOF, part()))),
        'more mirrors': (errno.EINVAL, comp((0, EOF, part()), mirrors=2)),
        'many mirrors': (errno.EINVAL, comp(
            *[(0, EOF, part(MIB, 1))] * 17, mirrors=17)),
        'stale': (errno.EOPNOTSUPP, comp((0, EOF, part(), 0, STALE))),
        'self-extending': (errno.EOPNOTSUPP, comp(
            (0, MIB, part(MIB, 1)), (MIB, EOF, part(65536, 1), 0, 0x40))),
        'cut off': (errno.ERANGE, THREE[:-1]),
        'short': (errno.ERANGE, THREE[:31]),
        'no layout': (errno.EINVAL, b'\0' * 64),
    }
    fd = bare(d1 + '/e')
    for what, (want, ea) in bad.items():
        print(what)
        refused(want, os.setxattr, d1 + '/e', 'lustre.lov', ea)
        if want != errno.ERANGE:
            refused(want, ioctl, fd, SETSTRIPE, ea)
    refused(errno.ENODATA, os.getxattr, d2 + '/e', 'lustre.lov')
    # nothing of it has done harm
    os.setxattr(d1 + '/e', 'lustre.lov', THREE)
    assert os.write(fd, b'fine') == 4
    check((d2 + '/e',), b'fine')
    os.close(fd)


def kinds(d1, d2, pool):
    """One of each kind, and what it is afterwards"""
    good = {
        'plain': part(65536, 2),
        'chosen': part(65536, osts=(2, 0)),
        'overstriped': part(65536, 8, pattern=RAID0 | OVER),
        'pool': part(MIB, 1, pool=pool.encode()),
        'no pool': part(MIB, 1, pool=b'none'),
        'all': part(65536, 0xffff),
        'dom': comp((0, 65536, part(65536, pattern=MDT)),
                    (65536, EOF, part(65536, 2))),
        'mirrors': comp((0, EOF, part(MIB, 1, 0)), (0, EOF, part(MIB, 1, 1)),
                        mirrors=2),
        'prefer': comp((0, EOF, part(MIB, 1), 0, PREF_RD)),
        'lists': comp((0, MIB, part(65536, osts=(3, 1))),
                      (MIB, EOF, part(65536, osts=(0, 2, 1)))),
        'magic': comp((0, MIB, part(MIB, 1)), (MIB, EOF, part(MIB, 1)),
                      magic=SEL),
    }
    data = os.urandom(3 * MIB)
    for how in ('ioctl', 'attribute'):
        for name, ea in good.items():
            print(how, name)
            path = '/%s %s' % (how, name)
            fd = bare(d1 + path)
            if how == 'ioctl':
                ioctl(fd, SETSTRIPE, ea)
            else:
                os.setxattr(d1 + path, 'lustre.lov', ea)
            assert os.pwrite(fd, data, 0) == len(data)
            os.close(fd)
            check((d2 + path,), data)
    assert told(d1 + '/ioctl prefer')[0][1] == PREF_RD | INIT
    assert [c[0] for c in told(d1 + '/ioctl mirrors')] == [0x10001, 0x20002]


def add(d1, d2):
    """A file that gets longer than it was to be"""
    fd = make(d1 + '/a', comp((0, MIB, part(MIB, 1))))
    other = os.open(d2 + '/a', os.O_RDWR)
    data = os.urandom(6 * MIB)
    assert os.pwrite(fd, data, 0) == MIB
    refused(errno.EFBIG, os.pwrite, other, b'x', MIB)
    one = comp((MIB, 4 * MIB, part(65536, 2)))
    # what does not fit is not taken
    for want, ea in ((errno.EINVAL, comp((2 * MIB, EOF, part()))),
                     (errno.EINVAL, comp((0, EOF, part()))),
                     (errno.EINVAL, comp((MIB, EOF, part(100, 1)))),
                     (errno.EINVAL, comp((MIB, 2 * MIB,
                                          part(2 * MIB, pattern=MDT)))),
                     (errno.EINVAL, part(MIB, 1)),
                     (errno.EINVAL, one[:56] + b'\xf8\xff\0\0' + one[60:]),
                     (errno.ERANGE, one[:-1]),
                     (errno.ERANGE, one[:20]),
                     (errno.EINVAL, one[:14] + b'\0\0' + one[16:]),
                     (errno.EINVAL, one[:14] + b'\2\0' + one[16:])):
        refused(want, os.setxattr, d1 + '/a', 'lustre.lov.add', ea)
    assert len(told(d1 + '/a')) == 1
    os.setxattr(d1 + '/a', 'lustre.lov.add', one)
    assert [c[:2] for c in shape(d2 + '/a')] == [(0, MIB), (MIB, 4 * MIB)]
    # for those who had it open, on both clients
    assert os.pwrite(other, data[MIB:2 * MIB], MIB) == MIB
    assert os.pwrite(fd, data[2 * MIB:], 2 * MIB) == 2 * MIB
    os.setxattr(d2 + '/a', 'lustre.lov.add',
                comp((4 * MIB, 5 * MIB, part(MIB, 1)),
                     (5 * MIB, EOF, part(MIB, 3))))
    assert os.pwrite(fd, data[4 * MIB:], 4 * MIB) == 2 * MIB
    assert os.pread(other, 7 * MIB, 0) == data
    check((d1 + '/a', d2 + '/a'), data)
    # it has no end any more
    refused(errno.EINVAL, os.setxattr, d1 + '/a', 'lustre.lov.add', one)
    assert sorted(set(c[0] for c in told(d1 + '/a'))) == [1, 2, 3, 4]
    os.close(other)
    os.close(fd)
    # nor can it be done to others
    os.close(make(d1 + '/plain', part(MIB, 1)))
    refused(errno.EINVAL, os.setxattr, d1 + '/plain', 'lustre.lov.add', one)
    os.close(bare(d1 + '/none'))
    refused(errno.EINVAL, os.setxattr, d1 + '/none', 'lustre.lov.add', one)
    refused(errno.EINVAL, os.setxattr, d1, 'lustre.lov.add', one)
    for name in ('lustre.lov.add', 'lustre.lov.del', 'lustre.lov.set'):
        refused(errno.EINVAL, os.removexattr, d1 + '/a', name)
        refused(errno.EOPNOTSUPP, os.getxattr, d1 + '/a', name)
    for name in ('lustre.lov.', 'lustre.lov.put', 'lustre.other',
                 'lustre.lov.addition'):
        refused(errno.EOPNOTSUPP, os.setxattr, d1 + '/a', name, one)
    refused(errno.EINVAL, os.setxattr, d1 + '/a', 'lustre.lov.set.colour',
            which(1, PREF_RD))
    refused(errno.EINVAL, os.setxattr, d1 + '/a',
            'lustre.lov.set.' + 'x' * 100, which(1, PREF_RD))
    if os.fork() == 0:
        os.setresuid(1000, 1000, 1000)
        refused(errno.EACCES, os.setxattr, d1 + '/a', 'lustre.lov.set.flags',
                which(1, PREF_RD))
        os._exit(0)
    assert os.wait()[1] == 0


def flags(d1, d2):
    """Flags of components, under the eyes of the other client"""
    fd = make(d1 + '/f', THREE)
    data = os.urandom(2 * MIB)
    os.write(fd, data)

    def seen():
        return [c[1] & ~INIT for c in told(d2 + '/f')]

    for name in ('lustre.lov.set', 'lustre.lov.set.flags'):
        os.setxattr(d1 + '/f', name, which(2, PREF_RD))
        assert seen() == [0, PREF_RD, 0], seen()
        os.setxattr(d2 + '/f', name, which(ALL, NOSYNC))
        assert seen() == [NOSYNC, NOSYNC | PREF_RD, NOSYNC], seen()
        os.setxattr(d1 + '/f', name, comp((0, 0, b'', ALL, NEG | NOSYNC),
                                          (0, 0, b'', 2, NEG | PREF_RD)))
        assert seen() == [0, 0, 0], seen()
        for want, ea in ((errno.EINVAL, which(9, PREF_RD)),
                         (errno.EINVAL, which(1, 0)),
                         (errno.EINVAL, which(1, INIT)),
                         (errno.EINVAL, which(1, NEG | INIT)),
                         (errno.ERANGE, which(1, PREF_RD)[:-1])):
            refused(want, os.setxattr, d1 + '/f', name, ea)
        assert seen() == [0, 0, 0], seen()
    # nobody lost anything of what he had in memory
    check((d2 + '/f', d1 + '/f'), data)
    os.close(fd)


def remove(d1, d2):
    """From the end on, with what is in there"""
    fd = make(d1 + '/d', THREE)
    other = os.open(d2 + '/d', os.O_RDWR)
    data = os.urandom(5 * MIB)
    os.pwrite(fd, data, 0)
    # some is in memory only, on either client
    os.pwrite(other, b'mine' * 1000, 4 * MIB)
    data = data[:4 * MIB] + b'mine' * 1000 + data[4 * MIB + 4000:]
    for ea in (which(1), which(2), which(ALL), which(7), which(ALL, INIT),
               which(1 << 31, INIT)):
        refused(errno.EINVAL, os.setxattr, d1 + '/d', 'lustre.lov.del', ea)
    check((d1 + '/d', d2 + '/d'), data)
    os.pwrite(fd, b'dirty', 4 * MIB + 70000)
    os.setxattr(d1 + '/d', 'lustre.lov.del', which(3))
    data = data[:4 * MIB]
    check((d2 + '/d', d1 + '/d'), data)
    refused(errno.EFBIG, os.pwrite, other, b'x', 4 * MIB)
    os.fsync(fd)
    os.fsync(other)
    # another one in its place
    os.setxattr(d2 + '/d', 'lustre.lov.add',
                comp((4 * MIB, EOF, part(MIB, 2))))
    assert os.pwrite(fd, b'new', 4 * MIB + 10) == 3
    check((d2 + '/d', d1 + '/d'), data + bytes(10) + b'new')
    os.truncate(d1 + '/d', 100)
    # those without objects, by what they are like
    os.close(make(d1 + '/i', THREE))
    os.setxattr(d2 + '/i', 'lustre.lov.del', which(1 << 31, INIT | NEG))
    assert [c[:3] for c in told(d1 + '/i')] == [(1, INIT, 0)]
    check((d2 + '/d', d1 + '/d'), data[:100])
    os.close(fd)
    os.close(other)


def busy(d1, d2, rounds):
    """While both clients write, components come and go."""
    fd = make(d1 + '/b', comp((0, MIB, part(65536, 2))))
    pids = []
    for path, turn in ((d1 + '/b', 0), (d2 + '/b', 1)):
        pid = os.fork()
        if pid:
            pids.append(pid)
            continue
        mine = os.open(path, os.O_RDWR)
        for i in range(int(rounds) * 4):
            at = (i * 2 + turn) % 250 * 4096
            assert os.pwrite(mine, bytes([1 + i % 255]) * 4096, at) == 4096
            assert os.pread(mine, 4096, at) == bytes([1 + i % 255]) * 4096
        os.fsync(mine)
        os._exit(0)
    for _ in range(int(rounds)):
        os.setxattr(d1 + '/b', 'lustre.lov.add',
                    comp((MIB, EOF, part(MIB, 2))))
        assert os.pwrite(fd, b'far', 3 * MIB) == 3
        os.setxattr(d2 + '/b', 'lustre.lov.set.flags', which(1, PREF_RD))
        os.setxattr(d2 + '/b', 'lustre.lov.del', which(told(d2 + '/b')[-1][0]))
        refused(errno.EFBIG, os.pwrite, fd, b'far', 3 * MIB)
    for pid in pids:
        assert os.waitpid(pid, 0)[1] == 0
    os.close(fd)
    with open(d1 + '/b', 'rb') as one, open(d2 + '/b', 'rb') as two:
        assert one.read() == two.read()


def between():
    print('now', flush=True)
    assert sys.stdin.readline() == 'go\n'


def restarted(d1, d2):
    """What was answered and not committed is done again."""
    fd = make(d1 + '/r', comp((0, MIB, part(MIB, 1))))
    os.setxattr(d1 + '/r', 'lustre.lov.add', comp((MIB, EOF, part(65536, 2))))
    os.pwrite(fd, b'there', 2 * MIB)
    os.setxattr(d1 + '/r', 'lustre.lov.set.flags', which(1, PREF_WR))
    os.setxattr(d1, 'lustre.lov', THREE)
    between()
    check((d2 + '/r', d1 + '/r'), bytes(2 * MIB) + b'there')
    assert [c[1] for c in told(d2 + '/r')] == [INIT | PREF_WR, INIT]
    with open(d2 + '/made', 'w') as f:
        f.write('x')
    assert len(told(d1 + '/made')) == 3
    os.close(fd)


def nonsense(d1, d2, seed, rounds):
    """Layouts with something wrong in them"""
    rnd = random.Random(int(seed))
    models = [THREE, part(65536, 2), part(MIB, osts=(0, 1)), which(ALL, NOSYNC),
              which(2), comp((MIB, EOF, part(MIB, 2))),
              comp((0, MIB, part(MIB, pattern=MDT)), (MIB, EOF, part())),
              comp((0, EOF, part(MIB, 1)), (0, EOF, part(MIB, 1)), mirrors=2)]
    names = ['lustre.lov', 'trusted.lov', 'lustre.lov.add', 'lustre.lov.set',
             'lustre.lov.set.flags', 'lustre.lov.del']
    d = os.open(d1, os.O_RDONLY | os.O_DIRECTORY)
    path = d1 + '/n'
    for i in range(int(rounds)):
        ea = bytearray(rnd.choice(models))
        for _ in range(rnd.randrange(4)):
            at = rnd.randrange(len(ea))
            how = rnd.randrange(4)
            if how == 0:
                ea[at] = rnd.randrange(256)
            elif how == 1:
                at &= ~3
                ea[at:at + 4] = struct.pack('<I', rnd.choice(
                    (0, 1, 7, 8, 0xffff, 0x10000, 1 << 31, ALL)))
            elif how == 2:
                del ea[at:]
                ea = ea or bytearray(b'x')
            else:
                ea += rnd.randbytes(rnd.randrange(1, 100))
        fd = -1
        try:
            fd = os.open(path, os.O_CREAT | os.O_RDWR | DELAY_CREATE)
            what = rnd.randrange(4)
            if what == 0:
                ioctl(rnd.choice((fd, fd, d)), SETSTRIPE, bytes(ea))
            else:
                os.setxattr(rnd.choice((path, path, path, d1)),
                            rnd.choice(names), bytes(ea))
            os.write(fd, b'x')
        except OSError as e:
            assert e.errno in (errno.EINVAL, errno.ERANGE, errno.EEXIST,
                               errno.EOPNOTSUPP, errno.EFAULT, errno.EFBIG,
                               errno.E2BIG, errno.EBADF, errno.ENODEV,
                               errno.ENOSPC), (e, bytes(ea))
        if fd >= 0:
            os.close(fd)
        if rnd.randrange(3) == 0:
            try:
                os.unlink(path)
            except FileNotFoundError:
                pass
    os.removexattr(d1, 'lustre.lov')
    fd = make(d1 + '/well', THREE)
    os.write(fd, b'well')
    check((d2 + '/well',), b'well')
    os.close(fd)
    os.close(d)


globals()[sys.argv[1]](*sys.argv[2:])
