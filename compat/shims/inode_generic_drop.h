/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: inode_generic_drop
 * header: linux/fs.h
 * upstream: v6.18 generic_drop_inode() is named inode_generic_drop()
 * unless: inode_generic_drop
 * needs: generic_drop_inode
 * use: struct inode *i: int rc = inode_generic_drop(i); (void)rc;
 */
#define inode_generic_drop generic_drop_inode
