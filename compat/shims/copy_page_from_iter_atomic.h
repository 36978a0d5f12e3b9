/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: copy_page_from_iter_atomic
 * names: copy_page_from_iter_atomic copy_folio_from_iter_atomic
 * header: linux/uio.h
 * upstream: v5.14 copying goes on behind what was copied
 * unless: copy_page_from_iter_atomic
 * order: 4
 */
#define copy_page_from_iter_atomic(page, offset, bytes, iter) ({	\
	struct iov_iter *__it = (iter);					\
	size_t __copied = iov_iter_copy_from_user_atomic(page, __it,	\
							 offset, bytes); \
									\
	iov_iter_advance(__it, __copied);				\
	__copied;							\
})
