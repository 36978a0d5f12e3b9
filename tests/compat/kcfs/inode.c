// SPDX-License-Identifier: GPL-2.0-only
/* kcfs: names and attributes */
#include <linux/dcache.h>
#include <linux/mm.h>
#include <linux/namei.h>
#include <linux/slab.h>

#include "kcfs.h"

static struct kcfs_name *kcfs_find(struct inode *dir, const struct qstr *q)
{
	struct kcfs_name *name;

	list_for_each_entry(name, &KCFS_I(dir)->names, link)
		if (name->len == q->len && !memcmp(name->name, q->name, q->len))
			return name;
	return NULL;
}

static struct dentry *kcfs_lookup(struct inode *dir, struct dentry *dentry,
				  unsigned int flags)
{
	struct kcfs_name *name = kcfs_find(dir, &dentry->d_name);
	struct inode *inode = NULL;

	if (name) {
		inode = name->inode;
		ihold(inode);
	}
	return d_splice_alias(inode, dentry);
}

static int kcfs_add(struct inode *dir, struct dentry *dentry,
		    struct inode *inode)
{
	struct kcfs_name *name;

	name = kmalloc_flex(*name, name, dentry->d_name.len, GFP_KERNEL);
	if (!name)
		return -ENOMEM;
	name->len = dentry->d_name.len;
	memcpy(name->name, dentry->d_name.name, name->len);
	name->inode = inode;
	ihold(inode);
	list_add_tail(&name->link, &KCFS_I(dir)->names);
	inode_set_mtime_to_ts(dir, inode_set_ctime_current(dir));
	return 0;
}

static int kcfs_make(struct inode *dir, struct dentry *dentry, umode_t mode,
		     dev_t dev)
{
	struct inode *inode = kcfs_new_inode(dir->i_sb, mode, dev);
	int rc;

	if (!inode)
		return -ENOSPC;
	rc = kcfs_add(dir, dentry, inode);
	if (rc) {
		iput(inode);
		return rc;
	}
	d_instantiate(dentry, inode);
	return 0;
}

static int kcfs_create(struct mnt_idmap *idmap, struct inode *dir,
		       struct dentry *dentry, umode_t mode)
{
	return kcfs_make(dir, dentry, mode | S_IFREG, 0);
}

static int kcfs_mknod(struct mnt_idmap *idmap, struct inode *dir,
		      struct dentry *dentry, umode_t mode, dev_t dev)
{
	return kcfs_make(dir, dentry, mode, dev);
}

static struct dentry *kcfs_mkdir(struct mnt_idmap *idmap, struct inode *dir,
				 struct dentry *dentry, umode_t mode)
{
	int rc = kcfs_make(dir, dentry, mode | S_IFDIR, 0);

	if (!rc)
		inc_nlink(dir);
	return ERR_PTR(rc);
}

static const char *kcfs_get_link(struct dentry *dentry, struct inode *inode,
				 struct delayed_call *done)
{
	return KCFS_I(inode)->target;
}

static const struct inode_operations kcfs_symlink_inode_operations = {
	.get_link	= kcfs_get_link,
};

static int kcfs_symlink(struct mnt_idmap *idmap, struct inode *dir,
			struct dentry *dentry, const char *target)
{
	struct inode *inode = kcfs_new_inode(dir->i_sb, S_IFLNK | 0777, 0);
	int rc = -ENOMEM;

	if (!inode)
		return -ENOSPC;
	inode->i_op = &kcfs_symlink_inode_operations;
	KCFS_I(inode)->target = kstrdup(target, GFP_KERNEL);
	inode->i_size = strlen(target);
	if (KCFS_I(inode)->target)
		rc = kcfs_add(dir, dentry, inode);
	if (rc)
		iput(inode);
	else
		d_instantiate(dentry, inode);
	return rc;
}

static int kcfs_unlink(struct inode *dir, struct dentry *dentry)
{
	struct kcfs_name *name = kcfs_find(dir, &dentry->d_name);
	struct inode *inode = d_inode(dentry);

	if (!name)
		return -ENOENT;
	list_del(&name->link);
	inode_set_mtime_to_ts(dir, inode_set_ctime_current(dir));
	drop_nlink(inode);
	iput(name->inode);
	kfree(name);
	return 0;
}

