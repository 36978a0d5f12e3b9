// SPDX-License-Identifier: GPL-2.0-only
/*
 * Imports: birth, death, and what can be asked of them.  The state machine
 * itself is in recover.c.  Spec: 04 section 4.
 */
#include <linux/slab.h>

#include "internal.h"

static bool ptlrpc_import_handle_get(struct ptlrpc_handle *h)
{
	struct ptlrpc_import *imp = container_of(h, struct ptlrpc_import,
						 handle);

	if (!refcount_inc_not_zero(&imp->ref))
		return false;
	trace_lustre_import_ref(imp->name, refcount_read(&imp->ref),
				lustre_import_get_inbound);
	return true;
}

const struct ptlrpc_handle_type ptlrpc_import_handle = {
	.name	= "import",
	.get	= ptlrpc_import_handle_get,
};

/* One rate-limited line that names the target. */
void ptlrpc_import_warn(const struct ptlrpc_import *imp, const char *fmt, ...)
{
	struct va_format vaf;
	va_list args;

	va_start(args, fmt);
	vaf.fmt = fmt;
	vaf.va = &args;
	pr_warn_ratelimited("lustre: %s: %pV\n", imp->name, &vaf);
	va_end(args);
}

/*
 * One line about the coming or going of a target.  Each target has a limit of
 * its own: what one of them does must not hide that another is lost.
 */
void ptlrpc_import_info(struct ptlrpc_import *imp, const char *fmt, ...)
{
	struct va_format vaf;
	va_list args;

	if (!__ratelimit(&imp->tell_limit))
		return;
	va_start(args, fmt);
	vaf.fmt = fmt;
	vaf.va = &args;
	pr_warn("lustre: %s: %pV\n", imp->name, &vaf);
	va_end(args);
}

static u32 ptlrpc_main_portal(enum ptlrpc_target target)
{
	switch (target) {
	case PTLRPC_MGS:
		return MGS_REQUEST_PORTAL;
	case PTLRPC_MDT:
		return MDS_REQUEST_PORTAL;
	default:
		return OST_REQUEST_PORTAL;
	}
}

static void ptlrpc_import_init(struct ptlrpc_import *imp,
			       struct ptlrpc_net *pn,
			       const struct ptlrpc_import_desc *desc)
{
	refcount_set(&imp->ref, 1);
	imp->pn = pn;
	imp->target = desc->target;
	imp->offer = desc->offer;
	imp->ops = desc->ops;
	imp->data = desc->data;
	imp->timeouts = desc->timeouts ?: &ptlrpc_default_timeouts;
	imp->idle_secs = desc->idle_secs;
	imp->main_portal = ptlrpc_main_portal(desc->target);
	imp->msg_flags = MSGHDR_CKSUM_INCOMPAT18;
	imp->state = PTLRPC_IMP_NEW;
	imp->state_since = jiffies;
	imp->last_sent = jiffies;
	imp->last_used = jiffies;
	imp->last_reply = jiffies;
	imp->not_yet = jiffies;
	imp->latency_since = jiffies;
	ratelimit_state_init(&imp->tell_limit, PTLRPC_TELL_INTERVAL * HZ,
			     PTLRPC_TELL_BURST);
	init_waitqueue_head(&imp->wait);
	spin_lock_init(&imp->lock);
	INIT_DELAYED_WORK(&imp->recov, ptlrpc_recov_work);
	INIT_DELAYED_WORK(&imp->tick, ptlrpc_tick_work);
	INIT_LIST_HEAD(&imp->net_link);
	INIT_LIST_HEAD(&imp->peers);
	INIT_LIST_HEAD(&imp->unreplied);
	INIT_LIST_HEAD(&imp->delayed);
	INIT_LIST_HEAD(&imp->slot_wait);
	INIT_LIST_HEAD(&imp->slot_wait_close);
	INIT_LIST_HEAD(&imp->replay);
	INIT_LIST_HEAD(&imp->opens);
}

