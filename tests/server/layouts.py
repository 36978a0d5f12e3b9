# SPDX-License-Identifier: GPL-2.0-only
"""Tests of the test server's layouts: composite ones, objects on demand."""
import struct
import time

from client import Client, ROOT

# Of a connect to an MDT that serves data: grants, short and server-locked I/O
DOM_FLAGS = 0x18 | 0x2000 | 0x100000000000 | 0x2000000000000
DOM_FLAGS2 = 0x84000
EOF_ = 0xffffffffffffffff
MIB = 1 << 20
COMP, V1, V3, SPECIFIC = 0x0bd60bd0, 0x0bd10bd0, 0x0bd30bd0, 0x0bd50bd0
RAID0, MDT, OVER = 1, 0x100, 0x200
ANY = 0xffff
CREATE = 0x40000043
ACCESS, WRITE, TRUNC = 0, 2, 4
CR, EX = 16, 1


def client(srv, n=1, flags2=0):
    c = Client('127.0.0.1', srv.port, '127.0.0.%d@tcp' % (10 + n))
    c.mdt.flags2 |= flags2
    c.mount()
    return c


def truncate(c, f):
    """What the MDT says of a size"""
    rec = struct.pack('<IIIIIIIIII', 1, 0xffffffff, 0, 0, 0, 0, 0xffffffff, 0,
                      0xffffffff, 0) + f + struct.pack('<Q', 0x2000008)
    return c.reint([rec.ljust(136, b'\0')] + [b''] * 4 + [bytes(104)]).status


def dom_client(srv, n):
    c = Client('127.0.0.1', srv.port, '127.0.0.%d@tcp' % (10 + n))
    c.mdt.flags |= DOM_FLAGS
    c.mdt.flags2 |= DOM_FLAGS2
    c.mdt.ibits = 0x7f
    c.mount()
    return c


def blob(count=1, size=0, pattern=RAID0, first=ANY, pool=None, osts=None):
    magic = SPECIFIC if osts else V3 if pool else V1
    out = struct.pack('<IIQQIHH', magic, pattern, 0, 0, size, count, first)
    if magic != V1:
        out += (pool or '').encode().ljust(16, b'\0')
    for o in osts or ():
        out += struct.pack('<16xII', 0, o)
    return out


def wish(*comps, flags=0, mirrors=0):
    """A composite layout of (start, end, blob)"""
    head = b''
    at = 32 + 48 * len(comps)
    for start, end, b in comps:
        head += struct.pack('<IIQQIII12x', 0, 0, start, end, at, len(b), 0)
        at += len(b)
    return struct.pack('<IIIHHH14x', COMP, at, 0, flags, len(comps),
                       mirrors) + head + b''.join(c[2] for c in comps)


class Layout:
    def __init__(self, ea):
        self.ea = bytes(ea)
        (self.magic, self.size, self.gen, self.flags, n, self.mirrors) = \
            struct.unpack_from('<IIIHHH', ea)
        assert self.magic == COMP, hex(self.magic)
        assert self.size == len(ea), (self.size, len(ea))
        self.comps = []
        for i in range(n):
            (ident, flags, start, end, off, size, gen) = \
                struct.unpack_from('<IIQQIII', ea, 32 + 48 * i)
            b = ea[off:off + size]
            magic, pat, oid, seq, ssize, count, last = \
                struct.unpack_from('<IIQQIHH', b)
            assert oid and seq
            at = 32 if magic == V1 else 48
            objs = [(struct.unpack_from('<I', b, j + 20)[0],
                     bytes(b[j:j + 16])) for j in range(at, len(b), 24)]
            self.comps.append((ident, flags, start, end, pat, ssize, count,
                               last, objs, bytes(b)))

    def shape(self):
        return [c[:8] for c in self.comps]

    def for_replay(self):
        """As a client keeps it: no stripe is wanted anywhere"""
        ea = bytearray(self.ea)
        for i in range(len(self.comps)):
            off = struct.unpack_from('<I', ea, 32 + 48 * i + 24)[0]
            struct.pack_into('<H', ea, off + 30, ANY)
        return bytes(ea)


