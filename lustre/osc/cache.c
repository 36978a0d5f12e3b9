// SPDX-License-Identifier: GPL-2.0-only
/*
 * Dirty data and the space granted for it (07 section 7).
 *
 * Every page that becomes dirty is paid for from the grant of its target when
 * it becomes dirty: a chunk for each chunk of the object, and one tax for each
 * run of pages that will go out in one piece.  What a write consumed is gone
 * when the write is over; the target gives more in its replies.  Without
 * grant, data are written through.
 */
#include <linux/log2.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>

#include "osc/internal.h"

/* Longest wait for grant to come back, jiffies; the caller holds locks */
#define OSC_GRANT_WAIT		(2 * HZ)

/* @bytes changed their place; under osc->lock. */
static void osc_grant_trace(const struct osc *osc, u64 bytes,
			    enum lustre_grant_trace why)
{
	trace_lustre_grant(osc->name, bytes, osc->grant.avail, osc->grant.dirty,
			   osc->grant.dropped, osc->dirty_bytes, why);
}

/*
 * What it costs to dirty a range, and how far the dirty run reaches then.
 * A run ends where the RPC that carries it must end.
 */
static u64 osc_grant_cost(struct osc *osc, const struct osc_object *obj,
			  u64 off, u32 len)
{
	u64 chunk = osc->grant.chunk;
	u64 region = rounddown_pow_of_two(osc->brw_size);
	u64 first, last;

	if (!osc->grant.params)
		return round_up(off + len, PAGE_SIZE) -
		       round_down(off, PAGE_SIZE);
	last = round_up(off + len, chunk);
	if (off == obj->run_end && (off & (region - 1))) {
		first = round_up(off, chunk);
		return last > first ? last - first : 0;
	}
	first = round_down(off, chunk);
	return last - first + osc->grant.tax;
}

/* Is the owner of the file over a quota on this target? */
static bool osc_over_quota(struct osc *osc, const struct osc_file_attr *attr)
{
	return xa_load(&osc->over[OSC_QUOTA_USER], attr->uid) ||
	       xa_load(&osc->over[OSC_QUOTA_GROUP], attr->gid) ||
	       xa_load(&osc->over[OSC_QUOTA_PROJECT], attr->projid);
}

static bool osc_grant_try(struct osc_object *obj, u64 off, u32 len, u32 *grant)
{
	struct osc *osc = obj->osc;
	bool ok = false;
	u64 cost;

	spin_lock(&osc->lock);
	cost = osc_grant_cost(osc, obj, off, len);
	if (osc->grant.on && !osc->fail_xid && osc->grant.avail >= cost &&
	    osc->dirty_bytes + len <= (u64)osc->tune.max_dirty_mb << 20) {
		osc->grant.avail -= cost;
		osc->grant.dirty += cost;
		obj->run_end = off + len;
		*grant = cost;
		ok = true;
	}
	osc_grant_trace(osc, cost, ok ? lustre_grant_trace_reserved :
					lustre_grant_trace_refused);
	spin_unlock(&osc->lock);
	return ok;
}

/**
 * osc_grant_reserve - pay for dirtying a range
 * @obj: the object, of a file in use
 * @off: first byte, on a page boundary
 * @len: bytes, in one folio
 * @grant: returns what was paid, to be given to osc_brw_add(), or back with
 *	osc_grant_unreserve() or osc_grant_lose()
 *
 * Return: 0; -EAGAIN: not enough now: osc_grant_wait(), or write the data
 * through.
 * Context: does not sleep.
 */
int osc_grant_reserve(struct osc_object *obj, u64 off, u32 len, u32 *grant)
{
	struct osc_file_attr attr = {};

	*grant = 0;
	osc_object_file(obj, &attr);
	if (osc_over_quota(obj->osc, &attr) ||
	    !osc_grant_try(obj, off, len, grant))
		return -EAGAIN;
	return 0;
}

