/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: folio_next_pos
 * header: linux/pagemap.h
 * upstream: v6.19 folio_next_pos()
 * unless: folio_next_pos
 * needs: PAGE_SHIFT folio_nr_pages index loff_t
 */
static inline loff_t folio_next_pos(const struct folio *folio)
{
	return (loff_t)(folio->index + folio_nr_pages((struct folio *)folio))
		<< PAGE_SHIFT;
}
