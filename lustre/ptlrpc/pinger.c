// SPDX-License-Identifier: GPL-2.0-only
/*
 * The clock of an import: deadlines of requests, retries that are due, pings,
 * and the decision that a connection is idle.  One delayed work, which ticks
 * each second while requests are out and sleeps till the next ping otherwise.
 * Spec: 03 sections 11.1 and 11.3, 04 section 9.2.
 */
#include "internal.h"

/* Something wants a look within a second.  imp->lock held. */
void ptlrpc_tick_arm(struct ptlrpc_import *imp)
{
	if (imp->tick_fast || imp->state == PTLRPC_IMP_CLOSED)
		return;
	imp->tick_fast = true;
	mod_delayed_work(ptlrpc_wq, &imp->tick, HZ);
}

/* End transmissions whose time is over.  imp->lock held. */
static void ptlrpc_tick_deadlines(struct ptlrpc_import *imp)
{
	struct ptlrpc_request *req;

	list_for_each_entry(req, &imp->unreplied, link) {
		if (req->phase != PTLRPC_PHASE_WIRE ||
		    req->end >= PTLRPC_END_TIMEOUT ||
		    time_before(jiffies, req->deadline))
			continue;
		imp->stats.timeouts++;
		ptlrpc_xmit_end(req, PTLRPC_END_TIMEOUT);
	}
}

/* A retry that is due, prepared as a new RPC; or NULL.  imp->lock held. */
static struct ptlrpc_request *ptlrpc_tick_retry(struct ptlrpc_import *imp)
{
	struct ptlrpc_request *req;

	if (imp->state != PTLRPC_IMP_FULL)
		return NULL;
	list_for_each_entry(req, &imp->unreplied, link) {
		if (req->phase == PTLRPC_PHASE_RETRY &&
		    !time_before(jiffies, req->retry_at)) {
			ptlrpc_req_begin(req);
			return req;
		}
	}
	return NULL;
}

static unsigned long ptlrpc_ping_interval(const struct ptlrpc_import *imp)
{
	u32 secs = ptlrpc_ping_secs(imp);

	if (!list_empty(&imp->replay))
		secs = min(secs, PTLRPC_PING_UNCOMMITTED);
	return secs * HZ;
}

static bool ptlrpc_ping_due(const struct ptlrpc_import *imp)
{
	return imp->state == PTLRPC_IMP_FULL && !imp->closing &&
	       !imp->ping_out && !imp->want_idle &&
	       !time_before(jiffies, imp->last_sent +
			    ptlrpc_ping_interval(imp));
}

/* No use for the connection?  The recovery work asks the owner. */
static void ptlrpc_tick_idle(struct ptlrpc_import *imp)
{
	if (!imp->idle_secs || imp->state != PTLRPC_IMP_FULL || imp->closing ||
	    !list_empty(&imp->unreplied) || !list_empty(&imp->replay) ||
	    !list_empty(&imp->opens) ||
	    time_before(jiffies, imp->last_used + imp->idle_secs * HZ))
		return;
	imp->want_idle = true;
	/* ask again after another idle time if the answer is no */
	imp->last_used = jiffies;
	ptlrpc_import_schedule(imp, 0);
}

static void ptlrpc_tick_rearm(struct ptlrpc_import *imp)
{
	unsigned long delay = HZ, due;

	imp->tick_fast = !list_empty(&imp->unreplied);
	if (imp->state == PTLRPC_IMP_CLOSED)
		return;
	if (!imp->tick_fast) {
		if (imp->state != PTLRPC_IMP_FULL)
			return;
		due = imp->last_sent + ptlrpc_ping_interval(imp);
		if (time_after(due, jiffies))
			delay = due - jiffies;
		if (imp->idle_secs)
			delay = min(delay, 5UL * HZ);
	}
	mod_delayed_work(ptlrpc_wq, &imp->tick, delay);
}

static void ptlrpc_ping_done(struct ptlrpc_request *req, int rc, void *data)
{
	struct ptlrpc_import *imp = ptlrpc_req_import(req);

	spin_lock(&imp->lock);
	imp->ping_out = false;
	spin_unlock(&imp->lock);
}

static const struct ptlrpc_req_ops ptlrpc_ping_ops = {
	.done	= ptlrpc_ping_done,
};

static void ptlrpc_ping(struct ptlrpc_import *imp)
{
	struct ptlrpc_request *req;

	req = ptlrpc_req_new(imp, OBD_PING, NULL, 0,
			     PTLRPC_REQ_PING | PTLRPC_REQ_NO_RESEND |
			     PTLRPC_REQ_NO_DELAY | PTLRPC_REQ_BACKGROUND |
			     PTLRPC_REQ_NO_REPLAY, GFP_NOFS);
	if (IS_ERR(req)) {
		spin_lock(&imp->lock);
		imp->ping_out = false;
		spin_unlock(&imp->lock);
		return;
	}
	ptlrpc_send(req, &ptlrpc_ping_ops, NULL);
	ptlrpc_req_put(req);
}

void ptlrpc_tick_work(struct work_struct *work)
{
	struct ptlrpc_import *imp = container_of(to_delayed_work(work),
						 struct ptlrpc_import, tick);
	struct ptlrpc_request *req;
	bool ping;

	spin_lock(&imp->lock);
	ptlrpc_tick_deadlines(imp);
	while ((req = ptlrpc_tick_retry(imp))) {
		spin_unlock(&imp->lock);
		ptlrpc_xmit(req);
		spin_lock(&imp->lock);
	}
	ptlrpc_tick_idle(imp);
	ping = ptlrpc_ping_due(imp);
	if (ping)
		imp->ping_out = true;
	ptlrpc_tick_rearm(imp);
	spin_unlock(&imp->lock);
	if (ping)
		ptlrpc_ping(imp);
}

/**
 * ptlrpc_ping_final - tell a recovering target that we are through
 * @imp: import in state REPLAY_WAIT
 *
 * The answer comes when the recovery of all clients is over; early replies
 * prolong the wait.
 *
 * Return: 0 or a negative errno.
 */
int ptlrpc_ping_final(struct ptlrpc_import *imp)
{
	struct ptlrpc_request *req;
	int rc;

	req = ptlrpc_req_new(imp, OBD_PING, NULL, 0,
			     PTLRPC_REQ_PING | PTLRPC_REQ_RECOVERY |
			     PTLRPC_REQ_NO_REPLAY | PTLRPC_REQ_NOINTR,
			     GFP_NOFS);
	if (IS_ERR(req))
		return PTR_ERR(req);
	req->pb_flags = MSG_REQ_REPLAY_DONE | MSG_LOCK_REPLAY_DONE;
	rc = ptlrpc_queue_wait(req);
	ptlrpc_req_put(req);
	return min(rc, 0);
}
