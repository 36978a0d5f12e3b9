/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: file_kattr
 * header: linux/fileattr.h
 * upstream: v6.17 struct fileattr is named struct file_kattr
 * unless: file_kattr_type
 * needs: fileattr
 * use: struct file_kattr *f: (void)f->flags;
 */
#define file_kattr fileattr
