// SPDX-License-Identifier: GPL-2.0-only
/* TCP connections: framing, zero-copy acknowledgements, choice of connection */
#include "socklnd.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#define LND_TIMEOUT_MS		50000
#define HANDSHAKE_TIMEOUT_S	5
#define KEEPALIVE_MS		30000
#define ZC_MIN_PAYLOAD		16384

static struct peer *peers;
static struct event listen_ev[2];
static int listen_fd[2] = { -1, -1 };

struct peer *peer_find(const struct lnet_nid *nid)
{
	struct peer *p;

	HASH_FIND(hh, peers, nid, sizeof(*nid), p);
	return p;
}

struct peer *peer_first(void)
{
	return peers;
}

static void tx_free(struct tx *t)
{
	buf_put(t->payload);
	free(t);
}

static void tx_drain(struct tx_queue *q)
{
	struct tx *t;

	while ((t = TAILQ_FIRST(q))) {
		TAILQ_REMOVE(q, t, link);
		tx_free(t);
	}
}

/* Every second: unsent and unacknowledged messages, keepalive */
static void peer_tick(evutil_socket_t fd, short what, void *arg)
{
	struct peer *p = arg;
	int64_t now = now_ms();
	struct conn *c;
	struct tx *t;

	(void)fd;
	(void)what;
	while ((t = TAILQ_FIRST(&p->pending)) &&
	       now - t->queued_ms > LND_TIMEOUT_MS) {
		TAILQ_REMOVE(&p->pending, t, link);
		tx_free(t);
	}
	t = TAILQ_FIRST(&p->zc_wait);
	if (t && now - t->queued_ms > LND_TIMEOUT_MS) {
		peer_close(p, "zero-copy request is not acknowledged");
		return;
	}
	TAILQ_FOREACH(c, &p->conns, link) {
		if (c->ctype != SOCKLND_CONN_BULK_IN ||
		    now - c->last_rx < KEEPALIVE_MS ||
		    now - c->last_keepalive < 10000)
			continue;
		t = xzalloc(sizeof(*t));
		t->noop = true;
		t->noop_cookie = KSOCK_KEEPALIVE_PING;
		c->last_keepalive = now;
		socklnd_send(p, t);
		break;
	}
	if (!TAILQ_EMPTY(&p->pending))
		peer_flush(p);
}

struct peer *peer_get(const struct lnet_nid *nid,
		      const struct lnet_nid *self)
{
	struct peer *p = peer_find(nid);
	struct timeval tv = { 1, 0 };

	if (p)
		return p;
	p = xzalloc(sizeof(*p));
	p->nid = *nid;
	p->self = *self;
	p->zc_next = KSOCK_ZC_FIRST_COOKIE;
	TAILQ_INIT(&p->conns);
	TAILQ_INIT(&p->pending);
	TAILQ_INIT(&p->zc_wait);
	HASH_ADD(hh, peers, nid, sizeof(p->nid), p);
	event_assign(&p->timer, srv.base, -1, EV_PERSIST, peer_tick, p);
	event_add(&p->timer, &tv);
	return p;
}

/* Any error on one connection ends them all: the peer starts afresh */
void peer_close(struct peer *p, const char *why)
{
	struct conn *c;

	if (p->dead)
		return;
	p->dead = true;
	if (!TAILQ_EMPTY(&p->conns))
		log_info("%s: closing all connections: %s", nid_str(&p->nid),
			 why);
	while ((c = TAILQ_FIRST(&p->conns)))
		conn_close(c, why);
	tx_drain(&p->zc_wait);
	p->version = 0;
	lnet_peer_gone(p);
	p->dead = false;
}

void socklnd_cut_all(void)
{
	struct peer *p, *tmp;

	HASH_ITER(hh, peers, p, tmp)
		peer_close(p, "cut on demand");
}

void conn_close(struct conn *c, const char *why)
{
	struct peer *p = c->peer;

	log_debug("%s: connection type %d closed: %s",
		  p ? nid_str(&p->nid) : "?", c->ctype, why);
	event_del(&c->rev);
	event_del(&c->wev);
	event_del(&c->hs_timer);
	if (p) {
		TAILQ_REMOVE(&p->conns, c, link);
		if (p->connecting == c)
			p->connecting = NULL;
	}
	close(c->fd);
	tx_drain(&c->txq);
	buf_put(c->payload);
	free(c);
	if (p && TAILQ_EMPTY(&p->conns) && !p->dead)
		peer_close(p, why);
}

