#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Tests of lustre-testserver by a small client on sockets. TAP on stdout."""
import argparse
import os
import signal
import shutil
import struct
import subprocess
import sys
import tempfile
import time
import traceback
import zlib

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from client import (Client, EOF, NOFID, PR, PW, ROOT, fid)  # noqa: E402
import layouts  # noqa: E402

here = os.path.dirname(os.path.abspath(__file__))


class Server:
    def __init__(self, binary, folder, port, *args):
        self.binary, self.folder, self.port = binary, folder, port
        self.args = list(args)
        self.proc = None
        self.log = open(os.path.join(folder, 'log'), 'a')

    def start(self, *more):
        self.proc = subprocess.Popen(
            [self.binary, '--dir', os.path.join(self.folder, 'fs'), '--listen',
             '127.0.0.1:%d' % self.port, '-v'] + self.args + list(more),
            stdout=subprocess.PIPE, stderr=self.log, text=True)
        line = self.proc.stdout.readline()
        assert line.startswith('ready:'), 'server does not start'

    def kill(self):
        self.proc.send_signal(signal.SIGKILL)
        self.proc.wait()

    def stop(self):
        self.proc.terminate()
        rc = self.proc.wait(20)
        assert rc == 0, 'exit status %d' % rc

    def ctl(self, *cmd):
        return subprocess.run([self.binary, 'ctl', '--dir',
                               os.path.join(self.folder, 'fs')] + list(cmd),
                              stdout=subprocess.PIPE, text=True,
                              check=True).stdout


def client(srv, n=1):
    c = Client('127.0.0.1', srv.port, '127.0.0.%d@tcp' % (10 + n))
    c.mount()
    return c


def objects(ea):
    n = struct.unpack_from('<H', ea, 28)[0]
    return [(struct.unpack_from('<I', ea, 52 + 24 * i)[0],
             ea[32 + 24 * i:48 + 24 * i]) for i in range(n)]


def new_file(c, parent, name, stripes=0):
    ea = b''
    flags = 0x43
    if stripes:
        ea = struct.pack('<IIQQIHH', 0x0bd10bd0, 1, 0, 0, 65536, stripes,
                         0xffff)
        flags |= 0x40000000
    r = c.open(parent, name, flags, ea=ea)
    disp, res, f, h, md = c.intent(r)
    assert res == 0 and disp & 0x30 == 0x30, (hex(disp), res)
    assert r.transno
    return f, h, objects(md)


def t_namespace(srv):
    c = client(srv)
    d, r = c.mkdir(ROOT, 'dir')
    assert r.status == 0 and r.transno, r.status
    assert c.mkdir(ROOT, 'dir')[1].status == -17
    f, h, objs = new_file(c, d, 'file', 2)
    assert len(objs) == 2 and {o[0] for o in objs} == {0, 1}
    assert c.close(h, f).status == 0
    assert c.close(h, f).status == -116
    disp, res, got, _, md = c.intent(c.getattr(d, 'file'))
    assert disp & 8 and got == f and len(md) == 32 + 48
    assert c.intent(c.getattr(d, 'nope'))[0] & 4
    assert c.link(f, d, 'hard').status == 0
    assert c.link(f, d, 'hard').status == -17
    assert c.rename(d, 'file', ROOT, 'moved').status == 0
    assert c.intent(c.getattr(ROOT, 'moved'))[2] == f
    assert c.rename(ROOT, 'dir', d, 'inside').status == -22
    assert c.unlink(ROOT, 'dir', True).status == -39
    assert c.unlink(ROOT, 'dir').status == -21
    assert c.unlink(d, 'hard').status == 0
    assert c.unlink(ROOT, 'moved', True).status == -20
    assert c.unlink(ROOT, 'moved').status == 0
    assert c.intent(c.open(d, 'file', 0xc3))[0] & 0x30 == 0x30
    assert c.intent(c.open(d, 'file', 0xc3))[1] == -17
    assert c.unlink(d, 'file').status == 0
    assert c.unlink(ROOT, 'dir', True).status == 0
    c.disconnect()


