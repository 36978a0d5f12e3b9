// SPDX-License-Identifier: GPL-2.0-only
/*
 * From ptlrpc_send() to the wire: admission, queues, one transmission.
 *
 * A transmission posts bulk and reply descriptors, puts the request, and is
 * over when all descriptors are out of LNet again; ptlrpc_req_work() (reply.c)
 * runs then and only then, so it owns the request alone.
 */
#include "internal.h"

/* Bytes of reply buffer that a request needs: early reply area and slack. */
u32 ptlrpc_rep_need(const struct ptlrpc_request *req)
{
	return PTLRPC_EARLY_REPLY_SIZE + req->rep_expect + PTLRPC_REPLY_SLACK;
}

/* A descriptor is out of LNet.  The last one hands the request to its work. */
void ptlrpc_md_gone(struct ptlrpc_request *req)
{
	if (atomic_dec_and_test(&req->mds))
		queue_work(ptlrpc_wq, &req->work);
}

/* Take a posted descriptor back, once.  imp->lock held. */
void ptlrpc_md_unlink(struct lnet_md *md)
{
	struct ptlrpc_request *req = md->private;

	if (!req || !lnet_md_unlink(md))
		return;
	md->private = NULL;
	ptlrpc_md_gone(req);
}

/* Take back all descriptors of a transmission.  imp->lock held. */
static void ptlrpc_req_unlink(struct ptlrpc_request *req)
{
	if (ptlrpc_is(req, PTLRPC_REPLY_POSTED))
		ptlrpc_md_unlink(&req->rep_md);
	if (ptlrpc_is(req, PTLRPC_BULK_POSTED))
		ptlrpc_bulk_unlink(req);
	if (ptlrpc_is(req, PTLRPC_REQUEST_POSTED))
		ptlrpc_md_unlink(&req->req_md);
}

/* End a transmission early; its work follows.  imp->lock held. */
void ptlrpc_xmit_end(struct ptlrpc_request *req, enum ptlrpc_end why)
{
	req->end = max(req->end, why);
	if (req->phase != PTLRPC_PHASE_WIRE || ptlrpc_is(req, PTLRPC_SETUP))
		return;		/* ptlrpc_xmit() looks at the reason itself */
	if (!atomic_inc_not_zero(&req->mds))
		return;		/* over already */
	ptlrpc_req_unlink(req);
	ptlrpc_md_gone(req);
}

/* ------------------------------------------------------------- events -- */

/* An early reply only prolongs the wait.  imp->lock held. */
static void ptlrpc_early_reply(struct ptlrpc_request *req,
			       const struct lnet_event *ev)
{
	struct ptlrpc_peek peek;
	struct ptlrpc_body *pb;

	if (ev->mlength < ev->rlength || ptlrpc_is(req, PTLRPC_REPLIED) ||
	    ptlrpc_msg_peek(ptlrpc_rep_now(req)->buf, ev->mlength, &peek) ||
	    !ptlrpc_msg_early_ok(&peek))
		return;
	pb = ptlrpc_msg_body(&peek.msg);
	ptlrpc_at_early(req, le32_to_cpu(pb->pb_timeout));
	ptlrpc_trace(req, 0, lustre_rpc_trace_early);
	req->imp->stats.early_replies++;
}

/*
 * Does the reply say that bulk will not come?  A first look only, the work
 * checks the reply properly.
 */
static bool ptlrpc_peek_failed(struct ptlrpc_request *req)
{
	struct ptlrpc_peek peek;
	struct ptlrpc_body *pb;

	if (!IS_ALIGNED(req->rep_off, 8) ||
	    ptlrpc_msg_peek(ptlrpc_rep_now(req)->buf + req->rep_off,
			    req->rep_len, &peek))
		return true;
	pb = ptlrpc_msg_body(&peek.msg);
	return (int)le32_to_cpu(pb->pb_status) < 0 ||
	       pb->pb_type != cpu_to_le32(PTL_RPC_MSG_REPLY);
}

