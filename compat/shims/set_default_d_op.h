/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: set_default_d_op
 * header: linux/fs.h
 * upstream: v6.17 set_default_d_op() sets s_d_op
 * unless: set_default_d_op
 * needs: dentry_operations s_d_op super_block
 */
static inline void set_default_d_op(struct super_block *sb,
				    const struct dentry_operations *ops)
{
	sb->s_d_op = ops;
}
