// SPDX-License-Identifier: GPL-2.0-only
/*
 * File handles, for name_to_handle_at(2) and NFS: what is named by its FID is
 * found by it, also after another mount of the file system. Spec: 10 section
 * 2.4.
 */
#include <linux/dcache.h>
#include <linux/exportfs.h>

#include "namespace.h"

/**
 * struct lustre_handle_fh - a file handle of type FILEID_LUSTRE
 * @fid: the object
 * @parent: the directory that it was reached through, or zeroes
 */
struct lustre_handle_fh {
	struct lu_fid	fid;
	struct lu_fid	parent;
};

/* Handles are counted in words of 32 bits. */
#define LUSTRE_FH_WORDS	(sizeof(struct lustre_handle_fh) / sizeof(u32))

static_assert(sizeof(struct lustre_handle_fh) == 32);

static int lustre_encode_fh(struct inode *inode, __u32 *fh, int *max_len,
			    struct inode *parent)
{
	struct lustre_handle_fh h = {};

	if (*max_len < (int)LUSTRE_FH_WORDS) {
		*max_len = LUSTRE_FH_WORDS;
		return FILEID_INVALID;
	}
	*max_len = LUSTRE_FH_WORDS;
	lustre_fid_to_wire(&h.fid, lustre_fid(inode));
	if (parent)
		lustre_fid_to_wire(&h.parent, lustre_fid(parent));
	memcpy(fh, &h, sizeof(h));
	return FILEID_LUSTRE;
}

/**
 * lustre_inode_by_fid - the inode of an object as its target knows it now
 * @sb: super block
 * @fid: sane
 *
 * Return: with a reference; ERR_PTR(-ESTALE): gone; or what the target says.
 * Context: sleeps.
 */
struct inode *lustre_inode_by_fid(struct super_block *sb,
				  const struct lustre_fid *fid)
{
	struct mdc_reply rep = {};
	struct mdc_cred cred;
	struct inode *inode;
	int rc;

	mdc_cred_init(&cred, NULL, NULL);
	rc = mdc_getattr_lock(LUSTRE_SB(sb)->lmv, fid, true, &cred, &rep);
	if (rc == -ENOENT)
		rc = -ESTALE;
	inode = rc ? ERR_PTR(rc) : lustre_iget(sb, &rep);
	mdc_reply_put(&rep);
	return inode;
}

static struct dentry *lustre_dentry_by_fid(struct super_block *sb,
					   const struct lu_fid *wire)
{
	struct lustre_fid fid;

	lustre_fid_from_wire(&fid, wire);
	if (!lustre_fid_is_sane(&fid))
		return ERR_PTR(-ESTALE);
	return d_obtain_alias(lustre_inode_by_fid(sb, &fid));
}

/* A handle comes from user space, who may have made it up. */
static bool lustre_fh_get(struct lustre_handle_fh *h, const struct fid *fid,
			  int fh_len, int fh_type)
{
	if (fh_type != FILEID_LUSTRE || fh_len < (int)LUSTRE_FH_WORDS)
		return false;
	memcpy(h, fid, sizeof(*h));
	return true;
}

static struct dentry *lustre_fh_to_dentry(struct super_block *sb,
					  struct fid *fid, int fh_len,
					  int fh_type)
{
	struct lustre_handle_fh h;

	if (!lustre_fh_get(&h, fid, fh_len, fh_type))
		return NULL;
	return lustre_dentry_by_fid(sb, &h.fid);
}

static struct dentry *lustre_fh_to_parent(struct super_block *sb,
					  struct fid *fid, int fh_len,
					  int fh_type)
{
	struct lustre_handle_fh h;

	if (!lustre_fh_get(&h, fid, fh_len, fh_type))
		return NULL;
	return lustre_dentry_by_fid(sb, &h.parent);
}

static struct dentry *lustre_get_parent(struct dentry *child)
{
	struct inode *dir = d_inode(child);
	struct lustre_fid fid;
	struct mdc_cred cred;
	int rc;

	mdc_cred_init(&cred, dir, NULL);
	rc = mdc_get_parent(lustre_lmv(dir), lustre_fid(dir), &cred, &fid);
	if (rc)
		return ERR_PTR(rc == -ENOENT ? -ESTALE : rc);
	return d_obtain_alias(lustre_inode_by_fid(dir->i_sb, &fid));
}

const struct export_operations lustre_export_ops = {
	.encode_fh	= lustre_encode_fh,
	.fh_to_dentry	= lustre_fh_to_dentry,
	.fh_to_parent	= lustre_fh_to_parent,
	.get_parent	= lustre_get_parent,
};
