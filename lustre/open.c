// SPDX-License-Identifier: GPL-2.0-only
/*
 * Opening and closing files and directories. Opens of one kind by this client
 * share one handle on the metadata target as long as name and rights of the
 * inode are known here, so that they can be checked without the server.
 */
#include <linux/dcache.h>
#include <linux/slab.h>

#include "namespace.h"

/* Names are read under a snapshot; this is what one attempt works on. */
struct lustre_open_name {
	struct name_snapshot	name;
	struct dentry		*parent;
};

/* The opener will set a layout: together they mean nothing else for a file. */
#define LUSTRE_O_DELAY_CREATE	(O_NOCTTY | FASYNC)

/* MDS_* flags of an open without creation, 09 section 8.1 */
u64 lustre_open_flags(unsigned int f_flags)
{
	u64 flags = 0;

	switch (f_flags & O_ACCMODE) {
	case O_RDONLY:
		flags = MDS_FMODE_READ;
		break;
	case O_WRONLY:
		flags = MDS_FMODE_WRITE;
		break;
	default:
		flags = MDS_FMODE_READ | MDS_FMODE_WRITE;
		break;
	}
	if (f_flags & __FMODE_EXEC)
		flags |= MDS_FMODE_EXEC;
	if (f_flags & O_DIRECTORY)
		flags |= MDS_OPEN_DIRECTORY;
	if (f_flags & O_APPEND)
		flags |= MDS_OPEN_APPEND;
	if (f_flags & O_TRUNC)
		flags |= MDS_OPEN_TRUNC;
	if ((f_flags & LUSTRE_O_DELAY_CREATE) == LUSTRE_O_DELAY_CREATE)
		flags |= MDS_OPEN_DELAY_CREATE;
	return flags;
}

static enum lustre_open_mode lustre_open_mode(unsigned int f_flags)
{
	if (f_flags & __FMODE_EXEC)
		return LUSTRE_OPEN_EXEC;
	switch (f_flags & O_ACCMODE) {
	case O_RDONLY:
		return LUSTRE_OPEN_READ;
	case O_WRONLY:
		return LUSTRE_OPEN_WRITE;
	}
	return LUSTRE_OPEN_RDWR;
}

struct lustre_file *lustre_file_alloc(unsigned int f_flags)
{
	struct lustre_file *lf = kzalloc(sizeof(*lf), GFP_KERNEL);

	if (lf)
		lf->mode = lustre_open_mode(f_flags);
	return lf;
}

/**
 * lustre_open_attach - give an open handle to a file
 * @inode: what was opened
 * @lf: state of the file
 * @open: the handle; owned by @lf and the inode from here on
 */
void lustre_open_attach(struct inode *inode, struct lustre_file *lf,
			struct mdc_open *open)
{
	struct lustre_inode *li = LUSTRE_I(inode);
	struct lustre_open_handle *h = &li->opens[lf->mode];

	mutex_lock(&li->open_lock);
	/* In use, or kept for those who may have it */
	if (h->open) {
		lf->own = open;
	} else {
		h->open = open;
		h->users = 1;
	}
	mutex_unlock(&li->open_lock);
}

/*
 * Did a path walk leave it to ->open() to find out whether the name still leads
 * here, and is nothing else known since?
 */
static bool lustre_open_by_walk(struct dentry *dentry, struct inode *inode)
{
	return READ_ONCE(dentry->d_time) == LUSTRE_DTIME_OPEN &&
	       S_ISREG(inode->i_mode) && !d_unhashed(dentry);
}

/*
 * May the opener have what others have opened? lustre_permission() may have
 * left the answer to the server. MAY_* of @file, a shared handle is of the same
 * access mode.
 */
static bool lustre_open_permitted(struct inode *inode, struct file *file)
{
	int mask = 0;

	if (file->f_mode & FMODE_READ)
		mask |= MAY_READ;
	if (file->f_mode & FMODE_WRITE || file->f_flags & O_TRUNC)
		mask |= MAY_WRITE;
	return lustre_inode_covered(inode, MDS_INODELOCK_PERM) &&
	       !generic_permission(file_mnt_idmap(file), inode, mask);
}

