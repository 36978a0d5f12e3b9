/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: bvec_set_folio
 * header: linux/bvec.h
 * upstream: v6.3 fill a bio_vec with a folio
 * unless: bvec_set_folio
 * needs: PAGE_SIZE bvec_set_page folio_page size_t
 * use: struct bio_vec *b, struct folio *f: bvec_set_folio(b, f,
 *	1, 0);
 */
#define bvec_set_folio(bv, folio, len, offset) do {			\
	size_t __off = (offset);					\
	bvec_set_page(bv, folio_page(folio, __off / PAGE_SIZE), len,	\
		      __off % PAGE_SIZE);				\
} while (0)