def layout_it(c, f, opc, start=0, end=0, ea=b'', cancels=(), mode=None,
              tag=None, cookie=None, **kw):
    """The layout intent: (reply, layout, cookie)"""
    if mode is None:
        mode = EX if opc else CR
    cookie, dlm = c.dlm(c.mdt, f, 13, mode, struct.pack('<Q', 8), 0x1000,
                        cookie, cancels)
    it = struct.pack('<IIQQ', opc, 0, start, end)
    r = c.rpc(c.mdt, 12, 101, 0x40000,
              [dlm, struct.pack('<Q', 0x400), it, ea],
              tag=(1 if opc else 0) if tag is None else tag, **kw)
    c.took(c.mdt, cookie, r)
    lay = Layout(r.b[2]) if r.status == 0 and r.b[2] else None
    return r, lay, cookie


def said(srv):
    """What the server complained about since the last time"""
    srv.log.flush()
    with open(srv.log.name) as f:
        text = f.read()
    new = text[getattr(srv, 'seen', 0):]
    srv.seen = len(text)
    return [x for x in new.splitlines() if 'never does that' in x]


def quiet(srv):
    new = said(srv)
    assert not new, new


def make(c, name, ea, parent=ROOT, flags=CREATE):
    r = c.open(parent, name, flags if ea else flags & ~0x40000000, ea=ea)
    disp, res, f, h, md = c.intent(r)
    return res, f, h, md


def t_layouts(srv):
    """What a real MDT takes as a composite layout, and what it makes of it"""
    c = client(srv)
    said(srv)
    two = wish((0, MIB, blob()), (MIB, EOF_, blob(2)))
    res, f, h, md = make(c, 'pfl', two + bytes(100))
    assert res == 0, res
    lay = Layout(md)
    assert (lay.gen, lay.flags, lay.mirrors) == (2, 0, 0)
    assert lay.shape() == [
        (1, 0x10, 0, MIB, RAID0, MIB, 1, 0),
        (2, 0, MIB, EOF_, RAID0, lay.comps[1][5], 2, ANY)], lay.shape()
    assert len(lay.comps[0][8]) == 1 and lay.comps[0][8][0][1] != bytes(16)
    assert lay.comps[1][8] == [(0xffffffff, bytes(16))]
    bad = [
        wish((0, MIB, blob()), (2 * MIB, EOF_, blob())),
        wish((0, MIB, blob()), (65536, EOF_, blob())),
        wish((65536, EOF_, blob())),
        wish((0, 100000, blob()), (100000, EOF_, blob())),
        wish((0, MIB, blob(1, 3 * 65536)), (MIB, EOF_, blob())),
        wish((0, MIB, blob(1, 100)), (MIB, EOF_, blob())),
        wish((MIB, MIB, blob())),
        wish((0, EOF_, blob(first=9))),
        wish((0, EOF_, blob(3000))),
        wish((0, EOF_, blob(0xfffe))),
        wish((0, EOF_, blob(pattern=4))),
        wish((0, EOF_, blob(pool='nowhere'))),
        wish((0, EOF_, blob(2, osts=(0, 0)))),
        wish((0, EOF_, blob(1, osts=(7,)))),
        wish((0, MIB, blob()), (MIB, 2 * MIB, blob(0, MIB, MDT))),
        wish((0, MIB, blob(0, 65536, MDT)), (MIB, EOF_, blob())),
        wish((0, EOF_, blob(0, 65536, MDT))),
        wish((0, MIB, blob()))[:100],
        struct.pack('<IIIHHH14x', COMP, 32, 0, 0, 0, 0),
        wish((0, MIB, blob())).replace(struct.pack('<I', 80),
                                       struct.pack('<I', 8000)),
        blob(1, 100), blob(first=9), blob(1, osts=(1,))[:40],
    ]
    for i, ea in enumerate(bad):
        res = make(c, 'bad%d' % i, ea)[0]
        assert res == -22, (i, res)
        assert c.intent(c.getattr(ROOT, 'bad%d' % i))[0] & 4, i
    # a second one
    r = c.open(ROOT, 'pfl', 0x40000002, ea=two)
    assert c.intent(r)[1] == -17
    assert srv.ctl('pool', 'here').startswith('ok')
    md = make(c, 'pool', wish((0, EOF_, blob(pool='here'))))[3]
    assert Layout(md).comps[0][9][:4] == struct.pack('<I', V3)
    assert b'here' in md
    f, _, md = make(c, 'over',
                    wish((0, EOF_, blob(5, 65536, RAID0 | OVER))))[1:]
    lay = Layout(md)
    # not for who does not know such layouts
    for flags2, want in ((0, -95), (0x10, 0)):
        e = client(srv, 4 + bool(flags2), flags2)
        assert truncate(e, f) == want, want
        e.disconnect()
    assert [o[0] for o in lay.comps[0][8]] in ([0, 1, 0, 1, 0],
                                               [1, 0, 1, 0, 1])
    lay = Layout(make(c, 'list', wish((0, EOF_, blob(2, osts=(1, 0)))))[3])
    assert [o[0] for o in lay.comps[0][8]] == [1, 0]
    lay = Layout(make(c, 'all', wish((0, EOF_, blob(0xffff))))[3])
    assert lay.comps[0][6] == 2 and len(lay.comps[0][8]) == 2
    # by default
    assert 'error' not in srv.ctl('default', '/', '-E', '128K', '-c', '1',
                                  '-E', 'eof', '-c', '-1', '-S', '64K')
    d, r = c.mkdir(ROOT, 'heir')
    assert r.status == 0
    lay = Layout(make(c, 'f', b'', d)[3])
    assert [x[2:4] for x in lay.comps] == [(0, 131072), (131072, EOF_)]
    assert lay.comps[1][5:7] == (65536, 0xffff)
    assert 'error' not in srv.ctl('default', '/heir', '-E', '64K', '-E', 'eof')
    sub, r = c.mkdir(d, 'sub')
    assert 'error' not in srv.ctl('default', '/heir', '-c', '0')
    assert 'error' not in srv.ctl('default', '/', '-c', '0')
    lay = Layout(make(c, 'f', b'', sub)[3])
    assert lay.comps[0][3] == 65536
    md = make(c, 'plain', b'', d)[3]
    assert md[:4] == struct.pack('<I', V1)
    quiet(srv)
    c.disconnect()


