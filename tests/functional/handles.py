#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""File handles: name_to_handle_at(2), open_by_handle_at(2).

usage: handles.py take FILE MOUNT PATH...	remember handles of these
       handles.py open FILE MOUNT		they lead to what they led to
       handles.py moved FILE MOUNT PATH...	and so they do under these names
       handles.py refused FILE MOUNT		what is no handle is refused
       handles.py stale FILE MOUNT		they lead nowhere any more
"""
import ctypes
import errno
import json
import os
import struct
import sys

LUSTRE = 0x97
SIZE = 32
AT_EMPTY_PATH = 0x1000
O_PATH = 0o10000000
libc = ctypes.CDLL(None, use_errno=True)


def take(path, room=SIZE):
    """(type, bytes in hexadecimal)"""
    buf = ctypes.create_string_buffer(struct.pack('Ii', room, 0), 8 + 128)
    mount = ctypes.c_int()
    if libc.name_to_handle_at(-100, os.fsencode(path), buf,
                              ctypes.byref(mount), 0):
        size, = struct.unpack_from('I', buf)
        raise OSError(ctypes.get_errno(), 'room for %d, wants %d' %
                      (room, size))
    size, kind = struct.unpack_from('Ii', buf)
    return kind, buf.raw[8:8 + size].hex()


def open_by(mount, kind, handle, flags=os.O_RDONLY):
    data = bytes.fromhex(handle)
    buf = struct.pack('Ii', len(data), kind) + data
    at = os.open(mount, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fd = libc.open_by_handle_at(at, buf, flags)
        if fd < 0:
            raise OSError(ctypes.get_errno(), 'open by handle')
        return fd
    finally:
        os.close(at)


def fails(code, call, *args):
    try:
        call(*args)
    except OSError as e:
        assert e.errno == code, (e, code)
    else:
        raise SystemExit('worked: %s' % (args,))


def describe(st):
    return [st.st_ino, st.st_mode, st.st_size]


def check(mount, h):
    link = h['stat'][1] & 0o170000 == 0o120000
    fd = open_by(mount, h['kind'], h['handle'],
                 O_PATH | os.O_NOFOLLOW if link else os.O_RDONLY)
    assert describe(os.fstat(fd)) == h['stat'], h['path']
    if h['text']:
        assert os.read(fd, 100) == b'text\n', h['path']
    if h['names'] is not None:
        assert sorted(os.listdir(fd)) == h['names'], h['path']
        # its name is found again, on the way to the root
        assert os.readlink('/proc/self/fd/%d' % fd).startswith(mount), h['path']
    return fd


mode, file, mount, paths = sys.argv[1], sys.argv[2], sys.argv[3], sys.argv[4:]
if mode == 'take':
    have = []
    for path in paths:
        full = os.path.join(mount, path)
        fails(errno.EOVERFLOW, take, full, SIZE - 4)
        kind, handle = take(full)
        assert kind & 0xff == LUSTRE and len(handle) == 2 * SIZE, (kind, handle)
        st = os.lstat(full)
        have.append({'path': path, 'kind': kind, 'handle': handle,
                     'stat': describe(st), 'text': path.endswith('/f'),
                     'names': sorted(os.listdir(full))
                     if os.path.isdir(full) else None})
    with open(file, 'w') as f:
        json.dump(have, f)
    sys.exit()

with open(file) as f:
    have = json.load(f)
if mode == 'open':
    for h in have:
        os.close(check(mount, h))
elif mode == 'moved':
    for path in paths:
        h = [h for h in have
             if os.path.basename(h['path']) == os.path.basename(path)][0]
        fd = check(mount, h)
        if h['names'] is not None:
            name = os.readlink('/proc/self/fd/%d' % fd)
            assert name == os.path.join(mount, path), name
        assert os.path.samestat(os.fstat(fd), os.stat(os.path.join(mount, path)))
        os.close(fd)
elif mode == 'refused':
    good = bytes.fromhex(have[0]['handle'])
    for kind, data in ((LUSTRE, good[:16]), (LUSTRE, bytes(SIZE)),
                       (LUSTRE, b'\xff' * SIZE), (1, good),
                       (LUSTRE, good[:8] + struct.pack('<II', 0x7777777, 0) + bytes(16))):
        fails(errno.ESTALE, open_by, mount, kind, data.hex())
elif mode == 'stale':
    for h in have:
        if h['path']:
            fails(errno.ESTALE, open_by, mount, h['kind'], h['handle'])
