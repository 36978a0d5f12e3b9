// SPDX-License-Identifier: GPL-2.0-only
/*
 * Intents: a lock enqueue that carries the operation for which the lock is
 * wanted, so that one RPC does both. Spec: 06 sections 14 and 15, 09 section 7.
 */
#include <kunit/visibility.h>
#include <linux/delay.h>
#include <linux/export.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>

#include "internal.h"

/* Reply buffers that attribute intents share */
enum {
	MDC_REP_BODY	= 2,
	MDC_REP_EA	= 3,
	MDC_REP_ACL	= 4,
	MDC_REP_DMV	= 7,
};

/* Layout intents: buffers of request and reply */
enum {
	MDC_LAYOUT_EA	= 4,
	MDC_REP_LAYOUT	= 2,
};

void mdc_reply_put(struct mdc_reply *rep)
{
	if (rep->lock)
		ldlm_lock_decref(rep->lock);
	if (rep->name_lock)
		ldlm_lock_decref(rep->name_lock);
	if (rep->req)
		ptlrpc_req_put(rep->req);
	memset(rep, 0, sizeof(*rep));
}

bool mdc_reply_negative(const struct mdc_reply *rep)
{
	return (rep->disp & DISP_LOOKUP_NEG) &&
	       !(rep->disp & (DISP_LOOKUP_POS | DISP_OPEN_CREATE));
}
EXPORT_SYMBOL_IF_KUNIT(mdc_reply_negative);

bool mdc_reply_created(const struct mdc_reply *rep)
{
	return rep->disp & DISP_OPEN_CREATE;
}

/* The name is here, the object is on another target. */
bool mdc_is_remote(const struct mdc_reply *rep)
{
	return rep->has_attr && (rep->attr.valid & OBD_MD_MDS);
}

/* Wait before trying again what a server can't do yet. 0 or -EINTR. */
int mdc_pause(void)
{
	schedule_timeout_killable(msecs_to_jiffies(MDC_EINPROGRESS_MS));
	return fatal_signal_pending(current) ? -EINTR : 0;
}

/**
 * mdc_intent_alloc - request for an enqueue with an intent
 * @in: target, intent, early cancels (may be NULL in @in->elc)
 * @lens: buffer lengths from buffer 1; the first two are set here
 * @count: their number
 * @flags: PTLRPC_REQ_*
 *
 * Return: the request with intent and cancels filled in, or ERR_PTR.
 */
struct ptlrpc_request *mdc_intent_alloc(struct mdc_intent *in, u32 *lens,
					unsigned int count, u32 flags)
{
	struct ptlrpc_request *req;
	struct ldlm_intent *it;

	lens[0] = sizeof(struct ldlm_request);
	if (in->elc)
		lens[0] = max(lens[0], ldlm_elc_size(in->elc, true));
	lens[1] = sizeof(*it);
	req = ptlrpc_req_alloc(in->mdc->imp, LDLM_ENQUEUE, lens, count, flags,
			       GFP_NOFS);
	if (IS_ERR(req))
		return req;
	it = ptlrpc_req_buf(req, 2, sizeof(*it));
	it->opc = cpu_to_le64(in->it);
	if (in->elc)
		ldlm_elc_pack(in->elc, req, 1, true);
	return req;
}

/**
 * mdc_intent_run - send an intent and take the reply
 * @in: as given to mdc_intent_alloc()
 * @req: filled in; this takes over the caller's reference
 * @rep: gets request, lock, disposition and status
 *
 * Return: 0 if the server handled the intent, whatever came of it
 * (rep->status), else a negative errno.
 */
int mdc_intent_run(struct mdc_intent *in, struct ptlrpc_request *req,
		   struct mdc_reply *rep)
{
	struct ldlm_enqueue enq = {
		.type		= LDLM_IBITS,
		.mode		= in->mode,
		.policy.ibits.bits = in->bits,
		.flags		= LDLM_FL_HAS_INTENT | in->flags,
		.ops		= in->lock_ops ?: &mdc_ibits_ops,
		.data		= in->lock_data,
		.patient	= in->patient,
		.orphan		= in->orphan,
		.priv		= in->data,
		.req_ops	= in->req_ops,
		.req_data	= in->data,
	};
	int rc;

