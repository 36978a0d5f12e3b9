/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: max_pagecache_order
 * names: MAX_PAGECACHE_ORDER
 * header: linux/pagemap.h
 * upstream: v6.6 largest folio that the page cache makes, for everybody to see
 * unless: max_pagecache_order
 * when: mapping_large_folio_support
 * include: linux/huge_mm.h
 * order: 2
 * needs: HPAGE_PMD_ORDER
 * use: void: int n = MAX_PAGECACHE_ORDER; (void)n;
 */
#ifdef CONFIG_TRANSPARENT_HUGEPAGE
#define MAX_PAGECACHE_ORDER	HPAGE_PMD_ORDER
#else
#define MAX_PAGECACHE_ORDER	8
#endif
