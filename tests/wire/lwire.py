#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Read captures of Lustre traffic: TCP, socklnd, LNet, RPC envelopes.

usage: lwire.py check FILE...            what is wrong in them, one line each
       lwire.py list FILE...             one line per message
       lwire.py count MARKS TABLE FILE   RPCs per operation, as a table

A second reader beside tshark, which loses messages that share a segment.
Nothing but the standard library is needed.

MARKS has lines "SECONDS NAME" that open an operation, NAME "-" closing it.
TABLE has lines "NAME: THEIRS FLOOR [KNOWN]": what the reference client needs,
what the protocol needs, and what this client is known to need where that is
more than THEIRS.  SEQ_QUERY, once per mount, is shown and not counted.
"""
import collections
import struct
import sys

PORT = 988
OPCODES = {
    1: 'OST_GETATTR', 2: 'OST_SETATTR', 3: 'OST_READ', 4: 'OST_WRITE',
    5: 'OST_CREATE', 6: 'OST_DESTROY', 7: 'OST_GET_INFO', 8: 'OST_CONNECT',
    9: 'OST_DISCONNECT', 10: 'OST_PUNCH', 13: 'OST_STATFS', 16: 'OST_SYNC',
    17: 'OST_SET_INFO', 19: 'OST_QUOTACTL', 21: 'OST_LADVISE',
    22: 'OST_FALLOCATE', 23: 'OST_SEEK', 33: 'MDS_GETATTR',
    34: 'MDS_GETATTR_NAME', 35: 'MDS_CLOSE', 36: 'MDS_REINT',
    37: 'MDS_READPAGE', 38: 'MDS_CONNECT', 39: 'MDS_DISCONNECT',
    40: 'MDS_GET_ROOT', 41: 'MDS_STATFS', 44: 'MDS_SYNC', 46: 'MDS_SET_INFO',
    48: 'MDS_QUOTACTL', 49: 'MDS_GETXATTR', 53: 'MDS_GET_INFO',
    54: 'MDS_HSM_STATE_GET', 55: 'MDS_HSM_STATE_SET', 56: 'MDS_HSM_ACTION',
    57: 'MDS_HSM_PROGRESS', 58: 'MDS_HSM_REQUEST', 59: 'MDS_HSM_CT_REGISTER',
    60: 'MDS_HSM_CT_UNREGISTER', 64: 'MDS_HSM_DATA_VERSION',
    61: 'MDS_SWAP_LAYOUTS', 62: 'MDS_RMFID', 63: 'MDS_BATCH',
    101: 'LDLM_ENQUEUE', 102: 'LDLM_CONVERT', 103: 'LDLM_CANCEL',
    104: 'LDLM_BL_CALLBACK', 105: 'LDLM_CP_CALLBACK', 106: 'LDLM_GL_CALLBACK',
    107: 'LDLM_SET_INFO', 250: 'MGS_CONNECT', 251: 'MGS_DISCONNECT',
    255: 'MGS_SET_INFO', 256: 'MGS_CONFIG_READ', 400: 'OBD_PING',
    403: 'OBD_IDX_READ', 501: 'LLOG_CREATE', 502: 'LLOG_NEXT_BLOCK',
    503: 'LLOG_READ_HEADER', 508: 'LLOG_PREV_BLOCK', 700: 'SEQ_QUERY',
    801: 'SEC_CTX_INIT', 802: 'SEC_CTX_INIT_CONT', 803: 'SEC_CTX_FINI',
    900: 'FLD_QUERY', 901: 'FLD_READ', 1000: 'OUT_UPDATE',
}
CALLBACKS = (104, 105, 106)
LNET = {0: 'ACK', 1: 'PUT', 2: 'GET', 3: 'REPLY'}
# Portals whose PUTs carry an RPC message: requests, and replies
REQUEST_PORTALS = {6, 7, 12, 13, 15, 17, 23, 24, 26, 28, 29, 30, 31, 32}
REPLY_PORTALS = {4, 10, 16, 18, 25, 27}
LNET_MTU = 1 << 20
FLID = 0x1
FLGROUP = 0x01000000
OST_BODY = 208
MDT_BODY = 216
# Requests about one object: an ost_body in the first buffer, always
ABOUT_OBJECT = {1, 2, 3, 4, 5, 6, 10, 16, 21, 22, 23}
# ... with an mdt_body there, if the buffer has that size
ABOUT_FILE = {33, 34, 35, 37, 40, 41, 44, 49, 54, 55, 56, 57, 58, 61, 63, 64}
# Intents with an mdt_body behind them: READDIR, GETATTR, LOOKUP, GETXATTR
INTENTS = 0x04 | 0x08 | 0x10 | 0x80


def packets(path):
    """Yield (time, network-layer bytes) of a pcap file."""
    with open(path, 'rb') as f:
        head = f.read(24)
        if len(head) < 24:
            return
        magic = head[:4]
        order = '<' if magic in (b'\xd4\xc3\xb2\xa1', b'\x4d\x3c\xb2\xa1') \
            else '>'
        unit = 1e-9 if magic in (b'\x4d\x3c\xb2\xa1', b'\xa1\xb2\x3c\x4d') \
            else 1e-6
        link = struct.unpack(order + 'I', head[20:24])[0] & 0xffff
        while True:
            rec = f.read(16)
            if len(rec) < 16:
                return
            sec, sub, caplen, wirelen = struct.unpack(order + 'IIII', rec)
            data = f.read(caplen)
            if len(data) < caplen:
                return
            if caplen < wirelen:
                raise ValueError('%s: frames are cut' % path)
            if link == 1:
                kind, data = data[12:14], data[14:]
                while kind == b'\x81\x00':
                    kind, data = data[2:4], data[4:]
            elif link == 113:
                kind, data = data[14:16], data[16:]
            elif link == 276:
                kind, data = data[0:2], data[20:]
            else:
                raise ValueError('%s: link type %d' % (path, link))
            if kind in (b'\x08\x00', b'\x86\xdd'):
                yield sec + sub * unit, data


def segments(path):
    """Yield (time, source, destination, seq, flags, payload) of TCP."""
    for when, ip in packets(path):
        if ip[0] >> 4 == 4:
            head = (ip[0] & 15) * 4
            total = struct.unpack('>H', ip[2:4])[0] or len(ip)
            if ip[9] != 6:
                continue
            src, dst = ip[12:16], ip[16:20]
            tcp = ip[head:total]
        else:
            if ip[6] != 6:
                continue
            src, dst = ip[8:24], ip[24:40]
            length = struct.unpack('>H', ip[4:6])[0]
            tcp = ip[40:40 + length] if length else ip[40:]
        sport, dport, seq = struct.unpack('>HHI', tcp[:8])
        if PORT not in (sport, dport):
            continue
        yield (when, (src, sport), (dst, dport), seq, tcp[13],
               tcp[(tcp[12] >> 4) * 4:])


class Stream:
    """One direction of one connection, put back into order."""

    def __init__(self, syn):
        self.next = None if syn is None else (syn + 1) & 0xffffffff
        self.from_start = syn is not None
        self.waiting = {}
        self.chunks = []    # (offset of the first byte, time)
        self.data = bytearray()
        self.peer = None

    def add(self, when, seq, payload):
        if not payload:
            return
        if self.next is None:
            self.next = seq
        ahead = (seq - self.next) & 0xffffffff
        if ahead >= 1 << 31:
            # Sent again; keep what is new of it.
            old = (self.next - seq) & 0xffffffff
            if old >= len(payload):
                return
            payload, seq, ahead = payload[old:], self.next, 0
        if ahead:
            self.waiting[seq] = (when, payload)
            return
        self._append(when, payload)
        while self.waiting:
            for seq in list(self.waiting):
                ahead = (seq - self.next) & 0xffffffff
                if ahead == 0 or ahead >= 1 << 31:
                    when, payload = self.waiting.pop(seq)
                    old = (self.next - seq) & 0xffffffff
                    if old < len(payload):
                        self._append(when, payload[old:])
                    break
            else:
                return

    def _append(self, when, payload):
        self.chunks.append((len(self.data), when))
        self.data += payload
        self.next = (self.next + len(payload)) & 0xffffffff

    def time_of(self, offset):
        lo, hi = 0, len(self.chunks)
        while hi - lo > 1:
            mid = (lo + hi) // 2
            if self.chunks[mid][0] <= offset:
                lo = mid
            else:
                hi = mid
        return self.chunks[lo][1] if self.chunks else 0.0


Message = collections.namedtuple(
    'Message', 'time src dst conn type ptl bits length payload zc ack_wanted')


class Reader:
    """
    Everything that one capture holds; complaints collect in .bad.  Payload is
    kept of RPC messages and of what is PUT to the portals in @bulk.
    """

    def __init__(self, path, bulk=()):
        self.path = path
        self.bulk = bulk
        self.bad = []
        self.messages = []
        self.connections = 0
        self.named = 0          # bodies that may name something
        current = {}
        order = []
        for when, src, dst, seq, flags, payload in segments(path):
            pair = frozenset((src, dst))
            syn = flags & 2
            conn = current.get(pair)
            if syn and not flags & 0x10:
                # Somebody connects; the same SYN may be sent again.
                if conn is None or conn.get('syn') != (src, seq):
                    conn = {'syn': (src, seq), 'active': src}
                    current[pair] = conn
                    order.append(conn)
            elif conn is None:
                conn = {'active': dst if src[1] == PORT else src}
                current[pair] = conn
                order.append(conn)
            if src not in conn:
                conn[src] = Stream(seq if syn else None)
                conn[src].peer = dst
            conn[src].add(when, seq, payload)
        for conn in order:
            one = conn['active']
            sides = [(src, conn[src]) for src in conn
                     if isinstance(src, tuple)]
            sides.sort(key=lambda side: side[0] != one)
            self.connection(sides)
        self.messages.sort(key=lambda m: m.time)

    def complain(self, where, text):
        self.bad.append('%s: %s: %s' % (self.path, where, text))

    def connection(self, sides):
        """Both directions of a connection, the side that connected first."""
        versions = []
        for n, (src, stream) in enumerate(sides):
            dst = stream.peer
            where = '%s -> %s' % (name(src), name(dst))
            if not stream.data:
                continue
            off = 0
            version = None
            if stream.from_start:
                off, version = self.greeting(stream.data, where, n == 0)
                if off is None:
                    continue
                versions.append(version)
            self.connections += n == 0
            self.stream(stream, off, version, where, src, dst)
        if len(set(versions)) > 1 and -1 not in versions:
            self.complain(name(sides[0][0]),
                          'HELLO versions differ: %s' % versions)

    def greeting(self, data, where, active):
        """Acceptor request (active side) and HELLO; returns the length."""
        off = 0
        if active:
            if len(data) < 16:
                if len(data):
                    self.complain(where, 'acceptor request is cut')
                return None, None
            magic, version = struct.unpack_from('<II', data)
            if magic != 0xacce7100 or version not in (1, 2):
                self.complain(where, 'not an acceptor request: %s'
                              % data[:16].hex())
                return None, None
            off = 16 if version == 1 else 28
        if len(data) < off + 8:
            return None, None
        magic, version = struct.unpack_from('<II', data, off)
        if magic == 0xacce7100 and not active:
            return None, None       # refused, with the version we could use
        if magic != 0x45726963:
            self.complain(where, 'no HELLO: %s' % data[off:off + 8].hex())
            return None, None
        if version == 4:
            if len(data) < off + 80:
                return None, None
            ctype, nips = struct.unpack_from('<iI', data, off + 72)
            size = 80
        elif version in (2, 3):
            if len(data) < off + 56:
                return None, None
            ctype, nips = struct.unpack_from('<iI', data, off + 48)
            size = 56 + 4 * nips
        else:
            self.complain(where, 'HELLO version %d' % version)
            return None, None
        if ctype not in (-1, 0, 1, 2, 3):
            self.complain(where, 'connection type %d' % ctype)
        if nips > 16:
            self.complain(where, 'HELLO with %d addresses' % nips)
            return None, None
        return off + size, version

    def stream(self, stream, off, version, where, src, dst):
        data = stream.data
        while off + 24 <= len(data):
            kind, csum, zc0, zc1 = struct.unpack_from('<IIQQ', data, off)
            when = stream.time_of(off)
            if kind == 0xc0:
                self.messages.append(Message(when, src, dst, where, 'NOOP',
                                             None, 0, 0, b'', zc0 or zc1,
                                             False))
                off += 24
                continue
            if kind != 0xc1:
                if version is None:
                    off = self.resync(data, off)
                    if off is None:
                        return
                    continue
                self.complain(where, 'message type %#x at byte %d'
                              % (kind, off))
                return
            if version is None:
                version = self.guess(data, off)
            head = 96 if version == 4 else 72
            if off + 24 + head > len(data):
                return
            base = off + 24
            at = 48 if version == 4 else 24
            typ, length = struct.unpack_from('<II', data, base + at)
            union = base + (56 if version == 4 else 32)
            if typ > 3 or length > LNET_MTU or \
                    (typ in (0, 2) and length):
                self.complain(where, 'LNet type %d with %d bytes at byte %d'
                              % (typ, length, off))
                return
            end = base + head + length
            if end > len(data):
                return              # the capture ends here
            ptl, bits, ack = None, 0, False
            if typ == 1:
                ack = data[union:union + 16] != b'\xff' * 16
                bits, = struct.unpack_from('<Q', data, union + 16)
                ptl, _offset = struct.unpack_from('<II', data, union + 32)
            elif typ == 2:
                bits, ptl = struct.unpack_from('<QI', data, union + 16)
            if ptl is not None and ptl >= 64:
                self.complain(where, 'portal %d' % ptl)
            rpc = typ == 1 and ptl in REQUEST_PORTALS | REPLY_PORTALS
            keep = rpc or (typ == 1 and ptl in self.bulk)
            msg = Message(when, src, dst, where, LNET[typ], ptl, bits, length,
                          bytes(data[base + head:end]) if keep else b'',
                          zc0, ack)
            self.messages.append(msg)
            if rpc:
                self.envelope(msg)
            off = end

    @staticmethod
    def guess(data, off):
        """Header size of a stream whose HELLO was not captured."""
        typ, length = struct.unpack_from('<II', data, off + 24 + 24)
        if typ <= 3 and length <= LNET_MTU and \
                struct.unpack_from('<I', data, off + 24 + 16)[0] == 12345:
            return 3
        return 4

    @staticmethod
    def resync(data, off):
        while True:
            off = data.find(b'\xc1\x00\x00\x00', off + 1)
            if off < 0 or off + 96 > len(data):
                return None
            if struct.unpack_from('<I', data, off + 24 + 16)[0] == 12345 or \
                    struct.unpack_from('<I', data, off + 24 + 40)[0] == 12345:
                return off

    def envelope(self, msg):
        p = msg.payload
        where = '%s portal %d bits %#x' % (msg.conn, msg.ptl, msg.bits)
        if len(p) < 40:
            self.complain(where, 'RPC message of %d bytes' % len(p))
            return
        count, flavor, magic = struct.unpack_from('<III', p)
        if magic != 0x0bd00bd3:
            self.complain(where, 'RPC magic %#x' % magic)
            return
        if not 1 <= count <= 32 or 32 + 4 * count > len(p):
            self.complain(where, '%d buffers' % count)
            return
        size = (32 + 4 * count + 7) & ~7
        for n, length in enumerate(struct.unpack_from('<%dI' % count, p, 32)):
            size += (length + 7) & ~7
        if size > len(p):
            self.complain(where, 'buffers of %d bytes in %d' % (size, len(p)))
            return
        body = struct.unpack_from('<I', p, 32)[0]
        if body < 152:
            self.complain(where, 'RPC body of %d bytes' % body)
            return
        typ, version, opc = struct.unpack_from('<III', p, rpc_off(p) + 8)
        if typ not in (4711, 4712, 4713):
            self.complain(where, 'RPC type %d' % typ)
        if opc not in OPCODES:
            self.complain(where, 'opcode %d' % opc)
        if (msg.ptl in REQUEST_PORTALS) != (typ == 4711):
            self.complain(where, 'RPC type %d on portal %d' % (typ, msg.ptl))
        if typ == 4711:
            self.bodies(p, opc, '%s: %s' % (where, OPCODES.get(opc, opc)))

    def bodies(self, p, opc, where):
        """
        Whatever names an object or a file has to say that it does: a server
        takes a body without these bits for one about nothing, and the
        operation for what can't happen.
        """
        for body in found(p, opc, OST_BODY):
            valid, = struct.unpack_from('<Q', body)
            self.named += 1
            if (any(body[8:24]) or opc in ABOUT_OBJECT) and \
                    valid & (FLID | FLGROUP) != FLID | FLGROUP:
                self.complain(where, 'object %s in a body with o_valid %#x'
                              % (body[8:24].hex(), valid))
        for body in found(p, opc, MDT_BODY):
            valid, = struct.unpack_from('<Q', body, 40)
            self.named += 1
            if any(body[:16]) and not valid & FLID:
                self.complain(where, 'FID %s in a body with mbo_valid %#x'
                              % (body[:16].hex(), valid))

    def requests(self):
        for m in self.messages:
            if m.payload and m.ptl in REQUEST_PORTALS and \
                    len(m.payload) >= 40:
                off = rpc_off(m.payload)
                if off + 24 > len(m.payload):
                    continue
                opc, = struct.unpack_from('<I', m.payload, off + 16)
                flags, = struct.unpack_from('<I', m.payload, off + 56)
                yield m, opc, flags


def rpc_off(p):
    count, = struct.unpack_from('<I', p)
    return (32 + 4 * count + 7) & ~7


def buffers(p):
    """The buffers of a message, [0] being the ptlrpc_body."""
    count, = struct.unpack_from('<I', p)
    off = rpc_off(p)
    out = []
    for length in struct.unpack_from('<%dI' % count, p, 32):
        out.append(p[off:off + length])
        off += (length + 7) & ~7
    return out


def found(p, opc, kind):
    """Bodies of a kind, told by its size, in a request."""
    b = buffers(p) + [b''] * 4
    at = []
    if kind == OST_BODY:
        if opc in ABOUT_OBJECT:
            at = [b[1]]
        elif opc == 17 and b[1].startswith(b'grant_shrink'):
            at = [b[2]]
        elif opc == 7 and b[1].startswith(b'fiemap'):
            at = [b[1][8:8 + OST_BODY]]
    elif opc in ABOUT_FILE:
        at = [b[1]]
    elif opc == 101 and len(b[2]) >= 8 and \
            struct.unpack_from('<Q', b[2])[0] & INTENTS:
        at = [b[3]]
    return [body for body in at if len(body) == kind]


def name(addr):
    ip, port = addr
    if len(ip) == 4:
        return '%d.%d.%d.%d:%d' % (*ip, port)
    return '[%s]:%d' % (':'.join('%x' % v for v in
                                 struct.unpack('>8H', ip)), port)


def check(paths):
    bad = total = 0
    for path in paths:
        r = Reader(path)
        kinds = collections.Counter(m.type for m in r.messages)
        rpcs = sum(1 for _ in r.requests())
        print('# %s: %d connections, %d messages (%s), %d requests, '
              '%d bodies' % (path, r.connections, len(r.messages),
                             ' '.join('%s %d' % kv
                                      for kv in sorted(kinds.items())),
                             rpcs, r.named))
        for line in r.bad[:50]:
            print(line)
        bad += len(r.bad)
        total += len(r.messages)
    if not total:
        print('no message at all')
        return 1
    return 1 if bad else 0


def listing(paths):
    for path in paths:
        r = Reader(path)
        for m in r.messages:
            text = ''
            if m.payload and len(m.payload) >= 40:
                off = rpc_off(m.payload)
                typ, _v, opc, status = struct.unpack_from(
                    '<IIIi', m.payload, off + 8)
                text = '%s %s%s' % (
                    {4711: 'request', 4712: 'error', 4713: 'reply'}.get(
                        typ, typ), OPCODES.get(opc, opc),
                    '' if typ == 4711 else ' status %d' % status)
            print('%.6f %s %-5s ptl %s bits %#x len %d%s%s %s'
                  % (m.time, m.conn, m.type, m.ptl, m.bits, m.length,
                     ' zc' if m.zc else '', ' ack' if m.ack_wanted else '',
                     text))
        for line in r.bad:
            print(line)
    return 0


def count(marks_path, table_path, path):
    marks = []
    with open(marks_path) as f:
        for line in f:
            when, _, what = line.strip().partition(' ')
            marks.append((float(when), what))
    table = collections.OrderedDict()
    with open(table_path) as f:
        for line in f:
            line = line.split('#')[0].strip()
            if line:
                what, _, numbers = line.rpartition(':')
                table[what] = [int(n) for n in numbers.split()]
    ops = collections.OrderedDict()
    cbs = collections.Counter()
    reader = Reader(path)
    for m, opc, flags in reader.requests():
        current = '-'
        for when, what in marks:
            if when > m.time:
                break
            current = what
        if current == '-' or opc == 400:
            continue
        if opc in CALLBACKS:
            cbs[current] += 1
            continue
        ops.setdefault(current, []).append(OPCODES.get(opc, str(opc)))
    failed = 0
    print('# %-44s %5s %6s %6s %3s  %s'
          % ('operation', 'RPCs', 'theirs', 'floor', 'cb', 'requests'))
    for _, what in marks:
        if what == '-':
            continue
        sent = ops.get(what, [])
        needed = len(sent) - sent.count('SEQ_QUERY')
        most, floor, known = (table.get(what, [None, None]) + [0])[:3]
        runs = []
        for o in sent:
            if runs and runs[-1][0] == o:
                runs[-1][1] += 1
            else:
                runs.append([o, 1])
        seen = ', '.join(o if n == 1 else '%s x%d' % (o, n)
                         for o, n in runs[:14])
        if len(runs) > 14:
            seen = ', '.join('%s x%d' % kv for kv in
                             collections.Counter(sent).most_common())
        print('# %-44s %5d %6s %6s %3d  %s'
              % (what, needed, '-' if most is None else most,
                 '-' if floor is None else floor, cbs[what], seen))
        if most is None:
            continue
        if needed <= most:
            print('ok rpc-counts: %s: %d' % (what, needed))
        elif needed <= known:
            print('ok rpc-counts: %s: %d, MORE than the %d of the reference '
                  'client' % (what, needed, most))
        else:
            failed += 1
            print('not ok rpc-counts: %s: %d, the reference client needs %d'
                  % (what, needed, most))
    return 1 if failed else 0


def main():
    args = sys.argv[1:]
    if len(args) > 1 and args[0] == 'check':
        return check(args[1:])
    if len(args) > 1 and args[0] == 'list':
        return listing(args[1:])
    if len(args) == 4 and args[0] == 'count':
        return count(*args[1:])
    print(__doc__, file=sys.stderr)
    return 2


if __name__ == '__main__':
    sys.exit(main())
