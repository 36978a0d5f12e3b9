// SPDX-License-Identifier: GPL-2.0-only
/*
 * Leases: an open file is the only one, and hears of it when that ends (10
 * section 3.2, 09 section 8.5).
 *
 * Under one, tools copy a file, and have the copy put in its place, or beside it
 * as a mirror, as they give the lease up: the server does that only if nobody
 * has come in between.
 */
#include <linux/file.h>
#include <linux/pagemap.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <uapi/linux/lustre.h>

#include "ioctl.h"
#include "namespace.h"

/* Most components that can be told to be in sync at one time */
#define LUSTRE_LEASE_IDS	1024

static_assert(sizeof(struct ll_lease) == 12);
static_assert(offsetof(struct ll_lease, lil_ids) == 12);

static long lustre_lease_type(const struct mdc_lease *lease)
{
	return mdc_lease_mode(lease) & MDS_FMODE_WRITE ? LL_LEASE_WRLCK :
							 LL_LEASE_RDLCK;
}

/* ----------------------------------------------------------------- take -- */

/* Ask the server for a lease; the handle of the open file is not shared then. */
static int lustre_lease_open(struct file *file, u64 flags,
			     struct mdc_lease **lease)
{
	struct lustre_file *lf = file->private_data;
	struct inode *inode = file_inode(file);
	struct mdc_reply rep = {};
	struct mdc_open *own;
	struct mdc_cred cred;
	int rc;

	/* What is open only for whoever comes next is in the way. */
	lustre_keep_drop(inode, true);
	own = lustre_open_private(inode, lf);
	if (!own)
		return -EBUSY;
	mdc_cred_init(&cred, inode, inode);
	rc = mdc_lease_open(lustre_lmv(inode), lustre_fid(inode), own, flags,
			    &cred, &rep, lease);
	if (!rc) {
		rc = lustre_inode_update(inode, &rep);
		if (rc)
			lustre_lease_close(inode, *lease, NULL);
	}
	mdc_reply_put(&rep);
	return rc;
}

/*
 * What others have written is in the mirrors that are in sync before the server
 * lets the others be written.
 */
static int lustre_lease_resync(struct file *file, struct mdc_lease *lease)
{
	struct inode *inode = file_inode(file);
	struct mdc_reply rep = {};
	struct mdc_cred cred;
	struct lustre_io io;
	int rc;

	rc = filemap_write_and_wait(inode->i_mapping) ?:
	     lustre_io_begin(inode, 0, LUSTRE_EOF,
			     LUSTRE_IO_REFRESH | LUSTRE_IO_PW, &io);
	if (rc)
		return rc;
	lustre_io_end(&io);
	mdc_cred_init(&cred, inode, NULL);
	rc = mdc_resync(lustre_lmv(inode), lustre_fid(inode), lease, &cred,
			&rep);
	mdc_reply_put(&rep);
	return rc;
}

/* Make a lease the file's: -EBUSY if it has one. */
static int lustre_lease_attach(struct file *file, struct mdc_lease *lease)
{
	struct lustre_inode *li = LUSTRE_I(file_inode(file));
	struct lustre_file *lf = file->private_data;
	int rc = -EBUSY;

	mutex_lock(&li->open_lock);
	if (!lf->lease) {
		lf->lease = lease;
		rc = 0;
	}
	mutex_unlock(&li->open_lock);
	return rc;
}

/* Has an open file a lease, broken or not? */
bool lustre_lease_has(struct file *file)
{
	struct lustre_inode *li = LUSTRE_I(file_inode(file));
	const struct lustre_file *lf = file->private_data;
	bool has;

	/* Stacked file systems may have another one. */
	if (file->f_op != &lustre_file_operations)
		return false;
	mutex_lock(&li->open_lock);
	has = lf->lease;
	mutex_unlock(&li->open_lock);
	return has;
}

static long lustre_lease_take(struct file *file, const struct ll_lease *lil)
{
	bool write = lil->lil_mode == LL_LEASE_WRLCK;
	bool resync = lil->lil_flags == LL_LEASE_RESYNC;
	u64 flags = write ? MDS_FMODE_WRITE : MDS_FMODE_READ;
	struct mdc_lease *lease;
	int rc;

	if (lil->lil_flags && !(write && resync))
		return -EINVAL;
	if (!(file->f_mode & (write ? FMODE_WRITE : FMODE_READ)))
		return -EPERM;
	if (lustre_lease_has(file))
		return -EBUSY;
	if (resync)
		flags |= MDS_OPEN_RESYNC;
	rc = lustre_lease_open(file, flags, &lease);
	if (rc)
		return rc;
	if (resync)
		rc = lustre_lease_resync(file, lease);
	if (!rc)
		rc = lustre_lease_attach(file, lease);
	if (rc)
		lustre_lease_close(file_inode(file), lease, NULL);
	return rc;
}

