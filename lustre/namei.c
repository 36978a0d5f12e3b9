// SPDX-License-Identifier: GPL-2.0-only
/*
 * Names: lookup, creation, removal, renaming, and how long a name is believed.
 *
 * A name that exists is valid as long as a LOOKUP lock covers what it names; a
 * name that does not exist, as long as an UPDATE lock covers its directory. The
 * generations in struct lustre_inode grow each time such a lock goes away;
 * d_time is the generation at which a dentry was found right, so that a lock
 * that comes back later does not revive it. Spec: 06 section 14, 09 section 10.
 */
#include <linux/dcache.h>
#include <linux/fs_struct.h>
#include <linux/namei.h>
#include <linux/slab.h>

#include "namespace.h"

/* Failing lookups in a directory before its UPDATE lock is worth an RPC */
#define LUSTRE_DIR_MISSES	2

/* ---- striped directories -------------------------------------------------- */

/* Ask what no lock's reply has told. */
static int lustre_dir_ask(struct inode *dir)
{
	struct mdc_reply rep = {};
	struct mdc_cred cred;
	int rc;

	mdc_cred_init(&cred, dir, NULL);
	rc = mdc_getattr_lock(lustre_lmv(dir), lustre_fid(dir), false, &cred,
			      &rep);
	if (!rc)
		rc = lustre_inode_update(dir, &rep);
	mdc_reply_put(&rep);
	return rc == -ENOENT ? -ESTALE : rc;
}

/**
 * lustre_dir_names - may names of a directory be looked up, made or removed?
 * @dir: the directory; what is known of it has been brought up to date by
 *	lustre_permission() or a lookup of its own name
 * @subdir: a directory is going to be made
 *
 * Names of a striped directory are in its stripes, each on a target of its own,
 * and this client knows the directory's own object only. A server would take a
 * new name there without a word, and nobody would ever see it again. Spec: 09
 * section 12.4.
 *
 * Return: 0, -EOPNOTSUPP, or why nobody knows.
 */
int lustre_dir_names(struct inode *dir, bool subdir)
{
	struct lustre_inode *li = LUSTRE_I(dir);
	u32 bad = MDC_DIR_STRIPED, stripes = READ_ONCE(li->stripes);
	int rc;

	if (!(stripes & MDC_DIR_KNOWN)) {
		rc = lustre_dir_ask(dir);
		if (rc)
			return rc;
		stripes = READ_ONCE(li->stripes);
	}
	if (subdir)
		bad |= MDC_DIR_STRIPES;
	if (!(stripes & bad))
		return 0;
	pr_notice_ratelimited("lustre: %s: directory %s: %s are not supported yet\n",
			      LUSTRE_SB(dir->i_sb)->opts.dev.fsname,
			      lustre_fid_str(lustre_fid(dir)).s,
			      stripes & MDC_DIR_STRIPED ? "stripes" :
			      "striped subdirectories, its default,");
	return -EOPNOTSUPP;
}

/* ---- validity of names --------------------------------------------------- */

/**
 * lustre_dentry_valid - does a name still lead where it led?
 * @dir: its directory
 * @dentry: positive
 * @inode: what it names
 *
 * Does not sleep; RCU walk is fine.
 *
 * Return: true if a lock has covered the name since it was found right.
 */
bool lustre_dentry_valid(const struct inode *dir, const struct dentry *dentry,
			 const struct inode *inode)
{
	return READ_ONCE(dentry->d_time) ==
	       READ_ONCE(LUSTRE_I(inode)->lookup_gen) &&
	       mdc_covered_name(lustre_lmv(inode), lustre_fid(dir),
				lustre_fid(inode));
}

/**
 * lustre_dentry_mark - a reply has just said that a name leads to an inode
 * @dir: its directory
 * @dentry: positive
 * @inode: what it names
 *
 * The name is valid from now on if there is a lock, else it is looked up when
 * it is needed.
 */
void lustre_dentry_mark(const struct inode *dir, struct dentry *dentry,
			struct inode *inode)
{
	struct lustre_inode *li = LUSTRE_I(inode);
	unsigned long gen = LUSTRE_DTIME_INVALID;

	spin_lock(&li->attr_lock);
	if (mdc_covered_name(lustre_lmv(inode), lustre_fid(dir), &li->fid))
		gen = li->lookup_gen;
	WRITE_ONCE(dentry->d_time, gen);
	spin_unlock(&li->attr_lock);
}

