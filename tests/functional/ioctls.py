#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""ioctls of files and directories.

usage: ioctls.py TEST DIR1 DIR2 [ARG...]

DIR1 and DIR2 are one directory on two mounts.
"""
import ctypes
import errno
import fcntl
import mmap
import os
import random
import re
import select
import struct
import subprocess
import sys
import time

LIBC = ctypes.CDLL(None, use_errno=True)
LIBC.mmap.restype = ctypes.c_void_p
LIBC.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int,
                      ctypes.c_int, ctypes.c_int, ctypes.c_long]
LIBC.mprotect.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]
LIBC.ioctl.argtypes = [ctypes.c_int, ctypes.c_ulong, ctypes.c_void_p]

FS_GETFLAGS, FS_SETFLAGS = 0x80086601, 0x40086602
GETVERSION = 0x80086603
FS_GETVERSION = 0x80087601
GETDTNAME = 0x8008667F
GETUUID = 0x8028667F
GETMDNAME = 0x80806683
FID2PATH = 0xC0086696
GETFLAGS = 0x80086697
SETSTRIPE = 0x4008669A
SETSTRIPE_NEW = 0xC020669A
GETSTRIPE = 0x4008669B
GETSTRIPE_NEW = 0x8020669B
GROUP_LOCK = 0x4008669E
GROUP_UNLOCK = 0x4008669F
OBD_STATFS = 0xC00866A4
GETOBDCOUNT = 0x800866A8
PATH2FID = 0x800866AD
CONNECT_FLAGS = 0xC00866AE
MDTIDX = 0x800466AF
DATA_VERSION = 0x801066DA
LMV_GETSTRIPE = 0xC03066F1
FID2MDTIDX = 0xC01066F8
LADVISE = 0x802066FA
GETPARENT = 0xC01866F9
HSM_STATE_GET = 0x802066D3
HSM_STATE_SET = 0x401866D4
HSM_REQUEST = 0x401866D9
HSM_ACTION = 0x801866DC
HSM_VERSION = 0x401066FE
GETFILESTRIPE = 0xC0086915
GETFILEINFO_V1 = 0xC0086916
GETFILEINFO_V2 = 0xC1406916
GETINFO_V1 = 0xC0086917
GETINFO_V2 = 0xC1406917
ALL = [v for k, v in list(globals().items())
       if k.isupper() and isinstance(v, int) and v > 0xffff]

V1, V3, SPECIFIC, COMP = 0x0BD10BD0, 0x0BD30BD0, 0x0BD50BD0, 0x0BD60BD0
DELAY_CREATE = os.O_NOCTTY | 0o20000
ROOM = 65536 + 4096
PAGE = mmap.PAGESIZE


# ---- calls ------------------------------------------------------------------

def call(fd, cmd, data=b'', room=ROOM):
    """What is in memory after the call, and what it returned."""
    buf = ctypes.create_string_buffer(bytes(data), max(room, len(data) + 1))
    rc = LIBC.ioctl(fd, cmd, ctypes.addressof(buf))
    if rc < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()),
                      '%#x' % cmd)
    return buf.raw, rc


def get(fd, cmd, data=b'', room=ROOM):
    return call(fd, cmd, data, room)[0]


def number(fd, cmd, value):
    """A call that takes a number, not an address"""
    if LIBC.ioctl(fd, cmd, ctypes.c_void_p(value)) < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def refused(want, fn, *args):
    try:
        got = fn(*args)
    except OSError as e:
        assert e.errno == want, '%s, not %s' % (e, errno.errorcode[want])
        return e
    raise AssertionError('not refused with %s: %s %r' %
                         (errno.errorcode[want], args[1:], got))


def text(raw):
    return raw.split(b'\0')[0].decode()


def fid_of(fd):
    return get(fd, PATH2FID, room=16)[:16]


def directory(path):
    return os.open(path, os.O_RDONLY | os.O_DIRECTORY)


# ---- identities ---------------------------------------------------------------

def fid2path(fd, fid, linkno=0, room=4096):
    raw = get(fd, FID2PATH, fid + struct.pack('=qII', -1, linkno, room),
              32 + room)
    return text(raw[32:]), struct.unpack_from('=I', raw, 24)[0]


def ino_of(fid):
    seq, oid, _ = struct.unpack('=QII', fid)
    return ((seq << 24) + ((seq >> 24) & 0xFFFFFF0000) + oid) & (1 << 64) - 1


def identity(d1, d2):
    """Files by name and by number"""
    deep = d1 + '/' + '/'.join(['deep'] * 30)
    os.makedirs(deep)
    os.mkdir(d1 + '/sub')
    os.close(os.open(deep + '/file', os.O_CREAT | os.O_WRONLY))
    os.link(deep + '/file', d1 + '/second')
    top = d1.split('/')[-1]
    d = directory(d1)
    for name in ('/second', '/sub', ''):
        fd = os.open(d1 + name, os.O_RDONLY)
        fid = fid_of(fd)
        assert ino_of(fid) == os.fstat(fd).st_ino
        version = struct.unpack_from('=I', get(fd, GETVERSION, room=4))[0]
        assert version == ino_of(fid) >> 32
        assert struct.unpack_from('=I', get(fd, FS_GETVERSION, room=4))[0] == version
        other = os.open(d2 + name, os.O_RDONLY)
        assert fid_of(other) == fid
        assert struct.unpack_from('=i', get(fd, MDTIDX, room=4))[0] == 0
        assert call(d, FID2MDTIDX, fid)[1] == 0
        if name == '/second':
            names = set()
            linkno = 0
            for _ in range(2):
                name, linkno = fid2path(d, fid, linkno)
                names.add(name)
            assert names == {top + '/second',
                             '/'.join([top] + ['deep'] * 30 + ['file'])}, names
            # just enough room, and not enough
            want, _ = fid2path(other, fid)
            assert fid2path(fd, fid, 0, len(want) + 1)[0] == want
            refused(errno.EOVERFLOW, fid2path, fd, fid, 0, len(want))
            refused(errno.EINVAL, fid2path, fd, fid, 0, 1)
        else:
            assert fid2path(fd, fid)[0] == top + name
        os.close(fd)
        os.close(other)
    os.rename(d1 + '/sub', d1 + '/renamed')
    sub = directory(d2 + '/renamed')
    assert fid2path(d, fid_of(sub))[0] == top + '/renamed'
    gone = fid_of(sub)
    os.close(sub)
    os.rmdir(d1 + '/renamed')
    refused(errno.ENOENT, fid2path, d, gone)
    refused(errno.EINVAL, fid2path, d, bytes(16))
    refused(errno.EINVAL, call, d, FID2MDTIDX, bytes(16))
    if os.fork() == 0:
        os.setresuid(1000, 1000, 1000)
        refused(errno.EPERM, fid2path, d, fid_of(d))
        os._exit(0)
    assert os.wait()[1] == 0


def parent(fd, linkno=0, room=256):
    raw = get(fd, GETPARENT, struct.pack('=QIIII', 0, 0, 0, linkno, room),
              24 + max(room, 256))
    return raw[:16], text(raw[24:])


def parents(d1, d2):
    """The names of a file, one after the other"""
    os.mkdir(d1 + '/one')
    os.mkdir(d1 + '/two')
    first = os.open(d1 + '/one/file', os.O_CREAT | os.O_RDWR)
    one, two = directory(d1 + '/one'), directory(d2 + '/two')
    assert parent(first) == (fid_of(one), 'file')
    os.link(d1 + '/one/file', d1 + '/two/' + 'x' * 255)
    fd = os.open(d2 + '/one/file', os.O_RDONLY)
    assert {parent(fd, 0), parent(fd, 1)} == {
        (fid_of(one), 'file'), (fid_of(two), 'x' * 255)}
    refused(errno.ENODATA, parent, fd, 2)
    refused(errno.ENODATA, parent, fd, 0xffffffff)
    os.unlink(d1 + '/one/file')
    assert parent(fd) == (fid_of(two), 'x' * 255)
    refused(errno.ENODATA, parent, fd, 1)
    os.rename(d2 + '/two/' + 'x' * 255, d2 + '/one/abc')
    assert parent(fd, 0, 4) == (fid_of(one), 'abc')
    for room in (0, 1, 3):
        refused(errno.EOVERFLOW, parent, fd, 0, room)
    assert parent(one) == (fid_of(directory(d1)), 'one')
    root = directory(d1 + '/..')
    refused(errno.ENODATA, parent, root)
    os.unlink(d1 + '/one/abc')
    refused(errno.ENODATA, parent, fd)
    edge = Edge()
    for short in (0, 8, 23):
        assert LIBC.ioctl(one, GETPARENT, edge.put(bytes(short))) < 0
        assert ctypes.get_errno() == errno.EFAULT
    assert LIBC.ioctl(one, GETPARENT, edge.put(
        struct.pack('=QIIII', 0, 0, 0, 0, 256) + bytes(3))) < 0
    assert ctypes.get_errno() == errno.EFAULT
    if os.fork() == 0:
        os.setresuid(1000, 1000, 1000)
        refused(errno.EPERM, parent, one)
        os._exit(0)
    assert os.wait()[1] == 0


def fsflags(fd, value=None):
    if value is not None:
        get(fd, FS_SETFLAGS, struct.pack('=I', value), 4)
    return struct.unpack_from('=I', get(fd, FS_GETFLAGS, room=4))[0]


def flags(d1, d2):
    """Of inodes, as lsattr and chattr ask for them, on two clients"""
    immutable, append, nodump, noatime, dirsync = 16, 32, 64, 128, 0x10000
    path = d1 + '/f'
    fd = os.open(path, os.O_CREAT | os.O_RDWR, 0o644)
    other = os.open(d2 + '/f', os.O_RDWR)
    assert fsflags(fd) == fsflags(other) == 0
    os.utime(path, (1, 1))
    before = os.stat(path).st_ctime
    for value in (nodump, nodump | noatime, noatime, 0):
        assert fsflags(fd, value) == value
        assert fsflags(other) == value
    assert os.stat(d2 + '/f').st_ctime >= before
    # appending only, and nothing at all, on the other client, too
    fsflags(other, append)
    refused(errno.EPERM, os.open, path, os.O_WRONLY)
    refused(errno.EPERM, os.open, d2 + '/f', os.O_WRONLY | os.O_TRUNC)
    refused(errno.EPERM, os.unlink, path)
    fd2 = os.open(path, os.O_WRONLY | os.O_APPEND)
    os.write(fd2, b'appended')
    os.close(fd2)
    fsflags(fd, immutable)
    refused(errno.EPERM, os.open, d2 + '/f', os.O_WRONLY | os.O_APPEND)
    refused(errno.EPERM, os.unlink, d2 + '/f')
    refused(errno.EPERM, os.chmod, d2 + '/f', 0o600)
    fsflags(other, 0)
    os.close(os.open(path, os.O_WRONLY))
    # of a directory
    os.mkdir(d1 + '/d')
    d = directory(d2 + '/d')
    assert fsflags(d, dirsync | nodump) == dirsync | nodump
    assert fsflags(directory(d1 + '/d')) == dirsync | nodump
    fsflags(d, immutable)
    refused(errno.EPERM, os.mkdir, d1 + '/d/sub')
    fsflags(d, 0)
    os.mkdir(d1 + '/d/sub')
    # what nobody sets, and what not everybody does
    for value in (1, 4, 0x1000, 0x80000, 0x800000, 0x40000000):
        refused(errno.EOPNOTSUPP, fsflags, fd, value)
    os.chown(path, 1000, 1000)
    for uid, value, want in ((1000, nodump, 0), (1000, immutable, errno.EPERM),
                             (1000, append, errno.EPERM),
                             (1001, noatime, errno.EPERM)):
        if os.fork() == 0:
            os.setresuid(uid, uid, uid)
            if want:
                refused(want, fsflags, fd, value)
            else:
                assert fsflags(fd, value) == value
            os._exit(0)
        assert os.wait()[1] == 0
    for tool, want in (('chattr +dA', b''), ('lsattr', b'dA')):
        done = subprocess.run(tool.split() + [path], capture_output=True)
        assert done.returncode == 0 and want in done.stdout, done
    assert fsflags(other) == nodump | noatime
    edge = Edge()
    assert LIBC.ioctl(fd, FS_SETFLAGS, edge.put(b'ab')) < 0
    assert ctypes.get_errno() == errno.EFAULT


def names(d1, d2, fsname):
    d = directory(d1)
    name = text(get(d, GETDTNAME, room=128))
    assert re.fullmatch(fsname + '-clilov-[0-9a-f]{16}', name), name
    assert text(get(d, GETMDNAME, room=128)) == name.replace('lov', 'lmv')
    with open('/sys/fs/lustre/llite/%s/uuid' % name.replace('-clilov', '')) as f:
        assert text(get(d, GETUUID, room=40)) == f.read().strip()
    for what, want in ((0, 2), (1, 1)):
        raw = get(d, GETOBDCOUNT, struct.pack('=i', what), 4)
        assert struct.unpack_from('=i', raw)[0] == want
    refused(errno.EINVAL, call, d, GETOBDCOUNT, struct.pack('=i', 2))
    flags = struct.unpack_from('=Q', get(d, CONNECT_FLAGS, room=8))[0]
    # versions, FIDs, inode bits
    assert flags & 0x20 and flags & 0x40000000 and flags & 0x1000, hex(flags)


# ---- space --------------------------------------------------------------------

def statfs(fd, kind, index, plen=144, version=0x10004):
    out = ctypes.create_string_buffer(144)
    name = ctypes.create_string_buffer(40)
    inl = ctypes.create_string_buffer(struct.pack('=II', kind, index))
    at = ctypes.addressof(inl)
    req = bytearray(576)
    struct.pack_into('=II', req, 0, 576, version)
    struct.pack_into('=IxxxxQ', req, 480, plen, ctypes.addressof(out))
    struct.pack_into('=IxxxxQ', req, 496, 40, ctypes.addressof(name))
    struct.pack_into('=IxxxxQ', req, 512, 4, at)
    struct.pack_into('=IxxxxQ', req, 528, 4, at + 4)
    get(fd, OBD_STATFS, req)
    blocks, free, _, files = struct.unpack_from('=QQQQ', out.raw, 8)
    bsize = struct.unpack_from('=I', out.raw, 88)[0]
    return text(name.raw), blocks * bsize, free * bsize, files


def space(d1, d2, fsname, absent):
    d = directory(d1)
    df = os.statvfs(d1)
    sums = [0, 0]
    for index in (0, 1):
        name, total, free, _ = statfs(d, 2, index)
        assert name == '%s-OST%04x_UUID' % (fsname, index), name
        sums = [sums[0] + total, sums[1] + free]
    assert sums[0] == df.f_blocks * df.f_frsize, (sums, df)
    assert sums[1] == df.f_bfree * df.f_frsize, (sums, df)
    name, _, _, files = statfs(d, 1, 0)
    assert name == fsname + '-MDT0000_UUID', name
    assert files >= df.f_files - df.f_ffree, (files, df)
    refused(errno.ENODEV, statfs, d, 2, 2)
    refused(errno.ENODEV, statfs, d, 1, 1)
    refused(errno.EINVAL, statfs, d, 0, 0)
    refused(errno.EINVAL, statfs, d, 2, 0, 143)
    refused(errno.EINVAL, statfs, d, 2, 0, 144, 1)
    # of the second client one target is not in use
    refused(errno.ENODATA, statfs, directory(d2), 2, int(absent))


# ---- layouts ------------------------------------------------------------------

def lum(magic=V1, size=0, count=0, offset=0xffff, objects=()):
    out = struct.pack('=IIQQIHH', magic, 1, 0, 0, size, count, offset)
    if magic != V1:
        out += bytes(16)
    for index in objects:
        out += struct.pack('=QQII', 0, 0, 0, index)
    return out


def stripes(raw):
    """Stripe size, count, and the targets of the objects that are shown."""
    magic, _, _, _, size, count, _ = struct.unpack_from('=IIQQIHH', raw)
    at = 32 if magic == V1 else 48
    return magic, size, count, [struct.unpack_from('=I', raw,
                                                   at + 24 * i + 20)[0]
                                for i in range(count)]


def delayed(path):
    return os.open(path, os.O_CREAT | os.O_WRONLY | DELAY_CREATE, 0o600)


def layouts(d1, d2, pfl):
    d = directory(d1)
    fd = delayed(d1 + '/two')
    refused(errno.ENODATA, call, fd, GETSTRIPE, lum(V1))
    refused(errno.EINVAL, call, fd, SETSTRIPE, lum(0x1234))
    refused(errno.EINVAL, call, fd, SETSTRIPE, lum(COMP))
    get(fd, SETSTRIPE, lum(V1, 1 << 20, 2))
    refused(errno.EEXIST, call, fd, SETSTRIPE, lum(V1, 1 << 20, 1))
    data = os.urandom(3 << 20)
    os.write(fd, data)
    os.close(fd)
    with open(d2 + '/two', 'rb') as f:
        assert f.read() == data
        whole = get(f.fileno(), GETSTRIPE)
        magic, size, count, osts = stripes(whole)
        assert (size, count, sorted(osts)) == (1 << 20, 2, [0, 1]), whole[:96]
        ea = os.getxattr(d2 + '/two', 'lustre.lov')
        at = 32 if magic == V1 else 48
        assert whole[at:at + 48] == ea[at:at + 48]
        # no more than there is room for
        mark = lum(V1, 0, 1) + b'\xa5' * 200
        one = get(f.fileno(), GETSTRIPE, mark)
        assert stripes(one)[:3] == (V1, 1 << 20, 2)
        assert one[32:56] == whole[at:at + 24]
        assert one[56:232] == b'\xa5' * 176
        none = get(f.fileno(), GETSTRIPE_NEW, lum(V1) + b'\xa5' * 200)
        assert none[32:232] == b'\xa5' * 200
    fd = delayed(d1 + '/chosen')
    get(fd, SETSTRIPE_NEW, lum(SPECIFIC, 1 << 16, 2, 0xffff, (1, 0)))
    assert stripes(get(fd, GETSTRIPE))[1:] == (1 << 16, 2, [1, 0])
    os.close(fd)
    # what new files in a directory get
    os.mkdir(d1 + '/dir')
    sub = directory(d1 + '/dir')
    get(sub, SETSTRIPE, lum(V3, 1 << 18, 2))
    assert stripes(get(sub, GETSTRIPE, lum(V3)))[1:3] == (1 << 18, 2)
    with open(d2 + '/dir/file', 'wb') as f:
        assert stripes(get(f.fileno(), GETSTRIPE))[1:3] == (1 << 18, 2)
    os.mkdir(d1 + '/plain')
    sub = directory(d1 + '/plain')
    refused(errno.ENODATA, call, sub, GETSTRIPE, lum(V1))
    # a composite one is shown by one component, or as a whole
    with open(pfl + '/file', 'w+b') as f:
        raw = get(f.fileno(), GETSTRIPE, lum(V3, 0, 9))
        assert stripes(raw)[:3] == (V1, 65536, 3) or \
            stripes(raw)[0] == V3, raw[:64]
        f.write(b'x')
        f.flush()
        raw = get(f.fileno(), GETSTRIPE, lum(V1, 0, 9))
        assert stripes(raw)[:3] == (V1, 1 << 20, 1), raw[:64]
        assert struct.unpack_from('=I', get(f.fileno(), GETSTRIPE))[0] == COMP
    by_name(d1, d2, d)


def by_name(d1, d2, d):
    whole = get(os.open(d1 + '/two', os.O_RDONLY), GETSTRIPE)
    raw = get(d, GETFILESTRIPE, b'two\0')
    assert raw[:96] == whole[:96]
    refused(errno.ENOENT, call, d, GETFILESTRIPE, b'none\0')
    refused(errno.ENODATA, call, d, GETFILESTRIPE, b'plain\0')
    for bad, want in ((b'', errno.EINVAL), (b'a/b', errno.EINVAL),
                      (b'..', errno.EINVAL), (b'x' * 256, errno.ENAMETOOLONG)):
        refused(want, call, d, GETFILESTRIPE, bad + b'\0')
    st = os.stat(d2 + '/two')
    os.symlink('to', d1 + '/link')
    raw = get(d, GETFILEINFO_V2, b'two\0')
    assert raw[:16] == fid_of(os.open(d1 + '/two', os.O_RDONLY))
    mode, ino = struct.unpack_from('=H2xQ', raw, 16 + 28)
    assert (mode, ino) == (st.st_mode, st.st_ino), (oct(mode), ino, st)
    size = struct.unpack_from('=I', raw, 280)[0]
    assert size == len(os.getxattr(d1 + '/two', 'lustre.lov'))
    assert raw[288:288 + 64] == whole[:64]
    raw = get(d, GETFILEINFO_V1, b'two\0')
    assert struct.unpack_from('=QQQI', raw)[1:] == \
        (st.st_ino, st.st_nlink, st.st_mode)
    assert raw[144:144 + 64] == whole[:64]
    raw = get(d, GETFILEINFO_V2, b'link\0')
    assert struct.unpack_from('=I', raw, 280)[0] == 0
    assert raw[288:320] == bytes(32)
    for cmd in (GETINFO_V2, GETFILEINFO_V2):
        raw = get(d, cmd, b'.\0')
        assert raw[:16] == fid_of(d)
    raw = get(d, GETINFO_V1)
    assert struct.unpack_from('=Q', raw, 8)[0] == os.fstat(d).st_ino
    if os.fork() == 0:
        os.chmod(d1, 0o700)
        os.setresuid(1000, 1000, 1000)
        refused(errno.EACCES, call, d, GETFILESTRIPE, b'two\0')
        os._exit(0)
    assert os.wait()[1] == 0
    os.chmod(d1, 0o755)


def lmv(magic, room=8):
    return struct.pack('=II', magic, room) + bytes(40)


def striped(d1, d2):
    """What the server says of stripes; it has one target, for all of them."""
    d = directory(d1 + '/stripes')
    raw = get(d, LMV_GETSTRIPE, lmv(0x0CD20CD0))
    magic, count, offset, hash_type = struct.unpack_from('=IIII', raw)
    assert (magic, count, offset, hash_type) == (0x0CD20CD0, 3, 0, 3), raw[:48]
    fids = {raw[48 + 24 * i:64 + 24 * i] for i in range(3)}
    assert len(fids) == 3 and bytes(16) not in fids
    assert get(d, LMV_GETSTRIPE, lmv(0x0CD20CD0, 3))[:120] == raw[:120]
    few = lmv(0x0CD20CD0, 2) + b'\xa5' * 72
    buf = ctypes.create_string_buffer(few, 4096)
    assert LIBC.ioctl(d, LMV_GETSTRIPE, ctypes.addressof(buf)) < 0
    assert ctypes.get_errno() == errno.E2BIG
    assert struct.unpack_from('=I', buf.raw, 4)[0] == 3
    assert buf.raw[48:120] == b'\xa5' * 72
    refused(errno.ENODATA, call, d, LMV_GETSTRIPE, lmv(0x0CD30CD0))
    refused(errno.EINVAL, call, d, LMV_GETSTRIPE, lmv(0x0CD40CD0))
    d = directory(d2 + '/default')
    raw = get(d, LMV_GETSTRIPE, lmv(0x0CD30CD0))
    assert struct.unpack_from('=III', raw) == (0x0CD30CD0, 2, 0xffffffff)
    refused(errno.ENODATA, call, d, LMV_GETSTRIPE, lmv(0x0CD20CD0))


# ---- versions of data -----------------------------------------------------------

def version(fd, flags=0):
    raw = get(fd, DATA_VERSION, struct.pack('=QII', 0, 0, flags), 16)
    return struct.unpack_from('=Q', raw)[0]


def versions(d1, d2, *server):
    fd = os.open(d1 + '/v', os.O_CREAT | os.O_RDWR)
    other = os.open(d2 + '/v', os.O_RDWR)
    os.write(fd, b'one')
    os.fsync(fd)
    first = version(fd)
    assert version(other) == first
    assert version(other, 1) == first
    # what the other one has cached counts for who asks for that
    os.pwrite(other, b'two', 0)
    assert version(fd) == first
    second = version(fd, 1)
    assert second != first
    assert version(fd) == second
    os.pwrite(fd, b'three', 0)
    third = version(fd, 2)
    assert third not in (first, second)
    assert os.pread(other, 9, 0) == b'three'
    refused(errno.ENOTTY, call, directory(d1), DATA_VERSION)


def advice(*what, magic=0x1ADF1CE0, count=None, flags=0):
    out = struct.pack('=IIQIIQ', magic, len(what) if count is None else count,
                      flags, 0, 0, 0)
    for kind, start, end in what:
        out += struct.pack('=HHIQQII', kind, 0, 0, start, end, 0, 0)
    return out


def ctl(server, what):
    return subprocess.run(('lustre-testserver', 'ctl', '--dir', server, what),
                          capture_output=True, check=True
                          ).stdout.decode().splitlines()


def told(d1, d2, server):
    """How a file will be used: its targets hear of it"""
    def asked():
        return sum(int(line.split()[2]) for line in ctl(server, 'stats')
                   if 'OST_LADVISE' in line)

    fd = delayed(d1 + '/two')
    get(fd, SETSTRIPE, lum(V1, 65536, 2))
    os.write(fd, bytes(1 << 20))
    for want, data in (
            (2, advice((1, 0, 1 << 20))), (1, advice((2, 0, 65536))),
            (1, advice((1, 65536, 65537), flags=1)),
            (3, advice((1, 0, 1), (2, 0, (1 << 64) - 1))),
            (2, advice((1, 1 << 30, (1 << 30) + 131072)))):
        before = asked()
        get(fd, LADVISE, data)
        assert asked() - before == want, (asked() - before, want)
    before = asked()
    for want, data in (
            (errno.EINVAL, advice((1, 5, 5))), (errno.EINVAL, advice()),
            (errno.EINVAL, advice((1, 6, 5))),
            (errno.EINVAL, advice((1, 0, 1), magic=1)),
            (errno.EINVAL, advice((1, 0, 1), count=1024)),
            (errno.EINVAL, advice((1, 0, 1), flags=4)),
            (errno.EINVAL, advice((1, 0, 1), (1, 1, 0))),
            (errno.EOPNOTSUPP, advice((3, 0, 1))),
            (errno.EOPNOTSUPP, advice((1, 0, 1), (4, 0, 1))),
            (errno.EOPNOTSUPP, advice((0, 0, 1)))):
        refused(want, call, fd, LADVISE, data)
    edge = Edge()
    assert LIBC.ioctl(fd, LADVISE, edge.put(advice((1, 0, 1), count=2))) < 0
    assert ctypes.get_errno() == errno.EFAULT
    refused(errno.ENOTTY, call, directory(d1), LADVISE, advice((1, 0, 1)))
    # where there are no objects there is nobody to tell
    none = delayed(d1 + '/none')
    get(none, LADVISE, advice((1, 0, 1)))
    assert asked() == before


# ---- what there is not, and nonsense ---------------------------------------------

def unknown(d1, d2):
    d = directory(d1)
    fd = os.open(d1 + '/u', os.O_CREAT | os.O_RDWR)
    for cmd in (GETOBDCOUNT, LMV_GETSTRIPE, GETFILESTRIPE, FID2MDTIDX):
        refused(errno.ENOTTY, call, fd, cmd)
    for cmd in (GROUP_LOCK, GROUP_UNLOCK, GETFLAGS, DATA_VERSION):
        refused(errno.ENOTTY, call, d, cmd)
    # the number of one, the size of another
    for cmd in (0x8010667F, 0x400866AD, 0xC01466F3, 0x401066D5, 0xC0B066A2):
        refused(errno.ENOTTY, call, fd, cmd)
        refused(errno.ENOTTY, call, d, cmd)
    for cmd in ALL:
        if cmd in (GROUP_LOCK, GROUP_UNLOCK):
            continue
        try:
            rc = LIBC.ioctl(d, cmd, 16)
            assert rc < 0 and ctypes.get_errno() in (errno.EFAULT, errno.ENOTTY,
                                                     errno.ENODATA), \
                (hex(cmd), rc, ctypes.get_errno())
        except OSError:
            pass


class Edge:
    """Memory that ends with a page which nobody may touch"""

    def __init__(self):
        self.at = LIBC.mmap(None, 34 * PAGE, 3, 0x22, -1, 0)
        assert LIBC.mprotect(self.at + 33 * PAGE, PAGE, 0) == 0
        self.end = self.at + 33 * PAGE

    def put(self, data):
        """Address of @data, behind which there is nothing"""
        ctypes.memmove(self.end - len(data), bytes(data), len(data))
        return self.end - len(data)


def nonsense(d1, d2, seed, rounds):
    """Random commands with random memory: nothing of it may do harm."""
    rnd = random.Random(int(seed))
    heads = [struct.pack('=I', m) for m in
             (V1, V3, SPECIFIC, COMP, 0x0CD20CD0, 0x0CD30CD0)]
    edge = Edge()
    sizes = sorted({c >> 16 & 0x3fff for c in ALL})
    # The numbers around ours, and those of all kinds
    numbers = sorted({c & 0xffff for c in ALL})
    opened = 0
    path = d1 + '/fuzz'
    os.mkdir(d1 + '/dir')
    for i in range(int(rounds)):
        if i % 200 == 0:
            if opened:
                os.close(fds[0])
                os.close(fds[1])
            fds = [os.open(path, os.O_CREAT | os.O_RDWR | os.O_NONBLOCK),
                   directory(d1 + '/dir')]
            fid = fid_of(fds[i // 200 % 2])
            opened = 1
        if rnd.randrange(3):
            cmd = rnd.choice(ALL)
        else:
            cmd = rnd.choice(numbers) | rnd.choice(sizes) << 16 | \
                rnd.randrange(4) << 30
        data = bytearray(rnd.randbytes(rnd.choice(
            (0, 1, 2, 4, 7, 8, 15, 16, 20, 30, 31, 32, 40, 47, 48, 49, 96,
             144, 288, 512, 575, 576, 577, 4096, 70000))))
        how = rnd.randrange(5)
        if how == 0:
            data[:4] = rnd.choice(heads)[:len(data)]
        elif how == 1:
            data = data[:4] and bytearray(fid + bytes(data))
            if len(data) > 32:
                data[28:32] = struct.pack('=I', rnd.choice(
                    (0, 1, 2, 100, 4096, 1 << 31, 0xffffffff)))
        elif how == 2:
            data[:] = bytes(len(data))
        elif how == 3 and len(data) >= 576:
            struct.pack_into('=II', data, 0, 576, 0x10004)
            for at in (480, 496, 512, 528):
                struct.pack_into('=I', data, at, rnd.choice((0, 4, 144, 999)))
                struct.pack_into('=Q', data, at + 8, rnd.choice(
                    (0, 8, edge.end - 4, edge.at, (1 << 64) - 16)))
        fd = fds[rnd.randrange(2)]
        LIBC.ioctl(fd, cmd, edge.put(data[:33 * PAGE]))
        if cmd in (SETSTRIPE, SETSTRIPE_NEW) and rnd.randrange(2):
            os.unlink(path)
            os.close(fds[0])
            fds[0] = delayed(path)
    for fd in fds:
        os.close(fd)
    # and all is well still
    with open(path, 'wb') as f:
        f.write(b'well')
    with open(d2 + '/fuzz', 'rb') as f:
        assert f.read() == b'well'


# ---- group locks ------------------------------------------------------------------

class Hands:
    """A process that does what it is told"""
    ours = []

    def __init__(self, path, flags=os.O_RDWR):
        self.r, theirs = os.pipe()
        mine, self.w = os.pipe()
        self.pid = os.fork()
        if self.pid:
            os.close(theirs)
            os.close(mine)
            Hands.ours.append(self.w)
            return
        # or the others would not notice that they are to end
        for fd in Hands.ours:
            os.close(fd)
        os.close(self.r)
        os.close(self.w)
        self.serve(mine, theirs, path, flags)

    @staticmethod
    def serve(inp, out, path, flags):
        fd = os.open(path, flags)
        env = {'fd': fd, 'os': os, 'fcntl': fcntl, 'lock': lock,
               'unlock': unlock, 'mmap': mmap}
        for line in os.fdopen(inp):
            try:
                answer = repr((0, eval(line, env)))
            except OSError as e:
                answer = repr((e.errno, None))
            os.write(out, answer.encode() + b'\n')
        os._exit(0)

    def start(self, what):
        os.write(self.w, what.encode() + b'\n')

    def waits(self, seconds=1.0):
        return not select.select([self.r], [], [], seconds)[0]

    def end(self, want=0):
        assert not self.waits(100), 'no answer'
        err, value = eval(os.read(self.r, 1 << 20))
        assert err == want, '%s, not %s' % (errno.errorcode.get(err, err),
                                            errno.errorcode.get(want, want))
        return value

    def do(self, what, want=0):
        self.start(what)
        return self.end(want)

    def leave(self):
        """Its descriptors are closed by its end."""
        os.close(self.w)
        Hands.ours.remove(self.w)
        os.waitpid(self.pid, 0)


def lock(fd, gid):
    number(fd, GROUP_LOCK, gid)


def unlock(fd, gid):
    number(fd, GROUP_UNLOCK, gid)


def make(path, size=3 << 20):
    with open(path, 'wb') as f:
        f.write(b'a' * size)


def wide(d1, d2):
    """A group has all of its file's objects, also those that are made for it"""
    make(d1 + '/g', 10)
    fd = os.open(d1 + '/g', os.O_RDWR)
    lock(fd, 7)
    assert os.pwrite(fd, b'x', 3 << 20) == 1
    unlock(fd, 7)
    os.close(fd)
    with open(d2 + '/g', 'rb') as f:
        assert f.read() == b'a' * 10 + bytes((3 << 20) - 10) + b'x'


