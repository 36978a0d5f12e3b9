/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: fault_in_iov_iter
 * names: fault_in_iov_iter_readable fault_in_iov_iter_writeable
 * header: linux/uio.h
 * upstream: v5.16 fault user memory in; how much of it is not there
 * unless: fault_in_iov_iter
 * include: linux/mm_types.h
 * needs: PAGE_SIZE fault_in_pages_writeable iov iov_base iov_iter
 *	iov_iter_count iov_iter_fault_in_readable iov_len iov_offset iovec
 *	iter_is_iovec min_t size_t
 * use: const struct iov_iter *i: size_t n =
 *	fault_in_iov_iter_readable(i, 1) +
 *	fault_in_iov_iter_writeable(i, 1); (void)n;
 *
 * note: Macros, as linux/uio.h comes before the functions that they need.
 */
#define fault_in_iov_iter_readable(iter, size) ({			\
	struct iov_iter *__iter = (struct iov_iter *)(iter);		\
	size_t __size = min_t(size_t, size, iov_iter_count(__iter));	\
	size_t __some = min_t(size_t, __size, PAGE_SIZE);		\
	size_t __left = 0;						\
									\
	if (__size && iov_iter_fault_in_readable(__iter, __size))	\
		__left = iov_iter_fault_in_readable(__iter, __some) ?	\
			__size : __size - __some;			\
	__left;								\
})

#define fault_in_iov_iter_writeable(iter, size) ({			\
	const struct iov_iter *__iter = (iter);				\
	size_t __left = min_t(size_t, size, iov_iter_count(__iter));	\
	const struct iovec *__iov = __iter->iov;			\
	size_t __skip = __iter->iov_offset;				\
									\
	if (!iter_is_iovec(__iter))					\
		__left = 0;						\
	while (__left) {						\
		size_t __n = min_t(size_t, __left, __iov->iov_len - __skip); \
									\
		if (__n && fault_in_pages_writeable(__iov->iov_base + __skip, \
						    __n))		\
			break;						\
		__left -= __n;						\
		__skip = 0;						\
		__iov++;						\
	}								\
	__left;								\
})
