#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Replies whose status is no errno: no call may end with one.

usage: oddstatus.py DIR SERVERDIR

DIR is on the client; SERVERDIR is the test server's, which is told what to
answer.  Each status in each place, and then calls of all kinds: none may end
with something that user space does not know, or pass for a pointer.
"""
import os
import subprocess
import sys

top, server = sys.argv[1:]
STATUSES = (-5000, -4095, -529, -512, 70000, 4294967296)
PLACES = ('status:101', 'result:101', 'status:36', 'status:35', 'status:44',
          'status:4', 'result:4', 'status:63', 'result:63')


def ctl(*args):
    subprocess.run(('lustre-testserver', 'ctl', '--dir', server) + args,
                   check=True, stdout=subprocess.DEVNULL)


def path(name):
    return os.path.join(top, name)


def names():
    for name in os.listdir(top):
        os.stat(path(name))


def write():
    fd = os.open(path('new'), os.O_CREAT | os.O_RDWR)
    try:
        os.write(fd, b'x' * 5000)
        os.fsync(fd)
    finally:
        os.close(fd)


CALLS = (
    names,
    write,
    lambda: os.open(path('none'), os.O_RDONLY),
    lambda: os.mkdir(path('dir')),
    lambda: os.chmod(path('a'), 0o600),
    lambda: os.getxattr(path('b'), 'trusted.x'),
    lambda: os.rename(path('c'), path('c2')),
    lambda: os.unlink(path('d')),
)


def begin():
    for name in 'abcdef':
        open(path(name), 'w').close()
    with open('/proc/sys/vm/drop_caches', 'w') as f:
        f.write('2')


def end():
    ctl('clear')
    for entry in list(os.scandir(top)):
        if entry.is_dir(follow_symlinks=False):
            os.rmdir(entry.path)
        else:
            os.unlink(entry.path)


for status in STATUSES:
    for place in PLACES:
        begin()
        ctl('fault', f'{place}:3:{status}')
        for number, call in enumerate(CALLS):
            try:
                call()
            except OSError as e:
                if not 0 < e.errno < 512:
                    sys.exit(f'{place} {status}: call {number}: errno {e.errno}')
        end()
