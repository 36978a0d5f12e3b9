// SPDX-License-Identifier: GPL-2.0-only
/*
 * Handles that outlive the last close of a file, for the next open.
 *
 * Who reads a file again and again need not ask the metadata target each time:
 * a lock on the OPEN bit says that nobody minds if the file stays open. It is
 * asked for when a file, or directory, is opened again soon after it was closed,
 * and with it the handle goes back to the target, the handle first. Only handles
 * to read are kept: nobody is refused because of those. Spec: 09 section 8.3.
 *
 * A kept handle has a reference to its inode.
 */
#include <linux/jiffies.h>

#include "namespace.h"

/* Kept handles of one mount; the target has to remember each of them. */
#define LUSTRE_KEEP_MAX		512

/**
 * lustre_keep_wanted - shall a lock be asked for along with an open?
 * @inode: what is opened by its FID
 * @mode: how
 *
 * Context: any.
 */
bool lustre_keep_wanted(struct inode *inode, enum lustre_open_mode mode)
{
	const struct lustre_inode *li = LUSTRE_I(inode);
	unsigned int ms = READ_ONCE(LUSTRE_SB(inode->i_sb)->opencache_threshold_ms);
	unsigned long closed = READ_ONCE(li->closed);

	return ms && closed && mode == LUSTRE_OPEN_READ &&
	       time_before(jiffies, closed + msecs_to_jiffies(ms));
}

/* Does the lock vouch for the handle? */
static bool lustre_keep_covered(struct inode *inode)
{
	return mdc_covered(lustre_lmv(inode), lustre_fid(inode),
			   MDS_INODELOCK_OPEN);
}

/**
 * lustre_keep - the last file that uses a handle is closed: may it stay?
 * @inode: the inode
 * @open: its handle to read
 *
 * lustre_keep_drop() comes behind every end of the lock, so what is kept here
 * at the last moment does not stay.
 *
 * Return: true if it is on the list of those that are kept.
 * Context: open_lock held.
 */
bool lustre_keep(struct inode *inode, struct mdc_open *open)
{
	struct lustre_sb *sbi = LUSTRE_SB(inode->i_sb);
	struct lustre_inode *li = LUSTRE_I(inode);

	lockdep_assert_held(&li->open_lock);
	WRITE_ONCE(li->closed, jiffies | 1);
	if (!mdc_open_locked(open) || !mdc_open_valid(open) ||
	    !lustre_keep_covered(inode))
		return false;
	ihold(inode);
	spin_lock(&sbi->keep_lock);
	list_add_tail(&li->keep_link, &sbi->kept);
	WRITE_ONCE(sbi->nr_kept, sbi->nr_kept + 1);
	spin_unlock(&sbi->keep_lock);
	return true;
}

/* Off the list; the reference to the inode is the caller's. Under open_lock. */
static void lustre_keep_unlist(struct inode *inode)
{
	struct lustre_sb *sbi = LUSTRE_SB(inode->i_sb);

	spin_lock(&sbi->keep_lock);
	list_del_init(&LUSTRE_I(inode)->keep_link);
	WRITE_ONCE(sbi->nr_kept, sbi->nr_kept - 1);
	spin_unlock(&sbi->keep_lock);
}

/**
 * lustre_keep_take - use a handle that was kept
 * @inode: the inode, to which the caller has a reference
 *
 * Return: false if the target wants it back, and it goes.
 * Context: open_lock held.
 */
bool lustre_keep_take(struct inode *inode)
{
	lockdep_assert_held(&LUSTRE_I(inode)->open_lock);
	if (!lustre_keep_covered(inode))
		return false;
	lustre_keep_unlist(inode);
	iput(inode);
	return true;
}

/**
 * lustre_keep_drop - close the handle that is kept of an inode, if one is
 * @inode: the inode, to which the caller has a reference
 * @wait: until the target has closed it
 *
 * Context: may sleep; with @wait for the metadata target, until it is back or
 * has evicted us.
 */
void lustre_keep_drop(struct inode *inode, bool wait)
{
	struct lustre_inode *li = LUSTRE_I(inode);
	struct lustre_open_handle *h = &li->opens[LUSTRE_OPEN_READ];
	struct mdc_open *open = NULL;

	mutex_lock(&li->open_lock);
	if (h->open && !h->users) {
		open = h->open;
		h->open = NULL;
		lustre_keep_unlist(inode);
	}
	mutex_unlock(&li->open_lock);
	if (!open)
		return;
	lustre_handle_close(inode, open, wait);
	lustre_iput(inode);
}

/* The inode whose handle was kept first, with a reference; NULL: few enough */
static struct inode *lustre_keep_oldest(struct lustre_sb *sbi,
					unsigned int max)
{
	struct lustre_inode *li = NULL;

	if (READ_ONCE(sbi->nr_kept) <= max)
		return NULL;
	spin_lock(&sbi->keep_lock);
	if (sbi->nr_kept > max) {
		li = list_first_entry(&sbi->kept, struct lustre_inode,
				      keep_link);
		ihold(&li->vfs_inode);
	}
	spin_unlock(&sbi->keep_lock);
	return li ? &li->vfs_inode : NULL;
}

/**
 * lustre_keep_trim - close what is kept too much
 * @sbi: the file system
 * @all: close everything, at umount
 *
 * Context: may sleep, not for a metadata target.
 */
void lustre_keep_trim(struct lustre_sb *sbi, bool all)
{
	struct inode *inode;

	while ((inode = lustre_keep_oldest(sbi, all ? 0 : LUSTRE_KEEP_MAX))) {
		lustre_keep_drop(inode, false);
		lustre_iput(inode);
	}
}