def t_instantiate(srv):
    """Objects on demand, by layout intents; others lose their layout lock"""
    c, d = client(srv, 1), client(srv, 2)
    c.others, d.others = [d], [c]
    said(srv)
    three = wish((0, MIB, blob()), (MIB, 4 * MIB, blob(2, MIB)),
                 (4 * MIB, 8 * MIB, blob(1)))
    res, f, h, md = make(c, 'grow', three)
    assert res == 0
    first = Layout(md)
    r, lay, mine = layout_it(c, f, ACCESS)
    assert r.status == 0 and lay.ea == first.ea and r.transno == 0
    flags, mode, bits = (struct.unpack_from('<I', r.b[1], 0)[0],
                         struct.unpack_from('<I', r.b[1], 52)[0],
                         struct.unpack_from('<Q', r.b[1], 56)[0])
    assert (mode, bits, flags & 1) == (CR, 8, 0), (mode, bits, flags)
    r, lay, other = layout_it(d, f, ACCESS)
    assert r.status == 0
    # nothing to do
    r, lay, mine = layout_it(c, f, WRITE, 0, 4096,
                             cancels=[c.mdt.locks.pop(mine)[0]])
    assert r.status == 0 and lay.ea == first.ea and r.transno == 0
    assert other not in d.mdt.locks, 'the other holder was not called back'
    r, lay, other = layout_it(d, f, ACCESS)
    r, lay, mine = layout_it(c, f, WRITE, MIB, MIB + 1,
                             cancels=[c.mdt.locks.pop(mine)[0]])
    assert r.status == 0 and r.transno and lay.gen == 4
    assert other not in d.mdt.locks
    mode, bits = (struct.unpack_from('<I', r.b[1], 52)[0],
                  struct.unpack_from('<Q', r.b[1], 56)[0])
    assert (mode, bits) == (CR, 10), (mode, bits)
    assert struct.unpack_from('<I', r.b[1], 0)[0] & 1
    assert [x[1] for x in lay.comps] == [0x10, 0x10, 0]
    assert lay.comps[0] == first.comps[0]
    assert len(lay.comps[1][8]) == 2
    # up to and with the last byte, no further
    r = layout_it(c, f, TRUNC, 0, 8 * MIB + 1)[0]
    assert r.status == -22, r.status
    r, lay, mine = layout_it(c, f, TRUNC, 0, 8 * MIB)
    assert r.status == 0 and lay.gen == 5 and lay.comps[2][1] == 0x10
    # data go where they belong
    i, oi = lay.comps[1][8][1]
    assert c.write(i, oi, MIB, b'x' * 4096).status == 0
    quiet(srv)
    c.write(*lay.comps[1][8][0], 0, b'x' * 4096)
    assert any('outside of the component' in x for x in said(srv))
    o = c.obdo(oi, 1 << 55)
    struct.pack_into("<IIQQI", o, 136, MIB, 1, MIB, 4 * MIB, 2)
    c.write(i, oi, MIB, b'x' * 4096, oa=o)
    assert any('o_layout' in x for x in said(srv))
    r, _, _ = layout_it(c, f, WRITE, 0, 1, mode=CR)
    assert len(said(srv)) == 1
    r, _, _ = layout_it(c, f, WRITE, 0, 1, tag=0)
    assert len(said(srv)) == 1
    assert layout_it(c, f, 1)[0].status == -524
    assert layout_it(c, f, 9)[0].status == -22
    said(srv)
    assert c.unlink(ROOT, 'grow').status == 0
    c.close(h, f)
    end = time.time() + 10
    for comp in lay.comps:
        for i, oi in comp[8]:
            while c.read(i, oi, 0, 4096)[0].status != -2:
                assert time.time() < end, 'an object is left'
                time.sleep(0.05)
    c.others = d.others = []
    c.disconnect()
    d.disconnect()


