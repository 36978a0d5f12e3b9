#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Replays what a real client sent, as recorded, at the test server.

Each recorded request must get a reply of the same shape: opcode, status,
number of buffers, and which of them are empty or of a fixed size. Handles,
lock cookies and object ids are adapted; files that existed when a recording
began are made first, under the FIDs that the recorded client saw.
"""
import argparse
import glob
import os
import random
import shutil
import struct
import subprocess
import sys
import tempfile
import time

from wirelib import (ACK, CONNECTS, GET, Msg, PUT, Peer, REPLY_PORTAL,
                     lnet_messages, nid4, nid_text)

SERVER = '10.77.0.1@tcp'
ROOT = struct.pack('<QII', 0x200000007, 1, 0)
MDT, MGS = 'MDT0000', 'MGS'
COMP = 0x0bd60bd0
TARGET_OF = {26: MGS, 12: MDT, 23: MDT, 13: MDT, 29: MDT, 30: MDT, 24: MDT}
CONN_OPC = {MGS: 250, MDT: 38}
NAMES = {1: 'OST_GETATTR', 2: 'OST_SETATTR', 3: 'OST_READ', 4: 'OST_WRITE',
         8: 'OST_CONNECT', 9: 'OST_DISCONNECT', 10: 'OST_PUNCH',
         13: 'OST_STATFS', 16: 'OST_SYNC', 19: 'OST_QUOTACTL',
         22: 'OST_FALLOCATE', 23: 'OST_SEEK', 33: 'GETATTR',
         34: 'GETATTR_NAME', 35: 'CLOSE', 36: 'REINT', 37: 'READPAGE',
         38: 'MDS_CONNECT', 39: 'MDS_DISCONNECT', 40: 'GET_ROOT',
         41: 'STATFS', 44: 'SYNC', 48: 'QUOTACTL', 49: 'GETXATTR',
         53: 'GET_INFO', 63: 'BATCH', 101: 'ENQUEUE', 102: 'CONVERT',
         103: 'CANCEL', 250: 'MGS_CONNECT', 251: 'MGS_DISCONNECT',
         256: 'CONFIG_READ', 400: 'PING', 501: 'LLOG_CREATE',
         502: 'LLOG_BLOCK', 503: 'LLOG_HEADER', 700: 'SEQ', 900: 'FLD'}
# What the test server refuses on purpose
UNSERVED = {48: 'quota', 19: 'quota'}
# Recordings of server crashes, and of features outside the test server
SKIP = ('50-', '51-', '52-', '53-', '41-idle')
# Later ones of features that it has
MORE = ('96-', '97-', '98-', '103-', '107-')


def oidx(blob):
    """OST index by the sequence of an object named anywhere in a message"""
    for i in range(0, len(blob) - 7, 8):
        v = struct.unpack_from('<Q', blob, i)[0]
        if v in (0x240000400, 0x280000400):
            return (v - 0x240000400) >> 30
    return None


def parts(block, off=0):
    """Messages of a block in an MDS_BATCH that begins at @off"""
    count = struct.unpack_from('<H', block, off + 4)[0]
    off += 8
    found = []
    for _ in range(count):
        found.append(Msg(bytes(block[off:])))
        off += len(found[-1].pack())
    return found


class Exchange:
    """A recorded request and its reply"""

    def __init__(self, nid, portal, bits, msg):
        self.nid, self.portal, self.bits, self.msg = nid, portal, bits, msg
        self.reply = None

    def intent(self):
        m = self.msg
        if m.opc == 101 and m.count > 2 and len(m.bufs[2]) == 8:
            return struct.unpack('<Q', m.bufs[2])[0]
        return 0

    def title(self):
        s = NAMES.get(self.msg.opc, str(self.msg.opc))
        it = self.intent()
        if it:
            s += '/' + {1: 'OPEN', 3: 'OPEN|CREAT', 8: 'GETATTR', 16: 'LOOKUP',
                        0x400: 'LAYOUT', 0x80: 'GETXATTR'}.get(it, hex(it))
        if self.msg.opc == 36:
            s += '/%d' % struct.unpack_from('<I', self.msg.bufs[1])[0]
        return '%s x%x' % (s, self.bits & 0xffffff)


def load(path):
    """Exchanges of one recording"""
    out, wait = [], {}
    srv = nid4(SERVER)
    for when, m in lnet_messages(path):
        if m.type != PUT or len(m.payload) < 40:
            continue
        try:
            if m.dst == srv and m.portal in REPLY_PORTAL and m.offset == 0:
                e = Exchange(nid_text(m.src), m.portal, m.bits,
                             Msg(m.payload))
                e.time = when
                if e.msg.type != 4711 or e.msg.pbflags & 6:
                    continue
                out.append(e)
                key = e.msg.mbits if e.msg.opc not in CONNECTS and \
                    e.msg.mbits else m.bits
                wait[m.src, key] = e
                wait[m.src, m.bits] = e
            elif m.src == srv and m.portal in REPLY_PORTAL.values():
                e = wait.get((m.dst, m.bits))
                r = Msg(m.payload)
                if e and not r.cksum and r.opc == e.msg.opc:
                    e.reply = r
        except (ValueError, struct.error):
            pass
    return out


class Tree:
    """What the recordings tell of files: by FID"""

    def __init__(self):
        self.name = {}          # fid -> (parent, name)
        self.mode = {}
        self.ea = {}

    def learn(self, e):
        r, m = e.reply, e.msg
        if r and m.opc == 63 and r.count > 1:
            for q, a in zip(parts(m.bufs[1], 24), parts(r.bufs[1])):
                fid = self.body(a.bufs[1], a.bufs[2])
                self.name.setdefault(fid, (bytes(q.bufs[2][:16]),
                                           bytes(q.bufs[4]).rstrip(b'\0')))
        if not r or r.count < 3 or m.opc != 101 or not e.intent():
            if r and m.opc == 33 and r.count > 1 and len(r.bufs[1]) == 216:
                self.body(r.bufs[1], r.bufs[2] if r.count > 2 else b'')
            return
        it = e.intent()
        if it not in (1, 3, 8, 16) or len(r.bufs[2]) != 216:
            return
        fid = self.body(r.bufs[2], r.bufs[3])
        nb = 6 if it in (1, 3) else 5
        name = bytes(m.bufs[nb]).rstrip(b'\0') if m.count > nb else b''
        parent = bytes(m.bufs[3][40:56] if it in (1, 3) else m.bufs[3][:16])
        if fid and name and fid not in self.name:
            self.name[fid] = (parent, name)

    def body(self, b, md):
        fid = bytes(b[:16])
        if fid == b'\0' * 16:
            return None
        mode = struct.unpack_from('<I', b, 116)[0]
        if mode:
            self.mode[fid] = mode
        if len(md) >= 56 and struct.unpack_from('<I', md)[0] == 0x0bd10bd0:
            self.ea.setdefault(fid, bytes(md))
        return fid


def plain_objects(ea):
    n = struct.unpack_from('<H', ea, 28)[0]
    return [bytes(ea[32 + 24 * i:48 + 24 * i]) for i in range(n)
            if len(ea) >= 56 + 24 * i]


def objects(ea):
    """Ids of the objects of a layout, in order"""
    if struct.unpack_from('<I', ea)[0] != COMP:
        return plain_objects(ea)
    out = []
    for i in range(struct.unpack_from('<H', ea, 14)[0]):
        flags, = struct.unpack_from('<I', ea, 32 + 48 * i + 4)
        off, size = struct.unpack_from('<II', ea, 32 + 48 * i + 24)
        if flags & 0x10:
            out += plain_objects(ea[off:off + size])
    return out


class Node:
    """A client node: connections, exports, and answers to callbacks"""

    def __init__(self, suite, nid):
        self.suite = suite
        self.peer = Peer(suite.host, suite.port, nid, SERVER)
        self.peer.on_callback = self.callback
        self.exports = {}       # our cookie -> (target, server handle)
        self.last = 1 << 50     # latest recorded xid; ours lie between
        self.extra = 0
        self.conn_cnt = {}      # of recorded connects, by our handle
        self.cookie = (nid4(nid) & 0xffffffff) << 24

    def xid(self):
        if self.last >= 1 << 60:
            self.last += 128
            return self.last
        self.extra += 1
        if self.extra == 127:
            self.extra = 1
            if self.last < 1 << 50:
                self.last += 128
        return self.last + self.extra

    def header(self, handle, opc, version, bits):
        b = bytearray(184)
        struct.pack_into('<QIIII', b, 0, handle, 4711, version | 3, opc, 1)
        struct.pack_into('<II', b, 64, self.conn_cnt.get(handle, 1), 11)
        struct.pack_into('<Q', b, 120, bits)
        return b

    def rpc(self, portal, handle, opc, version, bufs, want=True, tag=0):
        bits = self.xid()
        m = Msg(self.suite.blank.pack())
        m.flags, m.flvr = 3, (3 << 24 if portal == 26 else 0)
        m.bufs = [self.header(handle, opc, version, bits)] + \
            [bytearray(b) for b in bufs]
        m.put(32, 'H', tag)
        self.peer.put_msg(portal, bits, m.pack())
        if not want:
            return None
        r = self.suite.wait(self.peer, bits)
        return r[2] if r else None

    def connect(self, target, template):
        """A new export on @target; returns the server's handle"""
        self.cookie += 1
        m = Msg(template.pack())
        m.handle = 0
        m.conn_cnt = 1
        m.put(60, 'I', 0x20)
        name = target if target == MGS else 'lfs-%s_UUID' % target
        m.bufs[1] = bytearray(name.encode().ljust(39, b'\0'))
        m.bufs[2] = bytearray(b'%036x\0\0\0' % self.cookie)
        m.bufs[3] = bytearray(struct.pack('<Q', self.cookie))
        bits = self.xid()
        portal = {MGS: 26, MDT: 12}.get(target, 28)
        self.peer.put_msg(portal, bits, m.pack())
        r = self.suite.wait(self.peer, bits)
        if not r or r[2].status:
            raise RuntimeError('connect to %s failed' % target)
        self.exports[self.cookie] = (target, r[2].handle)
        return r[2].handle

    def callback(self, peer, bits, msg):
        """Every lock is given up at once; a glimpse finds nothing"""
        if msg.opc == 106:
            peer.reply_callback(bits, msg, 0, [bytes(56)])
            return
        peer.reply_callback(bits, msg)
        if msg.opc != 104:
            return
        _, handle = self.exports.get(msg.handle, (None, 0))
        lock = struct.unpack_from('<Q', msg.bufs[1], 96)[0]
        if handle:
            self.rpc(17, handle, 103, 0x40000,
                     [struct.pack('<II', 0, 1) + bytes(80) +
                      struct.pack('<QQ', lock, 0)], want=False)