	mdc_resid(&enq.resid, in->res);
	rep->req = req;
	rc = ldlm_enqueue(in->mdc->ns, &enq, req, &rep->lock);
	in->started = enq.started;
	if (rc < 0)
		return rc;
	rep->disp = enq.disposition;
	rep->status = enq.intent_status;
	return 0;
}

/**
 * mdc_intent_adopt - take attributes and lock of an intent's reply over
 * @in: the intent
 * @rep: its reply, which must have an attribute record
 *
 * The lock must be on the object that the attributes describe.
 *
 * Return: 0 or -EPROTO.
 */
int mdc_intent_adopt(struct mdc_intent *in, struct mdc_reply *rep)
{
	u32 acl_len = ptlrpc_rep_buflen(rep->req, MDC_REP_ACL);
	struct ldlm_resid resid;
	struct mdt_body *body;
	u64 bits;
	int rc;

	rc = mdc_unpack_body(in->mdc, rep->req, MDC_REP_BODY, &rep->attr,
			     &body);
	if (rc)
		return rc;
	if (!(rep->attr.valid & OBD_MD_FLID))
		return mdc_bad_reply(in->mdc, "attributes without FID");
	rep->has_attr = true;
	rc = mdc_unpack_ea(in->mdc, rep, body, MDC_REP_EA);
	if (!rc)
		rc = mdc_take_acl(in->mdc, rep, body,
				  ptlrpc_rep_buf(rep->req, MDC_REP_ACL,
						 acl_len), acl_len);
	if (rc || !rep->lock)
		return rc;
	mdc_resid(&resid, &rep->attr.fid);
	if (!ldlm_resid_equal(&resid, &rep->lock->resid)) {
		ldlm_lock_decref_cancel(rep->lock);
		rep->lock = NULL;
		return mdc_bad_reply(in->mdc, "lock on another object");
	}
	bits = rep->lock->policy.ibits.bits;
	rep->lock = ldlm_lock_dedupe(rep->lock);
	rep->bits = rep->lock->policy.ibits.bits;
	/* An older lock does not say that there is no layout. */
	if (!rep->ea && !(bits & MDS_INODELOCK_LAYOUT))
		rep->bits &= ~MDS_INODELOCK_LAYOUT;
	return 0;
}
EXPORT_SYMBOL_IF_KUNIT(mdc_intent_adopt);

/* Set the lock of the name's target aside; the object's target is next. */
void mdc_reply_keep_name_lock(struct mdc_reply *rep)
{
	rep->name_lock = rep->lock;
	rep->lock = NULL;
	rep->bits = 0;
	rep->has_attr = false;
	rep->ea = NULL;
	rep->ea_len = 0;
	rep->acl = NULL;
	rep->acl_len = 0;
	if (rep->req)
		ptlrpc_req_put(rep->req);
	rep->req = NULL;
}

/* What one attribute intent is about */
struct mdc_ask {
	u64			it;
	const struct lustre_fid	*fid;
	const struct lustre_fid	*child;
	const char		*name;
	u32			len;
	u64			valid;
	bool			long_acl;
};

