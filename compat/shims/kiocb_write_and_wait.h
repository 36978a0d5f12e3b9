/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: kiocb_write_and_wait
 * names: kiocb_write_and_wait kiocb_invalidate_pages
 * header: linux/pagemap.h
 * upstream: v6.5 what direct I/O does to the page cache first
 * unless: kiocb_write_and_wait kiocb_invalidate_pages
 * needs: EAGAIN IOCB_NOWAIT PAGE_SHIFT address_space f_mapping
 *	filemap_range_has_page filemap_range_needs_writeback
 *	filemap_write_and_wait_range invalidate_inode_pages2_range ki_filp
 *	ki_flags ki_pos kiocb loff_t size_t
 * use: struct kiocb *k: int rc = kiocb_write_and_wait(k, 1);
 *	rc = kiocb_invalidate_pages(k, 1);
 *
 * note: Under names of its own: 6.1 declares one of them and does not export it.
 */
static inline int
kcompat_write_and_wait(struct kiocb *iocb, size_t count)
{
	struct address_space *mapping = iocb->ki_filp->f_mapping;
	loff_t pos = iocb->ki_pos;
	loff_t end = pos + count - 1;

	if (iocb->ki_flags & IOCB_NOWAIT) {
		if (filemap_range_needs_writeback(mapping, pos, end))
			return -EAGAIN;
		return 0;
	}
	return filemap_write_and_wait_range(mapping, pos, end);
}

static inline int
kcompat_invalidate_pages(struct kiocb *iocb, size_t count)
{
	struct address_space *mapping = iocb->ki_filp->f_mapping;
	loff_t pos = iocb->ki_pos;
	loff_t end = pos + count - 1;
	int rc;

	if (iocb->ki_flags & IOCB_NOWAIT) {
		if (filemap_range_has_page(mapping, pos, end))
			return -EAGAIN;
	} else {
		rc = filemap_write_and_wait_range(mapping, pos, end);
		if (rc)
			return rc;
	}
	return invalidate_inode_pages2_range(mapping, pos >> PAGE_SHIFT,
					     end >> PAGE_SHIFT);
}

#define kiocb_write_and_wait(iocb, count) kcompat_write_and_wait(iocb, count)
#define kiocb_invalidate_pages(iocb, count) \
	kcompat_invalidate_pages(iocb, count)
