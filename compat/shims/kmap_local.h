/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: kmap_local
 * names: kmap_local_page kunmap_local
 * header: linux/highmem.h
 * upstream: v5.11 a mapping that is local to the thread
 * unless: kmap_local_page
 * order: 1
 * needs: kmap_atomic kunmap_atomic
 * use: struct page *p: void *a = kmap_local_page(p);
 *	kunmap_local(a);
 *
 * note: The older one may not sleep while it holds the page; what copies or
 * clears does not.
 */
#define kmap_local_page(page)	kmap_atomic(page)
#define kunmap_local(address)	kunmap_atomic(address)
