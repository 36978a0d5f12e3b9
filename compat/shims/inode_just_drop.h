/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: inode_just_drop
 * header: linux/fs.h
 * upstream: v6.18 generic_delete_inode() is named inode_just_drop()
 * unless: inode_just_drop
 * needs: generic_delete_inode
 * use: struct inode *i: int rc = inode_just_drop(i); (void)rc;
 */
#define inode_just_drop generic_delete_inode
