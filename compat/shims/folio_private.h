/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: folio_private
 * names: folio_attach_private folio_detach_private folio_get_private
 *	folio_change_private
 * header: linux/pagemap.h
 * upstream: v5.16 private data of a folio
 * unless: folio_type
 * order: 2
 * needs: ClearPagePrivate SetPagePrivate folio_get folio_put
 *	folio_test_private page private xchg
 * use: struct folio *f: void *p = folio_get_private(f); p =
 *	folio_change_private(f, p);
 */
static inline void folio_attach_private(struct folio *folio, void *data)
{
	folio_get(folio);
	folio->private = data;
	SetPagePrivate(&folio->page);
}

static inline void *folio_detach_private(struct folio *folio)
{
	void *data = folio->private;

	if (!folio_test_private(folio))
		return NULL;
	ClearPagePrivate(&folio->page);
	folio->private = NULL;
	folio_put(folio);
	return data;
}

#define folio_get_private(folio)	((folio)->private)
#define folio_change_private(folio, data) xchg(&(folio)->private, data)