/* Use the handle that others opened, if that is allowed. */
static bool lustre_open_share(struct inode *inode, struct file *file,
			      struct lustre_file *lf)
{
	struct lustre_inode *li = LUSTRE_I(inode);
	struct lustre_open_handle *h = &li->opens[lf->mode];
	bool shared = false;

	/* An executable has to be denied to writers each time. */
	if (lf->mode == LUSTRE_OPEN_EXEC ||
	    lustre_open_by_walk(file_dentry(file), inode) ||
	    !lustre_open_permitted(inode, file))
		return false;
	mutex_lock(&li->open_lock);
	if (h->open && mdc_open_valid(h->open) &&
	    (h->users || lustre_keep_take(inode))) {
		h->users++;
		shared = true;
	}
	mutex_unlock(&li->open_lock);
	return shared;
}

/* Take the handle of @lf away; return it if nobody else uses it. */
static struct mdc_open *lustre_open_detach(struct inode *inode,
					   struct lustre_file *lf)
{
	struct lustre_inode *li = LUSTRE_I(inode);
	struct lustre_open_handle *h = &li->opens[lf->mode];
	struct mdc_open *open = lf->own;

	if (open)
		return open;
	mutex_lock(&li->open_lock);
	if (!--h->users && !(lf->mode == LUSTRE_OPEN_READ &&
			     lustre_keep(inode, h->open))) {
		open = h->open;
		h->open = NULL;
	}
	mutex_unlock(&li->open_lock);
	return open;
}

/**
 * lustre_open_private - let an open file have its handle for itself
 * @inode: a regular file
 * @lf: state of the open file
 *
 * Who opens the file next asks the server then, which may have to tell somebody.
 *
 * Return: the handle, which stays the file's; NULL: others use it, too.
 */
struct mdc_open *lustre_open_private(struct inode *inode,
				     struct lustre_file *lf)
{
	struct lustre_inode *li = LUSTRE_I(inode);
	struct lustre_open_handle *h = &li->opens[lf->mode];
	struct mdc_open *open;

	mutex_lock(&li->open_lock);
	if (!lf->own && h->users == 1) {
		lf->own = h->open;
		h->open = NULL;
		h->users = 0;
	}
	open = lf->own;
	mutex_unlock(&li->open_lock);
	return open;
}

/* What the server is told of a regular file that is closed */
void lustre_close_args(struct inode *inode, struct mdc_close_args *args)
{
	args->have_times = true;
	args->mode = inode->i_mode;
	args->atime = inode_get_atime_sec(inode);
	args->mtime = inode_get_mtime_sec(inode);
	args->ctime = inode_get_ctime_sec(inode);
}

/**
 * lustre_handle_close - close a handle that nobody uses any more
 * @inode: of what
 * @open: the handle, gone afterwards
 * @wait: for the metadata target
 *
 * Context: may sleep.
 */
void lustre_handle_close(struct inode *inode, struct mdc_open *open, bool wait)
{
	struct lustre_inode *li = LUSTRE_I(inode);
	struct mdc_close_args args = {};

	if (S_ISREG(inode->i_mode)) {
		lustre_close_args(inode, &args);
		if (mdc_open_flags(open) & MDS_FMODE_WRITE) {
			args.data_modified = li->data_modified;
			li->data_modified = false;
			args.have_size = lustre_size_best(inode, &args.size,
							  &args.blocks);
		}
		lustre_volatile_closed(inode, open);
	}
	if (wait)
		mdc_close(open, &args);
	else
		mdc_close_async(open, &args);
}

/* End the use that @lf makes of its handle; frees @lf. */
void lustre_file_close(struct inode *inode, struct lustre_file *lf)
{
	struct mdc_open *open = lustre_open_detach(inode, lf);

	lustre_group_end(inode, lf);
	lustre_lease_end(inode, lf);
	if (open)
		lustre_handle_close(inode, open, true);
	else
		lustre_keep_trim(LUSTRE_SB(inode->i_sb), false);
	kfree(lf);
}

/* ---- open by a cached dentry --------------------------------------------- */

