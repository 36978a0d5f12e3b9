// SPDX-License-Identifier: GPL-2.0-only
/*
 * Bulk reads and writes (07 sections 4, 5 and 6.3).
 *
 * A submitted transfer waits for one of the slots of its target, is packed into
 * a request, and ends when the reply is there and right.  What can be repaired
 * is tried again as a new request: checksums, grant and match bits are made
 * anew.  A write that the target has not committed stays, with its memory, in
 * the hands of the RPC room, which replays it when the target comes back from
 * a crash.
 */
#include <kunit/visibility.h>
#include <linux/export.h>
#include <linux/slab.h>
#include <linux/uio.h>

#include "osc/internal.h"

static void osc_brw_try(struct osc_brw *brw);
static void osc_brw_retry(struct work_struct *work);
static void osc_brw_requeue(struct osc_absentee *absentee);

static bool osc_brw_writes(const struct osc_brw *brw)
{
	return brw->flags & OSC_BRW_WRITE;
}

/* ---------------------------------------------------------------- slots -- */

/*
 * What is next; what does not wait for a target that is away does not wait for
 * those that do.  osc->lock held.
 */
static struct osc_brw *osc_first(struct osc *osc)
{
	struct osc_brw *brw;

	if (osc->in_flight < osc->tune.max_rpcs_in_flight)
		return list_first_entry_or_null(&osc->queue, struct osc_brw,
						link);
	if (osc_reachable(osc))
		return NULL;
	list_for_each_entry(brw, &osc->queue, link)
		if (brw->flags & OSC_BRW_GIVE_BACK)
			return brw;
	return NULL;
}

static struct osc_brw *osc_next(struct osc *osc)
{
	struct osc_brw *brw;

	spin_lock(&osc->lock);
	brw = osc_first(osc);
	if (brw) {
		list_del_init(&brw->link);
		osc->queued--;
		osc->in_flight++;
	}
	spin_unlock(&osc->lock);
	return brw;
}

/* Send what is queued while there are slots; may sleep for memory. */
void osc_kick(struct osc *osc)
{
	struct osc_brw *brw;

	while ((brw = osc_next(osc)))
		osc_brw_try(brw);
}

void osc_kick_work(struct work_struct *work)
{
	osc_kick(container_of(work, struct osc, kick_work));
}

/**
 * osc_brw_submit - start a transfer
 * @brw: transfer with at least one segment; the caller's reference goes along
 *
 * osc_brw_ops.done() is called exactly once, later or from another task before
 * this returns.
 *
 * Context: may sleep for memory (mempools), does not wait for locks of files.
 */
void osc_brw_submit(struct osc_brw *brw)
{
	struct osc *osc = brw->obj->osc;

	INIT_DELAYED_WORK(&brw->retry, osc_brw_retry);
	brw->absentee.again = osc_brw_requeue;
	brw->generation = ptlrpc_import_generation(osc->imp);
	spin_lock(&osc->lock);
	list_add_tail(&brw->link, &osc->queue);
	osc->queued++;
	if (osc_brw_writes(brw)) {
		osc->writes_pending++;
		osc->last_write = jiffies;
	}
	spin_unlock(&osc->lock);
	osc_kick(osc);
}

/* -------------------------------------------------------------- packing -- */

static bool osc_brw_reserved(const struct osc_brw *brw,
			     const struct ptlrpc_request *req)
{
	return brw->flags & OSC_BRW_RESERVED || ptlrpc_req_pooled(req);
}

