/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: mempool_tag
 * names: mempool
 * header: linux/types.h
 * place: early
 * upstream: v7.0 the tag of mempool_t lost its _s
 * unless: mempool_tag
 * needs: mempool
 * use: struct mempool *m: struct mempool_s *o = m;
 *	mempool_free(mempool_alloc(o, GFP_KERNEL), m);
 *
 * note: In front of every header that may name the type.
 */
#define mempool_s mempool