class Suite:
    def __init__(self, host, port, folder):
        self.host, self.port, self.folder = host, port, folder
        self.tree = Tree()
        self.nodes = {}
        self.handles = {}       # (nid, recorded handle) -> ours
        self.target = {}        # (nid, recorded handle) -> target
        self.map = {}           # recorded bytes -> ours
        self.exists = {ROOT}
        self.templates = {}
        self.blank = None
        self.bad = 0
        self.done = 0

    def prepare(self, recs):
        for e in recs['01-mount']:
            m = e.msg
            if m.opc in CONNECTS and e.reply and not e.reply.status:
                self.templates.setdefault(m.opc, m)
        self.blank = Msg(self.templates[250].pack())
        for ex in recs.values():
            for e in ex:
                self.tree.learn(e)
                self.classify(e)

    def wait(self, peer, bits, timeout=15):
        """A reply; meanwhile everybody answers callbacks"""
        end = time.time() + timeout
        while time.time() < end:
            r = peer.wait(bits, 0.05)
            if r:
                return r
            for n in self.nodes.values():
                if n.peer is not peer:
                    n.peer.poll()
        return None

    def classify(self, e):
        h = (e.nid, e.msg.handle)
        if not e.msg.handle or h in self.target:
            return
        if e.portal in TARGET_OF:
            self.target[h] = TARGET_OF[e.portal]
        elif e.portal in (28, 6, 7):
            i = oidx(e.msg.pack())
            if i is not None:
                self.target[h] = 'OST%04d' % i

    def node(self, nid):
        if nid not in self.nodes:
            self.nodes[nid] = Node(self, nid)
        return self.nodes[nid]

    def handle(self, e, m):
        """Our export for the recorded one; objects may be elsewhere here"""
        key = (e.nid, e.msg.handle)
        t = self.target.get(key)
        if e.portal in (28, 6, 7):
            i = oidx(m.pack())
            if i is not None and t != 'OST%04d' % i:
                t = 'OST%04d' % i
                key += (t,)
        if key not in self.handles:
            if not t:
                t = 'OST0000' if e.portal in (28, 6, 7) else MDT
            self.handles[key] = self.node(e.nid).connect(
                t, self.templates[CONN_OPC.get(t, 8)])
        return self.handles[key]

    # ---- files that were there before ----

    def maker(self):
        n = self.node('10.77.0.99@tcp')
        if not n.exports:
            n.last = 1 << 60
            n.mdt = n.connect(MDT, self.templates[38])
        return n

    def rec(self, op, parent, fid, mode, flags=0):
        return struct.pack('<IIIIIIIIII', op, 0xffffffff, 0, 0, 0, 0,
                           0xffffffff, 0, 0xffffffff, 0) + parent + fid + \
            struct.pack('<QQQQQIIIIII', 0, 1, 0, 0, 0, mode, 0,
                        flags & 0xffffffff, flags >> 32, 0, 0)

    def make(self, fid):
        """Creates the file that the recordings know as @fid"""
        if fid in self.exists or fid not in self.tree.mode:
            return
        self.exists.add(fid)
        seq = struct.unpack_from('<Q', fid)[0]
        if seq < 0x200000400 or 0x240000400 <= seq < 0x300000000:
            return
        parent, name = self.tree.name.get(fid, (ROOT, b'fid-' +
                                                fid[:12].hex().encode()))
        self.make(parent)
        if parent not in self.exists:
            parent = ROOT
        n = self.maker()
        mode = self.tree.mode[fid]
        kind = mode & 0o170000
        name += b'\0'
        # a former file of this name has to go first
        for old in (0o100000, 0o040000):
            n.rpc(12, n.mdt, 36, 0x20000,
                  [self.rec(4, parent, bytes(16), 0)[:116] +
                   struct.pack('<I', old & 0o040000) + bytes(16), b'', name,
                   bytes(104), b''])
        if kind != 0o100000:
            data = b'target\0' if kind == 0o120000 else b''
            n.rpc(12, n.mdt, 36, 0x20000,
                  [self.rec(2, parent, fid, mode), b'', name, data, bytes(104),
                   b'', b'', b'', b''])
            return
        ea = self.tree.ea.get(fid)
        lum = b''
        if ea:
            lum = struct.pack('<IIQQIHH', 0x0bd10bd0, 1, 0, 0,
                              *struct.unpack_from('<IH', ea, 24), 0xffff)
        flags = 0x42 | (0x40000000 if lum else 0)
        n.cookie += 1
        dlm = struct.pack('<II', 0x1000, 1) + struct.pack('<II', 13, 0) + \
            parent + bytes(16) + struct.pack('<IIQQQQ', 8, 0, 2, 0, 0, 0) + \
            struct.pack('<QQ', n.cookie, 0)
        r = n.rpc(12, n.mdt, 101, 0x40000,
                  [dlm, struct.pack('<Q', 3), self.rec(6, parent, fid, mode,
                                                       flags),
                   b'', b'', name, lum, b'', b'', b'', b''])
        if not r or r.count < 4:
            return
        if ea:
            self.map_ea(ea, r.bufs[3])
        n.rpc(23, n.mdt, 35, 0x20000,
              [bytes(r.bufs[2][32:40]) + bytes(16),
               struct.pack('<I', 1) + bytes(36) + fid + bytes(80), b''])

    def map_ea(self, old, new):
        if len(old) < 56 or len(new) < 56:
            return
        for a, b in zip(objects(old), objects(new)):
            self.map[a] = b

    def prefill(self, e):
        """Makes what this request needs and the recording shows was there"""
        m, r = e.msg, e.reply
        fids = []
        made = None
        if e.intent() == 3 and \
                not struct.unpack_from('<I', m.bufs[3], 120)[0] & 0x800000:
            made = bytes(m.bufs[3][56:72])
        if m.opc == 36:
            op = struct.unpack_from('<I', m.bufs[1])[0]
            fids = [bytes(m.bufs[1][40:56]), bytes(m.bufs[1][56:72])]
            if op == 2:
                made = fids[1]
            if op == 5 and not r.status:
                self.by_name(fids[0], m.bufs[4])
            if op == 4 and not r.status:
                self.by_name(fids[0], m.bufs[3])
        elif e.intent() in (1, 3):
            fids = [bytes(m.bufs[3][40:56]), bytes(m.bufs[3][56:72])]
        elif e.intent() in (8, 16, 0x80):
            fids = [bytes(m.bufs[3][:16]), bytes(m.bufs[3][16:32])]
        elif m.opc in (33, 34, 37, 44, 49):
            fids = [bytes(m.bufs[1][:16])]
        elif m.opc == 63:
            for p in parts(m.bufs[1], 24)[:len(parts(r.bufs[1]))]:
                fids += [bytes(p.bufs[2][:16]), bytes(p.bufs[2][16:32])]
        elif m.opc == 101:
            fids = [bytes(m.bufs[1][16:32])]
        if r and r.count > 2 and m.opc == 101 and len(r.bufs[2]) == 216:
            disp = struct.unpack_from('<Q', r.bufs[1], 96)[0]
            if disp & 8 or (disp & 0x20 and not disp & 0x10):
                fids.append(bytes(r.bufs[2][:16]))
        for f in fids:
            if f != made and len(f) == 16 and f != bytes(16):
                self.make(f)
        if made:
            self.exists.add(made)

    def by_name(self, parent, name):
        name = bytes(name).rstrip(b'\0')
        for fid, where in self.tree.name.items():
            if where == (parent, name):
                self.make(fid)

    # ---- one exchange ----

    def adapt(self, buf):
        """Replaces what is different here: object ids, cookies"""
        i = 0
        while i + 8 <= len(buf):
            k = bytes(buf[i:i + 16])
            if k in self.map:
                buf[i:i + 16] = self.map[k]
                i += 16
                continue
            k = bytes(buf[i:i + 8])
            if k in self.map:
                buf[i:i + 8] = self.map[k]
            i += 8

    def bulk(self, peer, m):
        if m.opc in (3, 4) and len(m.bufs[2]) == 24:
            brw = struct.unpack_from('<I', m.bufs[2], 16)[0] >> 16
            if struct.unpack_from('<I', m.bufs[1], 96)[0] & 0x400000:
                return          # data is in the message
            first = m.mbits & ~brw
            for b in range(first, m.mbits + 1):
                if m.opc == 3:
                    peer.sinks[8, b] = None
                else:
                    peer.sources[8, b] = bytes(1 << 20)
        elif m.opc == 37:
            peer.sinks[14, m.mbits] = None
        elif m.opc == 256:
            peer.sinks[33, m.mbits] = None

    def learn(self, e, got):
        """Which of our cookies stand for the recorded ones"""
        want = e.reply
        if e.msg.opc in CONNECTS and want.handle:
            self.handles[e.nid, want.handle] = got.handle
            name = bytes(e.msg.bufs[1]).rstrip(b'\0').decode()
            self.target[e.nid, want.handle] = \
                name[4:11] if name.startswith('lfs-') else name
            n = self.node(e.nid)
            ours = struct.unpack('<Q', e.msg.bufs[3])[0]
            n.exports[ours] = ('', got.handle)
            n.conn_cnt[got.handle] = e.msg.conn_cnt
            return
        if e.msg.opc == 63:
            for w, g in zip(parts(want.bufs[1]), parts(got.bufs[1])):
                self.pair(w.bufs[0][88:96], g.bufs[0][88:96])
                self.map_ea(w.bufs[2], g.bufs[2])
        if e.msg.opc != 101 or got.count < 2 or want.count < 2:
            return
        self.pair(want.bufs[1][88:96], got.bufs[1][88:96])
        if e.intent() in (1, 3) and got.count > 3 and want.count > 3:
            self.pair(want.bufs[2][32:40], got.bufs[2][32:40])
        if e.intent() in (1, 3, 8, 16) and got.count > 3:
            self.map_ea(want.bufs[3], got.bufs[3])
        if e.intent() == 0x400 and got.count > 2:
            self.map_ea(want.bufs[2], got.bufs[2])

    def pair(self, old, new):
        if len(old) == 8 and any(old) and any(new):
            self.map[bytes(old)] = bytes(new)

    def run(self, e):
        began = time.time()
        why = self.run1(e)
        if time.time() - began > 1:
            print('# %s took %.1f s' % (e.title(), time.time() - began))
        return why

    def run1(self, e):
        """None when the shapes agree, else what is different"""
        node = self.node(e.nid)
        m = Msg(e.msg.pack())
        if m.opc not in CONNECTS:
            self.prefill(e)
        for b in m.bufs[1:]:
            self.adapt(b)
        if m.opc not in CONNECTS:
            m.handle = self.handle(e, m)
        self.bulk(node.peer, m)
        if e.bits > node.last or node.last == 1 << 50:
            node.last, node.extra = e.bits, 0
        node.peer.put_msg(e.portal, e.bits, m.pack())
        key = m.mbits if m.opc not in CONNECTS and m.mbits else e.bits
        r = self.wait(node.peer, key)
        if not r:
            return 'no reply'
        got = r[2]
        if not got:
            return 'reply is no message'
        if r[0] != REPLY_PORTAL[e.portal]:
            return 'reply on portal %d' % r[0]
        if r[1] != (224 if m.flags & 1 else 0):
            return 'reply at offset %d' % r[1]
        self.learn(e, got)
        return self.compare(e, e.reply, got)

    def fuzz(self, exchanges, rnd, rounds):
        """Damaged copies of the requests: the server must survive them"""
        n = 0
        for e in exchanges * rounds:
            m = Msg(e.msg.pack())
            if m.opc in CONNECTS or m.opc in (9, 39, 251):
                continue
            node = self.node(e.nid)
            for b in m.bufs[1:]:
                self.adapt(b)
            m.handle = self.handle(e, m)
            bits = node.xid()
            m.conn_cnt = node.conn_cnt.get(m.handle, 1)
            m.put(24, 'Q', 0)
            m.put(32, 'H', 0)
            m.pbflags = 0
            m.mbits = bits
            big = [b for b in m.bufs[1:] if b]
            for _ in range(rnd.randrange(1, 5)):
                if not big:
                    break
                b = rnd.choice(big)
                if not b:
                    continue
                at = rnd.randrange(len(b))
                kind = rnd.randrange(4)
                if kind == 0:
                    b[at] = rnd.randrange(256)
                elif kind == 1:
                    at &= ~3
                    b[at:at + 4] = rnd.choice((b'\0\0\0\0', b'\xff' * 4,
                                               b'\1\0\0\0'))[:len(b) - at]
                elif kind == 2:
                    del b[at:]
                else:
                    b.extend(bytes(rnd.randrange(64)))
            raw = bytearray(m.pack())
            if rnd.randrange(8) == 0:
                raw[rnd.randrange(64)] = rnd.randrange(256)
            try:
                node.peer.put_msg(e.portal, bits, bytes(raw))
                if n % 16 == 0:
                    for x in self.nodes.values():
                        x.peer.poll()
                node.peer.replies.clear()
            except (ConnectionError, OSError):
                self.nodes.pop(e.nid)
                self.handles = {k: v for k, v in self.handles.items()
                                if k[0] != e.nid}
            n += 1
        return n

    def compare(self, e, want, got):
        if got.opc != want.opc:
            return 'opcode %d' % got.opc
        if got.status != want.status and not self.status_ok(e, want, got):
            return 'status %d, recorded %d' % (got.status, want.status)
        if got.status != want.status and e.msg.opc in (4, 35):
            return None
        if (got.transno != 0) != (want.transno != 0) and e.msg.opc != 39:
            return 'transno %d, recorded %d' % (got.transno, want.transno)
        if got.count != want.count:
            return 'buffers %s, recorded %s' % (got.lens, want.lens)
        for i, (a, b) in enumerate(zip(got.lens, want.lens)):
            fixed = b in (104, 112, 144, 184, 192, 208, 216, 8192, 48, 16)
            if e.msg.opc == 101 and i >= 3 and e.intent():
                fixed = False
                if i == 3 and e.intent() in (8, 16) and b == 48:
                    continue    # the root's default directory layout
                if i == 7 and b == 56:
                    continue
            if e.msg.opc in (3, 49, 53) or (e.intent() == 0x80 and i > 2):
                continue
            if fixed and a != b or (a == 0) != (b == 0):
                return 'buffers %s, recorded %s' % (got.lens, want.lens)
        if e.msg.opc == 63:
            a, b = ([p.lens for p in parts(x.bufs[1])] for x in (got, want))
            if a != b:
                return 'parts %s, recorded %s' % (a, b)
        return None

    def status_ok(self, e, want, got):
        m = e.msg
        if m.opc in (102, 103):         # cancelled on our callback already
            return got.status in (0, 116, 303)
        if m.opc == 35:                 # opened before the recording began
            return got.status == -116 and \
                bytes(m.bufs[1][:8]) not in self.map
        if m.opc == 4 and got.status == -2:     # left from before
            return bytes(m.bufs[1][8:24]) not in self.map
        if m.opc == 3:                  # data of a file made for this
            return got.status >= 0 and want.status >= 0
        if m.opc in CONNECTS:           # the recorded server was not ready
            return want.status == -11 and got.status == 0
        if m.opc == 101:                # another lock was in the way, or not
            return {got.status, want.status} <= {0, 301}
        return False

    def file(self, name, exchanges):
        fails, skipped, n = [], 0, 0
        for e in exchanges:
            if not e.reply:
                continue
            if e.msg.opc in UNSERVED:
                skipped += 1
                continue
            n += 1
            why = self.run(e)
            for nid, node in self.nodes.items():
                if nid != e.nid:
                    node.peer.poll()
            if why:
                fails.append('%s: %s' % (e.title(), why))
        self.done += 1
        note = ' (%d not served: %s)' % (skipped, 'see UNSERVED') \
            if skipped else ''
        if fails:
            self.bad += 1
            print('not ok %d - %s: %d of %d requests%s' %
                  (self.done, name, n - len(fails), n, note))
            for f in fails:
                print('#   ' + f)
        else:
            print('ok %d - %s: %d requests%s' % (self.done, name, n, note))
        sys.stdout.flush()


