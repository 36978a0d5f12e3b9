// SPDX-License-Identifier: GPL-2.0-only
/*
 * Requests that change the name space or attributes. Each carries the handles
 * of those locks of ours that it would revoke, so that the server need not ask
 * for them. Spec: 09 section 10.
 */
#include <linux/fs.h>
#include <linux/fs_struct.h>
#include <linux/ktime.h>

#include "internal.h"

/* The body of every reply is in the first buffer. */
#define MDC_REINT_BODY	1

/* Space name and object of different targets may take, per operation */
#define MDC_REINT_TRIES	2

/**
 * struct mdc_reint - one request under construction
 * @mdc: target
 * @elc: locks that go with it
 * @req: the request
 */
struct mdc_reint {
	struct mdc		*mdc;
	struct ldlm_elc		elc;
	struct ptlrpc_request	*req;
};

static void mdc_reint_init(struct mdc_reint *r, struct mdc *mdc)
{
	r->mdc = mdc;
	r->req = NULL;
	ldlm_elc_init(&r->elc, mdc->ns);
}

/* Let our own unused locks on these bits of @fid travel with the request. */
static void mdc_reint_cancel(struct mdc_reint *r, const struct lustre_fid *fid,
			     u64 bits)
{
	struct ldlm_resid resid;

	if (!fid)
		return;
	/* Locks of other targets are for their servers to ask for. */
	mdc_resid(&resid, fid);
	ldlm_elc_add(&r->elc, &resid, LCK_EX, bits);
}

/* Make the request; @elc_buf is the number of its ldlm_request buffer. */
static int mdc_reint_alloc(struct mdc_reint *r, u32 *lens, unsigned int count,
			   unsigned int elc_buf, u32 easize)
{
	u32 rlens[5] = {
		sizeof(struct mdt_body), easize, easize ? MDC_ACL_SIZE : 0,
	};

	lens[elc_buf - 1] = ldlm_elc_size(&r->elc, false);
	r->req = ptlrpc_req_alloc(r->mdc->imp, MDS_REINT, lens, count,
				  PTLRPC_REQ_MODIFY, GFP_NOFS);
	if (IS_ERR(r->req)) {
		ldlm_elc_drop(&r->elc);
		return PTR_ERR(r->req);
	}
	ptlrpc_req_set_replen(r->req, rlens, ARRAY_SIZE(rlens));
	if (lens[elc_buf - 1])
		ldlm_elc_pack(&r->elc, r->req, elc_buf, false);
	return 0;
}

/*
 * Send the request and take the attributes of the reply. They are there, if
 * they are there at all, also after -EREMOTE and the like.
 */
static int mdc_reint_run(struct mdc_reint *r, struct mdc_reply *rep)
{
	int rc, err;

	rep->req = r->req;
	rc = ptlrpc_queue_wait(r->req);
	if (!ptlrpc_rep_exists(r->req) ||
	    ptlrpc_rep_buflen(r->req, MDC_REINT_BODY) == 0)
		return rc < 0 ? rc :
		       mdc_bad_reply(r->mdc, "no attributes");
	err = mdc_unpack_body(r->mdc, r->req, MDC_REINT_BODY, &rep->attr,
			      NULL);
	rep->has_attr = !err && (rep->attr.valid & OBD_MD_FLID);
	return rc < 0 ? rc : err;
}

static int mdc_name_check(const char *name, u32 len)
{
	if (mdc_name_ok(name, len))
		return 0;
	return len > MDC_NAME_MAX ? -ENAMETOOLONG : -EINVAL;
}

static void mdc_create_pack(struct mdc_reint *r,
			    const struct mdc_create_args *args,
			    const struct mdc_cred *cred,
			    const struct lustre_fid *fid)
{
	struct mdt_rec_create *rec;

	rec = mdc_pack_rec(r->req, 1, REINT_CREATE, cred, args->parent, fid);
	rec->cr_time = cpu_to_le64(ktime_get_real_seconds());
	rec->cr_mode = cpu_to_le32(args->mode);
	rec->cr_rdev = cpu_to_le64(old_encode_dev(args->rdev));
	rec->cr_umask = cpu_to_le32(current_umask());
	ptlrpc_req_set_str(r->req, 3, args->name, args->len);
	if (args->target)
		ptlrpc_req_set_str(r->req, 4, args->target,
				   strlen(args->target));
}

