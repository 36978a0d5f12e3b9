/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: filemap_splice_read
 * header: linux/fs.h
 * upstream: v6.5 splice out of the page cache
 * unless: filemap_splice_read
 * needs: generic_file_splice_read
 * use: struct file *f, loff_t *p, struct pipe_inode_info *i:
 *	ssize_t n = filemap_splice_read(f, p, i, 1, 0); (void)n;
 *
 * note: generic_file_splice_read() goes through ->read_iter() with a pipe as
 * the destination, so that the file system's own checks are passed too.
 */
#define filemap_splice_read generic_file_splice_read