def start_server(binary, folder, port):
    p = subprocess.Popen([binary, '--dir', folder, '--fsname', 'lfs', '--nid',
                          SERVER, '--listen', '127.0.0.1:%d' % port] +
                         os.environ.get('LUSTRE_TESTSERVER_ARGS', '').split(),
                         stdout=subprocess.PIPE,
                         stderr=open(os.path.join(folder, 'log'), 'w'),
                         text=True)
    line = p.stdout.readline()
    if not line.startswith('ready:'):
        raise RuntimeError('server does not start: ' + line)
    return p


def main():
    here = os.path.dirname(os.path.abspath(__file__))
    ap = argparse.ArgumentParser(description=__doc__)
    ap.add_argument('--captures', default=os.environ.get('LUSTRE_CAPTURES', ''))
    ap.add_argument('--server', default=os.environ.get(
        'LUSTRE_TESTSERVER',
        os.path.join(here, '../../tools/server/lustre-testserver')))
    ap.add_argument('--port', type=int,
                    default=20000 + os.getpid() % 20000)
    ap.add_argument('--keep', action='store_true')
    ap.add_argument('--fuzz', type=int, metavar='SEED',
                    help='then send damaged copies, chosen by SEED')
    ap.add_argument('--rounds', type=int, default=2)
    ap.add_argument('only', nargs='*')
    args = ap.parse_args()
    if not args.captures or not os.path.isdir(args.captures):
        print('1..0 # SKIP no recordings (--captures, LUSTRE_CAPTURES)')
        return 0
    files = sorted(glob.glob(os.path.join(args.captures,
                                          '[0-46][0-9]-*.pcap*')))
    for more in MORE:
        files += glob.glob(os.path.join(args.captures, more + '*.pcap*'))
    recs = {}
    for f in files:
        name = os.path.basename(f).split('.pcap')[0]
        if not name.startswith(SKIP):
            recs[name] = load(f)
    folder = tempfile.mkdtemp(prefix='replay.')
    server = start_server(args.server, folder, args.port)
    suite = Suite('127.0.0.1', args.port, folder)
    try:
        suite.prepare(recs)
        for name in sorted(recs, key=lambda n: recs[n][0].time
                           if recs[n] else 0):
            if not args.only or any(name.startswith(o) for o in args.only):
                suite.file(name, recs[name])
        if args.fuzz is not None:
            rnd = random.Random(args.fuzz)
            suite.handles = {}  # many were disconnected
            for name in sorted(recs):
                suite.fuzz(recs[name], rnd, args.rounds)
            suite.done += 1
            alive = server.poll() is None
            suite.bad += not alive
            print('%sok %d - damaged requests, seed %d' %
                  ('' if alive else 'not ', suite.done, args.fuzz))
    finally:
        server.terminate()
        rc = server.wait(20)
        if rc:
            print('not ok %d - server exit status %d' % (suite.done + 1, rc))
            suite.bad += 1
        if args.keep or suite.bad:
            print('# log: ' + os.path.join(folder, 'log'))
        else:
            shutil.rmtree(folder)
    print('1..%d' % suite.done)
    return 1 if suite.bad else 0


if __name__ == '__main__':
    sys.exit(main())
