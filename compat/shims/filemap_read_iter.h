/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: filemap_read_iter
 * names: filemap_read
 * header: linux/fs.h
 * upstream: v5.12 reading through the page cache is a function of its own
 * unless: filemap_read
 * when: !generic_file_buffered_read
 * needs: IOCB_DIRECT generic_file_read_iter ki_flags kiocb ssize_t
 * use: struct kiocb *k, struct iov_iter *i: ssize_t n =
 *	filemap_read(k, i, 0); (void)n;
 *
 * note: The older one does the same for who did not ask for direct I/O.
 */
#define filemap_read(iocb, iter, already) ({				\
	struct kiocb *__iocb = (iocb);					\
	int __flags = __iocb->ki_flags;					\
	ssize_t __done = (already), __rc;				\
									\
	__iocb->ki_flags &= ~IOCB_DIRECT;				\
	__rc = generic_file_read_iter(__iocb, iter);			\
	__iocb->ki_flags = __flags;					\
	__done && __rc <= 0 ? __done : __rc + (__rc > 0 ? __done : 0);	\
})
