// SPDX-License-Identifier: GPL-2.0-only
/*
 * Exchange of the layouts of two files, and with it of their data (10 section
 * 3.2, 09 section 17).
 *
 * Tools copy a file into another one, which has the layout that is wanted, and
 * have both swapped unless the file has changed since.
 */
#include <linux/file.h>
#include <linux/pagemap.h>
#include <linux/uaccess.h>
#include <uapi/linux/lustre.h>

#include "ioctl.h"
#include "namespace.h"

#define LUSTRE_SWAP_KNOWN	(LL_SWAP_CHECK_DV1 | LL_SWAP_CHECK_DV2 | \
				 LL_SWAP_KEEP_MTIME | LL_SWAP_KEEP_ATIME)

static_assert(sizeof(struct ll_swap_layouts) == 32);
static_assert(offsetof(struct ll_swap_layouts, sl_dv1) == 16);

/**
 * struct lustre_swap - one of the two files
 * @file: the file
 * @check: it is to have data version @dv
 * @dv: the version
 * @atime: of the name before the swap
 * @mtime: the same
 */
struct lustre_swap {
	struct file		*file;
	bool			check;
	u64			dv;
	struct timespec64	atime;
	struct timespec64	mtime;
};

/* Has the file the version that it is to have, with what others have cached? */
static int lustre_swap_check(const struct lustre_swap *s)
{
	struct ll_data_version dv = { .idv_flags = LL_DV_RD_FLUSH };
	int err;

	err = filemap_write_and_wait(s->file->f_mapping);
	if (err || !s->check)
		return err;
	err = lustre_data_version(file_inode(s->file), &dv);
	if (err)
		return err;
	return dv.idv_version == s->dv ? 0 : -EAGAIN;
}

/*
 * The times belong to the name: they are those that the data had there before.
 * The objects are others' now, and have their own.
 */
static int lustre_swap_times(const struct lustre_swap *s, u64 flags)
{
	struct dentry *dentry = file_dentry(s->file);
	struct iattr attr = {
		.ia_atime	= s->atime,
		.ia_mtime	= s->mtime,
	};
	struct inode *inode = d_inode(dentry);
	int err;

	if (flags & LL_SWAP_KEEP_MTIME)
		attr.ia_valid |= ATTR_MTIME | ATTR_MTIME_SET;
	if (flags & LL_SWAP_KEEP_ATIME)
		attr.ia_valid |= ATTR_ATIME | ATTR_ATIME_SET;
	if (!attr.ia_valid)
		return 0;
	inode_lock(inode);
	err = lustre_setattr(file_mnt_idmap(s->file), dentry, &attr);
	inode_unlock(inode);
	return err;
}

/* Everybody is to have the same order of two files. */
static bool lustre_swap_before(const struct file *a, const struct file *b)
{
	const struct lustre_fid *f = lustre_fid(file_inode(a));
	const struct lustre_fid *g = lustre_fid(file_inode(b));

	return f->seq != g->seq ? f->seq < g->seq : f->oid < g->oid;
}

/* The one with the higher identity comes first, whoever asks. */
static int lustre_swap_rpc(const struct lustre_swap *a,
			   const struct lustre_swap *b)
{
	struct inode *inode = file_inode(a->file), *inode2 = file_inode(b->file);
	const struct lustre_fid *f = lustre_fid(inode), *g = lustre_fid(inode2);
	u64 dv[2] = { a->dv, b->dv };
	struct mdc_cred cred;

	if (lustre_swap_before(a->file, b->file)) {
		swap(f, g);
		swap(dv[0], dv[1]);
	}
	mdc_cred_init(&cred, inode, inode2);
	return mdc_swap_layouts(lustre_lmv(inode), f, g, dv, &cred);
}

static void lustre_swap_note(struct lustre_swap *s)
{
	struct inode *inode = file_inode(s->file);

	s->atime = inode_get_atime(inode);
	s->mtime = inode_get_mtime(inode);
}

/* With the group locks, if any.  They are of objects that are others' then. */
static int lustre_swap_locked(struct lustre_swap s[2])
{
	int err;

	err = lustre_swap_check(&s[0]) ?: lustre_swap_check(&s[1]);
	if (err)
		return err;
	lustre_swap_note(&s[0]);
	lustre_swap_note(&s[1]);
	return lustre_swap_rpc(&s[0], &s[1]);
}

static int lustre_swap_group(struct lustre_swap s[2], u32 gid)
{
	void __user *group = (void __user *)(unsigned long)gid;
	struct file *first = s[0].file, *second = s[1].file;
	long err;

	if (!gid)
		return lustre_swap_locked(s);
	if (lustre_swap_before(second, first))
		swap(first, second);
	err = lustre_ioc_group_lock(first, group);
	if (err)
		return err;
	err = lustre_ioc_group_lock(second, group);
	if (!err) {
		err = lustre_swap_locked(s);
		lustre_ioc_group_unlock(second, group);
	}
	lustre_ioc_group_unlock(first, group);
	return err;
}

/* Instead of versions a lease vouches for the file, which ends with that. */
static int lustre_swap_close(struct file *file, struct file *other)
{
	struct mdc_close_intent intent = {
		.bias	= MDS_CLOSE_LAYOUT_SWAP,
		.fid	= lustre_fid(file_inode(other)),
	};
	struct inode *inode = file_inode(file);
	struct mdc_lease *lease;
	int err;

	err = filemap_write_and_wait(inode->i_mapping) ?:
	      filemap_write_and_wait(other->f_mapping);
	if (err)
		return err;
	lease = lustre_lease_detach(inode, file->private_data);
	return lease ? lustre_lease_close(inode, lease, &intent) : -ENOLCK;
}

static int lustre_swap_do(struct file *file, struct file *other,
			  const struct ll_swap_layouts *sl)
{
	struct lustre_swap s[2] = {
		{ file, sl->sl_flags & LL_SWAP_CHECK_DV1, sl->sl_dv1 },
		{ other, sl->sl_flags & LL_SWAP_CHECK_DV2, sl->sl_dv2 },
	};
	int err;

	if (file_inode(file) == file_inode(other))
		return -EINVAL;
	if (sl->sl_flags == LL_SWAP_CLOSE)
		return lustre_swap_close(file, other);
	if (sl->sl_flags & ~LUSTRE_SWAP_KNOWN)
		return -EINVAL;
	err = lustre_swap_group(s, sl->sl_gid);
	return err ?: lustre_swap_times(&s[0], sl->sl_flags) ?:
	       lustre_swap_times(&s[1], sl->sl_flags);
}

long lustre_ioc_swap_layouts(struct file *file, void __user *arg)
{
	struct ll_swap_layouts sl;
	struct file *other;
	int err;

	if (copy_from_user(&sl, arg, sizeof(sl)))
		return -EFAULT;
	if (!(file->f_mode & FMODE_WRITE))
		return -EPERM;
	other = lustre_lease_other(file, sl.sl_fd);
	if (IS_ERR(other))
		return PTR_ERR(other);
	err = lustre_swap_do(file, other, &sl);
	fput(other);
	return err;
}
