/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: folio_flags
 * names: folio_test_locked folio_test_uptodate folio_test_dirty
 *	folio_test_writeback folio_test_private folio_test_large
 *	folio_mark_uptodate folio_clear_uptodate
 * header: linux/mm.h
 * upstream: v5.16 flags of folios
 * unless: folio_type
 * order: 2
 * needs: ClearPageUptodate PageDirty PageHead PageLocked PagePrivate
 *	PageUptodate PageWriteback SetPageUptodate page
 * use: struct folio *f: bool b = folio_test_locked(f) ||
 *	folio_test_uptodate(f) || folio_test_dirty(f) ||
 *	folio_test_writeback(f) || folio_test_private(f) ||
 *	folio_test_large(f); folio_mark_uptodate(f);
 *	folio_clear_uptodate(f); (void)b;
 */
#define folio_test_locked(folio)	PageLocked(&(folio)->page)
#define folio_test_uptodate(folio)	PageUptodate(&(folio)->page)
#define folio_test_dirty(folio)		PageDirty(&(folio)->page)
#define folio_test_writeback(folio)	PageWriteback(&(folio)->page)
#define folio_test_private(folio)	PagePrivate(&(folio)->page)
#define folio_test_large(folio)		PageHead(&(folio)->page)
#define folio_mark_uptodate(folio)	SetPageUptodate(&(folio)->page)
#define folio_clear_uptodate(folio)	ClearPageUptodate(&(folio)->page)
