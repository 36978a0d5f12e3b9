# SPDX-License-Identifier: GPL-2.0-only
"""A small Lustre client on sockets, to test the test server with."""
import os
import struct
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                '../captures'))
from wirelib import Msg, Peer  # noqa: E402

ROOT = struct.pack('<QII', 0x200000007, 1, 0)
NOFID = bytes(16)
EOF = (1 << 64) - 1
F1 = 0xa000001001000020 | 0x10000000000
F_MDT = 0xa6304c79c144d1a0 | 0x200000000000000 | 0x10
F_OST = 0xa00258f0e1440038
PR, PW, CR, CW, EX = 4, 2, 16, 8, 1


def fid(seq, oid):
    return struct.pack('<QII', seq, oid, 0)


class Reply:
    def __init__(self, portal, off, msg):
        self.portal, self.off, self.msg = portal, off, msg
        self.status = msg.status
        self.b = [bytes(x) for x in msg.bufs]

    @property
    def transno(self):
        return self.msg.transno

    @property
    def committed(self):
        return self.msg.get(40, 'Q')


class Target:
    def __init__(self, name, opc, portal, flags, flags2=0x100200):
        self.name, self.opc, self.portal = name, opc, portal
        self.flags, self.flags2 = flags, flags2
        self.ibits = 0x3f       # all but data on the MDT
        self.handle = 0
        self.cnt = 0
        self.ops = 0
        self.locks = {}         # our cookie -> [server cookie, resource]


