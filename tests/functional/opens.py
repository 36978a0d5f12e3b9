#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Opens by names and descriptors that another client makes stale.

usage: opens.py replaced|moved|noreplace|late|gone DIR SAME-DIR-OF-ANOTHER-CLIENT
"""
import ctypes
import errno
import os
import subprocess
import sys
import threading
import time

mode, a, b = sys.argv[1:]


def write(path, text):
    with open(path, 'w') as f:
        f.write(text)


def read(path):
    with open(path) as f:
        return f.read()


def replaced():
    """A name leads to another file now, the old one is still open here."""
    write(a + '/f', 'old')
    fd = os.open(a + '/f', os.O_RDONLY)
    os.link(b + '/f', b + '/keep')
    write(b + '/g', 'new')
    os.rename(b + '/g', b + '/f')
    # owner and mode of the old one are known again, its name is not
    assert os.fstat(fd).st_nlink == 1
    assert read(a + '/f') == 'new'
    assert read(a + '/keep') == 'old'
    os.close(fd)


def moved():
    """What is reached by no name needs none."""
    os.mkdir(a + '/d')
    write(a + '/d/f', 'text')
    os.chdir(a + '/d')
    fd = os.open('f', os.O_RDONLY)
    os.rename(b + '/d/f', b + '/d/g')
    os.rename(b + '/d', b + '/e')
    d = os.open('.', os.O_RDONLY | os.O_DIRECTORY)
    assert os.listdir(d) == ['g'], os.listdir(d)
    assert read('/proc/self/fd/%d' % fd) == 'text'
    os.rename(b + '/e', b + '/d')
    assert os.listdir('/proc/self/fd/%d' % d) == ['g']
    os.unlink(b + '/d/g')
    assert read('/proc/self/fd/%d' % fd) == 'text'
    os.close(fd)
    os.close(d)


def noreplace():
    """What is known to be missing is not, any more."""
    libc = ctypes.CDLL(None, use_errno=True)
    write(a + '/src', 'src')
    assert not os.path.exists(a + '/dst')
    write(b + '/dst', 'dst')
    rc = libc.renameat2(-100, os.fsencode(a + '/src'), -100,
                        os.fsencode(a + '/dst'), 1)
    assert rc == -1 and ctypes.get_errno() == errno.EEXIST, ctypes.get_errno()
    assert read(b + '/dst') == 'dst'
    assert read(b + '/src') == 'src'
    os.unlink(b + '/dst')
    rc = libc.renameat2(-100, os.fsencode(a + '/src'), -100,
                        os.fsencode(a + '/dst'), 1)
    assert rc == 0, ctypes.get_errno()


def gone():
    """A working directory that another client has removed"""
    os.mkdir(a + '/d')
    os.chdir(a + '/d')
    os.rmdir(b + '/d')
    for _ in range(2):
        for call in (lambda: os.mkdir('x'), lambda: os.stat('x'),
                     lambda: os.open('x', os.O_CREAT | os.O_WRONLY)):
            try:
                call()
                raise SystemExit('worked')
            except FileNotFoundError:
                pass
    # the name leads to another one, which is not dead
    os.mkdir(b + '/d')
    os.mkdir(a + '/d/x')


def late():
    """A reply that comes late and without a lock is not the latest news."""
    def delay(opcode):
        subprocess.run(['lustre-testserver', 'ctl', '--dir', '/run/server',
                        'fault', 'delay:%d:1:2500' % opcode], check=True,
                       stdout=subprocess.DEVNULL)

    path = a + '/f'
    write(path, 'text')
    assert read(path) == 'text'
    assert os.stat(path).st_mode & 0o777 == 0o644
    delay(101)
    opener = threading.Thread(target=read, args=(path,))
    opener.start()
    time.sleep(0.5)
    os.chmod(b + '/f', 0o600)
    assert os.stat(path).st_mode & 0o777 == 0o600
    opener.join()
    assert os.stat(path).st_mode & 0o777 == 0o600

    delay(36)
    linker = threading.Thread(target=os.link, args=(path, a + '/g'))
    linker.start()
    time.sleep(0.5)
    assert os.stat(path).st_nlink == 2
    linker.join()
    assert os.stat(path).st_nlink == 2


os.makedirs(a, exist_ok=True)
os.chmod(a, 0o755)
globals()[mode]()
