#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Where a User Mode Linux machine's processor time went, in each phase of a run.

usage: perf script -F comm,time,ip | cpusplit.py DIR HERTZ

DIR has what bench-io leaves there under LT_PHASES: kallsyms, phases (begin, end,
MiB, name) and clock.  Samples are sorted by the function that they fell on, not by
who called it: what both ends of a connection do is one kernel's here, and a copy
is a copy, to a program or to a socket.
"""
import bisect
import collections
import os
import re
import sys

# The first that matches
KINDS = (
    ('checksum', r'crc|adler|csum|checksum'),
    ('copy', r'^(__)?mem(cpy|move|set)|copy_.*(user|iter|chunk)|_copy_|clear_page|'
             r'^copy|copy_chunk|maybe_map|do_op_one_page|buffer_op'),
    ('lustre, lnet', r'\[(lustre|lnet)\]$'),
    ('sockets, network', r'tcp|skb|^sk_|^ip_|^ip6|^inet|sock|^net|napi|veth|^br_|'
                         r'^dev_|xmit|qdisc|^nf_|neigh|dst_|fib_|bridge|ipv4|ipv6'),
    ('page cache, memory', r'folio|page|filemap|^xa|^xas|lru|writeback|slab|kmem|'
                           r'kmalloc|kfree|rmqueue|zone|vma|mmap|pte|tlb|iov_iter|'
                           r'truncat|bdi|workingset|percpu|memcg|obj_cgroup'),
    ('scheduler, locks', r'sched|schedule|wake|mutex|rwsem|spin|rcu|futex|pick_|'
                         r'queue|^switch|idle|timer|hrtimer|clock|tick|wait|work'),
    ('User Mode Linux', r'signal|^os_|stub|userspace|segv|irq|trap|syscall|'
                        r'poll|^um_|turnstile|thread'),
)
USER = 'programs, the test server among them'
HOST = 'the host, for its system calls and page faults'
REST = 'all else'


def kind_of(name):
    for kind, what in KINDS:
        if re.search(what, name):
            return kind
    return REST


class Symbols:
    """Functions by address, and what kind each is of"""

    def __init__(self, path):
        rows = []
        with open(path) as f:
            for line in f:
                addr, kind, name = line.rstrip().replace('\t', ' ').split(' ', 2)
                if kind in 'tTwW':
                    rows.append((int(addr, 16), name))
        rows.sort()
        self.addrs = [r[0] for r in rows]
        self.names = [r[1] for r in rows]
        self.kinds = {}

    def find(self, ip):
        if ip >> 63:
            return HOST, HOST
        i = bisect.bisect(self.addrs, ip) - 1
        # a function of a megabyte is none
        if i < 0 or ip - self.addrs[i] > 1 << 20:
            return USER, USER
        name = self.names[i]
        if name not in self.kinds:
            self.kinds[name] = kind_of(name)
        return self.kinds[name], name


def phases(top):
    with open(os.path.join(top, 'clock')) as f:
        ahead = os.stat(f.fileno()).st_mtime - int(f.read()) / 1e9
    with open(os.path.join(top, 'phases')) as f:
        for line in f:
            begin, end, mib, name = line.rstrip().split(' ', 3)
            yield (int(begin) / 1e9 + ahead, int(end) / 1e9 + ahead, int(mib),
                   name)


def samples():
    for line in sys.stdin:
        m = re.match(r'\s*(.*?)\s+([0-9.]+):\s+([0-9a-f]+)', line)
        if m:
            yield float(m[2]), int(m[3], 16)


def main(top, hertz):
    known = Symbols(os.path.join(top, 'kallsyms'))
    seen = sorted(samples())
    times = [s[0] for s in seen]
    for begin, end, mib, name in phases(top):
        part = seen[bisect.bisect(times, begin):bisect.bisect(times, end)]
        kinds = collections.Counter()
        names = collections.defaultdict(collections.Counter)
        for _, ip in part:
            kind, function = known.find(ip)
            kinds[kind] += 1
            names[kind][function] += 1
        print('%s: CPU s/GiB %.2f' % (name, len(part) / hertz * 1024 / mib))
        for kind, n in kinds.most_common():
            most = ', '.join('%s %.0f %%' % (f, 100 * c / len(part)) for f, c in
                             names[kind].most_common(3) if f != kind)
            print('  %5.1f %%  %s%s' % (100 * n / len(part), kind,
                                        ': ' + most if most else ''))


if __name__ == '__main__':
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(sys.argv[1], float(sys.argv[2]))