static struct ptlrpc_request *mdc_ask_pack(struct mdc_intent *in,
					   const struct mdc_ask *ask,
					   const struct mdc_cred *cred)
{
	u32 easize = lmv_max_easize(in->mdc->lmv);
	u32 lens[5] = {
		[2] = sizeof(struct mdt_body),
		[4] = ask->len + 1,
	};
	u32 rlens[8] = {
		sizeof(struct ldlm_reply), sizeof(struct mdt_body),
		lmv_ea_room(in->mdc->lmv),
		ask->long_acl ? max_t(u32, easize, MDC_ACL_SIZE) : MDC_ACL_SIZE,
		[MDC_REP_DMV - 1] = MDC_DMV_SIZE,
	};
	struct ptlrpc_request *req;
	struct mdt_body *body;

	req = mdc_intent_alloc(in, lens, ARRAY_SIZE(lens), 0);
	if (IS_ERR(req))
		return req;
	ptlrpc_req_set_replen(req, rlens, ARRAY_SIZE(rlens));
	body = ptlrpc_req_buf(req, 3, sizeof(*body));
	mdc_pack_body(body, cred, ask->fid, MDC_WANT | ask->valid, easize);
	if (ask->child)
		lustre_fid_to_wire(&body->mbo_fid2, ask->child);
	if (ask->len)
		ptlrpc_req_set_str(req, 5, ask->name, ask->len);
	return req;
}

/* Does the reply speak of a directory with stripes? */
static void mdc_ask_stripes(struct mdc_reply *rep)
{
	u32 lmv_len = ptlrpc_rep_buflen(rep->req, MDC_REP_EA);
	u32 dmv_len = ptlrpc_rep_buflen(rep->req, MDC_REP_DMV);

	mdc_take_stripes(&rep->attr,
			 ptlrpc_rep_buf(rep->req, MDC_REP_EA, lmv_len), lmv_len,
			 ptlrpc_rep_buf(rep->req, MDC_REP_DMV, dmv_len),
			 dmv_len);
}

/* The verdict over an attribute intent that the server has handled. */
int mdc_ask_result(struct mdc_intent *in, struct mdc_reply *rep)
{
	int rc;

	if (!(rep->disp & DISP_IT_EXECD))
		return rep->status ? rep->status :
		       mdc_bad_reply(in->mdc, "intent neither done nor failed");
	if (mdc_reply_negative(rep) && (!rep->status ||
					rep->status == -ENOENT))
		return 0;
	if (rep->status)
		return rep->status;
	if (!(rep->disp & DISP_LOOKUP_POS))
		return mdc_bad_reply(in->mdc, "lookup without result");
	rc = mdc_intent_adopt(in, rep);
	if (!rc)
		mdc_ask_stripes(rep);
	return rc;
}
EXPORT_SYMBOL_IF_KUNIT(mdc_ask_result);

static int mdc_ask_once(struct mdc *mdc, const struct mdc_ask *ask,
			const struct mdc_cred *cred, struct mdc_reply *rep)
{
	struct mdc_intent in = {
		.mdc	= mdc,
		.it	= ask->it,
		.res	= ask->fid,
		.mode	= LCK_CR,
		.bits	= ask->it == IT_LOOKUP ? MDS_INODELOCK_LOOKUP :
						 MDS_INODELOCK_UPDATE,
	};
	struct ptlrpc_request *req;
	int rc;

	req = mdc_ask_pack(&in, ask, cred);
	if (IS_ERR(req))
		return PTR_ERR(req);
	rc = mdc_intent_run(&in, req, rep);
	return rc ? rc : mdc_ask_result(&in, rep);
}

/* Forget an answer, for another one. */
static void mdc_ask_forget(struct mdc_reply *rep)
{
	if (rep->lock)
		ldlm_lock_decref(rep->lock);
	rep->lock = NULL;
	if (rep->req)
		ptlrpc_req_put(rep->req);
	rep->req = NULL;
}

/* Forget an answer that says "not yet", and wait. 0 or -EINTR. */
static int mdc_ask_again(struct mdc_reply *rep)
{
	mdc_ask_forget(rep);
	return mdc_pause();
}

/*
 * One target's answer, asked again as long as it is not able to give one, or
 * has not got enough room for it.
 */
static int mdc_ask(struct mdc *mdc, struct mdc_ask *ask,
		   const struct mdc_cred *cred, struct mdc_reply *rep)
{
	for (;;) {
		int rc = mdc_ask_once(mdc, ask, cred, rep);

		if (rc == -ERANGE && !ask->long_acl) {
			ask->long_acl = true;
			mdc_ask_forget(rep);
			continue;
		}
		if (rc != -EINPROGRESS)
			return rc;
		if (mdc_ask_again(rep))
			return -EINTR;
	}
}