def t_relayout(srv):
    """An intent that was answered, but lost, is replayed with its layout"""
    srv.stop()
    srv.start('--commit-interval', '600000')
    c = client(srv)
    two = wish((0, MIB, blob()), (MIB, EOF_, blob(2)))
    f, h, md = make(c, 'lostlay', two)[1:]
    srv.ctl('commit')
    said(srv)
    x = c.xid()
    r, lay, mine = layout_it(c, f, WRITE, 0, 2 * MIB, xid=x, mbits=x)
    assert r.status == 0 and r.transno > r.committed
    srv.kill()
    srv.start('--commit-interval', '600000')
    c.open_peer()
    for t in c.targets():
        assert c.connect(t).status == 0
    r, again, _ = layout_it(c, f, WRITE, 0, 2 * MIB, xid=x, mbits=x, flags=4,
                            transno=r.transno, ea=lay.for_replay(),
                            cookie=mine)
    assert r.status == 0, r.status
    assert again.ea == lay.ea
    for t in [c.mdt] + c.ost:
        assert c.ping(t, flags=0xc0).status == 0
    i, oi = lay.comps[1][8][1]
    end = time.time() + 10
    while c.write(i, oi, MIB, b'y' * 4096).status:
        assert time.time() < end, 'no object'
        time.sleep(0.05)
    quiet(srv)
    text = srv.ctl('layout', '/lostlay')
    assert 'gen 3' in text and text.count('flags 0x10') == 2, text
    c.disconnect()
    srv.stop()
    srv.start()


def dom_body(r):
    """(valid has DOM_SIZE, size, blocks) of the reply to an intent"""
    valid, = struct.unpack_from('<Q', r.b[2], 40)
    return (bool(valid & 0x1000),) + struct.unpack_from('<QQ', r.b[2], 176)


def granted(r):
    """(mode, bits) of the lock in a reply"""
    return struct.unpack_from('<I', r.b[1], 52)[0], \
        struct.unpack_from('<Q', r.b[1], 56)[0]


def dom_write(c, f, off, data, portal=13, cookie=0, shape=None, o=None):
    """A short write to the MDT"""
    x = c.xid()
    o = o or c.obdo(f, 0x800 | (0x80000 if cookie else 0), flags=0x400000,
                    handle=cookie)
    if shape:
        o[0:8] = struct.pack('<Q', struct.unpack_from('<Q', o)[0] | 1 << 55)
        struct.pack_into('<IIQQI', o, 136, *shape)
    return c.rpc(c.mdt, portal, 4, 0x30000,
                 [o, f + struct.pack('<II', 0, 1),
                  struct.pack('<QII', off, len(data), 0x400), b'', data],
                 xid=x, mbits=x)


