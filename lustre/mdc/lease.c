// SPDX-License-Identifier: GPL-2.0-only
/*
 * Leases: a file is open once more, under a lock that goes when anybody else
 * opens it.  Spec: 09 sections 8.5 and 9, 06 section 14.
 *
 * The lock is in use from the grant on.  When the server wants it back, or has
 * forgotten us, the use ends, and with it the lease; what is open stays so until
 * the owner looks.
 */
#include <linux/slab.h>

#include "internal.h"

/**
 * struct mdc_lease - a lease
 * @ref: the owner, and the lock as long as it is there
 * @spin: @lock, @broken
 * @open: what is open in its protection
 * @lock: with a use, or NULL
 * @broken: somebody else has opened the file
 */
struct mdc_lease {
	refcount_t		ref;
	spinlock_t		spin;	/* lock, broken */
	struct mdc_open		*open;
	struct ldlm_lock	*lock;
	bool			broken;
};

struct mdc_lease *mdc_lease_get(struct mdc_lease *lease)
{
	refcount_inc(&lease->ref);
	return lease;
}

void mdc_lease_put(struct mdc_lease *lease)
{
	if (refcount_dec_and_test(&lease->ref))
		kfree(lease);
}

/* The use of the lock, which is the caller's from now on; NULL: it has ended */
static struct ldlm_lock *mdc_lease_detach(struct mdc_lease *lease, bool broken)
{
	struct ldlm_lock *lock;

	spin_lock(&lease->spin);
	lock = lease->lock;
	lease->lock = NULL;
	lease->broken |= broken;
	spin_unlock(&lease->spin);
	return lock;
}

/* ------------------------------------------------------------- the lock -- */

static void *mdc_lease_grab(void *data)
{
	struct mdc_lease *lease = data;

	return refcount_inc_not_zero(&lease->ref) ? lease : NULL;
}

/* The lock is no more: neither is its reference. */
static void mdc_lease_unlocked(struct ldlm_lock *lock, struct mdc_lease *lease)
{
	ldlm_lock_drop_data(lock);
	mdc_lease_put(lease);
}

static void mdc_lease_blocking(struct ldlm_lock *lock,
			       const struct ldlm_desc *desc,
			       enum ldlm_bl_reason reason)
{
	struct mdc_lease *lease = ldlm_lock_data_grab(lock, mdc_lease_grab);
	struct ldlm_lock *used;

	if (!lease)
		return;
	used = mdc_lease_detach(lease, true);
	if (used)
		ldlm_lock_decref_cancel(used);
	if (reason != LDLM_BL_BLOCKING)
		mdc_lease_unlocked(lock, lease);
	mdc_lease_put(lease);
}

static void mdc_lease_completion(struct ldlm_lock *lock, int rc)
{
	struct mdc_lease *lease;

	if (!rc)
		return;
	lease = ldlm_lock_data_grab(lock, mdc_lease_grab);
	if (!lease)
		return;
	mdc_lease_unlocked(lock, lease);
	mdc_lease_put(lease);
}

const struct ldlm_lock_ops mdc_lease_ops = {
	.blocking	= mdc_lease_blocking,
	.completion	= mdc_lease_completion,
};

/* ------------------------------------------------------------ the lease -- */

static struct mdc_lease *mdc_lease_new(void)
{
	struct mdc_lease *lease = kzalloc_obj(*lease, GFP_NOFS);

	if (!lease)
		return NULL;
	refcount_set(&lease->ref, 1);
	spin_lock_init(&lease->spin);
	return lease;
}

/* The lock may have been wanted back before anybody could be told. */
static void mdc_lease_attach(struct mdc_lease *lease, struct ldlm_lock *lock)
{
	bool wanted_back = ldlm_lock_addref(lock);

	spin_lock(&lease->spin);
	lease->lock = lock;
	wanted_back |= lease->broken;
	spin_unlock(&lease->spin);
	if (!wanted_back) {
		ldlm_lock_decref(lock);
		return;
	}
	lock = mdc_lease_detach(lease, true);
	if (lock)
		ldlm_lock_decref_cancel(lock);
}

/* Is it a lease that the server gave? */
static bool mdc_lease_granted(const struct mdc_reply *rep)
{
	return rep->disp & DISP_OPEN_LEASE && rep->lock &&
	       rep->bits & MDS_INODELOCK_OPEN;
}

int mdc_lease_open(struct lmv *lmv, const struct lustre_fid *fid,
		   struct mdc_open *old, u64 flags,
		   const struct mdc_cred *cred, struct mdc_reply *rep,
		   struct mdc_lease **leasep)
{
	struct mdc_open_args args = {
		.child	= fid,
		.flags	= flags | MDS_OPEN_LEASE | MDS_OPEN_LOCK,
		.lease	= mdc_lease_new(),
		.old	= old,
	};
	struct mdc_lease *lease = args.lease;
	int rc;

	if (!lease)
		return -ENOMEM;
	rc = mdc_open(lmv, &args, cred, rep, &lease->open);
	if (!rc && mdc_reply_negative(rep))
		rc = -ENOENT;
	/* A server that was restarted knows that it gave it, and has it no more. */
	if (!rc && (!lease->open || !mdc_lease_granted(rep)))
		rc = rep->disp & DISP_OPEN_LEASE ? -EBUSY : -EOPNOTSUPP;
	if (!rc)
		mdc_lease_attach(lease, rep->lock);
	else if (rep->lock)
		ldlm_lock_decref_cancel(rep->lock);
	/* It is of no use for anything else. */
	rep->lock = NULL;
	rep->bits = 0;
	if (!rc) {
		*leasep = lease;
		return 0;
	}
	if (lease->open)
		mdc_close(lease->open, NULL);
	mdc_lease_put(lease);
	return rc;
}

