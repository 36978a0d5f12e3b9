// SPDX-License-Identifier: GPL-2.0-only
/* Acceptor request and HELLO, both directions (document 02, 2 to 7) */
#include "socklnd.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

static size_t avail(const struct conn *c)
{
	return c->rlen - c->rpos;
}

/* CONTROL and ANY stay; what one end calls in, the other calls out */
int hello_invert(int ctype)
{
	if (ctype == SOCKLND_CONN_BULK_IN)
		return SOCKLND_CONN_BULK_OUT;
	if (ctype == SOCKLND_CONN_BULK_OUT)
		return SOCKLND_CONN_BULK_IN;
	return ctype;
}

int hello_accept(struct conn *c)
{
	struct lnet_acceptor_connreq_v1 v1;
	struct lnet_acceptor_connreq_v2 v2;

	if (avail(c) < sizeof(v1))
		return -EAGAIN;
	memcpy(&v1, c->rbuf + c->rpos, sizeof(v1));
	if (v1.acr_magic != LNET_PROTO_ACCEPTOR_MAGIC) {
		log_warn("acceptor magic %#x", v1.acr_magic);
		return -EPROTO;
	}
	if (v1.acr_version == LNET_PROTO_ACCEPTOR_VERSION_2) {
		if (avail(c) < sizeof(v2))
			return -EAGAIN;
		memcpy(&v2, c->rbuf + c->rpos, sizeof(v2));
		c->rpos += sizeof(v2);
		c->self = v2.acr_nid;
	} else if (v1.acr_version == LNET_PROTO_ACCEPTOR_VERSION_1) {
		c->rpos += sizeof(v1);
		nid_from_nid4(&c->self, v1.acr_nid);
	} else {
		v1.acr_version = LNET_PROTO_ACCEPTOR_VERSION_1;
		v1.acr_nid = 0;
		conn_queue_raw(c, &v1, sizeof(v1));
		c->closing = true;
		event_active(&c->wev, EV_WRITE, 0);
		return -EAGAIN;
	}
	if (!nid_is_local(&c->self)) {
		log_warn("connection for %s, which is not one of our NIDs",
			 nid_str(&c->self));
		return -EPROTO;
	}
	c->state = RX_HELLO;
	return 0;
}

int hello_send(struct conn *c, const struct lnet_nid *dst, int ctype)
{
	struct ksock_hello_v3 v3 = {
		.kshm_magic = LNET_PROTO_MAGIC,
		.kshm_version = c->version,
		.kshm_src_nid = nid_to_nid4(&c->self),
		.kshm_dst_nid = nid_to_nid4(dst),
		.kshm_src_pid = LNET_PID_LUSTRE,
		.kshm_src_incarnation = srv.incarnation,
		.kshm_ctype = ctype,
	};
	struct ksock_hello_v4 v4 = {
		.kshm_magic = LNET_PROTO_MAGIC,
		.kshm_version = KSOCK_PROTO_V4,
		.kshm_src_nid = c->self,
		.kshm_dst_nid = *dst,
		.kshm_src_pid = LNET_PID_LUSTRE,
		.kshm_src_incarnation = srv.incarnation,
		.kshm_ctype = ctype,
	};

	if (c->version == KSOCK_PROTO_V4)
		conn_queue_raw(c, &v4, sizeof(v4));
	else
		conn_queue_raw(c, &v3, sizeof(v3));
	event_active(&c->wev, EV_WRITE, 0);
	return 0;
}

/* Says no in the way that tells the other side to try again */
static int refuse(struct conn *c, const struct lnet_nid *nid,
		  const char *why)
{
	log_info("%s: connection refused: %s", nid_str(nid), why);
	c->closing = true;
	hello_send(c, nid, SOCKLND_CONN_NONE);
	return -EAGAIN;
}

static unsigned int conns_of(struct peer *p, int ctype)
{
	struct conn *c;
	unsigned int n = 0;

	TAILQ_FOREACH(c, &p->conns, link)
		if (c->ctype == ctype && c->state >= RX_MSG)
			n++;
	return n;
}

static void attach(struct conn *c, struct peer *p, int ctype)
{
	c->peer = p;
	c->ctype = ctype;
	c->state = RX_MSG;
	event_del(&c->hs_timer);
	TAILQ_INSERT_TAIL(&p->conns, c, link);
}

