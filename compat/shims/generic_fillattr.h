/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: generic_fillattr
 * header: linux/fs.h
 * upstream: v6.6 generic_fillattr() is told what the caller asked for
 * unless: generic_fillattr_mask
 * when: idmap_argument
 * use: struct mnt_idmap *m, struct inode *i, struct kstat *s:
 *	generic_fillattr(m, 0, i, s);
 *
 * note: The mask only lets the newer function add a change cookie, which
 * older kernels fill in elsewhere.
 */
#define generic_fillattr(idmap, mask, inode, stat) \
	((void)(mask), (generic_fillattr)(idmap, inode, stat))
