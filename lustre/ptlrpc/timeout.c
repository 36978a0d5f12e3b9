// SPDX-License-Identifier: GPL-2.0-only
/*
 * Adaptive timeouts: how long a service takes, as it says itself, and how long
 * the network takes on top.  Spec: 03 section 11.1.
 *
 * All functions: imp->lock held.
 */
#include "internal.h"

static struct ptlrpc_at *ptlrpc_at_find(const struct ptlrpc_import *imp,
					u32 portal)
{
	unsigned int i;

	for (i = 0; i < PTLRPC_AT_PORTALS; i++)
		if (imp->at[i].portal == portal || !imp->at[i].portal)
			return (struct ptlrpc_at *)&imp->at[i];
	return NULL;
}

/* Estimate of the service behind a portal, seconds. */
u32 ptlrpc_at_get(const struct ptlrpc_import *imp, u32 portal)
{
	const struct ptlrpc_at *at = ptlrpc_at_find(imp, portal);

	return at && at->portal ? at->est : PTLRPC_AT_START;
}

static void ptlrpc_at_set(struct ptlrpc_import *imp, u32 portal, u32 est)
{
	struct ptlrpc_at *at = ptlrpc_at_find(imp, portal);

	if (!at)
		return;
	at->portal = portal;
	at->est = clamp(est, 1U, PTLRPC_AT_MAX);
}

/* What a client is willing to wait for a service with an estimate. */
u32 ptlrpc_at_timeout(u32 est)
{
	return est + est / 4 + 5;
}

/* A transmission begins: pb_timeout and our own deadline. */
void ptlrpc_at_start(struct ptlrpc_request *req)
{
	struct ptlrpc_import *imp = req->imp;
	u32 latency = imp->latency;

	if (req->flags & PTLRPC_REQ_CONNECT) {
		req->timeout = PTLRPC_CONNECT_TIMEOUT;
		latency = min(PTLRPC_LATENCY_STEP * (imp->rounds + 1),
			      PTLRPC_LATENCY_MAX);
	} else if (req->fixed_timeout) {
		req->timeout = req->fixed_timeout;
	} else if (!(imp->msg_flags & MSGHDR_AT_SUPPORT)) {
		req->timeout = PTLRPC_OBD_TIMEOUT;
	} else {
		req->timeout = ptlrpc_at_timeout(ptlrpc_at_get(imp,
							       req->req_portal));
	}
	req->sent = jiffies;
	req->deadline = jiffies + (req->timeout + latency) * HZ;
}

/* The server needs longer: the estimate is not touched. */
void ptlrpc_at_early(struct ptlrpc_request *req, u32 timeout)
{
	unsigned long deadline;

	if (!timeout)
		return;
	timeout = min(timeout, 2 * PTLRPC_AT_MAX);
	deadline = req->sent + (timeout + req->imp->latency) * HZ;
	if (time_after(deadline, req->deadline))
		req->deadline = deadline;
}

/* A final reply: learn from its header. */
void ptlrpc_at_reply(struct ptlrpc_request *req)
{
	struct ptlrpc_import *imp = req->imp;
	struct ptlrpc_body *pb = ptlrpc_msg_body(ptlrpc_rep_now(req)->msg);
	u32 service = le32_to_cpu(pb->pb_service_time);
	u32 est = le32_to_cpu(pb->pb_timeout);
	u32 elapsed = (jiffies - req->sent) / HZ;
	u32 sample;

	if (est && !(req->flags & PTLRPC_REQ_CONNECT))
		ptlrpc_at_set(imp, req->req_portal, est);
	if (service > elapsed + 3)
		return;
	sample = (elapsed > service ? elapsed - service : 0) + 1;
	/* The maximum, forgotten slowly. */
	if (sample >= imp->latency)
		imp->latency = min(sample, PTLRPC_LATENCY_MAX);
	else if (imp->latency > 1 && !(imp->stats.replied % 64))
		imp->latency--;
}
