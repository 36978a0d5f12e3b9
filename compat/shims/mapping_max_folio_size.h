/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: mapping_max_folio_size
 * header: linux/pagemap.h
 * upstream: v6.9 size of the largest folio of a mapping, in bytes
 * unless: mapping_max_folio_size
 * when: mapping_large_folio_support
 * order: 6
 * needs: PAGE_SIZE mapping_max_folio_order size_t
 * use: struct address_space *m: size_t n =
 *	mapping_max_folio_size(m); (void)n;
 */
#define mapping_max_folio_size(mapping) \
	((size_t)PAGE_SIZE << mapping_max_folio_order(mapping))