static int kcfs_rmdir(struct inode *dir, struct dentry *dentry)
{
	struct inode *inode = d_inode(dentry);

	if (!list_empty(&KCFS_I(inode)->names))
		return -ENOTEMPTY;
	drop_nlink(dir);
	drop_nlink(inode);
	return kcfs_unlink(dir, dentry);
}

static int kcfs_rename(struct mnt_idmap *idmap, struct inode *old_dir,
		       struct dentry *old, struct inode *new_dir,
		       struct dentry *new, unsigned int flags)
{
	struct kcfs_name *name = kcfs_find(old_dir, &old->d_name);
	int rc;

	if (flags & ~RENAME_NOREPLACE || d_is_dir(old))
		return -EINVAL;
	if (!name)
		return -ENOENT;
	if (d_really_is_positive(new)) {
		rc = kcfs_unlink(new_dir, new);
		if (rc)
			return rc;
	}
	rc = kcfs_add(new_dir, new, d_inode(old));
	if (rc)
		return rc;
	list_del(&name->link);
	iput(name->inode);
	kfree(name);
	return 0;
}

int kcfs_setattr(struct mnt_idmap *idmap, struct dentry *dentry,
		 struct iattr *attr)
{
	struct inode *inode = d_inode(dentry);
	int rc = setattr_prepare(idmap, dentry, attr);

	if (rc)
		return rc;
	if (attr->ia_valid & ATTR_SIZE)
		truncate_setsize(inode, attr->ia_size);
	setattr_copy(idmap, inode, attr);
	mark_inode_dirty(inode);
	return 0;
}

static int kcfs_getattr(struct mnt_idmap *idmap, const struct path *path,
			struct kstat *stat, u32 mask, unsigned int flags)
{
	struct inode *inode = d_inode(path->dentry);

	if (inode_state_read_once(inode) & I_FREEING)
		return -ESTALE;
	generic_fillattr(idmap, mask, inode, stat);
	stat->result_mask |= STATX_BTIME;
	return 0;
}

static int kcfs_permission(struct mnt_idmap *idmap, struct inode *inode,
			   int mask)
{
	return generic_permission(idmap, inode, mask);
}

static int kcfs_iterate(struct file *file, struct dir_context *ctx)
{
	struct inode *dir = file_inode(file);
	struct kcfs_name *name;
	loff_t pos = 2;

	if (!dir_emit_dots(file, ctx))
		return 0;
	list_for_each_entry(name, &KCFS_I(dir)->names, link) {
		if (pos++ < ctx->pos)
			continue;
		if (!dir_emit(ctx, name->name, name->len, name->inode->i_ino,
			      fs_umode_to_dtype(name->inode->i_mode)))
			return 0;
		ctx->pos++;
	}
	return 0;
}

/* The name that is passed and the one in the folder have to agree. */
int kcfs_revalidate(struct inode *dir, const struct qstr *name,
		    struct dentry *dentry, unsigned int flags)
{
	if (flags & LOOKUP_RCU)
		return -ECHILD;
	atomic_inc(&kcfs_stats.revalidate);
	if (d_really_is_negative(dentry))
		return 1;
	return d_inode(dentry->d_parent) == dir &&
	       name->len == dentry->d_name.len ? 1 : -EIO;
}

const struct inode_operations kcfs_dir_inode_operations = {
	.lookup		= kcfs_lookup,
	.create		= kcfs_create,
	.mknod		= kcfs_mknod,
	.mkdir		= kcfs_mkdir,
	.symlink	= kcfs_symlink,
	.unlink		= kcfs_unlink,
	.rmdir		= kcfs_rmdir,
	.rename		= kcfs_rename,
	.setattr	= kcfs_setattr,
	.getattr	= kcfs_getattr,
	.permission	= kcfs_permission,
};

const struct inode_operations kcfs_file_inode_operations = {
	.setattr	= kcfs_setattr,
	.getattr	= kcfs_getattr,
};

const struct file_operations kcfs_dir_operations = {
	.llseek		= generic_file_llseek,
	.read		= generic_read_dir,
	.iterate_shared	= kcfs_iterate,
};