static u32 osc_brw_niobuf_flags(const struct osc_brw *brw,
				const struct ptlrpc_request *req)
{
	u32 flags = brw->flags & OSC_BRW_DIRECT ? OBD_BRW_NOCACHE : 0;

	if (!osc_brw_writes(brw))
		return flags | OBD_BRW_READ | OBD_BRW_SYNC;
	if (brw->flags & OSC_BRW_PAID)
		flags |= OBD_BRW_FROM_GRANT;
	/* Memory from the reserve is not held until the target commits. */
	if (brw->flags & OSC_BRW_SYNC || osc_brw_reserved(brw, req))
		return flags | OBD_BRW_WRITE | OBD_BRW_SYNC;
	if (osc_soft_sync(brw->obj->osc))
		flags |= OBD_BRW_SOFT_SYNC;
	return flags | OBD_BRW_ASYNC;
}

/*
 * Number of memory descriptors that the largest RPC may need (07 section 4.3)
 */
static u32 osc_max_brw(const struct osc *osc)
{
	u32 n = rounddown_pow_of_two(osc->brw_size) / PTLRPC_BULK_MD_BYTES;

	return max(n, 1U);
}

static void osc_brw_pack_ranges(struct osc_brw *brw, struct ptlrpc_request *req)
{
	u32 size = brw->nr_range * sizeof(struct niobuf_remote);
	struct niobuf_remote *nb = ptlrpc_req_buf(req, 3, size);
	struct obd_ioobj *ioo = ptlrpc_req_buf(req, 2, sizeof(*ioo));
	__le32 flags = cpu_to_le32(osc_brw_niobuf_flags(brw, req));

	ioo->ioo_oid = brw->obj->oi;
	ioo->ioo_bufcnt = cpu_to_le32(brw->nr_range);
	if (!brw->short_io)
		ioo->ioo_max_brw = cpu_to_le32((osc_max_brw(brw->obj->osc) - 1)
					       << IOOBJ_MAX_BRW_BITS);
	for (u32 i = 0; i < brw->nr_range; i++) {
		nb[i].rnb_offset = cpu_to_le64(brw->range[i].off);
		nb[i].rnb_len = cpu_to_le32(brw->range[i].len);
		nb[i].rnb_flags = flags;
	}
}

static void osc_brw_pack_ids(struct osc_brw *brw, struct obdo *oa)
{
	struct osc_object *obj = brw->obj;
	struct osc_file_attr file = {};
	struct osc_attr attr;

	osc_object_file(obj, &file);
	osc_object_attr(obj, &attr);
	oa->o_uid = cpu_to_le32(file.uid);
	oa->o_gid = cpu_to_le32(file.gid);
	oa->o_valid |= cpu_to_le64(OBD_MD_FLTYPE | OBD_MD_FLUID | OBD_MD_FLGID);
	if (!osc_brw_writes(brw))
		return;
	oa->o_projid = cpu_to_le32(file.projid);
	oa->o_mtime = cpu_to_le64(attr.mtime);
	oa->o_ctime = cpu_to_le64(attr.ctime);
	oa->o_valid |= cpu_to_le64(OBD_MD_FLPROJID | OBD_MD_FLMTIME |
				   OBD_MD_FLCTIME);
	if (file.mapped)
		oa->o_flags |= cpu_to_le32(OBD_FL_MMAP);
}

static void osc_brw_pack_cksum(struct osc_brw *brw, struct obdo *oa)
{
	struct osc *osc = brw->obj->osc;

	brw->cksum_flag = 0;
	if (!osc->tune.checksums)
		return;
	brw->cksum_flag = osc_cksum_flag(osc->tune.checksum_type);
	if (!brw->cksum_flag)
		return;
	/* A repeated read tells what we got the last time. */
	if (osc_brw_writes(brw))
		brw->cksum = osc_cksum_bvec(brw->cksum_flag, brw->bv, brw->nr,
					    brw->bytes);
	else if (!brw->resend)
		brw->cksum = 0;
	oa->o_cksum = cpu_to_le32(brw->cksum);
	oa->o_flags |= cpu_to_le32(brw->cksum_flag);
	oa->o_valid |= cpu_to_le64(OBD_MD_FLCKSUM);
}

