/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: bvec_set_folio
 * header: linux/bvec.h
 * upstream: v6.3 fill a bio_vec with a folio
 * unless: bvec_set_folio
 */
#define bvec_set_folio(bv, folio, len, offset) do {			\
	size_t __off = (offset);					\
	bvec_set_page(bv, folio_page(folio, __off / PAGE_SIZE), len,	\
		      __off % PAGE_SIZE);				\
} while (0)