static int lustre_open_by_fid(struct inode *inode, u64 flags,
			      struct mdc_reply *rep, struct mdc_open **open)
{
	struct mdc_open_args args = {
		.child	= lustre_fid(inode),
		.flags	= flags,
	};
	struct mdc_cred cred;
	int rc;

	mdc_cred_init(&cred, inode, inode);
	rc = mdc_open(lustre_lmv(inode), &args, &cred, rep, open);
	if (!rc && mdc_reply_negative(rep))
		rc = -ENOENT;
	return rc == -ENOENT && !IS_DEADDIR(inode) ? -ESTALE : rc;
}

static int lustre_open_by_name(struct inode *dir, const struct qstr *name,
			       struct inode *inode, u64 flags,
			       struct mdc_reply *rep, struct mdc_open **open)
{
	struct mdc_open_args args = {
		.parent	= lustre_fid(dir),
		.name	= name->name,
		.len	= name->len,
		.flags	= flags,
	};
	struct mdc_cred cred;
	int rc;

	rc = lustre_dir_names(dir, false);
	if (rc)
		return rc;
	mdc_cred_init(&cred, dir, inode);
	rc = mdc_open(lustre_lmv(inode), &args, &cred, rep, open);
	if (rc)
		return rc == -ENOENT ? -EOPENSTALE : rc;
	/* The name has gone, or leads elsewhere: walk the path again. */
	if (mdc_reply_negative(rep) ||
	    !lustre_fid_eq(&rep->attr.fid, lustre_fid(inode)))
		return -EOPENSTALE;
	return 0;
}

/*
 * One RPC by name opens and tells whether a name that the path walk did not
 * check is right; else the FID says best what shall be opened: the name is
 * known, or the file was reached without it (".", /proc/self/fd).
 */
static int lustre_open_dentry(struct dentry *dentry, struct inode *inode,
			      u64 flags, struct mdc_reply *rep,
			      struct mdc_open **open)
{
	struct lustre_open_name n;
	struct inode *dir;
	int rc;

	if (!lustre_open_by_walk(dentry, inode))
		return lustre_open_by_fid(inode, flags, rep, open);
	n.parent = dget_parent(dentry);
	dir = d_inode(n.parent);
	take_dentry_name_snapshot(&n.name, dentry);
	rc = lustre_open_by_name(dir, &n.name.name, inode,
				 flags & ~MDS_OPEN_LOCK, rep, open);
	release_dentry_name_snapshot(&n.name);
	if (!rc)
		lustre_dentry_mark(dir, dentry, inode);
	dput(n.parent);
	return rc;
}

/* Ask the server for a handle for @lf. */
static int lustre_open_rpc(struct inode *inode, struct file *file,
			   struct lustre_file *lf)
{
	u64 flags = lustre_open_flags(file->f_flags);
	struct mdc_reply rep = {};
	struct mdc_open *open;
	int rc;

	if (S_ISDIR(inode->i_mode))
		flags |= MDS_OPEN_DIRECTORY;
	if (lustre_keep_wanted(inode, lf->mode))
		flags |= MDS_OPEN_LOCK;
	rc = lustre_open_dentry(file_dentry(file), inode, flags, &rep, &open);
	if (!rc && !open)
		rc = -ENXIO;
	if (!rc)
		rc = lustre_inode_update(inode, &rep);
	mdc_reply_put(&rep);
	if (!rc)
		lustre_open_attach(inode, lf, open);
	else if (open)
		mdc_close(open, NULL);
	return rc;
}

int lustre_open(struct inode *inode, struct file *file)
{
	struct lustre_file *lf;
	int rc = 0;

	/* Opened together with the lookup */
	if (file->private_data)
		return 0;
	lf = lustre_file_alloc(file->f_flags);
	if (!lf)
		return -ENOMEM;
	if (!lustre_open_share(inode, file, lf))
		rc = lustre_open_rpc(inode, file, lf);
	if (rc) {
		kfree(lf);
		return rc;
	}
	file->private_data = lf;
	return 0;
}

int lustre_release(struct inode *inode, struct file *file)
{
	struct lustre_file *lf = file->private_data;

	file->private_data = NULL;
	lustre_file_close(inode, lf);
	return 0;
}
