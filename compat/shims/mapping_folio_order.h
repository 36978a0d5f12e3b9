/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: mapping_folio_order
 * names: mapping_max_folio_order mapping_set_folio_order_range
 *	mapping_set_folio_min_order
 * header: linux/pagemap.h
 * upstream: v6.11 smallest and largest folio of a mapping
 * unless: mapping_max_folio_order mapping_set_folio_order_range
 * when: mapping_large_folio_support
 * needs: MAX_PAGECACHE_ORDER WARN_ON_ONCE address_space
 *	mapping_large_folio_support mapping_set_large_folios size_t
 *
 * note: Where large folios are all or nothing, a mapping that limits them gets
 * none, as a folio larger than the file system can take (across a stripe, say)
 * would be filled with the wrong data.
 */
static inline size_t mapping_max_folio_order(const struct address_space *mapping)
{
	if (mapping_large_folio_support((struct address_space *)mapping))
		return MAX_PAGECACHE_ORDER;
	return 0;
}

static inline void mapping_set_folio_order_range(struct address_space *mapping,
						 unsigned int min,
						 unsigned int max)
{
	WARN_ON_ONCE(min);
	if (max >= MAX_PAGECACHE_ORDER)
		mapping_set_large_folios(mapping);
}
