#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Who writes to a file that is not his takes its set-id bits away.

usage: setid.py FILE
"""
import mmap
import os
import stat
import sys

path = sys.argv[1]
USER = 1234


def write():
    fd = os.open(path, os.O_WRONLY)
    os.write(fd, b'x')


def append():
    fd = os.open(path, os.O_WRONLY | os.O_APPEND)
    os.write(fd, b'x')


def trunc():
    os.open(path, os.O_WRONLY | os.O_TRUNC)


def shorten():
    os.truncate(path, 10)


def mapped():
    fd = os.open(path, os.O_RDWR)
    mmap.mmap(fd, 4096)[5:6] = b'x'


def chmod():
    try:
        os.chmod(path, 0o777)
    except PermissionError:
        return
    sys.exit('chmod by another user')


def as_user(what):
    pid = os.fork()
    if not pid:
        os.setgroups([])
        os.setgid(USER)
        os.setuid(USER)
        what()
        os._exit(0)
    if os.waitpid(pid, 0)[1]:
        sys.exit('%s failed' % what.__name__)


for what in write, append, trunc, shorten, mapped, chmod:
    for mode in 0o4777, 0o2777, 0o6777, 0o777:
        with open(path, 'wb') as f:
            f.write(b'a' * 4096)
        os.chmod(path, mode)
        as_user(what)
        got = stat.S_IMODE(os.stat(path).st_mode)
        want = mode if what is chmod else 0o777
        if got != want:
            sys.exit('%s of a file of mode %o: %o' % (what.__name__, mode,
                                                      got))
os.unlink(path)
