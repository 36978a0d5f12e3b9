// SPDX-License-Identifier: GPL-2.0-only
/*
 * Inodes: found by FID, filled from what metadata targets tell, valid as long
 * as inode-bit locks cover them. Spec: 09 section 5.2, 06 section 14.
 */
#include <linux/fs.h>
#include <linux/pagemap.h>
#include <linux/posix_acl.h>
#include <linux/sizes.h>
#include <linux/stat.h>

#include "namespace.h"

/* Preferred transfer sizes that stat shows */
#define LUSTRE_FILE_BLKSIZE	SZ_4M
#define LUSTRE_DIR_BLKSIZE	SZ_1M

/* Attributes that the UPDATE bit, and the PERM bit, protect */
#define LUSTRE_ATTR_BITS	(MDS_INODELOCK_UPDATE | MDS_INODELOCK_PERM)

/* ---- validity ------------------------------------------------------------ */

/**
 * lustre_inode_covered - is what we know about an inode still true?
 * @inode: the inode
 * @bits: MDS_INODELOCK_*: which part of it
 *
 * Does not sleep; RCU walk is fine.
 *
 * Return: true if locks cover all of it.
 */
bool lustre_inode_covered(struct inode *inode, u64 bits)
{
	struct lustre_inode *li = LUSTRE_I(inode);

	return (READ_ONCE(li->valid_bits) & bits) == bits &&
	       mdc_covered(lustre_lmv(inode), &li->fid, bits);
}

/*
 * Attributes that came with a lock have been stored. If the lock was revoked
 * meanwhile they count for nothing: lustre_revoked() comes behind that point,
 * and clears what is set here too early.
 */
static void lustre_inode_set_valid(struct inode *inode, u64 bits)
{
	struct lustre_inode *li = LUSTRE_I(inode);
	u64 bit;

	spin_lock(&li->attr_lock);
	for (; bits; bits &= ~bit) {
		bit = bits & -bits;
		if (mdc_covered(lustre_lmv(inode), &li->fid, bit))
			WRITE_ONCE(li->valid_bits, li->valid_bits | bit);
	}
	spin_unlock(&li->attr_lock);
}

static int lustre_inode_test(struct inode *inode, void *fid)
{
	return lustre_fid_eq(&LUSTRE_I(inode)->fid, fid);
}

static int lustre_inode_set(struct inode *inode, void *fid)
{
	LUSTRE_I(inode)->fid = *(struct lustre_fid *)fid;
	inode->i_ino = lustre_ino(inode->i_sb, fid);
	return 0;
}

static unsigned long lustre_fid_hash(const struct lustre_fid *fid)
{
	return lustre_fid_ino64(fid);
}

struct lustre_grab {
	const struct lustre_fid	*fid;
	struct inode		*inode;
};

/* Takes a reference and finds nothing, so that ilookup5() waits for nobody. */
static int lustre_inode_grab(struct inode *inode, void *arg)
{
	struct lustre_grab *g = arg;

	if (!g->inode && lustre_fid_eq(&LUSTRE_I(inode)->fid, g->fid))
		g->inode = igrab(inode);
	return 0;
}

/*
 * The inode with a reference, also one that is being filled; NULL if it is not
 * cached, or on its way out. Unlike ilookup5() by itself this waits for nobody.
 */
static struct inode *lustre_ilookup_nowait(struct super_block *sb,
					   const struct lustre_fid *fid)
{
	struct lustre_grab g = { .fid = fid };

	ilookup5(sb, lustre_fid_hash(fid), lustre_inode_grab, &g);
	return g.inode;
}

static void lustre_put_work(struct work_struct *work)
{
	struct lustre_inode *li = container_of(work, struct lustre_inode,
					       put_work);

	iput(&li->vfs_inode);
}

/**
 * lustre_iput - drop a reference where nothing may be waited for
 * @inode: the inode
 *
 * For what servers cause: whoever works for one of them must not get into an
 * eviction of an inode, which belongs to others as well. The last reference
 * goes on a workqueue, which umount waits for.
 *
 * Context: any that may not sleep, too.
 */
void lustre_iput(struct inode *inode)
{
	/* That work has a reference of its own: it is not there twice. */
	if (!atomic_add_unless(&inode->i_count, -1, 1))
		queue_work(lustre_inode_wq, &LUSTRE_I(inode)->put_work);
}

