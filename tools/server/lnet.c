// SPDX-License-Identifier: GPL-2.0-only
/* PUT, GET, ACK, REPLY; ping, push and discovery (document 01) */
#include "lnet.h"
#include "fault.h"
#include "rpc.h"

#include <arpa/inet.h>

#define LNET_OP_TIMEOUT_MS	50000
#define PING_FEATURES		(LNET_PING_FEAT_NI_STATUS |	\
				 LNET_PING_FEAT_RTE_DISABLED |	\
				 LNET_PING_FEAT_MULTI_RAIL |	\
				 LNET_PING_FEAT_DISCOVERY)

/* A PUT whose ACK, or a GET whose REPLY, is outstanding */
struct lnet_op {
	uint64_t	cookie;
	UT_hash_handle	hh;
	struct peer	*peer;
	bool		get;
	uint32_t	sink;
	int64_t		deadline;
	lnet_done_fn	done;
	void		*arg;
};

static struct lnet_op *ops;
static uint64_t next_cookie = 0x101;
static struct event sweep;

static void op_finish(struct lnet_op *op, int status, uint32_t mlen,
		      struct buf *data)
{
	HASH_DEL(ops, op);
	if (op->done)
		op->done(op->arg, status, mlen, data);
	free(op);
}

static struct lnet_op *op_new(struct peer *p, bool get, uint32_t sink,
			      lnet_done_fn done, void *arg)
{
	struct lnet_op *op = xzalloc(sizeof(*op));

	op->cookie = next_cookie;
	next_cookie += 8;
	op->peer = p;
	op->get = get;
	op->sink = sink;
	op->done = done;
	op->arg = arg;
	op->deadline = now_ms() + LNET_OP_TIMEOUT_MS;
	HASH_ADD(hh, ops, cookie, sizeof(op->cookie), op);
	return op;
}

void lnet_op_cancel(struct lnet_op *op)
{
	HASH_DEL(ops, op);
	free(op);
}

/* The connections to @p are gone: what it owed us will not come */
void lnet_peer_gone(struct peer *p)
{
	bool again = true;

	while (again) {
		struct lnet_op *op, *tmp;

		again = false;
		HASH_ITER(hh, ops, op, tmp) {
			if (op->peer != p)
				continue;
			op_finish(op, -EIO, 0, NULL);
			again = true;	/* callbacks may change the table */
			break;
		}
	}
	p->discovering = false;
	p->discovered = false;
}

static void sweep_cb(evutil_socket_t fd, short what, void *arg)
{
	int64_t now = now_ms();
	bool again = true;

	(void)fd;
	(void)what;
	(void)arg;
	while (again) {
		struct lnet_op *op, *tmp;

		again = false;
		HASH_ITER(hh, ops, op, tmp) {
			if (op->deadline > now)
				continue;
			op_finish(op, -ETIMEDOUT, 0, NULL);
			again = true;
			break;
		}
	}
}

void lnet_init(void)
{
	struct timeval tv = { 1, 0 };

	event_assign(&sweep, srv.base, -1, EV_PERSIST, sweep_cb, NULL);
	event_add(&sweep, &tv);
}

/* A message to @p with everything but the type's own fields filled in */
static struct tx *tx_new(struct peer *p, uint32_t type, struct buf *payload,
			 size_t off, size_t len)
{
	struct tx *t = xzalloc(sizeof(*t));

	t->h.dest_nid = p->nid;
	t->h.src_nid = p->self;
	t->h.dest_pid = cpu_to_le32(LNET_PID_LUSTRE);
	t->h.src_pid = cpu_to_le32(LNET_PID_LUSTRE);
	t->h.type = cpu_to_le32(type);
	t->h.payload_length = cpu_to_le32(len);
	if (payload && len) {
		t->payload = buf_get(payload);
		t->off = off;
		t->len = len;
	}
	return t;
}

