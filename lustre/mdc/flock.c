// SPDX-License-Identifier: GPL-2.0-only
/*
 * File locks: the target that has the file decides about them. Spec: 06
 * section 16.
 */
#include "internal.h"

/* Only an eviction takes a lock that is held, or was just granted. */
static void mdc_flock_blocking(struct ldlm_lock *lock,
			       const struct ldlm_desc *desc,
			       enum ldlm_bl_reason reason)
{
	struct mdc *mdc = ptlrpc_import_data(ldlm_ns_import(lock->ns));
	struct lmv *lmv = mdc->lmv;
	struct lustre_fid fid;

	if (reason != LDLM_BL_DISCARD)
		return;
	mdc_resid_fid(&lock->resid, &fid);
	lmv->p.flock_lost(lmv->p.sbi, &fid, lock->policy.flock.owner);
}

static const struct ldlm_lock_ops mdc_flock_ops = {
	.blocking	= mdc_flock_blocking,
};

static u32 mdc_flock_flags(const struct mdc_flock *fl)
{
	if (fl->test)
		return LDLM_FL_TEST_LOCK;
	return fl->wait || fl->mode == LCK_NL ? 0 : LDLM_FL_BLOCK_NOWAIT;
}

static void mdc_flock_resid(struct ldlm_resid *resid, const struct lustre_fid *fid)
{
	mdc_resid(resid, fid);
	resid->name[3] = LDLM_RES_NAME_FLOCK;
}

int mdc_flock_held(struct lmv *lmv, const struct lustre_fid *fid,
		   struct mdc_flock *fl)
{
	struct ldlm_policy range = {
		.flock	= {
			.start	= fl->start,
			.end	= fl->end,
			.owner	= fl->owner,
		},
	};
	struct ldlm_resid resid;
	struct mdc *mdc;
	int rc;

	rc = lmv_find(lmv, fid, &mdc);
	if (rc)
		return rc;
	mdc_flock_resid(&resid, fid);
	fl->mode = ldlm_flock_next(mdc->ns, &resid, &range);
	fl->start = range.flock.start;
	fl->end = range.flock.end;
	fl->pid = range.flock.pid;
	return 0;
}

int mdc_flock(struct lmv *lmv, const struct lustre_fid *fid,
	      struct mdc_flock *fl)
{
	struct ldlm_enqueue enq = {
		.type		= LDLM_FLOCK,
		.mode		= fl->mode,
		.policy.flock	= {
			.start	= fl->start,
			.end	= fl->end,
			.owner	= fl->owner,
			.pid	= fl->pid,
		},
		.flags		= mdc_flock_flags(fl),
		.no_lru		= true,
		.interruptible	= fl->wait && fl->mode != LCK_NL,
		.ops		= &mdc_flock_ops,
		.replied	= fl->replied,
		.priv		= fl->priv,
	};
	struct ldlm_lock *lock;
	struct mdc *mdc;
	int rc;

	fl->started = false;
	rc = lmv_find(lmv, fid, &mdc);
	if (rc)
		return rc;
	mdc_flock_resid(&enq.resid, fid);
	rc = ldlm_enqueue(mdc->ns, &enq, NULL, &lock);
	fl->started = enq.started;
	if (rc > 0)
		rc = mdc_bad_reply(mdc, "file lock aborted");
	if (rc)
		return rc;
	if (!fl->test && fl->mode != LCK_NL) {
		/* Held from now on, until another one takes its place. */
		ldlm_lock_decref(lock);
		return 0;
	}
	fl->mode = lock->granted_mode;
	fl->start = lock->policy.flock.start;
	fl->end = lock->policy.flock.end;
	fl->pid = lock->policy.flock.pid;
	ldlm_flock_done(lock);
	return 0;
}
