/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: memcpy_folio
 * names: memcpy_from_folio memcpy_to_folio
 * header: linux/highmem.h
 * upstream: v6.7 copy to and from a folio
 * unless: memcpy_from_folio memcpy_to_folio
 * include: linux/pagemap.h
 * needs: PAGE_SIZE flush_dcache_folio kmap_local_folio kunmap_local memcpy
 *	min_t offset_in_page size_t
 */
static inline void memcpy_from_folio(char *to, struct folio *folio,
				     size_t offset, size_t len)
{
	while (len) {
		size_t n = min_t(size_t, len, PAGE_SIZE - offset_in_page(offset));
		char *from = kmap_local_folio(folio, offset);

		memcpy(to, from, n);
		kunmap_local(from);
		to += n;
		offset += n;
		len -= n;
	}
}

static inline void memcpy_to_folio(struct folio *folio, size_t offset,
				   const char *from, size_t len)
{
	while (len) {
		size_t n = min_t(size_t, len, PAGE_SIZE - offset_in_page(offset));
		char *to = kmap_local_folio(folio, offset);

		memcpy(to, from, n);
		kunmap_local(to);
		from += n;
		offset += n;
		len -= n;
	}
	flush_dcache_folio(folio);
}
