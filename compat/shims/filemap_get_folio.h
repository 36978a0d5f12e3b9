/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: filemap_get_folio
 * names: __filemap_get_folio filemap_get_folio filemap_lock_folio
 *	filemap_grab_folio
 * header: linux/pagemap.h
 * upstream: v6.4 no folio is an error pointer, not NULL
 * unless: fgf_t_type
 * needs: EAGAIN ENOENT ENOMEM ERR_PTR FGP_ACCESSED FGP_CREAT FGP_LOCK
 *	FGP_NOWAIT address_space gfp_t mapping_gfp_mask pgoff_t
 * use: struct address_space *m: struct folio *f =
 *	__filemap_get_folio(m, 0, FGP_LOCK, GFP_KERNEL); f =
 *	filemap_get_folio(m, 0); f = filemap_lock_folio(m, 0); f =
 *	filemap_grab_folio(m, 0);
 *
 * note: Right with either kind of kernel below it.
 */
static inline struct folio *
kcompat_get_folio(struct address_space *mapping, pgoff_t index,
		  unsigned int flags, gfp_t gfp)
{
	struct folio *folio = __filemap_get_folio(mapping, index, flags, gfp);

	if (folio)
		return folio;
	if (flags & FGP_NOWAIT)
		return ERR_PTR(-EAGAIN);
	return ERR_PTR(flags & FGP_CREAT ? -ENOMEM : -ENOENT);
}

#define __filemap_get_folio(mapping, index, flags, gfp) \
	kcompat_get_folio(mapping, index, (__force unsigned int)(flags), gfp)
#define filemap_get_folio(mapping, index) \
	kcompat_get_folio(mapping, index, 0, 0)
#define filemap_lock_folio(mapping, index) \
	kcompat_get_folio(mapping, index, FGP_LOCK, 0)
#define filemap_grab_folio(mapping, index) \
	kcompat_get_folio(mapping, index, FGP_LOCK | FGP_ACCESSED | FGP_CREAT, \
			  mapping_gfp_mask(mapping))