/* ----------------------------------------------------------------- give -- */

/* Take the lease away from an open file; NULL: it has none. */
struct mdc_lease *lustre_lease_detach(struct inode *inode,
				      struct lustre_file *lf)
{
	struct lustre_inode *li = LUSTRE_I(inode);
	struct mdc_lease *lease;

	mutex_lock(&li->open_lock);
	lease = lf->lease;
	lf->lease = NULL;
	mutex_unlock(&li->open_lock);
	return lease;
}

/**
 * lustre_lease_close - give a lease up
 * @inode: a regular file
 * @lease: the lease; gone afterwards
 * @intent: what the server is to do with that; NULL: nothing
 *
 * Nothing is done to a file whose size is not known here but has to be told.
 *
 * Return: as mdc_lease_close(); why the data can't be reached.
 */
int lustre_lease_close(struct inode *inode, struct mdc_lease *lease,
		       const struct mdc_close_intent *intent)
{
	struct mdc_close_args args = {};

	lustre_close_args(inode, &args);
	args.have_size = lustre_size_best(inode, &args.size, &args.blocks);
	if (intent && intent->bias & MDC_CLOSE_EXACT && !args.have_size) {
		mdc_lease_close(lease, &args, NULL);
		return lustre_data_errno(inode) ?: -EINVAL;
	}
	return mdc_lease_close(lease, &args, intent);
}

/* An open file goes, with its lease if it has one. */
void lustre_lease_end(struct inode *inode, struct lustre_file *lf)
{
	struct mdc_lease *lease = lustre_lease_detach(inode, lf);

	if (lease)
		lustre_lease_close(inode, lease, NULL);
}

/**
 * struct lustre_lease_deed - what is to be done as a lease ends
 * @intent: for the server
 * @other: the other file, with a reference; or NULL
 * @ids: of components; or NULL
 */
struct lustre_lease_deed {
	struct mdc_close_intent	intent;
	struct file		*other;
	u32			*ids;
};

static void lustre_lease_deed_end(struct lustre_lease_deed *deed)
{
	if (deed->other)
		fput(deed->other);
	kfree(deed->ids);
}

/**
 * lustre_lease_other - another file of the same file system by its descriptor
 * @file: a file
 * @fd: descriptor of the caller's, of a regular file that is open for writing
 *
 * Return: the file with a reference; ERR_PTR(-EBADF, -EPERM, -EXDEV, -EINVAL).
 */
struct file *lustre_lease_other(struct file *file, u32 fd)
{
	struct file *other = fget(fd);
	int rc = 0;

	if (!other)
		return ERR_PTR(-EBADF);
	if (file_inode(other)->i_sb != file_inode(file)->i_sb)
		rc = -EXDEV;
	else if (other->f_op != &lustre_file_operations)
		rc = -EINVAL;
	else if (!(other->f_mode & FMODE_WRITE))
		rc = -EPERM;
	if (!rc)
		return other;
	fput(other);
	return ERR_PTR(rc);
}

/* What the other file has in memory is on the targets. */
static int lustre_lease_with(struct file *file, u32 fd,
			     struct lustre_lease_deed *deed)
{
	struct file *other = lustre_lease_other(file, fd);

	if (IS_ERR(other))
		return PTR_ERR(other);
	deed->other = other;
	deed->intent.fid = lustre_fid(file_inode(other));
	return filemap_write_and_wait(other->f_mapping);
}

/* Numbers behind the structure.  Return: 0; -ENOMEM, -EFAULT, -EINVAL. */
static int lustre_lease_ids(const struct ll_lease *lil, void __user *arg,
			    struct lustre_lease_deed *deed)
{
	size_t size = lil->lil_count * sizeof(*deed->ids);

	if (lil->lil_count > LUSTRE_LEASE_IDS)
		return -EINVAL;
	if (!lil->lil_count)
		return 0;
	deed->ids = kmalloc(size, GFP_KERNEL);
	if (!deed->ids)
		return -ENOMEM;
	return copy_from_user(deed->ids, arg + offsetof(struct ll_lease,
							lil_ids), size) ?
	       -EFAULT : 0;
}

static int lustre_lease_merge(struct file *file, const struct ll_lease *lil,
			      struct lustre_lease_deed *deed)
{
	int rc;