def t_readdir(srv):
    c = client(srv)
    d, _ = c.mkdir(ROOT, 'many')
    want = {'.', '..'}
    for i in range(3000):
        name = 'a-rather-long-file-name-%05d' % i
        assert c.mkdir(d, name, mode=0o10644)[1].status == 0
        want.add(name)
    for count in (1 << 20, 3 * 4096):
        seen, start, last = [], 0, -1
        while start != EOF - 1:
            names, end = c.readdir(d, start, count)
            for h, n in names:
                assert h >= last, 'hash goes back'
                last = h
                seen.append(n)
            start = end
        assert len(seen) == len(set(seen)), 'a name twice'
        assert set(seen) == want
    for n in want - {'.', '..'}:
        assert c.unlink(d, n).status == 0
    assert c.unlink(ROOT, 'many', True).status == 0
    c.disconnect()


def t_data(srv):
    c = client(srv)
    f, h, objs = new_file(c, ROOT, 'data', 1)
    i, oi = objs[0]
    data = os.urandom(4 << 20)
    cks = zlib.adler32(data)
    r = c.write(i, oi, 0, data, oa=c.obdo(oi, 0x100800, flags=0x2000,
                                          cksum=cks))
    assert r.status == 0 and r.transno, r.status
    assert struct.unpack_from('<I', r.b[1], 100)[0] == cks
    assert r.b[2] == bytes(4)
    r, got = c.read(i, oi, 0, 4 << 20, oa=c.obdo(oi, 0x100800, flags=0x1000))
    assert r.status == 4 << 20 and got == data
    assert struct.unpack_from('<I', r.b[1], 100)[0] == \
        ~zlib.crc32(data) & 0xffffffff
    # not aligned: 257 pieces make a second descriptor
    piece = os.urandom(1 << 20)
    assert c.write(i, oi, 5000512, piece).status == 0
    r, got = c.read(i, oi, 5000512, 1 << 20)
    assert got[:len(piece)] == piece
    # a hole reads as zeros; the end is that of a page
    r, got = c.read(i, oi, 4 << 20, 4096)
    assert r.status == 4096 and got == bytes(4096)
    r, got = c.read(i, oi, 64 << 20, 8192)
    assert r.status == 0 and got == b''
    # short I/O
    o = c.obdo(oi, 0x800, flags=0x400000)
    ioo = oi + struct.pack('<II', 0, 1)
    r = c.rpc(c.ost[i], 6, 4, 0x30000,
              [o, ioo, struct.pack('<QII', 7, 5, 8), b'', b'hello'])
    assert r.status == 0
    r = c.rpc(c.ost[i], 6, 3, 0x30000,
              [o, ioo, struct.pack('<QII', 0, 4096, 9), b'', b''])
    assert r.status == 4096 and r.b[2][7:12] == b'hello'
    # refused: wrong portal, lying descriptors, no objects
    assert c.rpc(c.ost[i], 28, 3, 0x30000, [o, ioo, bytes(16), b'',
                                            b'']).status == -71
    bad = fid(0x240000400, 0x7fffffff)
    assert c.read(0, bad, 0, 4096)[0].status == -2
    # truncate
    o = c.obdo(oi, 0x30, size=3, blocks=EOF)
    assert c.rpc(c.ost[i], 6, 10, 0x30000, [o, b'']).status == 0
    r = c.rpc(c.ost[i], 28, 1, 0x30000, [c.obdo(oi), b''])
    assert struct.unpack_from('<Q', r.b[1], 32)[0] == 3
    assert c.close(h, f).status == 0
    assert c.unlink(ROOT, 'data').status == 0
    assert c.rpc(c.ost[i], 28, 1, 0x30000, [c.obdo(oi), b'']).status == -2
    c.disconnect()