static void conn_fail(struct conn *c, const char *why)
{
	struct peer *p = c->peer;

	if (p && c->state >= RX_MSG)
		peer_close(p, why);
	else
		conn_close(c, why);
}

/* ---- sending ---- */

static void encode(struct conn *c, struct tx *t)
{
	struct ksock_msg_hdr *k = (struct ksock_msg_hdr *)t->hdr;
	struct lnet_hdr_nid4 *h4;

	memset(k, 0, sizeof(*k));
	t->hdrlen = sizeof(*k);
	if (t->noop) {
		k->ksh_type = KSOCK_MSG_NOOP;
		k->ksh_zc_cookies[1] = t->noop_cookie;
		return;
	}
	k->ksh_type = KSOCK_MSG_LNET;
	k->ksh_zc_cookies[0] = t->zc_cookie;
	if (c->version == KSOCK_PROTO_V4) {
		memcpy(t->hdr + sizeof(*k), &t->h, sizeof(t->h));
		t->hdrlen += sizeof(t->h);
		return;
	}
	h4 = (struct lnet_hdr_nid4 *)(t->hdr + sizeof(*k));
	h4->dest_nid = cpu_to_le64(nid_to_nid4(&t->h.dest_nid));
	h4->src_nid = cpu_to_le64(nid_to_nid4(&t->h.src_nid));
	h4->dest_pid = t->h.dest_pid;
	h4->src_pid = t->h.src_pid;
	h4->type = t->h.type;
	h4->payload_length = t->h.payload_length;
	h4->msg = t->h.msg;
	t->hdrlen += sizeof(*h4);
}

static void conn_write_cb(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	conn_write(arg);
}

static void tx_done(struct conn *c, struct tx *t)
{
	TAILQ_REMOVE(&c->txq, t, link);
	c->txbytes -= t->hdrlen + t->len;
	if (t->zc_cookie)
		TAILQ_INSERT_TAIL(&c->peer->zc_wait, t, link);
	else
		tx_free(t);
}

static unsigned int fill_iov(struct conn *c, struct iovec *iov)
{
	unsigned int n = 0;
	struct tx *t;

	TAILQ_FOREACH(t, &c->txq, link) {
		size_t done = t->sent;

		if (n + 2 > CONN_IOV)
			break;
		if (done < t->hdrlen) {
			iov[n].iov_base = t->hdr + done;
			iov[n++].iov_len = t->hdrlen - done;
			done = 0;
		} else {
			done -= t->hdrlen;
		}
		if (t->len > done) {
			iov[n].iov_base = t->payload->data + t->off + done;
			iov[n++].iov_len = t->len - done;
		}
	}
	return n;
}

/* Writes what the socket takes */
void conn_write(struct conn *c)
{
	struct iovec iov[CONN_IOV];
	struct tx *t;

	while (!TAILQ_EMPTY(&c->txq)) {
		ssize_t n = writev(c->fd, iov, fill_iov(c, iov));

		if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
			event_add(&c->wev, NULL);
			return;
		}
		if (n <= 0) {
			conn_fail(c, n ? strerror(errno) : "write");
			return;
		}
		while (n > 0 && (t = TAILQ_FIRST(&c->txq))) {
			size_t left = t->hdrlen + t->len - t->sent;

			if ((size_t)n < left) {
				t->sent += n;
				break;
			}
			n -= left;
			tx_done(c, t);
		}
	}
	if (c->closing)
		conn_close(c, "refused");
}

/* Handshake bytes, which have no transport header */
void conn_queue_raw(struct conn *c, const void *p, size_t n)
{
	struct tx *t = xzalloc(sizeof(*t));

	memcpy(t->hdr, p, n);
	t->hdrlen = n;
	TAILQ_INSERT_TAIL(&c->txq, t, link);
	c->txbytes += n;
}

/* The connection that document 02 section 4.2 names for this message */
static struct conn *conn_pick(struct peer *p, const struct tx *t)
{
	struct conn *best = NULL, *c;
	int want[2] = { SOCKLND_CONN_CONTROL, SOCKLND_CONN_BULK_OUT };
	size_t size = sizeof(struct ksock_msg_hdr) + t->len +
		      (p->version == KSOCK_PROTO_V4 ?
		       sizeof(struct lnet_hdr_nid16) :
		       sizeof(struct lnet_hdr_nid4));