struct ptlrpc_import *ptlrpc_import_create(struct ptlrpc_net *pn,
					   const struct ptlrpc_import_desc *desc)
{
	struct ptlrpc_import *imp;
	int rc;

	/* 38 characters and a NUL travel */
	if (strlen(desc->target_uuid) >= LUSTRE_UUID_LEN - 1 ||
	    strlen(desc->client_uuid) >= LUSTRE_UUID_LEN - 1)
		return ERR_PTR(-EINVAL);
	imp = kzalloc_obj(*imp);
	if (!imp)
		return ERR_PTR(-ENOMEM);
	ptlrpc_import_init(imp, pn, desc);
	strscpy(imp->name, desc->name, sizeof(imp->name));
	strscpy(imp->target_uuid, desc->target_uuid, sizeof(imp->target_uuid));
	strscpy(imp->client_uuid, desc->client_uuid, sizeof(imp->client_uuid));
	rc = ptlrpc_reserve_init(imp);
	if (!rc) {
		rc = ptlrpc_handle_add(pn, &imp->handle, &ptlrpc_import_handle);
		if (rc)
			ptlrpc_reserve_exit(imp);
	}
	if (rc) {
		kfree(imp);
		return ERR_PTR(rc);
	}
	trace_lustre_import_ref(imp->name, 1, lustre_import_ref_create);
	spin_lock(&pn->lock);
	list_add_tail(&imp->net_link, &pn->imports);
	imp->hooked = true;
	spin_unlock(&pn->lock);
	return imp;
}

struct ptlrpc_import *ptlrpc_import_get(struct ptlrpc_import *imp,
					enum lustre_import_ref why)
{
	refcount_inc(&imp->ref);
	trace_lustre_import_ref(imp->name, refcount_read(&imp->ref), why);
	return imp;
}

/* Nobody finds the import any more. */
static void ptlrpc_import_unhook(struct ptlrpc_import *imp)
{
	struct ptlrpc_net *pn = imp->pn;

	spin_lock(&pn->lock);
	if (imp->hooked) {
		list_del(&imp->net_link);
		ptlrpc_handle_del(pn, &imp->handle);
		imp->hooked = false;
	}
	spin_unlock(&pn->lock);
}

void ptlrpc_import_put(struct ptlrpc_import *imp, enum lustre_import_ref why)
{
	trace_lustre_import_ref(imp->name, refcount_read(&imp->ref) - 1, why);
	if (!refcount_dec_and_test(&imp->ref))
		return;
	/* Made but never connected and disconnected: still in the tables. */
	if (imp->state == PTLRPC_IMP_NEW)
		ptlrpc_import_unhook(imp);
	WARN_ON_ONCE(imp->hooked);
	ptlrpc_peers_free(imp);
	ptlrpc_reserve_exit(imp);
	kfree_rcu(imp, rcu);
}

/* --------------------------------------------------------- transitions -- */

/* imp->lock held */
void ptlrpc_import_set_state(struct ptlrpc_import *imp,
			     enum ptlrpc_import_state state,
			     enum lustre_import_trace why)
{
	unsigned int i = imp->history_next++ % PTLRPC_HISTORY;

	trace_lustre_import_state(imp->name, imp->state, state,
				  imp->last_error, why);
	imp->state = state;
	imp->state_since = jiffies;
	imp->history[i].state = state;
	imp->history[i].when = ktime_get_real_seconds();
	wake_up_all(&imp->wait);
}

/* Let the recovery work look at the import.  imp->lock held. */
void ptlrpc_import_schedule(struct ptlrpc_import *imp, unsigned long delay)
{
	if (imp->state != PTLRPC_IMP_CLOSED && !imp->closing)
		mod_delayed_work(ptlrpc_recov_wq, &imp->recov, delay);
}

/* Requests in flight get no answer any more: to be sent again.  Locked. */
static void ptlrpc_import_restart(struct ptlrpc_import *imp)
{
	struct ptlrpc_request *req;

	list_for_each_entry(req, &imp->unreplied, link) {
		if (req->phase != PTLRPC_PHASE_WIRE ||
		    (req->flags & PTLRPC_REQ_RECOVERY))
			continue;
		ptlrpc_xmit_end(req, PTLRPC_END_LOST);
	}
}