def t_locks(srv):
    a, b = client(srv, 1), client(srv, 2)
    a.others, b.others = [b], [a]
    f, h, objs = new_file(a, ROOT, 'shared', 1)
    i, oi = objs[0]
    ca, r = a.lock(i, oi, PW, 0, 4095)
    assert r.status == 0
    start, end = struct.unpack_from('<QQ', r.b[1], 56)
    assert (start, end) == (0, EOF), 'the extent did not grow'
    assert len(r.b[2]) == 56
    # glimpse: the writer is asked
    a.glimpse = struct.pack('<Q', 12345) + bytes(48)
    _, r = b.lock(i, oi, PR, 0, EOF, 0x1000)
    assert r.status == 301, r.status
    assert struct.unpack_from('<Q', r.b[2])[0] == 12345
    assert [m.opc for m in a.called] == [106]
    # a conflicting lock: called back, cancelled, granted
    cb, r = b.lock(i, oi, PR, 0, 4095)
    assert r.status == 0
    flags = struct.unpack_from('<I', r.b[1])[0]
    end = time.time() + 5
    while flags & 2 and 'granted' not in b.ost[i].locks[cb] and \
            time.time() < end:
        a.peer.poll()
        b.peer.poll()
    assert not flags & 2 or 'granted' in b.ost[i].locks[cb]
    assert [m.opc for m in a.called] == [106, 104]
    # metadata: a second client's change takes the first one's lock
    a.called.clear()
    r = a.getattr(ROOT, 'shared')
    assert r.status == 0
    assert b.unlink(ROOT, 'shared').status == 0
    assert 104 in [m.opc for m in a.called]
    # still open at a: the object lives until the close
    assert a.rpc(a.ost[i], 28, 1, 0x30000, [a.obdo(oi), b'']).status == 0
    assert a.close(h, f).status == 0
    # and until nobody has a lock on it: with the word that data are in vain
    b.called.clear()
    end = time.time() + 5
    while a.rpc(a.ost[i], 28, 1, 0x30000, [a.obdo(oi), b'']).status != -2:
        assert time.time() < end, 'the object is still there'
        b.peer.poll()
    assert [m.opc for m in b.called] == [104]
    a.others = b.others = []
    a.disconnect()
    b.disconnect()


def t_rules(srv):
    c = client(srv)
    # an xid at or below the client's own last_xid
    old = c.xid()
    x, _, out = c.build(c.mdt, 12, 400, 0x10000, [])
    m = bytearray(out)
    struct.pack_into('<Q', m, 40 + 24, x - 1)
    c.peer.put_msg(12, x, bytes(m))
    assert c.wait(x).status == 0
    r = c.rpc(c.mdt, 12, 400, 0x10000, [], xid=old, mbits=old)
    assert r.status == -71, r.status
    # wrong version class, unknown opcode, unknown flag of an enqueue
    assert c.rpc(c.mdt, 12, 400, 0x20000, []).status == -22
    assert c.rpc(c.mdt, 12, 59, 0x20000, []).status == -524
    _, dlm = c.dlm(c.ost[0], fid(0x240000400, 1), 11, PR,
                   struct.pack('<QQ', 0, 1), 0x100000)
    assert c.rpc(c.ost[0], 28, 101, 0x40000, [dlm]).status == -71
    # an object has to be named as one; a target can't be synced as a whole
    assert c.rpc(c.ost[0], 28, 16, 0x30000, [bytes(208), b'']).status == -71
    # resent: executed once, answered twice
    x = c.xid()
    f, r1 = c.mkdir(ROOT, 'once', xid=x, mbits=x)
    assert r1.status == 0
    _, r2 = c.mkdir(ROOT, 'once', f, xid=x, mbits=c.xid(), flags=2)
    assert r2 and r2.status == 0 and r2.transno == r1.transno
    assert c.unlink(ROOT, 'once', True).status == 0
    # replay flags outside recovery: thrown out
    r = c.ping(c.mdt, flags=0x40)
    assert r.status == -19, r.status
    assert c.ping(c.mdt).status == -107
    r = c.connect(c.mdt)
    assert r.status == 0 and not c.mdt.opflags & 3
    c.disconnect()


