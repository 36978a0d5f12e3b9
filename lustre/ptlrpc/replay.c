// SPDX-License-Identifier: GPL-2.0-only
/*
 * Replay: what a server has done for us but not yet written down is kept, and
 * done again in the same order if the server loses it.  Spec: 04 section 6.
 */
#include "internal.h"

/* Times that one replay is sent if its bulk data get damaged */
#define PTLRPC_REPLAY_TRIES	5

/* Insert by (transno, xid); mostly at the end. */
static void ptlrpc_replay_insert(struct list_head *list,
				 struct ptlrpc_request *req)
{
	struct ptlrpc_request *pos;

	list_for_each_entry_reverse(pos, list, replay_link)
		if (pos->transno < req->transno ||
		    (pos->transno == req->transno && pos->xid < req->xid))
			break;
	/* after @pos, or first if the walk came to the head */
	list_add(&req->replay_link, &pos->replay_link);
}

static void ptlrpc_save_versions(struct ptlrpc_request *req)
{
	struct ptlrpc_body *pb = ptlrpc_msg_body(req->msg);
	struct ptlrpc_body *rep = ptlrpc_msg_body(req->rep.msg);

	memcpy(pb->pb_pre_versions, rep->pb_pre_versions,
	       sizeof(pb->pb_pre_versions));
}

/**
 * ptlrpc_replay_retain - keep an answered request if it may be needed again
 * @req: with a checked reply
 *
 * imp->lock held.
 */
void ptlrpc_replay_retain(struct ptlrpc_request *req)
{
	struct ptlrpc_import *imp = req->imp;
	bool open = req->flags & PTLRPC_REQ_OPEN;

	if (!req->transno || !imp->replayable || imp->closing ||
	    (req->flags & (PTLRPC_REQ_NO_REPLAY | PTLRPC_REQ_RECOVERY)) ||
	    (open ? req->rep.status < 0 : false) ||
	    req->generation != imp->generation)
		return;
	ptlrpc_req_get(req);
	ptlrpc_mark(req, PTLRPC_RETAINED);
	if (open)
		ptlrpc_mark(req, PTLRPC_KEEP_OPEN);
	ptlrpc_save_versions(req);
	ptlrpc_replay_insert(&imp->replay, req);
	ptlrpc_trace(req, 0, lustre_rpc_trace_retain);
}

/*
 * Next retained request that is committed and may be told so.  It has left
 * imp->replay; *drop: its retention is over.  imp->lock held.
 */
static struct ptlrpc_request *ptlrpc_next_committed(struct ptlrpc_import *imp,
						    u64 limit, bool *drop)
{
	struct ptlrpc_request *req;

	list_for_each_entry(req, &imp->replay, replay_link) {
		if (req->transno > limit)
			break;
		if (!ptlrpc_is(req, PTLRPC_DONE_CALLED) ||
		    ptlrpc_is(req, PTLRPC_REPLAYING))
			continue;
		list_del_init(&req->replay_link);
		ptlrpc_mark(req, PTLRPC_COMMITTED);
		*drop = !ptlrpc_is(req, PTLRPC_KEEP_OPEN);
		if (ptlrpc_is(req, PTLRPC_KEEP_OPEN))
			ptlrpc_replay_insert(&imp->opens, req);
		else
			ptlrpc_unmark(req, PTLRPC_RETAINED);
		return req;
	}
	return NULL;
}

/* Tell the owner how the retention of a request ended. */
static void ptlrpc_commit_notify(struct ptlrpc_request *req, bool lost)
{
	const struct ptlrpc_req_ops *ops = req->ops;

	ptlrpc_trace(req, 0, lost ? lustre_rpc_trace_lost :
				    lustre_rpc_trace_commit);
	if (lost && ops && ops->lost)
		ops->lost(req, req->data);
	else if (ops && ops->committed)
		ops->committed(req, req->data);
}

static void ptlrpc_commit_upto(struct ptlrpc_import *imp, u64 limit, bool lost)
{
	struct ptlrpc_request *req;
	bool drop = false;

	do {
		spin_lock(&imp->lock);
		req = ptlrpc_next_committed(imp, limit, &drop);
		if (req && !drop)
			ptlrpc_req_get(req);
		spin_unlock(&imp->lock);
		if (!req)
			break;
		ptlrpc_commit_notify(req, lost);
		ptlrpc_req_put(req);
	} while (true);
}

/* Let go of what the server has on disk.  May sleep, no lock held. */
void ptlrpc_replay_trim(struct ptlrpc_import *imp)
{
	u64 limit;

	spin_lock(&imp->lock);
	/* during recovery the recovery work decides */
	limit = imp->stage == PTLRPC_STAGE_NONE ? imp->last_committed : 0;
	spin_unlock(&imp->lock);
	if (limit)
		ptlrpc_commit_upto(imp, limit, false);
}

/**
 * ptlrpc_replay_discard - nothing will be replayed any more
 * @imp: evicted, or at its end
 * @committed: last transaction that the server is sure to have on disk
 */
