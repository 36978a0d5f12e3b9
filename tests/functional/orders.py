#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""What 29-orders.sh and 03-two-clients.sh do to files.

usage: orders.py write FILE TEXT	open it to read and write, and write
       orders.py probe FILE		can opens of it be held?
       orders.py permission DIR SAME-DIR-OF-ANOTHER-CLIENT
       orders.py stored FILE		which may be truncated, but not at once
"""
import ctypes
import errno
import mmap
import os
import struct
import sys
import threading
import time

FAN_CLASS_CONTENT, FAN_MARK_ADD, FAN_OPEN_PERM, FAN_ALLOW = 4, 1, 0x10000, 1
libc = ctypes.CDLL(None, use_errno=True)


class Gate:
    """Opens of a file stop behind the check of its permissions: fanotify(7)"""

    def __init__(self, path):
        self.fd = libc.fanotify_init(FAN_CLASS_CONTENT, os.O_RDONLY)
        if self.fd < 0 or libc.fanotify_mark(
                self.fd, FAN_MARK_ADD, ctypes.c_uint64(FAN_OPEN_PERM), -100,
                os.fsencode(path)):
            raise OSError(ctypes.get_errno(), 'fanotify')

    def wait(self):
        event = os.read(self.fd, 24)
        self.file, = struct.unpack_from('i', event, 16)

    def let(self):
        os.write(self.fd, struct.pack('iI', self.file, FAN_ALLOW))
        os.close(self.file)


def drop():
    with open('/proc/sys/vm/drop_caches', 'w') as f:
        f.write('3')


def write(path, text):
    fd = os.open(path, os.O_RDWR)
    os.write(fd, text.encode())
    os.close(fd)


def probe(path):
    try:
        Gate(path)
    except OSError as e:
        sys.exit(str(e))


def permission(a, b):
    """
    A file is open here, and of no one else's business.  Another user is held
    behind the check of his permission, which is left to the server as nothing
    is known here, and in front of the open itself.  Then something is known.
    """
    path, other = a + '/secret', b + '/secret'
    os.mkdir(a)
    os.chmod(a, 0o755)
    with open(path, 'w') as f:
        f.write('secret')
    os.chmod(path, 0o600)
    keep = os.open(path, os.O_RDONLY)
    gate = Gate(path)
    # nothing is known of it here after that
    os.chmod(other, 0o640)
    os.chmod(other, 0o600)
    pid = os.fork()
    if not pid:
        os.setgroups([])
        os.setgid(1000)
        os.setuid(1000)
        try:
            os._exit(10 + len(os.read(os.open(path, os.O_RDONLY), 10)))
        except OSError as e:
            os._exit(0 if e.errno == errno.EACCES else 1)
    gate.wait()
    # now it is
    assert os.stat(path).st_mode & 0o777 == 0o600
    gate.let()
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    assert code == 0, 'another user read %d bytes' % (code - 10)
    assert os.read(keep, 10) == b'secret'
    os.close(keep)


def stored(path):
    """
    A store in front of the new end brings back neither what the target has
    behind it nor the size that the file had.
    """
    fd = os.open(path, os.O_CREAT | os.O_RDWR | os.O_EXCL, 0o644)
    os.pwrite(fd, b'o' * mmap.PAGESIZE, 0)
    os.fsync(fd)
    m = mmap.mmap(fd, mmap.PAGESIZE)
    drop()
    t = threading.Thread(target=os.ftruncate, args=(fd, 100))
    t.start()
    time.sleep(1)
    assert t.is_alive(), 'the truncate did not wait'
    m[50:51] = b'x'
    assert m[200:201] == b'\0', 'reads %r behind the new end' % m[200:201]
    t.join()
    for i in range(2):
        assert os.fstat(fd).st_size == 100, os.fstat(fd).st_size
        assert os.pread(fd, 4096, 49) == b'ox' + b'o' * 49
        os.fsync(fd)
        drop()
    m.close()
    os.ftruncate(fd, mmap.PAGESIZE)
    assert os.pread(fd, 4096, 99) == b'o' + bytes(mmap.PAGESIZE - 100)
    os.close(fd)
    os.unlink(path)


globals()[sys.argv[1]](*sys.argv[2:])