def dom_read(c, f, off, size):
    n = len(c.split(off, bytes(size))[0])
    r, got = c.bulk_rpc(c.mdt, 13, 3, 0x30000,
                        [c.obdo(f), f + struct.pack('<II', 0, 1),
                         struct.pack('<QII', off, size, 9), b'', b''], 8, n)
    return r, b''.join(g or b'' for g in got)


def dom_punch(c, f, size, portal=13):
    return c.rpc(c.mdt, portal, 10, 0x30000,
                 [c.obdo(f, 0x30, size=size, blocks=EOF_), b''])


def dom_lock(c, f, mode, flags=0):
    cookie, dlm = c.dlm(c.mdt, f, 13, mode, struct.pack('<Q', 0x40), flags)
    r = c.rpc(c.mdt, 12, 101, 0x40000, [dlm])
    c.took(c.mdt, cookie, r)
    return cookie, r


def server_cookie(c, r):
    return struct.unpack_from('<Q', r.b[1], 88)[0]


def on_mdt(size=65536):
    return wish((0, size, blob(0, size, MDT)), (size, EOF_, blob(1, MIB)))


PR_, PW_ = 4, 2


def t_dom(srv):
    """Data on the MDT: locks, sizes, I/O, what comes with an open"""
    c, d = dom_client(srv, 1), dom_client(srv, 2)
    c.others, d.others = [d], [c]
    said(srv)
    assert struct.unpack_from('<I', c.mdt.ocd, 12)[0] >= 2 * (MIB + 24576)
    r = c.open(ROOT, 'dom', CREATE, ea=on_mdt())
    disp, res, f, h, md = c.intent(r)
    assert res == 0 and r.status == 301, (res, r.status)
    lay = Layout(md)
    assert lay.shape()[0] == (1, 0x10, 0, 65536, MDT, 65536, 0, 0)
    assert lay.comps[0][8] == [] and lay.comps[1][1] == 0
    assert c.close(h, f).status == 0
    r = c.open(ROOT, 'dom', 2)
    h = c.intent(r)[3]
    assert r.status == 0 and granted(r) == (PW_, 0x5b), granted(r)
    assert dom_body(r) == (True, 0, 0)
    lock = server_cookie(c, r)
    w = dom_write(c, f, 0, b'on-mdt\n', cookie=lock,
                  shape=(65536, 0, 0, 65536, 1))
    assert w.status == 0 and w.transno
    assert struct.unpack_from('<Q', w.b[1], 32)[0] == 7
    assert dom_write(c, f, 0, b'x', portal=12).status == -71
    quiet(srv)
    # somebody else looks: the writer is asked for the size, and gives up
    # only what stands in the way of attributes
    c.called.clear()
    c.glimpse = struct.pack('<Q', 4711) + bytes(48)
    r = dom_lock(d, f, PR_, 0x1000)[1]
    assert r.status == 301 and struct.unpack_from('<Q', r.b[2])[0] == 4711
    assert [m.opc for m in c.called] == [106]
    r = d.getattr(ROOT, 'dom')
    bits = [struct.unpack_from('<Q', m.bufs[1], 56)[0]
            for m in c.called if m.opc == 104]
    assert bits and not bits[0] & 0x48, bits
    # the client above cancels all of a lock that is called back
    assert granted(r) == (PR_, 0x5b) and dom_body(r)[:2] == (True, 7)
    r = d.open(ROOT, 'dom', 1)
    h2 = d.intent(r)[3]
    assert dom_body(r)[:2] == (True, 7)
    assert r.b[7] == struct.pack('<QII', 0, 7, 0) + b'on-mdt\n', r.b[7]
    # a write lock takes all that
    d.called.clear()
    ck, r = dom_lock(c, f, PW_)
    assert r.status == 0
    if not granted(r)[0]:
        end = time.time() + 5
        while 'granted' not in c.mdt.locks[ck] and time.time() < end:
            c.peer.poll()
            d.peer.poll()
        assert 'granted' in c.mdt.locks[ck]
    assert 104 in [m.opc for m in d.called]
    assert dom_write(c, f, 60000, b'y' * 5536).status == 0
    r, data = dom_read(d, f, 0, 65536)
    assert r.status == 65536 and data[:7] == b'on-mdt\n' and \
        data[60000:] == b'y' * 5536 and not any(data[7:60000])
    quiet(srv)
    # a part at the end, when there is no room for all; nothing without room
    c.cancel(c.mdt, ck)
    p = dom_punch(c, f, 9000)
    assert p.status == 0 and p.transno
    assert struct.unpack_from('<Q', p.b[1])[0] & 0x3f == 0x3f
    assert dom_punch(c, f, 1, portal=12).status == -71
    for room, want in ((65536, (0, 9000)), (4096, (8192, 808)), (0, (0, 0))):
        e = dom_client(srv, 3)
        r = e.open(ROOT, 'dom', 1, repsize=room)
        off, n, _ = struct.unpack_from('<QII', r.b[7])
        assert (off, n) == want and len(r.b[7]) == 16 + n, (room, off, n)
        e.disconnect()
    # what does not belong there
    quiet(srv)
    dom_write(c, f, 65000, b'z' * 4096)
    assert any('outside of the component' in x for x in said(srv))
    dom_write(c, f, 0, b'z', shape=(65536, 1, 0, 65536, 1))
    assert any('o_layout' in x for x in said(srv))
    ck, r = dom_lock(c, f, PR_)
    dom_write(c, f, 0, b'z', cookie=server_cookie(c, r))
    assert any('under a lock' in x for x in said(srv))
    c.cancel(c.mdt, ck)
    assert dom_write(c, ROOT, 0, b'z').status in (-2, -71)
    # it grows out of the MDT
    r, lay, _ = layout_it(c, f, WRITE, 65536, 65537)
    assert r.status == 0 and lay.gen == 3
    i, oi = lay.comps[1][8][0]
    assert c.write(i, oi, 65536, b'o' * 4096).status == 0
    quiet(srv)
    # it goes, and with it the data, when nobody has a lock on them
    ck, r = dom_lock(d, f, PR_)
    assert r.status == 0
    c.close(h, f)
    d.close(h2, f)
    d.called.clear()
    assert c.unlink(ROOT, 'dom').status == 0
    end = time.time() + 10
    while dom_read(c, f, 0, 4096)[0].status != -2:
        assert time.time() < end, 'the data are left'
        d.peer.poll()
    assert 104 in [m.opc for m in d.called]
    c.others = d.others = []
    c.disconnect()
    d.disconnect()


