/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: bvec_folio
 * header: linux/bvec.h
 * upstream: v7.2 the first folio of a bio_vec
 * unless: bvec_folio
 */
#define bvec_folio(bv)	page_folio((bv)->bv_page)