/* Generation of @dir if its UPDATE lock is held, else INVALID. */
static unsigned long lustre_dir_gen(const struct inode *dir)
{
	struct lustre_inode *li = LUSTRE_I(dir);
	unsigned long gen = LUSTRE_DTIME_INVALID;

	spin_lock(&li->attr_lock);
	if (mdc_covered(lustre_lmv(dir), &li->fid, MDS_INODELOCK_UPDATE))
		gen = li->dir_gen;
	spin_unlock(&li->attr_lock);
	return gen;
}

/* As lustre_dir_gen() before a lookup; gets the lock if that has paid. */
static unsigned long lustre_dir_gen_get(struct inode *dir)
{
	struct lustre_inode *li = LUSTRE_I(dir);
	unsigned long gen = lustre_dir_gen(dir);

	if (gen != LUSTRE_DTIME_INVALID ||
	    READ_ONCE(li->dir_misses) < LUSTRE_DIR_MISSES)
		return gen;
	WRITE_ONCE(li->dir_misses, 0);
	if (lustre_revalidate_inode(dir, MDS_INODELOCK_UPDATE))
		return LUSTRE_DTIME_INVALID;
	return lustre_dir_gen(dir);
}

/*
 * A lookup that began at @gen found nothing. That may be believed if the
 * directory did not change since.
 */
static void lustre_dentry_mark_negative(struct inode *dir,
					struct dentry *dentry,
					unsigned long gen)
{
	struct lustre_inode *li = LUSTRE_I(dir);

	if (gen == LUSTRE_DTIME_INVALID)
		WRITE_ONCE(li->dir_misses, li->dir_misses + 1);
	else if (gen != lustre_dir_gen(dir))
		gen = LUSTRE_DTIME_INVALID;
	WRITE_ONCE(dentry->d_time, gen);
}

static int lustre_revalidate_negative(const struct inode *dir,
				      const struct dentry *dentry,
				      unsigned int flags)
{
	const unsigned int excl = LOOKUP_CREATE | LOOKUP_EXCL;
	const struct lustre_inode *li = LUSTRE_I(dir);

	if (!(flags & LOOKUP_REVAL) &&
	    READ_ONCE(dentry->d_time) == READ_ONCE(li->dir_gen) &&
	    mdc_covered(lustre_lmv(dir), &li->fid, MDS_INODELOCK_UPDATE))
		return 1;
	if (flags & LOOKUP_RCU)
		return -ECHILD;
	/*
	 * mkdir and the like: the server will tell if it exists. Not so for a
	 * rename: RENAME_NOREPLACE does not exist on the wire.
	 */
	return (flags & excl) == excl &&
	       !(flags & (LOOKUP_OPEN | LOOKUP_RENAME_TARGET));
}

/* mdc_lookup(), or the prefetched reply for the name if there is one. */
static int lustre_lookup_rpc(struct inode *dir, const struct qstr *name,
			     struct inode *inode, unsigned int flags,
			     struct mdc_reply *rep)
{
	bool attr = !(flags & (LOOKUP_PARENT | LOOKUP_OPEN));
	struct mdc_cred cred;
	int rc;

	rc = lustre_dir_names(dir, false);
	if (rc)
		return rc;
	if (attr && lustre_statahead(dir, name, rep))
		return 0;
	mdc_cred_init(&cred, dir, inode);
	return mdc_lookup(lustre_lmv(dir), lustre_fid(dir), name->name,
			  name->len, attr, &cred, rep);
}

/* Ask the server where the name leads. 1: still there; 0: elsewhere. */
static int lustre_revalidate_name(struct inode *dir, const struct qstr *name,
				  struct dentry *dentry, struct inode *inode,
				  unsigned int flags)
{
	struct mdc_reply rep = {};
	int rc;

	rc = lustre_lookup_rpc(dir, name, inode, flags, &rep);
	if (rc) {
		rc = rc == -ENOENT || rc == -ESTALE ? 0 : rc;
	} else if (!mdc_reply_negative(&rep) &&
		   lustre_fid_eq(&rep.attr.fid, lustre_fid(inode))) {
		rc = lustre_inode_update(inode, &rep);
		if (!rc) {
			lustre_dentry_mark(dir, dentry, inode);
			rc = 1;
		}
		if (rc == -ESTALE)
			rc = 0;
	}
	mdc_reply_put(&rep);
	return rc;
}