/* The final reply, or as much of it as fitted.  imp->lock held. */
static void ptlrpc_final_reply(struct ptlrpc_request *req,
			       const struct lnet_event *ev)
{
	if (ptlrpc_is(req, PTLRPC_REPLIED) || req->end == PTLRPC_END_TRUNCATED)
		return;
	if (ev->mlength < ev->rlength) {
		u64 need = (u64)ev->offset + ev->rlength;

		req->rep_need = min_t(u64, need, U32_MAX);
		ptlrpc_xmit_end(req, PTLRPC_END_TRUNCATED);
		return;
	}
	ptlrpc_mark(req, PTLRPC_REPLIED);
	req->rep_off = ev->offset;
	req->rep_len = ev->mlength;
	req->imp->last_reply = jiffies;
	ptlrpc_md_unlink(&req->rep_md);
	if (req->bulk && ptlrpc_peek_failed(req))
		ptlrpc_bulk_unlink(req);
}

static void ptlrpc_reply_event(struct lnet_md *md, const struct lnet_event *ev)
{
	struct ptlrpc_request *req = md->private;
	struct ptlrpc_import *imp = req->imp;

	if (ev->type == LNET_EVENT_PUT && !ev->status) {
		spin_lock(&imp->lock);
		if (ptlrpc_is(req, PTLRPC_EARLY) && !ev->offset)
			ptlrpc_early_reply(req, ev);
		else
			ptlrpc_final_reply(req, ev);
		spin_unlock(&imp->lock);
	}
	if (ev->unlinked)
		ptlrpc_md_gone(req);
}

static const struct lnet_md_ops ptlrpc_reply_md_ops = {
	.event	= ptlrpc_reply_event,
};

static void ptlrpc_request_event(struct lnet_md *md,
				 const struct lnet_event *ev)
{
	struct ptlrpc_request *req = md->private;
	struct ptlrpc_import *imp = req->imp;

	if (ev->type == LNET_EVENT_SEND) {
		spin_lock(&imp->lock);
		if (!ev->status)
			ptlrpc_mark(req, PTLRPC_LEFT);
		if (ev->status && !ptlrpc_is(req, PTLRPC_REPLIED)) {
			req->neterr = ev->status;
			ptlrpc_xmit_end(req, PTLRPC_END_NETERR);
		}
		spin_unlock(&imp->lock);
	}
	if (ev->unlinked)
		ptlrpc_md_gone(req);
}

static const struct lnet_md_ops ptlrpc_request_md_ops = {
	.event	= ptlrpc_request_event,
};

/* ------------------------------------------------------- transmission -- */

static u64 ptlrpc_last_xid(const struct ptlrpc_request *req)
{
	struct ptlrpc_import *imp = req->imp;
	struct ptlrpc_request *first;

	if (req->flags & (PTLRPC_REQ_CONNECT | PTLRPC_REQ_DISCONNECT))
		return 0;
	first = list_first_entry(&imp->unreplied, struct ptlrpc_request, link);
	return first->xid - 1;
}

/* Match bits of the bulk; fresh ones for each transmission (03 section 6.2). */
static u64 ptlrpc_mbits(const struct ptlrpc_request *req)
{
	u64 base = req->xid;

	if (req->flags & PTLRPC_REQ_CONNECT)
		return 0;
	if (!req->bulk)
		return ptlrpc_is(req, PTLRPC_REPLAYING) ? req->mbits : base;
	/* A replay has those of the first transmission, once. */
	if (ptlrpc_is(req, PTLRPC_REPLAYING) && !ptlrpc_is(req, PTLRPC_RESENT))
		return req->mbits;
	if (ptlrpc_is(req, PTLRPC_RESENT))
		base = ptlrpc_next_xid(req->imp->pn);
	return base + req->bulk->nr_mds - 1;
}

static u32 ptlrpc_pb_flags(const struct ptlrpc_request *req)
{
	u32 flags = MSG_PACK_UID_GID | req->pb_flags;

	if (req->flags & PTLRPC_REQ_LOCK_REPLAY)
		flags |= MSG_REQ_REPLAY_DONE;
	if (ptlrpc_is(req, PTLRPC_REPLAYING))
		flags |= MSG_REPLAY;
	if (ptlrpc_is(req, PTLRPC_RESENT))
		flags |= MSG_RESENT;
	return flags;
}

