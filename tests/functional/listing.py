#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""A directory of many pages, read while its pages are taken away.

usage: listing.py make DIR COUNT
       listing.py read DIR [OTHER]

read drops the page cache again and again on its way through DIR.  With OTHER,
the same directory as another client sees it, names come and go there meanwhile.
Each of the names that make made is told exactly once all the same.
"""
import os
import sys

PAD = 'x' * 190
STEP = 40


def make(path, count):
    os.mkdir(path)
    for i in range(count):
        os.mknod('%s/keep-%06d-%s' % (path, i, PAD), 0o100644)
    with open(path + '.count', 'w') as f:
        f.write('%d' % count)


def drop_pages():
    with open('/proc/sys/vm/drop_caches', 'w') as f:
        f.write('1')


def noise(path, n):
    os.mknod('%s/noise-%06d-%s' % (path, n, PAD), 0o100644)
    if n:
        os.unlink('%s/noise-%06d-%s' % (path, n - 1, PAD))


def read(path, other):
    with open(path + '.count') as f:
        count = int(f.read())
    seen = []
    with os.scandir(path) as it:
        for k, e in enumerate(it):
            if e.name.startswith('keep-'):
                seen.append(e.name)
            if k % STEP == 0:
                if other:
                    noise(other, k // STEP)
                drop_pages()
    assert len(set(seen)) == len(seen), 'told twice: %d of %d' % (
        len(seen) - len(set(seen)), len(seen))
    assert len(seen) == count, 'told %d of %d' % (len(seen), count)


if __name__ == '__main__':
    if sys.argv[1] == 'make':
        make(sys.argv[2], int(sys.argv[3]))
    else:
        read(sys.argv[2], sys.argv[3] if len(sys.argv) > 3 else None)