	if (t->noop) {
		want[0] = SOCKLND_CONN_BULK_IN;
		want[1] = SOCKLND_CONN_NONE;
	} else if (size >= KSOCK_MIN_BULK) {
		want[0] = SOCKLND_CONN_BULK_OUT;
		want[1] = SOCKLND_CONN_CONTROL;
	}
	for (int i = 0; i < 2 && !best; i++)
		TAILQ_FOREACH(c, &p->conns, link)
			if (c->ctype == want[i] && c->state >= RX_MSG &&
			    !c->closing &&
			    (!best || c->txbytes < best->txbytes))
				best = c;
	return best;
}

static void conn_send(struct conn *c, struct tx *t)
{
	struct peer *p = c->peer;
	bool idle = TAILQ_EMPTY(&c->txq);

	if (t->len >= ZC_MIN_PAYLOAD && !srv.cfg.no_zc) {
		t->zc_cookie = p->zc_next++;
		if (!p->zc_next)
			p->zc_next = KSOCK_ZC_FIRST_COOKIE;
	}
	t->queued_ms = now_ms();
	t->sent = 0;
	encode(c, t);
	TAILQ_INSERT_TAIL(&c->txq, t, link);
	c->txbytes += t->hdrlen + t->len;
	if (idle)
		event_active(&c->wev, EV_WRITE, 0);
}

void socklnd_send(struct peer *p, struct tx *t)
{
	struct conn *c;

	t->queued_ms = now_ms();
	if (t->ordinary && !p->discovered) {
		TAILQ_INSERT_TAIL(&p->pending, t, link);
		lnet_discover(p);
		if (p->discovered)
			peer_flush(p);
		return;
	}
	c = conn_pick(p, t);
	if (c) {
		conn_send(c, t);
	} else if (t->noop) {
		tx_free(t);
	} else {
		TAILQ_INSERT_TAIL(&p->pending, t, link);
		hello_connect(p, SOCKLND_CONN_CONTROL);
	}
}

/* Something changed: try again what had to wait */
void peer_flush(struct peer *p)
{
	struct tx_queue q = TAILQ_HEAD_INITIALIZER(q);
	struct tx *t;

	TAILQ_CONCAT(&q, &p->pending, link);
	while ((t = TAILQ_FIRST(&q))) {
		int64_t queued = t->queued_ms;
		struct conn *c;

		TAILQ_REMOVE(&q, t, link);
		if (t->ordinary && !p->discovered) {
			TAILQ_INSERT_TAIL(&p->pending, t, link);
			lnet_discover(p);
			continue;
		}
		c = conn_pick(p, t);
		if (c) {
			conn_send(c, t);
			continue;
		}
		t->queued_ms = queued;
		TAILQ_INSERT_TAIL(&p->pending, t, link);
		hello_connect(p, SOCKLND_CONN_CONTROL);
	}
}

/* ---- receiving ---- */

static int zc_acked(struct peer *p, uint64_t cookie)
{
	struct tx *t;

	TAILQ_FOREACH(t, &p->zc_wait, link) {
		if (t->zc_cookie != cookie)
			continue;
		TAILQ_REMOVE(&p->zc_wait, t, link);
		tx_free(t);
		return 0;
	}
	log_warn("%s: acknowledges cookie %" PRIu64 ", which is not outstanding",
		 nid_str(&p->nid), cookie);
	return -EPROTO;
}

/* The acknowledgement rules of document 02 section 5.4 */
static int rx_zc(struct conn *c)
{
	uint64_t a = c->kmsg.ksh_zc_cookies[0], b = c->kmsg.ksh_zc_cookies[1];
	int rc;

	if (c->kmsg.ksh_type == KSOCK_MSG_LNET)
		return b ? zc_acked(c->peer, b) : 0;
	if (!a)
		return b && b != KSOCK_KEEPALIVE_PING ?
		       zc_acked(c->peer, b) : 0;
	if (a > b) {
		rc = zc_acked(c->peer, a);
		return rc ? rc : zc_acked(c->peer, b);
	}
	if (b - a > 1024)
		return -EPROTO;
	for (; a <= b; a++) {
		rc = zc_acked(c->peer, a);
		if (rc)
			return rc;
	}
	return 0;
}

static void rx_take(struct conn *c, void *to, size_t n)
{
	memcpy(to, c->rbuf + c->rpos, n);
	c->rpos += n;
}