def t_evict(srv):
    a, b = client(srv, 1), client(srv, 2)
    a.others, b.others = [b], [a]
    f, h, objs = new_file(a, ROOT, 'keeper', 1)
    i, oi = objs[0]
    a.lock(i, oi, PW, 0, EOF)
    a.auto = False
    cb, r = b.lock(i, oi, PW, 0, EOF)
    assert struct.unpack_from('<I', r.b[1])[0] & 2
    end = time.time() + 15
    while 'granted' not in b.ost[i].locks[cb] and time.time() < end:
        a.peer.poll()
        b.peer.poll()
    assert 'granted' in b.ost[i].locks[cb], 'not granted after eviction'
    assert a.ping(a.ost[i]).status == -107
    a.auto = True
    assert a.unlink(ROOT, 'keeper').status == 0
    a.disconnect()
    b.disconnect()


def t_persist(srv):
    c = client(srv)
    f, h, objs = new_file(c, ROOT, 'stays', 2)
    for i, oi in objs:
        assert c.write(i, oi, 0, b'x' * 70000).status == 0
    assert c.close(h, f).status == 0
    c.disconnect()
    srv.stop()
    srv.start()
    c = client(srv)
    disp, _, got, _, md = c.intent(c.getattr(ROOT, 'stays'))
    assert got == f
    for i, oi in objects(md):
        r, data = c.read(i, oi, 0, 70000)
        assert data[:70000] == b'x' * 70000
    assert c.unlink(ROOT, 'stays').status == 0
    c.disconnect()


def reconnect(c):
    c.open_peer()
    for t in c.targets():
        r = c.connect(t)
        assert r and r.status == 0, (t.name, r and r.status)


def t_recover(srv):
    """Killed; the client comes back, replays its lock, and goes on"""
    c = client(srv)
    f, h, objs = new_file(c, ROOT, 'through', 1)
    i, oi = objs[0]
    ck, r = c.lock(i, oi, PW, 0, EOF)
    srv.kill()
    srv.start()
    other = Client('127.0.0.1', srv.port, '127.0.0.77@tcp')
    assert other.connect(other.mdt).status == -16
    reconnect(c)
    assert c.mdt.opflags & 5 == 5 and c.ost[i].opflags & 5 == 5
    assert c.rpc(c.mdt, 12, 40, 0x20000, [bytes(216)]).status == -11
    # the committed open, replayed
    x = c.xid()
    cookie, dlm = c.dlm(c.mdt, ROOT, 13, 8, struct.pack('<Q', 2), 0x1200)
    rest = struct.pack('<QQQQQIIIIII', struct.unpack('<Q', h)[0], 1, 0, 0, 0,
                       0o100644, 0, 0x43, 0, 0, 0)
    r = c.rpc(c.mdt, 12, 101, 0x40000,
              [dlm, struct.pack('<Q', 3), c.rec(6, ROOT, f, rest), b'', b'',
               b'through\0', b'', b'', b'', b'', b''], xid=x, flags=4,
              transno=c_transno(srv), tag=1)
    assert r.status == 301, r.status
    disp, res, _, h2, _ = c.intent(r)
    assert res == 0 and disp & 0x20 and h2 != bytes(8)
    # the lock
    t = c.ost[i]
    _, dlm = c.dlm(t, oi, 11, PW, struct.pack('<QQ', 0, EOF), 0x102, ck)
    dlm = dlm[:52] + struct.pack('<I', PW) + dlm[56:]
    r = c.rpc(t, 28, 101, 0x40000, [dlm], flags=0x40)
    assert r.status == 0
    for t in [c.mdt] + c.ost:
        r = c.ping(t, flags=0xc0)
        assert r and r.status == 0, (t.name, r and r.status)
    assert c.close(h2, f).status == 0
    assert c.unlink(ROOT, 'through').status == 0
    c.disconnect()


def c_transno(srv):
    return 1 << 32