def flags_of(fd):
    return struct.unpack_from('=i', get(fd, GETFLAGS, room=4))[0]


def group(d1, d2, *server):
    """As recorded: who gets one, and who does not"""
    make(d1 + '/g')
    fd = os.open(d1 + '/g', os.O_RDWR)
    assert flags_of(fd) == 0
    lock(fd, 1234)
    assert flags_of(fd) == 2
    refused(errno.EINVAL, lock, fd, 1234)
    refused(errno.EINVAL, lock, fd, 5)
    refused(errno.EINVAL, unlock, fd, 1)
    assert flags_of(fd) == 2
    unlock(fd, 1234)
    assert flags_of(fd) == 0
    refused(errno.EINVAL, unlock, fd, 1234)
    refused(errno.EINVAL, lock, fd, 0)
    lock(fd, 7)
    for d in (d1, d2):
        other = os.open(d + '/g', os.O_RDWR | os.O_NONBLOCK)
        refused(errno.EAGAIN, lock, other, 8)
        # the same group is welcome
        lock(other, 7)
        os.close(other)
    os.close(fd)


def exclude(d1, d2, *server):
    """Others wait, on both clients, for the unlock and for the close."""
    make(d1 + '/x')
    mine = Hands(d1 + '/x')
    near, far = Hands(d1 + '/x'), Hands(d2 + '/x')
    third = Hands(d1 + '/x')
    for end in ('unlock(fd, 9)', None):
        mine.do('lock(fd, 9)')
        # what the owner does goes on
        assert mine.do('os.pread(fd, 3, 5)') == b'aaa' or end is None
        mine.do('os.pwrite(fd, b"mine", 1 << 20)')
        assert mine.do('os.pread(fd, 4, 1 << 20)') == b'mine'
        near.start('os.pread(fd, 4, 1 << 20)')
        # its bytes are wanted by the owner of the lock, too
        third.start('os.pwrite(fd, b"n", (2 << 20) + 1)')
        far.start('os.pwrite(fd, b"far", (1 << 20) + 4)')
        assert near.waits()
        assert far.waits(0.1) and third.waits(0.1)
        mine.do('os.pwrite(fd, b"mm", 2 << 20)')
        # the size is told for all that
        assert os.stat(d2 + '/x').st_size == 3 << 20
        if end:
            mine.do(end)
        else:
            mine.leave()
        assert near.end() == b'mine'
        assert far.end() == 3
        assert third.end() == 1
        assert far.do('os.pread(fd, 3, 2 << 20)') == b'mna'
        assert far.do('os.pread(fd, 7, 1 << 20)') == b'minefar'
        assert near.do('os.pread(fd, 7, 1 << 20)') == b'minefar'
        if end:
            near.do('os.pwrite(fd, b"aaa", 5)')
    # another group waits, too, and gets it then
    near.do('lock(fd, 3)')
    far.start('lock(fd, 4)')
    assert far.waits()
    near.do('unlock(fd, 3)')
    far.end()
    near.start('lock(fd, 3)')
    assert near.waits()
    far.leave()
    near.end()
    near.leave()
    third.leave()


