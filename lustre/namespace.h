/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the name space files of the VFS room share among themselves.
 */
#ifndef _LUSTRE_NAMESPACE_H
#define _LUSTRE_NAMESPACE_H

#include "internal.h"

/* d_time of a name that has to be looked up before it is used */
#define LUSTRE_DTIME_INVALID	0UL
/*
 * The same, and a path walk has left that to ->open(). Odd, which no
 * generation of an existing name is.
 */
#define LUSTRE_DTIME_OPEN	ULONG_MAX

static inline struct lmv *lustre_lmv(const struct inode *inode)
{
	return LUSTRE_SB(inode->i_sb)->lmv;
}

static inline const struct lustre_fid *lustre_fid(const struct inode *inode)
{
	return &LUSTRE_I(inode)->fid;
}

/* ---- inode.c ---- */
struct inode *lustre_iget(struct super_block *sb, struct mdc_reply *rep);
int lustre_inode_update(struct inode *inode, struct mdc_reply *rep);
void lustre_inode_links(struct inode *inode, int add, s64 set);
int lustre_revalidate_inode(struct inode *inode, u64 bits);
int lustre_permission(struct mnt_idmap *idmap, struct inode *inode, int mask);

/* ---- acl.c ---- */
struct posix_acl *lustre_acl_decode(struct inode *inode,
				    const struct mdc_reply *rep);

/* ---- namei.c ---- */
int lustre_dir_names(struct inode *dir, bool subdir);
bool lustre_dentry_valid(const struct inode *dir, const struct dentry *dentry,
			 const struct inode *inode);
void lustre_dentry_mark(const struct inode *dir, struct dentry *dentry,
			struct inode *inode);

/* ---- open.c ---- */
u64 lustre_open_flags(unsigned int f_flags);
struct lustre_file *lustre_file_alloc(unsigned int f_flags);
void lustre_open_attach(struct inode *inode, struct lustre_file *lf,
			struct mdc_open *open);
void lustre_file_close(struct inode *inode, struct lustre_file *lf);

/* ---- dir.c ---- */

/**
 * struct lustre_dir_pos - a place between two entries of a directory
 * @hash: position of the entry before
 * @dups: entries at that position that are before
 */
struct lustre_dir_pos {
	u64		hash;
	unsigned int	dups;
};

struct mdc_dirent;
int lustre_dir_peek(struct inode *inode, struct lustre_dir_pos *pos,
		    bool (*fn)(void *arg, const struct mdc_dirent *de),
		    void *arg);
void lustre_dir_invalidate(struct inode *dir);
void lustre_dir_free(struct inode *dir);

/* ---- statahead.c ---- */
void lustre_statahead_begin(struct inode *dir, struct lustre_file *lf);
void lustre_statahead_end(struct inode *dir, struct lustre_file *lf);
bool lustre_statahead(struct inode *dir, const struct qstr *name,
		      struct mdc_reply *rep);
void lustre_statahead_stat(struct dentry *dentry, bool size);
void lustre_statahead_asked(struct dentry *dentry, bool size);
void lustre_statahead_free(struct inode *dir);

/* ---- symlink.c ---- */
void lustre_link_free(struct inode *inode);

/* ---- xattr.c ---- */
ssize_t lustre_listxattr(struct dentry *dentry, char *list, size_t size);
int lustre_lov_set_dir(struct inode *inode, const void *value, size_t size);
int lustre_lov_create(struct inode *inode, const void *ea, size_t len);

#endif /* _LUSTRE_NAMESPACE_H */