class Client:
    """One node with one mount"""

    def __init__(self, host, port, nid, server='127.0.0.1@tcp', fs='lustre',
                 osts=2):
        self.args = (host, port, nid, server)
        self.uuid = 'cafe%032x' % (hash((nid, time.time())) & (1 << 120) - 1)
        self.next = int(time.time()) << 20
        self.cookie = int(time.time() * 1e6) << 8
        self.seq = 0
        self.oid = 0
        self.inc = int(time.time() * 1e9)
        self.auto = True        # give up locks when called back
        self.called = []
        self.others = []
        self.glimpse = bytes(56)
        self.mgs = Target('MGS', 250, 26, F1)
        self.mdt = Target(fs + '-MDT0000_UUID', 38, 12, F_MDT, 0x100288)
        self.ost = [Target('%s-OST%04x_UUID' % (fs, i), 8, 28, F_OST, 0x140200)
                    for i in range(osts)]
        for t in [self.mgs, self.mdt] + self.ost:
            self.cookie += 1
            t.cookie = self.cookie
        self.peer = None
        self.open_peer()

    def open_peer(self):
        if self.peer:
            self.peer.close()
        for _ in range(3):      # a node that restarted is refused once
            try:
                self.peer = Peer(*self.args, incarnation=self.inc)
                break
            except ConnectionError:
                time.sleep(0.2)
        self.peer.on_callback = self.callback

    def targets(self):
        return [self.mgs, self.mdt] + self.ost

    # ---- transport ----

    def xid(self):
        self.next += 128
        return self.next

    def body(self, t, opc, version, xid, mbits, tag=0, flags=0, transno=0):
        b = bytearray(184)
        struct.pack_into('<QIIII', b, 0, t.handle, 4711, version | 3, opc, 1)
        struct.pack_into('<H', b, 32, tag)
        struct.pack_into('<Q', b, 48, transno)
        struct.pack_into('<IIII', b, 56, flags, t.ops, t.cnt, 11)
        struct.pack_into('<Q', b, 120, mbits)
        return b

    def build(self, t, portal, opc, version, bufs, **kw):
        xid = kw.pop('xid', None) or self.xid()
        mbits = kw.pop('mbits', None) or xid
        at = kw.pop('at', 3)
        repsize = kw.pop('repsize', 65536)
        bufs = [self.body(t, opc, version, xid, mbits, **kw)] + list(bufs)
        lens = [len(b) for b in bufs]
        out = struct.pack('<8I', len(lens), 3 << 24 if portal == 26 else 0,
                          0x0BD00BD3, repsize, 0, at, 0, 0)
        out += struct.pack('<%dI' % len(lens), *lens)
        out = out.ljust((len(out) + 7) & ~7, b'\0')
        for b in bufs:
            out += bytes(b).ljust((len(b) + 7) & ~7, b'\0')
        return xid, mbits, out

    def wait(self, key, timeout=10):
        end = time.time() + timeout
        while time.time() < end:
            r = self.peer.wait(key, 0.03)
            if r:
                return Reply(r[0], r[1], r[2])
            for o in self.others:
                o.peer.poll()
        return None

    def rpc(self, t, portal, opc, version, bufs, timeout=10, **kw):
        _, mbits, out = self.build(t, portal, opc, version, bufs, **kw)
        self.peer.put_msg(portal, mbits if 'xid' not in kw else kw['xid'], out)
        return self.wait(mbits, timeout)

    def bulk_rpc(self, t, portal, opc, version, bufs, bulk, n, write=None):
        """Bulk RPC over n descriptors; (reply, received pieces)"""
        xid = self.xid()
        _, mbits, out = self.build(t, portal, opc, version, bufs, xid=xid,
                                   mbits=xid + n - 1)
        for i in range(n):
            if write is None:
                self.peer.sinks[bulk, xid + i] = None
            else:
                self.peer.sources[bulk, xid + i] = write[i]
        self.peer.put_msg(portal, xid, out)
        r = self.wait(mbits)
        end = time.time() + 5
        while write is None and r and r.status >= 0 and time.time() < end and \
                any(self.peer.sinks[bulk, xid + i] is None for i in range(n)):
            self.peer.poll()
        got = [self.peer.sinks.pop((bulk, xid + i), None) for i in range(n)]
        for i in range(n):
            self.peer.sources.pop((bulk, xid + i), None)
        return r, got

    def callback(self, peer, bits, msg):
        self.called.append(msg)
        cookie = struct.unpack_from('<Q', msg.bufs[1], 88)[0]
        if msg.opc == 106:
            peer.reply_callback(bits, msg, 0, [self.glimpse])
            return
        for t in self.targets():
            if cookie in t.locks:
                peer.reply_callback(bits, msg)
                if msg.opc == 105:
                    t.locks[cookie].append('granted')
                elif self.auto:
                    self.cancel(t, cookie, wait=False)
                return
        peer.reply_callback(bits, msg, -22)

    # ---- connect ----

    def connect(self, t, timeout=10):
        t.cnt += 1
        t.ops = 0 if t.handle else 0x20
        ocd = bytearray(192)
        struct.pack_into('<QIIIIQB', ocd, 0, t.flags, 0x02110000, 8 << 20, 0,
                         4 << 20 if t.opc == 8 else 1 << 20, t.ibits, 12)
        struct.pack_into('<I', ocd, 52, 0x37)
        struct.pack_into('<Q', ocd, 80, t.flags2)
        xid = self.xid()
        _, _, out = self.build(
            t, t.portal, t.opc, 0x10000,
            [t.name.encode().ljust(39, b'\0'),
             self.uuid.encode()[:36].ljust(39, b'\0'),
             struct.pack('<Q', t.cookie), ocd, b''], xid=xid, at=0)
        self.peer.put_msg(t.portal, xid, out)
        r = self.wait(xid, timeout)
        t.ops = 0
        if r and r.status == 0:
            t.handle = r.msg.handle
            t.ocd = r.b[1]
            t.opflags = r.msg.get(60, 'I')
        return r

    def mount(self):
        for t in self.targets():
            r = self.connect(t)
            assert r and r.status == 0, '%s: %s' % (t.name, r and r.status)
        r = self.rpc(self.mdt, 12, 40, 0x20000, [bytes(216)])
        assert r.status == 0 and r.b[1][:16] == ROOT

    def ping(self, t, flags=0, timeout=10):
        return self.rpc(t, t.portal, 400, 0x10000, [], flags=flags,
                        timeout=timeout)

    def disconnect(self):
        for t in self.targets():
            self.rpc(t, t.portal, t.opc + 1, 0x10000, [])
        self.peer.close()

    # ---- metadata ----

    def new_fid(self):
        if not self.seq:
            r = self.rpc(self.mdt, 30, 700, 0x20000,
                         [struct.pack('<I', 1), bytes(24)])
            self.seq = struct.unpack_from('<Q', r.b[1])[0]
        self.oid += 1
        return fid(self.seq, self.oid)

    def rec(self, op, f1, f2, rest, uid=0, cap=0xffffffff):
        r = struct.pack('<IIIIIIIIII', op, cap, uid, 0, uid, 0, 0xffffffff, 0,
                        0xffffffff, 0) + f1 + f2 + rest
        return r.ljust(136, b'\0')

    def reint(self, bufs, portal=12, tag=1, **kw):
        return self.rpc(self.mdt, portal, 36, 0x20000, bufs, tag=tag, **kw)

    def mkdir(self, parent, name, f=None, mode=0o40755, **kw):
        f = f or self.new_fid()
        rest = struct.pack('<QQQQQIIIII', 0, int(time.time()), 0, 0, 0, mode,
                           0, 0, 0, 0)
        r = self.reint([self.rec(2, parent, f, rest), b'',
                        name.encode() + b'\0', b'', bytes(104), b'', b'', b'',
                        b''], **kw)
        return f, r

    def unlink(self, parent, name, isdir=False):
        rest = struct.pack('<QQQQQII', int(time.time()), 0, 0, 0, 0, 0,
                           0o40000 if isdir else 0)
        return self.reint([self.rec(4, parent, NOFID, rest), b'',
                           name.encode() + b'\0', bytes(104), b''])

    def rename(self, p1, n1, p2, n2):
        rest = struct.pack('<QQQQQII', int(time.time()), 0, 0, 0, 0, 0, 0)
        return self.reint([self.rec(5, p1, p2, rest), b'', b'',
                           n1.encode() + b'\0', n2.encode() + b'\0',
                           bytes(104), b''])

    def link(self, f, parent, name):
        rest = struct.pack('<Q', int(time.time()))
        return self.reint([self.rec(3, f, parent, rest), b'', b'',
                           name.encode() + b'\0', bytes(104), b''])

    def dlm(self, t, res, typ, mode, policy, flags=0, cookie=None, cancels=()):
        if cookie is None:
            self.cookie += 1
            cookie = self.cookie
        d = struct.pack('<II', flags, 1 + len(cancels))
        d += struct.pack('<II', typ, 0) + res.ljust(32, b'\0')
        d += struct.pack('<II', mode, 0) + policy.ljust(32, b'\0')
        d += struct.pack('<Q', cookie)
        d += b''.join(struct.pack('<Q', c) for c in cancels)
        t.locks[cookie] = [0, res]
        return cookie, d.ljust(104, b'\0')

    def took(self, t, cookie, r):
        if not r or r.status != 0:
            t.locks.pop(cookie, None)
        else:
            t.locks[cookie][0] = struct.unpack_from('<Q', r.b[1], 88)[0]

    def open(self, parent, name, flags=1, f=NOFID, ea=b'', mode=0o100644, **kw):
        creat = bool(flags & 0x40)
        if creat and f == NOFID:
            f = self.new_fid()
        cookie, dlm = self.dlm(self.mdt, parent, 13, CW if creat else CR,
                               struct.pack('<Q', 2 if creat else 1), 0x1000)
        rest = struct.pack('<QQQQQIIIIII', kw.pop('old', 0),
                           int(time.time()), 0, 0, 0, mode, 0,
                           flags & 0xffffffff, flags >> 32, 0, 0)
        if 'flags_' in kw:
            kw['flags'] = kw.pop('flags_')      # of the RPC
        r = self.rpc(self.mdt, 12, 101, 0x40000,
                     [dlm, struct.pack('<Q', 3 if creat else 1),
                      self.rec(6, parent, f, rest), b'', b'',
                      name.encode() + b'\0', ea, b'', b'', b'', b''], tag=1,
                     **kw)
        self.took(self.mdt, cookie, r)
        return r

    @staticmethod
    def intent(r):
        """(disposition, status, fid, open handle, layout) of a reply"""
        disp, res = struct.unpack_from('<Qq', r.b[1], 96)
        return disp, res, r.b[2][:16], r.b[2][32:40], r.b[3]

    def close(self, handle, f):
        return self.rpc(self.mdt, 23, 35, 0x20000,
                        [handle + bytes(16),
                         struct.pack('<I', 1) + bytes(36) + f + bytes(80),
                         b''], tag=2)

    def getattr(self, parent, name, it=8):
        cookie, dlm = self.dlm(self.mdt, parent, 13, CR, struct.pack('<Q', 2),
                               0x1000)
        b = bytearray(216)
        b[:16] = parent
        struct.pack_into('<Q', b, 40, 0x20fff | 0x80000000)
        struct.pack_into('<I', b, 148, 4096)
        struct.pack_into('<I', b, 112, 0xffffffff)
        r = self.rpc(self.mdt, 12, 101, 0x40000,
                     [dlm, struct.pack('<Q', it), b, b'',
                      name.encode() + b'\0'])
        self.took(self.mdt, cookie, r)
        return r

    def readdir(self, f, start=0, n=1 << 20):
        """(names, end hash) of one request"""
        b = bytearray(216)
        b[:16] = f
        struct.pack_into('<Q', b, 40, 1)
        struct.pack_into('<Q', b, 48, start)
        struct.pack_into('<I', b, 116, 3)
        struct.pack_into('<I', b, 136, n)
        r, got = self.bulk_rpc(self.mdt, 23, 37, 0x20000, [b, b''], 14, 1)
        assert r.status == 0, r.status
        names, end = [], 0
        data = got[0]
        for p in range(0, len(data), 4096):
            _, end, _ = struct.unpack_from('<QQI', data, p)
            at = p + 24
            while True:
                h, rec, nl, _ = struct.unpack_from('<QHHI', data, at + 16)
                if nl:
                    names.append((h, data[at + 32:at + 32 + nl].decode()))
                if not rec:
                    break
                at += rec
        return names, end

    # ---- objects ----

    def obdo(self, oi, valid=0, **kw):
        o = bytearray(208)
        struct.pack_into('<Q', o, 0, 0x1000101 | valid)
        o[8:24] = oi
        where = {'size': (32, 'Q'), 'blocks': (64, 'Q'), 'flags': (96, 'I'),
                 'cksum': (100, 'I'), 'handle': (128, 'Q'), 'grant': (72, 'Q'),
                 'undirty': (84, 'I'), 'used': (176, 'Q'), 'mtime': (40, 'Q'),
                 'misc': (108, 'I')}
        for k, v in kw.items():
            struct.pack_into('<' + where[k][1], o, where[k][0], v)
        return o

    def write(self, i, oi, off, data, flags=0x8, oa=None):
        pieces, n = self.split(off, data)
        o = oa or self.obdo(oi)
        nio = struct.pack('<QII', off, len(data), flags)
        ioo = oi + struct.pack('<II', 3 << 16, 1)
        return self.bulk_rpc(self.ost[i], 6, 4, 0x30000,
                             [o, ioo, nio, b'', b''], 8, n, pieces)[0]

    def read(self, i, oi, off, size, oa=None):
        n = len(self.split(off, bytes(size))[0])
        o = oa or self.obdo(oi)
        nio = struct.pack('<QII', off, size, 9)
        ioo = oi + struct.pack('<II', 3 << 16, 1)
        r, got = self.bulk_rpc(self.ost[i], 6, 3, 0x30000,
                               [o, ioo, nio, b'', b''], 8, n)
        return r, b''.join(g or b'' for g in got)

    @staticmethod
    def split(off, data):
        """1 MiB descriptors of 256 pieces that end at page boundaries"""
        out, cur, pieces, at = [], b'', 0, 0
        while at < len(data):
            part = min(4096 - (off + at) % 4096, len(data) - at)
            if pieces == 256:
                out.append(cur)
                cur, pieces = b'', 0
            cur += data[at:at + part]
            pieces += 1
            at += part
        out.append(cur)
        return out, len(out)

    def lock(self, i, oi, mode, start, end, flags=0, timeout=10):
        t = self.ost[i]
        cookie, dlm = self.dlm(t, oi, 11, mode,
                               struct.pack('<QQ', start, end), flags)
        r = self.rpc(t, 28, 101, 0x40000, [dlm], timeout=timeout)
        self.took(t, cookie, r)
        return cookie, r

    def cancel(self, t, cookie, wait=True):
        sc = t.locks.pop(cookie)[0]
        bufs = [struct.pack('<II', 0, 1) + bytes(80) +
                struct.pack('<QQ', sc, 0)]
        if wait:
            return self.rpc(t, 17, 103, 0x40000, bufs)
        xid, _, out = self.build(t, 17, 103, 0x40000, bufs)
        self.peer.put_msg(17, xid, out)
        return None
