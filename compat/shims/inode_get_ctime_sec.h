/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: inode_get_ctime_sec
 * names: inode_get_ctime_sec inode_get_ctime_nsec
 * header: linux/fs.h
 * upstream: v6.7 accessors for the two parts of ctime
 * unless: inode_get_ctime_sec
 * order: 6
 * needs: inode_get_ctime time64_t tv_nsec tv_sec
 */
static inline time64_t inode_get_ctime_sec(const struct inode *inode)
{
	return inode_get_ctime(inode).tv_sec;
}

static inline long inode_get_ctime_nsec(const struct inode *inode)
{
	return inode_get_ctime(inode).tv_nsec;
}