def share(d1, d2, *server):
    """Two members on two clients, each with parts of its own"""
    step = 256 << 10
    make(d1 + '/s', 0)
    one, two = Hands(d1 + '/s'), Hands(d2 + '/s')
    one.do('lock(fd, 77)')
    two.do('lock(fd, 77)')
    for i in range(0, 16, 2):
        one.do('os.pwrite(fd, bytes([%d]) * %d, %d)' % (i, step, i * step))
        two.do('os.pwrite(fd, bytes([%d]) * %d, %d)' %
               (i + 1, step, (i + 1) * step))
    # nobody lost what he had cached
    for i in range(0, 16, 2):
        assert one.do('os.pread(fd, 2, %d)' % (i * step)) == bytes([i]) * 2
    one.do('os.fsync(fd)')
    two.do('os.fsync(fd)')
    assert os.stat(d1 + '/s').st_size == 16 * step
    assert one.do('os.lseek(fd, 0, 2)') == 16 * step
    # what one appends goes behind what the other wrote
    one.do('fcntl.fcntl(fd, fcntl.F_SETFL, os.O_APPEND)')
    one.do('os.write(fd, b"last")')
    one.do('unlock(fd, 77)')
    two.do('unlock(fd, 77)')
    with open(d2 + '/s', 'rb') as f:
        for i in range(16):
            assert f.read(step) == bytes([i]) * step, i
        assert f.read() == b'last'
    one.leave()
    two.leave()


