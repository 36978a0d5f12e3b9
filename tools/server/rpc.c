// SPDX-License-Identifier: GPL-2.0-only
/* From a PUT on a request portal to a handler: every check on the way */
#include "rpc.h"
#include "fault.h"
#include "ldlm.h"
#include "store.h"

struct portal {
	uint32_t	request, reply;
	unsigned int	kinds;
	uint32_t	limit;
};

static const struct portal portals[] = {
	{ MGS_REQUEST_PORTAL, MGC_REPLY_PORTAL, TGT_MGS, MGS_MAXREQSIZE },
	{ MDS_REQUEST_PORTAL, MDC_REPLY_PORTAL, TGT_MDT, MDS_MAXREQSIZE },
	{ MDS_READPAGE_PORTAL, MDC_REPLY_PORTAL, TGT_MDT,
	  MDS_READPAGE_MAXREQSIZE },
	{ MDS_IO_PORTAL, MDC_REPLY_PORTAL, TGT_MDT, OST_IO_MAXREQSIZE },
	{ OUT_PORTAL, OSC_REPLY_PORTAL, TGT_MDT, OUT_MAXREQSIZE },
	{ FLD_REQUEST_PORTAL, MDC_REPLY_PORTAL, TGT_MDT, FLD_MAXREQSIZE },
	{ SEQ_METADATA_PORTAL, MDC_REPLY_PORTAL, TGT_MDT, SEQ_MAXREQSIZE },
	{ OST_REQUEST_PORTAL, OSC_REPLY_PORTAL, TGT_OST, OST_MAXREQSIZE },
	{ OST_IO_PORTAL, OSC_REPLY_PORTAL, TGT_OST, OST_IO_MAXREQSIZE },
	{ OST_CREATE_PORTAL, OSC_REPLY_PORTAL, TGT_OST, OST_MAXREQSIZE },
	{ LDLM_CANCEL_REQUEST_PORTAL, LDLM_CANCEL_REPLY_PORTAL,
	  TGT_MGS | TGT_MDT | TGT_OST, LDLM_MAXREQSIZE },
};

static const struct rpc_op * const tables[] = {
	common_ops, mgs_ops, ldlm_ops, mdt_ops, ost_ops,
};

struct count {
	uint32_t	opc;
	uint64_t	n;
	struct lnet_nid nid;
};

static struct count stats[512];
static unsigned int nr_stats;

/* Requests that came and are not answered yet */
static unsigned int in_flight, most_in_flight;
/* Of those that came, and the sum of what was in flight then */
static uint64_t arrivals, depths;

static const struct rpc_op *op_find(uint32_t opc)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(tables); i++)
		for (const struct rpc_op *op = tables[i]; op->name; op++)
			if (op->opc == opc)
				return op;
	return NULL;
}

const char *opc_name(uint32_t opc)
{
	const struct rpc_op *op = op_find(opc);
	static char num[16];

	if (op)
		return op->name;
	snprintf(num, sizeof(num), "%u", opc);
	return num;
}

static void count(const struct peer *p, uint32_t opc)
{
	for (unsigned int i = 0; i < nr_stats; i++) {
		if (stats[i].opc == opc && nid_eq(&stats[i].nid, &p->nid)) {
			stats[i].n++;
			return;
		}
	}
	if (nr_stats == ARRAY_SIZE(stats))
		return;
	stats[nr_stats].opc = opc;
	stats[nr_stats].nid = p->nid;
	stats[nr_stats++].n = 1;
}

void rpc_stats_print(FILE *f)
{
	for (unsigned int i = 0; i < nr_stats; i++)
		fprintf(f, "%-32s %-24s %" PRIu64 "\n", nid_str(&stats[i].nid),
			opc_name(stats[i].opc), stats[i].n);
}

void rpc_stats_reset(void)
{
	nr_stats = 0;
	most_in_flight = 0;
	arrivals = 0;
	depths = 0;
}

void rpc_in_flight(int change)
{
	in_flight += change;
}

static void rpc_arrived(void)
{
	in_flight++;
	if (in_flight > most_in_flight)
		most_in_flight = in_flight;
	arrivals++;
	depths += in_flight;
}

void rpc_depth_print(FILE *f)
{
	fprintf(f, "requests %" PRIu64 " in flight, most %u mean %.2f\n",
		arrivals, most_in_flight,
		arrivals ? (double)depths / arrivals : 0);
}

