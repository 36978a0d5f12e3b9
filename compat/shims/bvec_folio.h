/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: bvec_folio
 * header: linux/bvec.h
 * upstream: v7.2 the first folio of a bio_vec
 * unless: bvec_folio
 * needs: bv_page page_folio
 * use: struct bio_vec *b: struct folio *f = bvec_folio(b);
 *	(void)f;
 */
#define bvec_folio(bv)	page_folio((bv)->bv_page)