	if (lil->lil_count != 1)
		return -EINVAL;
	rc = lustre_lease_with(file, deed->ids[0], deed);
	if (!rc && file_inode(deed->other) == file_inode(file))
		rc = -EINVAL;
	deed->intent.bias = MDS_CLOSE_LAYOUT_MERGE;
	return rc;
}

static int lustre_lease_split(struct file *file, const struct ll_lease *lil,
			      struct lustre_lease_deed *deed)
{
	if (lil->lil_count != 2 || !deed->ids[1] ||
	    deed->ids[1] > LCME_ID_MIRROR_MASK)
		return -EINVAL;
	deed->intent.bias = MDS_CLOSE_LAYOUT_SPLIT;
	deed->intent.mirror = deed->ids[1];
	return lustre_lease_with(file, deed->ids[0], deed);
}

static int lustre_lease_resynced(struct file *file, const struct ll_lease *lil,
				 struct lustre_lease_deed *deed)
{
	deed->intent.bias = MDS_CLOSE_RESYNC_DONE;
	deed->intent.ids = deed->ids;
	deed->intent.nr = lil->lil_count;
	return 0;
}

/* What the caller wants done.  To be ended, also after an error */
static int lustre_lease_deed(struct file *file, const struct ll_lease *lil,
			     void __user *arg, struct lustre_lease_deed *deed)
{
	int rc;

	if (!lil->lil_flags)
		return 0;
	if (!(file->f_mode & FMODE_WRITE))
		return -EPERM;
	rc = lustre_lease_ids(lil, arg, deed);
	if (rc)
		return rc;
	switch (lil->lil_flags) {
	case LL_LEASE_LAYOUT_MERGE:
		return lustre_lease_merge(file, lil, deed);
	case LL_LEASE_LAYOUT_SPLIT:
		return lustre_lease_split(file, lil, deed);
	case LL_LEASE_RESYNC_DONE:
		return lustre_lease_resynced(file, lil, deed);
	}
	return -EINVAL;
}

/* With what is to be done the size goes along, as exact as it can be. */
static long lustre_lease_give(struct file *file,
			      const struct lustre_lease_deed *deed)
{
	bool intent = deed->intent.bias;
	struct inode *inode = file_inode(file);
	struct mdc_lease *lease;
	bool broken;
	long mode;
	int rc = 0;

	if (intent)
		rc = filemap_write_and_wait(inode->i_mapping) ?:
		     lustre_size_glimpse(inode);
	if (rc)
		return rc;
	lease = lustre_lease_detach(inode, file->private_data);
	if (!lease)
		return -ENOLCK;
	broken = mdc_lease_broken(lease);
	mode = broken ? 0 : lustre_lease_type(lease);
	rc = lustre_lease_close(inode, lease, intent ? &deed->intent : NULL);
	/* A lease that is given up for nothing is gone in any case. */
	return intent && rc ? rc : mode;
}

static long lustre_lease_put(struct file *file, const struct ll_lease *lil,
			     void __user *arg)
{
	struct lustre_lease_deed deed = {};
	long rc;

	if (!lustre_lease_has(file))
		return -ENOLCK;
	rc = lustre_lease_deed(file, lil, arg, &deed);
	if (!rc)
		rc = lustre_lease_give(file, &deed);
	lustre_lease_deed_end(&deed);
	return rc;
}

/* --------------------------------------------------------------- ioctls -- */

static long lustre_lease_set(struct file *file, const struct ll_lease *lil,
			     void __user *arg)
{
	switch (lil->lil_mode) {
	case LL_LEASE_RDLCK:
	case LL_LEASE_WRLCK:
		return lustre_lease_take(file, lil);
	case LL_LEASE_UNLCK:
		return lustre_lease_put(file, lil, arg);
	}
	return -EINVAL;
}

long lustre_ioc_set_lease(struct file *file, void __user *arg)
{
	struct ll_lease lil;

	if (copy_from_user(&lil, arg, sizeof(lil)))
		return -EFAULT;
	return lustre_lease_set(file, &lil, arg);
}

long lustre_ioc_set_lease_old(struct file *file, void __user *arg)
{
	const struct ll_lease lil = { .lil_mode = (unsigned long)arg };

	if ((unsigned long)arg > U32_MAX)
		return -EINVAL;
	return lustre_lease_set(file, &lil, NULL);
}

long lustre_ioc_get_lease(struct file *file, void __user *arg)
{
	struct lustre_inode *li = LUSTRE_I(file_inode(file));
	const struct lustre_file *lf = file->private_data;
	long mode = 0;

	mutex_lock(&li->open_lock);
	if (lf->lease && !mdc_lease_broken(lf->lease))
		mode = lustre_lease_type(lf->lease);
	mutex_unlock(&li->open_lock);
	return mode;
}
