/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: fgf
 * names: fgf_t fgf_set_order FGP_WRITEBEGIN
 * header: linux/pagemap.h
 * upstream: v6.6 flags of __filemap_get_folio() have a type
 * unless: fgf_t_type fgf_set_order
 * order: 2
 * needs: FGP_CREAT FGP_LOCK FGP_STABLE FGP_WRITE size_t
 * use: void: fgf_t f = (__force fgf_t)fgf_set_order(1) |
 *	FGP_WRITEBEGIN; (void)f;
 *
 * note: The order is a hint, which older kernels have no place for.
 */
typedef unsigned int __bitwise fgf_t;

#ifndef FGP_WRITEBEGIN
#define FGP_WRITEBEGIN (FGP_LOCK | FGP_WRITE | FGP_CREAT | FGP_STABLE)
#endif

static inline unsigned int fgf_set_order(size_t size)
{
	return 0;
}
