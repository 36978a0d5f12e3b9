/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: kv_alloc
 * names: kvmalloc kvzalloc kvmalloc_array kvcalloc kvfree kvmalloc_obj
 *	kvmalloc_objs kvmalloc_flex kvzalloc_obj kvzalloc_objs kvzalloc_flex
 * header: linux/slab.h
 * place: late
 * upstream: v5.16 kvmalloc() and friends are declared in linux/slab.h
 * unless: folio_type
 * include: linux/mm.h
 * use: void: void *p = kvmalloc(8, GFP_KERNEL); kvfree(p);
 *
 * note: Where a thing is declared cannot be probed with all headers at once;
 * the type came with the same release.
 */
