# SPDX-License-Identifier: GPL-2.0-only
"""Lustre messages in pcap files and on sockets: enough to replay recordings."""
import gzip
import select
import socket
import struct
import time

MAGIC_V2 = 0x0BD00BD3
HELLO_MAGIC = 0x45726963
ACC_MAGIC = 0xACCE7100
CONTROL, BULK_IN, BULK_OUT = 1, 2, 3
ACK, PUT, GET, REPLY = 0, 1, 2, 3
NONE = (1 << 64) - 1
PING_BITS = 1 << 63
REPLY_PORTAL = {26: 25, 12: 10, 23: 10, 13: 10, 24: 4, 29: 10, 30: 10,
                28: 4, 6: 4, 7: 4, 17: 18}
CONNECTS = (8, 38, 250)


def align8(n):
    return (n + 7) & ~7


def nid4(text):
    """a.b.c.d@tcp -> 64-bit number"""
    a = text.split('@')[0].split('.')
    return 0x20000 << 32 | int.from_bytes(bytes(map(int, a)), 'big')


def nid_text(nid):
    return '.'.join(str(nid >> s & 255) for s in (24, 16, 8, 0)) + '@tcp'


class Msg:
    """One lustre_msg_v2"""

    def __init__(self, data):
        (self.count, self.flvr, magic, self.repsize, self.cksum, self.flags,
         self.opc2, _) = struct.unpack_from('<8I', data)
        if magic != MAGIC_V2 or not 1 <= self.count <= 32:
            raise ValueError('not a message')
        lens = struct.unpack_from('<%dI' % self.count, data, 32)
        off = align8(32 + 4 * self.count)
        self.bufs = []
        for n in lens:
            if off + n > len(data):
                raise ValueError('buffer beyond the message')
            self.bufs.append(bytearray(data[off:off + n]))
            off += align8(n)

    def pack(self):
        lens = [len(b) for b in self.bufs]
        out = struct.pack('<8I', len(lens), self.flvr, MAGIC_V2, self.repsize,
                          self.cksum, self.flags, self.opc2, 0)
        out += struct.pack('<%dI' % len(lens), *lens)
        out = out.ljust(align8(len(out)), b'\0')
        for b in self.bufs:
            out += bytes(b).ljust(align8(len(b)), b'\0')
        return out

    def get(self, off, fmt):
        return struct.unpack_from('<' + fmt, self.bufs[0], off)[0]

    def put(self, off, fmt, v):
        struct.pack_into('<' + fmt, self.bufs[0], off, v)

    handle = property(lambda s: s.get(0, 'Q'), lambda s, v: s.put(0, 'Q', v))
    type = property(lambda s: s.get(8, 'I'))
    opc = property(lambda s: s.get(16, 'I'))
    status = property(lambda s: s.get(20, 'i'))
    tag = property(lambda s: s.get(32, 'H'))
    transno = property(lambda s: s.get(48, 'Q'))
    pbflags = property(lambda s: s.get(56, 'I'),
                       lambda s, v: s.put(56, 'I', v))
    conn_cnt = property(lambda s: s.get(64, 'I'),
                        lambda s, v: s.put(64, 'I', v))
    mbits = property(lambda s: s.get(120, 'Q'), lambda s, v: s.put(120, 'Q', v))
    lens = property(lambda s: [len(b) for b in s.bufs])


class Lnet:
    """One LNet message, NID4 header"""

    def __init__(self, hdr, payload):
        (self.dst, self.src, _, _, self.type,
         self.plen) = struct.unpack_from('<QQIIII', hdr)
        self.raw = hdr
        self.wmd = hdr[32:48]
        self.payload = payload
        if self.type == PUT:
            (self.bits, _, self.portal,
             self.offset) = struct.unpack_from('<QQII', hdr, 48)
        elif self.type == GET:
            (self.bits, self.portal, self.offset,
             self.sink) = struct.unpack_from('<QIII', hdr, 48)


# ---- recordings ----------------------------------------------------------

