/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: tagged_page
 * names: kcompat_tagged_folio writeback_iter
 * header: linux/writeback.h
 * upstream: v5.16 folios in the page cache, which writeback_iter() finds by tag
 * unless: writeback_iter
 * when: !folio_type
 * place: late
 * needs: address_space find_get_pages_range_tag folio pgoff_t xa_mark_t
 */
static inline struct folio *
kcompat_tagged_folio(struct address_space *mapping, pgoff_t index, pgoff_t end,
		     xa_mark_t tag)
{
	struct page *page = NULL;

	find_get_pages_range_tag(mapping, &index, end, tag, 1, &page);
	return (struct folio *)page;
}