/* No lock covers @bits on @fid any more: invalidate what they protect. */
static void lustre_drop_bits(struct lustre_sb *sbi,
			     const struct lustre_fid *fid, u64 bits)
{
	struct lustre_inode *li;
	struct inode *inode;

	inode = lustre_ilookup_nowait(sbi->sb, fid);
	if (!inode)
		return;
	li = LUSTRE_I(inode);
	spin_lock(&li->attr_lock);
	WRITE_ONCE(li->valid_bits, li->valid_bits & ~bits);
	if (bits & MDS_INODELOCK_LOOKUP)
		WRITE_ONCE(li->lookup_gen, li->lookup_gen + 2);
	if (bits & MDS_INODELOCK_UPDATE)
		WRITE_ONCE(li->dir_gen, li->dir_gen + 2);
	spin_unlock(&li->attr_lock);
	if ((bits & MDS_INODELOCK_LAYOUT) && S_ISREG(inode->i_mode))
		lustre_layout_lost(inode);
	if ((bits & MDS_INODELOCK_UPDATE) && S_ISDIR(inode->i_mode))
		lustre_dir_invalidate(inode);
	/* The target hears of the handle before it gets the lock back. */
	if (bits & MDS_INODELOCK_OPEN)
		lustre_keep_drop(inode, true);
	lustre_iput(inode);
}

/**
 * lustre_revoked - inode-bit locks on an object end
 * @sbi: the file system
 * @fid: the object
 * @bits: MDS_INODELOCK_* that nothing covers any more
 *
 * See &struct lmv_params.
 *
 * Context: may sleep; waits for the metadata target if that wants a handle back
 * with the bits, not for any other, nor for one that has evicted us.
 */
void lustre_revoked(struct lustre_sb *sbi, const struct lustre_fid *fid,
		    u64 bits)
{
	/* The umount forgets everything, and must find no inode busy. */
	if (!down_read_trylock(&sbi->upcall_sem))
		return;
	lustre_drop_bits(sbi, fid, bits);
	up_read(&sbi->upcall_sem);
}

/**
 * lustre_flock_lost - a file lock was lost by an eviction
 * @sbi: the file system
 * @fid: the file
 * @owner: whose lock
 *
 * See &struct lmv_params.
 *
 * Context: may sleep; does not wait for a server.
 */
void lustre_flock_lost(struct lustre_sb *sbi, const struct lustre_fid *fid,
		       u64 owner)
{
	struct inode *inode;

	if (!down_read_trylock(&sbi->upcall_sem))
		return;
	inode = lustre_ilookup_nowait(sbi->sb, fid);
	if (inode) {
		lustre_flock_note_lost(inode, owner);
		lustre_iput(inode);
	}
	up_read(&sbi->upcall_sem);
}

/* ---- life ---------------------------------------------------------------- */

void lustre_inode_init_namespace(struct lustre_inode *li)
{
	INIT_WORK(&li->put_work, lustre_put_work);
	spin_lock_init(&li->attr_lock);
	li->valid_bits = 0;
	/* Even and odd: no name can pass for one of the other kind. */
	li->lookup_gen = 2;
	li->dir_gen = 1;
	li->dir_misses = 0;
	li->btime = 0;
	li->projid = 0;
	li->mds_flags = 0;
	li->stripes = 0;
	li->lazy_size = 0;
	li->lazy_blocks = 0;
	li->mds_size = false;
	li->data_modified = false;
	li->link = NULL;
	mutex_init(&li->open_lock);
	memset(li->opens, 0, sizeof(li->opens));
	INIT_LIST_HEAD(&li->keep_link);
	li->closed = 0;
	li->dir = NULL;
	li->statahead = NULL;
	INIT_LIST_HEAD(&li->lost_flocks);
}

void lustre_inode_clear_namespace(struct inode *inode)
{
	lustre_statahead_free(inode);
	lustre_dir_free(inode);
	lustre_link_free(inode);
	lustre_flock_clear(inode);
	mutex_destroy(&LUSTRE_I(inode)->open_lock);
}

const struct inode_operations lustre_file_inode_operations = {
	.permission	= lustre_permission,
	.getattr	= lustre_getattr,
	.setattr	= lustre_setattr,
	.listxattr	= lustre_listxattr,
	.fiemap		= lustre_fiemap,
};

const struct inode_operations lustre_special_inode_operations = {
	.permission	= lustre_permission,
	.getattr	= lustre_getattr,
	.setattr	= lustre_setattr,
	.listxattr	= lustre_listxattr,
};

/* Give a new inode the operations of its type. */
static void lustre_inode_setup(struct inode *inode, const struct mdc_attr *attr)
{
	inode->i_mode = attr->mode;
	inode->i_generation = lustre_fid_gen(lustre_fid(inode));
	/* Merged with what is told: not those of the memory's last user. */
	inode_set_mtime(inode, 0, 0);
	inode_set_atime(inode, 0, 0);
	inode_set_ctime(inode, 0, 0);
	switch (inode->i_mode & S_IFMT) {
	case S_IFREG:
		inode->i_op = &lustre_file_inode_operations;
		lustre_data_inode_setup(inode);
		break;
	case S_IFDIR:
		inode->i_op = &lustre_dir_inode_operations;
		inode->i_fop = &lustre_dir_operations;
		/* Its pages are walked where they lie, see dir.c. */
		inode_nohighmem(inode);
		break;
	case S_IFLNK:
		inode->i_op = &lustre_symlink_inode_operations;
		break;
	default:
		inode->i_op = &lustre_special_inode_operations;
		init_special_inode(inode, inode->i_mode, attr->rdev);
		break;
	}
}

