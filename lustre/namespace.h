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
void lustre_handle_close(struct inode *inode, struct mdc_open *open, bool wait);
void lustre_file_close(struct inode *inode, struct lustre_file *lf);
struct mdc_open *lustre_open_private(struct inode *inode,
				     struct lustre_file *lf);
void lustre_close_args(struct inode *inode, struct mdc_close_args *args);

/* ---- volatile.c ---- */
bool lustre_volatile_named(const struct qstr *name);
u32 lustre_volatile_mdt(const struct qstr *name);
void lustre_volatile_opened(struct dentry *dentry);
int lustre_tmpfile(struct mnt_idmap *idmap, struct inode *dir, struct file *file,
		   umode_t mode);
void lustre_volatile_closed(struct inode *inode, const struct mdc_open *open);

/* ---- lease.c ---- */
bool lustre_lease_has(struct file *file);
struct mdc_lease *lustre_lease_detach(struct inode *inode,
				      struct lustre_file *lf);
void lustre_lease_end(struct inode *inode, struct lustre_file *lf);
int lustre_lease_close(struct inode *inode, struct mdc_lease *lease,
		       const struct mdc_close_intent *intent);
struct file *lustre_lease_other(struct file *file, u32 fd);

/* ---- keep.c ---- */
bool lustre_keep_wanted(struct inode *inode, enum lustre_open_mode mode);
bool lustre_keep(struct inode *inode, struct mdc_open *open);
bool lustre_keep_take(struct inode *inode);
void lustre_keep_drop(struct inode *inode, bool wait);

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
int lustre_lov_check(const void *value, size_t size);

/* ---- export.c ---- */
struct inode *lustre_inode_by_fid(struct super_block *sb,
				  const struct lustre_fid *fid);

/* ---- release.c ---- */
int lustre_hsm_release(struct super_block *sb, const struct lustre_fid *fid);

/* ---- component.c ---- */
int lustre_component_set(struct inode *inode, const char *op,
			 const void *value, size_t size, int flags);

#endif /* _LUSTRE_NAMESPACE_H */
