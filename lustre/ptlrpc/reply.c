// SPDX-License-Identifier: GPL-2.0-only
/*
 * The end of a transmission: look at the answer, or at its absence, and finish
 * the request, send it again, or put it aside.  Spec: 03 sections 5 and 7.
 */
#include <kunit/visibility.h>
#include <linux/export.h>

#include "internal.h"

#define PTLRPC_RETRY_MAX	64U	/* seconds between -EINPROGRESS retries */
#define PTLRPC_GROW_MAX		8U	/* larger buffers for one reply */

enum ptlrpc_verdict {
	PTLRPC_FINISH,
	PTLRPC_RESEND,		/* when the import is FULL (again) */
	PTLRPC_RETRY,		/* later, as a new RPC */
};

/* Part of nobody's recovery but the import's own: never sent again. */
static bool ptlrpc_never_resent(const struct ptlrpc_request *req)
{
	return ptlrpc_is(req, PTLRPC_REPLAYING) ||
	       (req->flags & (PTLRPC_REQ_RECOVERY | PTLRPC_REQ_LOCK_REPLAY));
}

/* Check the reply, now that nobody writes to it any more. */
int ptlrpc_rep_unpack(struct ptlrpc_request *req)
{
	struct ptlrpc_rep *rep = ptlrpc_rep_now(req);
	struct lustre_msg_v2 *msg = rep->buf + req->rep_off;
	const char *why = "misplaced";
	struct ptlrpc_body *pb;
	int rc = -EBADMSG;
	s32 status;

	if (!IS_ALIGNED(req->rep_off, 8) || req->rep_off > rep->size ||
	    req->rep_len > rep->size - req->rep_off)
		goto bad;
	rc = ptlrpc_msg_check(msg, req->rep_len, &why);
	if (!rc)
		rc = ptlrpc_msg_check_type(msg, false, &why);
	if (rc)
		goto bad;
	rc = -EBADMSG;
	pb = ptlrpc_msg_body(msg);
	why = "answers another operation";
	if (le32_to_cpu(pb->pb_opc) != req->op->opc)
		goto bad;
	/* Above zero it is what the operation makes of it. */
	status = le32_to_cpu(pb->pb_status);
	if (status < 0)
		status = ptlrpc_wire_errno(status);
	else if (pb->pb_type == cpu_to_le32(PTL_RPC_MSG_ERR))
		status = -EINVAL;
	rep->msg = msg;
	rep->status = status;
	return 0;
bad:
	ptlrpc_import_warn(req->imp, "bad reply to %s: %s: error %d",
			   ptlrpc_req_name(req), why, rc);
	return -EPROTO;
}
EXPORT_SYMBOL_IF_KUNIT(ptlrpc_rep_unpack);

/* Update the import from a good reply.  imp->lock held. */
static void ptlrpc_rep_update(struct ptlrpc_request *req)
{
	struct ptlrpc_import *imp = req->imp;
	struct ptlrpc_body *pb = ptlrpc_msg_body(ptlrpc_rep_now(req)->msg);
	u64 committed = le64_to_cpu(pb->pb_last_committed);

	imp->stats.replied++;
	ptlrpc_at_reply(req);
	if (req->flags & PTLRPC_REQ_CONNECT)
		return;		/* the recovery work does all of that */
	if (committed > imp->last_committed)
		imp->last_committed = committed;
	if (pb->pb_limit || pb->pb_slv) {
		imp->pool_limit = le32_to_cpu(pb->pb_limit);
		imp->slv = le64_to_cpu(pb->pb_slv);
	}
	if (!ptlrpc_is(req, PTLRPC_REPLAYING))
		req->transno = le64_to_cpu(pb->pb_transno);
}

/* A checked reply: what does its status ask for? */
static enum ptlrpc_verdict ptlrpc_judge_status(struct ptlrpc_request *req,
					       int *rc)
{
	*rc = ptlrpc_rep_now(req)->status;
	if (ptlrpc_never_resent(req))
		return PTLRPC_FINISH;
	switch (*rc) {
	case -ENOTCONN:
	case -ENODEV:
		ptlrpc_import_lost(req->imp, req->conn_cnt, true);
		if (req->flags & PTLRPC_REQ_NO_RESEND)
			return PTLRPC_FINISH;
		return PTLRPC_RESEND;
	case -EINPROGRESS:
		if (req->flags & (PTLRPC_REQ_NO_RETRY | PTLRPC_REQ_NO_RESEND))
			return PTLRPC_FINISH;
		return PTLRPC_RETRY;
	default:
		return PTLRPC_FINISH;
	}
}