/**
 * lustre_iget - the inode that a reply is about
 * @sb: super block
 * @rep: reply with attributes; stored in the inode
 *
 * Return: the inode with a reference, or ERR_PTR(-EPROTO, -ESTALE (not what it
 * was), -ENOMEM, ...).
 */
struct inode *lustre_iget(struct super_block *sb, struct mdc_reply *rep)
{
	struct lustre_fid fid = rep->attr.fid;
	struct inode *inode;
	int rc;

	if (!rep->has_attr || !(rep->attr.valid & OBD_MD_FLTYPE)) {
		pr_err_ratelimited("lustre: %s: reply does not tell a type\n",
				   LUSTRE_SB(sb)->opts.dev.fsname);
		return ERR_PTR(-EPROTO);
	}
	inode = iget5_locked(sb, lustre_fid_hash(&fid), lustre_inode_test,
			     lustre_inode_set, &fid);
	if (!inode)
		return ERR_PTR(-ENOMEM);
	if (!(inode_state_read_once(inode) & I_NEW)) {
		rc = lustre_inode_update(inode, rep);
		if (!rc)
			return inode;
		iput(inode);
		return ERR_PTR(rc);
	}
	lustre_inode_setup(inode, &rep->attr);
	rc = lustre_inode_update(inode, rep);
	if (rc) {
		iget_failed(inode);
		return ERR_PTR(rc);
	}
	unlock_new_inode(inode);
	return inode;
}

struct inode *lustre_iget_root(struct super_block *sb)
{
	struct lustre_sb *sbi = LUSTRE_SB(sb);
	struct mdc_reply rep = {};
	struct mdc_cred cred;
	struct inode *inode;
	int rc;

	mdc_cred_init(&cred, NULL, NULL);
	rc = mdc_getattr(sbi->lmv, &sbi->root_fid, &cred, &rep);
	inode = rc ? ERR_PTR(rc) : lustre_iget(sb, &rep);
	mdc_reply_put(&rep);
	if (!IS_ERR(inode) && !S_ISDIR(inode->i_mode)) {
		iput(inode);
		inode = ERR_PTR(-ENOTDIR);
	}
	return inode;
}

/* ---- attributes ---------------------------------------------------------- */

/*
 * What a lock vouches for is not changed by a reply that came without that
 * lock: it may be the older one, however late it comes. Holding attr_lock keeps
 * others from vouching for something new meanwhile.
 *
 * Return: MDS_INODELOCK_* of LUSTRE_ATTR_BITS that the reply may speak of.
 */
static u64 lustre_reply_bits(struct inode *inode, const struct mdc_reply *rep)
{
	u64 bits = LUSTRE_ATTR_BITS;

	lockdep_assert_held(&LUSTRE_I(inode)->attr_lock);
	if (lustre_inode_covered(inode, MDS_INODELOCK_UPDATE))
		bits &= ~MDS_INODELOCK_UPDATE;
	if (lustre_inode_covered(inode, MDS_INODELOCK_PERM))
		bits &= ~MDS_INODELOCK_PERM;
	return bits | (rep->bits & LUSTRE_ATTR_BITS);
}

/**
 * lustre_inode_links - a request of ours has changed the number of links
 * @inode: the inode
 * @add: by so many; or
 * @set: to so many, if not negative
 *
 * Does nothing if a lock vouches for what is known: that is newer.
 */
void lustre_inode_links(struct inode *inode, int add, s64 set)
{
	struct lustre_inode *li = LUSTRE_I(inode);

	spin_lock(&li->attr_lock);
	if (set < 0)
		set = max_t(s64, (s64)inode->i_nlink + add, 0);
	if (!lustre_inode_covered(inode, MDS_INODELOCK_UPDATE))
		set_nlink(inode, set);
	spin_unlock(&li->attr_lock);
}

/* @acl: see lustre_acl_decode() */
static void lustre_apply_owner(struct inode *inode, const struct mdc_attr *attr,
			       struct posix_acl *acl)
{
	u64 valid = attr->valid;

	if (!IS_ERR(acl))
		set_cached_acl(inode, ACL_TYPE_ACCESS, acl);

	if (valid & OBD_MD_FLMODE)
		inode->i_mode = (inode->i_mode & S_IFMT) |
				(attr->mode & ~S_IFMT);
	if (valid & OBD_MD_FLUID)
		i_uid_write(inode, attr->uid);
	if (valid & OBD_MD_FLGID)
		i_gid_write(inode, attr->gid);
}

