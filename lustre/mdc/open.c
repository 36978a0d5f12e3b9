// SPDX-License-Identifier: GPL-2.0-only
/*
 * Opening and creating files. Spec: 09 section 8.
 *
 * An open that succeeds stays on the list of requests to be replayed until its
 * close is built, however long it has been committed: the server forgets open
 * handles when it restarts.
 */
#include <linux/cred.h>
#include <linux/fs.h>
#include <linux/fs_struct.h>
#include <linux/ktime.h>
#include <linux/slab.h>

#include "internal.h"

/* Request buffers of an open intent */
enum {
	MDC_OPEN_REC	= 3,
	MDC_OPEN_NAME	= 6,
	MDC_OPEN_EA	= 7,
	MDC_OPEN_BUFS	= 11,
};

/* Reply buffers */
enum {
	MDC_OPEN_REP_BODY	= 2,
	MDC_OPEN_REP_EA		= 3,
	MDC_OPEN_REP_DATA	= 7,
};

/*
 * Room for data in the reply, bytes: small files.  It is kept as long as the
 * file is open, so more would not pay.
 */
#define MDC_OPEN_DATA		4096

/* Everything that a cached file needs; more locks would serve nobody. */
#define MDC_OPEN_COVER	(MDS_INODELOCK_LOOKUP | MDS_INODELOCK_UPDATE | \
			 MDS_INODELOCK_LAYOUT | MDS_INODELOCK_PERM)

/**
 * struct mdc_opening - one attempt to open
 * @lmv: the table
 * @args: what to open
 * @cred: who opens
 * @fid: identifier for a new file, or the object to open
 * @cross: parent, in the second step for an object on another target
 * @long_acl: the access control list needs more than the usual room
 * @open: handle to be filled in
 */
struct mdc_opening {
	struct lmv			*lmv;
	const struct mdc_open_args	*args;
	struct mdc_cred			cred;
	struct lustre_fid		fid;
	const struct lustre_fid		*cross;
	bool				long_acl;
	struct mdc_open			*open;
};

static void mdc_open_release(void *data)
{
	mdc_open_put(data);
}

/* The layout that the server chose goes into the request, for the replay. */
static int mdc_open_replay_ea(struct ptlrpc_request *req,
			      const struct mdt_body *body)
{
	u32 len = le32_to_cpu(body->mbo_eadatasize);
	const void *ea;
	int rc;

	if (!(le64_to_cpu(body->mbo_valid) & OBD_MD_FLEASIZE) || !len)
		return 0;
	ea = ptlrpc_rep_buf(req, MDC_OPEN_REP_EA, len);
	if (!ea)
		return 0;
	rc = ptlrpc_req_replace(req, MDC_OPEN_EA, ea, len);
	if (!rc)
		mdc_layout_walk(ptlrpc_req_buf(req, MDC_OPEN_EA, len), len,
				true);
	return rc;
}

/* Make the saved request open the same object again, 09 section 8.4. */
static int mdc_open_replay(struct ptlrpc_request *req, void *data)
{
	struct mdc_open *open = data;
	struct mdt_rec_create *rec;
	struct mdt_body *body;
	int rc;

	body = ptlrpc_rep_buf(req, MDC_OPEN_REP_BODY, sizeof(*body));
	if (!body)
		return -EPROTO;
	/* Also if the opener asked for a layout: that named no objects. */
	rc = mdc_open_replay_ea(req, body);
	if (rc)
		return rc;
	rec = ptlrpc_req_buf(req, MDC_OPEN_REC, sizeof(*rec));
	rec->cr_fid2 = body->mbo_fid1;
	spin_lock(&open->lock);
	/* The opener may not have looked at the reply yet. */
	if (!open->handle)
		open->handle = body->mbo_handle;
	rec->cr_open_handle_old = open->handle;
	spin_unlock(&open->lock);
	return 0;
}

