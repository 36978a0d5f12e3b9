/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: wbc_to_tag
 * header: linux/pagemap.h
 * upstream: v6.19 wbc_to_tag()
 * unless: wbc_to_tag
 * include: linux/writeback.h
 * needs: PAGECACHE_TAG_DIRTY PAGECACHE_TAG_TOWRITE WB_SYNC_ALL sync_mode
 *	tagged_writepages writeback_control xa_mark_t
 */
static inline xa_mark_t wbc_to_tag(struct writeback_control *wbc)
{
	if (wbc->sync_mode == WB_SYNC_ALL || wbc->tagged_writepages)
		return PAGECACHE_TAG_TOWRITE;
	return PAGECACHE_TAG_DIRTY;
}