static void lustre_apply_flags(struct inode *inode, u32 flags)
{
	unsigned int iflags = 0;

	LUSTRE_I(inode)->mds_flags = flags;
	if (flags & LUSTRE_SYNC_FL)
		iflags |= S_SYNC;
	if (flags & LUSTRE_APPEND_FL)
		iflags |= S_APPEND;
	if (flags & LUSTRE_IMMUTABLE_FL)
		iflags |= S_IMMUTABLE;
	if (flags & LUSTRE_NOATIME_FL)
		iflags |= S_NOATIME;
	inode_set_flags(inode, iflags,
			S_SYNC | S_APPEND | S_IMMUTABLE | S_NOATIME);
}

static void lustre_apply_rest(struct inode *inode, const struct mdc_attr *attr)
{
	u64 valid = attr->valid;

	if (valid & OBD_MD_FLNLINK)
		set_nlink(inode, attr->nlink);
	if (valid & OBD_MD_FLPROJID)
		LUSTRE_I(inode)->projid = attr->projid;
	if (valid & OBD_MD_FLBTIME)
		LUSTRE_I(inode)->btime = attr->btime;
	if (attr->stripes)
		WRITE_ONCE(LUSTRE_I(inode)->stripes, attr->stripes);
	if (valid & OBD_MD_FLFLAGS)
		lustre_apply_flags(inode, attr->flags);
}

/* Times of everything that has no objects, which may have newer ones. */
static void lustre_apply_times(struct inode *inode, const struct mdc_attr *attr)
{
	struct timespec64 ts = {};

	if (attr->valid & OBD_MD_FLMTIME) {
		ts.tv_sec = attr->mtime;
		inode_set_mtime_to_ts(inode, ts);
	}
	if (attr->valid & OBD_MD_FLCTIME) {
		ts.tv_sec = attr->ctime;
		inode_set_ctime_to_ts(inode, ts);
	}
	/* The server does not know every atime, 09 section 5.2. */
	if ((attr->valid & OBD_MD_FLATIME) &&
	    attr->atime > inode_get_atime_sec(inode)) {
		ts.tv_sec = attr->atime;
		inode_set_atime_to_ts(inode, ts);
	}
}

static void lustre_apply_size(struct inode *inode, const struct mdc_attr *attr)
{
	struct lustre_inode *li = LUSTRE_I(inode);
	bool known = attr->valid & OBD_MD_FLSIZE;

	if (attr->valid & OBD_MD_FLLAZYSIZE)
		li->lazy_size = min_t(u64, attr->size, MAX_LFS_FILESIZE);
	if (attr->valid & OBD_MD_FLLAZYBLOCKS)
		li->lazy_blocks = attr->blocks;
	WRITE_ONCE(li->mds_size, known);
	/* Of mirrors that are in sync it knows, too: but objects know better. */
	if (!known || (S_ISREG(inode->i_mode) && lustre_has_data(inode)))
		return;
	i_size_write(inode, attr->size);
	if (attr->valid & OBD_MD_FLBLOCKS)
		inode->i_blocks = attr->blocks;
}

/* Regular files: the data side merges this with what the objects say. */
static void lustre_apply_data(struct inode *inode, const struct mdc_attr *attr)
{
	struct lustre_inode *li = LUSTRE_I(inode);

	spin_lock(&li->size_lock);
	if (attr->valid & OBD_MD_FLMTIME)
		li->mds_mtime = attr->mtime;
	if (attr->valid & OBD_MD_FLATIME)
		li->mds_atime = attr->atime;
	if (attr->valid & OBD_MD_FLCTIME)
		li->mds_ctime = attr->ctime;
	lustre_apply_size(inode, attr);
	spin_unlock(&li->size_lock);
}

static void lustre_apply_attr(struct inode *inode, const struct mdc_reply *rep,
			      struct posix_acl *acl)
{
	struct lustre_inode *li = LUSTRE_I(inode);
	const struct mdc_attr *attr = &rep->attr;
	u64 bits;

	spin_lock(&li->attr_lock);
	bits = lustre_reply_bits(inode, rep);
	if (bits & MDS_INODELOCK_PERM)
		lustre_apply_owner(inode, attr, acl);
	if (bits & MDS_INODELOCK_UPDATE) {
		lustre_apply_rest(inode, attr);
		if (S_ISREG(inode->i_mode)) {
			lustre_apply_data(inode, attr);
		} else {
			lustre_apply_times(inode, attr);
			lustre_apply_size(inode, attr);
		}
	}
	spin_unlock(&li->attr_lock);
}

static int lustre_apply_layout(struct inode *inode, struct mdc_reply *rep)
{
	bool locked = rep->bits & MDS_INODELOCK_LAYOUT;

	/* It is made so, and stays so. */
	if (rep->attr.valid & OBD_MD_FLFLAGS &&
	    rep->attr.flags & LUSTRE_ENCRYPT_FL)
		WRITE_ONCE(LUSTRE_I(inode)->nokey, true);
	if (!locked && !rep->ea)
		return 0;
	return lustre_layout_apply(inode, rep->ea, rep->ea_len, locked);
}