/* The reply did not fit: a larger buffer, and once more. */
static enum ptlrpc_verdict ptlrpc_judge_truncated(struct ptlrpc_request *req,
						  int *rc)
{
	u32 need = req->rep_need;

	*rc = -EOVERFLOW;
	if (req->flags & (PTLRPC_REQ_NO_RESEND | PTLRPC_REQ_CONNECT))
		return PTLRPC_FINISH;
	if (need > LNET_MTU + 2 * PTLRPC_EARLY_REPLY_SIZE ||
	    req->grown++ > PTLRPC_GROW_MAX) {
		ptlrpc_import_warn(req->imp, "reply to %s of %u bytes: error %d",
				   ptlrpc_req_name(req), need, *rc);
		return PTLRPC_FINISH;
	}
	ptlrpc_trace(req, 0, lustre_rpc_trace_grow);
	*rc = ptlrpc_rep_prepare(req, need + PTLRPC_REPLY_SLACK, GFP_NOFS);
	return *rc ? PTLRPC_FINISH : PTLRPC_RESEND;
}

/* No answer within the time, or the network gave up. */
static enum ptlrpc_verdict ptlrpc_judge_silence(struct ptlrpc_request *req,
						int *rc)
{
	struct ptlrpc_import *imp = req->imp;
	bool heard;

	*rc = req->end == PTLRPC_END_NETERR ? req->neterr : -ETIMEDOUT;
	ptlrpc_trace(req, *rc, lustre_rpc_trace_timeout);
	if (ptlrpc_never_resent(req))
		return PTLRPC_FINISH;
	spin_lock(&imp->lock);
	heard = time_after(imp->last_reply, req->sent);
	spin_unlock(&imp->lock);
	/* A lost ping means nothing while others are answered. */
	if (!(req->flags & PTLRPC_REQ_PING) || !heard ||
	    req->end == PTLRPC_END_NETERR)
		ptlrpc_import_lost(imp, req->conn_cnt, false);
	if (!(req->flags & PTLRPC_REQ_NO_RESEND))
		return PTLRPC_RESEND;
	*rc = -ETIMEDOUT;
	return PTLRPC_FINISH;
}

/* The import has lost its connection, over which no answer will come. */
static enum ptlrpc_verdict ptlrpc_judge_lost(struct ptlrpc_request *req,
					     int *rc)
{
	bool once = req->flags & PTLRPC_REQ_NO_RESEND;

	*rc = once ? -ETIMEDOUT : -ENOTCONN;
	return once || ptlrpc_never_resent(req) ? PTLRPC_FINISH : PTLRPC_RESEND;
}

/* Did the server move everything that it said it would? */
static bool ptlrpc_bulk_complete(struct ptlrpc_request *req)
{
	const struct ptlrpc_bulk *bulk = req->bulk;

	if (!bulk || ptlrpc_rep_now(req)->status < 0)
		return true;
	return !bulk->error && !atomic_read(&bulk->left);
}

/* A transmission is over: what happened?  No lock held, sole owner. */
static enum ptlrpc_verdict ptlrpc_judge(struct ptlrpc_request *req, int *rc)
{
	struct ptlrpc_import *imp = req->imp;

	if (ptlrpc_is(req, PTLRPC_REPLIED)) {
		*rc = ptlrpc_rep_unpack(req);
		if (*rc)
			return PTLRPC_FINISH;
		ptlrpc_trace(req, ptlrpc_rep_now(req)->status,
			     lustre_rpc_trace_reply);
		if (ptlrpc_bulk_complete(req)) {
			spin_lock(&imp->lock);
			ptlrpc_rep_update(req);
			spin_unlock(&imp->lock);
			return ptlrpc_judge_status(req, rc);
		}
		ptlrpc_rep_now(req)->msg = NULL;
	}
	switch (req->end) {
	case PTLRPC_END_KILLED:
		*rc = req->killed;
		return PTLRPC_FINISH;
	case PTLRPC_END_TRUNCATED:
		return ptlrpc_judge_truncated(req, rc);
	case PTLRPC_END_LOST:
		return ptlrpc_judge_lost(req, rc);
	default:
		return ptlrpc_judge_silence(req, rc);
	}
}

/* ---------------------------------------------------------------- ends -- */

