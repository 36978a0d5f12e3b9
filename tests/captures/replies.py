#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Collects what servers said in recordings, for the client's own decoders.

usage: replies.py OUTPUT RECORDING...

Each reply and each lock callback becomes one record of OUTPUT, with the
request that it answers and the data that the server moved for it. A record is

    le32 magic, kind, opcode, request portal, intent,
         length of name, of request, of message, of bulk data, 0

followed by those four, each padded to 8 bytes. lustre/tests/recorded.c reads
them. Nothing is left out here: what the client has no use for is counted
there.
"""
import collections
import gzip
import os
import shutil
import struct
import sys
import tempfile

from wirelib import CONNECTS, Msg, align8

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                '../wire'))
import lwire  # noqa: E402

MAGIC = 0x52454331
REPLY, EARLY, CALLBACK = 1, 2, 3
CALLBACK_PORTAL, CALLBACK_REPLY_PORTAL = 15, 16
# OST, MDS, MGS
BULK_PORTALS = (8, 14, 33)
KINDS = {REPLY: 'replies', EARLY: 'early replies', CALLBACK: 'callbacks'}


class Request:
    def __init__(self, portal, msg, raw):
        self.portal, self.msg, self.raw = portal, msg, raw

    def intent(self):
        m = self.msg
        if m.opc == 101 and m.count > 2 and len(m.bufs[2]) == 8:
            return struct.unpack('<Q', m.bufs[2])[0] & 0xffffffff
        return 0


def parse(payload):
    try:
        return Msg(payload)
    except (ValueError, struct.error):
        return None


def messages(path):
    """All messages of a recording, compressed or not"""
    with tempfile.NamedTemporaryFile(suffix='.pcap') as plain:
        with (gzip.open if path.endswith('.gz') else open)(path, 'rb') as f:
            shutil.copyfileobj(f, plain)
        plain.flush()
        return lwire.Reader(plain.name, BULK_PORTALS).messages


def records(path):
    """(kind, opcode, portal, intent, request, message, bulk)"""
    waiting = {}                # (client, match bits) -> Request
    bulk = {}                   # (client, match bits) -> bytes
    for m in messages(path):
        if m.type != 'PUT':
            continue
        src, dst = m.src[0], m.dst[0]
        if m.ptl in BULK_PORTALS:
            bulk[dst, m.bits] = m.payload
            continue
        msg = parse(m.payload)
        if msg is None or len(msg.bufs[0]) < 152:
            continue
        if msg.type == 4711 and m.ptl == CALLBACK_PORTAL:
            yield CALLBACK, msg.opc, m.ptl, 0, b'', m.payload, b''
        elif msg.type == 4711:
            r = Request(m.ptl, msg, m.payload)
            waiting[src, m.bits] = r
            if msg.mbits and msg.opc not in CONNECTS:
                waiting[src, msg.mbits] = r
        elif msg.type in (4712, 4713) and m.ptl != CALLBACK_REPLY_PORTAL:
            r = waiting.get((dst, m.bits))
            if r is not None and r.msg.opc != msg.opc:
                r = None
            kind = EARLY if msg.cksum else REPLY
            data = b'' if kind == EARLY else bulk.pop((dst, m.bits), b'')
            yield (kind, msg.opc, r.portal if r else 0,
                   r.intent() if r else 0, r.raw if r else b'', m.payload,
                   data)


def pack(name, record):
    kind, opc, portal, intent, *blobs = record
    blobs.insert(0, name.encode() + b'\0')
    out = struct.pack('<10I', MAGIC, kind, opc, portal, intent,
                      *[len(b) for b in blobs], 0)
    return out + b''.join(bytes(b).ljust(align8(len(b)), b'\0')
                          for b in blobs)


def main():
    if len(sys.argv) < 3:
        print(__doc__, file=sys.stderr)
        return 2
    total = collections.Counter()
    alone = 0
    with open(sys.argv[1], 'wb') as out:
        for path in sys.argv[2:]:
            name = os.path.basename(path).split('.pcap')[0]
            for record in records(path):
                out.write(pack(name, record))
                total[record[0]] += 1
                alone += record[0] != CALLBACK and not record[4]
    print('# %d messages: %s; %d without their request' %
          (sum(total.values()),
           ', '.join('%d %s' % (n, KINDS[k])
                     for k, n in sorted(total.items())), alone))
    return 0 if total[REPLY] else 1


if __name__ == '__main__':
    sys.exit(main())