/* Is there nothing to wait for, or enough of it? */
static bool osc_grant_ready(struct osc_object *obj, u32 len)
{
	struct osc *osc = obj->osc;
	u64 most;
	bool ready;

	spin_lock(&osc->lock);
	most = round_up((u64)len + osc->grant.chunk, osc->grant.chunk) +
	       osc->grant.chunk + osc->grant.tax;
	ready = !osc->grant.on || osc->fail_xid || !osc->writes_pending ||
		(osc->grant.avail >= most &&
		 osc->dirty_bytes + len <= (u64)osc->tune.max_dirty_mb << 20);
	spin_unlock(&osc->lock);
	return ready;
}

/**
 * osc_grant_wait - wait a little for grant
 * @obj: the object
 * @len: bytes to be dirtied, in one folio
 *
 * Grant comes back with the replies to writes; the caller has started some.
 *
 * Return: 0: try to reserve again; -EINTR.
 * Context: sleeps, bounded; no folio lock may be held.
 */
int osc_grant_wait(struct osc_object *obj, u32 len)
{
	long left;

	left = wait_event_killable_timeout(obj->osc->grant_wait,
					   osc_grant_ready(obj, len),
					   OSC_GRANT_WAIT);
	return left < 0 ? -EINTR : 0;
}

/*
 * Grant is not behind dirty data any more.  How much of it is of the present
 * account?  What was paid before an eviction the target does not know; which
 * bytes those are does not matter, only how many.  Under osc->lock.
 */
static u64 osc_grant_settle(struct osc *osc, u64 grant)
{
	struct osc_grant *g = &osc->grant;
	u64 old = min(grant, g->stale);

	g->dirty -= min(grant, g->dirty);
	g->stale -= old;
	return grant - old;
}

/* Give back what was reserved for data that never became dirty. */
void osc_grant_unreserve(struct osc_object *obj, u32 grant)
{
	struct osc *osc = obj->osc;

	spin_lock(&osc->lock);
	osc->grant.avail += osc_grant_settle(osc, grant);
	obj->run_end = OSC_EOF;
	osc_grant_trace(osc, grant, lustre_grant_trace_returned);
	spin_unlock(&osc->lock);
	wake_up_all(&osc->grant_wait);
}

/* Dirty data were discarded: report their grant as lost (07 section 7.2). */
void osc_grant_lose(struct osc_object *obj, u32 grant)
{
	struct osc *osc = obj->osc;

	spin_lock(&osc->lock);
	osc->grant.dropped += osc_grant_settle(osc, grant);
	osc_grant_trace(osc, grant, lustre_grant_trace_lost);
	spin_unlock(&osc->lock);
}

/* @len bytes of the object became dirty. */
void osc_dirty_add(struct osc_object *obj, u32 len)
{
	struct osc *osc = obj->osc;

	spin_lock(&osc->lock);
	osc->dirty_bytes += len;
	spin_unlock(&osc->lock);
	spin_lock(&obj->lock);
	obj->dirty += len;
	spin_unlock(&obj->lock);
}

/* @len bytes are clean again, or gone. */
void osc_dirty_sub(struct osc_object *obj, u32 len)
{
	struct osc *osc = obj->osc;
	bool clean;

	spin_lock(&osc->lock);
	osc->dirty_bytes -= min_t(u64, len, osc->dirty_bytes);
	spin_unlock(&osc->lock);
	spin_lock(&obj->lock);
	obj->dirty -= min_t(u64, len, obj->dirty);
	clean = !obj->dirty;
	spin_unlock(&obj->lock);
	if (clean)
		wake_up_all(&obj->wait);
	wake_up_all(&osc->grant_wait);
}

static bool osc_dirty_below(struct osc_object *obj, u64 limit)
{
	bool below;

	spin_lock(&obj->lock);
	below = obj->dirty < limit;
	spin_unlock(&obj->lock);
	return below;
}

/**
 * osc_dirty_wait - wait a little for some of an object to be written
 * @obj: the object; the caller has started its write-back
 *
 * Return: 1: less is waiting for, or in, write-back now, or the time is over;
 * 0: there is none; -EINTR.
 * Context: sleeps, bounded; no folio lock may be held.
 */
