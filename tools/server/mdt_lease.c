// SPDX-License-Identifier: GPL-2.0-only
/* Leases, and what is done as they end (document 08, 9; 09, 8.5 and 9) */
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
		if (lease_lock(of))
			return -EBUSY;
	/* What clients have open only just in case goes with these locks. */
	if (mdt_revoke(req, fid, LCK_EX, MDS_INODELOCK_OPEN))
		return REQ_ASYNC;
	for (of = open_next(fid, NULL); of; of = open_next(fid, of))
		if (of->exp != req->exp || of->cookie != old)
			return -EBUSY;
	return 0;
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

/* A lock came back after a restart: the lease of an open that did, too? */
void lease_replayed(struct lock *l)
{
	const uint64_t *name = (const uint64_t *)l->res->name.name;
	struct fid fid = { le64_to_cpu(name[0]), (uint32_t)le64_to_cpu(name[1]),
			   le64_to_cpu(name[1]) >> 32 };
	struct open_file *of;

	if (!(l->pol.bits & MDS_INODELOCK_OPEN) || l->granted != LCK_PW)
		return;
	for (of = open_next(&fid, NULL); of; of = open_next(&fid, of))
		if (of->exp == l->exp && (of->flags & MDS_OPEN_LEASE) &&
		    !lease_lock(of)) {
			of->lease = l->cookie;
			return;
		}
}

/* ---- closes that do something else, too ---- */

#define INTENTS	(MDS_CLOSE_LAYOUT_SWAP | MDS_CLOSE_LAYOUT_MERGE | \
		 MDS_CLOSE_RESYNC_DONE | MDS_CLOSE_LAYOUT_SPLIT | \
		 MDS_HSM_RELEASE)
#define EXACT	(MDS_CLOSE_LAYOUT_MERGE | MDS_CLOSE_RESYNC_DONE | \
		 MDS_HSM_RELEASE)
#define LATER	(MDS_CLOSE_MIGRATE | MDS_PCC_ATTACH | \
		 MDS_CLOSE_LAYOUT_SWAP_HSM)

/* One under evaluation */
struct deed {
	uint32_t		bias;
	const struct close_data	*cd;
	struct inode		*ino, other;
	bool			two;
};

/* What is wrong with the request itself */
static int deed_check(struct req *req, struct deed *d)
{
	const struct mdt_rec_setattr *r = req_buf(req, 2, sizeof(*r));
	uint64_t exact = MDS_ATTR_SIZE | MDS_ATTR_BLOCKS;
	uint64_t valid = le64_to_cpu(r->sa_valid);

	d->cd = req_buf(req, 4, sizeof(*d->cd));
	if (!d->cd || req_buflen(req, 5) < sizeof(__le32) ||
	    (d->bias & (d->bias - 1))) {
		req_wrong(req, "a close with an intent lacks what it is about");
		return -EPROTO;
	}
	if ((d->bias & EXACT) ? ~valid & exact : valid & exact)
		req_wrong(req, "a close with an intent and the wrong sizes");
	if (!d->cd->cd_handle && !(req->flags & MSG_REPLAY))
		req_wrong(req, "a close with an intent names no lease");
	return 0;
}

static int deed_other(struct deed *d)
{
	struct fid fid = fid_host(&d->cd->cd_fid);

	/* The objects get a name of their own, which nobody has. */
	if (d->bias == MDS_HSM_RELEASE)
		return !fid_sane(&fid) ? -EINVAL :
		       inode_get(&fid, &d->other) ? 0 : -EEXIST;
	d->two = d->bias != MDS_CLOSE_RESYNC_DONE;
	if (!d->two)
		return 0;
	if (!fid_sane(&fid))
		return -EINVAL;
	if (fid_eq(&fid, &d->ino->fid)) {
		d->other = *d->ino;
		return d->bias == MDS_CLOSE_LAYOUT_SPLIT ? 0 : -EINVAL;
	}
	if (inode_get(&fid, &d->other))
		return -ENOENT;
	return S_ISREG(d->other.mode) ? 0 : -EINVAL;
}