def t_dom_limit(srv):
    """An MDT part is only as long as the file system has them"""
    c = dom_client(srv, 1)
    assert srv.ctl('dom-limit', '131072').startswith('ok')
    lay = Layout(make(c, 'short', on_mdt(MIB))[3])
    assert [x[2:4] for x in lay.comps] == [(0, 131072), (131072, EOF_)]
    assert lay.comps[0][5] == 131072
    assert srv.ctl('dom-limit', '0').startswith('ok')
    lay = Layout(make(c, 'without', on_mdt())[3])
    assert [x[2:5] for x in lay.comps] == [(0, EOF_, RAID0)]
    assert lay.comps[0][1] == 0x10
    assert make(c, 'none', wish((0, 65536, blob(0, 65536, MDT))))[0] == -27
    assert srv.ctl('dom-limit', str(MIB)).startswith('ok')
    c.disconnect()


def t_dom_crash(srv):
    """What was committed is there after a crash; what was not, by replay"""
    srv.stop()
    srv.start('--commit-interval', '600000')
    c = dom_client(srv, 1)
    f = make(c, 'kept', on_mdt())[1]
    assert dom_write(c, f, 0, b'kept').status == 0
    srv.ctl('commit')
    said(srv)
    x = c.xid()
    r = c.open(ROOT, 'lostdom', CREATE, ea=on_mdt(), xid=x, mbits=x)
    g, h, md = c.intent(r)[2:]
    assert r.transno > r.committed
    wx = c.xid()
    o = c.obdo(g, 0x800, flags=0x400000)
    bufs = [o, g + struct.pack('<II', 0, 1),
            struct.pack('<QII', 0, 4, 0x400), b'', b'lost']
    w = c.rpc(c.mdt, 13, 4, 0x30000, bufs, xid=wx, mbits=wx)
    assert w.status == 0 and w.transno == r.transno + 1
    srv.kill()
    srv.start('--commit-interval', '600000')
    c.open_peer()
    for t in c.targets():
        assert c.connect(t).status == 0
    n = c.open(ROOT, 'lostdom', CREATE, f=g, ea=Layout(md).for_replay(),
               old=struct.unpack('<Q', h)[0], xid=x, mbits=x, flags_=4,
               transno=r.transno)
    assert c.intent(n)[1] == 0
    w2 = c.rpc(c.mdt, 13, 4, 0x30000, bufs, xid=wx, mbits=wx, flags=4,
               transno=w.transno)
    assert w2.status == 0 and w2.transno == w.transno, w2.status
    for t in [c.mdt] + c.ost:
        assert c.ping(t, flags=0xc0).status == 0
    assert dom_read(c, f, 0, 4096)[1][:4] == b'kept'
    assert dom_read(c, g, 0, 4096)[1][:5] == b'lost\0'
    quiet(srv)
    c.disconnect()
    srv.stop()
    srv.start()