static void osc_brw_pack(struct osc_brw *brw, struct ptlrpc_request *req)
{
	struct ost_body *body = ptlrpc_req_buf(req, 1, sizeof(*body));
	struct osc_object *obj = brw->obj;
	struct obdo *oa = &body->oa;

	osc_pack_oi(obj, oa);
	osc_pack_layout(obj, oa);
	if (osc_brw_writes(brw))
		brw->version = osc_pack_version(obj, oa);
	osc_brw_pack_ids(brw, oa);
	if (brw->lock)
		oa->o_handle = ldlm_lock_remote(brw->lock);
	else
		oa->o_handle = osc_lock_handle(obj, osc_brw_writes(brw),
					       brw->range[0].off);
	if (oa->o_handle)
		oa->o_valid |= cpu_to_le64(OBD_MD_FLHANDLE);
	osc_grant_report(obj->osc, oa);
	if (brw->flags & OSC_BRW_PAID)
		oa->o_grant_used = cpu_to_le64(brw->grant);
	osc_brw_pack_cksum(brw, oa);
	if (brw->resend)
		oa->o_flags |= cpu_to_le32(OBD_FL_RECOV_RESEND);
	if (brw->short_io)
		oa->o_flags |= cpu_to_le32(OBD_FL_SHORT_IO);
	if (oa->o_flags)
		oa->o_valid |= cpu_to_le64(OBD_MD_FLFLAGS);
	osc_brw_pack_ranges(brw, req);
}

static bool osc_brw_may_be_short(const struct osc_brw *brw)
{
	const struct osc *osc = brw->obj->osc;

	return brw->nr_range == 1 && brw->bytes <= osc->tune.short_io_bytes &&
	       ptlrpc_import_granted(osc->imp, OBD_CONNECT_SHORTIO);
}

static int osc_brw_set_replen(struct osc_brw *brw, struct ptlrpc_request *req)
{
	u32 lens[2] = { sizeof(struct ost_body) };

	if (osc_brw_writes(brw))
		lens[1] = brw->nr_range * sizeof(__le32);
	else
		lens[1] = brw->short_io ? brw->bytes : 0;
	return ptlrpc_req_set_replen(req, lens, ARRAY_SIZE(lens));
}

/*
 * A request for the transfer.  Data inside the message need a large message:
 * if there is no memory for one the data go as bulk, for which there is always
 * a reserve.
 */
static struct ptlrpc_request *osc_brw_req(struct osc_brw *brw)
{
	const u32 opc = osc_brw_writes(brw) ? OST_WRITE : OST_READ;
	u32 lens[5] = {
		sizeof(struct ost_body), sizeof(struct obd_ioobj),
		brw->nr_range * sizeof(struct niobuf_remote), 0, 0,
	};
	u32 flags = PTLRPC_REQ_NO_RETRY;
	struct ptlrpc_request *req;

	if (brw->flags & OSC_BRW_GIVE_BACK)
		flags |= PTLRPC_REQ_NO_DELAY | PTLRPC_REQ_NO_RESEND;
	/* What is not paid for is committed before the reply. */
	if (!osc_brw_writes(brw) ||
	    brw->flags & (OSC_BRW_SYNC | OSC_BRW_RESERVED))
		flags |= PTLRPC_REQ_NO_REPLAY;
	brw->short_io = osc_brw_may_be_short(brw);
	if (brw->short_io) {
		if (osc_brw_writes(brw))
			lens[4] = brw->bytes;
		req = ptlrpc_req_alloc(brw->obj->osc->imp, opc, lens,
				       ARRAY_SIZE(lens), flags,
				       GFP_NOFS | __GFP_NOWARN |
				       __GFP_NORETRY);
		if (!IS_ERR(req) && !osc_brw_set_replen(brw, req))
			return req;
		if (!IS_ERR(req))
			ptlrpc_req_put(req);
		brw->short_io = false;
		lens[4] = 0;
	}
	req = ptlrpc_req_alloc_reserve(brw->obj->osc->imp, opc, lens,
				       ARRAY_SIZE(lens), flags);
	if (!IS_ERR(req) && osc_brw_set_replen(brw, req)) {
		ptlrpc_req_put(req);
		return ERR_PTR(-EMSGSIZE);
	}
	return req;
}

