// SPDX-License-Identifier: GPL-2.0-only
/* kcfs: the page cache, and the store behind it */
#include <linux/highmem.h>
#include <linux/pagemap.h>
#include <linux/slab.h>
#include <linux/writeback.h>

#include "kcfs.h"

static void kcfs_fill(struct folio *folio)
{
	struct inode *inode = folio->mapping->host;
	size_t off;

	for (off = 0; off < folio_size(folio); off += PAGE_SIZE) {
		pgoff_t index = (folio_pos(folio) + off) >> PAGE_SHIFT;
		const char *from = xa_load(&KCFS_I(inode)->store, index);

		if (from)
			memcpy_to_folio(folio, off, from, PAGE_SIZE);
		else
			folio_zero_range(folio, off, PAGE_SIZE);
	}
}

static int kcfs_read_folio(struct file *file, struct folio *folio)
{
	kcfs_fill(folio);
	folio_end_read(folio, true);
	return 0;
}

static void kcfs_readahead(struct readahead_control *rac)
{
	struct folio *folio;

	while ((folio = readahead_folio(rac))) {
		kcfs_fill(folio);
		folio_end_read(folio, true);
	}
}

static int kcfs_store(struct folio *folio)
{
	struct kcfs_inode *ki = KCFS_I(folio->mapping->host);
	size_t off;

	for (off = 0; off < folio_size(folio); off += PAGE_SIZE) {
		pgoff_t index = (folio_pos(folio) + off) >> PAGE_SHIFT;
		char *page = xa_load(&ki->store, index);
		int rc;

		if (!page) {
			page = kmalloc(PAGE_SIZE, GFP_NOFS);
			if (!page)
				return -ENOMEM;
			rc = xa_err(xa_store(&ki->store, index, page, GFP_NOFS));
			if (rc) {
				kfree(page);
				return rc;
			}
		}
		memcpy_from_folio(page, folio, off, PAGE_SIZE);
		atomic_inc(&kcfs_stats.written);
	}
	return 0;
}

/* Every third folio is put off once in background writeback. */
static int kcfs_writepages(struct address_space *mapping,
			   struct writeback_control *wbc)
{
	struct folio *folio = NULL;
	pgoff_t last = 0;
	int error = 0;

	while ((folio = writeback_iter(mapping, wbc, folio, &error))) {
		WARN_ON_ONCE(!folio_test_locked(folio));
		WARN_ON_ONCE(folio_test_dirty(folio));
		WARN_ON_ONCE(last && folio->index < last);
		last = folio_next_pos(folio) >> PAGE_SHIFT;
		if (wbc->sync_mode == WB_SYNC_NONE && folio->index % 3 == 2) {
			folio_redirty_for_writepage(wbc, folio);
			folio_unlock(folio);
			continue;
		}
		folio_start_writeback(folio);
		error = kcfs_store(folio);
		folio_unlock(folio);
		folio_end_writeback(folio);
	}
	return error;
}

static int kcfs_write_begin(const struct kiocb *iocb,
			    struct address_space *mapping, loff_t pos,
			    unsigned int len, struct folio **foliop,
			    void **fsdata)
{
	fgf_t flags = FGP_WRITEBEGIN | fgf_set_order(len);
	struct folio *folio;

	if (WARN_ON_ONCE(iocb && iocb->ki_filp &&
			 file_inode(iocb->ki_filp) != mapping->host))
		return -EIO;
	atomic_inc(&kcfs_stats.write_begin);
	folio = __filemap_get_folio(mapping, pos >> PAGE_SHIFT, flags,
				    mapping_gfp_mask(mapping));
	if (IS_ERR(folio))
		return PTR_ERR(folio);
	if (!folio_test_uptodate(folio)) {
		kcfs_fill(folio);
		folio_mark_uptodate(folio);
	}
	*foliop = folio;
	return 0;
}

static int kcfs_write_end(const struct kiocb *iocb,
			  struct address_space *mapping, loff_t pos,
			  unsigned int len, unsigned int copied,
			  struct folio *folio, void *fsdata)
{
	struct inode *inode = mapping->host;

	if (pos + copied > i_size_read(inode))
		i_size_write(inode, pos + copied);
	if (copied)
		folio_mark_dirty(folio);
	folio_unlock(folio);
	folio_put(folio);
	return copied;
}

static bool kcfs_release_folio(struct folio *folio, gfp_t gfp)
{
	return true;
}

static void kcfs_invalidate_folio(struct folio *folio, size_t offset,
				  size_t len)
{
	folio_wait_writeback(folio);
}

const struct address_space_operations kcfs_aops = {
	.read_folio		= kcfs_read_folio,
	.readahead		= kcfs_readahead,
	.writepages		= kcfs_writepages,
	.write_begin		= kcfs_write_begin,
	.write_end		= kcfs_write_end,
	.dirty_folio		= filemap_dirty_folio,
	.release_folio		= kcfs_release_folio,
	.invalidate_folio	= kcfs_invalidate_folio,
	.error_remove_folio	= generic_error_remove_folio,
	.migrate_folio		= filemap_migrate_folio,
};

static int kcfs_mmap_prepare(struct vm_area_desc *desc)
{
	if (IS_DEADDIR(file_inode(desc->file)))
		return -ENOENT;
	return generic_file_mmap_prepare(desc);
}

static int kcfs_fsync(struct file *file, loff_t start, loff_t end,
		      int datasync)
{
	return file_write_and_wait_range(file, start, end);
}

const struct file_operations kcfs_file_operations = {
	.llseek		= generic_file_llseek,
	.read_iter	= generic_file_read_iter,
	.write_iter	= generic_file_write_iter,
	.mmap_prepare	= kcfs_mmap_prepare,
	.splice_read	= filemap_splice_read,
	.splice_write	= iter_file_splice_write,
	.fsync		= kcfs_fsync,
};