void ptlrpc_replay_discard(struct ptlrpc_import *imp, u64 committed)
{
	struct ptlrpc_request *req;

	ptlrpc_commit_upto(imp, committed, false);
	ptlrpc_commit_upto(imp, U64_MAX, true);
	do {
		spin_lock(&imp->lock);
		req = list_first_entry_or_null(&imp->opens,
					       struct ptlrpc_request,
					       replay_link);
		if (req) {
			list_del_init(&req->replay_link);
			ptlrpc_unmark(req, PTLRPC_RETAINED);
		}
		spin_unlock(&imp->lock);
		if (req)
			ptlrpc_req_put(req);
	} while (req);
}

/* Kept, but for nothing any more?  imp->lock held. */
static bool ptlrpc_replay_over(const struct ptlrpc_request *req)
{
	return ptlrpc_is(req, PTLRPC_RETAINED) &&
	       ptlrpc_is(req, PTLRPC_COMMITTED) &&
	       !ptlrpc_is(req, PTLRPC_KEEP_OPEN);
}

void ptlrpc_replay_drop(struct ptlrpc_request *req)
{
	struct ptlrpc_import *imp = req->imp;
	bool put = false;

	spin_lock(&imp->lock);
	ptlrpc_unmark(req, PTLRPC_KEEP_OPEN);
	req->flags &= ~PTLRPC_REQ_OPEN;
	/* An open that is being replayed is let go after that. */
	if (ptlrpc_replay_over(req) && !ptlrpc_is(req, PTLRPC_REPLAYING)) {
		list_del_init(&req->replay_link);
		ptlrpc_unmark(req, PTLRPC_RETAINED);
		put = true;
	}
	spin_unlock(&imp->lock);
	if (put)
		ptlrpc_req_put(req);
}

/* Lowest transno to be replayed, 0: nothing.  imp->lock held. */
u64 ptlrpc_replay_first(const struct ptlrpc_import *imp)
{
	const struct ptlrpc_request *req;
	u64 first = 0;

	if (!list_empty(&imp->opens)) {
		req = list_first_entry(&imp->opens, struct ptlrpc_request,
				       replay_link);
		first = req->transno;
	}
	if (!list_empty(&imp->replay)) {
		req = list_first_entry(&imp->replay, struct ptlrpc_request,
				       replay_link);
		if (!first || req->transno < first)
			first = req->transno;
	}
	return first;
}

/* First request of @list, after @at if that is in it, beyond the cursor. */
static struct ptlrpc_request *ptlrpc_list_replay(struct ptlrpc_import *imp,
						 struct list_head *list,
						 struct ptlrpc_request *at)
{
	struct ptlrpc_request *req;

	req = list_prepare_entry(at, list, replay_link);
	list_for_each_entry_continue(req, list, replay_link)
		if (req->transno > imp->replay_cursor ||
		    (req->transno == imp->replay_cursor &&
		     req->xid > imp->replay_xid))
			return req;
	return NULL;
}

/*
 * First request beyond the cursor: committed opens, then what is uncommitted,
 * each by transno.  @last: the one that was replayed before, or NULL: if it is
 * still kept the search begins there.  imp->lock held; the result is referenced
 * and marked.
 */
static struct ptlrpc_request *ptlrpc_next_replay(struct ptlrpc_import *imp,
						 struct ptlrpc_request *last)
{
	struct ptlrpc_request *req = NULL;

	if (last && list_empty(&last->replay_link))
		last = NULL;
	if (!last || ptlrpc_is(last, PTLRPC_COMMITTED)) {
		req = ptlrpc_list_replay(imp, &imp->opens, last);
		last = NULL;
	}
	if (!req)
		req = ptlrpc_list_replay(imp, &imp->replay, last);
	if (req) {
		ptlrpc_req_get(req);
		ptlrpc_mark(req, PTLRPC_REPLAYING);
	}
	return req;
}

/* Into imp->unreplied at the place that its xid has.  imp->lock held. */
static void ptlrpc_replay_enlist(struct ptlrpc_request *req)
{
	struct list_head *pos = &req->imp->unreplied;
	struct ptlrpc_request *other;

	list_for_each_entry(other, &req->imp->unreplied, link)
		if (other->xid > req->xid) {
			pos = &other->link;
			break;
		}
	list_add_tail(&req->link, pos);
}

static bool ptlrpc_replay_ended(struct ptlrpc_request *req)
{
	bool over;

	spin_lock(&req->imp->lock);
	over = req->phase == PTLRPC_PHASE_DONE;
	spin_unlock(&req->imp->lock);
	return over;
}

