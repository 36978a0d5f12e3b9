/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: sendpages_ok
 * header: linux/net.h
 * upstream: v6.12 sendpage_ok() of several pages
 * unless: sendpages_ok
 * needs: PAGE_SHIFT PAGE_SIZE sendpage_ok size_t
 */
static inline bool sendpages_ok(struct page *page, size_t len, size_t offset)
{
	struct page *p = page + (offset >> PAGE_SHIFT);
	size_t done = 0;

	while (done < len) {
		if (!sendpage_ok(p))
			return false;
		p++;
		done += PAGE_SIZE;
	}
	return true;
}
