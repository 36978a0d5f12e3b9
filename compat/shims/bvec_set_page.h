/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: bvec_set_page
 * header: linux/bvec.h
 * upstream: v6.3 fill a bio_vec
 * unless: bvec_set_page
 * order: 4
 * needs: bio_vec bv_len bv_offset bv_page
 */
static inline void bvec_set_page(struct bio_vec *bv, struct page *page,
				 unsigned int len, unsigned int offset)
{
	bv->bv_page = page;
	bv->bv_len = len;
	bv->bv_offset = offset;
}