/* Fill in what each transmission has anew.  imp->lock held. */
static void ptlrpc_fill_body(struct ptlrpc_request *req)
{
	struct ptlrpc_import *imp = req->imp;
	struct ptlrpc_body *pb = ptlrpc_msg_body(req->msg);
	bool connect = req->flags & PTLRPC_REQ_CONNECT;
	bool replay = ptlrpc_is(req, PTLRPC_REPLAYING);

	req->msg->lm_flags = cpu_to_le32(connect ? 0 : imp->msg_flags);
	req->msg->lm_repsize = cpu_to_le32(req->rep_expect);
	if (!connect && (imp->msg_flags & MSGHDR_AT_SUPPORT))
		ptlrpc_mark(req, PTLRPC_EARLY);
	pb->pb_handle = imp->remote;
	pb->pb_last_xid = cpu_to_le64(ptlrpc_last_xid(req));
	pb->pb_tag = cpu_to_le16(req->tag);
	pb->pb_flags = cpu_to_le32(ptlrpc_pb_flags(req));
	pb->pb_op_flags = cpu_to_le32(req->op_flags);
	pb->pb_conn_cnt = cpu_to_le32(imp->conn_cnt);
	pb->pb_timeout = cpu_to_le32(req->timeout);
	pb->pb_mbits = cpu_to_le64(req->mbits);
	pb->pb_transno = cpu_to_le64(replay ? req->transno : 0);
	pb->pb_service_time = cpu_to_le32(connect ? PTLRPC_AT_START :
					  replay ? imp->latency : 0);
}

/*
 * Make a request ready for ptlrpc_xmit(), which must follow as soon as
 * imp->lock is dropped.  The request is on imp->unreplied, its previous
 * transmission is over.  imp->lock held.
 */
void ptlrpc_xmit_prepare(struct ptlrpc_request *req)
{
	struct ptlrpc_import *imp = req->imp;

	req->phase = PTLRPC_PHASE_WIRE;
	req->end = PTLRPC_END_NONE;
	req->marks &= ~PTLRPC_MARKS_XMIT;
	ptlrpc_mark(req, PTLRPC_SETUP);
	ptlrpc_rep_now(req)->msg = NULL;
	req->conn_cnt = imp->conn_cnt;
	req->nid = imp->nid;
	req->mbits = ptlrpc_mbits(req);
	atomic_set(&req->mds, 1);
	ptlrpc_at_start(req);
	ptlrpc_fill_body(req);
	if (ptlrpc_is(req, PTLRPC_REPLAYING))
		ptlrpc_trace(req, 0, lustre_rpc_trace_replay);
	else if (ptlrpc_is(req, PTLRPC_RESENT))
		ptlrpc_trace(req, 0, lustre_rpc_trace_resend);
	else
		ptlrpc_trace(req, 0, lustre_rpc_trace_send);
	imp->stats.sent++;
	imp->stats.resent += ptlrpc_is(req, PTLRPC_RESENT);
	imp->last_sent = jiffies;
	if (!(req->flags & (PTLRPC_REQ_BACKGROUND | PTLRPC_REQ_PING)))
		imp->last_used = jiffies;
	/* CONNECT, PING and STATFS leave nothing behind at the server. */
	if (!(req->flags & (PTLRPC_REQ_CONNECT | PTLRPC_REQ_PING)) &&
	    req->op->opc != MDS_STATFS && req->op->opc != OST_STATFS)
		imp->used = true;
	ptlrpc_tick_arm(imp);
}

/* Post the reply descriptor, before anybody can answer. */
static int ptlrpc_post_reply(struct ptlrpc_request *req)
{
	struct ptlrpc_rep *rep = ptlrpc_rep_now(req);
	struct lnet_md *md = &req->rep_md;
	int rc;

	req->rep_kvec = (struct kvec) {
		.iov_base	= rep->buf,
		.iov_len	= rep->size,
	};
	lnet_md_init_kvec(md, &ptlrpc_reply_md_ops, req, &req->rep_kvec, 1);
	md->options = LNET_MD_OP_PUT | LNET_MD_MANAGE_REMOTE |
		      LNET_MD_TRUNCATE;
	md->threshold = LNET_MD_THRESH_INF;
	atomic_inc(&req->mds);
	rc = lnet_md_attach(req->imp->pn->ln, md, req->rep_portal, req->xid, 0,
			    &req->nid, LNET_PID_LUSTRE);
	if (rc)
		atomic_dec(&req->mds);
	else
		ptlrpc_mark(req, PTLRPC_REPLY_POSTED);
	return rc;
}

