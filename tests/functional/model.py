#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Random writes, reads and truncates on a file, checked against a copy in memory.

Some go through the page cache, and some past it.

usage: model.py [--drop] FILE SEED STEPS

--drop empties the page cache after every step, so that each read comes from
the servers.
"""
import mmap
import os
import random
import sys

MAX = 6 << 20


def main():
    args = sys.argv[1:]
    drop = args[0] == '--drop'
    if drop:
        args.pop(0)
    path, seed, steps = args[0], int(args[1]), int(args[2])
    rnd = random.Random(seed)
    model = bytearray()
    fd = os.open(path, os.O_CREAT | os.O_RDWR | os.O_TRUNC, 0o644)
    direct = os.open(path, os.O_RDWR | os.O_DIRECT)
    memory = memoryview(mmap.mmap(-1, (1 << 20) + 4096))

    def read_cached(off, length):
        return os.pread(fd, length, off)

    def read_direct(off, length):
        start = rnd.choice((0, off % 4096, rnd.randrange(4096)))
        m = memory[start:start + min(length, 1 << 20)]
        return bytes(m[:os.preadv(direct, [m], off)])

    def write_cached(off, data):
        return os.pwrite(fd, data, off)

    def write_direct(off, data):
        start = rnd.choice((0, off % 4096, rnd.randrange(4096)))
        m = memory[start:start + len(data)]
        m[:] = data
        return os.pwritev(direct, [m], off)

    def check(off, length, what, read=read_cached):
        got = b''
        while len(got) < length:
            more = read(off + len(got), length - len(got))
            if not more:
                break
            got += more
        want = bytes(model[off:off + length])
        if got != want:
            n = next((i for i, (a, b) in enumerate(zip(got, want)) if a != b),
                     min(len(got), len(want)))
            sys.exit('seed %d step %d (%s): at %d+%d differs at byte %d, '
                     'got %d of %d bytes' % (seed, step, what, off, length,
                                             off + n, len(got), len(want)))

    for step in range(steps):
        what = rnd.choice(('write', 'write', 'read', 'read', 'truncate',
                           'append', 'reopen', 'fsync', 'direct write',
                           'direct read'))
        # Page and stripe borders are where the mistakes are.
        off = rnd.choice((rnd.randrange(MAX), rnd.randrange(MAX >> 12) << 12,
                          rnd.randrange(6) << 20))
        length = rnd.choice((1, 100, 4096, 5000, 65536,
                             rnd.randrange(1, 1 << 20)))
        if what in ('write', 'append', 'direct write'):
            write = write_direct if what == 'direct write' else write_cached
            if what == 'append':
                off = len(model)
            off = min(off, MAX)
            data = rnd.randbytes(length)
            if off > len(model):
                model.extend(bytes(off - len(model)))
            model[off:off + length] = data
            done = 0
            while done < length:
                done += write(off + done, data[done:])
        elif what == 'read':
            check(off, length, what)
        elif what == 'direct read':
            check(off, length, what, read_direct)
        elif what == 'truncate':
            size = min(off, MAX)
            os.ftruncate(fd, size)
            if size < len(model):
                del model[size:]
            else:
                model.extend(bytes(size - len(model)))
        elif what == 'reopen':
            os.close(fd)
            fd = os.open(path, os.O_RDWR)
        else:
            os.fsync(fd)
        if drop:
            os.fsync(fd)
            with open('/proc/sys/vm/drop_caches', 'w') as f:
                f.write('3')
        size = os.fstat(fd).st_size
        if size != len(model):
            sys.exit('seed %d step %d (%s): size %d, want %d'
                     % (seed, step, what, size, len(model)))
    check(0, len(model), 'whole file')
    os.close(fd)
    os.close(direct)
    os.unlink(path)


main()
