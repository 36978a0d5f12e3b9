// SPDX-License-Identifier: GPL-2.0-only
/*
 * Symbolic links. A target never changes while its link exists: it is read
 * once, and kept with the inode.
 */
#include <linux/namei.h>
#include <linux/slab.h>

#include "namespace.h"

/**
 * struct lustre_link - target of a symbolic link
 * @rcu: path walk under RCU may read it longer than the inode lives
 * @text: NUL-terminated
 */
struct lustre_link {
	struct rcu_head	rcu;
	char		text[];
};

static struct lustre_link *lustre_link_read(struct inode *inode)
{
	u32 flags = READ_ONCE(LUSTRE_I(inode)->mds_flags);
	loff_t size = i_size_read(inode);
	struct mdc_reply rep = {};
	struct lustre_link *link;
	struct mdc_cred cred;
	int rc;

	/* Any bytes, no name that leads anywhere */
	if (flags & LUSTRE_ENCRYPT_FL)
		return ERR_PTR(-ENOKEY);
	if (size <= 0 || size >= PATH_MAX)
		return ERR_PTR(-EIO);
	mdc_cred_init(&cred, inode, NULL);
	rc = mdc_readlink(lustre_lmv(inode), lustre_fid(inode), size, &cred,
			  &rep);
	if (rc) {
		link = ERR_PTR(rc == -ENOENT ? -ESTALE : rc);
		goto out;
	}
	link = kmalloc(struct_size(link, text, rep.ea_len), GFP_NOFS);
	if (link)
		memcpy(link->text, rep.ea, rep.ea_len);
	else
		link = ERR_PTR(-ENOMEM);
out:
	mdc_reply_put(&rep);
	return link;
}

static const char *lustre_get_link(struct dentry *dentry, struct inode *inode,
				   struct delayed_call *done)
{
	struct lustre_inode *li = LUSTRE_I(inode);
	struct lustre_link *link, *old;

	/* Pairs with the cmpxchg() below. */
	link = smp_load_acquire(&li->link);
	if (link)
		return link->text;
	if (!dentry)
		return ERR_PTR(-ECHILD);
	link = lustre_link_read(inode);
	if (IS_ERR(link))
		return ERR_CAST(link);
	old = cmpxchg(&li->link, NULL, link);
	if (old) {
		kfree(link);
		link = old;
	}
	return link->text;
}

/* The inode goes away. */
void lustre_link_free(struct inode *inode)
{
	struct lustre_link *link = LUSTRE_I(inode)->link;

	LUSTRE_I(inode)->link = NULL;
	if (link)
		kfree_rcu(link, rcu);
}

const struct inode_operations lustre_symlink_inode_operations = {
	.get_link	= lustre_get_link,
	.permission	= lustre_permission,
	.getattr	= lustre_getattr,
	.setattr	= lustre_setattr,
	.listxattr	= lustre_listxattr,
};
