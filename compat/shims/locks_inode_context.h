/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: locks_inode_context
 * header: linux/fs.h
 * upstream: v6.2 locks_inode_context() reads i_flctx
 * unless: locks_inode_context
 * needs: file_lock_context i_flctx smp_load_acquire
 */
static inline struct file_lock_context *
locks_inode_context(const struct inode *inode)
{
	return smp_load_acquire(&inode->i_flctx);
}
