/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: tagged_folio
 * names: kcompat_tagged_folio writeback_iter
 * header: linux/writeback.h
 * upstream: v5.16 folios in the page cache, which writeback_iter() finds by tag
 * unless: writeback_iter
 * when: folio_type
 * place: late
 * needs: XA_STATE address_space folio_put folio_try_get i_pages pgoff_t
 *	rcu_read_lock rcu_read_unlock xa_is_value xa_mark_t xas xas_find_marked
 *	xas_reload xas_reset xas_retry
 */
static inline struct folio *
kcompat_tagged_folio(struct address_space *mapping, pgoff_t index, pgoff_t end,
		     xa_mark_t tag)
{
	XA_STATE(xas, &mapping->i_pages, index);
	struct folio *folio;

	rcu_read_lock();
	do {
		folio = xas_find_marked(&xas, end, tag);
		if (xas_retry(&xas, folio))
			continue;
		if (!folio || xa_is_value(folio))
			break;
		if (folio_try_get(folio)) {
			if (folio == xas_reload(&xas))
				break;
			folio_put(folio);
		}
		xas_reset(&xas);
	} while (true);
	rcu_read_unlock();
	return xa_is_value(folio) ? NULL : folio;
}