/**
 * lustre_inode_update - store what a reply tells about an inode
 * @inode: the inode; its FID is that of the reply
 * @rep: reply with attributes and perhaps layout and lock
 *
 * May wait for write-back when the layout has changed; the caller holds no
 * lock of the data side.
 *
 * Return: 0, -ESTALE (the object changed its type), -EPROTO, -ENOMEM, or why
 * the layout could not be installed.
 */
int lustre_inode_update(struct inode *inode, struct mdc_reply *rep)
{
	const struct mdc_attr *attr = &rep->attr;
	struct posix_acl *acl;
	u64 bits = rep->bits;
	int rc;

	/* Prefetched, and a newer reply under a lock covers as much by now. */
	if (rep->ahead && lustre_inode_covered(inode, rep->bits))
		return 0;
	if ((attr->valid & OBD_MD_FLTYPE) &&
	    inode_wrong_type(inode, attr->mode)) {
		pr_err_ratelimited("lustre: %s: %s changed its type\n",
				   LUSTRE_SB(inode->i_sb)->opts.dev.fsname,
				   lustre_fid_str(&attr->fid).s);
		return -ESTALE;
	}
	if (S_ISREG(inode->i_mode)) {
		rc = lustre_apply_layout(inode, rep);
		if (rc)
			return rc;
		if (rep->bits & MDS_INODELOCK_DOM &&
		    attr->valid & OBD_MD_DOM_SIZE)
			lustre_dom_told(inode, rep);
	}
	acl = lustre_acl_decode(inode, rep);
	if (IS_ERR(acl) && PTR_ERR(acl) != -ENODATA)
		return PTR_ERR(acl);
	lustre_apply_attr(inode, rep, acl);
	if (S_ISREG(inode->i_mode))
		lustre_size_merge(inode);
	/* Who may do what is known with the list only. */
	if (IS_ERR(acl))
		bits &= ~MDS_INODELOCK_PERM;
	else
		posix_acl_release(acl);
	if (bits)
		lustre_inode_set_valid(inode, bits);
	return 0;
}

/**
 * lustre_revalidate_inode - make sure that attributes are what they are now
 * @inode: the inode
 * @bits: MDS_INODELOCK_*: which part of them
 *
 * No RPC if a lock covers them.
 *
 * Return: 0, -ESTALE (object is gone), or what the server said.
 */
int lustre_revalidate_inode(struct inode *inode, u64 bits)
{
	struct mdc_reply rep = {};
	struct mdc_cred cred;
	int rc;

	if (lustre_inode_covered(inode, bits))
		return 0;
	mdc_cred_init(&cred, inode, NULL);
	rc = mdc_getattr_lock(lustre_lmv(inode), lustre_fid(inode),
			      bits & ~MDS_INODELOCK_PERM, &cred, &rep);
	if (!rc)
		rc = lustre_inode_update(inode, &rep);
	mdc_reply_put(&rep);
	return rc == -ENOENT ? -ESTALE : rc;
}

/* Take the layout of the reply to a layout intent into use. */
static int lustre_layout_take(struct inode *inode, struct mdc_reply *rep)
{
	u64 bits = rep->bits & MDS_INODELOCK_LAYOUT;
	struct mdc_reply attr = {}, *from = rep;
	struct mdc_cred cred;
	int rc = 0;

	/* A lock that had to wait can come alone: ask under it (06 section 9) */
	if (!rep->ea_len) {
		mdc_cred_init(&cred, inode, NULL);
		rc = mdc_getattr(lustre_lmv(inode), lustre_fid(inode), &cred,
				 &attr);
		from = &attr;
	}
	if (!rc)
		rc = lustre_layout_apply(inode, from->ea, from->ea_len, bits);
	if (!rc)
		lustre_inode_set_valid(inode, bits);
	mdc_reply_put(&attr);
	return rc;
}

/**
 * lustre_layout_refresh - make sure that the layout may be used for I/O
 * @inode: a regular file
 *
 * Cheap if a lock covers it. The caller holds no lock of the data side.
 *
 * Return: 0, -ESTALE (file is gone), or what the server said.
 */
int lustre_layout_refresh(struct inode *inode)
{
	struct mdc_reply rep = {};
	int rc;

	if (lustre_inode_covered(inode, MDS_INODELOCK_LAYOUT))
		return lustre_layout_retry(inode);
	rc = mdc_layout_lock(lustre_lmv(inode), lustre_fid(inode), &rep);
	if (!rc)
		rc = lustre_layout_take(inode, &rep);
	mdc_reply_put(&rep);
	if (!rc)
		rc = lustre_layout_retry(inode);
	return rc == -ENOENT ? -ESTALE : rc;
}

/**
 * lustre_layout_change - have objects made for part of a file
 * @inode: a regular file with a layout
 * @opc: LAYOUT_INTENT_WRITE or LAYOUT_INTENT_TRUNC
 * @start: first byte
 * @end: first byte behind
 *
 * The caller holds no lock of the data side.  Others, too, may change the layout
 * before it is used.
 *
 * Return: 0, -ESTALE (file is gone), or what the server said.
 */
