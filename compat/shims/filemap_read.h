/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: filemap_read
 * header: linux/fs.h
 * upstream: v5.12 generic_file_buffered_read() is named filemap_read()
 * unless: filemap_read
 * when: generic_file_buffered_read
 * needs: generic_file_buffered_read
 * use: struct kiocb *k, struct iov_iter *i: ssize_t n =
 *	filemap_read(k, i, 0); (void)n;
 */
#define filemap_read(iocb, iter, done) \
	generic_file_buffered_read(iocb, iter, done)
