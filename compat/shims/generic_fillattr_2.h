/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: generic_fillattr_2
 * names: generic_fillattr
 * header: linux/fs.h
 * upstream: v5.12 the name space of the mount, v6.6 what the caller asked for
 * unless: idmap_argument
 * use: struct inode *i, struct kstat *s: generic_fillattr(NULL,
 *	0, i, s);
 */
#define generic_fillattr(idmap, mask, inode, stat) \
	((void)(idmap), (void)(mask), (generic_fillattr)(inode, stat))
