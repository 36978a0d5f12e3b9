/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: readahead_folio
 * header: linux/pagemap.h
 * upstream: v5.16 readahead_folio(), which keeps no reference
 * unless: folio_type
 * when: readahead_control
 * order: 3
 * needs: folio put_page readahead_control readahead_page
 */
static inline struct folio *readahead_folio(struct readahead_control *ractl)
{
	struct page *page = readahead_page(ractl);

	if (page)
		put_page(page);
	return (struct folio *)page;
}