int osc_dirty_wait(struct osc_object *obj)
{
	u64 before;
	long left;

	spin_lock(&obj->lock);
	before = obj->dirty;
	spin_unlock(&obj->lock);
	if (!before)
		return 0;
	left = wait_event_killable_timeout(obj->osc->grant_wait,
					   osc_dirty_below(obj, before),
					   OSC_GRANT_WAIT);
	return left < 0 ? -EINTR : 1;
}

/* ------------------------------------------------------------- account -- */

/*
 * A connect reply tells the total that we own.  What is behind dirty pages is
 * part of it, unless the target forgot us.
 */
void osc_grant_connected(struct osc *osc, const struct ptlrpc_connect *ocd,
			 bool fresh)
{
	struct osc_grant *g = &osc->grant;

	spin_lock(&osc->lock);
	g->on = ocd->flags & OBD_CONNECT_GRANT;
	g->params = (ocd->flags & OBD_CONNECT_GRANT_PARAM) &&
		    ocd->grant_blkbits < 31;
	g->chunk = PAGE_SIZE;
	g->tax = 0;
	g->max_extent = OSC_BRW_SIZE;
	if (g->params) {
		g->chunk = max_t(u32, PAGE_SIZE, 1U << ocd->grant_blkbits);
		g->tax = (u32)ocd->grant_tax_kb << 10;
		g->max_extent = (u64)ocd->grant_max_blks << ocd->grant_blkbits;
	}
	if (fresh) {
		g->dropped = 0;
		g->stale = g->dirty;
		osc->fail_xid = 0;
	}
	g->avail = ocd->grant;
	if (!fresh)
		g->avail -= min(g->avail, g->dirty - g->stale);
	osc_grant_trace(osc, ocd->grant, lustre_grant_trace_connected);
	spin_unlock(&osc->lock);
	wake_up_all(&osc->grant_wait);
}

/* Grant that this client wants to hold; under osc->lock (07 section 7.3). */
static u64 osc_grant_undirty(struct osc *osc)
{
	u64 n = (u64)osc->brw_size * (osc->tune.max_rpcs_in_flight + 1);

	n = max(n, (u64)osc->tune.max_dirty_mb << 20);
	if (osc->grant.params && osc->grant.max_extent)
		n += DIV_ROUND_UP_ULL(n, osc->grant.max_extent) *
		     osc->grant.tax;
	return min_t(u64, n, INT_MAX & ~(256U << 20));
}

u64 osc_grant_ocd(struct osc *osc)
{
	u64 held;

	spin_lock(&osc->lock);
	held = osc->grant.avail + osc->grant.dirty - osc->grant.stale;
	spin_unlock(&osc->lock);
	return held ?: OSC_FIRST_GRANT;
}

/* Grant fields of every bulk RPC; lost grant is reported once. */
void osc_grant_report(struct osc *osc, struct obdo *oa)
{
	struct osc_grant *g = &osc->grant;
	u64 want, lost;

	spin_lock(&osc->lock);
	if (!g->on) {
		spin_unlock(&osc->lock);
		return;
	}
	want = osc_grant_undirty(osc);
	if (osc->dirty_bytes >= (u64)osc->tune.max_dirty_mb << 20)
		want = 0;
	lost = min_t(u64, g->dropped, INT_MAX);
	g->dropped -= lost;
	oa->o_dirty = cpu_to_le64(g->params ? g->dirty - g->stale :
					       osc->dirty_bytes);
	oa->o_undirty = cpu_to_le32(want);
	oa->o_grant = cpu_to_le64(g->avail);
	oa->o_dropped = cpu_to_le32(lost);
	spin_unlock(&osc->lock);
	oa->o_valid |= cpu_to_le64(OBD_MD_FLBLOCKS | OBD_MD_FLGRANT);
}

/* The target gave more. */
void osc_grant_add(struct osc *osc, u64 more)
{
	spin_lock(&osc->lock);
	/* Not more than any sane target gives: the number is not trusted. */
	osc->grant.avail = min_t(u64, osc->grant.avail + min_t(u64, more, U32_MAX),
				 1ULL << 40);
	osc_grant_trace(osc, more, lustre_grant_trace_gained);
	spin_unlock(&osc->lock);
	wake_up_all(&osc->grant_wait);
}