def ways(d1, d2, *server):
    """All that moves data goes on under the lock of one's own."""
    make(d1 + '/w')
    fd = os.open(d1 + '/w', os.O_RDWR)
    lock(fd, 5)
    m = mmap.mmap(fd, 1 << 20)
    assert m[9:12] == b'aaa'
    m[4096:4100] = b'mmap'
    m.flush()
    assert os.pread(fd, 4, 4096) == b'mmap'
    os.ftruncate(fd, 2 << 20)
    os.ftruncate(fd, 5 << 20)
    os.utime(fd, (1000, 1000))
    assert os.fstat(fd).st_mtime == 1000
    assert os.lseek(fd, 0, os.SEEK_DATA) == 0
    # metadata targets don't tell holes
    assert os.lseek(fd, 3 << 20, os.SEEK_HOLE) in (3 << 20, 5 << 20)
    direct = os.open(d1 + '/w', os.O_RDWR | os.O_DIRECT)
    lock(direct, 5)
    buf = mmap.mmap(-1, 65536)
    buf[:6] = b'direct'
    assert os.pwrite(direct, buf, 1 << 20) == 65536
    buf[:6] = bytes(6)
    assert os.preadv(direct, [buf], 1 << 20) == 65536
    assert buf[:6] == b'direct'
    version(fd, 2)
    os.fsync(fd)
    # a mapping outlives the descriptor that it was made with, and its lock
    unlock(fd, 5)
    os.close(direct)
    os.close(fd)
    m[8192:8196] = b'late'
    with open(d2 + '/w', 'rb') as f:
        data = f.read()
    assert data[4096:4100] == b'mmap' and data[8192:8196] == b'late'
    assert data[1 << 20:(1 << 20) + 6] == b'direct'
    assert len(data) == 5 << 20


