// SPDX-License-Identifier: GPL-2.0-only
/*
 * Writes that the target answered, but has not committed (07 section 5).
 *
 * The request stays with its pages in the hands of the RPC room.  If the target
 * comes back from a crash the write is replayed with what the pages hold then:
 * pages that were written again meanwhile are dirty, and the newer write
 * follows; what was truncated, a replayed truncate takes away.  If it can't be
 * replayed, the file gets an error.
 */
#include <linux/mm.h>

#include "osc/internal.h"

/* The target answered: from now on the write counts as not committed. */
void osc_brw_unstable(struct osc_brw *brw, struct ptlrpc_request *req)
{
	struct osc *osc = brw->obj->osc;

	spin_lock(&osc->lock);
	osc->unstable += brw->bytes;
	brw->kept_xid = ptlrpc_req_xid(req);
	spin_unlock(&osc->lock);
}

/*
 * The write does not count any more.  False: another request for the same
 * transfer does, or none: its writer was told of an error long ago.
 */
static bool osc_brw_stable(struct osc_brw *brw, struct ptlrpc_request *req)
{
	struct osc *osc = brw->obj->osc;
	bool kept;

	spin_lock(&osc->lock);
	kept = brw->kept_xid && brw->kept_xid == ptlrpc_req_xid(req);
	if (kept) {
		osc->unstable -= min_t(u64, brw->bytes, osc->unstable);
		brw->kept_xid = 0;
	}
	spin_unlock(&osc->lock);
	return kept;
}

void osc_brw_committed(struct ptlrpc_request *req, void *data)
{
	osc_brw_stable(data, req);
}

/* Something that was acknowledged is lost: the file has to know. */
void osc_object_lost(struct osc_object *obj, size_t bytes)
{
	struct osc *osc = obj->osc;

	spin_lock(&obj->lock);
	if (obj->inode)
		obj->ops->error(obj->inode, -EIO);
	spin_unlock(&obj->lock);
	spin_lock(&osc->lock);
	osc->lost_bytes += bytes;
	osc->lost_calls++;
	spin_unlock(&osc->lock);
}

void osc_brw_lost(struct ptlrpc_request *req, void *data)
{
	struct osc_brw *brw = data;

	if (osc_brw_stable(brw, req))
		osc_object_lost(brw->obj, brw->bytes);
}

/* One message for all that got lost at the same time */
void osc_report_lost(struct osc *osc)
{
	u64 bytes;
	u32 calls;

	spin_lock(&osc->lock);
	bytes = osc->lost_bytes;
	calls = osc->lost_calls;
	osc->lost_bytes = 0;
	osc->lost_calls = 0;
	spin_unlock(&osc->lock);
	if (calls)
		pr_err_ratelimited("lustre: %s: %u changes that were not committed, %llu bytes of data, can't be replayed and may be lost\n",
				   osc->name, calls, bytes);
}

/* -------------------------------------------------------------- memory -- */

/* Uncommitted data after which the target is asked to commit soon, bytes */
#define OSC_SOFT_SYNC		(256ULL << 20)
/* Longest wait for a commit by who wants memory, jiffies */
#define OSC_COMMIT_WAIT		(2 * HZ)
/* After a wait that was in vain nobody waits for so long, jiffies */
#define OSC_COMMIT_LATE		(30 * HZ)

/* Is so much uncommitted that writes should ask for a commit (SOFT_SYNC)? */
bool osc_soft_sync(const struct osc *osc)
{
	u64 memory = (u64)totalram_pages() << PAGE_SHIFT;

	return READ_ONCE(osc->unstable) > min(OSC_SOFT_SYNC, memory / 16);
}

void osc_commit_work(struct work_struct *work)
{
	osc_sync_target(container_of(work, struct osc, commit_work));
}

/**
 * osc_commit_wanted - memory is short, and uncommitted writes hold some of it
 * @obj: an object that the pages in question belong to
 * @wait: wait a little for the commit
 *
 * Pages stay until the target has committed them, usually some seconds.  Who
 * reclaims memory finds no page to free meanwhile, and might kill somebody.
 *
 * Context: with @wait it sleeps, bounded; a target that is away is not waited
 * for.
 */
