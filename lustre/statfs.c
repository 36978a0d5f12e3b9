// SPDX-License-Identifier: GPL-2.0-only
/*
 * statfs(2) (10 section 2.3).
 */
#include <linux/math64.h>
#include <linux/statfs.h>
#include <linux/string.h>
#include <linux/unaligned.h>

#include "internal.h"

#define STATFS_BSIZE	4096

/* Add @n blocks of @bsize bytes, as blocks of STATFS_BSIZE. */
static u64 statfs_blocks(u64 n, u32 bsize)
{
	if (bsize == STATFS_BSIZE || !bsize)
		return n;
	if (bsize > STATFS_BSIZE)
		return n * (bsize / STATFS_BSIZE);
	return div_u64(n, STATFS_BSIZE / bsize);
}

/*
 * Ask the object targets one by one.  With lazystatfs (the default) a target
 * that can't be reached is left out instead of being waited for.
 */
static int statfs_objects(struct lustre_sb *sbi, struct kstatfs *st, bool lazy)
{
	u64 ost_files = 0, ost_ffree = 0;
	unsigned long index;
	struct osc *osc;
	int err;

	st->f_blocks = 0;
	st->f_bfree = 0;
	st->f_bavail = 0;
	xa_for_each(&sbi->oscs, index, osc) {
		struct osc_statfs ost;

		err = osc_statfs(osc, &ost, lazy);
		if (err && !lazy)
			return err;
		if (err)
			continue;
		st->f_blocks += statfs_blocks(ost.blocks, ost.bsize);
		st->f_bfree += statfs_blocks(ost.bfree, ost.bsize);
		st->f_bavail += statfs_blocks(ost.bavail, ost.bsize);
		ost_files += ost.files;
		ost_ffree += ost.ffree;
	}
	st->f_bsize = STATFS_BSIZE;
	/* Files need objects: the scarcer of the two is what is free. */
	if (ost_files && ost_ffree < st->f_ffree) {
		st->f_files = st->f_files - st->f_ffree + ost_ffree;
		st->f_ffree = ost_ffree;
	}
	return 0;
}

/* Is it that the metadata target can't be asked now? */
static bool statfs_away(int err)
{
	switch (err) {
	case -EAGAIN:
	case -ETIMEDOUT:
	case -ENOTCONN:
	case -ENODEV:
	case -ESHUTDOWN:
		return true;
	default:
		return false;
	}
}

/**
 * lustre_statfs_sb - numbers of a mount
 * @sbi: the file system
 * @st: filled in
 * @lazy: don't wait for servers that are away: leave such an object target out,
 *	and tell what was known last of the rest
 *
 * Return: 0, or the error of the metadata target.
 * Context: may sleep; with @lazy for the time of a request or two.
 */
int lustre_statfs_sb(struct lustre_sb *sbi, struct kstatfs *st, bool lazy)
{
	u8 id[sizeof(u64)] = {};
	bool is_sum = false;
	int err;

	err = mdc_statfs(sbi->lmv, st, lazy, &is_sum);
	if (!err && !is_sum)
		err = statfs_objects(sbi, st, lazy);
	if (err && !(lazy && statfs_away(err)))
		return err;
	spin_lock(&sbi->statfs_lock);
	if (err)
		*st = sbi->statfs;
	else
		sbi->statfs = *st;
	spin_unlock(&sbi->statfs_lock);
	memcpy(id, sbi->opts.dev.fsname,
	       min(strlen(sbi->opts.dev.fsname), sizeof(id)));
	st->f_type = LUSTRE_SUPER_MAGIC;
	st->f_fsid = u64_to_fsid(get_unaligned_le64(id));
	st->f_frsize = st->f_bsize;
	return 0;
}

/**
 * lustre_statfs - numbers for df(1)
 * @dentry: any name of the file system
 * @st: filled in
 *
 * umount(8) asks, too, and umount -l is for servers that are away.
 *
 * Return: 0, or the error of the metadata target.
 * Context: may sleep.
 */
int lustre_statfs(struct dentry *dentry, struct kstatfs *st)
{
	struct lustre_sb *sbi = LUSTRE_SB(dentry->d_sb);

	return lustre_statfs_sb(sbi, st,
				sbi->opts.flags & LUSTRE_MOUNT_LAZYSTATFS);
}