def component(c, f, op, value):
    rec = struct.pack('<IIIIIIIIII', 7, 0xffffffff, 0, 0, 0, 0, 0xffffffff, 0,
                      0xffffffff, 0) + f
    rec = rec.ljust(72, b'\0') + struct.pack('<QQ', 1 << 36, 1)
    return c.reint([rec.ljust(136, b'\0'), b'', b'lustre.lov.%s\0' % op, value,
                    b'', b'']).status


def entry(ident, flags=0):
    """A component that is only named"""
    return struct.pack('<IIIHHH14x', COMP, 80, 0, 0, 1, 0) + \
        struct.pack('<IIQQIII12x', ident, flags, 0, 0, 80, 0, 0)


def t_components(srv):
    """Components are added, marked, deleted"""
    c = client(srv)
    said(srv)
    f = make(c, 'parts', wish((0, MIB, blob())))[1]
    more = wish((MIB, 2 * MIB, blob()), (2 * MIB, EOF_, blob(2, MIB)))
    assert component(c, f, b'add', wish((0, MIB, blob()))) == -22
    assert component(c, f, b'add', more) == 0
    lay = layout_it(c, f, ACCESS)[1]
    assert lay.gen == 2 and [x[:4] for x in lay.comps] == [
        (1, 0x10, 0, MIB), (2, 0, MIB, 2 * MIB), (3, 0, 2 * MIB, EOF_)]
    assert component(c, f, b'add', more) == -22
    assert component(c, f, b'nonsense', more) == -22
    assert component(c, f, b'set.flags', entry(2, 2)) == 0
    assert component(c, f, b'set.flags', entry(9, 2)) == -22
    assert component(c, f, b'set.flags', entry(2, 0x10)) == -22
    lay = layout_it(c, f, ACCESS)[1]
    assert lay.gen == 3 and lay.comps[1][1] == 2
    assert component(c, f, b'set', entry(2, 0x80000002)) == 0
    lay = layout_it(c, f, WRITE, 0, 3 * MIB)[1]
    assert lay.gen == 5 and [x[1] for x in lay.comps] == [16, 16, 16]
    assert component(c, f, b'del', entry(2)) == -22
    assert component(c, f, b'del', entry(3)) == 0
    i, oi = lay.comps[2][8][0]
    end = time.time() + 10
    while c.read(i, oi, 0, 4096)[0].status != -2:
        assert time.time() < end, 'an object is left'
        time.sleep(0.05)
    lay = layout_it(c, f, ACCESS)[1]
    assert lay.gen == 6 and len(lay.comps) == 2
    assert component(c, f, b'del', entry(0xffffffff)) == -22
    quiet(srv)
    c.disconnect()


LEASE, BY_FID, LOCK = 0x1000000000, 0x800000, 0x20000000