int lustre_layout_change(struct inode *inode, u32 opc, u64 start, u64 end)
{
	struct mdc_layout_change change = {
		.opc	= opc,
		.start	= start,
		.end	= end,
	};
	struct mdc_reply rep = {};
	int rc;

	rc = mdc_layout_change(lustre_lmv(inode), lustre_fid(inode), &change,
			       &rep);
	if (!rc)
		rc = lustre_layout_take(inode, &rep);
	mdc_reply_put(&rep);
	return rc == -ENOENT ? -ESTALE : rc;
}

/**
 * lustre_layout_restore - have the data of a file brought back from the archive
 * @inode: a regular file that was released
 *
 * Waits until somebody has done it, or has not, which may take hours.  The caller
 * holds no lock of the data side.
 *
 * Return: 0: the layout may have objects now; -ENODATA: nobody restores files;
 * -EINTR (killed); -ESTALE (file is gone); what the server said.
 */
int lustre_layout_restore(struct inode *inode)
{
	struct mdc_reply rep = {};
	int rc;

	rc = mdc_restore(lustre_lmv(inode), lustre_fid(inode), &rep);
	if (!rc)
		rc = lustre_layout_take(inode, &rep);
	mdc_reply_put(&rep);
	if (rc && rc != -EINTR && rc != -ENOENT)
		pr_notice_ratelimited("lustre: %s: %s is not restored from the archive: error %d\n",
				      LUSTRE_SB(inode->i_sb)->opts.dev.fsname,
				      lustre_fid_str(lustre_fid(inode)).s, rc);
	if (rc == -EAGAIN)
		return LUSTRE_ARCHIVED;
	return rc == -ENOENT ? -ESTALE : rc;
}

/* ---- operations ---------------------------------------------------------- */

/* The server checks the rights to read and write a file when it opens it. */
static bool lustre_server_checks(const struct inode *inode, int mask)
{
	return S_ISREG(inode->i_mode) && (mask & MAY_OPEN) &&
	       !(mask & MAY_EXEC);
}

/*
 * A directory that nobody can reach any more, though somebody works in it: what
 * was known last is all that will ever be. The VFS finds no names in it.
 */
static void lustre_dir_died(struct inode *inode)
{
	if (S_ISDIR(inode->i_mode))
		inode_set_flags(inode, S_DEAD, S_DEAD);
}

int lustre_permission(struct mnt_idmap *idmap, struct inode *inode, int mask)
{
	int rc;

	if (!IS_DEADDIR(inode) &&
	    !lustre_inode_covered(inode, MDS_INODELOCK_PERM)) {
		if (lustre_server_checks(inode, mask))
			return 0;
		if (mask & MAY_NOT_BLOCK)
			return -ECHILD;
		rc = lustre_revalidate_inode(inode, MDS_INODELOCK_PERM);
		/* The walk begins anew, and has to come back here to fail. */
		if (rc == -ESTALE)
			lustre_dir_died(inode);
		if (rc)
			return rc;
	}
	return generic_permission(idmap, inode, mask);
}

/*
 * umount(8), df(1) and shells look at mount points, also at those whose servers
 * are away: what was known last is a better answer than none.
 */
static bool lustre_root_away(struct inode *inode)
{
	return inode == d_inode(inode->i_sb->s_root) &&
	       !mdc_reachable(lustre_lmv(inode), lustre_fid(inode));
}

#define LUSTRE_STATX_SIZE	(STATX_SIZE | STATX_BLOCKS | STATX_MTIME | \
				 STATX_ATIME | STATX_CTIME)

/* What a statx has to be sure of. *@asked: that took an RPC. */
static int lustre_getattr_refresh(struct inode *inode, u32 request_mask,
				  unsigned int flags, bool *asked)
{
	int rc = 0;

	if (flags & AT_STATX_DONT_SYNC || lustre_root_away(inode))
		return 0;
	if (request_mask & (STATX_BASIC_STATS | STATX_BTIME)) {
		*asked = !lustre_inode_covered(inode, LUSTRE_ATTR_BITS);
		rc = lustre_revalidate_inode(inode, LUSTRE_ATTR_BITS);
		if (rc)
			return rc;
	}
	if (S_ISREG(inode->i_mode) && request_mask & LUSTRE_STATX_SIZE)
		rc = lustre_size_stat(inode, asked);
	/* Who does not ask for the size need not know why there is none. */
	if (rc && rc == lustre_data_errno(inode) &&
	    !(request_mask & (STATX_SIZE | STATX_BLOCKS)))
		rc = 0;
	return rc;
}