/* ----------------------------------------------------------- completion -- */

static void osc_brw_count(struct osc_brw *brw, int error)
{
	struct osc *osc = brw->obj->osc;
	bool write = osc_brw_writes(brw);

	spin_lock(&osc->lock);
	osc->in_flight--;
	if (write)
		osc->writes_pending--;
	if (!error) {
		*(write ? &osc->stats.writes : &osc->stats.reads) += 1;
		*(write ? &osc->stats.write_bytes : &osc->stats.read_bytes) +=
			brw->bytes;
	}
	spin_unlock(&osc->lock);
}

/* The transfer is over, for good or bad. */
static void osc_brw_finish(struct osc_brw *brw, int error)
{
	struct osc *osc = brw->obj->osc;

	if (osc_brw_writes(brw) && brw->grant)
		osc_grant_used(osc, brw->grant);
	osc_brw_count(brw, error);
	brw->ops->done(brw, error);
	if (brw->lock) {
		osc_unlock(brw->lock);
		brw->lock = NULL;
	}
	wake_up_all(&osc->grant_wait);
	queue_work(osc_wq, &osc->kick_work);
	osc_brw_put(brw);
}

static bool osc_error_recoverable(int error)
{
	return error == -EAGAIN || error == -EIO || error == -EROFS ||
	       error == -ENOMEM || error == -ETIMEDOUT;
}

/*
 * After an error writes are not cached until one that was sent later succeeds:
 * the loss stays bounded and the writer sees the error (07 section 5).
 */
static void osc_write_failed(struct osc *osc, u64 xid)
{
	spin_lock(&osc->lock);
	osc->fail_xid = max3(osc->fail_xid, xid, 1ULL);
	spin_unlock(&osc->lock);
}

static void osc_write_succeeded(struct osc *osc, u64 xid)
{
	spin_lock(&osc->lock);
	if (osc->fail_xid && xid > osc->fail_xid)
		osc->fail_xid = 0;
	spin_unlock(&osc->lock);
}

/*
 * Were we evicted since the transfer was submitted?  Then our locks are gone,
 * and what we know is not true any more (07 section 5.1).
 */
static bool osc_brw_stale(const struct osc_brw *brw)
{
	struct ptlrpc_import *imp = brw->obj->osc->imp;

	return brw->generation != ptlrpc_import_generation(imp) ||
	       ptlrpc_import_state(imp) == PTLRPC_IMP_EVICTED;
}

/*
 * Dirty data go out under the lock that they were written under, or not at all:
 * when it was lost, another client may have written since (07 section 5.1).
 */
static bool osc_brw_locked(const struct osc_brw *brw)
{
	for (u32 i = 0; i < brw->nr_range; i++)
		if (!osc_lock_handle(brw->obj, true, brw->range[i].off))
			return false;
	return true;
}

/* The transfer has no slot any more: it waits for one, again. */
static void osc_brw_requeue(struct osc_absentee *absentee)
{
	struct osc_brw *brw = container_of(absentee, struct osc_brw, absentee);
	struct osc *osc = brw->obj->osc;

	spin_lock(&osc->lock);
	list_add_tail(&brw->link, &osc->queue);
	osc->queued++;
	spin_unlock(&osc->lock);
	osc_kick(osc);
}

static void osc_brw_slot(struct osc *osc, bool take)
{
	spin_lock(&osc->lock);
	osc->in_flight += take ? 1 : -1;
	if (!take)
		osc->stats.resends++;
	spin_unlock(&osc->lock);
}

/*
 * The object is missing: wait for it, if it may come back, and leave the slot
 * to others meanwhile.  The target has not done anything, so that what follows
 * is no repetition to it.
 */
