/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: folio_pagemap
 * names: folio_lock folio_trylock folio_unlock folio_wait_stable
 *	folio_wait_writeback folio_start_writeback folio_end_writeback
 *	folio_mark_dirty folio_clear_dirty_for_io folio_pos folio_file_page
 *	folio_next_index folio_contains filemap_dirty_folio
 *	folio_redirty_for_writepage
 * header: linux/pagemap.h
 * upstream: v5.16 the page cache in terms of folios
 * unless: folio_type
 * include: linux/mm.h
 * order: 1
 * needs: __set_page_dirty_nobuffers clear_page_dirty_for_io
 *	end_page_writeback folio_nr_pages folio_page index lock_page page_offset
 *	redirty_page_for_writepage set_page_dirty set_page_writeback trylock_page
 *	unlock_page wait_for_stable_page wait_on_page_writeback
 * use: struct folio *f, struct writeback_control *w, struct
 *	address_space *m: folio_lock(f); if (folio_trylock(f))
 *	folio_unlock(f); folio_wait_stable(f); folio_wait_writeback(f);
 *	folio_start_writeback(f); folio_end_writeback(f);
 *	folio_redirty_for_writepage(w, f); (void)(folio_pos(f) +
 *	folio_next_index(f) + folio_contains(f, 1));
 *	(void)folio_file_page(f, 1); (void)filemap_dirty_folio(m, f);
 */
#define folio_lock(folio)		lock_page(&(folio)->page)
#define folio_trylock(folio)		trylock_page(&(folio)->page)
#define folio_unlock(folio)		unlock_page(&(folio)->page)
#define folio_wait_stable(folio)	wait_for_stable_page(&(folio)->page)
#define folio_wait_writeback(folio)	wait_on_page_writeback(&(folio)->page)
#define folio_start_writeback(folio)	set_page_writeback(&(folio)->page)
#define folio_end_writeback(folio)	end_page_writeback(&(folio)->page)
#define folio_redirty_for_writepage(wbc, folio) \
	redirty_page_for_writepage(wbc, &(folio)->page)
#define folio_pos(folio)		page_offset(&(folio)->page)
#define folio_next_index(folio)		((folio)->index + folio_nr_pages(folio))
#define folio_file_page(folio, at) \
	folio_page(folio, (at) & (folio_nr_pages(folio) - 1))
#define folio_contains(folio, at) \
	((at) - (folio)->index < folio_nr_pages(folio))

static inline bool folio_mark_dirty(struct folio *folio)
{
	return set_page_dirty(&folio->page);
}

static inline bool folio_clear_dirty_for_io(struct folio *folio)
{
	return clear_page_dirty_for_io(&folio->page);
}

/* the bare name, in a table, is what the older table wants */
static inline int (filemap_dirty_folio)(struct page *page)
{
	return __set_page_dirty_nobuffers(page);
}

#define filemap_dirty_folio(mapping, folio) \
	((void)(mapping), (bool)__set_page_dirty_nobuffers(&(folio)->page))