static void lustre_fill_attributes(struct inode *inode, struct kstat *stat)
{
	u32 flags = LUSTRE_I(inode)->mds_flags;

	if (flags & LUSTRE_IMMUTABLE_FL)
		stat->attributes |= STATX_ATTR_IMMUTABLE;
	if (flags & LUSTRE_APPEND_FL)
		stat->attributes |= STATX_ATTR_APPEND;
	if (flags & LUSTRE_NODUMP_FL)
		stat->attributes |= STATX_ATTR_NODUMP;
	if (flags & LUSTRE_ENCRYPT_FL)
		stat->attributes |= STATX_ATTR_ENCRYPTED;
	stat->attributes_mask |= STATX_ATTR_IMMUTABLE | STATX_ATTR_APPEND |
				 STATX_ATTR_NODUMP | STATX_ATTR_ENCRYPTED;
}

int lustre_getattr(struct mnt_idmap *idmap, const struct path *path,
		   struct kstat *stat, u32 request_mask, unsigned int flags)
{
	struct inode *inode = d_inode(path->dentry);
	bool size = S_ISREG(inode->i_mode) && request_mask & LUSTRE_STATX_SIZE;
	bool asked = false;
	s64 btime;
	int rc;

	if (!(flags & AT_STATX_DONT_SYNC))
		lustre_statahead_stat(path->dentry, size);
	rc = lustre_getattr_refresh(inode, request_mask, flags, &asked);
	if (asked && !rc)
		lustre_statahead_asked(path->dentry, size);
	if (rc && !(rc == -ESTALE && IS_DEADDIR(inode)))
		return rc;
	generic_fillattr(idmap, request_mask, inode, stat);
	stat->ino = lustre_ino(inode->i_sb, lustre_fid(inode));
	if (S_ISREG(inode->i_mode) && !lustre_size_told(inode))
		stat->result_mask &= ~(STATX_SIZE | STATX_BLOCKS);
	if (S_ISREG(inode->i_mode))
		stat->blksize = LUSTRE_FILE_BLKSIZE;
	else if (S_ISDIR(inode->i_mode))
		stat->blksize = LUSTRE_DIR_BLKSIZE;
	btime = LUSTRE_I(inode)->btime;
	if (btime) {
		stat->result_mask |= STATX_BTIME;
		stat->btime.tv_sec = btime;
		stat->btime.tv_nsec = 0;
	}
	lustre_fill_attributes(inode, stat);
	return 0;
}

static void lustre_setattr_times(struct mdc_setattr_args *args,
				 const struct iattr *attr)
{
	if (attr->ia_valid & ATTR_ATIME) {
		args->valid |= MDS_ATTR_ATIME | MDS_ATTR_ATIME_SET;
		args->atime = attr->ia_atime.tv_sec;
	}
	if (attr->ia_valid & ATTR_MTIME) {
		args->valid |= MDS_ATTR_MTIME | MDS_ATTR_MTIME_SET;
		args->mtime = attr->ia_mtime.tv_sec;
	}
	args->valid |= MDS_ATTR_CTIME | MDS_ATTR_CTIME_SET;
	if (attr->ia_valid & ATTR_CTIME)
		args->ctime = attr->ia_ctime.tv_sec;
	else
		args->ctime = ktime_get_real_seconds();
}

/*
 * The kernel takes set-id bits away from what somebody writes to, who need not
 * be the owner: nothing for the server to decide.  With a new owner the server
 * knows the mode better.  09 section 10.1.
 */
static void lustre_setattr_kill(const struct inode *inode,
				const struct iattr *attr,
				struct mdc_setattr_args *args)
{
	bool group_exec = inode->i_mode & 0010;

	if (!(attr->ia_valid & ATTR_MODE) ||
	    !(attr->ia_valid & (ATTR_KILL_SUID | ATTR_KILL_SGID)))
		return;
	if (inode->i_mode & ~attr->ia_mode & S_ISUID)
		args->valid |= MDS_ATTR_KILL_SUID;
	if (inode->i_mode & ~attr->ia_mode & S_ISGID && group_exec)
		args->valid |= MDS_ATTR_KILL_SGID;
	if (attr->ia_valid & ATTR_FORCE)
		args->valid |= MDS_ATTR_FORCE;
	else if (group_exec || !(inode->i_mode & S_ISGID))
		args->valid &= ~MDS_ATTR_MODE;
}

