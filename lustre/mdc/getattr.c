// SPDX-License-Identifier: GPL-2.0-only
/*
 * Requests that read without taking a lock: attributes, symbolic links, the
 * root, space; and the one that waits for commits. Spec: 09 sections 7, 15.
 */
#include <kunit/visibility.h>
#include <linux/export.h>
#include <linux/statfs.h>

#include "internal.h"

/* Reply buffers of MDS_GETATTR */
enum {
	MDC_GA_BODY	= 1,
	MDC_GA_EA	= 2,
};

static struct ptlrpc_request *mdc_getattr_pack(struct mdc *mdc,
					       const struct lustre_fid *fid,
					       const struct mdc_cred *cred,
					       u64 valid, u32 easize)
{
	static const u32 lens[] = { sizeof(struct mdt_body), 0 };
	u32 rlens[5] = { sizeof(struct mdt_body), easize };
	struct ptlrpc_request *req;

	req = ptlrpc_req_alloc(mdc->imp, MDS_GETATTR, lens, ARRAY_SIZE(lens),
			       0, GFP_NOFS);
	if (IS_ERR(req))
		return req;
	ptlrpc_req_set_replen(req, rlens, ARRAY_SIZE(rlens));
	mdc_pack_body(ptlrpc_req_buf(req, 1, sizeof(struct mdt_body)), cred,
		      fid, valid, easize);
	return req;
}

/* Send MDS_GETATTR for @valid and take attributes and @easize bytes of EA. */
static int mdc_getattr_send(struct lmv *lmv, const struct lustre_fid *fid,
			    const struct mdc_cred *cred, u64 valid, u32 easize,
			    struct mdc_reply *rep)
{
	struct mdt_body *body;
	struct mdc *mdc;
	int rc;

	rc = lmv_find(lmv, fid, &mdc);
	if (rc)
		return rc;
	rep->req = mdc_getattr_pack(mdc, fid, cred, valid, easize);
	if (IS_ERR(rep->req)) {
		rc = PTR_ERR(rep->req);
		rep->req = NULL;
		return rc;
	}
	rc = ptlrpc_queue_wait(rep->req);
	if (rc < 0)
		return rc;
	rc = mdc_unpack_body(mdc, rep->req, MDC_GA_BODY, &rep->attr, &body);
	if (rc)
		return rc;
	rep->has_attr = true;
	if (rep->attr.valid & OBD_MD_MDS)
		return mdc_bad_reply(mdc, "object is on another target");
	return mdc_unpack_ea(mdc, rep, body, MDC_GA_EA);
}

int mdc_getattr(struct lmv *lmv, const struct lustre_fid *fid,
		const struct mdc_cred *cred, struct mdc_reply *rep)
{
	u32 easize = lmv_ea_room(lmv);
	int rc;

	rc = mdc_getattr_send(lmv, fid, cred,
			      OBD_MD_FLGETATTR | OBD_MD_FLBLOCKS |
			      OBD_MD_FLEASIZE | OBD_MD_FLMODEASIZE,
			      easize, rep);
	if (rc)
		return rc;
	if (!(rep->attr.valid & OBD_MD_FLID) ||
	    !lustre_fid_eq(&rep->attr.fid, fid))
		return mdc_bad_reply(lmv_find_cached(lmv, fid),
				     "attributes of another object");
	return 0;
}

int mdc_data_version(struct lmv *lmv, const struct lustre_fid *fid,
		     const struct mdc_cred *cred, u64 *version)
{
	struct mdc_reply rep = {};
	struct mdt_body *body;
	int rc;

	rc = mdc_getattr_send(lmv, fid, cred, OBD_MD_FLDATAVERSION, 0, &rep);
	body = rc ? NULL : ptlrpc_rep_buf(rep.req, MDC_GA_BODY, sizeof(*body));
	if (body)
		*version = le64_to_cpu(body->mbo_version);
	else if (!rc)
		rc = -EPROTO;
	mdc_reply_put(&rep);
	return rc;
}

int mdc_readlink(struct lmv *lmv, const struct lustre_fid *fid, u32 size,
		 const struct mdc_cred *cred, struct mdc_reply *rep)
{
	const char *link;
	int rc;

	rc = mdc_getattr_send(lmv, fid, cred, OBD_MD_LINKNAME, size + 1,
			      rep);
	if (rc)
		return rc;
	link = rep->ea;
	if (!(rep->attr.valid & OBD_MD_LINKNAME) || rep->ea_len < 2 ||
	    strnlen(link, rep->ea_len) != rep->ea_len - 1)
		return mdc_bad_reply(lmv_find_cached(lmv, fid),
				     "broken symbolic link");
	return 0;
}

