/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: writeback_iter
 * header: linux/writeback.h
 * upstream: v6.10 writeback_iter() instead of write_cache_pages()
 * unless: writeback_iter
 * place: late
 * include: linux/pagemap.h linux/writeback.h
 * needs: PAGECACHE_TAG_DIRTY PAGECACHE_TAG_TOWRITE PAGE_MASK PAGE_SHIFT
 *	WB_SYNC_ALL WB_SYNC_NONE address_space cond_resched
 *	folio_clear_dirty_for_io folio_lock folio_nr_pages folio_put
 *	folio_test_dirty folio_test_writeback folio_unlock folio_wait_writeback
 *	kcompat_tagged_folio nr_to_write pgoff_t range_cyclic range_end
 *	range_start sync_mode tag_pages_for_writeback tagged_writepages
 *	writeback_control writeback_index xa_mark_t
 *
 * note: The newer structure has room for a batch of folios and for the first
 * error.  Here folios are found one at a time, the next one behind the one
 * that comes back, and the error rests in those bits of range_start that name
 * a byte within a page, which nobody looks at.  Everything that the caller sees
 * is the same: order, locking, what is skipped, nr_to_write, where a cyclic run
 * goes on.
 */
static inline bool kcompat_prepare_writeback(struct address_space *mapping,
					     struct writeback_control *wbc,
					     struct folio *folio)
{
	if (folio->mapping != mapping || !folio_test_dirty(folio))
		return false;
	if (folio_test_writeback(folio)) {
		if (wbc->sync_mode == WB_SYNC_NONE)
			return false;
		folio_wait_writeback(folio);
	}
	return folio_clear_dirty_for_io(folio);
}

static inline struct folio *writeback_iter(struct address_space *mapping,
					   struct writeback_control *wbc,
					   struct folio *folio, int *error)
{
	pgoff_t end = wbc->range_cyclic ? -1 : wbc->range_end >> PAGE_SHIFT;
	bool integrity = wbc->sync_mode == WB_SYNC_ALL;
	pgoff_t index;
	xa_mark_t tag;

	if (!folio) {
		wbc->range_start &= PAGE_MASK;
		*error = 0;
		index = wbc->range_cyclic ? mapping->writeback_index
					  : wbc->range_start >> PAGE_SHIFT;
		if (integrity || wbc->tagged_writepages)
			tag_pages_for_writeback(mapping, index, end);
	} else {
		index = folio->index + folio_nr_pages(folio);
		wbc->nr_to_write -= folio_nr_pages(folio);
		folio_put(folio);
		if (!integrity && (*error || wbc->nr_to_write <= 0)) {
			if (wbc->range_cyclic)
				mapping->writeback_index = index;
			return NULL;
		}
		if (!(wbc->range_start & ~PAGE_MASK))
			wbc->range_start -= *error;
	}

	tag = integrity || wbc->tagged_writepages ? PAGECACHE_TAG_TOWRITE
						  : PAGECACHE_TAG_DIRTY;
	while (index <= end) {
		folio = kcompat_tagged_folio(mapping, index, end, tag);
		if (!folio)
			break;
		folio_lock(folio);
		if (kcompat_prepare_writeback(mapping, wbc, folio))
			return folio;
		index = folio->index + folio_nr_pages(folio);
		folio_unlock(folio);
		folio_put(folio);
		cond_resched();
		if (!index)
			break;
	}
	if (wbc->range_cyclic)
		mapping->writeback_index = 0;
	*error = -(int)(wbc->range_start & ~PAGE_MASK);
	wbc->range_start &= PAGE_MASK;
	return NULL;
}
