/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: unpin_user_pages_dirty_lock
 * header: linux/mm.h
 * upstream: v6.3 what iov_iter_extract_pages() pinned
 * unless: iov_iter_extract_pages
 * needs: page put_page set_page_dirty_lock
 * use: struct page **p: unpin_user_pages_dirty_lock(p, 1, true);
 *
 * note: The other half of iov_iter_extract_pages.h, and not the kernel's own
 * function, which is for pins.
 */
static inline void
kcompat_put_pages_dirty_lock(struct page **pages, unsigned long nr, bool dirty)
{
	for (unsigned long i = 0; i < nr; i++) {
		if (dirty)
			set_page_dirty_lock(pages[i]);
		put_page(pages[i]);
	}
}

#define unpin_user_pages_dirty_lock(pages, nr, dirty) \
	kcompat_put_pages_dirty_lock(pages, nr, dirty)
