#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""One file seen through two mounts.

usage: twowriters.py parts|append|large|turns|mmap|unlinked FILE1 FILE2 SEED

FILE1 and FILE2 are the same file on two clients.
"""
import mmap
import os
import random
import sys
import time

mode, paths, seed = sys.argv[1], sys.argv[2:4], int(sys.argv[4])


def both(work):
    """Run work(0) and work(1) at the same time, in two processes."""
    pids = []
    for n in (0, 1):
        pid = os.fork()
        if not pid:
            try:
                work(n)
            except BaseException as e:
                print('client %d: %r' % (n + 1, e), flush=True)
                os._exit(1)
            os._exit(0)
        pids.append(pid)
    if any(os.waitpid(p, 0)[1] for p in pids):
        sys.exit(1)


def read_all(path):
    with open(path, 'rb') as f:
        return f.read()


def parts():
    """Blocks alternate between the clients; not even page aligned."""
    block, count = 3333, 300

    def work(n):
        order = list(range(n, count, 2))
        random.Random(seed + n).shuffle(order)
        fd = os.open(paths[n], os.O_CREAT | os.O_WRONLY, 0o644)
        for i in order:
            os.pwrite(fd, bytes([i % 251]) * block, i * block)
        os.close(fd)

    both(work)
    want = b''.join(bytes([i % 251]) * block for i in range(count))
    for p in paths:
        got = read_all(p)
        if got != want:
            n = next((i for i, (a, b) in enumerate(zip(got, want))
                      if a != b), -1)
            sys.exit('%s: %d bytes, want %d, first difference at %d'
                     % (p, len(got), len(want), n))


def append():
    """O_APPEND is atomic between clients: no record lost or torn."""
    count = 200

    def work(n):
        fd = os.open(paths[n], os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o644)
        for i in range(count):
            os.write(fd, b'client %d record %06d\n' % (n + 1, i))
        os.close(fd)

    both(work)
    want = sorted(b'client %d record %06d' % (n + 1, i)
                  for n in (0, 1) for i in range(count))
    for p in paths:
        got = sorted(read_all(p).split(b'\n')[:-1])
        if got != want:
            sys.exit('%s: %d records, want %d' % (p, len(got), len(want)))


def large():
    """What one call appends stays together, however large it is."""
    size, count = (3 << 20) + 17, 5

    def work(n):
        fd = os.open(paths[n], os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o644)
        for i in range(count):
            if os.write(fd, bytes([n * count + i]) * size) != size:
                sys.exit('short')
        os.close(fd)

    both(work)
    for p in paths:
        got = read_all(p)
        seen = [got[i:i + size] for i in range(0, len(got), size)]
        bad = [i for i, r in enumerate(seen) if r != r[:1] * size]
        if bad or sorted(r[0] for r in seen) != list(range(2 * count)):
            sys.exit('%s: %d records, torn: %s' % (p, len(seen), bad))


def turns():
    rnd = random.Random(seed)
    model = bytearray(2 << 20)
    with open(paths[0], 'wb') as f:
        f.write(model)
    fds = [os.open(p, os.O_RDWR) for p in paths]
    for i in range(120):
        writer = rnd.randrange(2)
        off = rnd.randrange(len(model) - 70000)
        data = rnd.randbytes(rnd.choice((1, 10, 4096, 70000)))
        os.pwrite(fds[writer], data, off)
        model[off:off + len(data)] = data
        lo = max(0, off - 100)
        want = bytes(model[lo:off + len(data) + 100])
        for n in (1 - writer, writer):
            got = os.pread(fds[n], len(want), lo)
            if got != want:
                sys.exit('step %d: client %d wrote %d bytes at %d, client %d '
                         'reads something else' % (i, writer + 1, len(data),
                                                   off, n + 1))
    for fd in fds:
        os.close(fd)
    for p in paths:
        if read_all(p) != model:
            sys.exit('%s differs at the end' % p)


def mapped():
    with open(paths[0], 'wb') as f:
        f.write(b'a' * 65536)
    r = open(paths[1], 'rb')
    m = mmap.mmap(r.fileno(), 0, prot=mmap.PROT_READ)
    fd = os.open(paths[0], os.O_RDWR)
    for i in range(20):
        c = bytes([65 + i])
        os.pwrite(fd, c * 5000, 3000 * i % 60000)
        off = 3000 * i % 60000
        if m[off:off + 5000] != c * 5000:
            sys.exit('step %d: the mapping shows old data' % i)
    os.close(fd)


def watch(fd, data, stop):
    """Read until @stop is closed: more and more of @data, all in the end."""
    seen = 0
    last = False
    os.set_blocking(stop, False)
    while not last:
        time.sleep(0.02)
        try:
            last = not os.read(stop, 1)
        except BlockingIOError:
            pass
        got = os.pread(fd, len(data) + 1, 0)
        if got != data[:len(got)]:
            sys.exit('reads what nobody wrote')
        if len(got) < seen or last and len(got) < len(data):
            sys.exit('reads %d bytes of %d after %d'
                     % (len(got), len(data), seen))
        seen = len(got)


def unlinked():
    """Data of a file without a name stay while another has it open."""
    rnd = random.Random(seed)
    for i in range(8):
        there, here = paths if i % 2 else paths[::-1]
        data = rnd.randbytes(rnd.choice((1, 4097, 300000, 1500000)))
        open(there, 'w').close()
        r = os.open(here, os.O_RDONLY)
        tick, tock = os.pipe()
        # every other time while somebody reads
        pid = os.fork() if i & 2 else None
        if pid == 0:
            os.close(tock)
            watch(r, data, tick)
            os._exit(0)
        w = os.open(there, os.O_WRONLY)
        os.unlink(there)
        os.write(w, data)
        os.close(w)
        os.close(tock)
        if pid and os.waitpid(pid, 0)[1]:
            sys.exit('round %d: the reader failed' % i)
        got = os.pread(r, len(data) + 1, 0)
        if got != data:
            sys.exit('round %d: %d bytes, want %d' % (i, len(got), len(data)))
        os.close(tick)
        os.close(r)
    open(paths[0], 'w').close()


{'parts': parts, 'append': append, 'large': large, 'turns': turns,
 'mmap': mapped, 'unlinked': unlinked}[mode]()
for p in paths[:1]:
    os.unlink(p)
if os.path.exists(paths[1]):
    sys.exit('%s is still there' % paths[1])