bool mdc_lease_broken(struct mdc_lease *lease)
{
	bool broken;

	spin_lock(&lease->spin);
	broken = !lease->lock;
	spin_unlock(&lease->spin);
	return broken || !mdc_open_valid(lease->open);
}

u64 mdc_lease_mode(const struct mdc_lease *lease)
{
	return mdc_open_flags(lease->open) & (MDS_FMODE_READ | MDS_FMODE_WRITE);
}

/* The server's name for the lock; 0: it is gone */
static u64 mdc_lease_handle(struct mdc_lease *lease)
{
	u64 handle;

	spin_lock(&lease->spin);
	handle = lease->lock ? ldlm_lock_remote(lease->lock) : 0;
	spin_unlock(&lease->spin);
	return handle;
}

/*
 * The close with an intent takes the lock along: it goes here without a word to
 * the server, who would take that for its end before the close came.
 */
int mdc_lease_close(struct mdc_lease *lease, const struct mdc_close_args *args,
		    const struct mdc_close_intent *intent)
{
	bool broken = mdc_lease_broken(lease);
	struct mdc_close_args with = *args;
	struct ldlm_lock *lock;
	int rc;

	with.lease = mdc_lease_handle(lease);
	if (broken || !with.lease)
		with.intent = NULL;
	else
		with.intent = intent;
	lock = mdc_lease_detach(lease, false);
	if (lock && with.intent)
		ldlm_lock_decref_forget(lock);
	else if (lock)
		ldlm_lock_decref_cancel(lock);
	rc = mdc_close(lease->open, &with);
	mdc_lease_put(lease);
	return intent && !with.intent ? -EBUSY : rc;
}

int mdc_fid_new(struct lmv *lmv, const struct lustre_fid *near,
		struct lustre_fid *fid)
{
	struct mdc *mdc;
	int rc = lmv_find(lmv, near, &mdc);

	return rc ?: mdc_fid_alloc(mdc, fid);
}

/* ------------------------------------------------------------ mirrors -- */

int mdc_resync(struct lmv *lmv, const struct lustre_fid *fid,
	       struct mdc_lease *lease, const struct mdc_cred *cred,
	       struct mdc_reply *rep)
{
	u64 handle = mdc_lease_handle(lease);

	return handle ? mdc_reint_resync(lmv, fid, handle, cred, rep) : -EBUSY;
}

/* --------------------------------------------------------------- layouts -- */

/* Our own locks on what changes are in the server's way. */
static void mdc_swap_cancel(struct ldlm_elc *elc, const struct lustre_fid *fid)
{
	struct ldlm_resid resid;

	mdc_resid(&resid, fid);
	ldlm_elc_add(elc, &resid, LCK_EX,
		     MDS_INODELOCK_LAYOUT | MDS_INODELOCK_XATTR);
}

static struct ptlrpc_request *mdc_swap_pack(struct mdc *mdc,
					    struct ldlm_elc *elc)
{
	u32 lens[5] = {
		sizeof(struct mdt_body), sizeof(struct mdc_swap_layouts),
		[4] = ldlm_elc_size(elc, false),
	};
	struct ptlrpc_request *req;

	req = ptlrpc_req_alloc(mdc->imp, MDS_SWAP_LAYOUTS, lens,
			       ARRAY_SIZE(lens), PTLRPC_REQ_MODIFY, GFP_NOFS);
	if (IS_ERR(req)) {
		ldlm_elc_drop(elc);
		return req;
	}
	if (lens[4])
		ldlm_elc_pack(elc, req, 5, false);
	return req;
}

int mdc_swap_layouts(struct lmv *lmv, const struct lustre_fid *fid,
		     const struct lustre_fid *fid2, const u64 dv[2],
		     const struct mdc_cred *cred)
{
	struct mdc_swap_layouts *swap;
	struct ptlrpc_request *req;
	struct mdc *mdc, *mdc2;
	struct mdt_body *body;
	struct ldlm_elc elc;
	int rc;

	rc = lmv_find(lmv, fid, &mdc) ?: lmv_find(lmv, fid2, &mdc2);
	if (rc)
		return rc;
	if (mdc != mdc2)
		return -EXDEV;
	ldlm_elc_init(&elc, mdc->ns);
	mdc_swap_cancel(&elc, fid);
	mdc_swap_cancel(&elc, fid2);
	req = mdc_swap_pack(mdc, &elc);
	if (IS_ERR(req))
		return PTR_ERR(req);
	body = ptlrpc_req_buf(req, 1, sizeof(*body));
	mdc_pack_body(body, cred, fid, OBD_MD_FLID, 0);
	lustre_fid_to_wire(&body->mbo_fid2, fid2);
	swap = ptlrpc_req_buf(req, 2, sizeof(*swap));
	swap->msl_flags = cpu_to_le64(MDC_SWAP_VERSIONS);
	swap->msl_dv1 = cpu_to_le64(dv[0]);
	swap->msl_dv2 = cpu_to_le64(dv[1]);
	rc = ptlrpc_queue_wait(req);
	ptlrpc_req_put(req);
	return min(rc, 0);
}
