/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: file_kattr
 * header: linux/fileattr.h
 * upstream: v6.17 struct fileattr is named struct file_kattr
 * unless: file_kattr_type
 * when: has_inode_operations_fileattr_get
 * use: struct file_kattr *f: (void)f->flags;
 * needs: fileattr
 */
#define file_kattr fileattr