/* 09 section 10.1; every change takes the client's clock for its times. */
static void lustre_setattr_args(const struct inode *inode,
				const struct iattr *attr,
				struct mdc_setattr_args *args)
{
	lustre_setattr_times(args, attr);
	if (attr->ia_valid & ATTR_MODE) {
		args->valid |= MDS_ATTR_MODE;
		args->mode = attr->ia_mode;
		lustre_setattr_kill(inode, attr, args);
	}
	if (attr->ia_valid & ATTR_UID) {
		args->valid |= MDS_ATTR_UID;
		args->uid = from_kuid(&init_user_ns, attr->ia_uid);
	}
	if (attr->ia_valid & ATTR_GID) {
		args->valid |= MDS_ATTR_GID;
		args->gid = from_kgid(&init_user_ns, attr->ia_gid);
	}
	if (!(attr->ia_valid & ATTR_SIZE))
		return;
	args->valid |= MDS_ATTR_SIZE | MDS_ATTR_OVERRIDE;
	if (!(args->valid & MDS_ATTR_MTIME)) {
		args->valid |= MDS_ATTR_MTIME | MDS_ATTR_MTIME_SET;
		args->mtime = args->ctime;
	}
	if (attr->ia_valid & ATTR_OPEN)
		args->valid |= MDS_ATTR_FROM_OPEN;
	args->size = attr->ia_size;
	args->bias |= MDS_DATA_MODIFIED;
	if (attr->ia_valid & ATTR_FILE && lustre_lease_has(attr->ia_file))
		args->bias |= MDS_TRUNC_KEEP_LEASE;
}

/* suppgid is the new group if the caller is in it, else the present one. */
static void lustre_setattr_cred(struct mdc_cred *cred, const struct inode *inode,
				const struct iattr *attr)
{
	mdc_cred_init(cred, inode, NULL);
	if (attr->ia_valid & ATTR_GID)
		cred->suppgid[0] = in_group_p(attr->ia_gid) ?
			from_kgid(&init_user_ns, attr->ia_gid) : MDC_NO_GROUP;
}

/* What a change means for the objects of a regular file. */
static int lustre_setattr_data(struct inode *inode, const struct iattr *attr)
{
	if (attr->ia_valid & ATTR_SIZE)
		return lustre_size_truncate(inode, attr->ia_size,
					    attr->ia_valid & ATTR_FILE ?
					    attr->ia_file : NULL);
	if (attr->ia_valid & (ATTR_ATIME_SET | ATTR_MTIME_SET))
		return lustre_size_settimes(inode, attr);
	return 0;
}

/* An atime that was set must not lose against one that is merely newer. */
static void lustre_setattr_local(struct inode *inode, const struct iattr *attr)
{
	if (attr->ia_valid & ATTR_ATIME)
		inode_set_atime_to_ts(inode, attr->ia_atime);
}

/* Have the server change attributes, and take what they are then. */
static int lustre_setattr_rpc(struct inode *inode, const struct iattr *attr)
{
	struct mdc_setattr_args args = {};
	struct mdc_reply rep = {};
	struct mdc_cred cred;
	int rc;

	lustre_setattr_args(inode, attr, &args);
	lustre_setattr_cred(&cred, inode, attr);
	rc = mdc_setattr(lustre_lmv(inode), lustre_fid(inode), &args, &cred,
			 &rep);
	if (!rc && rep.has_attr) {
		lustre_setattr_local(inode, attr);
		/* The size of a file with objects is not in there. */
		if (S_ISREG(inode->i_mode) && (!LUSTRE_I(inode)->mds_size ||
					       lustre_has_data(inode)))
			rep.attr.valid &= ~(OBD_MD_FLSIZE | OBD_MD_FLBLOCKS);
		rc = lustre_inode_update(inode, &rep);
	}
	mdc_reply_put(&rep);
	return rc;
}

/**
 * lustre_kill_set_id - the caller is about to write: set-id bits have to go
 * @inode: a regular file
 *
 * As file_remove_privs(), but without inode_lock(), which writers don't hold
 * and page faults can't take.  There are no file capabilities.
 *
 * Return: 0, or what the server said.
 */
int lustre_kill_set_id(struct inode *inode)
{
	umode_t mode = READ_ONCE(inode->i_mode);
	struct iattr attr = { .ia_valid = ATTR_MODE | ATTR_FORCE };

	attr.ia_mode = mode;
	if (mode & S_ISUID) {
		attr.ia_valid |= ATTR_KILL_SUID;
		attr.ia_mode &= ~S_ISUID;
	}
	if (mode & S_ISGID && (mode & 0010 || !in_group_p(inode->i_gid))) {
		attr.ia_valid |= ATTR_KILL_SGID;
		attr.ia_mode &= ~S_ISGID;
	}
	if (attr.ia_mode == mode || capable(CAP_FSETID))
		return 0;
	return lustre_setattr_rpc(inode, &attr);
}

int lustre_setattr(struct mnt_idmap *idmap, struct dentry *dentry,
		   struct iattr *attr)
{
	struct inode *inode = d_inode(dentry);
	int rc;

	rc = lustre_revalidate_inode(inode, MDS_INODELOCK_PERM);
	if (!rc)
		rc = setattr_prepare(idmap, dentry, attr);
	if (rc)
		return rc;
	if ((attr->ia_valid & ATTR_SIZE) && S_ISREG(inode->i_mode)) {
		rc = lustre_size_allowed(inode, attr->ia_size);
		if (rc)
			return rc;
	}
	rc = lustre_setattr_rpc(inode, attr);
	if (!rc && S_ISREG(inode->i_mode))
		rc = lustre_setattr_data(inode, attr);
	return rc;
}
