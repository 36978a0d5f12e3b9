/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: fs_umode_to_dtype
 * header: linux/fs.h
 * upstream: v5.1 the type of a directory entry for a mode
 * unless: fs_umode_to_dtype
 * needs: S_IFMT
 * use: void: unsigned char c = fs_umode_to_dtype(0); (void)c;
 */
#define fs_umode_to_dtype(mode) ((unsigned char)(((mode) & S_IFMT) >> 12))
