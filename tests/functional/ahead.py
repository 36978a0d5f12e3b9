#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Listings whose attributes are asked for ahead.

usage: ahead.py make DIR N
           N files f00..., each as many bytes long as its number
       ahead.py follow DIR SAME-DIR-OF-ANOTHER-CLIENT
           what is known ahead is never older than what another client did
       ahead.py list DIR [READY GO]
           the size of each file is right; after a quarter of them READY is
           made and GO is waited for.  GO may hold the names of errors that may
           come up while the client finds out what has happened; then they end
"""
import errno
import os
import sys
import time


def make(d, n):
    os.makedirs(d)
    for i in range(int(n)):
        with open('%s/f%03d' % (d, i), 'wb') as f:
            f.write(b'x' * i)


def names_of(fd, n=None):
    """Names in the order of the directory, which stays open"""
    with os.scandir(fd) as it:
        names = [e.name for e in it]
    assert len(set(names)) == len(names) and names, names
    assert n is None or len(names) == n, names
    return names


def follow(a, b):
    make(b, 40)
    fd = os.open(a, os.O_RDONLY)
    names = names_of(fd, 40)

    # In order: from now on what follows is known ahead.
    for n in names[:4]:
        assert os.stat(n, dir_fd=fd).st_mode & 0o777 == 0o644, n

    inode = {n: os.stat(b + '/' + n).st_ino for n in names}
    os.chmod(b + '/' + names[5], 0o600)
    os.unlink(b + '/' + names[6])
    os.unlink(b + '/' + names[7])
    os.mkdir(b + '/' + names[7])
    os.rename(b + '/' + names[9], b + '/' + names[8])
    os.link(b + '/' + names[10], b + '/linked')
    with open(b + '/' + names[12], 'ab') as f:
        f.write(b'y' * 5000)
    os.truncate(b + '/' + names[13], 7)
    os.utime(b + '/' + names[14], (1, 2))
    # and by ourselves
    os.chmod(a + '/' + names[11], 0o640)
    os.truncate(a + '/' + names[15], 3000)

    assert os.stat(names[5], dir_fd=fd).st_mode & 0o777 == 0o600
    for gone in (names[6], names[9]):
        try:
            os.stat(gone, dir_fd=fd)
        except FileNotFoundError:
            continue
        sys.exit('%s is still there' % gone)
    assert os.path.isdir(a + '/' + names[7])
    assert os.stat(names[8], dir_fd=fd).st_ino == inode[names[9]]
    assert os.stat(names[10], dir_fd=fd).st_nlink == 2
    assert os.stat(names[11], dir_fd=fd).st_mode & 0o777 == 0o640
    assert os.stat(names[12], dir_fd=fd).st_size == int(names[12][1:]) + 5000
    assert os.stat(names[13], dir_fd=fd).st_size == 7
    assert os.stat(names[14], dir_fd=fd).st_mtime == 2
    assert os.stat(names[15], dir_fd=fd).st_size == 3000
    # one behind the other, each changed just before its turn
    for i, n in enumerate(names[16:]):
        os.chmod(b + '/' + n, 0o400 + i)
        os.truncate(b + '/' + n, 100 + i)
        st = os.stat(n, dir_fd=fd)
        assert (st.st_mode & 0o777, st.st_size) == (0o400 + i, 100 + i), n
        assert st.st_ino == inode[n], n


def size_of(fd, n, allowed):
    """The size of a file, asked for again for a while after allowed errors"""
    for _ in range(60):
        try:
            return os.stat(n, dir_fd=fd).st_size
        except OSError as e:
            if e.errno not in allowed:
                raise
        time.sleep(0.3)
    return os.stat(n, dir_fd=fd).st_size


def list_all(d, ready=None, go=None):
    fd = os.open(d, os.O_RDONLY)
    names = names_of(fd)
    allowed = []
    for i, n in enumerate(names):
        if ready and i == len(names) // 4:
            open(ready, 'w').close()
            while not os.path.exists(go):
                time.sleep(0.1)
            allowed = [getattr(errno, e) for e in open(go).read().split()]
        size = size_of(fd, n, allowed)
        assert size == int(n[1:]), (n, size)


{'make': make, 'follow': follow, 'list': list_all}[sys.argv[1]](*sys.argv[2:])