/* The other side called and said who it is */
static int passive(struct conn *c, const struct lnet_nid *src,
		   uint64_t incarnation, int ctype)
{
	struct peer *p = peer_get(src, &c->self);
	int local = hello_invert(ctype);

	if (p->connecting && memcmp(src, &c->self, sizeof(*src)) < 0)
		return refuse(c, src, "we are connecting, and win");
	if (p->version && (p->version != c->version ||
			   p->incarnation != incarnation)) {
		int rc = refuse(c, src, "it restarted");

		peer_close(p, "peer restarted");
		return rc;
	}
	if (conns_of(p, local) >= 4)
		return refuse(c, src, "enough connections of this type");
	if (ctype < SOCKLND_CONN_CONTROL || ctype > SOCKLND_CONN_BULK_OUT)
		return -EPROTO;
	p->version = c->version;
	p->incarnation = incarnation;
	p->self = c->self;
	hello_send(c, src, local);
	attach(c, p, local);
	log_info("%s: connected, our type %d, version %d", nid_str(src), local,
		 c->version);
	peer_flush(p);
	return 0;
}

/* We called; the answer must be the other side's view of the same thing */
static int active(struct conn *c, const struct lnet_nid *src,
		  uint64_t incarnation, int ctype)
{
	struct peer *p = c->peer;
	int next = SOCKLND_CONN_NONE;

	if (ctype == SOCKLND_CONN_NONE)
		return -EPROTO;
	if (!nid_eq(src, &p->nid) || hello_invert(ctype) != c->ctype) {
		log_warn("%s: answered as %s type %d", nid_str(&p->nid),
			 nid_str(src), ctype);
		return -EPROTO;
	}
	p->version = c->version;
	p->incarnation = incarnation;
	p->connecting = NULL;
	c->state = RX_MSG;
	event_del(&c->hs_timer);
	log_info("%s: we connected, type %d", nid_str(src), c->ctype);
	if (!conns_of(p, SOCKLND_CONN_BULK_IN))
		next = SOCKLND_CONN_BULK_IN;
	else if (!conns_of(p, SOCKLND_CONN_BULK_OUT))
		next = SOCKLND_CONN_BULK_OUT;
	if (next != SOCKLND_CONN_NONE) {
		p->next_connect_ms = 0;
		hello_connect(p, next);
	}
	peer_flush(p);
	return 0;
}

static int hello_done(struct conn *c, const struct lnet_nid *src,
		      uint32_t pid, uint64_t incarnation, int ctype)
{
	if (pid != LNET_PID_LUSTRE) {
		log_warn("%s: HELLO with pid %u", nid_str(src), pid);
		return -EPROTO;
	}
	if (c->active)
		return active(c, src, incarnation, ctype);
	return passive(c, src, incarnation, ctype);
}

int hello_recv(struct conn *c)
{
	struct ksock_hello_v3 v3;
	struct ksock_hello_v4 v4;
	struct lnet_nid src;
	uint32_t word[2];

	if (avail(c) < sizeof(word))
		return -EAGAIN;
	memcpy(word, c->rbuf + c->rpos, sizeof(word));
	if (word[0] != LNET_PROTO_MAGIC) {
		log_warn("HELLO magic %#x", word[0]);
		return -EPROTO;
	}
	if (word[1] < KSOCK_PROTO_V2 || word[1] > KSOCK_PROTO_V4) {
		c->version = nid_is_nid4(&c->self) ? KSOCK_PROTO_V3 :
						     KSOCK_PROTO_V4;
		c->closing = true;
		return c->active ? -EPROTO :
		       hello_send(c, &c->self, SOCKLND_CONN_NONE) ? -EPROTO :
								   -EAGAIN;
	}
	if (c->active && word[1] != (uint32_t)c->version)
		return -EPROTO;
	c->version = word[1];
	if (c->version == KSOCK_PROTO_V4) {
		if (avail(c) < sizeof(v4))
			return -EAGAIN;
		memcpy(&v4, c->rbuf + c->rpos, sizeof(v4));
		c->rpos += sizeof(v4);
		return hello_done(c, &v4.kshm_src_nid, v4.kshm_src_pid,
				  v4.kshm_src_incarnation, (int)v4.kshm_ctype);
	}
	if (avail(c) < sizeof(v3))
		return -EAGAIN;
	memcpy(&v3, c->rbuf + c->rpos, sizeof(v3));
	if (v3.kshm_nips > KSOCK_HELLO_MAX_IPS)
		return -EPROTO;
	if (avail(c) < sizeof(v3) + 4 * v3.kshm_nips)
		return -EAGAIN;
	c->rpos += sizeof(v3) + 4 * v3.kshm_nips;
	nid_from_nid4(&src, v3.kshm_src_nid);
	return hello_done(c, &src, v3.kshm_src_pid, v3.kshm_src_incarnation,
			  (int)v3.kshm_ctype);
}