static int ptlrpc_put_request(struct ptlrpc_request *req)
{
	struct lnet_dest dest = {
		.self		= lnet_nid_any,
		.nid		= req->nid,
		.pid		= LNET_PID_LUSTRE,
		.portal		= req->req_portal,
		.match_bits	= req->xid,
	};
	int rc;

	req->req_kvec = (struct kvec) {
		.iov_base	= req->msg,
		.iov_len	= ptlrpc_msg_len(req->msg),
	};
	lnet_md_init_kvec(&req->req_md, &ptlrpc_request_md_ops, req,
			  &req->req_kvec, 1);
	atomic_inc(&req->mds);
	rc = lnet_send_put(req->imp->pn->ln, &req->req_md, &dest);
	if (rc)
		atomic_dec(&req->mds);
	else
		ptlrpc_mark(req, PTLRPC_REQUEST_POSTED);
	return rc;
}

/**
 * ptlrpc_xmit - put a prepared request on the wire
 * @req: after ptlrpc_xmit_prepare()
 *
 * May sleep; no lock held.  What goes wrong is found by the request's work.
 * The request may be gone when this returns.
 */
void ptlrpc_xmit(struct ptlrpc_request *req)
{
	struct ptlrpc_import *imp = req->imp;
	int rc;

	rc = ptlrpc_bulk_post(req);
	if (!rc) {
		if (req->bulk)
			ptlrpc_mark(req, PTLRPC_BULK_POSTED);
		rc = ptlrpc_post_reply(req);
	}
	if (!rc)
		rc = ptlrpc_put_request(req);
	spin_lock(&imp->lock);
	ptlrpc_unmark(req, PTLRPC_SETUP);
	if (rc && !ptlrpc_is(req, PTLRPC_REPLIED)) {
		req->neterr = rc;
		req->end = max(req->end, PTLRPC_END_NETERR);
	}
	if (req->end != PTLRPC_END_NONE)
		ptlrpc_req_unlink(req);
	spin_unlock(&imp->lock);
	ptlrpc_md_gone(req);
}

/* --------------------------------------------------------------- queues -- */

/*
 * First transmission: the request gets its xid here and not before, so that
 * xids grow along imp->unreplied and along each modify slot.  imp->lock held.
 */
void ptlrpc_req_begin(struct ptlrpc_request *req)
{
	struct ptlrpc_import *imp = req->imp;

	list_del_init(&req->link);
	req->xid = ptlrpc_next_xid(imp->pn);
	ptlrpc_unmark(req, PTLRPC_RESENT);
	req->sent = jiffies;
	list_add_tail(&req->link, &imp->unreplied);
	ptlrpc_xmit_prepare(req);
}

static struct list_head *ptlrpc_queue_of(struct ptlrpc_request *req)
{
	struct ptlrpc_import *imp = req->imp;

	if (!(req->flags & PTLRPC_REQ_MODIFY))
		return &imp->delayed;
	return req->flags & PTLRPC_REQ_CLOSE ? &imp->slot_wait_close :
					       &imp->slot_wait;
}

/* The recovery work's own requests and lock replays.  imp->lock held. */
static int ptlrpc_admit_recovery(struct ptlrpc_request *req)
{
	struct ptlrpc_import *imp = req->imp;

	if (imp->closing && !(req->flags & PTLRPC_REQ_DISCONNECT))
		return -ESHUTDOWN;
	if ((req->flags & PTLRPC_REQ_LOCK_REPLAY) &&
	    imp->state != PTLRPC_IMP_REPLAY_LOCKS)
		return -EAGAIN;
	ptlrpc_req_begin(req);
	return 1;
}

/*
 * What to do with a new request: 1 send it now, 0 it is queued, or an errno.
 * imp->lock held.
 */
static int ptlrpc_admit(struct ptlrpc_request *req)
{
	struct ptlrpc_import *imp = req->imp;

	if (req->flags & (PTLRPC_REQ_RECOVERY | PTLRPC_REQ_LOCK_REPLAY))
		return ptlrpc_admit_recovery(req);
	if (imp->closing || imp->inactive)
		return -ESHUTDOWN;
	if (imp->state == PTLRPC_IMP_FULL && !imp->want_idle &&
	    (!(req->flags & PTLRPC_REQ_MODIFY) || ptlrpc_mod_slot_take(req))) {
		ptlrpc_req_begin(req);
		return 1;
	}
	if (imp->state != PTLRPC_IMP_FULL && imp->state != PTLRPC_IMP_IDLE &&
	    (req->flags & PTLRPC_REQ_NO_DELAY))
		return -EAGAIN;
	if (imp->state == PTLRPC_IMP_IDLE) {
		if (req->flags & PTLRPC_REQ_BACKGROUND)
			return -EAGAIN;
		ptlrpc_import_schedule(imp, 0);
	}
	req->phase = PTLRPC_PHASE_DELAYED;
	list_add_tail(&req->link, ptlrpc_queue_of(req));
	return 0;
}

