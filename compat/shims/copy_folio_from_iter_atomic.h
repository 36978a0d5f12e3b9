/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: copy_folio_from_iter_atomic
 * header: linux/uio.h
 * upstream: v6.10 copy_folio_from_iter_atomic()
 * unless: copy_folio_from_iter_atomic
 * needs: PAGE_SIZE copy_page_from_iter_atomic folio folio_page min_t
 *	offset_in_page size_t
 * use: struct folio *f, struct iov_iter *i: size_t n =
 *	copy_folio_from_iter_atomic(f, 0, 1, i); (void)n;
 *
 * note: The older function copies within one page.  A macro, as linux/uio.h
 * comes before anything that knows what a folio is.
 */
#define copy_folio_from_iter_atomic(f, offset, bytes, iter) ({		\
	struct folio *__folio = (f);					\
	size_t __offset = (offset), __bytes = (bytes), __done = 0;	\
									\
	while (__done < __bytes) {					\
		size_t __at = __offset + __done;			\
		size_t __want = min_t(size_t, __bytes - __done,		\
				      PAGE_SIZE - offset_in_page(__at)); \
		size_t __got;						\
									\
		__got = copy_page_from_iter_atomic(			\
				folio_page(__folio, __at / PAGE_SIZE),	\
				offset_in_page(__at), __want, iter);	\
		__done += __got;					\
		if (__got < __want)					\
			break;						\
	}								\
	__done;								\
})
