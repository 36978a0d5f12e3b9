/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: readahead_control
 * names: readahead_control readahead_folio readahead_pos readahead_length
 *	readahead_index readahead_count kcompat_readpages
 * header: linux/pagemap.h
 * upstream: v5.8 what is to be read ahead is described, and in the cache
 * unless: readahead_control
 * order: 3
 * needs: PAGE_SHIFT add_to_page_cache_lru address_space folio index list_del
 *	list_empty list_head list_last_entry loff_t lru pgoff_t put_page
 *	readahead_gfp_mask size_t
 * use: struct readahead_control *r: loff_t p = readahead_pos(r) +
 *	readahead_length(r) + readahead_index(r) + readahead_count(r);
 *	(void)p; (void)readahead_folio(r);
 *
 * note: The older caller has a list of new pages with ascending, adjacent
 * indices, the first one at its end, and frees what is left of it.  A page is
 * put into the cache, locked, when it is its turn; one that somebody else has
 * put there meanwhile ends the request, as those after it would not be adjacent.
 */
struct readahead_control {
	struct file *file;
	struct address_space *mapping;
	pgoff_t _index;
	unsigned int _nr_pages;
	unsigned int _batch_count;
	struct list_head *kcompat_pages;
};

static inline void
kcompat_readpages(struct file *file, struct address_space *mapping,
		  struct list_head *pages, unsigned int count,
		  void (*readahead)(struct readahead_control *ractl))
{
	struct readahead_control ractl = {
		.file = file,
		.mapping = mapping,
		._nr_pages = count,
		.kcompat_pages = pages,
	};

	if (list_empty(pages))
		return;
	ractl._index = list_last_entry(pages, struct page, lru)->index;
	readahead(&ractl);
}

static inline struct folio *readahead_folio(struct readahead_control *ractl)
{
	struct page *page;

	ractl->_nr_pages -= ractl->_batch_count;
	ractl->_index += ractl->_batch_count;
	ractl->_batch_count = 0;
	if (!ractl->_nr_pages || list_empty(ractl->kcompat_pages))
		return NULL;
	page = list_last_entry(ractl->kcompat_pages, struct page, lru);
	list_del(&page->lru);
	if (add_to_page_cache_lru(page, ractl->mapping, page->index,
				  readahead_gfp_mask(ractl->mapping))) {
		put_page(page);
		ractl->_nr_pages = 0;
		return NULL;
	}
	/* the cache has a reference of its own, and it is locked */
	put_page(page);
	ractl->_batch_count = 1;
	return (struct folio *)page;
}

#define readahead_pos(ractl)	((loff_t)(ractl)->_index << PAGE_SHIFT)
#define readahead_length(ractl)	((size_t)(ractl)->_nr_pages << PAGE_SHIFT)
#define readahead_index(ractl)	((ractl)->_index)
#define readahead_count(ractl)	((ractl)->_nr_pages)