int mdc_create(struct lmv *lmv, const struct mdc_create_args *args,
	       const struct mdc_cred *cred, struct mdc_reply *rep)
{
	u32 lens[9] = {
		[0] = sizeof(struct mdt_rec_create),
		[2] = args->len + 1,
		[3] = args->target ? strlen(args->target) + 1 : 0,
	};
	struct lustre_fid fid;
	struct mdc_reint r;
	struct mdc *mdc;
	int rc;

	rc = mdc_name_check(args->name, args->len);
	if (!rc)
		rc = lmv_find(lmv, args->parent, &mdc);
	if (!rc)
		rc = mdc_fid_alloc(mdc, &fid);
	if (rc)
		return rc;
	mdc_reint_init(&r, mdc);
	mdc_reint_cancel(&r, args->parent, MDS_INODELOCK_UPDATE);
	rc = mdc_reint_alloc(&r, lens, ARRAY_SIZE(lens), 5, 0);
	if (rc)
		return rc;
	mdc_create_pack(&r, args, cred, &fid);
	rc = mdc_reint_run(&r, rep);
	if (rc)
		return rc;
	if (!rep->has_attr || !lustre_fid_eq(&rep->attr.fid, &fid))
		return mdc_bad_reply(mdc, "created another object");
	return 0;
}

int mdc_link(struct lmv *lmv, const struct lustre_fid *fid,
	     const struct lustre_fid *parent, const char *name, u32 len,
	     const struct mdc_cred *cred, struct mdc_reply *rep)
{
	u32 lens[6] = {
		[0] = sizeof(struct mdt_rec_link),
		[3] = len + 1,
	};
	struct mdt_rec_link *rec;
	struct mdc_reint r;
	struct mdc *mdc;
	int rc;

	rc = mdc_name_check(name, len);
	if (!rc)
		rc = lmv_find(lmv, parent, &mdc);
	if (rc)
		return rc;
	mdc_reint_init(&r, mdc);
	mdc_reint_cancel(&r, parent, MDS_INODELOCK_UPDATE);
	mdc_reint_cancel(&r, fid, MDS_INODELOCK_UPDATE);
	rc = mdc_reint_alloc(&r, lens, ARRAY_SIZE(lens), 5, 0);
	if (rc)
		return rc;
	rec = mdc_pack_rec(r.req, 1, REINT_LINK, cred, fid, parent);
	rec->lk_time = cpu_to_le64(ktime_get_real_seconds());
	ptlrpc_req_set_str(r.req, 4, name, len);
	return mdc_reint_run(&r, rep);
}

static int mdc_unlink_on(struct mdc *mdc, const struct lustre_fid *parent,
			 const char *name, u32 len,
			 const struct lustre_fid *child, umode_t mode,
			 const struct mdc_cred *cred, struct mdc_reply *rep)
{
	u32 lens[5] = {
		[0] = sizeof(struct mdt_rec_unlink),
		[2] = len + 1,
	};
	struct mdt_rec_unlink *rec;
	struct mdc_reint r;
	int rc;

	mdc_reint_init(&r, mdc);
	mdc_reint_cancel(&r, parent, MDS_INODELOCK_UPDATE);
	mdc_reint_cancel(&r, child, MDS_INODELOCK_FULL);
	rc = mdc_reint_alloc(&r, lens, ARRAY_SIZE(lens), 4, 0);
	if (rc)
		return rc;
	rec = mdc_pack_rec(r.req, 1, REINT_UNLINK, cred, parent, child);
	rec->ul_time = cpu_to_le64(ktime_get_real_seconds());
	rec->ul_mode = cpu_to_le32(mode);
	ptlrpc_req_set_str(r.req, 3, name, len);
	return mdc_reint_run(&r, rep);
}

/* Does the reply say that another target has the victim, and which one? */
static bool mdc_victim_moved(int rc, const struct mdc_reply *rep)
{
	return (rc == -EREMOTE || rc == -EXDEV) && rep->has_attr &&
	       (rep->attr.valid & OBD_MD_MDS);
}

int mdc_unlink(struct lmv *lmv, const struct lustre_fid *parent,
	       const char *name, u32 len, const struct lustre_fid *child,
	       umode_t mode, const struct mdc_cred *cred,
	       struct mdc_reply *rep)
{
	struct lustre_fid victim;
	struct mdc *mdc;
	int tries, rc;

