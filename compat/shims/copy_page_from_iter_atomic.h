/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: copy_page_from_iter_atomic
 * names: copy_page_from_iter_atomic copy_folio_from_iter_atomic
 * header: linux/uio.h
 * upstream: v5.14 copying goes on behind what was copied
 * when: !copy_folio_from_iter_atomic
 * unless: copy_page_from_iter_atomic
 * order: 4
 * needs: iov_iter iov_iter_advance iov_iter_copy_from_user_atomic size_t
 * use: struct page *p, struct iov_iter *i: size_t n =
 *	copy_page_from_iter_atomic(p, 0, 1, i); (void)n;
 */
#define copy_page_from_iter_atomic(page, offset, bytes, iter) ({	\
	struct iov_iter *__it = (iter);					\
	size_t __copied = iov_iter_copy_from_user_atomic(page, __it,	\
							 offset, bytes); \
									\
	iov_iter_advance(__it, __copied);				\
	__copied;							\
})