/* ---- calling out ---- */

/* A privileged port if we may have one, else any */
static int bind_reserved(int fd, sa_family_t family)
{
	for (int port = LNET_WIRE_MAX_RESERVED_PORT;
	     port >= LNET_WIRE_MIN_RESERVED_PORT; port--) {
		struct sockaddr_in s4 = { .sin_family = AF_INET,
					  .sin_port = htons(port) };
		struct sockaddr_in6 s6 = { .sin6_family = AF_INET6,
					   .sin6_port = htons(port) };
		int rc;

		if (family == AF_INET)
			rc = bind(fd, (struct sockaddr *)&s4, sizeof(s4));
		else
			rc = bind(fd, (struct sockaddr *)&s6, sizeof(s6));
		if (!rc)
			return 0;
		if (errno != EADDRINUSE)
			break;
	}
	return -errno;
}

int hello_connect(struct peer *p, int ctype)
{
	struct sockaddr_in s4 = { .sin_family = AF_INET };
	struct sockaddr_in6 s6 = { .sin6_family = AF_INET6 };
	bool v4 = nid_is_nid4(&p->nid);
	int64_t now = now_ms();
	struct conn *c;
	int fd, rc;

	if (p->connecting || srv.stopping || now < p->next_connect_ms)
		return -EALREADY;
	p->next_connect_ms = now + 2000;
	fd = socket(v4 ? AF_INET : AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	if (bind_reserved(fd, v4 ? AF_INET : AF_INET6))
		log_debug("%s: no privileged port to call from",
			  nid_str(&p->nid));
	c = conn_new(fd, true);
	c->self = p->self;
	c->peer = p;
	c->ctype = ctype;
	c->version = v4 ? KSOCK_PROTO_V3 : KSOCK_PROTO_V4;
	TAILQ_INSERT_TAIL(&p->conns, c, link);
	p->connecting = c;
	s4.sin_port = htons(LNET_WIRE_ACCEPTOR_PORT);
	s6.sin6_port = htons(LNET_WIRE_ACCEPTOR_PORT);
	s4.sin_addr.s_addr = p->nid.nid_addr[0];
	memcpy(&s6.sin6_addr, p->nid.nid_addr, 16);
	rc = v4 ? connect(fd, (struct sockaddr *)&s4, sizeof(s4)) :
		  connect(fd, (struct sockaddr *)&s6, sizeof(s6));
	log_debug("%s: calling, type %d", nid_str(&p->nid), ctype);
	if (rc && errno != EINPROGRESS) {
		rc = -errno;
		conn_close(c, "connect failed");
		return rc;
	}
	return 0;
}

/* TCP is there: name the NID we want and say HELLO */
void hello_connected(struct conn *c)
{
	struct lnet_acceptor_connreq_v1 v1 = {
		.acr_magic = LNET_PROTO_ACCEPTOR_MAGIC,
		.acr_version = LNET_PROTO_ACCEPTOR_VERSION_1,
	};
	struct lnet_acceptor_connreq_v2 v2 = {
		.acr_magic = LNET_PROTO_ACCEPTOR_MAGIC,
		.acr_version = LNET_PROTO_ACCEPTOR_VERSION_2,
		.acr_nid = c->peer->nid,
	};
	socklen_t len = sizeof(int);
	int err = 0;

	getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &err, &len);
	if (err) {
		conn_close(c, strerror(err));
		return;
	}
	event_del(&c->rev);
	event_assign(&c->rev, srv.base, c->fd, EV_READ | EV_PERSIST,
		     event_get_callback(&c->rev), c);
	event_add(&c->rev, NULL);
	c->state = RX_HELLO;
	if (c->version == KSOCK_PROTO_V4) {
		conn_queue_raw(c, &v2, sizeof(v2));
	} else {
		v1.acr_nid = nid_to_nid4(&c->peer->nid);
		conn_queue_raw(c, &v1, sizeof(v1));
	}
	hello_send(c, &c->peer->nid, c->ctype);
}