/* A replayed open has a new handle: a queued close must carry it. */
static void mdc_open_replayed(struct ptlrpc_request *req, int rc, void *data)
{
	struct mdc_open *open = data;
	struct mdt_ioepoch *ioepoch;
	struct mdt_body *body;

	if (rc < 0 && rc != -EEXIST)
		return;
	body = ptlrpc_replay_buf(req, MDC_OPEN_REP_BODY, sizeof(*body));
	if (!body || !body->mbo_handle)
		return;
	spin_lock(&open->lock);
	open->handle = body->mbo_handle;
	if (open->close) {
		ioepoch = ptlrpc_req_buf(open->close, 1, sizeof(*ioepoch));
		ioepoch->mio_open_handle = open->handle;
	}
	spin_unlock(&open->lock);
}

static const struct ptlrpc_req_ops mdc_open_ops = {
	.replay		= mdc_open_replay,
	.replayed	= mdc_open_replayed,
	.release	= mdc_open_release,
};

/* Note the handle of a reply in @open. False: the object has none. */
static bool mdc_open_take(struct mdc_open *open, struct ptlrpc_request *req)
{
	struct mdt_body *body;

	body = ptlrpc_rep_buf(req, MDC_OPEN_REP_BODY, sizeof(*body));
	if (!body || !body->mbo_handle)
		return false;
	spin_lock(&open->lock);
	/* It has been replayed since, if there is one. */
	if (!open->handle)
		open->handle = body->mbo_handle;
	spin_unlock(&open->lock);
	lustre_fid_from_wire(&open->fid, &body->mbo_fid1);
	open->generation = ptlrpc_req_generation(req);
	ptlrpc_req_get(req);
	open->req = req;
	return true;
}

/* Nobody waits for this open any more: close what it opened. */
static void mdc_open_orphan(struct ptlrpc_request *req, int status, void *priv)
{
	struct mdc_open *open = priv;
	struct ldlm_reply *lrep = ptlrpc_rep_buf(req, 1, sizeof(*lrep));

	if (!lrep || le64_to_cpu(lrep->lock_policy_res2) ||
	    !(le64_to_cpu(lrep->lock_policy_res1) & DISP_OPEN_OPEN) ||
	    !mdc_open_take(open, req)) {
		ptlrpc_replay_drop(req);
		return;
	}
	refcount_inc(&open->ref);
	mdc_close_async(open, NULL);
}

static struct mdc_open *mdc_open_new(struct mdc *mdc, u64 flags)
{
	struct mdc_open *open = kzalloc(sizeof(*open), GFP_NOFS);

	if (!open)
		return NULL;
	refcount_set(&open->ref, 1);
	spin_lock_init(&open->lock);
	open->mdc = mdc;
	open->flags = flags;
	return open;
}

static void mdc_open_pack_rec(struct mdc_opening *op,
			      struct ptlrpc_request *req)
{
	const struct mdc_open_args *args = op->args;
	const struct lustre_fid *fid1, *fid2;
	struct mdt_rec_create *rec;
	u64 flags = args->flags;
	u32 bias = 0;

	fid1 = args->name ? args->parent : &op->fid;
	fid2 = args->name && !(flags & MDS_OPEN_CREAT) ? NULL : &op->fid;
	if (!args->name)
		flags |= MDS_OPEN_BY_FID;
	if (op->cross) {
		fid1 = &op->fid;
		fid2 = op->cross;
		flags &= ~(MDS_OPEN_CREAT | MDS_OPEN_EXCL | MDS_OPEN_BY_FID);
		bias = MDS_CROSS_REF;
	} else if (flags & MDS_OPEN_VOLATILE) {
		bias = MDS_CREATE_VOLATILE;
	}
	rec = mdc_pack_rec(req, MDC_OPEN_REC, REINT_OPEN, &op->cred, fid1,
			   fid2);
	rec->cr_time = cpu_to_le64(ktime_get_real_seconds());
	rec->cr_mode = cpu_to_le32(S_IFREG | (args->mode & S_IALLUGO));
	rec->cr_bias = cpu_to_le32(bias);
	rec->cr_flags_l = cpu_to_le32(lower_32_bits(flags));
	rec->cr_flags_h = cpu_to_le32(upper_32_bits(flags));
	rec->cr_umask = cpu_to_le32(current_umask());
	if (args->old)
		rec->cr_open_handle_old = mdc_open_handle(args->old);
}

