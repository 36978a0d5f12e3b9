/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: file_kattr_fs
 * names: file_kattr
 * header: linux/fs.h
 * upstream: v5.13 linux/fs.h knows the structure by name
 * unless: has_inode_operations_fileattr_get
 * needs: file_kattr
 * use: struct file_kattr *f: (void)f;
 */
struct file_kattr;