static int rx_kmsg(struct conn *c)
{
	int rc;

	if (c->rlen - c->rpos < sizeof(c->kmsg))
		return -EAGAIN;
	rx_take(c, &c->kmsg, sizeof(c->kmsg));
	if (c->kmsg.ksh_type != KSOCK_MSG_NOOP &&
	    c->kmsg.ksh_type != KSOCK_MSG_LNET) {
		log_warn("%s: message type %#x", nid_str(&c->peer->nid),
			 c->kmsg.ksh_type);
		return -EPROTO;
	}
	rc = rx_zc(c);
	if (!rc && c->kmsg.ksh_type == KSOCK_MSG_LNET)
		c->state = RX_LNET;
	return rc;
}

/* A whole message is here: hand it on, then acknowledge */
static void rx_deliver(struct conn *c)
{
	struct peer *p = c->peer;
	struct buf *data = c->payload;
	uint64_t cookie = c->kmsg.ksh_zc_cookies[0];

	c->payload = NULL;
	c->state = RX_MSG;
	if (cookie) {
		struct tx *t = xzalloc(sizeof(*t));

		t->noop = true;
		t->noop_cookie = cookie;
		socklnd_send(p, t);
	}
	lnet_recv(p, &c->hdr, data);
	buf_put(data);
}

static int rx_lnet(struct conn *c)
{
	size_t n = c->version == KSOCK_PROTO_V4 ?
		   sizeof(struct lnet_hdr_nid16) : sizeof(struct lnet_hdr_nid4);
	struct lnet_hdr_nid4 h4;
	size_t len;
	int rc;

	if (c->rlen - c->rpos < n)
		return -EAGAIN;
	if (c->version == KSOCK_PROTO_V4) {
		rx_take(c, &c->hdr, n);
	} else {
		rx_take(c, &h4, n);
		nid_from_nid4(&c->hdr.dest_nid, le64_to_cpu(h4.dest_nid));
		nid_from_nid4(&c->hdr.src_nid, le64_to_cpu(h4.src_nid));
		c->hdr.dest_pid = h4.dest_pid;
		c->hdr.src_pid = h4.src_pid;
		c->hdr.type = h4.type;
		c->hdr.payload_length = h4.payload_length;
		c->hdr.msg = h4.msg;
	}
	rc = lnet_check_hdr(c->peer, &c->hdr);
	if (rc)
		return rc;
	len = le32_to_cpu(c->hdr.payload_length);
	if (!len) {
		rx_deliver(c);
		return 0;
	}
	c->payload = buf_new(len);
	c->pgot = 0;
	c->state = RX_PAYLOAD;
	return 0;
}

static int rx_payload(struct conn *c)
{
	size_t n = min_t(size_t, c->payload->len - c->pgot, c->rlen - c->rpos);

	rx_take(c, c->payload->data + c->pgot, n);
	c->pgot += n;
	if (c->pgot < c->payload->len)
		return -EAGAIN;
	rx_deliver(c);
	return 0;
}

static int rx_step(struct conn *c)
{
	switch (c->state) {
	case RX_ACCEPT:
		return hello_accept(c);
	case RX_HELLO:
		return hello_recv(c);
	case RX_MSG:
		return rx_kmsg(c);
	case RX_LNET:
		return rx_lnet(c);
	case RX_PAYLOAD:
		return rx_payload(c);
	case RX_CONNECTING:
		break;
	}
	return -EAGAIN;
}

/* Reads straight into the payload, what follows it into the buffer */
static ssize_t rx_fill(struct conn *c)
{
	struct iovec iov[2];
	unsigned int n = 0;
	size_t direct = 0;
	ssize_t got;

	if (c->rpos) {
		memmove(c->rbuf, c->rbuf + c->rpos, c->rlen - c->rpos);
		c->rlen -= c->rpos;
		c->rpos = 0;
	}
	if (c->state == RX_PAYLOAD) {
		direct = c->payload->len - c->pgot;
		iov[n].iov_base = c->payload->data + c->pgot;
		iov[n++].iov_len = direct;
	}
	iov[n].iov_base = c->rbuf + c->rlen;
	iov[n++].iov_len = CONN_RBUF - c->rlen;
	got = readv(c->fd, iov, n);
	if (got <= 0)
		return got;
	if ((size_t)got <= direct) {
		c->pgot += got;
	} else {
		c->pgot += direct;
		c->rlen += got - direct;
	}
	return got;
}

