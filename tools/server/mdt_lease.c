// SPDX-License-Identifier: GPL-2.0-only
/* Leases, and mirrors that are synchronized under one (document 08, 9) */
#include "lov.h"
#include "store.h"

/* The lease that @of has been given, unless it was broken */
static struct lock *lease_lock(const struct open_file *of)
{
	struct lock *l = of->lease ? ldlm_find(of->lease) : NULL;

	return l && l->exp == of->exp ? l : NULL;
}

/* Somebody else is going to open @fid. REQ_ASYNC: when the lease is gone */
int lease_break(struct req *req, const struct fid *fid)
{
	const struct open_file *of;

	for (of = open_next(fid, NULL); of; of = open_next(fid, of))
		if (lease_lock(of) &&
		    mdt_revoke(req, fid, LCK_EX, MDS_INODELOCK_OPEN))
			return REQ_ASYNC;
	return 0;
}

/* May @fid be leased to who has it open as @old, or not at all? */
int lease_check(struct req *req, const struct fid *fid, uint64_t old)
{
	const struct open_file *of;

	for (of = open_next(fid, NULL); of; of = open_next(fid, of))
		if (of->exp != req->exp || of->cookie != old)
			return -EBUSY;
	return mdt_revoke(req, fid, LCK_EX, MDS_INODELOCK_OPEN) ?
	       REQ_ASYNC : 0;
}

static struct open_file *leased(struct req *req, const struct fid *fid,
				uint64_t cookie)
{
	struct open_file *of;

	for (of = open_next(fid, NULL); of; of = open_next(fid, of))
		if (of->exp == req->exp && cookie && of->lease == cookie &&
		    lease_lock(of))
			return of;
	return NULL;
}

static int resync_answer(struct req *req, int rc, const struct inode *ino)
{
	struct mdt_body *b = rep_add(req, sizeof(*b));

	if (rc)
		return rc;
	inode_put(ino);
	body_fill(req, b, ino);
	req->want_ack = true;
	return 0;
}

int reint_resync(struct req *req)
{
	const struct mdt_rec_resync *r = req_buf(req, 1, sizeof(*r));
	struct inode ino;
	struct fid fid;
	int rc;

	if (!r)
		return -EPROTO;
	fid = fid_host(&r->rs_fid);
	if (!fid_sane(&fid))
		return -EINVAL;
	ldlm_cancel_buf(req, 2);
	if (inode_get(&fid, &ino))
		return resync_answer(req, -ENOENT, NULL);
	if (!leased(req, &fid, r->rs_lease_handle))
		return resync_answer(req, -EBUSY, &ino);
	if (mdt_revoke(req, &fid, LCK_EX, MDS_INODELOCK_LAYOUT))
		return REQ_ASYNC;
	rc = flr_resync(&ino, le32_to_cpu(r->rs_mirror_id_new));
	if (!rc)
		ino.version = mdt_transno(req);
	return resync_answer(req, rc, &ino);
}

/*
 * A close that ends a resync. True: it is done; *@rc is REQ_ASYNC while others
 * have the layout.
 */
bool lease_resynced(struct req *req, const struct open_file *of,
		    const struct inode *ino, int *rc)
{
	const struct close_data *cd = req_buf(req, 4, sizeof(*cd));
	struct lock *l = lease_lock(of);
	__le32 ids[LOV_MAX_COMPS];
	const __le32 *more;
	unsigned int n;

	*rc = 0;
	if (!cd || !l || l->cookie != cd->cd_handle)
		return false;
	if (mdt_revoke(req, &ino->fid, LCK_EX, MDS_INODELOCK_LAYOUT)) {
		*rc = REQ_ASYNC;
		return false;
	}
	n = le32_to_cpu(cd->cd_words[0]);
	more = req_buf(req, 5, n > 15 ? n * sizeof(*more) : 0);
	if (n > LOV_MAX_COMPS || (n > 15 && !more))
		return false;
	memcpy(ids, n > 15 ? more : &cd->cd_words[1], n * sizeof(*ids));
	ldlm_lock_cancel(l);
	return !flr_resynced(ino, ids, n);
}
