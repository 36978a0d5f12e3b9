/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: idmap_argument
 * names: generic_permission inode_permission setattr_prepare setattr_copy
 *	inode_init_owner inode_owner_or_capable file_mnt_idmap
 * header: linux/fs.h
 * upstream: v5.12 functions are told the name space of the mount
 * unless: idmap_argument
 * order: 6
 * needs: init_user_ns
 * use: struct file *f, struct inode *i, struct dentry *d, struct
 *	iattr *a: int rc = generic_permission(file_mnt_idmap(f), i, 0);
 *	rc = inode_permission(NULL, i, 0); rc = setattr_prepare(NULL,
 *	d, a); setattr_copy(NULL, i, a); inode_init_owner(NULL, i, i,
 *	0); rc = inode_owner_or_capable(NULL, i);
 *
 * note: Mounts of these kernels have none.
 */
#define file_mnt_idmap(file)	((void)(file), &init_user_ns)
#define generic_permission(idmap, inode, mask) \
	((void)(idmap), (generic_permission)(inode, mask))
#define inode_permission(idmap, inode, mask) \
	((void)(idmap), (inode_permission)(inode, mask))
#define setattr_prepare(idmap, dentry, attr) \
	((void)(idmap), (setattr_prepare)(dentry, attr))
#define setattr_copy(idmap, inode, attr) \
	((void)(idmap), (setattr_copy)(inode, attr))
#define inode_init_owner(idmap, inode, dir, mode) \
	((void)(idmap), (inode_init_owner)(inode, dir, mode))
#define inode_owner_or_capable(idmap, inode) \
	((void)(idmap), (inode_owner_or_capable)(inode))