static void req_free(struct req *req)
{
	if (req->early_armed)
		event_del(&req->early);
	bulk_free(req);
	if (req->priv_free)
		req->priv_free(req->priv);
	rep_reset(req);
	buf_put(req->msg);
	free(req);
	in_flight--;
}

/* Ends a request without a reply */
void req_drop(struct req *req)
{
	if (req->exp)
		TAILQ_REMOVE(&req->exp->running, req, link);
	ldlm_req_gone(req);
	req_free(req);
}

int req_fatal(struct req *req, const char *what)
{
	log_err("%s %s x%" PRIx64 ": %s: a real server would have crashed",
		nid_str(&req->peer->nid), opc_name(req->opc), req->xid, what);
	req->fatal = true;
	return -EPROTO;
}

void req_wrong(struct req *req, const char *what)
{
	log_err("%s %s x%" PRIx64 ": %s: a real client never does that",
		nid_str(&req->peer->nid), opc_name(req->opc), req->xid, what);
}

/* No reply, no connection, and nothing left of what the client had here */
static void req_punish(struct req *req)
{
	struct export *exp = req->exp;
	struct peer *p = req->peer;

	req_drop(req);
	if (exp)
		export_evict(exp, "a request that crashes servers");
	peer_close(p, "a request that crashes servers");
}

void req_finish(struct req *req, int status)
{
	req->status = status;
	if (req->fatal) {
		req_punish(req);
		return;
	}
	if (req->dead) {
		req_drop(req);
		return;
	}
	if (req->flags & MSG_REPLAY)
		recovery_replayed(req);
	reply_send(req);
	req_drop(req);
}

static const struct export *caller;

bool rpc_from(const char *uuid)
{
	return caller && !strcmp(caller->uuid, uuid);
}

void req_run(struct req *req)
{
	req_fn fn = req->resume ? req->resume : req->op->fn;
	int rc;

	if (req->dead) {
		req_drop(req);
		return;
	}
	caller = req->exp;
	rc = fn(req);
	caller = NULL;
	if (rc != REQ_ASYNC) {
		req_finish(req, rc);
		return;
	}
	if (!req->async) {
		req->async = true;
		early_arm(req);
	}
}

void req_resume(struct req *req)
{
	if (++req->restarts > 10000) {
		log_err("%s x%" PRIx64 ": restarted too often",
			opc_name(req->opc), req->xid);
		req_finish(req, -EBUSY);
		return;
	}
	req_run(req);
}

/* An error found before a handler was involved */
static void fail(struct req *req, int status)
{
	log_debug("%s %s x%" PRIx64 ": refused with %d", nid_str(&req->peer->nid),
		  opc_name(req->opc), req->xid, status);
	req->as_error = true;
	req_finish(req, status);
}

static struct req *duplicate(struct export *exp, uint64_t xid)
{
	struct req *r;

	TAILQ_FOREACH(r, &exp->running, link)
		if (r->xid == xid)
			return r;
	return NULL;
}

/* xid and slot rules (document 03, 6.3 and 6.4) */
static int check_xid(struct req *req)
{
	struct export *exp = req->exp;
	uint64_t last = le64_to_cpu(req->pb->pb_last_xid);
	uint16_t tag = req->tag;

	if (req->flags & MSG_REPLAY)
		return 0;
	if (req->xid <= exp->last_xid) {
		log_warn("%s x%" PRIx64 ": at or below the client's own last_xid %" PRIx64,
			 opc_name(req->opc), req->xid, exp->last_xid);
		return -EPROTO;
	}
	if (last >= req->xid) {
		log_warn("%s x%" PRIx64 ": pb_last_xid %" PRIx64 " is not below it",
			 opc_name(req->opc), req->xid, last);
		return -EPROTO;
	}
	if (last > exp->last_xid) {
		exp->last_xid = last;
		reply_forget(exp, last);
	}
	if (!tag)
		return 0;
	if (tag >= ARRAY_SIZE(exp->tag_xid) || req->tgt->kind != TGT_MDT ||
	    !(exp->flags & OBD_CONNECT_MULTIMODRPCS)) {
		log_warn("%s x%" PRIx64 ": slot %u is not to be used",
			 opc_name(req->opc), req->xid, tag);
		return -EPROTO;
	}
	if (req->xid < exp->tag_xid[tag]) {
		log_warn("%s x%" PRIx64 ": slot %u already saw %" PRIx64,
			 opc_name(req->opc), req->xid, tag, exp->tag_xid[tag]);
		return -EPROTO;
	}
	exp->tag_xid[tag] = req->xid;
	return 0;
}

