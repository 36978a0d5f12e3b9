/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: folio_fill_tail
 * header: linux/highmem.h
 * upstream: v6.8 copy into a folio and clear the rest of it
 * unless: folio_fill_tail
 * order: 6
 * needs: folio_size folio_zero_range memcpy_to_folio size_t
 */
static inline void folio_fill_tail(struct folio *folio, size_t offset,
				   const char *from, size_t len)
{
	memcpy_to_folio(folio, offset, from, len);
	offset += len;
	if (offset < folio_size(folio))
		folio_zero_range(folio, offset, folio_size(folio) - offset);
}