static int resynced(struct req *req, const struct deed *d)
{
	unsigned int n = le32_to_cpu(d->cd->cd_words[0]);
	__le32 ids[LOV_MAX_COMPS];
	const __le32 *more = req_buf(req, 5, n > 15 ? n * sizeof(*more) : 0);

	if (n > LOV_MAX_COMPS || (n > 15 && !more))
		return -EPROTO;
	memcpy(ids, n > 15 ? more : &d->cd->cd_words[1], n * sizeof(*ids));
	return flr_resynced(d->ino, ids, n);
}

static int deed_do(struct req *req, struct deed *d)
{
	switch (d->bias) {
	case MDS_CLOSE_LAYOUT_MERGE:
		return layout_merge(d->ino, &d->other);
	case MDS_CLOSE_LAYOUT_SPLIT:
		return layout_split(d->ino, &d->other,
				    le32_to_cpu(d->cd->cd_words[0]) & 0xffff);
	case MDS_CLOSE_LAYOUT_SWAP:
		return layout_swap(d->ino, &d->other);
	case MDS_CLOSE_RESYNC_DONE:
		return resynced(req, d);
	case MDS_HSM_RELEASE:
		return hsm_let_go(d->ino, le64_to_cpu(d->cd->cd_data_version));
	}
	return -EOPNOTSUPP;
}

static bool deed_locked(struct req *req, const struct deed *d)
{
	uint64_t bits = MDS_INODELOCK_LAYOUT | MDS_INODELOCK_XATTR;
	bool busy = mdt_revoke(req, &d->ino->fid, LCK_EX, bits);

	if (d->two && !fid_eq(&d->other.fid, &d->ino->fid))
		busy |= mdt_revoke(req, &d->other.fid, LCK_EX, bits);
	return !busy;
}

bool lease_intent(struct req *req, const struct open_file *of,
		  struct inode *ino, int *rc)
{
	const struct mdt_rec_setattr *r = req_buf(req, 2, sizeof(*r));
	struct deed d = { .bias = le32_to_cpu(r->sa_bias) & INTENTS,
			  .ino = ino };
	struct lock *l = lease_lock(of);
	bool held;

	if (le32_to_cpu(r->sa_bias) & LATER)
		*rc = -EOPNOTSUPP;
	if (!d.bias || *rc)
		return false;
	*rc = deed_check(req, &d);
	if (!*rc && d.bias == MDS_HSM_RELEASE && !(of->flags & MDS_OPEN_RELEASE))
		req_wrong(req, "a release by what was not opened for that");
	if (!*rc)
		*rc = deed_other(&d);
	/* After a restart whoever did this had the lease then. */
	held = req->flags & MSG_REPLAY ||
	       (l && !l->bl_sent && l->cookie == d.cd->cd_handle);
	if (!*rc && held && !deed_locked(req, &d)) {
		*rc = REQ_ASYNC;
		return false;
	}
	/* The lease goes in any case. */
	if (l)
		ldlm_lock_cancel(l);
	if (*rc || !held)
		return false;
	*rc = deed_do(req, &d);
	if (*rc)
		return false;
	ino->version = mdt_transno(req);
	if (d.bias == MDS_HSM_RELEASE) {
		/* The size is what it was; of blocks there are none. */
		if (ino->size != le64_to_cpu(r->sa_size))
			req_wrong(req, "a release with a wrong size");
	} else if (d.bias & EXACT) {
		ino->has_lazy = flr_in_sync(ino) ? SIZE_SYNC : SIZE_LAZY;
		ino->size = le64_to_cpu(r->sa_size);
		ino->blocks = le64_to_cpu(r->sa_blocks);
	}
	inode_put(ino);
	if (d.two)
		inode_put(&d.other);
	return true;
}