void osc_commit_wanted(struct osc_object *obj, bool wait)
{
	struct osc *osc = obj->osc;
	unsigned long late = READ_ONCE(osc->commit_late);

	if (!osc_sync_needed(obj))
		return;
	queue_work(osc_wq, &osc->commit_work);
	if (!wait || ptlrpc_import_state(osc->imp) != PTLRPC_IMP_FULL ||
	    (late && time_before(jiffies, late + OSC_COMMIT_LATE)))
		return;
	if (wait_event_killable_timeout(osc->commit_wait,
					!osc_sync_needed(obj),
					OSC_COMMIT_WAIT))
		WRITE_ONCE(osc->commit_late, 0);
	else
		WRITE_ONCE(osc->commit_late, jiffies | 1);
}

/* -------------------------------------------------------------- replay -- */

static struct obdo *osc_brw_oa(struct ptlrpc_request *req)
{
	struct ost_body *body = ptlrpc_req_buf(req, 1, sizeof(*body));

	return &body->oa;
}

/* Of what the pages hold now; false if that is what the request says. */
static bool osc_brw_recksum(struct osc_brw *brw, struct ptlrpc_request *req)
{
	struct obdo *oa = osc_brw_oa(req);
	u32 flags = le32_to_cpu(oa->o_flags);
	__le32 old = oa->o_cksum;

	/* The data of a short write are in the message, as they were. */
	if (flags & OBD_FL_SHORT_IO ||
	    !(oa->o_valid & cpu_to_le64(OBD_MD_FLCKSUM)))
		return false;
	oa->o_cksum = cpu_to_le32(osc_cksum_bvec(flags & OBD_FL_CKSUM_MASK,
						 brw->bv, brw->nr, brw->bytes));
	return oa->o_cksum != old;
}

/* Nothing but the checksum changes in a replay (04 section 6.1). */
int osc_brw_replay(struct ptlrpc_request *req, void *data)
{
	osc_brw_recksum(data, req);
	return 0;
}

/* Did the target get what the request says? */
static bool osc_brw_damaged(struct ptlrpc_request *req)
{
	struct ost_body *rep = ptlrpc_replay_buf(req, 1, sizeof(*rep));
	struct obdo *oa = osc_brw_oa(req);

	return rep && rep->oa.o_valid & cpu_to_le64(OBD_MD_FLCKSUM) &&
	       oa->o_valid & cpu_to_le64(OBD_MD_FLCKSUM) &&
	       rep->oa.o_cksum != oa->o_cksum;
}

bool osc_brw_replay_again(struct ptlrpc_request *req, int rc, void *data)
{
	if (rc || !osc_brw_damaged(req))
		return false;
	osc_brw_recksum(data, req);
	return true;
}

/*
 * The target does not take the write a second time, or not as it is.  Pages
 * that never stopped to change are dirty: a newer write follows.
 */
void osc_brw_replayed(struct ptlrpc_request *req, int rc, void *data)
{
	struct osc_brw *brw = data;

	/* After this one the target evicts us, which tells of the loss. */
	if (rc == -EOVERFLOW)
		return;
	if (!rc)
		rc = osc_write_rcs(brw, ptlrpc_replay_buf(req, 2,
							  brw->nr_range *
							  sizeof(__le32)));
	if (!rc && osc_brw_damaged(req) && !osc_brw_recksum(brw, req))
		rc = -EIO;
	if (!rc || !osc_brw_stable(brw, req))
		return;
	pr_err_ratelimited("lustre: %s: replay of a write of %zu bytes at %llu of object %llx:%llx of %s failed: %d\n",
			   brw->obj->osc->name, brw->bytes, brw->range[0].off,
			   brw->obj->resid.name[0], brw->obj->resid.name[1],
			   lustre_fid_str(&brw->obj->parent).s, rc);
	osc_object_lost(brw->obj, brw->bytes);
}