/* Second step for an object that is not where its name is, 09 section 13. */
static int mdc_ask_remote(struct lmv *lmv, const struct mdc_ask *first,
			  const struct mdc_cred *cred, struct mdc_reply *rep)
{
	struct lustre_fid fid = rep->attr.fid;
	struct mdc_ask ask = {
		.it	= IT_GETATTR,
		.fid	= &fid,
		.child	= &fid,
		.valid	= OBD_MD_FLCROSSREF,
	};
	struct mdc *mdc;
	int rc;

	mdc_reply_keep_name_lock(rep);
	rc = lmv_find(lmv, &fid, &mdc);
	if (rc)
		return rc;
	rc = mdc_ask(mdc, &ask, cred, rep);
	if (rc)
		return rc == -ENOENT ? -ESTALE : rc;
	if (mdc_is_remote(rep) || mdc_reply_negative(rep))
		return mdc_bad_reply(mdc, "object is on no target");
	if (rep->name_lock)
		rep->bits |= MDS_INODELOCK_LOOKUP;
	return 0;
}

int mdc_lookup(struct lmv *lmv, const struct lustre_fid *parent,
	       const char *name, u32 len, bool want_attr,
	       const struct mdc_cred *cred, struct mdc_reply *rep)
{
	struct mdc_ask ask = {
		.it	= want_attr ? IT_GETATTR : IT_LOOKUP,
		.fid	= parent,
		.name	= name,
		.len	= len,
	};
	struct mdc *mdc;
	int rc;

	if (!mdc_name_ok(name, len))
		return len > MDC_NAME_MAX ? -ENAMETOOLONG : -EINVAL;
	rc = lmv_find(lmv, parent, &mdc);
	if (rc)
		return rc;
	rc = mdc_ask(mdc, &ask, cred, rep);
	if (!rc && mdc_is_remote(rep))
		rc = mdc_ask_remote(lmv, &ask, cred, rep);
	return rc;
}

int mdc_getattr_lock(struct lmv *lmv, const struct lustre_fid *fid,
		     bool want_attr, const struct mdc_cred *cred,
		     struct mdc_reply *rep)
{
	struct mdc_ask ask = {
		.it	= want_attr ? IT_GETATTR : IT_LOOKUP,
		.fid	= fid,
		.child	= fid,
	};
	struct mdc *mdc;
	int rc;

	rc = lmv_find(lmv, fid, &mdc);
	if (rc)
		return rc;
	rc = mdc_ask(mdc, &ask, cred, rep);
	if (rc)
		return rc;
	if (mdc_reply_negative(rep))
		return -ENOENT;
	if (mdc_is_remote(rep) || !lustre_fid_eq(&rep->attr.fid, fid))
		return mdc_bad_reply(mdc, "attributes of another object");
	return 0;
}

/* The layout in the reply to a layout intent; NULL: there is none. */
static void *mdc_layout_of(struct ptlrpc_request *req, u32 *len)
{
	*len = ptlrpc_rep_buflen(req, MDC_REP_LAYOUT);
	return *len ? ptlrpc_rep_buf(req, MDC_REP_LAYOUT, *len) : NULL;
}

/*
 * A replay has to make the objects that the server chose then: they go with the
 * request (08 section 7).
 */
static int mdc_layout_replay(struct ptlrpc_request *req, void *data)
{
	u32 len;
	void *ea = mdc_layout_of(req, &len);
	int rc;

	if (!ea)
		return 0;
	rc = ptlrpc_req_replace(req, MDC_LAYOUT_EA, ea, len);
	if (!rc)
		mdc_layout_walk(ptlrpc_req_buf(req, MDC_LAYOUT_EA, len), len,
				true);
	return rc;
}