/*
 * May ->open() of the inode find out by itself?  The VFS does not come to that
 * if it knows of flags that keep files from being written, which may be old.
 */
static bool lustre_open_decides(const struct inode *inode, unsigned int flags)
{
	return S_ISREG(inode->i_mode) &&
	       !IS_IMMUTABLE(inode) && !IS_APPEND(inode) &&
	       (flags & (LOOKUP_OPEN | LOOKUP_EXCL | LOOKUP_REVAL |
			 LOOKUP_PARENT)) == LOOKUP_OPEN;
}

static int lustre_d_revalidate(struct inode *dir, const struct qstr *name,
			       struct dentry *dentry, unsigned int flags)
{
	struct inode *inode = d_inode_rcu(dentry);

	if (!inode)
		return lustre_revalidate_negative(dir, dentry, flags);
	if (!(flags & LOOKUP_REVAL) && lustre_dentry_valid(dir, dentry, inode))
		return 1;
	if (flags & LOOKUP_RCU)
		return -ECHILD;
	if (lustre_open_decides(inode, flags)) {
		WRITE_ONCE(dentry->d_time, LUSTRE_DTIME_OPEN);
		return 1;
	}
	return lustre_revalidate_name(dir, name, dentry, inode, flags);
}

static int lustre_d_init(struct dentry *dentry)
{
	dentry->d_time = LUSTRE_DTIME_INVALID;
	return 0;
}

const struct dentry_operations lustre_dentry_operations = {
	.d_revalidate	= lustre_d_revalidate,
	.d_init		= lustre_d_init,
};

/* ---- lookup -------------------------------------------------------------- */

/* Make a name of what a reply describes. */
static struct dentry *lustre_splice(struct inode *dir, struct dentry *dentry,
				    struct mdc_reply *rep)
{
	struct inode *inode = lustre_iget(dir->i_sb, rep);
	struct dentry *alias;

	alias = d_splice_alias(inode, dentry);
	if (!IS_ERR(inode) && !IS_ERR(alias))
		lustre_dentry_mark(dir, alias ? alias : dentry, inode);
	return alias;
}

static struct dentry *lustre_lookup(struct inode *dir, struct dentry *dentry,
				    unsigned int flags)
{
	const unsigned int excl = LOOKUP_CREATE | LOOKUP_EXCL;
	struct dentry *alias = NULL;
	struct mdc_reply rep = {};
	unsigned long gen;
	int rc;

	if (dentry->d_name.len > MDC_NAME_MAX)
		return ERR_PTR(-ENAMETOOLONG);
	/* What shall be created exclusively is left to the server. */
	if ((flags & excl) == excl && !(flags & LOOKUP_RENAME_TARGET))
		return NULL;
	gen = lustre_dir_gen_get(dir);
	rc = lustre_lookup_rpc(dir, &dentry->d_name, NULL, flags, &rep);
	if (rc) {
		alias = ERR_PTR(rc);
	} else if (mdc_reply_negative(&rep)) {
		lustre_dentry_mark_negative(dir, dentry, gen);
		alias = d_splice_alias(NULL, dentry);
	} else {
		alias = lustre_splice(dir, dentry, &rep);
	}
	mdc_reply_put(&rep);
	return alias;
}

/* ---- atomic open --------------------------------------------------------- */

static int lustre_unlink(struct inode *dir, struct dentry *dentry);

/**
 * struct lustre_atomic - one atomic open
 * @dir: directory
 * @dentry: name
 * @file: to be opened
 * @lf: its state
 * @gen: of the directory before the request
 * @useless: name of a file that was created and can't be written
 */
struct lustre_atomic {
	struct inode		*dir;
	struct dentry		*dentry;
	struct file		*file;
	struct lustre_file	*lf;
	unsigned long		gen;
	struct dentry		*useless;
};

/* The file is open on the server: finish that here. */
static int lustre_atomic_finish(struct lustre_atomic *ao, struct inode *inode,
				struct dentry *dentry, struct mdc_open *open)
{
	int rc;

