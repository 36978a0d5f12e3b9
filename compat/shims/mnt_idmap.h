/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: mnt_idmap
 * names: mnt_idmap nop_mnt_idmap
 * header: linux/fs.h
 * upstream: v6.3 struct mnt_idmap replaces the user namespace of a mount
 * unless: mnt_idmap_type
 * include: linux/mount.h linux/user_namespace.h
 * order: 1
 * needs: init_user_ns user_namespace
 * use: struct mnt_idmap *m, struct inode *i: int rc =
 *	inode_permission(m ?: &nop_mnt_idmap, i, 0); (void)rc;
 *
 * note: From 5.12 to 6.2 the same argument at the same place was the user
 * namespace of the mount; another name for the structure therefore serves
 * every function and every callback at once.
 */
#define mnt_idmap user_namespace
#define nop_mnt_idmap init_user_ns
