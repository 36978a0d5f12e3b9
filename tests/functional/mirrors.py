#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Mirrored files: layouts, and what lies where.

usage: mirrors.py make PATH SHAPE	a file with mirrors and without data
       mirrors.py state PATH		state, and the mirrors that are in sync
       mirrors.py mark PATH DIR		each mirror, as the server in DIR has it,
					begins with its number from now on
       mirrors.py copies PATH DIR LIKE	each mirror, as the server in DIR has it, is
					as the file LIKE
       mirrors.py spoil PATH DIR	what the server in DIR has of stale components
					is rubbish from now on
       mirrors.py mmap PATH SIZE	what a map of it shows
       mirrors.py writes PATH SIZE SEED	write in all ways, check, print the sum
       mirrors.py stale PATH COMMAND	what is dirty when COMMAND runs is kept
"""
# The rest is imported where it is needed: this is begun often, and that is dear.
import mmap
import os
import struct
import sys

MIB = 1 << 20
EOF = 0xffffffffffffffff
COMP_V1, V1, V3 = 0x0bd60bd0, 0x0bd10bd0, 0x0bd30bd0
DELAY_CREATE = os.O_NOCTTY | 0o20000
STALE, PREF_RD, INIT, RDONLY = 1, 2, 0x10, 1
KEEP_SIZE, PUNCH_HOLE = 1, 2
PARTS = [(0, MIB, MIB, 1, 0, 0), (MIB, EOF, 65536, 2, 0, 0)]
WHOLE = [(0, EOF, MIB, 2, 2, 0)]
HALVES = [(0, MIB, 65536, 2, 2, 0), (MIB, EOF, MIB, 1, 3, 0)]
SHIFTED = [(0, MIB // 2, 65536, 2, 2, 0), (MIB // 2, EOF, MIB, 2, 2, 0)]
# mirrors: (start, end, stripe size, stripe count, first target, flags)
SHAPES = {
    'two': [PARTS, WHOLE],
    # the same borders in both, and others
    'halves': [PARTS, HALVES],
    'shifted': [PARTS, SHIFTED],
    'preferred': [PARTS, [c[:5] + (PREF_RD,) for c in WHOLE]],
    'three': [[(0, EOF, MIB, 1, i, 0)] for i in range(3)],
}


def wish(mirrors):
    parts = [c for m in mirrors for c in m]
    at = 32 + 48 * len(parts)
    entries = blobs = b''
    for start, end, size, count, first, flags in parts:
        entries += struct.pack('<IIQQIII12x', 0, flags, start, end,
                               at + len(blobs), 32, 0)
        blobs += struct.pack('<IIQQIHH', V1, 1, 0, 0, size, count, first)
    head = struct.pack('<IIIHHHBBIQ', COMP_V1, at + len(blobs), 0, RDONLY,
                       len(parts), len(mirrors) - 1, 0, 0, 0, 0)
    return head + entries + blobs


def told(path):
    """state, {mirror: [(flags, start, end, objects, stripe size)]}

    objects: [(target, seq, oid)]"""
    ea = os.getxattr(path, 'lustre.lov')
    magic, size, _, state, n, count = struct.unpack_from('<IIIHHH', ea)
    assert magic == COMP_V1 and size == len(ea), (hex(magic), size, len(ea))
    mirrors = {}
    for i in range(n):
        ident, flags, start, end, off, _ = struct.unpack_from(
            '<IIQQII', ea, 32 + 48 * i)
        magic, _, _, _, unit, stripes, _ = struct.unpack_from(
            '<IIQQIHH', ea, off)
        head = 48 if magic == V3 else 32
        objects = []
        for k in range(stripes if flags & INIT else 0):
            seq, oid, _, _, target = struct.unpack_from(
                '<QIIII', ea, off + head + 24 * k)
            objects.append((target, seq, oid))
        mirrors.setdefault(ident >> 16, []).append(
            (flags, start, end, objects, unit))
    assert len(mirrors) == count + 1, (len(mirrors), count)
    return state, mirrors


def make(path, shape):
    fd = os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR | DELAY_CREATE, 0o644)
    os.setxattr(path, 'lustre.lov', wish(SHAPES[shape]))
    os.close(fd)
    assert len(told(path)[1]) == len(SHAPES[shape])


def state(path):
    flr, mirrors = told(path)
    sync = [str(i) for i, m in enumerate(mirrors.values())
            if not any(c[0] & STALE for c in m)]
    print(flr, ','.join(sync))


def find(where, target, seq, oid):
    import glob
    place = '%x/%x' % (seq, oid % 32)
    there = glob.glob('%s/OST%04x/**/%s' % (where, target, place),
                      recursive=True)
    assert len(there) == 1, (target, place, there)
    return '%s/%x' % (there[0], oid)


def mark(path, where):
    for i, comps in enumerate(told(path)[1].values()):
        for obj in comps[0][3][:1]:
            fd = os.open(find(where, *obj), os.O_WRONLY)
            os.pwrite(fd, b'%d' % i, 0)
            os.close(fd)


def spoil(path, where):
    for comps in told(path)[1].values():
        for flags, _, _, objects, _ in comps:
            for obj in objects if flags & STALE else ():
                fd = os.open(find(where, *obj), os.O_WRONLY)
                os.pwrite(fd, b'?' * (3 * MIB), 0)
                os.close(fd)


def copies(path, where, like):
    with open(like, 'rb') as f:
        want = f.read()
    for i, comps in told(path)[1].items():
        got = bytearray()
        for _, start, end, objects, unit in comps:
            for k, obj in enumerate(objects):
                with open(find(where, *obj), 'rb') as f:
                    data = f.read()
                for n in range(0, len(data), unit):
                    at = (n // unit * len(objects) + k) * unit
                    part = data[n:n + unit]
                    assert at < end, (i, obj, at)
                    # a component is striped as if it was the whole file
                    before = min(len(part), max(0, start - at))
                    assert not any(part[:before]), (i, obj, at)
                    part, at = part[before:], at + before
                    if not part:
                        continue
                    got.extend(bytes(max(0, at + len(part) - len(got))))
                    got[at:at + len(part)] = part
        assert len(got) == len(want), (i, len(got), len(want))
        assert got == want, 'mirror %d differs at %d' % (i, next(
            n for n in range(len(want)) if got[n] != want[n]))


def mapped(path, size):
    with open(path, 'rb') as f:
        m = mmap.mmap(f.fileno(), int(size), prot=mmap.PROT_READ)
        sys.stdout.buffer.write(m[:])


def writes(path, size, seed):
    """One write, or truncate, of each kind begins with mirrors in sync, or not"""
    import ctypes
    import hashlib
    import random

    libc = ctypes.CDLL(None, use_errno=True)
    rnd = random.Random(int(seed))
    size = int(size)
    with open(path, 'rb') as f:
        model = bytearray(f.read())
    fd = os.open(path, os.O_RDWR)
    direct = os.open(path, os.O_RDWR | os.O_DIRECT)
    memory = memoryview(mmap.mmap(-1, MIB))

    def put(off, data):
        model.extend(bytes(max(0, off + len(data) - len(model))))
        model[off:off + len(data)] = data

    def cached():
        off, data = rnd.randrange(size), rnd.randbytes(100000)
        assert os.pwrite(fd, data, off) == len(data)
        put(off, data)

    def past():
        off, data = rnd.randrange(size // 4096) * 4096, rnd.randbytes(300000)
        memory[:len(data)] = data
        assert os.pwritev(direct, [memory[:len(data)]], off) == len(data)
        put(off, data)

    def append():
        a = os.open(path, os.O_WRONLY | os.O_APPEND)
        data = rnd.randbytes(5000)
        assert os.write(a, data) == len(data)
        os.close(a)
        put(len(model), data)

    def store():
        off = rnd.randrange(len(model))
        m = mmap.mmap(fd, len(model))
        m[off] = 65
        m.close()
        model[off] = 65

    def cut():
        end = rnd.randrange(1, size)
        os.ftruncate(fd, end)
        del model[end:]
        model.extend(bytes(end - len(model)))

    def punch():
        off = rnd.randrange(len(model))
        end = min(len(model), off + 100000)
        rc = libc.fallocate(fd, PUNCH_HOLE | KEEP_SIZE, ctypes.c_long(off),
                            ctypes.c_long(end - off))
        assert not rc, os.strerror(ctypes.get_errno())
        model[off:end] = bytes(end - off)

    for what in rnd.sample([cached, past, append, store, cut, punch], 6):
        if os.fstat(fd).st_size:
            what()
        assert os.fstat(fd).st_size == len(model), what
        assert os.pread(fd, len(model) + 1, 0) == model, what
    os.close(fd)
    os.close(direct)
    print(hashlib.md5(model).hexdigest())


def stale(path, *command):
    import subprocess

    fd = os.open(path, os.O_RDWR)
    data = os.urandom(200000)
    os.pwrite(fd, data, 1000)
    print(subprocess.run(command, check=True, stdout=subprocess.PIPE,
                         text=True).stdout)
    os.fsync(fd)
    assert os.pread(fd, len(data), 1000) == data
    os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_DONTNEED)
    assert os.pread(fd, len(data), 1000) == data
    os.close(fd)


{'make': make, 'state': state, 'mark': mark, 'spoil': spoil, 'copies': copies,
 'mmap': mapped, 'writes': writes, 'stale': stale}[sys.argv[1]](*sys.argv[2:])
