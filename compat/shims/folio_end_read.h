/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: folio_end_read
 * header: linux/pagemap.h
 * upstream: v6.7 folio_end_read()
 * unless: folio_end_read
 * needs: folio_mark_uptodate folio_unlock
 */
static inline void folio_end_read(struct folio *folio, bool success)
{
	if (likely(success))
		folio_mark_uptodate(folio);
	folio_unlock(folio);
}
