// SPDX-License-Identifier: GPL-2.0-only
/*
 * Adaptive timeouts: how long a service takes, as it says itself, and how long
 * the network takes on top.  Spec: 03 section 11.1.
 *
 * All functions: imp->lock held.
 */
#include <kunit/visibility.h>
#include <linux/export.h>

#include "internal.h"

const struct ptlrpc_timeouts ptlrpc_default_timeouts = {
	.timeout	= 100,
	.at_min		= 0,
	.at_max		= 600,
	.at_history	= 600,
};

void ptlrpc_timeouts_init(struct ptlrpc_timeouts *t)
{
	*t = ptlrpc_default_timeouts;
}

static u32 ptlrpc_obd_timeout(const struct ptlrpc_import *imp)
{
	return READ_ONCE(imp->timeouts->timeout);
}

static u32 ptlrpc_at_max(const struct ptlrpc_import *imp)
{
	return READ_ONCE(imp->timeouts->at_max);
}

/* Servers evict who is silent for six of these. */
u32 ptlrpc_ping_secs(const struct ptlrpc_import *imp)
{
	return max(ptlrpc_obd_timeout(imp) / 4, 1U);
}
EXPORT_SYMBOL_IF_KUNIT(ptlrpc_ping_secs);

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
	u32 est = at && at->portal ? at->est : PTLRPC_AT_START;

	est = max3(est, READ_ONCE(imp->timeouts->at_min), 1U);
	return min(est, max(ptlrpc_at_max(imp), 1U));
}
EXPORT_SYMBOL_IF_KUNIT(ptlrpc_at_get);

static void ptlrpc_at_set(struct ptlrpc_import *imp, u32 portal, u32 est)
{
	struct ptlrpc_at *at = ptlrpc_at_find(imp, portal);

	if (!at)
		return;
	at->portal = portal;
	at->est = est;
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
		req->timeout = max(ptlrpc_obd_timeout(imp) / 20,
				   PTLRPC_CONNECT_TIMEOUT);
		latency = min(PTLRPC_LATENCY_STEP * (imp->rounds + 1),
			      PTLRPC_LATENCY_MAX);
	} else if (req->fixed_timeout) {
		req->timeout = req->fixed_timeout;
	} else if (!(imp->msg_flags & MSGHDR_AT_SUPPORT) ||
		   !ptlrpc_at_max(imp)) {
		req->timeout = ptlrpc_obd_timeout(imp);
	} else {
		req->timeout = ptlrpc_at_timeout(ptlrpc_at_get(imp,
							       req->req_portal));
	}
	req->sent = jiffies;
	req->deadline = jiffies + (req->timeout + latency) * HZ;
	/*
	 * A new mount comes back to this address if the others are as silent,
	 * and waits for longer then.
	 */
	if (req->flags & PTLRPC_REQ_CONNECT && !imp->remote && !imp->rounds &&
	    ptlrpc_peer_untried(imp))
		req->deadline = jiffies + PTLRPC_CONNECT_FIRST * HZ;
}

/* The server needs longer: the estimate is not touched. */
void ptlrpc_at_early(struct ptlrpc_request *req, u32 timeout)
{
	unsigned long deadline;

	if (!timeout)
		return;
	timeout = min(timeout, 2 * max(ptlrpc_at_max(req->imp),
				       ptlrpc_obd_timeout(req->imp)));
	deadline = req->sent + (timeout + req->imp->latency) * HZ;
	if (time_after(deadline, req->deadline))
		req->deadline = deadline;
}

/*
 * The network took so many seconds once.  The maximum of the history counts,
 * which is forgotten part by part.
 */
void ptlrpc_latency_learn(struct ptlrpc_import *imp, u32 sample)
{
	unsigned long width = max(READ_ONCE(imp->timeouts->at_history) /
				  PTLRPC_AT_BINS, 1U) * HZ;
	unsigned int i;

	for (i = 0; i < PTLRPC_AT_BINS &&
	     time_after_eq(jiffies, imp->latency_since + width); i++) {
		memmove(imp->latencies + 1, imp->latencies,
			sizeof(imp->latencies) - sizeof(imp->latencies[0]));
		imp->latencies[0] = 0;
		imp->latency_since += width;
	}
	if (i == PTLRPC_AT_BINS)
		imp->latency_since = jiffies;
	imp->latencies[0] = max(imp->latencies[0], sample);
	imp->latency = 0;
	for (i = 0; i < PTLRPC_AT_BINS; i++)
		imp->latency = max(imp->latency, imp->latencies[i]);
}
EXPORT_SYMBOL_IF_KUNIT(ptlrpc_latency_learn);

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
	ptlrpc_latency_learn(imp, min(sample, PTLRPC_LATENCY_MAX));
}