def t_replay(srv):
    """What was answered but not committed is replayed after a crash"""
    srv.stop()
    srv.start('--commit-interval', '600000')
    c = client(srv)
    reqs = []
    srv.ctl('commit')
    fids = []
    for n in range(5):
        x = c.xid()
        f, r = c.mkdir(ROOT, 'lost%d' % n, xid=x, mbits=x)
        assert r.status == 0 and r.committed < r.transno
        reqs.append((x, f, n, r.transno))
        fids.append(f)
    wf, wh, objs = new_file(c, ROOT, 'lostfile', 1)
    i, oi = objs[0]
    wx = c.xid()
    wbufs = [c.obdo(oi, 0x800, flags=0x400000),
             oi + struct.pack('<II', 0, 1),
             struct.pack('<QII', 0, 5, 0x400), b'', b'again']
    w = c.rpc(c.ost[i], 6, 4, 0x30000, wbufs, xid=wx, mbits=wx)
    assert w.status == 0 and w.transno > w.committed
    srv.kill()
    srv.start('--commit-interval', '600000')
    reconnect(c)
    assert c.mdt.opflags & 5 == 5
    # the object is written before the metadata target knows of it
    r = c.rpc(c.ost[i], 6, 4, 0x30000, wbufs, xid=wx, mbits=wx, flags=4,
              transno=w.transno)
    assert r.status == 0 and r.transno == w.transno, r.status
    for x, f, n, transno in reqs:
        _, r = c.mkdir(ROOT, 'lost%d' % n, f, xid=x, mbits=x, flags=4,
                       transno=transno)
        assert r.status == 0 and r.transno == transno
    for t in [c.mdt] + c.ost:
        assert c.ping(t, flags=0xc0).status == 0
    r, data = c.read(i, oi, 0, 4096)
    assert data[:5] == b'again'
    for n in range(5):
        assert c.intent(c.getattr(ROOT, 'lost%d' % n))[2] == fids[n]
        assert c.unlink(ROOT, 'lost%d' % n, True).status == 0
    c.disconnect()
    srv.stop()
    srv.start()


def t_objects(srv):
    """A crash takes objects; those not replayed come back with the MDT"""
    srv.stop()
    srv.start('--commit-interval', '600000')
    c = client(srv)
    srv.ctl('commit')

    def write(oi, i, **more):
        x = c.xid()
        bufs = [c.obdo(oi, 0x800, flags=0x400000),
                oi + struct.pack('<II', 0, 1),
                struct.pack('<QII', 0, 5, 0x400), b'', b'again']
        return c.rpc(c.ost[i], 6, 4, 0x30000, bufs,
                     **{'xid': x, 'mbits': x, **more})

    i1, oi1 = new_file(c, ROOT, 'taken1', 1)[2][0]
    i2, oi2 = new_file(c, ROOT, 'taken2', 1)[2][0]
    x = c.xid()
    w = write(oi1, i1, xid=x, mbits=x)
    assert w.status == 0 and w.transno > w.committed
    srv.ctl('commit-mdt')
    srv.kill()
    srv.start('--commit-interval', '600000', '--mdt-recovery', '1500',
              '--object-delay', '500')
    reconnect(c)
    r = write(oi1, i1, xid=x, mbits=x, flags=4, transno=w.transno)
    assert r.status == 0, r.status
    for t in c.ost:
        assert c.ping(t, flags=0xc0).status == 0
    assert write(oi2, i2).status == -2
    began = time.time()
    assert c.ping(c.mdt, flags=0xc0).status == 0
    assert time.time() - began > 0.5, 'the MDT did not take its time'
    assert c.intent(c.getattr(ROOT, 'taken2'))[1] == 0
    assert write(oi2, i2).status == -2
    end = time.time() + 10
    while write(oi2, i2).status:
        assert time.time() < end, 'the object does not come back'
        time.sleep(0.1)
    assert c.read(i1, oi1, 0, 4096)[1][:5] == b'again'
    assert c.read(i2, oi2, 0, 4096)[1][:5] == b'again'
    c.disconnect()
    srv.stop()
    srv.start()


