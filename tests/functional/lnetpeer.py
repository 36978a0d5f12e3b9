#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""A node of its own making, to test LNet's side of the wire.

usage: lnetpeer.py OWN-IP PEER-IP [accept|hoard]

Speaks to the LNet at PEER-IP as a good node of each protocol version, then as
a broken one.  Written from the protocol documents 01 and 02.  Prints one line
per test and exits with 1 if any failed.
"""
import errno
import os
import socket
import struct
import subprocess
import sys
import time

OWN, PEER = sys.argv[1:3]
PID = 12345
NONE = (1 << 64) - 1
PING = 1 << 63
CONTROL, BULK_IN, BULK_OUT = 1, 2, 3
ACK, PUT, GET, REPLY = range(4)
incarnation = time.time_ns()
port = 1023
fails = 0


def is6(ip):
    return ':' in ip


def nid4(ip):
    return 2 << 48 | struct.unpack('>I', socket.inet_aton(ip))[0]


def nid16(ip):
    if is6(ip):
        return struct.pack('>BBH', 12, 2, 0) + socket.inet_pton(
            socket.AF_INET6, ip)
    return struct.pack('>BBH', 0, 2, 0) + socket.inet_aton(ip) + bytes(12)


def connect(privileged=True, rcvbuf=0, src=OWN):
    """A TCP connection to the acceptor, from a fresh port."""
    global port
    while True:
        s = socket.socket(socket.AF_INET6 if is6(PEER) else socket.AF_INET)
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        s.settimeout(5)
        if rcvbuf:
            s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, rcvbuf)
        try:
            if privileged:
                port = port - 1 if port > 600 else 1023
                if port == 988:
                    continue
                s.bind((src, port))
            else:
                s.bind((src, 0))
            s.connect((PEER, 988))
            return s
        except OSError as e:
            s.close()
            if e.errno not in (errno.EADDRINUSE, errno.EADDRNOTAVAIL):
                raise


def read(s, n):
    data = b''
    while len(data) < n:
        part = s.recv(n - len(data))
        if not part:
            raise EOFError
        data += part
    return data


class Conn:
    """An open connection of one type and version, as the active side."""

    own = OWN

    def __init__(self, ctype=CONTROL, version=3, swab=False, inc=None,
                 rcvbuf=0, own=OWN, src=OWN):
        self.own = own
        self.e = '>' if swab else '<'
        self.version = version
        self.s = connect(rcvbuf=rcvbuf, src=src)
        self.s.sendall(self.acr())
        self.s.sendall(self.hello(ctype, inc or incarnation))
        reply = read(self.s, 8)
        magic, got = struct.unpack('<II', reply)
        assert magic == 0x45726963 and got == version, reply
        reply += read(self.s, 72 if version == 4 else 48)
        off = 72 if version == 4 else 48
        self.answer = struct.unpack('<i', reply[off:off + 4])[0]

    def acr(self, ip=None):
        ip = ip or PEER
        if is6(ip):
            return struct.pack(self.e + 'II', 0xacce7100, 2) + nid16(ip)
        return struct.pack(self.e + 'IIQ', 0xacce7100, 1, nid4(ip))

    def hello(self, ctype, inc, nips=0):
        if self.version == 4:
            return (struct.pack(self.e + 'II', 0x45726963, 4) +
                    nid16(self.own) +
                    nid16(PEER) +
                    struct.pack(self.e + 'IIQQiI', PID, 0, inc, 0, ctype, 0))
        return struct.pack(self.e + 'IIQQIIQQiI', 0x45726963, self.version,
                           nid4(self.own), nid4(PEER), PID, 0, inc, 0, ctype,
                           nips)

    def send(self, mtype, body, payload=b'', cookie=0, length=None, dest=None,
             src=None):
        length = len(payload) if length is None else length
        dest, src = dest or PEER, src or self.own
        if self.version == 4:
            head = nid16(dest) + nid16(src)
        else:
            head = struct.pack('<QQ', nid4(dest), nid4(src))
        head += struct.pack('<IIII', PID, PID, mtype, length)
        ksh = struct.pack(self.e + 'IIQQ', 0xc1, 0, cookie, 0)
        self.last = ksh + head + body.ljust(40, b'\0') + payload
        self.s.sendall(self.last)

    def noop(self, a, b):
        self.s.sendall(struct.pack(self.e + 'IIQQ', 0xc0, 0, a, b))

    def recv(self):
        """(NOOP, a, b) or (type, body, payload)"""
        kind, csum, a, b = struct.unpack(self.e + 'IIQQ', read(self.s, 24))
        if kind == 0xc0:
            return 'noop', a, b
        assert kind == 0xc1 and csum == 0
        head = read(self.s, 96 if self.version == 4 else 72)
        at = 48 if self.version == 4 else 24
        mtype, length = struct.unpack('<II', head[at:at + 8])
        return mtype, head[at + 8:], read(self.s, length)

    def ping(self, sink=272, offset=0):
        self.send(GET, struct.pack('<QQQIII', 7, 8, PING, 0, offset, sink))
        mtype, body, payload = self.recv()
        assert mtype == REPLY, mtype
        assert body[:16] == struct.pack('<QQ', 7, 8)
        return payload

    def closed(self):
        """Does the peer close, without a word?"""
        try:
            while True:
                if not self.s.recv(4096):
                    return True
        except ConnectionError:
            return True
        except (TimeoutError, socket.timeout):
            return False


def opened(ctype=CONTROL, version=3):
    """As a node does: refused, because the last one is not all gone yet?  Once
    more a little later."""
    for i in range(20):
        c = Conn(ctype, version)
        if c.answer != -1:
            return c
        c.s.close()
        time.sleep(0.3)
    raise AssertionError('refused again and again')


def close_all(*conns):
    for c in conns:
        c.s.close()
    time.sleep(0.2)


def raw(*parts, privileged=True):
    """Send bytes to the acceptor; what comes back until it closes."""
    got = b''
    try:
        s = connect(privileged)
    except ConnectionResetError:
        return got
    try:
        for part in parts:
            s.sendall(part)
        while True:
            data = s.recv(4096)
            if not data:
                break
            got += data
    except ConnectionError:
        pass
    s.close()
    return got


def body_put(bits, portal, offset=0, ack=(NONE, NONE)):
    return struct.pack('<QQQQII', *ack, bits, 0, portal, offset)


def versions():
    return (4,) if is6(PEER) else (2, 3, 4)


# ---- a good node -----------------------------------------------------------------

def good_ping(version, swab=False):
    c = Conn(version=version, swab=swab)
    assert c.answer == CONTROL
    full = c.ping()
    assert len(full) == (56 if is6(PEER) else 48), len(full)
    assert struct.unpack('<I', full[:4])[0] == 0x70696e67
    assert c.ping(sink=20) == full[:20]
    assert c.ping(sink=0) == b''
    assert c.ping(sink=8, offset=8) == full[8:16]
    close_all(c)


def good_three(version):
    conns = [Conn(t, version) for t in (CONTROL, BULK_IN, BULK_OUT)]
    assert [c.answer for c in conns] == [CONTROL, BULK_OUT, BULK_IN]
    again = Conn(CONTROL, version)
    assert again.answer == -1 and again.closed()
    conns[0].ping()
    close_all(*conns)


def good_push(version):
    control, c = Conn(CONTROL, version), Conn(BULK_OUT, version)
    for size in (0, 48, 4096, 100000):
        c.send(PUT, body_put(PING, 0, ack=(3, size)), bytes(size), cookie=2)
        assert c.recv() == ('noop', 0, 2)
        mtype, body, rest = control.recv()
        assert mtype == ACK and rest == b''
        want = min(size, 4096)
        assert struct.unpack('<QQQI', body[:28]) == (3, size, PING, want)
    close_all(control, c)


def good_dropped(version):
    c = Conn(CONTROL, version)
    c.send(PUT, body_put(1, 9, ack=(1, 1)), bytes(70000), cookie=5)
    assert c.recv() == ('noop', 0, 5)
    for portal in (0, 1, 63, 64, 0xffffffff):
        c.send(PUT, body_put(1, portal), b'x' * 10)
        c.send(GET, struct.pack('<QQQIII', 7, 8, 1, portal, 0, 100))
    c.send(ACK, struct.pack('<QQQI', 1, 2, 3, 4))
    c.send(REPLY, struct.pack('<QQ', 1, 2), b'y' * 5000)
    c.noop(0, 1)
    c.ping()
    close_all(c)


def good_slow():
    c = Conn()
    head = struct.pack('<IIQQ', 0xc1, 0, 0, 0)
    for byte in head:
        c.s.sendall(bytes([byte]))
        time.sleep(0.005)
    if c.version == 4:
        rest = nid16(PEER) + nid16(OWN)
    else:
        rest = struct.pack('<QQ', nid4(PEER), nid4(OWN))
    rest += struct.pack('<IIII', PID, PID, GET, 0)
    rest += struct.pack('<QQQIII', 7, 8, PING, 0, 0, 272).ljust(40, b'\0')
    for byte in rest:
        c.s.sendall(bytes([byte]))
        time.sleep(0.005)
    assert c.recv()[0] == REPLY
    close_all(c)


def restart():
    old = Conn(CONTROL)
    new = Conn(CONTROL, inc=incarnation + 1)
    assert new.answer == -1 and new.closed() and old.closed()
    time.sleep(0.3)
    new = Conn(CONTROL, inc=incarnation + 1)
    assert new.answer == CONTROL
    new.ping()
    close_all(old, new)


# ---- a broken one ------------------------------------------------------------------

def broken_start():
    c = Conn.__new__(Conn)
    c.version, c.e = 4 if is6(PEER) else 3, '<'
    acr, hello = c.acr(), c.hello(CONTROL, incarnation)
    assert raw(os.urandom(7) + b'\0') == b''
    assert raw(b'GET / HTTP/1.0\r\n\r\n') == b''
    answer = raw(struct.pack('<IIQ', 0xacce7100, 77, 0))
    assert answer == struct.pack('<IIQ', 0xacce7100, 1, 0), answer
    assert raw(struct.pack('<IIQ', 0xacce7100, 1, nid4('10.9.8.7'))) == b''
    assert raw(struct.pack('<II', 0xacce7100, 2) + b'\xfe' * 20) == b''
    assert raw(acr, b'\xed\x0d\xbc\xee' + bytes(80)) == b''
    assert raw(acr, hello, privileged=False) == b''
    # an unknown version is answered with ours, and type NONE
    answer = raw(acr, struct.pack('<II', 0x45726963, 9) + hello[8:])
    want = 4 if is6(PEER) else 3
    assert struct.unpack('<II', answer[:8]) == (0x45726963, want)
    off = 72 if want == 4 else 48
    assert struct.unpack('<i', answer[off:off + 4]) == (-1,)
    assert raw(acr, c.hello(7, incarnation)) == b''
    assert raw(acr, c.hello(0, incarnation)) == b''
    assert raw(acr, c.hello(-1, incarnation)) == b''
    if c.version == 3:
        assert raw(acr, c.hello(CONTROL, incarnation, nips=17)) == b''
        assert raw(acr, c.hello(CONTROL, incarnation, nips=2) +
                   bytes(8)) == b''
        own_nid = struct.pack('<Q', nid4(PEER))
        assert raw(acr, hello[:8] + own_nid + hello[16:]) == b''


def broken_silent():
    """Handshakes that never come to an end are closed after five seconds."""
    many = [connect() for _ in range(40)]
    start = time.time()
    for s in many:
        s.settimeout(12)
        try:
            assert s.recv(10) == b''
        except ConnectionError:
            pass
        s.close()
    assert 3 < time.time() - start < 11


def broken_messages(version):
    cases = {
        'type': lambda c: c.send(9, b''),
        'hello': lambda c: c.send(4, b''),
        'get with payload': lambda c: c.send(GET, b'', b'1'),
        'ack with payload': lambda c: c.send(ACK, b'', b'1'),
        'long put': lambda c: c.send(PUT, body_put(1, 9), length=(1 << 20) + 1),
        'longest put': lambda c: c.send(PUT, body_put(1, 9), length=0xffffffff),
        'long reply': lambda c: c.send(REPLY, b'', length=0x80000000),
        'other nid': lambda c: c.send(GET, b'', dest='fd00::9' if is6(PEER)
                                      else '192.0.2.99'),
        'ksock type': lambda c: c.s.sendall(struct.pack('<IIQQ', 1, 0, 0, 0)),
        'unasked zc-ack': lambda c: c.noop(0, 4711),
        'unasked zc-acks': lambda c: c.noop(9, 8),
        'unasked range': lambda c: c.noop(2, 1 << 63),
        'whole range': lambda c: c.noop(1, NONE),
        'half a pair': lambda c: c.noop(5, 0),
    }
    for name, act in cases.items():
        c = opened(CONTROL, version)
        other = opened(BULK_OUT, version)
        act(c)
        assert c.closed(), name
        assert other.closed(), name + ': sibling'
        time.sleep(0.05)
    c = opened(CONTROL, version)
    c.send(GET, struct.pack('<QQQIII', 7, 8, PING, 0, 0, 272),
           src='fd00::9' if is6(PEER) else '192.0.2.99')
    c.ping()
    c.send(PUT, body_put(PING, 0), b'x' * 100, length=100000)
    close_all(c)
    opened(CONTROL, version).ping()
    time.sleep(0.2)


def random_bytes(rounds=150):
    """Bit errors anywhere in a conversation."""
    for i in range(rounds):
        c = Conn(CONTROL)
        c.s.settimeout(0.05)
        junk = bytearray(struct.pack('<IIQQ', 0xc1, 0, 0, 0) +
                         os.urandom(72 + i))
        if i % 3:
            junk[24:40] = struct.pack('<QQ', nid4(PEER), nid4(OWN)) \
                if c.version == 3 else nid16(PEER)[:16]
        if i % 2:
            junk[48:52] = struct.pack('<I', i % 5)
        try:
            c.s.sendall(bytes(junk))
            c.s.recv(100)
        except OSError:
            pass
        c.s.close()
        time.sleep(0.02)


def some_answers(c, kind, count):
    """Answers of a kind came, but fewer than COUNT, and it goes on."""
    got = 0
    # what TCP lost while nobody read comes again after a pause, which has grown
    c.s.settimeout(30)
    try:
        while True:
            assert c.recv()[0] == kind
            got += 1
            if got == 1001:
                c.s.settimeout(2)
    except (TimeoutError, socket.timeout):
        pass
    assert 1000 < got < count, got
    c.s.settimeout(5)
    c.ping()


def greedy(count=40000):
    """Asks and asks, and does not read what it gets."""
    c = Conn(rcvbuf=4096)
    get = struct.pack('<QQQIII', 7, 8, PING, 0, 0, 272)
    for i in range(count // 100):
        c.send(GET, get)
        one = c.last
        c.s.sendall(one * 99)
    # answers and more of them, but not one for each question
    some_answers(c, REPLY, count)
    # the same with acknowledgments
    put = body_put(PING, 0, ack=(3, 4))
    for i in range(count // 100):
        c.send(PUT, put)
        c.s.sendall(c.last * 99)
    some_answers(c, ACK, count)
    close_all(c)


def borrowed_name():
    """A node that says that it is another one."""
    other = 'fd00::9' if is6(PEER) else '192.0.2.99'
    try:
        c = Conn(own=other)
        assert c.answer == -1
    except (EOFError, ConnectionError):
        pass
    opened(version=versions()[-1]).ping()
    time.sleep(0.2)


def strangers(limit=64, more=6):
    """Nodes that nothing is mounted from: many may be here at a time, not all."""
    ips = ['192.0.2.%d' % i for i in range(100, 100 + limit + more)]
    for ip in ips:
        subprocess.run(['ip', 'addr', 'add', ip + '/24', 'dev', 'eth0'],
                       check=True)
    time.sleep(0.5)
    inside, refused = [], 0
    for ip in ips:
        try:
            c = Conn(own=ip, src=ip)
            assert c.answer == CONTROL
            inside.append(c)
        except (EOFError, ConnectionError):
            refused += 1
    assert (len(inside), refused) == (limit, more), (len(inside), refused)
    # who is there already is not a new one, and is answered
    inside.append(Conn(BULK_OUT, own=ips[0], src=ips[0]))
    for c in inside[:limit]:
        c.ping()
    close_all(*inside)
    Conn(own=ips[-1], src=ips[-1]).ping()
    for ip in ips:
        subprocess.run(['ip', 'addr', 'del', ip + '/24', 'dev', 'eth0'],
                       check=True)


def hoard(count=40000):
    """Wants acknowledgments and reads none of them."""
    c = Conn(rcvbuf=4096)
    c.send(PUT, body_put(PING, 0, ack=(3, 4)))
    c.s.settimeout(3)
    try:
        for i in range(count // 100):
            c.s.sendall(c.last * 100)
    except (TimeoutError, socket.timeout):
        pass
    print('# ready', flush=True)
    while not os.path.exists('/run/tmp/go'):
        time.sleep(0.2)


def last_words(count=300):
    """What was asked before the network goes down is answered."""
    lctl = ['nsenter', '--net=/run/netns/c1', 'lctl', 'network']
    c = Conn(version=versions()[-1], rcvbuf=8192)
    assert c.answer == CONTROL
    get = struct.pack('<QQQIII', 7, 8, PING, 0, 0, 272)
    c.send(GET, get)
    c.s.sendall(c.last * (count - 1))
    # time to read the questions; the answers do not fit into our window
    time.sleep(0.5 * int(os.environ.get('LT_SLOW', 1)))
    down = subprocess.Popen(lctl + ['down'], stdout=subprocess.DEVNULL)
    got = 0
    try:
        while True:
            assert c.recv()[0] == REPLY
            got += 1
    except EOFError:
        pass
    c.s.close()
    assert down.wait() == 0
    subprocess.run(lctl + ['up'], check=True, stdout=subprocess.DEVNULL)
    assert got == count, got
    time.sleep(0.2)


def test(name, function, *args):
    global fails
    try:
        function(*args)
        print('ok', name)
    except (AssertionError, OSError, EOFError, struct.error) as e:
        fails += 1
        line, lines = e.__traceback__, []
        while line:
            lines.append(line.tb_lineno)
            line = line.tb_next
        print('not ok %s: %r in lines %s' % (name, e, lines))
    time.sleep(0.3)
    sys.stdout.flush()


def late_accept():
    """The acceptor runs out of memory for a moment: no need to come again."""
    c = Conn.__new__(Conn)
    c.version, c.e = 3, '<'
    s = socket.socket()
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    s.bind((OWN, 700))
    print('# ready', flush=True)
    while not os.path.exists('/run/tmp/go'):
        time.sleep(0.2)
    s.settimeout(20)
    s.connect((PEER, 988))
    s.sendall(c.acr() + c.hello(CONTROL, incarnation))
    assert struct.unpack('<I', read(s, 56)[:4])[0] == 0x45726963
    s.close()


if sys.argv[3:] == ['accept']:
    test('late', late_accept)
    sys.exit(fails)
if sys.argv[3:] == ['hoard']:
    hoard()
    sys.exit(0)
if is6(PEER):
    Conn.__init__.__defaults__ = (CONTROL, 4, False, None, 0, OWN,
                                  OWN)
for v in versions():
    test('ping, version %d' % v, good_ping, v)
    test('three connections, version %d' % v, good_three, v)
    test('push, version %d' % v, good_push, v)
    test('messages that nobody waits for, version %d' % v, good_dropped, v)
test('byte by byte', good_slow)
test('answers unread', greedy)
test('the name of another', borrowed_name)
test('restart of the peer', restart)
test('broken start', broken_start)
test('silence', broken_silent)
for v in versions():
    test('broken messages, version %d' % v, broken_messages, v)
if not is6(PEER):
    test('random bytes', random_bytes)
    test('many strangers', strangers)
test('still alive', good_ping, versions()[-1])
test('last words', last_words)
print('ok all tests ran')
sys.exit(1 if fails else 0)
