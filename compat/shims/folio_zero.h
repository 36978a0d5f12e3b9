/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: folio_zero
 * names: folio_zero_segment folio_zero_segments folio_zero_range
 *	kmap_local_folio flush_dcache_folio
 * header: linux/highmem.h
 * upstream: v5.16 clear parts of a folio
 * unless: folio_type
 * order: 2
 * needs: PAGE_SIZE flush_dcache_page folio_page kmap_local_page min_t
 *	offset_in_page page size_t zero_user
 * use: struct folio *f: folio_zero_range(f, 0, 1);
 *	folio_zero_segments(f, 0, 1, 2, 3); flush_dcache_folio(f);
 *	kunmap_local(kmap_local_folio(f, 0));
 */
static inline void folio_zero_segment(struct folio *folio, size_t start,
				      size_t end)
{
	while (start < end) {
		size_t n = min_t(size_t, end - start,
				 PAGE_SIZE - offset_in_page(start));

		zero_user(folio_page(folio, start / PAGE_SIZE),
			  offset_in_page(start), n);
		start += n;
	}
}

#define folio_zero_range(folio, start, length) do {			\
	size_t __start = (start);					\
	folio_zero_segment(folio, __start, __start + (length));		\
} while (0)
#define folio_zero_segments(f, start1, end1, start2, end2) do {		\
	struct folio *__folio = (f);					\
	folio_zero_segment(__folio, start1, end1);			\
	folio_zero_segment(__folio, start2, end2);			\
} while (0)
#define flush_dcache_folio(folio) flush_dcache_page(&(folio)->page)
#define kmap_local_folio(folio, offset) \
	(kmap_local_page(folio_page(folio, (offset) / PAGE_SIZE)) + \
	 offset_in_page(offset))
