/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: inode_time
 * names: inode_get_atime inode_get_atime_sec inode_get_atime_nsec
 *	inode_set_atime_to_ts inode_set_atime inode_get_mtime
 *	inode_get_mtime_sec inode_get_mtime_nsec inode_set_mtime_to_ts
 *	inode_set_mtime
 * header: linux/fs.h
 * upstream: v6.7 accessors for the times of an inode
 * unless: inode_get_mtime inode_get_atime
 * needs: i_atime i_mtime time64_t timespec64 tv_nsec tv_sec
 */
static inline struct timespec64 inode_get_atime(const struct inode *inode)
{
	return inode->i_atime;
}

static inline time64_t inode_get_atime_sec(const struct inode *inode)
{
	return inode->i_atime.tv_sec;
}

static inline long inode_get_atime_nsec(const struct inode *inode)
{
	return inode->i_atime.tv_nsec;
}

static inline struct timespec64 inode_set_atime_to_ts(struct inode *inode,
						      struct timespec64 ts)
{
	inode->i_atime = ts;
	return ts;
}

static inline struct timespec64 inode_set_atime(struct inode *inode,
						time64_t sec, long nsec)
{
	return inode_set_atime_to_ts(inode, (struct timespec64){ sec, nsec });
}

static inline struct timespec64 inode_get_mtime(const struct inode *inode)
{
	return inode->i_mtime;
}

static inline time64_t inode_get_mtime_sec(const struct inode *inode)
{
	return inode->i_mtime.tv_sec;
}

static inline long inode_get_mtime_nsec(const struct inode *inode)
{
	return inode->i_mtime.tv_nsec;
}

static inline struct timespec64 inode_set_mtime_to_ts(struct inode *inode,
						      struct timespec64 ts)
{
	inode->i_mtime = ts;
	return ts;
}

static inline struct timespec64 inode_set_mtime(struct inode *inode,
						time64_t sec, long nsec)
{
	return inode_set_mtime_to_ts(inode, (struct timespec64){ sec, nsec });
}