/* A raw lookup, 09 section 7.2 */
int mdc_get_parent(struct lmv *lmv, const struct lustre_fid *dir,
		   const struct mdc_cred *cred, struct lustre_fid *parent)
{
	static const u32 lens[] = { sizeof(struct mdt_body), 0, sizeof("..") };
	static const u32 rlens[6] = { sizeof(struct mdt_body) };
	struct ptlrpc_request *req;
	struct mdc_attr attr;
	struct mdc *mdc;
	int rc;

	rc = lmv_find(lmv, dir, &mdc);
	if (rc)
		return rc;
	req = ptlrpc_req_alloc(mdc->imp, MDS_GETATTR_NAME, lens,
			       ARRAY_SIZE(lens), 0, GFP_NOFS);
	if (IS_ERR(req))
		return PTR_ERR(req);
	ptlrpc_req_set_replen(req, rlens, ARRAY_SIZE(rlens));
	mdc_pack_body(ptlrpc_req_buf(req, 1, sizeof(struct mdt_body)), cred,
		      dir, OBD_MD_FLID, 0);
	ptlrpc_req_set_str(req, 3, "..", 2);
	rc = ptlrpc_queue_wait(req);
	if (rc >= 0)
		rc = mdc_unpack_body(mdc, req, 1, &attr, NULL);
	if (!rc && !(attr.valid & OBD_MD_FLID))
		rc = mdc_bad_reply(mdc, "parent without FID");
	if (!rc)
		*parent = attr.fid;
	ptlrpc_req_put(req);
	return rc;
}

int mdc_get_root(struct lmv *lmv, const char *fileset, struct lustre_fid *fid)
{
	static const u32 rlens[] = { sizeof(struct mdt_body), 0 };
	u32 lens[2] = { sizeof(struct mdt_body) };
	struct mdc *mdc = lmv_mdt(lmv, 0);
	struct ptlrpc_request *req;
	struct mdc_attr attr;
	struct mdc_cred cred;
	int rc;

	if (!mdc)
		return -ENODEV;
	if (fileset)
		lens[1] = strlen(fileset) + 1;
	req = ptlrpc_req_alloc(mdc->imp, MDS_GET_ROOT, lens, fileset ? 2 : 1,
			       0, GFP_KERNEL);
	if (IS_ERR(req))
		return PTR_ERR(req);
	ptlrpc_req_set_replen(req, rlens, ARRAY_SIZE(rlens));
	mdc_cred_init(&cred, NULL, NULL);
	mdc_pack_body(ptlrpc_req_buf(req, 1, sizeof(struct mdt_body)), &cred,
		      NULL, 0, 0);
	if (fileset)
		ptlrpc_req_set_str(req, 2, fileset, lens[1] - 1);
	rc = ptlrpc_queue_wait(req);
	if (rc >= 0)
		rc = mdc_unpack_body(mdc, req, 1, &attr, NULL);
	if (!rc && !(attr.valid & OBD_MD_FLID))
		rc = mdc_bad_reply(mdc, "root without FID");
	if (!rc)
		*fid = attr.fid;
	ptlrpc_req_put(req);
	return rc;
}

/* Take the numbers of one target and their OS_STATFS_*: 0 or -EPROTO. */
int mdc_unpack_statfs(struct mdc *mdc, struct ptlrpc_request *req,
		      struct kstatfs *st, u32 *state)
{
	struct obd_statfs *os = ptlrpc_rep_buf(req, 1, sizeof(*os));
	u32 bsize;

	if (!os)
		return mdc_bad_reply(mdc, "no statfs record");
	bsize = le32_to_cpu(os->os_bsize);
	st->f_bsize = bsize ? bsize : 4096;
	st->f_frsize = st->f_bsize;
	st->f_blocks = le64_to_cpu(os->os_blocks);
	st->f_bfree = le64_to_cpu(os->os_bfree);
	st->f_bavail = le64_to_cpu(os->os_bavail);
	st->f_files = le64_to_cpu(os->os_files);
	st->f_ffree = le64_to_cpu(os->os_ffree);
	st->f_namelen = min_t(u32, le32_to_cpu(os->os_namelen), MDC_NAME_MAX);
	if (!st->f_namelen)
		st->f_namelen = MDC_NAME_MAX;
	*state = le32_to_cpu(os->os_state);
	return 0;
}
EXPORT_SYMBOL_IF_KUNIT(mdc_unpack_statfs);

