/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: iov_iter_extract_old
 * names: iov_iter_extract_pages iov_iter_extract_will_pin
 * header: linux/uio.h
 * upstream: v6.3 memory of processes is pinned, that of the kernel is its own
 * unless: iov_iter_extract_pages
 * when: !iov_iter_get_pages2
 * needs: DIV_ROUND_UP PAGE_SIZE iov_iter_advance iov_iter_get_pages
 *	iter_is_iovec page put_page size_t ssize_t
 * use: struct iov_iter *i, struct page **p, size_t *o: ssize_t n =
 *	iov_iter_extract_pages(i, &p, 1, 1, 0, o); (void)n;
 *	(void)iov_iter_extract_will_pin(i);
 *
 * note: As iov_iter_extract_pages.h, where the iterator did not go on by itself.
 */
#define iov_iter_extract_pages(iter, pages, bytes, most, flags, offset) ({ \
	struct page **__pages = *(pages);				\
	size_t *__offset = (offset);					\
	ssize_t __n = iov_iter_get_pages(iter, __pages, bytes, most,	\
					 __offset);			\
									\
	if (__n > 0 && !iter_is_iovec(iter))				\
		for (ssize_t __i = 0; __i < (ssize_t)			\
		     DIV_ROUND_UP(*__offset + __n, PAGE_SIZE); __i++)	\
			put_page(__pages[__i]);				\
	if (__n > 0)							\
		iov_iter_advance(iter, __n);				\
	__n;								\
})

#define iov_iter_extract_will_pin(iter) iter_is_iovec(iter)