def t_faults(srv):
    c = client(srv)
    assert 'ok' in srv.ctl('fault', 'drop-reply:400:1')
    assert c.ping(c.mdt, timeout=1) is None
    assert c.ping(c.mdt).status == 0
    srv.ctl('fault', 'status:400:1:-5')
    assert c.ping(c.mdt).status == -5
    srv.ctl('fault', 'delay:400:1:700')
    began = time.time()
    assert c.ping(c.mdt).status == 0 and time.time() - began > 0.6
    srv.ctl('fault', 'magic:400:1')
    assert c.peer.wait(0, 0.1) is None
    assert 'OBD_PING' in srv.ctl('stats')
    srv.ctl('clear')
    c.peer.poll()
    srv.ctl('evict', 'all')
    assert c.ping(c.ost[0]).status == -107


def t_garbage(srv):
    """Nonsense from the network does not stop the server"""
    import random
    import socket
    rnd = random.Random(7)
    for n in range(60):
        s = socket.create_connection(('127.0.0.1', srv.port))
        s.sendall(bytes(rnd.randrange(256) for _ in range(rnd.randrange(400))))
        s.close()
    c = client(srv, 3)
    _, _, good = c.build(c.mdt, 12, 36, 0x20000,
                         [bytes(136), b'', b'x\0', b'', bytes(104)], tag=1)
    for n in range(400):
        m = bytearray(good)
        for _ in range(rnd.randrange(1, 6)):
            m[rnd.randrange(len(m))] = rnd.randrange(256)
        try:
            c.peer.put_msg(rnd.choice((12, 28, 26, 6, 17, 23, 30)), c.xid(),
                           bytes(m))
            if n % 50 == 0:
                c.peer.poll()
        except OSError:
            c.open_peer()
    assert srv.proc.poll() is None
    c = client(srv, 4)
    c.disconnect()


def t_readonly(srv):
    c = client(srv)
    f, h, _ = new_file(c, ROOT, 'fixed', 1)
    assert c.close(h, f).status == 0
    key = b'read-only' + bytes(1)
    assert c.rpc(c.mdt, 12, 46, 0x20000, [key, bytes(2)]).status == -22
    assert c.rpc(c.mdt, 12, 46, 0x20000,
                 [key, struct.pack('<I', 1)]).status == 0
    assert c.mkdir(ROOT, 'no')[1].status == -30
    assert c.unlink(ROOT, 'fixed').status == -30
    assert c.intent(c.open(ROOT, 'no', 0x43))[1] == -30
    assert c.intent(c.open(ROOT, 'fixed', 2))[1] == -30
    r = c.open(ROOT, 'fixed', 1)
    assert c.intent(r)[1] == 0
    assert c.close(c.intent(r)[3], f).status == 0
    assert c.rpc(c.mdt, 12, 46, 0x20000,
                 [key, struct.pack('<I', 0)]).status == 0
    assert c.unlink(ROOT, 'fixed').status == 0
    c.disconnect()


def t_callout(srv):
    """A callback for a client whose connections are gone: we are called"""
    import socket
    lis = socket.socket()
    lis.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        lis.bind(('127.0.0.211', 988))
    except OSError:
        return 'needs port 988 of 127.0.0.211'
    lis.listen(8)
    lis.settimeout(10)
    a, b = client(srv, 201), client(srv, 2)
    f, h, objs = new_file(a, ROOT, 'callout', 1)
    i, oi = objs[0]
    a.lock(i, oi, PW, 0, EOF)
    a.peer.close()
    b.others = []
    b.lock(i, oi, PW, 0, EOF)
    got = []
    while len(got) < 3:
        s, _ = lis.accept()
        raw = b''
        while len(raw) < 72:
            raw += s.recv(72 - len(raw))
        magic, version, nid = struct.unpack_from('<IIQ', raw)
        assert (magic, version) == (0xacce7100, 1) and nid == a.peer.nid
        ctype = struct.unpack_from('<i', raw, 64)[0]
        got.append(ctype)
        s.sendall(raw[16:24] + struct.pack(
            '<QQIIQQiI', a.peer.nid, a.peer.server, 12345, 0, a.inc, 0,
            {1: 1, 2: 3, 3: 2}[ctype], 0))
        mine = {1: 1, 2: 3, 3: 2}[ctype]
        a.peer.conns[mine], a.peer.bufs[mine] = s, b''
    assert sorted(got) == [1, 2, 3]
    end = time.time() + 5
    while not a.called and time.time() < end:
        a.peer.poll()
        b.peer.poll()
    assert [m.opc for m in a.called] == [104]
    lis.close()
    a.disconnect()
    assert b.unlink(ROOT, 'callout').status == 0
    b.disconnect()
    return None