/* Which match bits the final reply goes to */
static void set_reply_mbits(struct req *req)
{
	uint64_t mbits = le64_to_cpu(req->pb->pb_mbits);

	req->mbits = req->xid;
	if (req->exp && (req->exp->flags & OBD_CONNECT_BULK_MBITS) && mbits)
		req->mbits = mbits;
	req->rep_mbits = req->xid;
	if (req->exp && (req->exp->flags2 & OBD_CONNECT2_REP_MBITS) && mbits &&
	    !(req->op->flags & OPF_NOEXPORT))
		req->rep_mbits = mbits;
}

static int lookup_export(struct req *req)
{
	struct export *exp = export_find(req->pb->pb_handle);
	uint32_t cc = le32_to_cpu(req->pb->pb_conn_cnt);

	if (!exp || !exp->connected || exp->peer != req->peer)
		return -ENOTCONN;
	if (!(exp->tgt->kind & req->op->kinds))
		return -ENOTCONN;
	if (exp->tgt->disabled)
		return -ENODEV;
	if (cc < exp->conn_cnt) {
		log_debug("%s x%" PRIx64 ": conn_cnt %u is old, dropped",
			  opc_name(req->opc), req->xid, cc);
		return -EALREADY;
	}
	req->exp = exp;
	req->tgt = exp->tgt;
	exp->last_seen = now_ms();
	exp->nr_req++;
	TAILQ_INSERT_TAIL(&exp->running, req, link);
	return 0;
}

/* Seen before? 0: no. Otherwise the request is dealt with */
static int check_resend(struct req *req)
{
	if (!(req->flags & (MSG_RESENT | MSG_REPLAY)) &&
	    !reply_saved(req->exp, req->xid))
		return 0;
	if (!(req->flags & MSG_RESENT)) {
		if (req->flags & MSG_REPLAY)
			return 0;
		log_warn("%s x%" PRIx64 ": xid used again", opc_name(req->opc),
			 req->xid);
		return -ENOTCONN;
	}
	return reply_resend(req) ? -EALREADY : 0;
}

static void dispatch(struct req *req)
{
	uint32_t vers = le32_to_cpu(req->pb->pb_version);
	struct req *dup;
	int rc;

	if ((vers & LUSTRE_VERSION_MASK) != req->op->version) {
		log_warn("%s: version %#x", opc_name(req->opc), vers);
		fail(req, -EINVAL);
		return;
	}
	if (req->op->flags & OPF_NOEXPORT) {
		set_reply_mbits(req);
		req_run(req);
		return;
	}
	rc = lookup_export(req);
	set_reply_mbits(req);
	if (rc) {
		if (rc == -EALREADY)
			req_drop(req);
		else
			fail(req, rc);
		return;
	}
	TAILQ_REMOVE(&req->exp->running, req, link);
	dup = duplicate(req->exp, req->xid);
	TAILQ_INSERT_TAIL(&req->exp->running, req, link);
	if (dup) {
		log_info("%s x%" PRIx64 ": resent while in progress",
			 opc_name(req->opc), req->xid);
		dup->rep_mbits = req->rep_mbits;
		req_drop(req);
		return;
	}
	rc = check_xid(req);
	if (!rc)
		rc = check_resend(req);
	if (!rc)
		rc = recovery_admit(req);
	if (rc == REQ_ASYNC) {
		req->async = true;
		early_arm(req);
	} else if (rc == -EALREADY) {
		req_drop(req);
	} else if (rc) {
		fail(req, rc);
	} else {
		req_run(req);
	}
}

