/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: mapping_folio_order
 * names: mapping_max_folio_order mapping_set_folio_order_range
 *	mapping_set_folio_min_order
 * header: linux/pagemap.h
 * upstream: v6.11 smallest and largest folio of a mapping
 * unless: mapping_max_folio_order mapping_set_folio_order_range
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
	if (max)
		mapping_set_large_folios(mapping);
}
