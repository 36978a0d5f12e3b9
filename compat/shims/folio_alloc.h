/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: folio_alloc
 * header: linux/gfp.h
 * upstream: v5.16 folio_alloc()
 * unless: folio_type
 */
#define folio_alloc(gfp, order) \
	((struct folio *)alloc_pages((gfp) | __GFP_COMP, order))