static bool osc_brw_wait_object(struct osc_brw *brw)
{
	struct osc *osc = brw->obj->osc;

	osc_brw_slot(osc, false);
	if (!osc_absent_wait(brw->obj, &brw->absentee)) {
		osc_brw_slot(osc, true);
		return false;
	}
	queue_work(osc_wq, &osc->kick_work);
	return true;
}

static void osc_count_resend(struct osc *osc)
{
	spin_lock(&osc->lock);
	osc->stats.resends++;
	spin_unlock(&osc->lock);
}

/*
 * The layout that the write went by is too old: have the file look for the newer
 * one.  That tells the object of its version, and the write goes on at once:
 * who looks may well have to wait for this write.  It can be too old again by
 * then, and as long as it is not the same layout that is refused there is no end
 * to that: what is dirty must not be lost for others being faster.
 */
static bool osc_brw_wait_layout(struct osc_brw *brw)
{
	struct osc_object *obj = brw->obj;
	unsigned long pause;
	bool newer;

	if (brw->version != brw->refused)
		brw->tries = 0;
	if (brw->flags & OSC_BRW_TOLD || brw->tries >= OSC_OUTDATED_TRIES)
		return false;
	brw->refused = brw->version;
	pause = ++brw->tries * HZ;
	osc_count_resend(obj->osc);
	spin_lock(&obj->lock);
	newer = obj->version != brw->version;
	list_add_tail(&brw->link, &obj->outdated);
	queue_delayed_work(osc_wq, &brw->retry, newer ? 0 : pause);
	spin_unlock(&obj->lock);
	if (!newer)
		osc_object_outdated(obj, brw->version);
	return true;
}

/* The object that a write waits for is locked, and has a newer version. */
void osc_brw_hurry(struct osc_brw *brw)
{
	/* If it is not pending it is about to try. */
	if (cancel_delayed_work(&brw->retry))
		queue_delayed_work(osc_wq, &brw->retry, 0);
}

/* Try again later?  The decision table of 07 section 4.7. */
static bool osc_brw_may_retry(struct osc_brw *brw, int error)
{
	struct osc *osc = brw->obj->osc;
	unsigned int delay;

	if (osc_brw_stale(brw) || brw->flags & OSC_BRW_GIVE_BACK)
		return false;
	if (error == -ENOENT)
		return osc_brw_wait_object(brw);
	if (brw->outdated)
		return osc_brw_wait_layout(brw);
	if (error == -EINPROGRESS) {
		delay = ++brw->busy;
	} else if (osc_error_recoverable(error)) {
		if (osc->tune.resend_count &&
		    brw->tries >= osc->tune.resend_count)
			return false;
		delay = ++brw->tries;
		brw->resend = true;
	} else {
		return false;
	}
	osc_count_resend(osc);
	queue_delayed_work(osc_wq, &brw->retry,
			   min_t(unsigned int, delay, OSC_MAX_DELAY) * HZ);
	return true;
}

/*
 * What the file is told of @error, which is final.  Nothing is said in the log
 * of an object that went with its file: whoever still has that open is told.
 */
static int osc_brw_errno(struct osc_brw *brw, int error)
{
	struct osc_object *obj = brw->obj;
	const char *what = osc_brw_writes(brw) ? "write" : "read";

	if (brw->flags & OSC_BRW_GIVE_BACK)
		return -EIO;
	if (brw->outdated && brw->flags & OSC_BRW_TOLD)
		return -ESTALE;
	if (error == -ENOENT)
		return osc_absent_errno(obj, what);
	if (error == -EAGAIN || error == -EINPROGRESS || error == -ENOMEM ||
	    error == -ESTALE)
		error = -EIO;
	if (!(brw->flags & OSC_BRW_TOLD))
		pr_err_ratelimited("lustre: %s: %s of %zu bytes at %llu of object %llx:%llx of %s failed: %d\n",
				   obj->osc->name, what, brw->bytes,
				   brw->range[0].off, obj->resid.name[0],
				   obj->resid.name[1],
				   lustre_fid_str(&obj->parent).s, error);
	return error;
}