/* A write that consumed @used is over. */
void osc_grant_used(struct osc *osc, u64 used)
{
	spin_lock(&osc->lock);
	osc_grant_settle(osc, used);
	osc_grant_trace(osc, used, lustre_grant_trace_used);
	spin_unlock(&osc->lock);
}

/* -------------------------------------------------------------- shrink -- */

/* How much to give back now, deducted; 0: nothing (07 section 7.4). */
static u64 osc_shrink_take(struct osc *osc)
{
	u64 rpc = osc->brw_size;
	u64 keep = rpc * (osc->tune.max_rpcs_in_flight + 1);
	u64 give = 0;

	spin_lock(&osc->lock);
	if (osc->grant.on && osc->tune.grant_shrink &&
	    osc->grant.avail > rpc &&
	    time_after(jiffies, osc->last_write +
		       osc->tune.grant_shrink_interval * HZ)) {
		if (osc->grant.avail <= keep)
			keep = rpc;
		give = osc->grant.avail - keep;
		osc->grant.avail -= give;
		osc_grant_trace(osc, give, lustre_grant_trace_shrink);
	}
	spin_unlock(&osc->lock);
	return give;
}

static void osc_shrink_done(struct ptlrpc_request *req, int rc, void *data)
{
	struct osc *osc = data;
	struct ost_body *sent = ptlrpc_req_buf(req, 2, sizeof(*sent));
	struct ost_body *rep = ptlrpc_rep_buf(req, 1, sizeof(*rep));

	if (!sent || ptlrpc_req_generation(req) !=
		     ptlrpc_import_generation(osc->imp))
		return;
	/* Refused, or nobody heard: it is still ours. */
	if (rc < 0 || !rep)
		osc_grant_add(osc, le64_to_cpu(sent->oa.o_grant));
	else if (rep->oa.o_valid & cpu_to_le64(OBD_MD_FLGRANT))
		osc_grant_add(osc, le64_to_cpu(rep->oa.o_grant));
}

static const struct ptlrpc_req_ops osc_shrink_ops = {
	.done = osc_shrink_done,
};

static int osc_shrink_send(struct osc *osc, u64 give)
{
	static const char key[] = "grant_shrink";
	const u32 lens[] = { sizeof(key), sizeof(struct ost_body) };
	const u32 rep_lens[] = { sizeof(struct ost_body) };
	struct ptlrpc_request *req;
	struct ost_body *body;
	int err;

	req = ptlrpc_req_alloc(osc->imp, OST_SET_INFO, lens, ARRAY_SIZE(lens),
			       PTLRPC_REQ_NO_DELAY | PTLRPC_REQ_NO_RESEND |
			       PTLRPC_REQ_NO_REPLAY, GFP_NOFS);
	if (IS_ERR(req))
		return PTR_ERR(req);
	err = ptlrpc_req_set_replen(req, rep_lens, ARRAY_SIZE(rep_lens));
	body = ptlrpc_req_buf(req, 2, sizeof(*body));
	if (!err)
		err = ptlrpc_req_set_str(req, 1, key, sizeof(key) - 1);
	if (!err && body) {
		osc_grant_report(osc, &body->oa);
		body->oa.o_grant = cpu_to_le64(give);
		body->oa.o_flags = cpu_to_le32(OBD_FL_SHRINK_GRANT);
		body->oa.o_valid |= cpu_to_le64(OBD_MD_FLFLAGS);
		ptlrpc_send(req, &osc_shrink_ops, osc);
	}
	ptlrpc_req_put(req);
	return err;
}

void osc_shrink_work(struct work_struct *work)
{
	struct osc *osc = container_of(work, struct osc, shrink_work.work);
	u64 give = 0;

	if (ptlrpc_import_state(osc->imp) == PTLRPC_IMP_FULL &&
	    ptlrpc_import_granted(osc->imp, OBD_CONNECT_GRANT_SHRINK))
		give = osc_shrink_take(osc);
	if (give && osc_shrink_send(osc, give) < 0)
		osc_grant_add(osc, give);
	queue_delayed_work(osc_wq, &osc->shrink_work, 60 * HZ);
}