struct lnet_op *lnet_put(struct peer *p, uint32_t portal, uint64_t mbits,
			 uint32_t offset, struct buf *payload, size_t off,
			 size_t len, lnet_done_fn done, void *arg)
{
	struct tx *t = tx_new(p, LNET_WIRE_MSG_PUT, payload, off, len);
	struct lnet_wire_put *put = &t->h.msg.put;
	struct lnet_op *op = NULL;

	put->ack_wmd.wh_interface_cookie = LNET_WIRE_HANDLE_NONE;
	put->ack_wmd.wh_object_cookie = LNET_WIRE_HANDLE_NONE;
	if (done) {
		op = op_new(p, false, 0, done, arg);
		put->ack_wmd.wh_interface_cookie = srv.incarnation;
		put->ack_wmd.wh_object_cookie = op->cookie;
	}
	put->match_bits = cpu_to_le64(mbits);
	put->ptl_index = cpu_to_le32(portal);
	put->offset = cpu_to_le32(offset);
	t->ordinary = portal != LNET_WIRE_RESERVED_PORTAL;
	socklnd_send(p, t);
	return op;
}

struct lnet_op *lnet_get(struct peer *p, uint32_t portal, uint64_t mbits,
			 uint32_t offset, uint32_t len, lnet_done_fn done,
			 void *arg)
{
	struct tx *t = tx_new(p, LNET_WIRE_MSG_GET, NULL, 0, 0);
	struct lnet_wire_get *get = &t->h.msg.get;
	struct lnet_op *op = op_new(p, true, len, done, arg);

	get->return_wmd.wh_interface_cookie = srv.incarnation;
	get->return_wmd.wh_object_cookie = op->cookie;
	get->match_bits = cpu_to_le64(mbits);
	get->ptl_index = cpu_to_le32(portal);
	get->src_offset = cpu_to_le32(offset);
	get->sink_length = cpu_to_le32(len);
	t->ordinary = portal != LNET_WIRE_RESERVED_PORTAL;
	socklnd_send(p, t);
	return op;
}

/* Our own ping info, for an answer or a push */
static struct buf *ping_info(void)
{
	unsigned int n4 = 1, n6 = 0;
	struct lnet_ping_info *pi;
	struct lnet_ni_large_status *large;
	struct buf *b;

	for (unsigned int i = 0; i < srv.cfg.nr_nids; i++) {
		if (nid_is_nid4(&srv.cfg.nids[i]))
			n4++;
		else
			n6++;
	}
	b = buf_zalloc(sizeof(*pi) + n4 * sizeof(struct lnet_ni_status) +
		       n6 * sizeof(*large));
	pi = (struct lnet_ping_info *)b->data;
	pi->pi_magic = LNET_PING_MAGIC;
	pi->pi_features = PING_FEATURES;
	if (n6)
		pi->pi_features |= LNET_PING_FEAT_LARGE_ADDR;
	if (n4 == 1)
		pi->pi_features |= LNET_PING_FEAT_PRIMARY_LARGE;
	pi->pi_pid = LNET_PID_LUSTRE;
	pi->pi_nnis = n4;
	pi->pi_ni[0].ns_nid = LNET_NID4_LO;
	pi->pi_ni[0].ns_status = LNET_NI_STATUS_UP;
	if (n6)
		pi->pi_ni[0].ns_msg_size = b->len;
	large = (struct lnet_ni_large_status *)&pi->pi_ni[n4];
	n4 = 1;
	for (unsigned int i = 0; i < srv.cfg.nr_nids; i++) {
		struct lnet_nid *nid = &srv.cfg.nids[i];

		if (nid_is_nid4(nid)) {
			pi->pi_ni[n4].ns_nid = nid_to_nid4(nid);
			pi->pi_ni[n4++].ns_status = LNET_NI_STATUS_UP;
		} else {
			large->ns_status = LNET_NI_STATUS_UP;
			large++->ns_nid = *nid;
		}
	}
	return b;
}

