#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""File locks of several processes on two clients.

usage: locks.py TEST FILE1 FILE2 [ARGS...]

FILE1 and FILE2 are one file on two mounts, which exists.  Each process is told
what to do through a pipe, so that tests are plain sequences.
"""
import errno
import fcntl
import json
import os
import random
import select
import signal
import struct
import subprocess
import sys
import time

RD, WR, UN = fcntl.F_RDLCK, fcntl.F_WRLCK, fcntl.F_UNLCK
OFD_GETLK, OFD_SETLK, OFD_SETLKW = 36, 37, 38
FLOCK = 'hhqqixxxx'


# ---- a process that has locks ---------------------------------------------

class Hands:
    """What a worker does, each call one message of its master."""

    def __init__(self):
        self.fds = {}

    def open(self, name, path):
        self.fds[name] = os.open(path, os.O_RDWR)

    def close(self, name):
        os.close(self.fds.pop(name))

    def lock(self, name, typ, start, length, wait=False, ofd=False):
        cmd = ((OFD_SETLKW if wait else OFD_SETLK) if ofd else
               (fcntl.F_SETLKW if wait else fcntl.F_SETLK))
        fcntl.fcntl(self.fds[name], cmd,
                    struct.pack(FLOCK, typ, 0, start, length, 0))

    def getlk(self, name, typ, start, length, ofd=False):
        got = fcntl.fcntl(self.fds[name],
                          OFD_GETLK if ofd else fcntl.F_GETLK,
                          struct.pack(FLOCK, typ, 0, start, length, 0))
        typ, _, start, length, pid = struct.unpack(FLOCK, got)
        return None if typ == UN else [typ, start, length, pid]

    def flock(self, name, how):
        fcntl.flock(self.fds[name], how)

    def read(self, name):
        return len(os.pread(self.fds[name], 16, 0))

    def write(self, name):
        return os.pwrite(self.fds[name], b'x', 0)

    def alarm(self, seconds):
        signal.signal(signal.SIGALRM, self.interrupted)
        signal.setitimer(signal.ITIMER_REAL, seconds)

    @staticmethod
    def interrupted(*_):
        raise InterruptedError(errno.EINTR, 'alarm')

    def pid(self):
        return os.getpid()


def worker():
    hands = Hands()
    for line in sys.stdin:
        name, args = json.loads(line)
        try:
            answer = [0, getattr(hands, name)(*args)]
        except OSError as e:
            answer = [e.errno, None]
        print(json.dumps(answer), flush=True)


class Process:
    """A worker, for its master"""
    all = []

    def __init__(self, path=None):
        self.p = subprocess.Popen([sys.executable, __file__, 'worker'],
                                  stdin=subprocess.PIPE,
                                  stdout=subprocess.PIPE, text=True)
        Process.all.append(self)
        if path:
            self.ok('open', 'f', path)

    def start(self, name, *args):
        self.p.stdin.write(json.dumps([name, args]) + '\n')
        self.p.stdin.flush()

    def waits(self, seconds=1.0):
        """Is there no answer for so long?"""
        return not select.select([self.p.stdout], [], [], seconds)[0]

    def end(self, seconds=60):
        if self.waits(seconds):
            fail('no answer')
        return json.loads(self.p.stdout.readline())

    def do(self, name, *args):
        self.start(name, *args)
        return self.end()

    def ok(self, name, *args):
        err, value = self.do(name, *args)
        if err:
            fail('%s%r: %s' % (name, args, os.strerror(err)))
        return value

    def fails(self, want, name, *args):
        err, value = self.do(name, *args)
        if err != want:
            fail('%s%r: wanted %s, got %s %s' %
                 (name, args, errno.errorcode[want],
                  errno.errorcode.get(err, err), value))

    def ends(self, want=0):
        err, _ = self.end()
        if err != want:
            fail('the wait ended with %s' % errno.errorcode.get(err, err))

    def kill(self):
        self.p.kill()
        self.p.wait()


def fail(text):
    import traceback
    traceback.print_stack()
    sys.exit(text)


def must_wait(p):
    if not p.waits():
        fail('did not wait: %s' % p.end())


def free(p, start=0, length=0):
    """Nobody but p has a lock there"""
    got = p.ok('getlk', 'f', WR, start, length)
    if got:
        fail('still locked: %s' % got)


def soon_free(p, seconds=30):
    for _ in range(seconds * 10):
        if p.ok('getlk', 'f', WR, 0, 0) is None:
            return
        time.sleep(0.1)
    fail('still locked')


# ---- tests ------------------------------------------------------------------

def basic(f1, f2):
    """Recordings 26 and 131: ranges, F_GETLK, split, merge, downgrade"""
    a, b = Process(f1), Process(f2)
    b.ok('lock', 'f', WR, 20, 10)
    got = a.ok('getlk', 'f', WR, 10, 20)
    if got != [WR, 20, 10, b.ok('pid')]:
        fail('F_GETLK: %s' % got)
    a.ok('lock', 'f', RD, 0, 10, True)
    a.fails(errno.EAGAIN, 'lock', 'f', WR, 10, 20)
    a.ok('lock', 'f', WR, 40, 10)
    a.ok('lock', 'f', UN, 0, 5)
    b.fails(errno.EAGAIN, 'lock', 'f', WR, 4, 2)
    b.ok('lock', 'f', WR, 0, 5)
    # an unlock in the middle leaves both ends
    a.ok('lock', 'f', WR, 100, 100)
    a.ok('lock', 'f', UN, 140, 20)
    for start, want in ((139, [WR, 100, 40]), (140, None), (159, None),
                        (160, [WR, 160, 40])):
        got = b.ok('getlk', 'f', WR, start, 1)
        if (got and got[:3]) != want:
            fail('at %d: %s' % (start, got))
    # both ends and what is between them become one again
    a.ok('lock', 'f', WR, 140, 20)
    got = b.ok('getlk', 'f', RD, 150, 1)
    if got[:3] != [WR, 100, 100]:
        fail('not merged: %s' % got)
    # a weaker lock lets readers in, at once
    b.fails(errno.EAGAIN, 'lock', 'f', RD, 120, 10)
    a.ok('lock', 'f', RD, 100, 100)
    b.ok('lock', 'f', RD, 120, 10)
    a.fails(errno.EAGAIN, 'lock', 'f', WR, 100, 100)
    b.ok('lock', 'f', UN, 120, 10)
    a.ok('lock', 'f', WR, 100, 100)


def waiting(f1, f2):
    """Recording 40: a wait ends when the lock is given up, or its holder dies"""
    a, b, c = Process(f1), Process(f2), Process(f1)
    a.ok('flock', 'f', fcntl.LOCK_EX)
    b.start('flock', 'f', fcntl.LOCK_EX)
    must_wait(b)
    a.ok('flock', 'f', fcntl.LOCK_UN)
    b.ends()
    c.start('flock', 'f', fcntl.LOCK_SH)
    a.start('flock', 'f', fcntl.LOCK_SH)
    must_wait(c)
    b.kill()
    c.ends()
    a.ends()
    b = Process(f2)
    b.fails(errno.EAGAIN, 'flock', 'f', fcntl.LOCK_EX | fcntl.LOCK_NB)
    b.ok('flock', 'f', fcntl.LOCK_SH | fcntl.LOCK_NB)
    # a waiting reader comes in when a writer becomes one, on the same machine
    for p in (a, b):
        p.ok('flock', 'f', fcntl.LOCK_UN)
    c.ok('flock', 'f', fcntl.LOCK_EX)
    a.start('flock', 'f', fcntl.LOCK_SH)
    must_wait(a)
    c.ok('flock', 'f', fcntl.LOCK_SH)
    a.ends()
    # a killed waiter leaves nothing behind
    c.ok('flock', 'f', fcntl.LOCK_UN)
    a.ok('flock', 'f', fcntl.LOCK_UN)
    a.ok('lock', 'f', WR, 0, 10)
    b.start('lock', 'f', WR, 0, 10, True)
    must_wait(b)
    b.kill()
    a.ok('lock', 'f', UN, 0, 10)
    soon_free(a)


def happens():
    """Here the case does what it has in mind"""
    print('now', flush=True)
    sys.stdin.readline()


def interrupted(f1, f2):
    """A signal ends a wait, and what was held before stays"""
    a, b, c = Process(f1), Process(f2), Process(f1)
    a.ok('lock', 'f', RD, 0, 10)
    b.ok('lock', 'f', RD, 0, 10)
    b.ok('alarm', 1.5)
    b.start('lock', 'f', WR, 0, 20, True)
    must_wait(b)
    b.ends(errno.EINTR)
    # its request is not in the queue any more, its old lock is there
    a.ok('lock', 'f', UN, 0, 10)
    time.sleep(0.5)
    a.fails(errno.EAGAIN, 'lock', 'f', WR, 0, 10)
    a.ok('lock', 'f', RD, 0, 10)
    a.ok('lock', 'f', WR, 10, 10)
    b.ok('close', 'f')
    c.ok('lock', 'f', RD, 0, 10)


def wait_in_vain(a, b):
    """b waits for a, until a signal comes; only then a unlocks"""
    a.ok('lock', 'f', RD, 0, 10)
    happens()
    b.ok('alarm', 1.5)
    b.start('lock', 'f', WR, 0, 100, True)
    must_wait(b)
    time.sleep(1)
    # now it is granted: the last that the target knows of it
    a.ok('lock', 'f', UN, 0, 10)


def late(f1, f2):
    """The target hears of the end of a wait some seconds late"""
    a, b, c = Process(f1), Process(f2), Process(f1)
    b.ok('lock', 'f', RD, 0, 10)
    b.ok('lock', 'f', RD, 40, 10)
    wait_in_vain(a, b)
    b.ends(errno.EINTR)
    for start in 0, 5, 40:
        a.fails(errno.EAGAIN, 'lock', 'f', WR, start, 5)
    a.ok('lock', 'f', RD, 0, 100)
    a.ok('lock', 'f', UN, 0, 100)
    a.ok('lock', 'f', WR, 10, 30)
    a.ok('lock', 'f', WR, 50, 10)
    b.ok('read', 'f')
    b.ok('close', 'f')
    c.ok('lock', 'f', WR, 0, 10)


def lost(f1, f2):
    """... and somebody else was faster: who lost his lock is told"""
    a, b = Process(f1), Process(f2)
    b.ok('lock', 'f', RD, 0, 10)
    wait_in_vain(a, b)
    a.start('lock', 'f', WR, 0, 10, True)
    b.ends(errno.EINTR)
    a.ends()
    b.fails(errno.EIO, 'read', 'f')
    b.ok('lock', 'f', UN, 0, 0)
    b.ok('read', 'f')


def deadlock(f1, f2):
    """Recording 132: the target finds circles over two clients"""
    a, b = Process(f1), Process(f2)
    a.ok('lock', 'f', WR, 100, 10)
    b.ok('lock', 'f', WR, 200, 10)
    a.start('lock', 'f', WR, 200, 10, True)
    must_wait(a)
    b.fails(errno.EDEADLK, 'lock', 'f', WR, 100, 10, True)
    b.ok('close', 'f')
    a.ends()
    # three of them
    b, c = Process(f2), Process(f1)
    b.ok('lock', 'f', WR, 300, 10)
    c.ok('lock', 'f', WR, 400, 10)
    a.start('lock', 'f', WR, 300, 10, True)
    must_wait(a)
    b.start('lock', 'f', WR, 400, 10, True)
    must_wait(b)
    c.fails(errno.EDEADLK, 'lock', 'f', RD, 100, 10, True)
    c.kill()
    b.ends()
    b.kill()
    a.ends()


def closing(f1, f2):
    """POSIX: any close of the file unlocks.  Open files: their last close."""
    a, b = Process(f1), Process(f2)
    a.ok('lock', 'f', WR, 0, 10)
    a.ok('open', 'g', f1)
    a.ok('close', 'g')
    free(b)
    a.ok('open', 'g', f1)
    a.ok('lock', 'f', WR, 0, 10, False, True)
    a.fails(errno.EAGAIN, 'lock', 'g', WR, 5, 10, False, True)
    a.ok('open', 'h', f1)
    a.ok('close', 'h')
    got = b.ok('getlk', 'f', WR, 0, 0)
    if got != [WR, 0, 10, -1]:
        fail('F_GETLK of an open file\'s lock: %s' % got)
    a.ok('close', 'f')
    free(b)
    a.ok('lock', 'g', WR, 5, 10, False, True)
    a.kill()
    free(b)
    # a file without a name
    os.rename(f1, f1 + '.gone')
    a = Process(f1 + '.gone')
    c = Process(f2 + '.gone')
    os.unlink(f1 + '.gone')
    a.ok('lock', 'f', WR, 0, 10)
    c.fails(errno.EAGAIN, 'lock', 'f', WR, 0, 10)
    a.ok('lock', 'f', UN, 0, 10)
    c.ok('lock', 'f', WR, 0, 10)


def directory(f1, f2):
    """flock(2) takes directories, too"""
    da, db = (os.open(os.path.dirname(f), os.O_RDONLY) for f in (f1, f2))
    fcntl.flock(da, fcntl.LOCK_EX)
    try:
        fcntl.flock(db, fcntl.LOCK_EX | fcntl.LOCK_NB)
        fail('two have it')
    except BlockingIOError:
        pass
    os.close(da)
    fcntl.flock(db, fcntl.LOCK_EX | fcntl.LOCK_NB)


def held_over(f1, f2):
    """Over what the case does when told "now": the server goes away"""
    a, b, c = Process(f1), Process(f2), Process(f2)
    a.ok('lock', 'f', WR, 0, 100)
    a.ok('lock', 'f', UN, 40, 20)
    c.ok('lock', 'f', RD, 50, 5)
    b.start('lock', 'f', WR, 10, 10, True)
    must_wait(b)
    happens()
    for start, length, want in ((0, 40, a), (60, 40, a)):
        got = c.ok('getlk', 'f', WR, start + 20, 1)
        if got != [WR, start, length, want.ok('pid')]:
            fail('at %d: %s' % (start, got))
    a.fails(errno.EAGAIN, 'lock', 'f', WR, 50, 5)
    if not b.waits(0.1):
        fail('the wait is over: %s' % b.end())
    a.ok('lock', 'f', UN, 0, 40)
    b.ends()
    a.fails(errno.EAGAIN, 'lock', 'f', RD, 10, 10)


def evicted(f1, f2):
    """Who has lost his locks gets EIO until he gives them up; others don't"""
    a, b, c, d = Process(f1), Process(f2), Process(f1), Process(f2)
    a.ok('lock', 'f', WR, 0, 10)
    d.start('lock', 'f', WR, 0, 20, True)
    must_wait(d)
    happens()
    # d was before b
    d.ends()
    d.ok('lock', 'f', UN, 0, 0)
    b.ok('lock', 'f', WR, 0, 10)
    a.fails(errno.EIO, 'read', 'f')
    a.fails(errno.EIO, 'write', 'f')
    a.fails(errno.EIO, 'lock', 'f', WR, 50, 10)
    c.ok('read', 'f')
    a.ok('lock', 'f', UN, 0, 0)
    a.ok('read', 'f')
    a.fails(errno.EAGAIN, 'lock', 'f', WR, 0, 10)
    a.ok('lock', 'f', WR, 50, 10)
    b.fails(errno.EAGAIN, 'lock', 'f', WR, 50, 10)