/* A try ended with @error; @req may be NULL. */
static void osc_brw_result(struct osc_brw *brw, struct ptlrpc_request *req,
			   int error)
{
	struct osc *osc = brw->obj->osc;

	if (error && osc_brw_may_retry(brw, error))
		return;
	if (error)
		error = osc_brw_errno(brw, error);
	if (osc_brw_writes(brw) && error && error != -ENOENT &&
	    !(brw->flags & OSC_BRW_TOLD))
		osc_write_failed(osc, req ? ptlrpc_req_xid(req) : 0);
	else if (osc_brw_writes(brw) && !error && req)
		osc_write_succeeded(osc, ptlrpc_req_xid(req));
	if (error == -ENOENT && !osc_brw_writes(brw))
		error = -EIO;
	osc_brw_finish(brw, error);
}

static void osc_cksum_mismatch(struct osc_brw *brw, u32 theirs, u32 ours)
{
	struct osc *osc = brw->obj->osc;

	spin_lock(&osc->lock);
	osc->stats.cksum_errors++;
	spin_unlock(&osc->lock);
	pr_err_ratelimited("lustre: %s: %s at %llu of object %llx:%llx, %zu bytes: checksum %08x here, %08x there, trying again\n",
			   osc->name, osc_brw_writes(brw) ? "write" : "read",
			   brw->range[0].off, brw->obj->resid.name[0],
			   brw->obj->resid.name[1], brw->bytes, ours, theirs);
}

/* ---------------------------------------------------------------- reads -- */

static void osc_read_zero_tail(struct osc_brw *brw, size_t got)
{
	struct iov_iter to;

	if (got == brw->bytes)
		return;
	iov_iter_bvec(&to, ITER_DEST, brw->bv, brw->nr, brw->bytes);
	iov_iter_advance(&to, got);
	iov_iter_zero(brw->bytes - got, &to);
}

static int osc_read_check(struct osc_brw *brw, const struct obdo *oa,
			  size_t got)
{
	u32 theirs = le32_to_cpu(oa->o_cksum);
	u32 flag, ours;

	if (!brw->cksum_flag || !got ||
	    !(oa->o_valid & cpu_to_le64(OBD_MD_FLCKSUM)))
		return 0;
	flag = oa->o_valid & cpu_to_le64(OBD_MD_FLFLAGS) ?
	       le32_to_cpu(oa->o_flags) & OBD_FL_CKSUM_MASK : 0;
	ours = osc_cksum_bvec(flag, brw->bv, brw->nr, got);
	brw->cksum = ours;
	if (ours == theirs)
		return 0;
	osc_cksum_mismatch(brw, theirs, ours);
	return -EAGAIN;
}

int osc_read_reply(struct osc_brw *brw, struct ptlrpc_request *req,
		   int rc)
{
	struct ost_body *body = ptlrpc_rep_buf(req, 1, sizeof(*body));
	size_t got = rc;
	struct iov_iter to;
	void *data;
	int error;

	if (!body || got > brw->bytes)
		return -EPROTO;
	if (brw->short_io) {
		data = ptlrpc_rep_buf(req, 2, got);
		if (got && (!data || ptlrpc_rep_buflen(req, 2) != got))
			return -EPROTO;
		iov_iter_bvec(&to, ITER_DEST, brw->bv, brw->nr, got);
		if (copy_to_iter(data, got, &to) != got)
			return -EFAULT;
	} else if (ptlrpc_bulk_moved(req) != got) {
		return -EPROTO;
	}
	error = osc_read_check(brw, &body->oa, got);
	if (!error)
		osc_read_zero_tail(brw, got);
	return error;
}
EXPORT_SYMBOL_IF_KUNIT(osc_read_reply);

