/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: copy_splice_read
 * header: linux/fs.h
 * upstream: v6.5 splice out of a file without page cache
 * unless: copy_splice_read
 * needs: generic_file_splice_read
 * use: struct file *f, loff_t *p, struct pipe_inode_info *i:
 *	ssize_t n = copy_splice_read(f, p, i, 1, 0); (void)n;
 */
#define copy_splice_read generic_file_splice_read