	lustre_open_attach(inode, ao->lf, open);
	/* ->open() will find it there and leave it alone. */
	ao->file->private_data = ao->lf;
	rc = finish_open(ao->file, dentry, NULL);
	if (!(ao->file->f_mode & FMODE_OPENED)) {
		ao->file->private_data = NULL;
		lustre_file_close(inode, ao->lf);
	}
	ao->lf = NULL;
	return rc;
}

static int lustre_atomic_positive(struct lustre_atomic *ao,
				  struct mdc_reply *rep, struct mdc_open *open)
{
	struct dentry *alias, *dentry = ao->dentry;
	int rc;

	/* A negative dentry that was hashed makes way for a positive one. */
	if (!d_in_lookup(dentry) && !d_unhashed(dentry))
		d_drop(dentry);
	alias = lustre_splice(ao->dir, dentry, rep);
	if (IS_ERR(alias)) {
		if (open)
			mdc_close(open, NULL);
		return PTR_ERR(alias);
	}
	if (alias)
		dentry = alias;
	if (open && ao->file->f_flags & O_DIRECTORY && !d_is_dir(dentry)) {
		/* The VFS says no, and needs no open file for that. */
		mdc_close(open, NULL);
		open = NULL;
	}
	if (!open)
		return finish_no_open(ao->file, alias);
	if (mdc_reply_created(rep) &&
	    lustre_data_errno(d_inode(dentry)) == -EOPNOTSUPP) {
		mdc_close(open, NULL);
		ao->useless = dget(dentry);
		dput(alias);
		return -EOPNOTSUPP;
	}
	if (mdc_reply_created(rep)) {
		ao->file->f_mode |= FMODE_CREATED;
		WRITE_ONCE(LUSTRE_I(d_inode(dentry))->fresh, true);
	}
	if (mdc_open_flags(open) & MDS_OPEN_VOLATILE)
		lustre_volatile_opened(dentry);
	rc = lustre_atomic_finish(ao, d_inode(dentry), dentry, open);
	dput(alias);
	return rc;
}

static int lustre_atomic_negative(struct lustre_atomic *ao)
{
	if (d_in_lookup(ao->dentry)) {
		lustre_dentry_mark_negative(ao->dir, ao->dentry, ao->gen);
		d_splice_alias(NULL, ao->dentry);
	}
	return -ENOENT;
}

/*
 * The directory gives its files a layout that is of no use here, and such a
 * file helps nobody.  Not while the reply holds its lock, which the server will
 * want back.
 */
static void lustre_atomic_undo(struct lustre_atomic *ao)
{
	if (!ao->useless)
		return;
	lustre_unlink(ao->dir, ao->useless);
	d_drop(ao->useless);
	dput(ao->useless);
}

static int lustre_atomic_rpc(struct lustre_atomic *ao, u64 flags, umode_t mode)
{
	const struct qstr *name = &ao->dentry->d_name;
	struct mdc_open_args args = {
		.parent	= lustre_fid(ao->dir),
		.name	= name->name,
		.len	= name->len,
		.flags	= flags,
		.mode	= mode,
		.mdt	= MDC_ANY_MDT,
	};
	struct mdc_reply rep = {};
	struct mdc_open *open;
	struct mdc_cred cred;
	int rc;

	rc = lustre_dir_names(ao->dir, false);
	if (rc)
		return rc;
	if (flags & MDS_OPEN_VOLATILE)
		args.mdt = lustre_volatile_mdt(name);
	mdc_cred_init(&cred, ao->dir, NULL);
	rc = mdc_open(lustre_lmv(ao->dir), &args, &cred, &rep, &open);
	if (!rc && mdc_reply_negative(&rep))
		rc = lustre_atomic_negative(ao);
	else if (!rc)
		rc = lustre_atomic_positive(ao, &rep, open);
	mdc_reply_put(&rep);
	lustre_atomic_undo(ao);
	return rc;
}

