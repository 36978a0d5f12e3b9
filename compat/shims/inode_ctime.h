/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: inode_ctime
 * names: inode_get_ctime inode_set_ctime_to_ts inode_set_ctime
 * header: linux/fs.h
 * upstream: v6.6 accessors for ctime
 * unless: inode_get_ctime inode_set_ctime_to_ts
 * needs: i_ctime time64_t timespec64
 */
static inline struct timespec64 inode_get_ctime(const struct inode *inode)
{
	return inode->i_ctime;
}

static inline struct timespec64 inode_set_ctime_to_ts(struct inode *inode,
						      struct timespec64 ts)
{
	inode->i_ctime = ts;
	return ts;
}

static inline struct timespec64 inode_set_ctime(struct inode *inode,
						time64_t sec, long nsec)
{
	return inode_set_ctime_to_ts(inode, (struct timespec64){ sec, nsec });
}