void ptlrpc_send(struct ptlrpc_request *req, const struct ptlrpc_req_ops *ops,
		 void *data)
{
	struct ptlrpc_import *imp = req->imp;
	int rc;

	req->ops = ops;
	req->data = data;
	req->begun = ktime_get();
	ptlrpc_req_get(req);	/* until done() */
	rc = ptlrpc_rep_prepare(req, ptlrpc_rep_need(req), GFP_NOFS);
	spin_lock(&imp->lock);
	if (!rc && ptlrpc_is(req, PTLRPC_BOUND) &&
	    req->generation != imp->generation)
		rc = -EIO;
	req->generation = imp->generation;
	imp->nr_active++;
	if (!rc)
		rc = ptlrpc_admit(req);
	if (!rc)
		ptlrpc_trace(req, 0, lustre_rpc_trace_queue);
	if (rc < 0) {
		ptlrpc_trace(req, rc, lustre_rpc_trace_failed);
		req->phase = PTLRPC_PHASE_FAILED;
		req->rc = rc;
		queue_work(ptlrpc_wq, &req->work);
	}
	spin_unlock(&imp->lock);
	if (rc > 0)
		ptlrpc_xmit(req);
}

/* Next queued request that can be sent, prepared; or NULL.  Lock held. */
static struct ptlrpc_request *ptlrpc_next_queued(struct ptlrpc_import *imp)
{
	struct list_head *queues[] = {
		&imp->slot_wait_close, &imp->slot_wait, &imp->delayed,
	};
	unsigned int i;

	if (imp->state != PTLRPC_IMP_FULL || imp->closing || imp->want_idle)
		return NULL;
	for (i = 0; i < ARRAY_SIZE(queues); i++) {
		struct ptlrpc_request *req;

		req = list_first_entry_or_null(queues[i], struct ptlrpc_request,
					       link);
		if (!req || ((req->flags & PTLRPC_REQ_MODIFY) &&
			     !ptlrpc_mod_slot_take(req)))
			continue;
		ptlrpc_req_begin(req);
		return req;
	}
	return NULL;
}

/* Send what is queued, as far as state and slots allow.  May sleep. */
void ptlrpc_import_pump(struct ptlrpc_import *imp)
{
	struct ptlrpc_request *req;

	do {
		spin_lock(&imp->lock);
		req = ptlrpc_next_queued(imp);
		spin_unlock(&imp->lock);
		if (req)
			ptlrpc_xmit(req);
	} while (req);
}

/* An unanswered request to be sent again, prepared; or NULL.  Lock held. */
struct ptlrpc_request *ptlrpc_next_resend(struct ptlrpc_import *imp)
{
	struct ptlrpc_request *req;

	list_for_each_entry(req, &imp->unreplied, link) {
		if (req->phase != PTLRPC_PHASE_RESEND)
			continue;
		ptlrpc_xmit_prepare(req);
		return req;
	}
	return NULL;
}

/* ---------------------------------------------------------- giving up -- */

/* Has this request no future?  imp->lock held. */
static bool ptlrpc_doomed(const struct ptlrpc_request *req,
			  enum ptlrpc_fail which)
{
	switch (which) {
	case PTLRPC_FAIL_OLD:
		return req->generation != req->imp->generation &&
		       !(req->flags & PTLRPC_REQ_RECOVERY);
	case PTLRPC_FAIL_USERS:
		return !ptlrpc_is(req, PTLRPC_REPLAYING) &&
		       !(req->flags & (PTLRPC_REQ_RECOVERY |
				       PTLRPC_REQ_LOCK_REPLAY));
	case PTLRPC_FAIL_NO_DELAY:
		return req->phase == PTLRPC_PHASE_DELAYED &&
		       req->flags & PTLRPC_REQ_NO_DELAY;
	default:
		return true;
	}
}

