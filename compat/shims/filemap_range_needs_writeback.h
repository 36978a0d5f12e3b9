/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: filemap_range_needs_writeback
 * header: linux/fs.h
 * upstream: v5.13 is there anything to be written in a range?
 * unless: filemap_range_needs_writeback
 * needs: filemap_range_has_page
 * use: struct address_space *m: bool b =
 *	filemap_range_needs_writeback(m, 0, 1); (void)b;
 *
 * note: Older kernels only know whether anything is cached there: who asks
 * because it may not wait is sent back more often.
 */
#define filemap_range_needs_writeback(mapping, start, end) \
	filemap_range_has_page(mapping, start, end)