/* imp->lock held */
void ptlrpc_import_deactivate_locked(struct ptlrpc_import *imp)
{
	if (imp->inactive || imp->closing)
		return;
	imp->inactive = true;
	imp->evict = true;
	imp->down_since = ktime_get_seconds();
	ptlrpc_fail_requests(imp, -EIO, PTLRPC_FAIL_ALL);
	if (imp->state != PTLRPC_IMP_NEW)
		ptlrpc_import_set_state(imp, PTLRPC_IMP_DISCON,
					lustre_import_trace_deactivate);
	ptlrpc_import_schedule(imp, 0);
}

static void ptlrpc_import_lost_locked(struct ptlrpc_import *imp, bool now,
				      enum lustre_import_trace why)
{
	unsigned long delay = now ? 0 : HZ / 10;

	if (imp->state != PTLRPC_IMP_FULL && imp->state != PTLRPC_IMP_RECOVER)
		return;		/* the recovery work sees for itself */
	if (imp->give_up) {
		ptlrpc_import_deactivate_locked(imp);
		return;
	}
	/* Lost as soon as it was made: don't go round in circles. */
	if (time_before(jiffies, imp->state_since + HZ))
		delay = HZ;
	if (imp->state == PTLRPC_IMP_FULL)
		imp->down_since = ktime_get_seconds();
	ptlrpc_import_set_state(imp, PTLRPC_IMP_DISCON, why);
	imp->want_idle = false;
	ptlrpc_import_restart(imp);
	ptlrpc_import_schedule(imp, delay);
}

/**
 * ptlrpc_import_lost - a request tells that the connection is gone
 * @imp: the import
 * @conn_cnt: connection that the request was sent on; an old one: no news
 * @now: the server said so itself
 */
void ptlrpc_import_lost(struct ptlrpc_import *imp, u32 conn_cnt, bool now)
{
	spin_lock(&imp->lock);
	if (conn_cnt == imp->conn_cnt && !imp->closing)
		ptlrpc_import_lost_locked(imp, now,
					  now ? lustre_import_trace_unknown :
						lustre_import_trace_silence);
	spin_unlock(&imp->lock);
}

/*
 * All transport connections to a peer broke.  With requests out, nobody will
 * answer them; without, a ping finds out.  pn->lock held.
 */
void ptlrpc_import_peer_down(struct ptlrpc_import *imp,
			     const struct lnet_nid *peer)
{
	struct ptlrpc_request *req;
	bool busy = false, full;

	spin_lock(&imp->lock);
	if (!imp->nid_valid || !lnet_nid_equal(&imp->nid, peer))
		goto out;
	full = imp->state == PTLRPC_IMP_FULL && !imp->closing;
	list_for_each_entry(req, &imp->unreplied, link) {
		/* what is still to be sent goes over a new connection */
		if (req->phase != PTLRPC_PHASE_WIRE ||
		    !ptlrpc_is(req, PTLRPC_LEFT) ||
		    ptlrpc_is(req, PTLRPC_REPLIED))
			continue;
		busy = true;
		if (full)
			break;
		/* recovery or disconnect: no need to wait for its deadline */
		req->neterr = -ECONNRESET;
		ptlrpc_xmit_end(req, PTLRPC_END_NETERR);
	}
	if (!full)
		goto out;
	if (busy) {
		ptlrpc_import_lost_locked(imp, true,
					  lustre_import_trace_peer_down);
	} else {
		imp->last_sent = jiffies - ptlrpc_ping_secs(imp) * HZ;
		imp->tick_fast = true;
		mod_delayed_work(ptlrpc_wq, &imp->tick, HZ);
	}
out:
	spin_unlock(&imp->lock);
}

void ptlrpc_import_connect(struct ptlrpc_import *imp)
{
	ptlrpc_peers_prefer(imp);
	spin_lock(&imp->lock);
	if (imp->state == PTLRPC_IMP_NEW) {
		imp->down_since = ktime_get_seconds();
		ptlrpc_import_set_state(imp, PTLRPC_IMP_DISCON,
					lustre_import_trace_start);
		ptlrpc_import_schedule(imp, 0);
	}
	spin_unlock(&imp->lock);
}

