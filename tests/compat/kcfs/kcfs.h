/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kcfs: a small file system in memory, written to the newest mainline API only
 * to see that the shims and callback rules do on an older kernel what mainline
 * does.  Data goes through the page cache into a store behind it, so that
 * writeback and reading back are real.
 */
#ifndef KCFS_H
#define KCFS_H

#include <linux/fs.h>
#include <linux/xarray.h>

/* Pages that were written back, by page index */
struct kcfs_inode {
	struct inode vfs_inode;
	struct xarray store;
	struct list_head names;		/* children, under the inode lock */
	char *target;
};

struct kcfs_name {
	struct list_head link;
	struct inode *inode;
	unsigned int len;
	char name[];
};

/* What the callbacks saw, for the test to look at */
struct kcfs_stats {
	atomic_t revalidate, write_begin, written, shrink;
};

extern struct kcfs_stats kcfs_stats;
extern const struct inode_operations kcfs_dir_inode_operations;
extern const struct inode_operations kcfs_file_inode_operations;
extern const struct file_operations kcfs_dir_operations;
extern const struct file_operations kcfs_file_operations;
extern const struct address_space_operations kcfs_aops;

static inline struct kcfs_inode *KCFS_I(struct inode *inode)
{
	return container_of(inode, struct kcfs_inode, vfs_inode);
}

struct inode *kcfs_new_inode(struct super_block *sb, umode_t mode, dev_t dev);
int kcfs_setattr(struct mnt_idmap *idmap, struct dentry *dentry,
		 struct iattr *attr);
int kcfs_revalidate(struct inode *dir, const struct qstr *name,
		    struct dentry *dentry, unsigned int flags);
int kcfs_helpers_init(void);
void kcfs_helpers_exit(void);

#endif
