/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: vfs_parse_fs_string
 * header: linux/fs_context.h
 * upstream: v6.18 vfs_parse_fs_string() measures the value itself
 * unless: vfs_parse_fs_string_3
 * needs: strlen
 * use: struct fs_context *f: int rc = vfs_parse_fs_string(f, "a",
 *	"b"); (void)rc;
 */
#define vfs_parse_fs_string(fc, key, value) ({				\
	const char *__value = (value);					\
									\
	(vfs_parse_fs_string)(fc, key, __value,				\
			      __value ? strlen(__value) : 0);		\
})