/* One replay on the wire, from first byte to reply. */
static int ptlrpc_replay_xmit(struct ptlrpc_request *req, bool resent)
{
	struct ptlrpc_import *imp = req->imp;
	int rc = 0;

	spin_lock(&imp->lock);
	if (imp->closing) {
		rc = -ESHUTDOWN;
	} else {
		assign_bit(PTLRPC_RESENT, &req->marks, resent);
		req->killed = 0;
		ptlrpc_replay_enlist(req);
		ptlrpc_xmit_prepare(req);
		imp->stats.replayed++;
	}
	spin_unlock(&imp->lock);
	if (rc)
		return rc;
	ptlrpc_xmit(req);
	wait_event_idle(imp->wait, ptlrpc_replay_ended(req));
	return req->replay_rc;
}

/* What a replay's reply says: go on (0) or connect again. */
static int ptlrpc_replay_result(struct ptlrpc_request *req, int rc)
{
	struct ptlrpc_import *imp = req->imp;
	int before = req->rep.status;
	struct ptlrpc_body *pb;
	u64 transno;

	if (!req->replay_rep.msg)
		return rc < 0 ? rc : -EPROTO;
	if (rc == -ENOTCONN || rc == -ENODEV)
		return rc;
	if (rc == -EOVERFLOW) {
		spin_lock(&imp->lock);
		imp->vbr_failed = true;
		spin_unlock(&imp->lock);
	}
	pb = ptlrpc_msg_body(req->replay_rep.msg);
	transno = le64_to_cpu(pb->pb_transno);
	if (transno && transno != req->transno)
		ptlrpc_import_warn(imp, "replay of %s, transaction %llu, became %llu",
				   ptlrpc_req_name(req), req->transno, transno);
	/* An open that took a lock comes back without: 301 for 0 is well. */
	if (min(rc, 0) != min(before, 0))
		ptlrpc_import_warn(imp, "replay of %s, transaction %llu: result %d, was %d",
				   ptlrpc_req_name(req), req->transno, rc,
				   before);
	return 0;
}

/* Replay one request; 0: the next one, else recovery starts over. */
static int ptlrpc_replay_one(struct ptlrpc_request *req, bool resent)
{
	const struct ptlrpc_req_ops *ops = req->ops;
	unsigned int tries = 0;
	int rc = 0;

	if (ops && ops->replay)
		rc = ops->replay(req, req->data);
	if (rc)
		return 0;	/* its owner leaves it out */
	rc = ptlrpc_rep_prepare(req, max(ptlrpc_rep_need(req), req->rep.size),
				GFP_NOFS);
	while (!rc) {
		rc = ptlrpc_replay_xmit(req, resent);
		rc = ptlrpc_replay_result(req, rc);
		if (rc || ++tries == PTLRPC_REPLAY_TRIES || !ops ||
		    !ops->again ||
		    !ops->again(req, req->replay_rep.status, req->data))
			break;
		resent = true;
	}
	if (!rc && ops && ops->replayed)
		ops->replayed(req, req->replay_rep.status, req->data);
	ptlrpc_rep_free(req, &req->replay_rep);
	return rc;
}

/* A replay is over: on with the cursor, and drop what was let go meanwhile. */
static void ptlrpc_replay_end(struct ptlrpc_request *req, bool good)
{
	struct ptlrpc_import *imp = req->imp;
	bool put;

	spin_lock(&imp->lock);
	ptlrpc_unmark(req, PTLRPC_REPLAYING);
	if (good) {
		imp->replay_cursor = req->transno;
		imp->replay_xid = req->xid;
	}
	put = ptlrpc_replay_over(req);
	if (put) {
		list_del_init(&req->replay_link);
		ptlrpc_unmark(req, PTLRPC_RETAINED);
	}
	spin_unlock(&imp->lock);
	if (put)
		ptlrpc_req_put(req);
}

/* Retained requests whose done() is still running must not be replayed. */
static bool ptlrpc_replay_settled(struct ptlrpc_import *imp)
{
	struct ptlrpc_request *req;
	bool settled = true;

	spin_lock(&imp->lock);
	list_for_each_entry(req, &imp->replay, replay_link)
		settled = settled && ptlrpc_is(req, PTLRPC_DONE_CALLED);
	spin_unlock(&imp->lock);
	return settled;
}

/**
 * ptlrpc_replay_requests - replay everything beyond the cursor
 * @imp: import in state REPLAY
 * @resent: the first one was sent before, without an answer
 *
 * Recovery work only.
 *
 * Return: 0, or an errno after which the import connects again.
 */
int ptlrpc_replay_requests(struct ptlrpc_import *imp, bool resent)
{
	struct ptlrpc_request *req, *last = NULL;
	int rc = 0;

	wait_event(imp->wait, ptlrpc_replay_settled(imp));
	ptlrpc_commit_upto(imp, imp->last_committed, false);
	while (!rc) {
		spin_lock(&imp->lock);
		req = ptlrpc_next_replay(imp, last);
		spin_unlock(&imp->lock);
		if (last)
			ptlrpc_req_put(last);
		last = req;
		if (!req)
			break;
		rc = ptlrpc_replay_one(req, resent);
		resent = false;
		ptlrpc_replay_end(req, !rc);
	}
	if (last)
		ptlrpc_req_put(last);
	return rc;
}