	rc = mdc_name_check(name, len);
	for (tries = 0; !rc && tries < MDC_REINT_TRIES; tries++) {
		rc = lmv_find(lmv, child ? child : parent, &mdc);
		if (rc)
			break;
		rc = mdc_unlink_on(mdc, parent, name, len, child, mode, cred,
				   rep);
		if (!mdc_victim_moved(rc, rep))
			break;
		victim = rep->attr.fid;
		child = &victim;
		mdc_reply_put(rep);
		rc = 0;
	}
	return rc;
}

static int mdc_rename_on(struct mdc *mdc, const struct mdc_rename_args *args,
			 const struct mdc_cred *cred, struct mdc_reply *rep)
{
	u32 lens[7] = {
		[0] = sizeof(struct mdt_rec_rename),
		[3] = args->src_len + 1,
		[4] = args->dst_len + 1,
	};
	struct mdt_rec_rename *rec;
	struct mdc_reint r;
	int rc;

	mdc_reint_init(&r, mdc);
	mdc_reint_cancel(&r, args->src_parent, MDS_INODELOCK_UPDATE);
	if (!lustre_fid_eq(args->src_parent, args->dst_parent))
		mdc_reint_cancel(&r, args->dst_parent, MDS_INODELOCK_UPDATE);
	mdc_reint_cancel(&r, args->src, MDS_INODELOCK_LOOKUP);
	mdc_reint_cancel(&r, args->victim, MDS_INODELOCK_FULL);
	rc = mdc_reint_alloc(&r, lens, ARRAY_SIZE(lens), 6, 0);
	if (rc)
		return rc;
	rec = mdc_pack_rec(r.req, 1, REINT_RENAME, cred, args->src_parent,
			   args->dst_parent);
	rec->rn_time = cpu_to_le64(ktime_get_real_seconds());
	rec->rn_mode = cpu_to_le32(args->mode);
	ptlrpc_req_set_str(r.req, 4, args->src_name, args->src_len);
	ptlrpc_req_set_str(r.req, 5, args->dst_name, args->dst_len);
	return mdc_reint_run(&r, rep);
}

int mdc_rename(struct lmv *lmv, const struct mdc_rename_args *args,
	       const struct mdc_cred *cred, struct mdc_reply *rep)
{
	const struct lustre_fid *where;
	struct lustre_fid victim;
	struct mdc *mdc;
	int tries, rc;

	rc = mdc_name_check(args->src_name, args->src_len);
	if (!rc)
		rc = mdc_name_check(args->dst_name, args->dst_len);
	where = args->victim ? args->victim : args->dst_parent;
	for (tries = 0; !rc && tries < MDC_REINT_TRIES; tries++) {
		rc = lmv_find(lmv, where, &mdc);
		if (rc)
			break;
		rc = mdc_rename_on(mdc, args, cred, rep);
		if (!mdc_victim_moved(rc, rep))
			break;
		victim = rep->attr.fid;
		where = &victim;
		mdc_reply_put(rep);
		rc = 0;
	}
	return rc;
}

static void mdc_setattr_pack(struct mdt_rec_setattr *rec,
			     const struct mdc_setattr_args *args)
{
	rec->sa_valid = cpu_to_le64(args->valid);
	rec->sa_uid = cpu_to_le32(args->uid);
	rec->sa_gid = cpu_to_le32(args->gid);
	rec->sa_size = cpu_to_le64(args->size);
	rec->sa_blocks = cpu_to_le64(args->blocks);
	rec->sa_mtime = cpu_to_le64(args->mtime);
	rec->sa_atime = cpu_to_le64(args->atime);
	rec->sa_ctime = cpu_to_le64(args->ctime);
	rec->sa_mode = cpu_to_le32(args->mode);
	rec->sa_bias = cpu_to_le32(args->bias);
	rec->sa_attr_flags = cpu_to_le32(args->flags);
}

