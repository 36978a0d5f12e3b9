/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: bvec_set_virt
 * header: linux/bvec.h
 * upstream: v6.3 fill a bio_vec with an address
 * unless: bvec_set_virt
 * place: late
 * include: linux/mm.h linux/bvec.h
 * needs: bvec_set_page offset_in_page virt_to_page
 * use: struct bio_vec *b, void *p: bvec_set_virt(b, p, 1);
 */
#define bvec_set_virt(bv, vaddr, len) \
	bvec_set_page(bv, virt_to_page(vaddr), len, offset_in_page(vaddr))
