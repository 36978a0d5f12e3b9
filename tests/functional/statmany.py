#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Many files of a directory, looked at in some order.

usage: statmany.py make DIR N
           N files f0000..., each as many bytes long as its number
       statmany.py empty DIR N
           N empty files, by mknod()
       statmany.py sizes DIR N
           N empty files that are looked at as soon as all are made
       statmany.py remove DIR N, statmany.py refill DIR N
           every seventh of those that make made
       statmany.py look DIR N ORDER
           the size of each is right; ORDER is
           count     by number
           holes     by number, every seventh is missing and told to be
           random    in no order
           sorted    as a shell's *, after the directory was read and closed
           inode     by inode number, likewise
           listed    as listed, likewise
       statmany.py fail DIR N
           by number, and calls may fail: what they say is right all the same
       statmany.py follow DIR SAME-DIR-OF-ANOTHER-CLIENT
           what is known ahead is never older than what another client did
"""
import ctypes
import os
import random
import sys


def name(i):
    return 'f%04d' % i


def make(d, n):
    os.makedirs(d)
    for i in range(int(n)):
        with open('%s/%s' % (d, name(i)), 'wb') as f:
            f.write(b'x' * i)


def empty(d, n):
    os.makedirs(d)
    for i in range(int(n)):
        os.mknod('%s/%s' % (d, name(i)), 0o100644)


def sizes(d, n):
    os.makedirs(d)
    for i in range(int(n)):
        os.close(os.open('%s/%s' % (d, name(i)), os.O_CREAT | os.O_WRONLY))
    for i in range(int(n)):
        assert os.stat('%s/%s' % (d, name(i))).st_size == 0, i


def remove(d, n):
    for i in range(3, int(n), 7):
        os.unlink('%s/%s' % (d, name(i)))


def refill(d, n):
    for i in range(3, int(n), 7):
        with open('%s/%s' % (d, name(i)), 'wb') as f:
            f.write(b'x' * i)


def orders(d, n, order):
    names = [name(i) for i in range(n)]
    if order == 'random':
        random.Random(n).shuffle(names)
    elif order == 'sorted':
        names = sorted(os.listdir(d))
    elif order == 'listed':
        names = os.listdir(d)
    elif order == 'inode':
        with os.scandir(d) as it:
            names = [e.name for e in sorted(it, key=lambda e: e.inode())]
    assert len(names) == n
    return names


def look(d, n, order):
    names = orders(d, int(n), order)
    for k in names:
        i = int(k[1:])
        try:
            st = os.stat('%s/%s' % (d, k))
        except FileNotFoundError:
            assert order == 'holes' and i % 7 == 3, k
            continue
        assert st.st_size == i, (k, st.st_size)
        assert order != 'holes' or i % 7 != 3, k


def fail(d, n):
    switch = os.open('/proc/self/make-it-fail', os.O_WRONLY)
    libc = ctypes.CDLL(None, use_errno=True)
    assert not libc.mlockall(3)
    failed = 0
    wrong = []
    paths = ['%s/%s' % (d, name(i)) for i in range(int(n))]
    os.pwrite(switch, b'1', 0)
    for i, p in enumerate(paths):
        try:
            if os.stat(p).st_size != i:
                wrong.append(i)
        except OSError:
            failed += 1
    os.pwrite(switch, b'0', 0)
    print('%d of %d failed' % (failed, len(paths)))
    assert not wrong, wrong
    assert failed < len(paths)


def follow(a, b):
    make(b, 120)
    for i in range(10):
        assert os.stat('%s/%s' % (a, name(i))).st_size == i
    # From now on the next ones are known ahead.
    for i in range(10, 120):
        pa, pb = '%s/%s' % (a, name(i)), '%s/%s' % (b, name(i))
        what = i % 6
        if what == 0:
            os.chmod(pb, 0o600)
            assert os.stat(pa).st_mode & 0o777 == 0o600, i
        elif what == 1:
            os.truncate(pb, 4321)
            assert os.stat(pa).st_size == 4321, i
        elif what == 2:
            os.unlink(pb)
            try:
                os.stat(pa)
                sys.exit('%d is still there' % i)
            except FileNotFoundError:
                pass
        elif what == 3:
            os.rename(pb, pb + '.new')
            os.mkdir(pb)
            assert os.path.isdir(pa), i
            assert os.stat(pa + '.new').st_size == i, i
        elif what == 4:
            with open(pb, 'ab') as f:
                f.write(b'y' * 5000)
                f.flush()
                assert os.stat(pa).st_size == i + 5000, i
        assert os.path.exists(pa) == (what != 2), i


{'make': make, 'empty': empty, 'sizes': sizes, 'look': look, 'fail': fail,
 'remove': remove, 'refill': refill, 'follow': follow}[sys.argv[1]](*sys.argv[2:])