/* --------------------------------------------------------------- writes -- */

/* @rcs: one for each range, or NULL */
int osc_write_rcs(const struct osc_brw *brw, const __le32 *rcs)
{
	if (!rcs)
		return -EPROTO;
	for (u32 i = 0; i < brw->nr_range; i++) {
		int rc = ptlrpc_wire_errno(le32_to_cpu(rcs[i]));

		if (rc)
			return rc;
	}
	return 0;
}
EXPORT_SYMBOL_IF_KUNIT(osc_write_rcs);

static void osc_quota_note(struct osc *osc, enum osc_quota type, u32 id,
			   bool over, u64 xid)
{
	struct xarray *xa = &osc->over[type];

	/* Only a hint: without memory the write is cached as before. */
	if (over)
		xa_store(xa, id, xa_mk_value(xid & LONG_MAX), GFP_NOFS);
	else
		xa_erase(xa, id);
}

/* Whose quota is used up? (07 section 8) */
static void osc_write_quota(struct osc *osc, const struct obdo *oa, u64 xid)
{
	u64 valid = le64_to_cpu(oa->o_valid);
	u32 flags = le32_to_cpu(oa->o_flags);

	if (!(valid & OBD_MD_FLFLAGS))
		return;
	if (valid & OBD_MD_FLUSRQUOTA)
		osc_quota_note(osc, OSC_QUOTA_USER, le32_to_cpu(oa->o_uid),
			       flags & OBD_FL_NO_USRQUOTA, xid);
	if (valid & OBD_MD_FLGRPQUOTA)
		osc_quota_note(osc, OSC_QUOTA_GROUP, le32_to_cpu(oa->o_gid),
			       flags & OBD_FL_NO_GRPQUOTA, xid);
	if (valid & OBD_MD_FLPRJQUOTA)
		osc_quota_note(osc, OSC_QUOTA_PROJECT,
			       le32_to_cpu(oa->o_projid),
			       flags & OBD_FL_NO_PRJQUOTA, xid);
}

static int osc_write_check(struct osc_brw *brw, const struct obdo *oa)
{
	u32 theirs = le32_to_cpu(oa->o_cksum);

	if (!brw->cksum_flag || !(oa->o_valid & cpu_to_le64(OBD_MD_FLCKSUM)) ||
	    theirs == brw->cksum)
		return 0;
	osc_cksum_mismatch(brw, theirs, brw->cksum);
	return -EAGAIN;
}

/* Take grant and attributes from a reply to a write, also from -EDQUOT */
static void osc_write_update(struct osc_brw *brw, struct ptlrpc_request *req,
			     const struct obdo *oa)
{
	struct osc_object *obj = brw->obj;
	u64 valid = le64_to_cpu(oa->o_valid);

	osc_object_changed(obj, ptlrpc_rep_transno(req));
	osc_write_quota(obj->osc, oa, ptlrpc_req_xid(req));
	/*
	 * A resent or replayed write does not change the account
	 * (07 section 7.3).
	 */
	if (valid & OBD_MD_FLGRANT &&
	    brw->generation == ptlrpc_import_generation(obj->osc->imp))
		osc_grant_add(obj->osc, le64_to_cpu(oa->o_grant));
	spin_lock(&obj->lock);
	if (valid & OBD_MD_FLBLOCKS)
		obj->attr.blocks = le64_to_cpu(oa->o_blocks);
	spin_unlock(&obj->lock);
}