int mdc_setattr(struct lmv *lmv, const struct lustre_fid *fid,
		const struct mdc_setattr_args *args,
		const struct mdc_cred *cred, struct mdc_reply *rep)
{
	u32 lens[6] = {
		[0] = sizeof(struct mdt_rec_setattr),
		[3] = args->ea_len,
	};
	u64 bits = MDS_INODELOCK_UPDATE;
	struct mdt_rec_setattr *rec;
	struct mdc_reint r;
	struct mdc *mdc;
	int rc;

	rc = lmv_find(lmv, fid, &mdc);
	if (rc)
		return rc;
	if (args->valid & (MDS_ATTR_MODE | MDS_ATTR_UID | MDS_ATTR_GID |
			   MDS_ATTR_ATTR_FLAG))
		bits |= MDS_INODELOCK_LOOKUP | MDS_INODELOCK_PERM;
	mdc_reint_init(&r, mdc);
	mdc_reint_cancel(&r, fid, bits);
	rc = mdc_reint_alloc(&r, lens, ARRAY_SIZE(lens), 6,
			     min_t(u32, lmv_max_easize(lmv), MDC_DEF_EASIZE));
	if (rc)
		return rc;
	rec = mdc_pack_rec(r.req, 1, REINT_SETATTR, cred, fid, NULL);
	rec->sa_padding_1 = 0;
	mdc_setattr_pack(rec, args);
	if (args->ea_len)
		memcpy(ptlrpc_req_buf(r.req, 4, args->ea_len), args->ea,
		       args->ea_len);
	return mdc_reint_run(&r, rep);
}

int mdc_setxattr(struct lmv *lmv, const struct lustre_fid *fid,
		 const char *name, const void *value, size_t size, int flags,
		 const struct mdc_cred *cred)
{
	u32 lens[6] = {
		[0] = sizeof(struct mdt_rec_setxattr),
		[2] = strlen(name) + 1,
		[3] = value ? size : 0,
	};
	struct mdc_reply rep = {};
	struct mdt_rec_setxattr *rec;
	struct mdc_reint r;
	u64 bits = MDS_INODELOCK_XATTR | MDS_INODELOCK_UPDATE;
	struct mdc *mdc;
	u64 valid;
	int rc;

	rc = lmv_find(lmv, fid, &mdc);
	if (rc)
		return rc;
	/* "lustre.lov.add" and the like are the layout (08 section 5). */
	if (!strncmp(name, "lustre.lov.", 11))
		bits |= MDS_INODELOCK_LAYOUT;
	mdc_reint_init(&r, mdc);
	mdc_reint_cancel(&r, fid, bits);
	rc = mdc_reint_alloc(&r, lens, ARRAY_SIZE(lens), 5, 0);
	if (rc)
		return rc;
	rec = mdc_pack_rec(r.req, 1, REINT_SETXATTR, cred, fid, NULL);
	valid = OBD_MD_FLCTIME | (value ? OBD_MD_FLXATTR : OBD_MD_FLXATTRRM);
	rec->sx_valid = cpu_to_le64(valid);
	rec->sx_time = cpu_to_le64(ktime_get_real_seconds());
	rec->sx_flags = cpu_to_le32(flags);
	ptlrpc_req_set_str(r.req, 3, name, lens[2] - 1);
	if (value && size)
		memcpy(ptlrpc_req_buf(r.req, 4, size), value, size);
	rc = mdc_reint_run(&r, &rep);
	mdc_reply_put(&rep);
	return rc;
}

/*
 * All stale mirrors of @fid are going to be brought in sync; see mdc_resync().
 * @lease: the server's name of the lock that is the lease
 */
int mdc_reint_resync(struct lmv *lmv, const struct lustre_fid *fid, u64 lease,
		     const struct mdc_cred *cred, struct mdc_reply *rep)
{
	u32 lens[2] = { sizeof(struct mdt_rec_resync) };
	struct mdt_rec_resync *rec;
	struct mdc_reint r;
	struct mdc *mdc;
	int rc;

	rc = lmv_find(lmv, fid, &mdc);
	if (rc)
		return rc;
	mdc_reint_init(&r, mdc);
	mdc_reint_cancel(&r, fid, MDS_INODELOCK_LAYOUT);
	rc = mdc_reint_alloc(&r, lens, ARRAY_SIZE(lens), 2, 0);
	if (rc)
		return rc;
	rec = mdc_pack_rec(r.req, 1, REINT_RESYNC, cred, fid, NULL);
	rec->rs_lease_handle = lease;
	return mdc_reint_run(&r, rep);
}
