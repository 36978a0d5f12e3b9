/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: krealloc_array
 * header: linux/slab.h
 * upstream: v5.11 krealloc_array()
 * unless: krealloc_array
 * include: linux/overflow.h
 * needs: check_mul_overflow gfp_t krealloc size_t
 */
static inline void *krealloc_array(void *p, size_t n, size_t size, gfp_t flags)
{
	size_t bytes;

	if (check_mul_overflow(n, size, &bytes))
		return NULL;
	return krealloc(p, bytes, flags);
}