void ptlrpc_import_kick(struct ptlrpc_import *imp, u32 instance)
{
	spin_lock(&imp->lock);
	if (instance && instance == imp->granted.instance &&
	    imp->state == PTLRPC_IMP_FULL) {
		spin_unlock(&imp->lock);
		return;
	}
	ptlrpc_import_lost_locked(imp, true, lustre_import_trace_moved);
	if (imp->state == PTLRPC_IMP_DISCON)
		ptlrpc_import_schedule(imp, 0);
	spin_unlock(&imp->lock);
}

void ptlrpc_import_deactivate(struct ptlrpc_import *imp)
{
	spin_lock(&imp->lock);
	ptlrpc_import_deactivate_locked(imp);
	spin_unlock(&imp->lock);
}

void ptlrpc_import_give_up(struct ptlrpc_import *imp)
{
	bool lost;

	spin_lock(&imp->lock);
	imp->give_up = true;
	lost = imp->state != PTLRPC_IMP_FULL && imp->state != PTLRPC_IMP_IDLE &&
	       !imp->inactive;
	if (lost)
		ptlrpc_import_deactivate_locked(imp);
	spin_unlock(&imp->lock);
	if (lost)
		ptlrpc_import_info(imp, "forced umount gives this target up, what it has not got is lost");
}

void ptlrpc_import_abort(struct ptlrpc_import *imp)
{
	unsigned int failed = 0;

	spin_lock(&imp->lock);
	if (imp->state != PTLRPC_IMP_FULL && !imp->closing)
		failed = ptlrpc_fail_requests(imp, -EIO, PTLRPC_FAIL_USERS);
	spin_unlock(&imp->lock);
	if (failed)
		ptlrpc_import_info(imp, "forced umount, %u waiting requests are given up",
				   failed);
}

void ptlrpc_import_activate(struct ptlrpc_import *imp)
{
	spin_lock(&imp->lock);
	imp->inactive = false;
	imp->fatal = 0;
	ptlrpc_import_schedule(imp, 0);
	spin_unlock(&imp->lock);
}

void ptlrpc_import_set_idle(struct ptlrpc_import *imp, unsigned int secs)
{
	spin_lock(&imp->lock);
	imp->idle_secs = secs;
	ptlrpc_tick_arm(imp);
	spin_unlock(&imp->lock);
}

unsigned int ptlrpc_import_idle(const struct ptlrpc_import *imp)
{
	return READ_ONCE(imp->idle_secs);
}

/* ------------------------------------------------------------- waiting -- */

/* Is there something to say to ptlrpc_import_wait()? */
static bool ptlrpc_import_settled(struct ptlrpc_import *imp, int *rc)
{
	bool settled = true;

	spin_lock(&imp->lock);
	if (imp->closing)
		*rc = -ESHUTDOWN;
	else if (imp->inactive)
		*rc = -ENODEV;
	else if (imp->state == PTLRPC_IMP_FULL ||
		 imp->state == PTLRPC_IMP_IDLE)
		*rc = 0;
	else if (imp->fatal)
		*rc = imp->fatal;
	else
		settled = false;
	spin_unlock(&imp->lock);
	return settled;
}

/*
 * How much longer may the silence of a server last?  One that is recovering is
 * not silent, and neither is one that says when asked that it is too early.
 */
static long ptlrpc_import_patience(struct ptlrpc_import *imp,
				   unsigned long start, long timeout)
{
	unsigned long since;
	long left;

	spin_lock(&imp->lock);
	since = time_after(imp->not_yet, start) ? imp->not_yet : start;
	if (imp->state >= PTLRPC_IMP_REPLAY && imp->state < PTLRPC_IMP_FULL)
		since = jiffies;
	left = timeout - (long)(jiffies - since);
	spin_unlock(&imp->lock);
	return max(left, 0L);
}