static int osc_write_reply(struct osc_brw *brw, struct ptlrpc_request *req,
			   int rc)
{
	struct ost_body *body = ptlrpc_rep_buf(req, 1, sizeof(*body));
	int error;

	if (body)
		osc_write_update(brw, req, &body->oa);
	if (rc < 0)
		return rc;
	if (rc > 0 || !body)
		return -EPROTO;
	error = osc_write_rcs(brw, ptlrpc_rep_buf(req, 2, brw->nr_range *
						  sizeof(__le32)));
	if (error)
		return error;
	if (!brw->short_io && ptlrpc_bulk_moved(req) != brw->bytes)
		return -EPROTO;
	error = osc_write_check(brw, &body->oa);
	if (error || brw->flags & OSC_BRW_SYNC || osc_brw_reserved(brw, req))
		return error;
	if (ptlrpc_req_retained(req))
		osc_brw_unstable(brw, req);
	else if (osc_brw_stale(brw))
		/* Evicted between the reply and now: nobody will replay it. */
		return -EIO;
	return 0;
}

/* ----------------------------------------------------------------- send -- */

static void osc_brw_done(struct ptlrpc_request *req, int rc, void *data)
{
	struct osc_brw *brw = data;

	/* Not so if the request came to nothing because of an eviction. */
	brw->outdated = rc == -ESTALE && osc_brw_writes(brw) &&
			ptlrpc_rep_exists(req);
	if (osc_brw_writes(brw) && ptlrpc_rep_exists(req))
		rc = osc_write_reply(brw, req, rc);
	else if (!osc_brw_writes(brw) && rc >= 0)
		rc = osc_read_reply(brw, req, rc);
	osc_brw_result(brw, req, rc);
}

static void osc_brw_release(void *data)
{
	osc_brw_put(data);
}

static const struct ptlrpc_req_ops osc_brw_req_ops = {
	.done		= osc_brw_done,
	.committed	= osc_brw_committed,
	.lost		= osc_brw_lost,
	.replay		= osc_brw_replay,
	.again		= osc_brw_replay_again,
	.replayed	= osc_brw_replayed,
	.release	= osc_brw_release,
};

static void osc_brw_retry(struct work_struct *work)
{
	struct osc_brw *brw = container_of(work, struct osc_brw, retry.work);

	spin_lock(&brw->obj->lock);
	list_del_init(&brw->link);
	spin_unlock(&brw->obj->lock);
	osc_brw_try(brw);
}

/* Give a request its data.  Return: 0 or a negative errno. */
static int osc_brw_attach(struct osc_brw *brw, struct ptlrpc_request *req)
{
	struct iov_iter from;
	void *data;
	int err;

	if (!brw->short_io) {
		err = ptlrpc_bulk_attach(req, osc_brw_writes(brw) ?
					 PTLRPC_BULK_WRITE : PTLRPC_BULK_READ,
					 brw->bv, brw->nr);
		return min(err, 0);
	}
	if (!osc_brw_writes(brw))
		return 0;
	data = ptlrpc_req_buf(req, 5, brw->bytes);
	if (!data)
		return -EMSGSIZE;
	iov_iter_bvec(&from, ITER_SOURCE, brw->bv, brw->nr, brw->bytes);
	return copy_from_iter(data, brw->bytes, &from) == brw->bytes ? 0 :
								      -EFAULT;
}

/* One try; the slot is ours. */
static void osc_brw_try(struct osc_brw *brw)
{
	struct ptlrpc_request *req;
	int err;

	if (osc_brw_stale(brw) ||
	    (osc_brw_writes(brw) && !osc_brw_locked(brw))) {
		osc_brw_result(brw, NULL, -ESTALE);
		return;
	}
	req = osc_brw_req(brw);
	if (IS_ERR(req)) {
		osc_brw_result(brw, NULL, PTR_ERR(req));
		return;
	}
	err = osc_brw_attach(brw, req);
	if (err) {
		ptlrpc_req_put(req);
		osc_brw_result(brw, NULL, err);
		return;
	}
	osc_brw_pack(brw, req);
	ptlrpc_req_bind(req, brw->generation);
	refcount_inc(&brw->ref);
	ptlrpc_send(req, &osc_brw_req_ops, brw);
	ptlrpc_req_put(req);
}