def packets(path):
    """(time, source, sport, destination, dport, seq, flags, data)"""
    op = gzip.open if path.endswith('.gz') else open
    with op(path, 'rb') as f:
        raw = f.read()
    magic = struct.unpack_from('<I', raw)[0]
    end = '<' if magic in (0xa1b2c3d4, 0xa1b23c4d) else '>'
    scale = 1e-9 if magic in (0xa1b23c4d, 0x4d3cb2a1) else 1e-6
    link = struct.unpack_from(end + 'I', raw, 20)[0]
    pos = 24
    while pos + 16 <= len(raw):
        sec, frac, n, _ = struct.unpack_from(end + '4I', raw, pos)
        pkt = raw[pos + 16:pos + 16 + n]
        pos += 16 + n
        off = {1: 14, 113: 16, 276: 20}.get(link, 0)
        if len(pkt) < off + 40 or pkt[off] >> 4 != 4 or pkt[off + 9] != 6:
            continue
        ihl = (pkt[off] & 15) * 4
        tot = struct.unpack_from('>H', pkt, off + 2)[0] or len(pkt) - off
        src, dst = pkt[off + 12:off + 16], pkt[off + 16:off + 20]
        t = off + ihl
        sp, dp, seq = struct.unpack_from('>HHI', pkt, t)
        data = pkt[t + (pkt[t + 12] >> 4) * 4:off + tot]
        yield (sec + frac * scale, '.'.join(map(str, src)), sp,
               '.'.join(map(str, dst)), dp, seq, pkt[t + 13], data)


class Stream:
    """Bytes of one direction, in order; finds messages mid-stream too"""

    def __init__(self):
        self.next = None
        self.held = {}
        self.buf = b''
        self.synced = False

    def add(self, seq, flags, data):
        if flags & 2:
            self.next = (seq + 1) & 0xffffffff
            self.synced = True
            self.buf = b''
            self.held = {}
            return
        if not data:
            return
        if self.next is None:
            self.next = seq
        self.held.setdefault(seq, data)
        while True:
            for s in list(self.held):
                d = (self.next - s) & 0xffffffff
                if d < 1 << 31 and d < len(self.held[s]):
                    part = self.held.pop(s)[d:]
                    self.buf += part
                    self.next = (self.next + len(part)) & 0xffffffff
                    break
                if d < 1 << 31:
                    self.held.pop(s)
            else:
                return

    def handshake(self):
        """Takes acceptor request and HELLO off the front"""
        while len(self.buf) >= 4:
            m = struct.unpack_from('<I', self.buf)[0]
            if m == ACC_MAGIC and len(self.buf) >= 16:
                self.buf = self.buf[16:]
            elif m == HELLO_MAGIC and len(self.buf) >= 56:
                self.buf = self.buf[56:]
            else:
                return

    def messages(self):
        if self.synced:
            self.handshake()
        while len(self.buf) >= 24:
            typ = struct.unpack_from('<I', self.buf)[0]
            if typ == 0xc0:
                self.buf = self.buf[24:]
                continue
            if typ != 0xc1:
                at = self.buf.find(b'\xc1\0\0\0\0\0\0\0', 1)
                self.buf = self.buf[at:] if at > 0 else self.buf[-8:]
                if at <= 0:
                    return
                continue
            if len(self.buf) < 96:
                return
            n = struct.unpack_from('<I', self.buf, 24 + 28)[0]
            if n > 1 << 20:
                self.buf = self.buf[1:]
                continue
            if len(self.buf) < 96 + n:
                return
            yield Lnet(self.buf[24:96], self.buf[96:96 + n])
            self.buf = self.buf[96 + n:]


def lnet_messages(path):
    """(time, Lnet) of a recording, in order of completion"""
    streams = {}
    for t, src, sp, dst, dp, seq, flags, data in packets(path):
        if 988 not in (sp, dp):
            continue
        s = streams.setdefault((src, sp, dst, dp), Stream())
        s.add(seq, flags, data)
        for m in s.messages():
            yield t, m


# ---- a client on sockets ----------------------------------------------------