static int lustre_atomic_open(struct inode *dir, struct dentry *dentry,
			      struct file *file, unsigned int open_flags,
			      umode_t mode)
{
	struct lustre_atomic ao = {
		.dir	= dir,
		.dentry	= dentry,
		.file	= file,
		.gen	= LUSTRE_DTIME_INVALID,
	};
	/* The name may be that of a symbolic link, which is followed then. */
	u64 flags = lustre_open_flags((open_flags & ~O_DIRECTORY) |
				      (file->f_flags & __FMODE_EXEC));
	int rc;

	if (dentry->d_name.len > MDC_NAME_MAX)
		return -ENAMETOOLONG;
	if (open_flags & O_CREAT) {
		flags |= MDS_OPEN_CREAT;
		if (open_flags & O_EXCL)
			flags |= MDS_OPEN_EXCL;
		if (lustre_volatile_named(&dentry->d_name))
			flags |= MDS_OPEN_VOLATILE;
	} else {
		/* A negative name that was found valid a moment ago */
		if (!d_in_lookup(dentry))
			return -ENOENT;
		ao.gen = lustre_dir_gen_get(dir);
	}
	ao.lf = lustre_file_alloc(open_flags);
	if (!ao.lf)
		return -ENOMEM;
	if (file->f_flags & __FMODE_EXEC)
		ao.lf->mode = LUSTRE_OPEN_EXEC;
	rc = lustre_atomic_rpc(&ao, flags, mode);
	kfree(ao.lf);
	return rc;
}

/* ---- creation ------------------------------------------------------------ */

/*
 * Give a name to a new inode. The dentry may have been left unhashed by
 * lustre_lookup().
 */
static struct dentry *lustre_instantiate(struct inode *dir,
					 struct dentry *dentry,
					 struct mdc_reply *rep)
{
	if (!d_unhashed(dentry))
		d_drop(dentry);
	return lustre_splice(dir, dentry, rep);
}

static struct dentry *lustre_create_object(struct inode *dir,
					   struct dentry *dentry,
					   umode_t mode, dev_t rdev,
					   const char *target)
{
	struct mdc_create_args args = {
		.parent	= lustre_fid(dir),
		.name	= dentry->d_name.name,
		.len	= dentry->d_name.len,
		.mode	= mode,
		.rdev	= rdev,
		.target	= target,
	};
	struct mdc_reply rep = {};
	struct mdc_cred cred;
	struct dentry *alias;
	int rc;

	rc = lustre_dir_names(dir, S_ISDIR(mode));
	if (rc)
		return ERR_PTR(rc);
	mdc_cred_init(&cred, dir, NULL);
	rc = mdc_create(lustre_lmv(dir), &args, &cred, &rep);
	alias = rc ? ERR_PTR(rc) : lustre_instantiate(dir, dentry, &rep);
	mdc_reply_put(&rep);
	return alias;
}

/* As lustre_create_object(), where the caller can't use another dentry. */
static int lustre_create_plain(struct inode *dir, struct dentry *dentry,
			       umode_t mode, dev_t rdev, const char *target)
{
	struct dentry *alias;

	alias = lustre_create_object(dir, dentry, mode, rdev, target);
	if (IS_ERR(alias))
		return PTR_ERR(alias);
	dput(alias);
	return 0;
}

static int lustre_create(struct mnt_idmap *idmap, struct inode *dir,
			 struct dentry *dentry, umode_t mode)
{
	return lustre_create_plain(dir, dentry, mode | S_IFREG, 0, NULL);
}

static struct dentry *lustre_mkdir(struct mnt_idmap *idmap, struct inode *dir,
				   struct dentry *dentry, umode_t mode)
{
	return lustre_create_object(dir, dentry, mode | S_IFDIR, 0, NULL);
}

static int lustre_mknod(struct mnt_idmap *idmap, struct inode *dir,
			struct dentry *dentry, umode_t mode, dev_t rdev)
{
	/* Devices travel in the old form, 8 bits each. */
	if (rdev && !old_valid_dev(rdev))
		return -EINVAL;
	return lustre_create_plain(dir, dentry, mode, rdev, NULL);
}

static int lustre_symlink(struct mnt_idmap *idmap, struct inode *dir,
			  struct dentry *dentry, const char *target)
{
	return lustre_create_plain(dir, dentry, S_IFLNK | 0777, 0, target);
}

static int lustre_link(struct dentry *old, struct inode *dir,
		       struct dentry *dentry)
{
	struct inode *inode = d_inode(old);
	struct mdc_reply rep = {};
	struct mdc_cred cred;
	int rc;

	rc = lustre_dir_names(dir, false);
	if (rc)
		return rc;
	mdc_cred_init(&cred, inode, dir);
	rc = mdc_link(lustre_lmv(dir), lustre_fid(inode), lustre_fid(dir),
		      dentry->d_name.name, dentry->d_name.len, &cred, &rep);
	mdc_reply_put(&rep);
	if (rc)
		return rc;
	lustre_inode_links(inode, 1, -1);
	ihold(inode);
	if (d_unhashed(dentry))
		d_add(dentry, inode);
	else
		d_instantiate(dentry, inode);
	WRITE_ONCE(dentry->d_time, LUSTRE_DTIME_INVALID);
	return 0;
}

