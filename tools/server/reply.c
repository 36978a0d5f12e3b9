// SPDX-License-Identifier: GPL-2.0-only
/* Sending replies, early replies, and replies kept for resends */
#include "rpc.h"
#include "fault.h"
#include "mdt.h"
#include "store.h"

#define EARLY_MARGIN_MS		5000
#define EARLY_EXTRA_S		30
#define SERVICE_ESTIMATE	5

static uint32_t service_time(const struct req *req)
{
	int64_t s = (now_ms() - req->arrival) / 1000;

	return s < 1 ? 1 : s;
}

/* CRC-32, reflected, no final inversion; only early replies carry it */
static uint32_t early_crc(const uint8_t *p, size_t n)
{
	uint32_t crc = 0xffffffff;

	while (n--) {
		crc ^= *p++;
		for (int i = 0; i < 8; i++)
			crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
	}
	return crc;
}

static void put_done(void *arg, int status, uint32_t mlen, struct buf *data)
{
	(void)arg;
	(void)mlen;
	(void)data;
	if (status)
		log_debug("reply was not acknowledged: %d", status);
}

static void early_send(struct req *req)
{
	uint32_t waited = (now_ms() - req->arrival) / 1000;
	struct ptlrpc_body pb = {
		.pb_type = cpu_to_le32(PTL_RPC_MSG_REPLY),
		.pb_version = cpu_to_le32(PTLRPC_MSG_VERSION),
		.pb_opc = cpu_to_le32(req->opc),
		.pb_timeout = cpu_to_le32(waited + EARLY_EXTRA_S),
		.pb_service_time = cpu_to_le32(waited),
	};
	struct rep_buf rb = { &pb, sizeof(pb) };
	struct buf *b = msg_build(&rb, 1);
	struct lustre_msg_v2 *lm = (struct lustre_msg_v2 *)b->data;

	lm->lm_cksum = cpu_to_le32(early_crc((uint8_t *)&pb, sizeof(pb)));
	log_debug("%s x%" PRIx64 ": early reply, %u s more",
		  opc_name(req->opc), req->xid, EARLY_EXTRA_S);
	lnet_put(req->peer, req->rep_portal, req->rep_mbits, 0, b, 0, b->len,
		 NULL, NULL);
	buf_put(b);
	req->deadline = req->arrival + (waited + EARLY_EXTRA_S) * 1000LL;
}

static void early_cb(evutil_socket_t fd, short what, void *arg)
{
	struct req *req = arg;

	(void)fd;
	(void)what;
	req->early_armed = false;
	if (req->dead || !req->at)
		return;
	early_send(req);
	early_arm(req);
}

/* A request that has to wait tells its client so before it gives up */
void early_arm(struct req *req)
{
	int64_t ms = req->deadline - EARLY_MARGIN_MS - now_ms();
	struct timeval tv;

	if (req->early_armed || !req->at)
		return;
	if (ms < 500)
		ms = 500;
	tv.tv_sec = ms / 1000;
	tv.tv_usec = ms % 1000 * 1000;
	event_assign(&req->early, srv.base, -1, 0, early_cb, req);
	event_add(&req->early, &tv);
	req->early_armed = true;
}

/* ---- kept replies ---- */

struct saved_reply *reply_saved(struct export *exp, uint64_t xid)
{
	struct saved_reply *s;

	HASH_FIND(hh, exp->saved, &xid, sizeof(xid), s);
	return s;
}

static void saved_free(struct export *exp, struct saved_reply *s)
{
	HASH_DEL(exp->saved, s);
	buf_put(s->msg);
	free(s);
}

/* The client has seen everything up to @upto */
void reply_forget(struct export *exp, uint64_t upto)
{
	struct saved_reply *s, *tmp;

	HASH_ITER(hh, exp->saved, s, tmp)
		if (s->xid <= upto)
			saved_free(exp, s);
}

void reply_forget_all(struct export *exp)
{
	reply_forget(exp, UINT64_MAX);
}

static struct saved_reply *saved_new(struct export *exp, uint64_t xid,
				     uint16_t tag, uint32_t opc, struct buf *b)
{
	struct saved_reply *s = reply_saved(exp, xid);

	if (s)
		saved_free(exp, s);
	s = xzalloc(sizeof(*s));
	s->xid = xid;
	s->tag = tag;
	s->opc = opc;
	s->msg = buf_get(b);
	HASH_ADD(hh, exp->saved, xid, sizeof(s->xid), s);
	return s;
}

void reply_load(struct export *exp, uint64_t xid, uint16_t tag, uint32_t opc,
		uint64_t transno, const void *msg, size_t len)
{
	struct buf *b = buf_new(len);
	struct saved_reply *s;

	memcpy(b->data, msg, len);
	s = saved_new(exp, xid, tag, opc, b);
	s->transno = transno;
	buf_put(b);
}

static struct ptlrpc_body *msg_pb(struct buf *b)
{
	const struct lustre_msg_v2 *lm;
	uint32_t n;
	size_t len;

	if (msg_check(b, &lm, &n))
		return NULL;
	return (struct ptlrpc_body *)msg_buf(lm, 0, &len);
}

/* ---- sending ---- */

struct delayed {
	struct event	timer;
	struct peer	*peer;
	uint32_t	portal, offset;
	uint64_t	mbits;
	struct buf	*b;
	bool		ack;
};

static void delayed_cb(evutil_socket_t fd, short what, void *arg)
{
	struct delayed *d = arg;

	(void)fd;
	(void)what;
	lnet_put(d->peer, d->portal, d->mbits, d->offset, d->b, 0, d->b->len,
		 d->ack ? put_done : NULL, NULL);
	buf_put(d->b);
	free(d);
	rpc_in_flight(-1);
}

