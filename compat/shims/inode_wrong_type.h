/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: inode_wrong_type
 * header: linux/fs.h
 * upstream: v5.12 is an inode of another kind than a mode says
 * unless: inode_wrong_type
 * use: const struct inode *i: bool b = inode_wrong_type(i, 0); (void)b;
 * needs: S_IFMT i_mode umode_t
 */
static inline bool inode_wrong_type(const struct inode *inode, umode_t mode)
{
	return (inode->i_mode ^ mode) & S_IFMT;
}