def message(bufs, opc, repsize=968):
    """A message within a message: without ptlrpc_body"""
    lens = [len(b) for b in bufs]
    out = struct.pack('<8I', len(lens), 0, 0x0BD00BD3, repsize, 0, 0, opc, 0)
    out += struct.pack('<%dI' % len(lens), *lens)
    out = out.ljust((len(out) + 7) & ~7, b'\0')
    for b in bufs:
        out += bytes(b).ljust((len(b) + 7) & ~7, b'\0')
    return out


def question(c, parent, name):
    _, dlm = c.dlm(c.mdt, parent, 13, 16, struct.pack('<Q', 3), 0x1000)
    dlm = dlm[:4] + bytes(4) + dlm[8:]
    body = bytearray(216)
    body[:16] = parent
    struct.pack_into('<Q', body, 40, 0x20fff | 0x80000000)
    struct.pack_into('<I', body, 148, 128)
    struct.pack_into('<I', body, 112, 0xffffffff)
    struct.pack_into('<I', body, 144, 0xffffffff)
    return message([dlm, struct.pack('<Q', 8), body, b'',
                    name.encode() + b'\0'], 1)


def batch_header(nbufs, inline, repsize, count):
    return struct.pack('<6I', 0xBADF0001, nbufs, inline, repsize, count, 0)


def block(parts):
    return struct.pack('<IHH', 0xBADE0001, len(parts), 0) + b''.join(parts)


def t_batch(srv):
    """Many names in one request, also when they come by bulk"""
    c = Client('127.0.0.1', srv.port, '127.0.0.21@tcp')
    c.mdt.flags2 |= 0x400000
    c.mount()
    f, r = c.mkdir(ROOT, 'batch')
    assert r.status == 0
    names = ['name%02d' % i for i in range(22)]
    for n in names:
        assert c.mkdir(f, n)[1].status == 0

    parts = [question(c, f, n) for n in names[:4]]
    b = block(parts)
    r = c.rpc(c.mdt, 24, 63, 0x20000,
              [batch_header(1, len(b), 8192, 4) + b, bytes(8)])
    assert r.status == 0, r.status
    assert struct.unpack_from('<IH', r.b[1]) == (0x00AD0001, 4)

    parts = [question(c, f, n) for n in names]
    bufs = [block(parts[i:i + 10]).ljust(4096, b'\0')
            for i in range(0, 22, 10)]
    assert [len(x) for x in bufs] == [4096] * 3
    sizes = struct.pack('<II', 4096, 0) * 3
    r, _ = c.bulk_rpc(c.mdt, 24, 63, 0x20000,
                      [batch_header(3, 0, 22 * 968 + 8, 22), sizes], 14, 1,
                      write=[b''.join(bufs)])
    assert r.status == 0, r.status
    assert struct.unpack_from('<IH', r.b[1]) == (0x00AD0001, 22)

    # A failure is told in a reply that has its block.
    parts = [question(c, f, n) for n in (names[0], 'missing', names[1])]
    b = block(parts)
    r = c.rpc(c.mdt, 24, 63, 0x20000,
              [batch_header(1, len(b), 4096, 3) + b, bytes(8)])
    assert r.status == -2 and len(r.b[1]) == 4096, (r.status, len(r.b[1]))
    assert struct.unpack_from('<IH', r.b[1]) == (0x00AD0001, 1)
    for head, sub in ((batch_header(2, 0, 4096, 3), bytes(16)),
                      (batch_header(1, 8, 4096, 1), bytes(8)),
                      (batch_header(0, 0, 4096, 1), bytes(8))):
        r = c.rpc(c.mdt, 24, 63, 0x20000, [head, sub])
        assert r.status == -71 and len(r.b[1]) >= 8, (r.status, r.b)
    c.disconnect()


