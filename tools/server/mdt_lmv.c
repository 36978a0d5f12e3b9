// SPDX-License-Identifier: GPL-2.0-only
/*
 * Striped directories, as far as a client has to know that a directory is one
 * (document 09, 12): their attributes are served, their stripes are not.
 */
#include "mdt.h"
#include "store.h"

bool lmv_exists(const struct inode *dir)
{
	size_t len = 0;

	return S_ISDIR(dir->mode) && !xattr_get(&dir->fid, XATTR_LMV, NULL, &len);
}

/* Stripes of @dir: FIDs that lead nowhere */
static int lmv_make(const struct inode *dir, unsigned int count)
{
	size_t len = sizeof(struct lmv_mds_md_v1) +
		     count * sizeof(struct lu_fid);
	struct lmv_mds_md_v1 *lmv = xzalloc(len);
	struct fid fid;
	int rc;

	lmv->lmv_magic = cpu_to_le32(LMV_MAGIC_V1);
	lmv->lmv_stripe_count = cpu_to_le32(count);
	lmv->lmv_master_mdt_index = cpu_to_le32(dir->mdt);
	lmv->lmv_hash_type = cpu_to_le32(3);
	lmv->lmv_layout_version = cpu_to_le32(1);
	for (unsigned int i = 0; i < count; i++) {
		fid = (struct fid){ mdt_seq_new(target_get(TGT_MDT, dir->mdt)),
				    1, 0 };
		lmv->lmv_stripe_fids[i] = fid_wire(&fid);
	}
	rc = xattr_set(&dir->fid, XATTR_LMV, lmv, len);
	free(lmv);
	return rc;
}

static int dmv_make(const struct inode *dir, unsigned int count)
{
	struct lmv_user_md dmv = {
		.lum_magic		= cpu_to_le32(LMV_USER_MAGIC),
		.lum_stripe_count	= cpu_to_le32(count),
		.lum_stripe_offset	= cpu_to_le32(UINT32_MAX),
		.lum_max_inherit_rr	= 3,
	};

	return xattr_set(&dir->fid, XATTR_DMV, &dmv, sizeof(dmv));
}

int lmv_set(const char *path, bool by_default, unsigned int count)
{
	struct fid fid = root_fid;
	struct inode dir;
	int rc = mdt_path(path, &fid);

	if (rc)
		return rc;
	if (inode_get(&fid, &dir) || count > LMV_MAX_STRIPE_COUNT)
		return -EINVAL;
	store_mark();
	if (!count)
		return xattr_del(&fid, by_default ? XATTR_DMV : XATTR_LMV);
	return by_default ? dmv_make(&dir, count) : lmv_make(&dir, count);
}

int lmv_inherit(const struct inode *parent, const struct inode *dir)
{
	struct lmv_user_md dmv;
	size_t len = sizeof(dmv);
	unsigned int count;

	if (xattr_get(&parent->fid, XATTR_DMV, &dmv, &len))
		return 0;
	count = le32_to_cpu(dmv.lum_stripe_count);
	return count > 1 ? lmv_make(dir, count) : 0;
}

void lmv_name(struct req *req, const struct inode *dir, const char *name)
{
	if (lmv_exists(dir))
		log_err("%s %s x%" PRIx64 ": \"%s\" in the master of striped directory %s: a real server would have lost it",
			nid_str(&req->peer->nid), opc_name(req->opc), req->xid,
			name, fid_str(&dir->fid));
}

/* The LMV, into the buffer that is next */
void lmv_add(struct req *req, struct mdt_body *b, const struct inode *dir,
	     uint64_t valid)
{
	size_t lmv = 0, dmv = 0;
	uint64_t got = 0;
	void *p;

	xattr_get(&dir->fid, XATTR_LMV, NULL, &lmv);
	if (valid & OBD_MD_DEFAULT_MEA)
		xattr_get(&dir->fid, XATTR_DMV, NULL, &dmv);
	if (lmv)
		got |= OBD_MD_FLDIREA | OBD_MD_MEA;
	if (dmv)
		got |= OBD_MD_FLDIREA | OBD_MD_DEFAULT_MEA;
	b->mbo_valid |= cpu_to_le64(got);
	if (!lmv && dmv)	/* real ones do this, too */
		lmv = sizeof(struct lmv_user_md);
	b->mbo_eadatasize = cpu_to_le32(lmv);
	p = rep_add(req, lmv);
	if (got & OBD_MD_MEA)
		xattr_get(&dir->fid, XATTR_LMV, p, &lmv);
}

/* What subdirectories will be like, in a buffer of its own */
void dmv_add(struct req *req, const struct mdt_body *b, const struct inode *dir)
{
	size_t len = sizeof(struct lmv_user_md);
	void *p;

	if (!(le64_to_cpu(b->mbo_valid) & OBD_MD_DEFAULT_MEA)) {
		rep_add(req, 0);
		return;
	}
	p = rep_add(req, len + 8);
	xattr_get(&dir->fid, XATTR_DMV, p, &len);
}