/* ---- removal ------------------------------------------------------------- */

/* The reply knows how many links are left; without one, one less. */
static void lustre_set_nlink(struct inode *inode, const struct mdc_reply *rep)
{
	if (rep->has_attr && (rep->attr.valid & OBD_MD_FLNLINK) &&
	    lustre_fid_eq(&rep->attr.fid, lustre_fid(inode)))
		lustre_inode_links(inode, 0, rep->attr.nlink);
	else if (S_ISDIR(inode->i_mode))
		lustre_inode_links(inode, 0, 0);
	else
		lustre_inode_links(inode, -1, -1);
}

static int lustre_remove(struct inode *dir, struct dentry *dentry,
			 umode_t mode)
{
	struct inode *inode = d_inode(dentry);
	struct mdc_reply rep = {};
	struct mdc_cred cred;
	int rc;

	rc = lustre_dir_names(dir, false);
	if (rc)
		return rc;
	mdc_cred_init(&cred, dir, NULL);
	rc = mdc_unlink(lustre_lmv(dir), lustre_fid(dir), dentry->d_name.name,
			dentry->d_name.len, lustre_fid(inode), mode, &cred,
			&rep);
	if (!rc) {
		lustre_set_nlink(inode, &rep);
		WRITE_ONCE(dentry->d_time, LUSTRE_DTIME_INVALID);
	}
	mdc_reply_put(&rep);
	return rc;
}

static int lustre_unlink(struct inode *dir, struct dentry *dentry)
{
	return lustre_remove(dir, dentry, 0);
}

static int lustre_rmdir(struct inode *dir, struct dentry *dentry)
{
	return lustre_remove(dir, dentry, S_IFDIR);
}

/* ---- rename -------------------------------------------------------------- */

static int lustre_rename(struct mnt_idmap *idmap, struct inode *old_dir,
			 struct dentry *old, struct inode *new_dir,
			 struct dentry *new, unsigned int flags)
{
	struct inode *inode = d_inode(old), *victim = d_inode(new);
	struct mdc_rename_args args = {
		.src_parent	= lustre_fid(old_dir),
		.src_name	= old->d_name.name,
		.src_len	= old->d_name.len,
		.src		= lustre_fid(inode),
		.mode		= inode->i_mode,
		.dst_parent	= lustre_fid(new_dir),
		.dst_name	= new->d_name.name,
		.dst_len	= new->d_name.len,
		.victim		= victim ? lustre_fid(victim) : NULL,
	};
	struct mdc_reply rep = {};
	struct mdc_cred cred;
	int rc;

	/* The VFS has seen to it that there is no victim for NOREPLACE. */
	if (flags & ~RENAME_NOREPLACE)
		return -EINVAL;
	rc = lustre_dir_names(old_dir, false);
	if (!rc)
		rc = lustre_dir_names(new_dir, false);
	if (rc)
		return rc;
	mdc_cred_init(&cred, old_dir, new_dir);
	rc = mdc_rename(lustre_lmv(old_dir), &args, &cred, &rep);
	if (!rc) {
		if (victim)
			lustre_set_nlink(victim, &rep);
		WRITE_ONCE(old->d_time, LUSTRE_DTIME_INVALID);
		WRITE_ONCE(new->d_time, LUSTRE_DTIME_INVALID);
	}
	mdc_reply_put(&rep);
	return rc;
}

const struct inode_operations lustre_dir_inode_operations = {
	.lookup		= lustre_lookup,
	.atomic_open	= lustre_atomic_open,
	.create		= lustre_create,
	.link		= lustre_link,
	.unlink		= lustre_unlink,
	.symlink	= lustre_symlink,
	.mkdir		= lustre_mkdir,
	.rmdir		= lustre_rmdir,
	.mknod		= lustre_mknod,
	.rename		= lustre_rename,
	.tmpfile	= lustre_tmpfile,
	.permission	= lustre_permission,
	.getattr	= lustre_getattr,
	.setattr	= lustre_setattr,
	.listxattr	= lustre_listxattr,
};