def t_flid(srv):
    """A request that would crash a real server ends the connection"""
    c = client(srv)
    body = bytearray(216)
    body[:16] = ROOT
    struct.pack_into('<Q', body, 40, 1 << 36)
    struct.pack_into('<I', body, 112, 0xffffffff)
    try:
        assert c.rpc(c.mdt, 12, 49, 0x20000,
                     [body, b'', b'user.x\0', b'', b''], timeout=3) is None
    except (ConnectionError, OSError):
        pass
    srv.log.flush()
    with open(os.path.join(srv.folder, 'log')) as f:
        assert 'would have crashed' in f.read()


def t_two_mdts(srv):
    """A directory on another MDT is shown as such, and found there"""
    srv.stop()
    srv.args += ['--mdts', '2']
    srv.start()
    srv.ctl('abort-recovery')
    c = client(srv)
    from client import F_MDT, Target
    second = Target('lustre-MDT0001_UUID', 38, 12, F_MDT, 0x100288)
    c.cookie += 1
    second.cookie = c.cookie
    assert c.connect(second).status == 0
    first, c.mdt = c.mdt, second
    d, r = c.mkdir(ROOT, 'remote', fid(0x1000000400, 0x1fff0))
    assert r.status == 0
    c.mdt = first
    r = c.getattr(ROOT, 'remote')
    valid = struct.unpack_from('<Q', r.b[2], 40)[0]
    assert r.status == 0 and valid == 1 | 1 << 32 and r.b[2][:16] == d
    r = c.rpc(c.mdt, 29, 900, 0x20000,
              [struct.pack('<I', 2), struct.pack('<Q', 0x1000000400) +
               bytes(16)])
    assert struct.unpack_from('<I', r.b[1], 16)[0] == 1
    c.mdt = second
    assert c.mkdir(d, 'sub')[1].status == 0
    assert c.unlink(d, 'sub', True).status == 0
    assert c.unlink(ROOT, 'remote', True).status == 0
    c.rpc(second, 12, 39, 0x10000, [])
    c.mdt = first
    c.disconnect()


TESTS = [t_namespace, t_readdir, t_data, t_locks, t_rules, t_evict, t_persist,
         t_recover, t_replay, t_objects, t_faults, t_readonly, t_callout,
         t_garbage, t_batch, t_flid, t_two_mdts] + layouts.TESTS


def main():
    ap = argparse.ArgumentParser(description=__doc__)
    ap.add_argument('--server', default=os.environ.get(
        'LUSTRE_TESTSERVER',
        os.path.join(here, '../../tools/server/lustre-testserver')))
    ap.add_argument('only', nargs='*')
    args = ap.parse_args()
    folder = tempfile.mkdtemp(prefix='selftest.')
    srv = Server(args.server, folder, 20000 + os.getpid() % 20000,
                 '--lock-timeout', '3', '--recovery-time', '20')
    srv.start()
    bad = n = 0
    for t in TESTS:
        if args.only and t.__name__[2:] not in args.only:
            continue
        n += 1
        began = time.time()
        try:
            skip = t(srv)
            print('ok %d - %s (%.1f s)%s' % (n, t.__name__[2:],
                                             time.time() - began,
                                             ' # SKIP ' + skip if skip else ''))
        except Exception:
            bad += 1
            print('not ok %d - %s' % (n, t.__name__[2:]))
            for line in traceback.format_exc().splitlines():
                print('#   ' + line)
            if srv.proc.poll() is not None:
                print('#   the server is gone, status %d' % srv.proc.returncode)
                srv.start()
            else:
                srv.kill()
                srv.start('--recovery-time', '1')
                time.sleep(1.5)
        sys.stdout.flush()
    try:
        srv.stop()
    except AssertionError as e:
        bad += 1
        print('# at the end: %s' % e)
    print('1..%d' % n)
    if bad:
        print('# log: %s/log' % folder)
    else:
        shutil.rmtree(folder)
    return 1 if bad else 0


if __name__ == '__main__':
    sys.exit(main())