static void put_later(struct req *req, uint32_t off, struct buf *b, int64_t us)
{
	struct timeval tv = { us / 1000000, us % 1000000 };
	struct delayed *d = xzalloc(sizeof(*d));

	d->peer = req->peer;
	d->portal = req->rep_portal;
	d->mbits = req->rep_mbits;
	d->offset = off;
	d->b = buf_get(b);
	d->ack = req->want_ack;
	event_assign(&d->timer, srv.base, -1, 0, delayed_cb, d);
	event_add(&d->timer, &tv);
	rpc_in_flight(1);
}

static void put_reply(struct req *req, struct buf *b)
{
	uint32_t off = req->at ? PTLRPC_EARLY_REPLY_SIZE : 0;
	enum fault_kind kind;
	int64_t arg = 0;

	kind = fault_check(req->opc, true, &arg);
	if (kind == FAULT_DROP_REPLY)
		return;
	if (kind == FAULT_CUT) {
		peer_close(req->peer, "cut on demand");
		return;
	}
	if (kind == FAULT_DELAY) {
		put_later(req, off, b, (arg > 0 ? arg : 1000) * 1000);
		return;
	}
	if (kind == FAULT_LATE) {
		put_later(req, off, b, arg > 0 ? arg : 200);
		return;
	}
	b = kind == FAULT_NONE ? buf_get(b) : fault_apply(kind, arg, b);
	log_debug("%s < %s x%" PRIx64 " status %d transno %" PRIu64,
		  nid_str(&req->peer->nid), opc_name(req->opc), req->xid,
		  req->status, req->transno);
	lnet_put(req->peer, req->rep_portal, req->rep_mbits, off, b, 0, b->len,
		 req->want_ack ? put_done : NULL, NULL);
	buf_put(b);
}

/* The same answer as the first time; true when there is one */
bool reply_resend(struct req *req)
{
	struct saved_reply *s = reply_saved(req->exp, req->xid);
	struct ptlrpc_body *pb;
	struct buf *b;

	if (!s)
		return false;
	if (s->opc != req->opc) {
		log_warn("%s x%" PRIx64 ": was a %s before", opc_name(req->opc),
			 req->xid, opc_name(s->opc));
		return false;
	}
	b = buf_new(s->msg->len);
	memcpy(b->data, s->msg->data, b->len);
	pb = msg_pb(b);
	if (!pb) {
		buf_put(b);
		return false;
	}
	pb->pb_last_committed = cpu_to_le64(req->tgt->last_committed);
	pb->pb_service_time = cpu_to_le32(1);
	req->status = (int32_t)le32_to_cpu(pb->pb_status);
	req->transno = le64_to_cpu(pb->pb_transno);
	req->want_ack = req->transno != 0;
	mdt_reply_revive(req, b);
	log_info("%s x%" PRIx64 ": resent, saved reply", opc_name(req->opc),
		 req->xid);
	put_reply(req, b);
	buf_put(b);
	return true;
}

/* Failures of the operation, not of its processing: an ordinary reply */
static bool plain_failure(int status)
{
	switch (-status) {
	case ENOSPC:
	case EACCES:
	case EPERM:
	case ENOENT:
	case EINPROGRESS:
	case EDQUOT:
	case EROFS:
		return true;
	}
	return false;
}

/* Builds and sends the final reply */
void reply_send(struct req *req)
{
	struct target *t = req->tgt;
	struct ptlrpc_body pb = {
		.pb_handle = req->rep_handle,
		.pb_type = cpu_to_le32(PTL_RPC_MSG_REPLY),
		.pb_version = cpu_to_le32(PTLRPC_MSG_VERSION),
		.pb_opc = cpu_to_le32(req->opc),
		.pb_status = cpu_to_le32(req->status),
		.pb_transno = cpu_to_le64(req->transno),
		.pb_op_flags = cpu_to_le32(req->rep_op_flags),
		.pb_timeout = cpu_to_le32(SERVICE_ESTIMATE),
		.pb_service_time = cpu_to_le32(service_time(req)),
	};
	unsigned int n = req->nrep ? req->nrep : 1;
	struct buf *b;

	if (req->as_error || (req->status < 0 && !req->nrep &&
			      !plain_failure(req->status))) {
		n = 1;
		pb.pb_type = cpu_to_le32(PTL_RPC_MSG_ERR);
		if (!req->exp)
			pb.pb_timeout = 0;
	} else if (req->as_zero_err) {
		pb.pb_type = cpu_to_le32(PTL_RPC_MSG_ERR);
	}
	if (!srv.cfg.commit_ms)
		store_commit_if_dirty();
	if (t)
		pb.pb_last_committed = cpu_to_le64(t->last_committed);
	if (t && req->transno && !srv.cfg.commit_ms)
		pb.pb_last_committed = cpu_to_le64(t->last_transno);
	req->rep[0].data = &pb;
	req->rep[0].len = sizeof(pb);
	b = msg_build(req->rep, n);
	req->rep[0].data = NULL;
	if (req->exp && t && t->kind == TGT_MDT &&
	    (req->op->flags & OPF_SAVE) && req->transno) {
		struct saved_reply *s = saved_new(req->exp, req->xid, req->tag,
						  req->opc, b);

		s->transno = req->transno;
		store_reply_save(req->exp, s);
		if (!srv.cfg.commit_ms)
			store_commit_if_dirty();
	}
	put_reply(req, b);
	buf_put(b);
}