static void conn_read_cb(evutil_socket_t fd, short what, void *arg)
{
	struct conn *c = arg;
	struct peer *p;
	int rounds = 16;

	(void)fd;
	(void)what;
	if (c->state == RX_CONNECTING) {
		hello_connected(c);
		return;
	}
	while (rounds--) {
		ssize_t n = rx_fill(c);
		int rc;

		if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
			return;
		if (n <= 0) {
			conn_fail(c, n ? strerror(errno) : "end of file");
			return;
		}
		c->last_rx = now_ms();
		do {
			/* A delivery may close everything under our feet */
			p = c->peer;
			rc = rx_step(c);
			if (p && TAILQ_EMPTY(&p->conns))
				return;
		} while (!rc);
		if (rc == -ECONNABORTED)
			return;		/* already closed */
		if (rc != -EAGAIN) {
			conn_fail(c, "protocol error");
			return;
		}
	}
}

static void handshake_timeout(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	conn_close(arg, "handshake timed out");
}

struct conn *conn_new(int fd, bool active)
{
	struct conn *c = xzalloc(sizeof(*c));
	struct timeval tv = { HANDSHAKE_TIMEOUT_S, 0 };
	int one = 1, bufsz = 4 << 20;

	c->fd = fd;
	c->active = active;
	c->ctype = SOCKLND_CONN_NONE;
	c->state = active ? RX_CONNECTING : RX_ACCEPT;
	c->last_rx = now_ms();
	TAILQ_INIT(&c->txq);
	fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &bufsz, sizeof(bufsz));
	event_assign(&c->rev, srv.base, fd,
		     (active ? EV_WRITE : EV_READ) | EV_PERSIST, conn_read_cb, c);
	event_assign(&c->wev, srv.base, fd, EV_WRITE, conn_write_cb, c);
	event_assign(&c->hs_timer, srv.base, -1, 0, handshake_timeout, c);
	event_add(&c->rev, NULL);
	event_add(&c->hs_timer, &tv);
	return c;
}

static void accept_cb(evutil_socket_t fd, short what, void *arg)
{
	struct sockaddr_storage ss;
	socklen_t len = sizeof(ss);
	int port, s;

	(void)what;
	(void)arg;
	s = accept4(fd, (struct sockaddr *)&ss, &len, SOCK_CLOEXEC);
	if (s < 0)
		return;
	port = ntohs(ss.ss_family == AF_INET6 ?
		     ((struct sockaddr_in6 *)&ss)->sin6_port :
		     ((struct sockaddr_in *)&ss)->sin_port);
	if (srv.cfg.privports && port > LNET_WIRE_MAX_RESERVED_PORT) {
		log_warn("connection from port %d refused: not privileged",
			 port);
		close(s);
		return;
	}
	conn_new(s, false);
}

static int listen_one(const struct addrinfo *ai, int i)
{
	int one = 1, fd;

	fd = socket(ai->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -errno;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (bind(fd, ai->ai_addr, ai->ai_addrlen) || listen(fd, 127)) {
		int rc = -errno;

		close(fd);
		return rc;
	}
	listen_fd[i] = fd;
	event_assign(&listen_ev[i], srv.base, fd, EV_READ | EV_PERSIST,
		     accept_cb, NULL);
	event_add(&listen_ev[i], NULL);
	return 0;
}

/* Returns 0 or a negative errno; says what is wrong */
int socklnd_start(void)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM,
				  .ai_flags = AI_PASSIVE | AI_NUMERICHOST };
	struct addrinfo *res;
	char port[8];
	int rc;

	snprintf(port, sizeof(port), "%u", srv.cfg.port);
	rc = getaddrinfo(srv.cfg.listen, port, &hints, &res);
	if (rc) {
		log_err("--listen %s: %s", srv.cfg.listen, gai_strerror(rc));
		return -EINVAL;
	}
	rc = listen_one(res, 0);
	freeaddrinfo(res);
	if (rc)
		log_err("cannot listen on %s port %u: %s", srv.cfg.listen,
			srv.cfg.port, strerror(-rc));
	return rc;
}

void socklnd_stop(void)
{
	struct peer *p, *tmp;

	for (int i = 0; i < 2; i++) {
		if (listen_fd[i] < 0)
			continue;
		event_del(&listen_ev[i]);
		close(listen_fd[i]);
		listen_fd[i] = -1;
	}
	HASH_ITER(hh, peers, p, tmp) {
		peer_close(p, "shutdown");
		event_del(&p->timer);
		tx_drain(&p->pending);
		HASH_DEL(peers, p);
		free(p);
	}
}