def t_mirrors(srv):
    """A mirror becomes stale, refuses old writers, and is synchronized"""
    c = client(srv)
    c.mdt.flags2 |= 0x20
    said(srv)
    assert make(c, 'badm',
                wish((0, EOF_, blob()), (0, EOF_, blob())))[0] == -22
    res, f, h, md = make(c, 'm', wish((0, EOF_, blob()), (0, MIB, blob()),
                                      (MIB, EOF_, blob(1, MIB)), mirrors=1))
    assert res == 0, res
    lay = Layout(md)
    assert (lay.gen, lay.flags, lay.mirrors) == (3, 1, 1)
    assert [x[:4] for x in lay.comps] == [
        (0x10001, 0x10, 0, EOF_), (0x20002, 0x10, 0, MIB),
        (0x20003, 0, MIB, EOF_)]
    one, two = lay.comps[0][8][0], lay.comps[1][8][0]

    def write(where, version):
        i, oi = where
        o = c.obdo(oi, 0x8000 if version is not None else 0)
        struct.pack_into('<I', o, 164, version or 0)
        return c.write(i, oi, 0, b'm' * 4096, oa=o).status

    write(one, 3)
    assert any('without an intent' in x for x in said(srv))
    write(one, None)
    assert any('without a layout version' in x for x in said(srv))
    lay = layout_it(c, f, WRITE, 0, 4096)[1]
    assert (lay.gen, lay.flags) == (4, 2)
    assert [x[1] for x in lay.comps] == [0x10, 0x11, 1]
    assert write(one, 3) == -116
    assert write(one, 4) == 0
    quiet(srv)
    write(two, 4)
    assert any('stale' in x for x in said(srv))
    r = layout_it(c, f, WRITE, MIB, 2 * MIB)[0]
    assert r.status == 0 and r.transno == 0

    # under a lease the other one is made the same again
    r = c.open(f, '', LEASE | LOCK | BY_FID | 3, f=f)
    assert c.intent(r)[1] == -16, 'a lease beside another open'
    assert c.close(h, f).status == 0
    r = c.open(f, '', LEASE | BY_FID | 3, f=f)
    assert r.status == -71
    r = c.open(f, '', LEASE | LOCK | BY_FID | 3, f=f)
    disp, res, _, h, _ = c.intent(r)
    assert r.status == 0 and res == 0 and disp & 0x4000000
    assert granted(r) == (PW_, 4)
    lock = server_cookie(c, r)

    def resync(cookie):
        rec = struct.pack('<IIIIIIIIII', 10, 0xffffffff, 0, 0, 0, 0,
                          0xffffffff, 0, 0xffffffff, 0) + f
        rec = rec.ljust(72, b'\0') + struct.pack('<Q', cookie)
        return c.reint([rec.ljust(136, b'\0'), bytes(104)]).status

    assert resync(12345) == -16
    assert resync(lock) == 0
    lay = layout_it(c, f, ACCESS)[1]
    assert (lay.gen, lay.flags) == (5, 3)
    assert [x[1] for x in lay.comps] == [0x10, 0x11, 0x11]
    assert write(two, 5 | 1 << 31) == 0
    quiet(srv)
    rec = struct.pack('<I', 1) + bytes(36) + f
    rec = rec.ljust(120, b'\0') + struct.pack('<I', 0x10000)
    cd = struct.pack('<Q16xQI2I', lock, 0, 2, 0x20002, 0x20003)
    r = c.rpc(c.mdt, 23, 35, 0x20000,
              [h + bytes(16), rec.ljust(136, b'\0'), b'',
               cd.ljust(96, b'\0'), struct.pack('<I', 0)], tag=2)
    assert r.status == 0
    assert struct.unpack_from('<Q', r.b[1], 40)[0] & 1 << 53
    lay = layout_it(c, f, ACCESS)[1]
    assert (lay.gen, lay.flags) == (6, 1)
    assert [x[1] for x in lay.comps] == [0x10, 0x10, 0x10]
    quiet(srv)
    c.disconnect()


TESTS = [t_layouts, t_instantiate, t_relayout, t_components, t_mirrors, t_dom,
         t_dom_limit, t_dom_crash]
