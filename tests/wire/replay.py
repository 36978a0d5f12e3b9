#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Send recorded requests of a real client to a test server.

usage: replay.py HOST PORT FILE...

Every request of the client in the captures FILE (one session, in order) goes
to the server, with the handles that it hands out in place of the recorded
ones; its replies must have the recorded ones' status and shape (number of
buffers, and which of them are there).  Stops at the first request that names
a file, as those of the recording are not on this server.
"""
import socket
import struct
import sys

import lwire

PID = 12345
# Requests that depend on nothing but a fresh file system.
WANTED = {250, 251, 256, 501, 502, 503, 38, 39, 40, 41, 8, 9, 13, 400, 700}


class Server:
    def __init__(self, host, port, dst_nid, src_nid):
        self.dst, self.src = dst_nid, src_nid
        self.sock = socket.create_connection((host, port), 10)
        self.sock.settimeout(15)
        self.sock.sendall(struct.pack('<IIQ', 0xacce7100, 1, dst_nid))
        self.sock.sendall(struct.pack('<IIQQIIQQiI', 0x45726963, 3, src_nid,
                                      dst_nid, PID, 0, 0x123456789, 0, 1, 0))
        hello = self.read(56)
        magic, version = struct.unpack_from('<II', hello)
        nips, = struct.unpack_from('<I', hello, 52)
        if magic != 0x45726963 or version not in (2, 3):
            raise ValueError('HELLO %s' % hello[:8].hex())
        self.read(4 * nips)

    def read(self, n):
        data = b''
        while len(data) < n:
            more = self.sock.recv(n - len(data))
            if not more:
                raise ConnectionError('the server closed the connection')
            data += more
        return data

    def send(self, typ, union, payload=b''):
        head = struct.pack('<IIQQ', 0xc1, 0, 0, 0)
        head += struct.pack('<QQIIII', self.dst, self.src, PID, PID, typ,
                            len(payload))
        self.sock.sendall(head + union.ljust(40, b'\0') + payload)

    def put(self, portal, bits, payload):
        self.send(1, b'\xff' * 16 + struct.pack('<QQII', bits, 0, portal, 0),
                  payload)

    def message(self):
        """The next LNet message: (type, union, payload)."""
        while True:
            kind, _csum, zc0, zc1 = struct.unpack('<IIQQ', self.read(24))
            if kind == 0xc0:
                continue
            head = self.read(72)
            typ, length = struct.unpack_from('<II', head, 24)
            payload = self.read(length)
            if zc0:
                self.sock.sendall(struct.pack('<IIQQ', 0xc0, 0, 0, zc0))
            return typ, head[32:72], payload

    def call(self, portal, bits, payload):
        """Send a request, serve what the server wants, return the reply."""
        self.put(portal, bits, payload)
        while True:
            typ, union, data = self.message()
            if typ == 1:
                match, = struct.unpack_from('<Q', union, 16)
                ptl, offset = struct.unpack_from('<II', union, 32)
                if union[:16] != b'\xff' * 16:
                    self.send(0, union[:16] +
                              struct.pack('<QI', match, len(data)))
                if ptl in lwire.REPLY_PORTALS and match == bits:
                    early = struct.unpack_from('<I', data, 16)[0]
                    if offset == 0 and early:
                        continue
                    return data
            elif typ == 2:
                # a ping, or bulk that it fetches
                length, = struct.unpack_from('<I', union, 32)
                if struct.unpack_from('<I', union, 24)[0] == 0:
                    info = struct.pack('<IIII', 0x70696e67, 0, PID, 1)
                    info += struct.pack('<QII', self.src, 0x15aac0de, 0)
                    self.send(3, union[:16], info[:length])
                else:
                    self.send(3, union[:16], b'\0' * length)


def shape(msg):
    count, = struct.unpack_from('<I', msg)
    lens = struct.unpack_from('<%dI' % count, msg, 32)
    off = lwire.rpc_off(msg)
    typ, _v, opc, status = struct.unpack_from('<IIIi', msg, off + 8)
    return typ, opc, status, lens


def learn(words, recorded, got):
    """Handles and other 64-bit values that differ: recorded -> ours."""
    if struct.unpack_from('<I', recorded)[0] != struct.unpack_from('<I', got)[0]:
        return
    for off in range(lwire.rpc_off(recorded), min(len(recorded), len(got)) - 7,
                     8):
        a, b = recorded[off:off + 8], got[off:off + 8]
        if a != b and struct.unpack('<Q', a)[0] >> 40:
            words[a] = b


def rewrite(words, payload):
    out = bytearray(payload)
    for off in range(lwire.rpc_off(payload), len(out) - 7, 8):
        new = words.get(bytes(out[off:off + 8]))
        if new:
            out[off:off + 8] = new
    return bytes(out)


def nid4(addr):
    return 0x0002000000000000 | struct.unpack('>I', addr)[0]


def main():
    host, port, files = sys.argv[1], int(sys.argv[2]), sys.argv[3:]
    server = None
    words = {}
    bad = good = 0
    for path in files:
        reader = lwire.Reader(path)
        replies = {}
        for m in reader.messages:
            if m.payload and m.ptl in lwire.REPLY_PORTALS:
                replies[m.src[0], m.bits] = m.payload
        for m, opc, _flags in reader.requests():
            if opc in lwire.CALLBACKS:
                continue
            recorded = replies.get((m.dst[0], m.bits))
            mbits, = struct.unpack_from('<Q', m.payload,
                                        lwire.rpc_off(m.payload) + 120)
            if recorded is None:
                recorded = replies.get((m.dst[0], mbits))
            if recorded is None:
                continue
            # An intent or a name: the recording's files are not here.
            if opc == 101 and m.ptl != 26 or opc not in WANTED | {101}:
                print('# stops at %s' % lwire.OPCODES.get(opc, opc))
                print('# %d replies compared' % (good + bad))
                return 1 if bad or not good else 0
            if server is None:
                server = Server(host, port, nid4(m.dst[0]), nid4(m.src[0]))
            got = server.call(m.ptl, m.bits, rewrite(words, m.payload))
            want, have = shape(recorded), shape(got)
            learn(words, recorded, got)
            name = lwire.OPCODES.get(opc, str(opc))
            if want[2] == -11 and opc in (8, 38, 250):
                # the recorded server had just started
                continue
            same = want[:3] == have[:3] and len(want[3]) == len(have[3]) and \
                [bool(n) for n in want[3]] == [bool(n) for n in have[3]]
            if same:
                good += 1
            else:
                bad += 1
                print('%s: %s: recorded status %d buffers %s, ours %d %s'
                      % (path.rsplit('/', 1)[-1], name, want[2],
                         list(want[3]), have[2], list(have[3])))
    print('# %d replies compared' % (good + bad))
    return 1 if bad or not good else 0


if __name__ == '__main__':
    sys.exit(main())
