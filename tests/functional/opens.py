#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Opens by names and descriptors that another client makes stale.

usage: opens.py replaced|moved|noreplace|late|gone|kept DIR SAME-DIR-OF-ANOTHER-CLIENT
"""
import ctypes
import errno
import glob
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


def kept():
    """Who reads a file again and again keeps it open, until others mind."""
    def count():
        n = 0
        for name in glob.glob('/sys/kernel/debug/lustre/*/opens_kept'):
            n += int(read(name))
        return n

    def again(path, text, times=3):
        for _ in range(times):
            assert read(path) == text

    def lctl(text):
        subprocess.run(['lctl', 'set_param', text], check=True,
                       stdout=subprocess.DEVNULL)

    def as_user(path):
        pid = os.fork()
        if not pid:
            os.setgroups([])
            os.setgid(1000)
            os.setuid(1000)
            try:
                os._exit(len(read(path)))
            except PermissionError:
                os._exit(100)
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])

    path, other = a + '/f', b + '/f'
    write(path, '#!/bin/true')
    os.chmod(path, 0o755)
    read(path)
    assert count() == 0, count()
    again(path, '#!/bin/true')
    assert count() == 1, count()
    # nobody is refused because of that, nor gets what he may not have
    again(other, '#!/bin/true')
    assert count() == 2, count()
    subprocess.run([other], check=True)
    assert as_user(path) == 11
    os.chmod(other, 0o700)
    assert as_user(path) == 100
    with open(other, 'r+') as f:
        f.write('#!/bin/bash')
    again(path, '#!/bin/bash')
    again(other, '#!/bin/bash')
    assert count() == 2, count()
    # what is removed does not live on
    os.unlink(other)
    assert count() == 0, count()
    assert not os.path.exists(path)
    # the same by rename, under a reader
    write(path, 'old')
    write(other + '2', 'new')
    again(path, 'old')
    with open(path) as f:
        os.rename(other + '2', other)
        assert f.read() == 'old'
    assert count() == 0, count()
    again(path, 'new')
    assert count() == 1, count()
    # locks go, and with them the handles
    lctl('ldlm.namespaces.*.lru_size=clear')
    assert count() == 0, count()
    again(path, 'new')
    assert count() == 1, count()
    # when memory is short, too
    for _ in range(50):
        write('/proc/sys/vm/drop_caches', '3')
        if not count():
            break
        time.sleep(0.1)
    assert count() == 0, count()
    lctl('llite.*.opencache_threshold_ms=0')
    again(path, 'new')
    assert count() == 0, count()
    lctl('llite.*.opencache_threshold_ms=3600000')
    # the server does not have to remember more and more
    names = ['%s/%d' % (a, i) for i in range(530)]
    for name in names:
        os.close(os.open(name, os.O_CREAT | os.O_WRONLY))
    for _ in range(2):
        for name in names:
            read(name)
    assert count() == 512, count()
    os.unlink(names[529])
    assert count() == 511, count()
    # directories, too
    for name in names[:-1]:
        os.unlink(name)
    assert count() == 0, count()
    for _ in range(3):
        assert os.listdir(a) == ['f'], os.listdir(a)
    assert count() == 1, count()
    os.mkdir(b + '/d')
    assert sorted(os.listdir(a)) == ['d', 'f']
    os.rmdir(b + '/d')
    os.unlink(b + '/f')
    os.rmdir(b)
    assert count() == 0, count()


os.makedirs(a, exist_ok=True)
os.chmod(a, 0o755)
globals()[mode]()
