/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: simple_inode_init_ts
 * header: linux/fs.h
 * upstream: v6.7 set all times of a new inode to now
 * unless: simple_inode_init_ts
 * order: 6
 * needs: inode_set_atime_to_ts inode_set_ctime_current inode_set_mtime_to_ts
 *	timespec64
 */
static inline struct timespec64 simple_inode_init_ts(struct inode *inode)
{
	struct timespec64 ts = inode_set_ctime_current(inode);

	inode_set_atime_to_ts(inode, ts);
	inode_set_mtime_to_ts(inode, ts);
	return ts;
}
