/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: inode_set_ctime_current
 * names: inode_set_ctime_current simple_inode_init_ts
 * header: linux/fs.h
 * upstream: v6.6 inode_set_ctime_current()
 * unless: inode_set_ctime_current
 * order: 5
 * needs: current_time i_ctime timespec64
 */
static inline struct timespec64 inode_set_ctime_current(struct inode *inode)
{
	struct timespec64 now = current_time(inode);

	inode->i_ctime = now;
	return now;
}
