/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: mapping_no_large_folio
 * names: mapping_max_folio_order mapping_set_folio_order_range
 *	mapping_max_folio_size mapping_set_large_folios
 *	mapping_large_folio_support
 * header: linux/pagemap.h
 * upstream: v5.16 folios of several pages in a mapping
 * unless: mapping_large_folio_support
 * needs: PAGE_SIZE
 * use: struct address_space *m: size_t n =
 *	mapping_max_folio_order(m) + mapping_max_folio_size(m) +
 *	mapping_large_folio_support(m); mapping_set_large_folios(m);
 *	mapping_set_folio_order_range(m, 0, 2); (void)n;
 */
#define mapping_large_folio_support(mapping)	((void)(mapping), false)
#define mapping_set_large_folios(mapping)	((void)(mapping))
#define mapping_max_folio_order(mapping)	((void)(mapping), 0UL)
#define mapping_max_folio_size(mapping)		((void)(mapping), PAGE_SIZE)
#define mapping_set_folio_order_range(mapping, min, max) \
	((void)(mapping), (void)(min), (void)(max))