def on_mdt(d1, d2, server):
    """Data on a metadata target go by one bit, which is the group's."""
    make(d1 + '/m', 100000)
    fd = os.open(d1 + '/m', os.O_RDWR)
    lock(fd, 3)
    held = [l for l in ctl(server, 'locks') if ' granted 64 ' in l]
    assert len([l for l in held if 'MDT0000 ' in l and
                ' type 13 ' in l and ' bits 0x40 gid 3 ' in l]) == 1, held
    assert len([l for l in held if '-OST' in l]) == 1, held
    version(fd, 2)
    os.pwrite(fd, b'x', 0)
    unlock(fd, 3)
    other = os.open(d2 + '/m', os.O_RDWR)
    assert os.pread(other, 2, 0) == b'xa'
    os.pwrite(other, b'y', 0)
    assert os.pread(fd, 1, 0) == b'y'


def between(d1, d2):
    """For something that happens from outside meanwhile"""
    print('now', flush=True)
    assert sys.stdin.readline() == 'go\n'


def restarted(d1, d2):
    make(d1 + '/r')
    mine, far = Hands(d1 + '/r'), Hands(d2 + '/r')
    mine.do('lock(fd, 6)')
    mine.do('os.pwrite(fd, b"before", 0)')
    far.start('os.pread(fd, 6, 0)')
    assert far.waits()
    between(d1, d2)
    assert far.waits()
    mine.do('os.pwrite(fd, b"after!", 0)')
    for d in (d1, d2):
        other = os.open(d + '/r', os.O_RDWR | os.O_NONBLOCK)
        refused(errno.EAGAIN, lock, other, 7)
        os.close(other)
    mine.do('unlock(fd, 6)')
    assert far.end() == b'after!'
    mine.leave()
    far.leave()


def evicted(d1, d2):
    make(d1 + '/e')
    mine, near, far = Hands(d1 + '/e'), Hands(d1 + '/e'), Hands(d2 + '/e')
    mine.do('lock(fd, 6)')
    mine.do('os.pwrite(fd, b"lost", 0)')
    between(d1, d2)
    # others get at the file
    far.do('os.pwrite(fd, b"far", 0)')
    mine.do('os.pread(fd, 3, 0)', errno.EIO)
    mine.do('os.pwrite(fd, b"no", 0)', errno.EIO)
    # until it is taken anew
    near.start('os.pread(fd, 4, 0)')
    mine.do('unlock(fd, 6)')
    assert near.end() == b'fara'
    assert mine.do('os.pread(fd, 4, 0)') == b'fara'
    mine.do('lock(fd, 6)')
    assert mine.do('os.pread(fd, 4, 0)') == b'fara'
    for hands in (mine, near, far):
        hands.leave()


if __name__ == '__main__':
    globals()[sys.argv[1]](*sys.argv[2:])
