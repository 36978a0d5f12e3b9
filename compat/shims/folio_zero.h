/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: folio_zero
 * names: folio_zero_segment folio_zero_segments folio_zero_range
 *	kmap_local_folio flush_dcache_folio
 * header: linux/highmem.h
 * upstream: v5.16 clear parts of a folio
 * unless: folio_type
 * order: 2
 *
 * note: Offsets lie in the one page that a folio of the page cache is.
 */
#define folio_zero_segments(folio, start1, end1, start2, end2) \
	zero_user_segments(&(folio)->page, start1, end1, start2, end2)
#define folio_zero_segment(folio, start, end) \
	zero_user_segment(&(folio)->page, start, end)
#define folio_zero_range(folio, start, length) \
	zero_user(&(folio)->page, start, length)
#define flush_dcache_folio(folio) flush_dcache_page(&(folio)->page)
#define kmap_local_folio(folio, offset) \
	(kmap_local_page(folio_page(folio, (offset) / PAGE_SIZE)) + \
	 offset_in_page(offset))