class Peer:
    """A fake client node: three connections to the server"""

    def __init__(self, host, port, nid, server, incarnation=None):
        self.nid, self.server = nid4(nid), nid4(server)
        self.inc = incarnation or int(time.time() * 1e9)
        self.conns = {}
        self.bufs = {}
        self.cookie = 1
        self.replies = {}       # match bits -> (portal, offset, Msg, raw)
        self.early = []
        self.sinks = {}         # (portal, bits) -> bytearray or None
        self.sources = {}       # (portal, bits) -> bytes
        self.callbacks = []     # Msg of requests on portal 15
        self.on_callback = None
        self.log = []
        for ctype in (CONTROL, BULK_IN, BULK_OUT):
            self.conns[ctype] = self.connect(host, port, ctype)
            self.bufs[ctype] = b''

    def connect(self, host, port, ctype):
        s = socket.create_connection((host, port), timeout=10)
        s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        s.sendall(struct.pack('<IIQ', ACC_MAGIC, 1, self.server) +
                  struct.pack('<IIQQIIQQiI', HELLO_MAGIC, 3, self.nid,
                              self.server, 12345, 0, self.inc, 0, ctype, 0))
        h = b''
        while len(h) < 56:
            d = s.recv(56 - len(h))
            if not d:
                raise ConnectionError('refused by the server')
            h += d
        got = struct.unpack('<IIQQIIQQiI', h)
        want = {CONTROL: CONTROL, BULK_IN: BULK_OUT, BULK_OUT: BULK_IN}[ctype]
        if got[0] != HELLO_MAGIC or got[8] != want:
            raise ConnectionError('HELLO reply type %d' % got[8])
        return s

    def close(self):
        for s in self.conns.values():
            s.close()

    def send(self, typ, union, payload=b''):
        hdr = struct.pack('<QQIIII', self.server, self.nid, 12345, 12345, typ,
                          len(payload)) + union.ljust(40, b'\0')
        data = struct.pack('<IIQQ', 0xc1, 0, 0, 0) + hdr + payload
        s = self.conns[BULK_OUT if len(data) >= 1024 else CONTROL]
        s.settimeout(10)
        s.sendall(data)

    def put_msg(self, portal, bits, payload, offset=0):
        self.send(PUT, struct.pack('<QQQQII', NONE, NONE, bits, 0, portal,
                                   offset), payload)

    def ping_info(self):
        return struct.pack('<IIII', 0x70696E67, 6, 12345, 2) + \
            struct.pack('<QII', 9 << 48, 1, 0) + \
            struct.pack('<QII', self.nid, 0x15aac0de, 0)

    def incoming(self, m):
        if m.type == GET:
            if m.portal == 0:
                self.send(REPLY, m.wmd, self.ping_info()[:m.sink])
                return
            src = self.sources.get((m.portal, m.bits))
            if src is not None:
                self.send(REPLY, m.wmd, src[m.offset:m.offset + m.sink])
            return
        if m.type != PUT:
            return
        if m.wmd != b'\xff' * 16:
            self.send(ACK, m.wmd + struct.pack('<QI', m.bits, m.plen))
        if m.portal == 0:
            return
        if (m.portal, m.bits) in self.sinks:
            self.sinks[(m.portal, m.bits)] = m.payload
            return
        if m.portal == 15:
            msg = Msg(m.payload)
            self.callbacks.append(msg)
            if self.on_callback:
                self.on_callback(self, m.bits, msg)
            return
        try:
            msg = Msg(m.payload)
        except (ValueError, struct.error):
            msg = None
        self.replies[m.bits] = (m.portal, m.offset, msg, m.payload)

    def reply_callback(self, bits, req, status=0, bufs=()):
        rep = Msg(req.pack())
        rep.flags = rep.repsize = 0
        rep.bufs = [rep.bufs[0]] + [bytearray(b) for b in bufs]
        rep.put(8, 'I', 4713)
        rep.put(12, 'I', 3)
        rep.put(20, 'i', status)
        rep.put(68, 'I', 5)
        rep.put(72, 'I', 1)
        to = rep.mbits or bits
        rep.mbits = 0
        self.put_msg(16, to, rep.pack(), 224 if req.flags & 1 else 0)

    def poll(self):
        """Takes what has arrived on any connection"""
        ready = select.select(list(self.conns.values()), [], [], 0.02)[0]
        for ctype, s in self.conns.items():
            if s not in ready:
                continue
            d = s.recv(1 << 20)
            if d == b'':
                raise ConnectionError('server closed the connection')
            b = self.bufs[ctype] + d
            while len(b) >= 24:
                typ, _, zc, _ = struct.unpack_from('<IIQQ', b)
                if typ == 0xc0:
                    b = b[24:]
                    continue
                if len(b) < 96:
                    break
                n = struct.unpack_from('<I', b, 52)[0]
                if len(b) < 96 + n:
                    break
                m = Lnet(b[24:96], b[96:96 + n])
                b = b[96 + n:]
                if zc:
                    noop = struct.pack('<IIQQ', 0xc0, 0, 0, zc)
                    self.conns[BULK_IN].sendall(noop)
                self.incoming(m)
            self.bufs[ctype] = b

    def wait(self, bits, timeout=10):
        end = time.time() + timeout
        while time.time() < end:
            if bits in self.replies:
                portal, off, msg, raw = self.replies.pop(bits)
                if msg and off == 0 and msg.cksum:
                    self.early.append(msg)
                    continue
                return portal, off, msg, raw
            self.poll()
        return None