/* A target that has data of files itself is welcome to send them along. */
static u32 mdc_open_data_room(const struct mdc_opening *op)
{
	u64 flags = op->args->flags;

	if (!READ_ONCE(op->lmv->data_seen) || !(flags & MDS_FMODE_READ) ||
	    flags & MDS_OPEN_TRUNC)
		return 0;
	return sizeof(struct niobuf_remote) + MDC_OPEN_DATA;
}

static struct ptlrpc_request *mdc_open_pack(struct mdc_opening *op,
					    struct mdc_intent *in)
{
	const struct mdc_open_args *args = op->args;
	bool named = args->name && !op->cross;
	u32 easize = lmv_max_easize(op->lmv);
	u32 lens[MDC_OPEN_BUFS] = {
		[MDC_OPEN_REC - 1] = sizeof(struct mdt_rec_create),
		[MDC_OPEN_NAME - 1] = named ? args->len + 1 : 1,
		[MDC_OPEN_EA - 1] = args->ea_len,
	};
	u32 rlens[10] = {
		sizeof(struct ldlm_reply), sizeof(struct mdt_body),
		lmv_ea_room(op->lmv),
		op->long_acl ? max_t(u32, easize, MDC_ACL_SIZE) : MDC_ACL_SIZE,
		[MDC_OPEN_REP_DATA - 1] = mdc_open_data_room(op),
	};
	u32 flags = PTLRPC_REQ_OPEN;
	struct ptlrpc_request *req;

	/* The second step may run while the first one's slot is in use. */
	if (!op->cross)
		flags |= PTLRPC_REQ_MODIFY;
	req = mdc_intent_alloc(in, lens, ARRAY_SIZE(lens), flags);
	if (IS_ERR(req))
		return req;
	ptlrpc_req_set_replen(req, rlens, ARRAY_SIZE(rlens));
	mdc_open_pack_rec(op, req);
	if (named)
		ptlrpc_req_set_str(req, MDC_OPEN_NAME, args->name, args->len);
	if (args->ea_len)
		memcpy(ptlrpc_req_buf(req, MDC_OPEN_EA, args->ea_len),
		       args->ea, args->ea_len);
	return req;
}

/*
 * The data that came with an open, if they may be used (08 section 8): they end
 * the file's data, and a lock that nobody writes under vouches for them.
 */
static void mdc_open_data(struct mdc_reply *rep)
{
	u32 len = ptlrpc_rep_buflen(rep->req, MDC_OPEN_REP_DATA);
	const struct niobuf_remote *nb;
	u64 off;

	if (!(rep->attr.valid & OBD_MD_DOM_SIZE) || !rep->attr.dom_size)
		return;
	if (len <= sizeof(*nb) || !rep->lock ||
	    !(rep->bits & MDS_INODELOCK_DOM) ||
	    !(rep->lock->granted_mode & (LCK_CR | LCK_PR)))
		return;
	nb = ptlrpc_rep_buf(rep->req, MDC_OPEN_REP_DATA, len);
	if (!nb || le32_to_cpu(nb->rnb_len) > len - sizeof(*nb))
		return;
	off = le64_to_cpu(nb->rnb_offset);
	if (off % PAGE_SIZE || off >= rep->attr.dom_size ||
	    rep->attr.dom_size - off != le32_to_cpu(nb->rnb_len))
		return;
	rep->data = nb + 1;
	rep->data_off = off;
}

/* What the server's answer to an open means; see mdc_open(). */
static int mdc_open_result(struct mdc_opening *op, struct mdc_intent *in,
			   struct mdc_reply *rep)
{
	int rc;

	if (!(rep->disp & DISP_IT_EXECD))
		return rep->status ? rep->status :
		       mdc_bad_reply(in->mdc, "open neither done nor failed");
	if (mdc_reply_negative(rep) && (!rep->status ||
					rep->status == -ENOENT))
		return 0;
	if (rep->status == -EINPROGRESS)
		return rep->status;
	if (rep->status && rep->status != -EEXIST)
		return rep->status;
	rc = mdc_intent_adopt(in, rep);
	if (rep->status)
		return rep->status;
	if (!rc)
		mdc_open_data(rep);
	if (rc && (rep->disp & DISP_OPEN_OPEN))
		mdc_open_orphan(rep->req, 0, op->open);
	return rc;
}