static const struct ptlrpc_req_ops mdc_layout_ops = {
	.replay	= mdc_layout_replay,
};

static struct ptlrpc_request *
mdc_layout_pack(struct mdc_intent *in, const struct mdc_layout_change *change)
{
	u32 room = lmv_ea_room(in->mdc->lmv);
	u32 lens[4] = { [2] = sizeof(struct layout_intent) };
	u32 rlens[2] = { sizeof(struct ldlm_reply), room };
	struct ptlrpc_request *req;
	struct layout_intent *li;

	/* There will be more objects; nobody knows how many. */
	if (change)
		rlens[1] = max(room, min_t(u32, lmv_max_easize(in->mdc->lmv),
					   MDC_NEW_EASIZE));
	req = mdc_intent_alloc(in, lens, ARRAY_SIZE(lens),
			       change ? PTLRPC_REQ_MODIFY : 0);
	if (IS_ERR(req))
		return req;
	ptlrpc_req_set_replen(req, rlens, ARRAY_SIZE(rlens));
	/* Without a change: opcode 0, "access", of the whole file */
	if (change) {
		li = ptlrpc_req_buf(req, 3, sizeof(*li));
		li->lai_opc = cpu_to_le32(change->opc);
		li->lai_extent.e_start = cpu_to_le64(change->start);
		li->lai_extent.e_end = cpu_to_le64(change->end);
	}
	return req;
}

static int mdc_layout_once(struct mdc *mdc, const struct lustre_fid *fid,
			   const struct mdc_layout_change *change, bool patient,
			   struct mdc_reply *rep)
{
	struct ldlm_elc elc;
	struct mdc_intent in = {
		.mdc		= mdc,
		.it		= IT_LAYOUT,
		.res		= fid,
		.mode		= change ? LCK_EX : LCK_CR,
		.bits		= MDS_INODELOCK_LAYOUT,
		.patient	= patient,
		.elc		= change ? &elc : NULL,
		.req_ops	= change ? &mdc_layout_ops : NULL,
	};
	struct ptlrpc_request *req;
	struct ldlm_resid resid;
	int rc;

	ldlm_elc_init(&elc, mdc->ns);
	/* What we have on the layout stands in our own way. */
	if (change) {
		mdc_resid(&resid, fid);
		ldlm_elc_add(&elc, &resid, LCK_EX, MDS_INODELOCK_LAYOUT);
	}
	req = mdc_layout_pack(&in, change);
	if (IS_ERR(req)) {
		ldlm_elc_drop(&elc);
		return PTR_ERR(req);
	}
	rc = mdc_intent_run(&in, req, rep);
	return rc ?: rep->status;
}

/* @patient: it may well take hours */
int mdc_layout_ask(struct lmv *lmv, const struct lustre_fid *fid,
		   const struct mdc_layout_change *change, bool patient,
		   struct mdc_reply *rep)
{
	struct mdc *mdc;
	int rc;

	rc = lmv_find(lmv, fid, &mdc);
	if (rc)
		return rc;
	while ((rc = mdc_layout_once(mdc, fid, change, patient, rep)) ==
	       -EINPROGRESS)
		if (mdc_ask_again(rep))
			return -EINTR;
	if (rc)
		return rc;
	if (rep->lock) {
		rep->lock = ldlm_lock_dedupe(rep->lock);
		rep->bits = rep->lock->policy.ibits.bits;
	}
	rep->ea = mdc_layout_of(rep->req, &rep->ea_len);
	if (rep->ea)
		lmv_ea_seen(lmv, rep->ea_len);
	return 0;
}

int mdc_layout_lock(struct lmv *lmv, const struct lustre_fid *fid,
		    struct mdc_reply *rep)
{
	return mdc_layout_ask(lmv, fid, NULL, false, rep);
}

int mdc_layout_change(struct lmv *lmv, const struct lustre_fid *fid,
		      const struct mdc_layout_change *change,
		      struct mdc_reply *rep)
{
	return mdc_layout_ask(lmv, fid, change, false, rep);
}
