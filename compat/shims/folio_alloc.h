/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: folio_alloc
 * header: linux/gfp.h
 * upstream: v5.16 folio_alloc()
 * unless: folio_type
 * needs: __GFP_COMP alloc_pages folio
 * use: void: struct folio *f = folio_alloc(GFP_KERNEL, 0);
 *	(void)f;
 */
#define folio_alloc(gfp, order) \
	((struct folio *)alloc_pages((gfp) | __GFP_COMP, order))