static void recv_get(struct peer *p, const struct lnet_hdr_nid16 *h)
{
	const struct lnet_wire_get *get = &h->msg.get;
	uint32_t off = le32_to_cpu(get->src_offset);
	uint32_t len;
	struct buf *b;
	struct tx *t;

	if (le32_to_cpu(get->ptl_index) != LNET_WIRE_RESERVED_PORTAL ||
	    le64_to_cpu(get->match_bits) != LNET_WIRE_PING_MATCHBITS) {
		log_warn("%s: GET on portal %u matches nothing",
			 nid_str(&p->nid), le32_to_cpu(get->ptl_index));
		return;
	}
	b = ping_info();
	if (off > b->len)
		off = b->len;
	len = min_t(uint32_t, b->len - off, le32_to_cpu(get->sink_length));
	t = tx_new(p, LNET_WIRE_MSG_REPLY, b, off, len);
	t->h.msg.reply.dst_wmd = get->return_wmd;
	buf_put(b);
	log_trace("%s: ping answered, %u bytes", nid_str(&p->nid), len);
	socklnd_send(p, t);
}

static void send_ack(struct peer *p, const struct lnet_wire_put *put,
		     uint32_t mlen)
{
	struct tx *t;

	if (put->ack_wmd.wh_interface_cookie == LNET_WIRE_HANDLE_NONE &&
	    put->ack_wmd.wh_object_cookie == LNET_WIRE_HANDLE_NONE)
		return;
	t = tx_new(p, LNET_WIRE_MSG_ACK, NULL, 0, 0);
	t->h.msg.ack.dst_wmd = put->ack_wmd;
	t->h.msg.ack.match_bits = put->match_bits;
	t->h.msg.ack.mlength = cpu_to_le32(mlen);
	socklnd_send(p, t);
}

/* Checks a ping info; features, or 0 when it is not one */
static uint32_t ping_info_check(const struct buf *b)
{
	const struct lnet_ping_info *pi = (const void *)b->data;

	if (b->len < sizeof(*pi) + sizeof(pi->pi_ni[0]) ||
	    pi->pi_magic != LNET_PING_MAGIC ||
	    !(pi->pi_features & LNET_PING_FEAT_NI_STATUS) ||
	    pi->pi_nnis < 1 || pi->pi_nnis > LNET_PING_MAX_NIDS ||
	    pi->pi_ni[0].ns_nid != LNET_NID4_LO)
		return 0;
	return pi->pi_features;
}

static void recv_push(struct peer *p, struct buf *data)
{
	uint32_t feat = data ? ping_info_check(data) : 0;

	if (!feat) {
		log_warn("%s: bad push", nid_str(&p->nid));
		return;
	}
	p->features = feat;
	if (!p->discovered) {
		struct buf *b = ping_info();

		p->discovered = true;
		lnet_put(p, LNET_WIRE_RESERVED_PORTAL, LNET_WIRE_PING_MATCHBITS,
			 0, b, 0, b->len, NULL, NULL);
		buf_put(b);
		peer_flush(p);
	}
}

static void discovered(void *arg, int status, uint32_t mlen, struct buf *data)
{
	struct peer *p = arg;
	uint32_t feat = data ? ping_info_check(data) : 0;

	(void)mlen;
	p->discovering = false;
	if (status || !feat) {
		log_warn("%s: does not answer an LNet ping properly (%d): replies are held back",
			 nid_str(&p->nid), status);
		return;
	}
	p->features = feat;
	p->discovered = true;
	log_debug("%s: discovered, features %#x", nid_str(&p->nid), feat);
	if ((feat & LNET_PING_FEAT_MULTI_RAIL) &&
	    (feat & LNET_PING_FEAT_DISCOVERY)) {
		struct buf *b = ping_info();

		lnet_put(p, LNET_WIRE_RESERVED_PORTAL, LNET_WIRE_PING_MATCHBITS,
			 0, b, 0, b->len, NULL, NULL);
		buf_put(b);
	}
	peer_flush(p);
}

