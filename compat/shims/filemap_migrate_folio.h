/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: filemap_migrate_folio
 * header: linux/pagemap.h
 * upstream: v6.0 move a folio and its private data
 * unless: filemap_migrate_folio
 * when: !migrate_folio_member
 * include: linux/migrate.h
 * order: 3
 * needs: ClearPagePrivate MIGRATEPAGE_SUCCESS MIGRATE_SYNC_NO_COPY
 *	PagePrivate SetPagePrivate address_space get_page migrate_mode
 *	migrate_page_copy migrate_page_move_mapping migrate_page_states page
 *	page_has_private page_private put_page set_page_private
 *
 * note: The reference of the private data, which migrate_page() does not
 * expect, goes over to the new page first.
 */
static inline int filemap_migrate_folio(struct address_space *mapping,
					struct page *to, struct page *from,
					enum migrate_mode mode)
{
	int rc = migrate_page_move_mapping(mapping, to, from,
					   page_has_private(from));

	if (rc != MIGRATEPAGE_SUCCESS)
		return rc;
	if (PagePrivate(from)) {
		get_page(to);
		set_page_private(to, page_private(from));
		SetPagePrivate(to);
		ClearPagePrivate(from);
		set_page_private(from, 0);
		put_page(from);
	}
	if (mode == MIGRATE_SYNC_NO_COPY)
		migrate_page_states(to, from);
	else
		migrate_page_copy(to, from);
	return MIGRATEPAGE_SUCCESS;
}