/* One RPC; on success there is a handle if op->open->req is set. */
static int mdc_open_once(struct mdc_opening *op, struct mdc *mdc,
			 struct mdc_reply *rep)
{
	bool creat = op->args->flags & MDS_OPEN_CREAT && !op->cross;
	bool named = op->args->name && !op->cross;
	struct ptlrpc_request *req;
	struct ldlm_elc elc;
	struct mdc_intent in = {
		.mdc		= mdc,
		.it		= creat ? IT_OPEN | IT_CREAT : IT_OPEN,
		.res		= named ? op->args->parent : &op->fid,
		.mode		= creat ? LCK_CW : LCK_CR,
		.bits		= creat ? MDS_INODELOCK_UPDATE :
					  MDS_INODELOCK_LOOKUP,
		.elc		= &elc,
		.lock_ops	= op->args->lease ? &mdc_lease_ops : NULL,
		.lock_data	= op->args->lease,
		.orphan		= mdc_open_orphan,
		.req_ops	= &mdc_open_ops,
		.data		= op->open,
	};
	int rc;

	ldlm_elc_init(&elc, mdc->ns);
	if (creat) {
		struct ldlm_resid resid;

		mdc_resid(&resid, op->args->parent);
		ldlm_elc_add(&elc, &resid, LCK_EX, MDS_INODELOCK_UPDATE);
	} else if (!op->args->name && !(op->args->flags & MDS_OPEN_LOCK) &&
		   mdc_covered(op->lmv, &op->fid, MDC_OPEN_COVER)) {
		/* One more lock of the same kind would only be a burden. */
		in.flags = LDLM_FL_INTENT_ONLY;
	}
	req = mdc_open_pack(op, &in);
	if (IS_ERR(req)) {
		ldlm_elc_drop(&elc);
		return PTR_ERR(req);
	}
	refcount_inc(&op->open->ref);
	if (op->args->lease)
		mdc_lease_get(op->args->lease);
	rc = mdc_intent_run(&in, req, rep);
	if (!in.started)
		mdc_open_put(op->open);
	if (!in.started && op->args->lease)
		mdc_lease_put(op->args->lease);
	return rc ? rc : mdc_open_result(op, &in, rep);
}

/* What left nothing open need not be opened again. */
static void mdc_open_no_handle(struct mdc_reply *rep)
{
	if (rep->req)
		ptlrpc_replay_drop(rep->req);
}

/* Forget an attempt before the next one. */
static void mdc_open_again(struct mdc_reply *rep)
{
	mdc_open_no_handle(rep);
	if (rep->lock)
		ldlm_lock_decref(rep->lock);
	rep->lock = NULL;
	if (rep->req)
		ptlrpc_req_put(rep->req);
	rep->req = NULL;
	rep->has_attr = false;
}

/*
 * Was the caller denied for want of a group that it has, but did not name?
 * The group of the object is in the reply (09 section 6).
 */
static bool mdc_open_more_groups(struct mdc_opening *op,
				 struct mdc_reply *rep)
{
	struct mdc_attr attr;
	struct mdt_body *body;
	kgid_t gid;

	if (!(rep->disp & DISP_OPEN_DENY) || !rep->req)
		return false;
	body = ptlrpc_rep_buf(rep->req, MDC_OPEN_REP_BODY, sizeof(*body));
	if (!body || !(le64_to_cpu(body->mbo_valid) & OBD_MD_FLGID))
		return false;
	attr.gid = le32_to_cpu(body->mbo_gid);
	if (attr.gid == op->cred.suppgid[0] || attr.gid == op->cred.suppgid[1])
		return false;
	gid = make_kgid(&init_user_ns, attr.gid);
	if (!gid_valid(gid) || !in_group_p(gid))
		return false;
	op->cred.suppgid[1] = attr.gid;
	return true;
}

