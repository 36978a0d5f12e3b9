/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: filemap_alloc_folio
 * header: linux/pagemap.h
 * upstream: v6.19 filemap_alloc_folio() takes a memory policy
 * unless: filemap_alloc_folio_policy
 * use: void: struct folio *f = filemap_alloc_folio(GFP_KERNEL, 0,
 *	NULL); (void)f;
 */
#define filemap_alloc_folio(gfp, order, policy) \
	((void)(policy), (filemap_alloc_folio)(gfp, order))