/* Like real servers: ping a new peer before the first ordinary message */
void lnet_discover(struct peer *p)
{
	if (p->discovered || p->discovering)
		return;
	if (srv.cfg.no_discovery) {
		p->discovered = true;
		return;
	}
	p->discovering = true;
	lnet_get(p, LNET_WIRE_RESERVED_PORTAL, LNET_WIRE_PING_MATCHBITS, 0,
		 LNET_PING_MIN_SINK, discovered, p);
}

static struct lnet_op *op_find(const struct lnet_wire_handle *wh)
{
	struct lnet_op *op = NULL;
	uint64_t cookie = wh->wh_object_cookie;

	if (wh->wh_interface_cookie == srv.incarnation)
		HASH_FIND(hh, ops, &cookie, sizeof(cookie), op);
	return op;
}

static void recv_put(struct peer *p, const struct lnet_hdr_nid16 *h,
		     struct buf *data)
{
	const struct lnet_wire_put *put = &h->msg.put;
	uint32_t portal = le32_to_cpu(put->ptl_index);
	uint32_t len = le32_to_cpu(h->payload_length);

	if (portal == LNET_WIRE_RESERVED_PORTAL) {
		if (le64_to_cpu(put->match_bits) != LNET_WIRE_PING_MATCHBITS)
			return;
		send_ack(p, put, len);
		recv_push(p, data);
		return;
	}
	if (!data)
		return;
	if (!rpc_recv(p, portal, le64_to_cpu(put->match_bits),
		      le32_to_cpu(put->offset), data))
		send_ack(p, put, len);
}

int lnet_check_hdr(struct peer *p, const struct lnet_hdr_nid16 *h)
{
	uint32_t type = le32_to_cpu(h->type);
	uint32_t len = le32_to_cpu(h->payload_length);

	if (type > LNET_WIRE_MSG_REPLY || len > LNET_MTU)
		return -EPROTO;
	if ((type == LNET_WIRE_MSG_ACK || type == LNET_WIRE_MSG_GET) && len)
		return -EPROTO;
	if (!nid_eq(&h->dest_nid, &p->self)) {
		log_warn("%s: message for %s on a connection to %s",
			 nid_str(&p->nid), nid_str(&h->dest_nid),
			 nid_str(&p->self));
		return -EPROTO;
	}
	if (!nid_eq(&h->src_nid, &p->nid)) {
		log_warn("%s: message from %s", nid_str(&p->nid),
			 nid_str(&h->src_nid));
		return -EPROTO;
	}
	return 0;
}

void lnet_recv(struct peer *p, const struct lnet_hdr_nid16 *h, struct buf *data)
{
	struct lnet_op *op;

	if (le32_to_cpu(h->dest_pid) != LNET_PID_LUSTRE ||
	    le32_to_cpu(h->src_pid) != LNET_PID_LUSTRE) {
		log_warn("%s: process ids %u to %u match nothing",
			 nid_str(&p->nid), le32_to_cpu(h->src_pid),
			 le32_to_cpu(h->dest_pid));
		return;
	}
	switch (le32_to_cpu(h->type)) {
	case LNET_WIRE_MSG_PUT:
		recv_put(p, h, data);
		break;
	case LNET_WIRE_MSG_GET:
		recv_get(p, h);
		break;
	case LNET_WIRE_MSG_ACK:
		op = op_find(&h->msg.ack.dst_wmd);
		if (op && !op->get && op->peer == p)
			op_finish(op, 0, le32_to_cpu(h->msg.ack.mlength), NULL);
		else
			log_debug("%s: ACK matches nothing", nid_str(&p->nid));
		break;
	case LNET_WIRE_MSG_REPLY:
		op = op_find(&h->msg.reply.dst_wmd);
		if (op && op->get && op->peer == p &&
		    le32_to_cpu(h->payload_length) <= op->sink)
			op_finish(op, 0, le32_to_cpu(h->payload_length), data);
		else
			log_debug("%s: REPLY matches nothing", nid_str(&p->nid));
		break;
	}
}
