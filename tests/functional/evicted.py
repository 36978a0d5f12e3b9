#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""A lock in use is lost; what is written under a new one must not go with it.

usage: evicted.py FILE OTHER SERVERDIR

OTHER is the same file on another client, which takes the lock of the second
object away.  A reader needs two targets.  It has the lock of the first, which
throws us out, and waits for the second, which does not answer.
"""
import os
import re
import subprocess
import sys
import threading
import time

path, other, srv_dir = sys.argv[1:]
MIB = 1 << 20


def ctl(*args):
    return subprocess.run(('lustre-testserver', 'ctl', '--dir', srv_dir) +
                          args, check=True, stdout=subprocess.PIPE,
                          text=True).stdout


def extent_locks():
    return set(re.findall(r'^(\S+-OST\S+) (\S+) type 11 .*\] (\S+)',
                          ctl('locks'), re.M))


def target_of(fd, off):
    """Write there, and see who has given a lock for it, and to which NID."""
    before = extent_locks()
    os.pwrite(fd, b'o' * 4096, off)
    new = extent_locks() - before
    if len(new) != 1:
        sys.exit('locks for %d: %s' % (off, new))
    target, _, nid = new.pop()
    return target, nid


def poke(name):
    """Write to one of the targets: it tells us that it threw us out."""
    try:
        fd = os.open(name, os.O_CREAT | os.O_WRONLY)
        os.write(fd, b'x')
        os.fsync(fd)
    except OSError:
        pass
    os.unlink(name)


def evictions(target):
    """How many of them our kernel has told of"""
    text = subprocess.run(('dmesg',), check=True, stdout=subprocess.PIPE,
                          text=True, errors='replace').stdout
    return len(re.findall(r'%s: this client was evicted' % re.escape(target),
                          text))


def connected_again(target, nid):
    """Before that, we write under the lock that is lost, and may get EIO."""
    back = r'^%s \S+ %s connected' % (re.escape(target), re.escape(nid))
    for _ in range(600):
        if (re.search(back, ctl('exports'), re.M) and
                evictions(target) > told_before):
            return
        time.sleep(0.1)
    sys.exit('%s does not see us again' % target)


w = os.open(path, os.O_CREAT | os.O_WRONLY)
first, our_nid = target_of(w, 0)
second, _ = target_of(w, MIB)
os.fsync(w)
r = os.open(path, os.O_RDONLY)
o = os.open(other, os.O_WRONLY)
os.pwrite(o, b'o' * 4096, MIB)
os.fsync(o)
ctl('disable', second)
reader = threading.Thread(target=os.pread, args=(r, 2 * MIB, 0))
reader.start()
time.sleep(1)
told_before = evictions(first)
ctl('evict', 'all', first)
pokers = [threading.Thread(target=poke, args=('%s.%d' % (path, i),))
          for i in range(4)]
for p in pokers:
    p.start()
connected_again(first, our_nid)
time.sleep(1)
writer = threading.Thread(target=os.pwrite, args=(w, b'n' * 4096, 0))
writer.start()
time.sleep(3)
if not reader.is_alive():
    sys.exit('the reader did not wait')
ctl('enable', second)
for p in [reader, writer] + pokers:
    p.join()
os.fsync(w)
with open('/proc/sys/vm/drop_caches', 'w') as f:
    f.write('3')
if os.pread(r, 4096, 0) != b'n' * 4096:
    sys.exit('what was written is lost')
os.unlink(path)