/* @sum: the numbers of all targets are wanted, if it has them */
static int mdc_statfs_one(struct mdc *mdc, struct kstatfs *st, bool nodelay,
			  bool sum, bool *is_sum)
{
	u32 flags = nodelay ? PTLRPC_REQ_NO_DELAY | PTLRPC_REQ_NO_RESEND : 0;
	static const u32 lens[] = { sizeof(struct mdt_body) };
	static const u32 rlens[] = { sizeof(struct obd_statfs) };
	struct ptlrpc_request *req;
	u32 state = 0;
	int rc;

	sum = sum && ptlrpc_import_granted2(mdc->imp, OBD_CONNECT2_SUM_STATFS);
	req = ptlrpc_req_alloc(mdc->imp, MDS_STATFS, lens, sum ? 1 : 0, flags,
			       GFP_KERNEL);
	if (IS_ERR(req))
		return PTR_ERR(req);
	ptlrpc_req_set_replen(req, rlens, ARRAY_SIZE(rlens));
	if (sum)
		mdc_pack_body(ptlrpc_req_buf(req, 1, sizeof(struct mdt_body)),
			      NULL, NULL, OBD_MD_FLAGSTATFS, 0);
	rc = ptlrpc_queue_wait(req);
	if (rc >= 0)
		rc = mdc_unpack_statfs(mdc, req, st, &state);
	if (!rc)
		*is_sum = sum && (state & OS_STATFS_SUM);
	ptlrpc_req_put(req);
	return rc;
}

int mdc_statfs(struct lmv *lmv, struct kstatfs *st, bool nodelay, bool *is_sum)
{
	struct mdc *mdc;
	unsigned long index;
	int rc = -ENODEV;

	xa_for_each(&lmv->mdts, index, mdc) {
		struct kstatfs one = {};

		rc = mdc_statfs_one(mdc, &one, nodelay, true, is_sum);
		if (rc)
			return rc;
		if (!index || *is_sum) {
			*st = one;
			if (*is_sum)
				return 0;
			continue;
		}
		st->f_files += one.f_files;
		st->f_ffree += one.f_ffree;
	}
	return rc;
}

int mdc_statfs_target(struct lmv *lmv, u32 index, struct kstatfs *st,
		      bool nodelay)
{
	struct mdc *mdc = lmv_mdt(lmv, index);
	bool is_sum;

	return mdc ? mdc_statfs_one(mdc, st, nodelay, false, &is_sum) : -ENODEV;
}

static int mdc_sync_one(struct mdc *mdc, const struct lustre_fid *fid)
{
	static const u32 lens[] = { sizeof(struct mdt_body), 0 };
	static const u32 rlens[] = { sizeof(struct mdt_body) };
	struct ptlrpc_request *req;
	struct mdc_cred cred;
	int rc;

	req = ptlrpc_req_alloc(mdc->imp, MDS_SYNC, lens, ARRAY_SIZE(lens), 0,
			       GFP_NOFS);
	if (IS_ERR(req))
		return PTR_ERR(req);
	ptlrpc_req_set_replen(req, rlens, ARRAY_SIZE(rlens));
	mdc_cred_init(&cred, NULL, NULL);
	mdc_pack_body(ptlrpc_req_buf(req, 1, sizeof(struct mdt_body)), &cred,
		      fid, 0, 0);
	rc = ptlrpc_queue_wait(req);
	ptlrpc_req_put(req);
	return min(rc, 0);
}

int mdc_sync(struct lmv *lmv, const struct lustre_fid *fid)
{
	struct mdc *mdc;
	unsigned long index;
	int rc, err = 0;

	if (fid) {
		rc = lmv_find(lmv, fid, &mdc);
		return rc ? rc : mdc_sync_one(mdc, fid);
	}
	xa_for_each(&lmv->mdts, index, mdc) {
		if (!ptlrpc_import_uncommitted(mdc->imp))
			continue;
		rc = mdc_sync_one(mdc, NULL);
		if (rc && !err)
			err = rc;
	}
	return err;
}

/* Tell one target that the mount is read-only now, or not any more. */
static int mdc_set_rdonly_one(struct mdc *mdc, bool rdonly)
{
	static const u32 lens[] = { sizeof(KEY_READ_ONLY), sizeof(__le32) };
	struct ptlrpc_request *req;
	__le32 *value;
	int rc;

	req = ptlrpc_req_alloc(mdc->imp, MDS_SET_INFO, lens, ARRAY_SIZE(lens),
			       0, GFP_NOFS);
	if (IS_ERR(req))
		return PTR_ERR(req);
	ptlrpc_req_set_replen(req, NULL, 0);
	rc = ptlrpc_req_set_str(req, 1, KEY_READ_ONLY,
				sizeof(KEY_READ_ONLY) - 1);
	value = ptlrpc_req_buf(req, 2, sizeof(*value));
	if (!rc && value) {
		*value = cpu_to_le32(rdonly);
		rc = ptlrpc_queue_wait(req);
	}
	ptlrpc_req_put(req);
	return min(rc, 0);
}

/* The mount changes between read-only and writable (09 section 15.4). */
int lmv_set_rdonly(struct lmv *lmv, bool rdonly)
{
	struct mdc *mdc;
	unsigned long index;
	int rc;

	xa_for_each(&lmv->mdts, index, mdc) {
		rc = mdc_set_rdonly_one(mdc, rdonly);
		if (rc)
			return rc;
	}
	lmv->p.rdonly = rdonly;
	return 0;
}
