/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: bvec_set_virt
 * header: linux/bvec.h
 * upstream: v6.3 fill a bio_vec with an address
 * unless: bvec_set_virt
 * place: late
 * include: linux/mm.h linux/bvec.h
 */
#define bvec_set_virt(bv, vaddr, len) \
	bvec_set_page(bv, virt_to_page(vaddr), len, offset_in_page(vaddr))