def local(f1, f2):
    """Mount option localflock: seen here only"""
    a, b, c = Process(f1), Process(f1), Process(f2)
    a.ok('lock', 'f', WR, 0, 10)
    b.fails(errno.EAGAIN, 'lock', 'f', WR, 0, 10)
    if b.ok('getlk', 'f', WR, 0, 10) != [WR, 0, 10, a.ok('pid')]:
        fail('F_GETLK')
    c.ok('lock', 'f', WR, 0, 10)
    c.ok('lock', 'f', UN, 0, 10)
    a.ok('flock', 'f', fcntl.LOCK_EX | fcntl.LOCK_NB)
    b.fails(errno.EAGAIN, 'flock', 'f', fcntl.LOCK_EX | fcntl.LOCK_NB)
    c.ok('flock', 'f', fcntl.LOCK_EX | fcntl.LOCK_NB)


def none(f1, _):
    """Mount option noflock"""
    a = Process(f1)
    a.fails(errno.ENOSYS, 'lock', 'f', WR, 0, 10)
    a.fails(errno.ENOSYS, 'getlk', 'f', WR, 0, 10)
    a.fails(errno.ENOSYS, 'flock', 'f', fcntl.LOCK_EX)


def model(f1, f2, local_file, seed, steps):
    """Random locks without waiting: as the kernel has them on a local file"""
    rnd = random.Random(int(seed))
    with open(local_file, 'w'):
        pass
    owners = []
    for f in (f1, f2):
        for _ in range(2):
            p = Process(f)
            p.ok('open', 'l', local_file)
            for ofd in (False, True):
                owners.append((p, ofd))
    # One with locks of both kinds would lose those of the process by a close.
    for step in range(int(steps)):
        p, ofd = rnd.choice(owners)
        start = rnd.randrange(24)
        length = rnd.choice((1, 2, 3, 5, 8, 0))
        typ = rnd.choice((RD, WR, RD, WR, UN))
        what = rnd.choice(('lock', 'lock', 'lock', 'getlk'))
        if what == 'getlk':
            typ = rnd.choice((RD, WR))
            got = p.do('getlk', 'f', typ, start, length, ofd)
            want = p.do('getlk', 'l', typ, start, length, ofd)
            # which of several is a matter of taste, but no lock is made up
            same = not got[0] and bool(got[1]) == bool(want[1])
            if same and got[1] and got[1] != want[1]:
                t, s, n, pid = got[1]
                again = p.ok('getlk', 'l', WR, s, n, ofd)
                same = again is not None
        else:
            got = p.do('lock', 'f', typ, start, length, False, ofd)
            want = p.do('lock', 'l', typ, start, length, False, ofd)
            same = got == want
        if not same:
            fail('seed %s step %d: %s %s [%d,+%d] ofd %s: got %s, not %s' %
                 (seed, step, what, typ, start, length, ofd, got, want))
    # byte by byte, in the end
    watch = Process(f1)
    watch.ok('open', 'l', local_file)
    for off in range(40):
        got = watch.ok('getlk', 'f', WR, off, 1)
        want = watch.ok('getlk', 'l', WR, off, 1)
        if bool(got) != bool(want) or (got and got[0] != want[0]):
            fail('seed %s: byte %d: %s, not %s' % (seed, off, got, want))


def main():
    name, args = sys.argv[1], sys.argv[2:]
    if name == 'worker':
        worker()
        return
    try:
        globals()[name](*args)
    finally:
        for p in Process.all:
            if p.p.poll() is None:
                p.kill()


main()
