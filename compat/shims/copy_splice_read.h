/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: copy_splice_read
 * header: linux/fs.h
 * upstream: v6.5 splice out of a file without page cache
 * unless: copy_splice_read
 */
#define copy_splice_read generic_file_splice_read
