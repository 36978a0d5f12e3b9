/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: filemap_get_page
 * names: __filemap_get_folio
 * header: linux/pagemap.h
 * upstream: v5.16 __filemap_get_folio()
 * unless: folio_type
 * order: 3
 * needs: address_space folio gfp_t pagecache_get_page pgoff_t
 *	wait_for_stable_page
 * use: struct address_space *m: struct folio *f =
 *	__filemap_get_folio(m, 0, FGP_STABLE, GFP_KERNEL); (void)f;
 *
 * note: No folio is NULL here, as it was upstream when this function was new;
 * see filemap_get_folio for what it is now.
 */
#ifndef FGP_STABLE
#define FGP_STABLE	0x40000000
#endif

static inline struct folio *
__filemap_get_folio(struct address_space *mapping, pgoff_t index,
		    unsigned int flags, gfp_t gfp)
{
	struct page *page = pagecache_get_page(mapping, index,
					       flags & ~FGP_STABLE, gfp);

	if (page && (flags & FGP_STABLE))
		wait_for_stable_page(page);
	return (struct folio *)page;
}