static unsigned int ptlrpc_fail_queue(struct list_head *queue, int rc,
				      enum ptlrpc_fail which)
{
	struct ptlrpc_request *req, *next;
	unsigned int failed = 0;

	list_for_each_entry_safe(req, next, queue, link) {
		if (!ptlrpc_doomed(req, which))
			continue;
		list_del_init(&req->link);
		req->phase = PTLRPC_PHASE_FAILED;
		req->rc = rc;
		queue_work(ptlrpc_wq, &req->work);
		failed++;
	}
	return failed;
}

/**
 * ptlrpc_fail_requests - end requests that have no future
 * @imp: import, locked
 * @rc: what they end with
 * @which: of them
 *
 * The work of each of them follows.
 *
 * Return: how many there were.
 */
unsigned int ptlrpc_fail_requests(struct ptlrpc_import *imp, int rc,
				  enum ptlrpc_fail which)
{
	struct ptlrpc_request *req, *next;
	unsigned int failed;

	failed = ptlrpc_fail_queue(&imp->delayed, rc, which);
	failed += ptlrpc_fail_queue(&imp->slot_wait, rc, which);
	failed += ptlrpc_fail_queue(&imp->slot_wait_close, rc, which);
	list_for_each_entry_safe(req, next, &imp->unreplied, link) {
		if (!ptlrpc_doomed(req, which))
			continue;
		failed++;
		if (!req->killed)
			req->killed = rc;
		if (req->phase == PTLRPC_PHASE_WIRE) {
			ptlrpc_xmit_end(req, PTLRPC_END_KILLED);
		} else if (req->phase == PTLRPC_PHASE_RESEND ||
			   req->phase == PTLRPC_PHASE_RETRY) {
			req->phase = PTLRPC_PHASE_FAILED;
			req->rc = rc;
			queue_work(ptlrpc_wq, &req->work);
		}
	}
	return failed;
}

void ptlrpc_abort(struct ptlrpc_request *req)
{
	struct ptlrpc_import *imp = req->imp;

	spin_lock(&imp->lock);
	ptlrpc_trace(req, -EINTR, lustre_rpc_trace_abort);
	switch (ptlrpc_is(req, PTLRPC_REPLAYING) ? PTLRPC_PHASE_DONE :
						   req->phase) {
	case PTLRPC_PHASE_WIRE:
		if (!req->killed)
			req->killed = -EINTR;
		ptlrpc_xmit_end(req, PTLRPC_END_KILLED);
		break;
	case PTLRPC_PHASE_DELAYED:
		list_del_init(&req->link);
		fallthrough;
	case PTLRPC_PHASE_RESEND:
	case PTLRPC_PHASE_RETRY:
		req->phase = PTLRPC_PHASE_FAILED;
		req->rc = -EINTR;
		queue_work(ptlrpc_wq, &req->work);
		break;
	default:
		break;
	}
	spin_unlock(&imp->lock);
}

/* ------------------------------------------------------------- waiting -- */

/* Nothing to wait for but the end of an abort: the hung task detector watches. */
int ptlrpc_wait_nointr(struct ptlrpc_request *req)
{
	wait_for_completion(&req->completion);
	return req->rc;
}

/* Recovery takes as long as a server is away: the wait is an idle one. */
static int ptlrpc_wait_idle(struct ptlrpc_request *req)
{
	wait_event_idle(req->imp->wait, completion_done(&req->completion));
	return req->rc;
}

int ptlrpc_wait(struct ptlrpc_request *req)
{
	int rc = 0;

	if (req->flags & PTLRPC_REQ_NOINTR)
		return ptlrpc_wait_idle(req);
	if (req->flags & PTLRPC_REQ_INTR)
		rc = wait_for_completion_interruptible(&req->completion);
	else
		rc = wait_for_completion_killable(&req->completion);
	return rc ? -EINTR : req->rc;
}

int ptlrpc_queue_wait(struct ptlrpc_request *req)
{
	int rc;

	ptlrpc_send(req, NULL, NULL);
	rc = ptlrpc_wait(req);
	if (rc == -EINTR && req->bulk) {
		ptlrpc_abort(req);
		rc = ptlrpc_wait_nointr(req);
	}
	return rc;
}