/* Open on one target, again as long as the server asks for it. */
static int mdc_open_on(struct mdc_opening *op, struct mdc *mdc,
		       struct mdc_reply *rep)
{
	bool groups_tried = false;
	int rc;

	for (;;) {
		op->open = mdc_open_new(mdc, op->args->flags);
		if (!op->open)
			return -ENOMEM;
		rc = mdc_open_once(op, mdc, rep);
		if (!rc)
			return 0;
		mdc_open_put(op->open);
		op->open = NULL;
		if (rc == -EINPROGRESS) {
			if (mdc_pause())
				return -EINTR;
		} else if (rc == -EACCES && !groups_tried &&
			   mdc_open_more_groups(op, rep)) {
			groups_tried = true;
		} else if (rc == -ERANGE && !op->long_acl) {
			op->long_acl = true;
		} else {
			return rc;
		}
		mdc_open_again(rep);
	}
}

/* The name led to an object on another target: open it there. */
static int mdc_open_remote(struct mdc_opening *op, struct mdc_reply *rep)
{
	struct mdc *mdc;
	int rc;

	mdc_open_put(op->open);
	op->open = NULL;
	op->fid = rep->attr.fid;
	op->cross = op->args->parent;
	mdc_open_no_handle(rep);
	mdc_reply_keep_name_lock(rep);
	rc = lmv_find(op->lmv, &op->fid, &mdc);
	if (rc)
		return rc;
	rc = mdc_open_on(op, mdc, rep);
	if (rc)
		return rc == -ENOENT ? -ESTALE : rc;
	if (mdc_is_remote(rep) || mdc_reply_negative(rep))
		return mdc_bad_reply(mdc, "object is on no target");
	if (rep->name_lock)
		rep->bits |= MDS_INODELOCK_LOOKUP;
	return 0;
}

static int mdc_open_start(struct mdc_opening *op, struct mdc **mdc)
{
	const struct mdc_open_args *args = op->args;
	int rc;

	if (args->name && !mdc_name_ok(args->name, args->len))
		return args->len > MDC_NAME_MAX ? -ENAMETOOLONG : -EINVAL;
	if (!args->name)
		op->fid = *args->child;
	if (args->flags & MDS_OPEN_VOLATILE && args->mdt != MDC_ANY_MDT) {
		*mdc = lmv_mdt(op->lmv, args->mdt);
		rc = *mdc ? 0 : -ENODEV;
	} else {
		rc = lmv_find(op->lmv, args->name ? args->parent : args->child,
			      mdc);
	}
	if (rc || !(args->flags & MDS_OPEN_CREAT))
		return rc;
	return mdc_fid_alloc(*mdc, &op->fid);
}

int mdc_open(struct lmv *lmv, const struct mdc_open_args *args,
	     const struct mdc_cred *cred, struct mdc_reply *rep,
	     struct mdc_open **openp)
{
	struct mdc_opening op = {
		.lmv	= lmv,
		.args	= args,
		.cred	= *cred,
	};
	struct mdc *mdc;
	int rc;

	*openp = NULL;
	rc = mdc_open_start(&op, &mdc);
	if (rc)
		return rc;
	rc = mdc_open_on(&op, mdc, rep);
	if (!rc && mdc_is_remote(rep))
		rc = mdc_open_remote(&op, rep);
	if (rc)
		goto out;
	if ((rep->disp & DISP_OPEN_OPEN) && rep->has_attr &&
	    mdc_open_take(op.open, rep->req)) {
		op.open->locked = rep->disp & DISP_OPEN_LOCK &&
				  rep->bits & MDS_INODELOCK_OPEN;
		*openp = op.open;
		return 0;
	}
out:
	mdc_open_no_handle(rep);
	if (op.open)
		mdc_open_put(op.open);
	return rc;
}

u64 mdc_open_flags(const struct mdc_open *open)
{
	return open->flags;
}

bool mdc_open_locked(const struct mdc_open *open)
{
	return open->locked;
}

bool mdc_open_valid(const struct mdc_open *open)
{
	return ptlrpc_import_generation(open->mdc->imp) == open->generation;
}