/* A replay is over: the recovery work waits for it. */
static void ptlrpc_finish_replay(struct ptlrpc_request *req, int rc)
{
	struct ptlrpc_import *imp = req->imp;

	spin_lock(&imp->lock);
	list_del_init(&req->link);
	req->phase = PTLRPC_PHASE_DONE;
	req->replay_rc = rc;
	ptlrpc_trace(req, rc, lustre_rpc_trace_replayed);
	wake_up_all(&imp->wait);
	spin_unlock(&imp->lock);
}

static void ptlrpc_finish(struct ptlrpc_request *req, int rc)
{
	struct ptlrpc_import *imp = req->imp;
	bool slot = req->slot;

	spin_lock(&imp->lock);
	list_del_init(&req->link);
	ptlrpc_mod_slot_put(req);
	req->phase = PTLRPC_PHASE_DONE;
	req->rc = rc;
	ptlrpc_trace(req, rc, lustre_rpc_trace_done);
	if (req->rep.msg)
		ptlrpc_replay_retain(req);
	spin_unlock(&imp->lock);

	if (req->ops && req->ops->done)
		req->ops->done(req, rc, req->data);
	spin_lock(&imp->lock);
	ptlrpc_mark(req, PTLRPC_DONE_CALLED);
	spin_unlock(&imp->lock);
	complete_all(&req->completion);
	ptlrpc_replay_trim(imp);
	if (slot)
		ptlrpc_import_pump(imp);

	spin_lock(&imp->lock);
	imp->nr_active--;
	if (req->generation != imp->generation)
		imp->nr_old--;
	wake_up_all(&imp->wait);
	spin_unlock(&imp->lock);
	ptlrpc_req_put(req);
}

/*
 * Send again what got no answer, or not all of it: at once if the import is
 * FULL, else when its recovery comes to it.  What recovery itself waits for
 * goes at once, or not at all when that connection is lost.  Returns an errno
 * if the request has no future.
 */
static int ptlrpc_resend(struct ptlrpc_request *req)
{
	struct ptlrpc_import *imp = req->imp;
	bool now = false;
	int rc = 0;

	spin_lock(&imp->lock);
	if (req->killed)
		rc = req->killed;
	else if (imp->closing || imp->inactive)
		rc = -ESHUTDOWN;
	else if (req->generation != imp->generation)
		rc = -EIO;
	else if (ptlrpc_never_resent(req) && req->conn_cnt != imp->conn_cnt)
		rc = -ENOTCONN;
	if (!rc) {
		ptlrpc_mark(req, PTLRPC_RESENT);
		req->phase = PTLRPC_PHASE_RESEND;
		now = imp->state == PTLRPC_IMP_FULL || ptlrpc_never_resent(req);
		if (now)
			ptlrpc_xmit_prepare(req);
	}
	spin_unlock(&imp->lock);
	if (now)
		ptlrpc_xmit(req);
	return rc;
}

/* -EINPROGRESS: a new RPC after a pause that grows (03 section 5). */
static int ptlrpc_retry_later(struct ptlrpc_request *req)
{
	struct ptlrpc_import *imp = req->imp;
	u32 pause;
	int rc = 0;

	spin_lock(&imp->lock);
	if (req->killed) {
		rc = req->killed;
	} else {
		pause = min3(++req->retries, req->timeout, PTLRPC_RETRY_MAX);
		req->retry_at = jiffies + pause * HZ;
		req->phase = PTLRPC_PHASE_RETRY;
		ptlrpc_trace(req, -EINPROGRESS, lustre_rpc_trace_later);
		ptlrpc_tick_arm(imp);
	}
	spin_unlock(&imp->lock);
	return rc;
}

/* All descriptors of a transmission are gone, or a request failed queued. */
void ptlrpc_req_work(struct work_struct *work)
{
	struct ptlrpc_request *req = container_of(work, struct ptlrpc_request,
						  work);
	enum ptlrpc_verdict verdict = PTLRPC_FINISH;
	int rc;

	if (req->phase == PTLRPC_PHASE_FAILED)
		rc = req->rc;
	else
		verdict = ptlrpc_judge(req, &rc);
	switch (verdict) {
	case PTLRPC_RESEND:
		rc = ptlrpc_resend(req);
		if (!rc)
			return;
		break;
	case PTLRPC_RETRY:
		rc = ptlrpc_retry_later(req);
		if (!rc)
			return;
		break;
	case PTLRPC_FINISH:
		break;
	}
	if (ptlrpc_is(req, PTLRPC_REPLAYING))
		ptlrpc_finish_replay(req, rc);
	else
		ptlrpc_finish(req, rc);
}