int ptlrpc_import_wait(struct ptlrpc_import *imp, long timeout)
{
	unsigned long start = jiffies;
	long left = timeout;
	int rc = 0;

	while (left) {
		left = wait_event_interruptible_timeout(imp->wait,
							ptlrpc_import_settled(imp, &rc),
							left);
		if (left < 0)
			return left;
		if (left || timeout == MAX_SCHEDULE_TIMEOUT)
			return rc;
		left = ptlrpc_import_patience(imp, start, timeout);
	}
	return -ETIMEDOUT;
}

/* Nothing of the import is under way any more? */
static bool ptlrpc_import_quiet(struct ptlrpc_import *imp)
{
	bool quiet;

	spin_lock(&imp->lock);
	quiet = !imp->nr_active && !imp->nr_inbound;
	spin_unlock(&imp->lock);
	return quiet;
}

static bool ptlrpc_import_no_requests(struct ptlrpc_import *imp)
{
	bool none;

	spin_lock(&imp->lock);
	none = !imp->nr_active;
	spin_unlock(&imp->lock);
	return none;
}

/* Did the server accept a CONNECT, and nothing was lost since?  Locked. */
static bool ptlrpc_import_connected(const struct ptlrpc_import *imp)
{
	return imp->state >= PTLRPC_IMP_REPLAY && imp->state <= PTLRPC_IMP_FULL;
}

/* First caller: true.  Later ones wait for its end. */
static bool ptlrpc_import_begin_close(struct ptlrpc_import *imp,
				      bool *connected, bool *full)
{
	bool first;

	spin_lock(&imp->lock);
	first = !imp->closing;
	if (first) {
		*connected = ptlrpc_import_connected(imp);
		*full = imp->state == PTLRPC_IMP_FULL;
		imp->closing = true;
		ptlrpc_fail_requests(imp, -ESHUTDOWN, PTLRPC_FAIL_ALL);
		wake_up_all(&imp->wait);
	}
	spin_unlock(&imp->lock);
	return first;
}

/* Is there nothing to wait for before the import is closed? */
static bool ptlrpc_import_at_rest(struct ptlrpc_import *imp)
{
	bool rest;

	spin_lock(&imp->lock);
	/* In REPLAY_WAIT others are waited for: all that we had is said. */
	rest = !ptlrpc_import_connected(imp) || imp->closing ||
	       imp->state == PTLRPC_IMP_FULL ||
	       imp->state == PTLRPC_IMP_REPLAY_WAIT;
	spin_unlock(&imp->lock);
	return rest;
}

void ptlrpc_import_disconnect(struct ptlrpc_import *imp, bool force)
{
	bool connected = false, full = false;
	long secs = ptlrpc_at_timeout(ptlrpc_import_estimate(imp));
	int rc = -ENOTCONN;

	/* Our part of a recovery is soon done: 04 section 9.1. */
	if (!force)
		wait_event_killable_timeout(imp->wait,
					    ptlrpc_import_at_rest(imp),
					    secs * HZ);
	if (!ptlrpc_import_begin_close(imp, &connected, &full)) {
		wait_event(imp->wait, READ_ONCE(imp->state) ==
			   PTLRPC_IMP_CLOSED);
		return;
	}
	cancel_delayed_work_sync(&imp->recov);
	wait_event(imp->wait, ptlrpc_import_no_requests(imp));
	/*
	 * A server in recovery hears of it, too: it waits for every client that
	 * it remembers, and all others wait for it.
	 */
	if (connected)
		rc = ptlrpc_disconnect_rpc(imp, force);
	ptlrpc_import_unhook(imp);
	spin_lock(&imp->lock);
	imp->deaf = true;
	spin_unlock(&imp->lock);
	wait_event(imp->wait, ptlrpc_import_quiet(imp));
	/*
	 * What a server has executed is its own to commit once it took leave of
	 * us.  If it did not, only what it told of is sure.
	 */
	ptlrpc_replay_discard(imp, full && !rc ? U64_MAX :
				   ptlrpc_import_last_committed(imp));
	spin_lock(&imp->lock);
	ptlrpc_import_set_state(imp, PTLRPC_IMP_CLOSED,
				lustre_import_trace_close);
	spin_unlock(&imp->lock);
	cancel_delayed_work_sync(&imp->tick);
}