/* Header checks whose failure gets no answer. NULL when it is dropped */
static struct req *req_new(struct peer *p, const struct portal *ptl,
			   uint64_t mbits, struct buf *data)
{
	const struct lustre_msg_v2 *lm;
	const struct ptlrpc_body *pb;
	struct req *req;
	uint32_t n;
	size_t len;

	if (data->len > ptl->limit + PTLRPC_REQSIZE_SLACK) {
		log_warn("%s: request of %zu bytes on portal %u is too large",
			 nid_str(&p->nid), data->len, ptl->request);
		return NULL;
	}
	if (msg_check(data, &lm, &n)) {
		log_warn("%s: malformed request on portal %u",
			 nid_str(&p->nid), ptl->request);
		return NULL;
	}
	pb = msg_buf(lm, 0, &len);
	if (len < PTLRPC_BODY_MIN_SIZE ||
	    le32_to_cpu(pb->pb_type) != PTL_RPC_MSG_REQUEST ||
	    (le32_to_cpu(pb->pb_version) & 0xffff) != PTLRPC_MSG_VERSION ||
	    le32_to_cpu(lm->lm_secflvr) & 0xfffff || !mbits) {
		log_warn("%s: bad request header, opcode %u type %u version %#x flavour %#x",
			 nid_str(&p->nid), le32_to_cpu(pb->pb_opc),
			 le32_to_cpu(pb->pb_type), le32_to_cpu(pb->pb_version),
			 le32_to_cpu(lm->lm_secflvr));
		return NULL;
	}
	req = xzalloc(sizeof(*req));
	req->peer = p;
	req->msg = buf_get(data);
	req->lm = lm;
	req->pb = pb;
	req->bufcount = n;
	req->opc = le32_to_cpu(pb->pb_opc);
	req->portal = ptl->request;
	req->rep_portal = ptl->reply;
	req->xid = mbits;
	req->rep_mbits = mbits;
	req->flags = le32_to_cpu(pb->pb_flags);
	req->tag = le16_to_cpu(pb->pb_tag);
	req->at = le32_to_cpu(lm->lm_flags) & MSGHDR_AT_SUPPORT;
	req->arrival = now_ms();
	req->deadline = req->arrival +
			(req->at ? le32_to_cpu(pb->pb_timeout) : 100) * 1000LL;
	rpc_arrived();
	return req;
}

/* A request whose opcode and portal are to be looked at */
static void serve(struct req *req, const struct portal *ptl)
{
	req->op = op_find(req->opc);
	if (!req->op) {
		static const struct rpc_op unknown = { .name = "unknown" };

		log_warn("%s: opcode %u is not served", nid_str(&req->peer->nid),
			 req->opc);
		req->op = &unknown;
		fail(req, -E_NOTSUPP);
	} else if (!(ptl->kinds & req->op->kinds)) {
		log_warn("%s: %s on portal %u", nid_str(&req->peer->nid),
			 opc_name(req->opc), ptl->request);
		fail(req, -EPROTO);
	} else if (store_full()) {
		fail(req, -ENOSPC);
	} else {
		dispatch(req);
	}
}

struct held {
	struct event		timer;
	struct req		*req;
	const struct portal	*ptl;
};

static void held_cb(evutil_socket_t fd, short what, void *arg)
{
	struct held *h = arg;

	(void)fd;
	(void)what;
	serve(h->req, h->ptl);
	free(h);
}

static void serve_later(struct req *req, const struct portal *ptl, int64_t ms)
{
	struct timeval tv = { ms / 1000, ms % 1000 * 1000 };
	struct held *h = xzalloc(sizeof(*h));

	h->req = req;
	h->ptl = ptl;
	event_assign(&h->timer, srv.base, -1, 0, held_cb, h);
	event_add(&h->timer, &tv);
}

int rpc_recv(struct peer *p, uint32_t portal, uint64_t mbits, uint32_t offset,
	     struct buf *data)
{
	const struct portal *ptl = NULL;
	struct req *req;
	int64_t arg = 0;

	if (portal == LDLM_CB_REPLY_PORTAL)
		return cb_recv_reply(p, mbits, offset, data);
	for (unsigned int i = 0; i < ARRAY_SIZE(portals); i++)
		if (portals[i].request == portal)
			ptl = &portals[i];
	if (!ptl || offset) {
		log_warn("%s: PUT on portal %u offset %u matches nothing",
			 nid_str(&p->nid), portal, offset);
		return -ENOENT;
	}
	req = req_new(p, ptl, mbits, data);
	if (!req)
		return 0;
	count(p, req->opc);
	if (req->at && !req->pb->pb_timeout) {
		log_warn("%s %s: pb_timeout is 0, dropped", nid_str(&p->nid),
			 opc_name(req->opc));
		req_free(req);
		return 0;
	}
	log_debug("%s > %s x%" PRIx64 " ptl %u flags %#x tag %u",
		  nid_str(&p->nid), opc_name(req->opc), req->xid, portal,
		  req->flags, req->tag);
	switch (fault_check(req->opc, false, &arg)) {
	case FAULT_DROP_REQ:
		req_free(req);
		break;
	case FAULT_HOLD:
		serve_later(req, ptl, arg > 0 ? arg : 1000);
		break;
	default:
		serve(req, ptl);
		break;
	}
	return 0;
}
