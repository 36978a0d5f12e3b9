/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: folio
 * names: folio page_folio folio_page folio_nr_pages folio_order folio_size
 *	folio_get folio_put
 * header: linux/mm.h
 * upstream: v5.16 struct folio is what the page cache consists of
 * unless: folio_type
 * include: linux/page-flags.h linux/build_bug.h
 * order: 1
 * needs: PAGE_SIZE address_space atomic_t compound_head compound_order
 *	get_page list_head page_address page_mapping pgoff_t put_page
 * use: struct page *p: struct folio *f = page_folio(p); p =
 *	folio_page(f, 0); p = &f->page; (void)(folio_order(f) +
 *	folio_nr_pages(f) + folio_size(f)); (void)folio_address(f);
 *	folio_get(f); folio_put(f); (void)folio_mapping(f);
 *	(void)offset_in_folio(f, 1);
 *
 * note: A folio is the head page of what was allocated together; in the page
 * cache of these kernels that is one page.  A type of its own over struct page,
 * so that "&folio->page" and "folio->index" both are what they look like.
 */
struct folio {
	union {
		struct page page;
		struct {
			unsigned long flags;
			struct list_head lru;
			struct address_space *mapping;
			pgoff_t index;
			void *private;
			atomic_t _mapcount;
			atomic_t _refcount;
		};
	};
};

#define KCOMPAT_FOLIO_SAME(member) \
	static_assert(offsetof(struct folio, member) == \
		      offsetof(struct page, member))
KCOMPAT_FOLIO_SAME(flags);
KCOMPAT_FOLIO_SAME(lru);
KCOMPAT_FOLIO_SAME(mapping);
KCOMPAT_FOLIO_SAME(index);
KCOMPAT_FOLIO_SAME(private);
KCOMPAT_FOLIO_SAME(_refcount);
static_assert(sizeof(struct folio) == sizeof(struct page));

static inline struct folio *page_folio(const struct page *page)
{
	return (struct folio *)compound_head((struct page *)page);
}

#define folio_page(folio, n)	(&(folio)->page + (n))
#define folio_order(folio)	compound_order(&(folio)->page)
#define folio_nr_pages(folio)	(1L << folio_order(folio))
#define folio_size(folio)	(PAGE_SIZE << folio_order(folio))
#define folio_address(folio)	page_address(&(folio)->page)
#define folio_get(folio)	get_page(&(folio)->page)
#define folio_put(folio)	put_page(&(folio)->page)
#define folio_mapping(folio)	page_mapping(&(folio)->page)
#define offset_in_folio(folio, p) \
	((unsigned long)(p) & (folio_size(folio) - 1))
