/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: generic_perform_write
 * header: linux/fs.h
 * upstream: v5.19 generic_perform_write() has the iocb
 * unless: generic_perform_write_iocb
 * needs: ki_filp ki_pos kiocb
 * use: struct kiocb *k, struct iov_iter *i: ssize_t n =
 *	generic_perform_write(k, i); (void)n;
 */
#define generic_perform_write(iocb, iter) ({				\
	struct kiocb *__iocb = (iocb);					\
									\
	(generic_perform_write)(__iocb->ki_filp, iter, __iocb->ki_pos);	\
})
