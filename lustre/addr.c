// SPDX-License-Identifier: GPL-2.0-only
/*
 * Page cache of regular files.
 *
 * Lock order, outermost first:
 *
 *   inode_lock				truncate, not write
 *     lustre_inode.writers		write, truncate
 *       mmap_lock			(page faults come without the above)
 *         lustre_inode.layout_map	all I/O has a use of the layout
 *           extent locks, ascending objects	lustre_io_begin()
 *             mapping->invalidate_lock
 *               folio lock, ascending index
 *                 osc spinlocks
 *
 * - No extent lock is asked for (an RPC that waits for other clients, which may
 *   wait for our write-back) while a folio lock is held.
 * - User memory is faulted in while no extent lock is held, and page faults are
 *   disabled while data are copied: the memory may be a mapping of this very
 *   file, or of one that another client holds while it waits for this one.
 * - The cancel of an extent lock takes folio locks and waits for write-back; it
 *   takes none of the locks above it.
 * - Write-back needs neither, nor a layout: a dirty folio knows its object, and
 *   before an object leaves the layout its folios are written and thrown away.
 * - A new layout waits for the end of the I/O on the old one; it comes behind
 *   lustre_inode.layout_lock and takes everything from invalidate_lock on.
 *
 * A dirty folio carries private data: its object, and what its space was paid
 * with, see struct lustre_dirty.  Clean folios and folios under write-back have
 * none.
 */
#include <kunit/visibility.h>
#include <linux/completion.h>
#include <linux/export.h>
#include <linux/highmem.h>
#include <linux/pagemap.h>
#include <linux/slab.h>
#include <linux/swap.h>
#include <linux/writeback.h>

#include "internal.h"

/* Background write-back looks at this many pages at a time: some RPCs. */
#define LUSTRE_WRITE_PORTION	((long)(SZ_16M >> PAGE_SHIFT))

/* A writer without memory asks so often for what is written to be committed. */
#define LUSTRE_ROOM_COMMITS	4

/* ----------------------------------------------- folios on their way -- */

/* Add @len bytes of a folio, which begins at @off of the object. */
static bool lustre_brw_add(struct osc_brw *brw, struct folio *folio, size_t len,
			   u64 off, u32 grant)
{
	struct bio_vec bv;

	bvec_set_folio(&bv, folio, len, 0);
	if (!osc_brw_add(brw, &bv, off, grant))
		return false;
	folio_get(folio);
	return true;
}

static struct folio *lustre_brw_folio(struct osc_brw *brw, unsigned int i)
{
	return page_folio(osc_brw_seg(brw, i)->bv_page);
}

static void lustre_brw_release(struct osc_brw *brw)
{
	for (unsigned int i = 0; i < osc_brw_nr(brw); i++)
		folio_put(lustre_brw_folio(brw, i));
}

/* ------------------------------------------------------- private data -- */

/*
 * struct lustre_dirty - private data of a dirty folio
 *
 * The object has a place in the layout until all of its folios are clean.
 */
struct lustre_dirty {
	struct osc_object	*obj;
	u64			off;	/* where the folio begins there */
	u32			grant;	/* what was paid for it, bytes */
};

/* Not charged to anybody: the folios are. */
static struct kmem_cache *lustre_dirty_cache;

int __init lustre_addr_init(void)
{
	lustre_dirty_cache = KMEM_CACHE(lustre_dirty, 0);
	return lustre_dirty_cache ? 0 : -ENOMEM;
}

void lustre_addr_exit(void)
{
	kmem_cache_destroy(lustre_dirty_cache);
}

/* NULL without memory */
static struct lustre_dirty *lustre_dirty_new(struct osc_object *obj, u64 off,
					     u32 grant)
{
	struct lustre_dirty *d = kmem_cache_alloc(lustre_dirty_cache, GFP_NOFS);

	if (d)
		*d = (struct lustre_dirty) { obj, off, grant };
	return d;
}

/* The folio did not get dirty after all. */
static void lustre_dirty_cancel(struct lustre_dirty *d)
{
	if (d->grant)
		osc_grant_unreserve(d->obj, d->grant);
	kmem_cache_free(lustre_dirty_cache, d);
}

static void lustre_folio_mark(struct folio *folio, struct lustre_dirty *d)
{
	folio_attach_private(folio, d);
	osc_dirty_add(d->obj, folio_size(folio));
}

/* The end of being dirty; what was written down goes to the caller. */
static struct lustre_dirty lustre_folio_unmark(struct folio *folio)
{
	struct lustre_dirty *d = folio_detach_private(folio);
	struct lustre_dirty copy = *d;

	kmem_cache_free(lustre_dirty_cache, d);
	return copy;
}

static struct osc_object *lustre_folio_object(struct folio *folio, u64 *off)
{
	return lustre_object_at(folio->mapping->host, folio_pos(folio), off);
}

/* ---------------------------------------------------------------- read -- */

static void lustre_read_done(struct osc_brw *brw, int error)
{
	if (error && osc_brw_flags(brw) & OSC_BRW_GIVE_BACK)
		lustre_mirror_failed(lustre_brw_folio(brw, 0)->mapping->host);
	for (unsigned int i = 0; i < osc_brw_nr(brw); i++)
		folio_end_read(lustre_brw_folio(brw, i), !error);
}

static const struct osc_brw_ops lustre_read_ops = {
	.done		= lustre_read_done,
	.release	= lustre_brw_release,
};

/* A folio without object: where there was none yet, there are zeroes. */
static int lustre_read_hole(struct folio *folio)
{
	struct inode *inode = folio->mapping->host;

	if (!lustre_is_hole(inode, folio_pos(folio)))
		return lustre_data_errno(inode) ?: -EIO;
	folio_zero_segment(folio, 0, folio_size(folio));
	folio_end_read(folio, true);
	return 0;
}

/*
 * Add a locked folio to the reads.  It must be covered by a cached lock, of
 * which the transfer takes a use.
 */
static int lustre_xfer_read(struct lustre_xfer *x, struct folio *folio)
{
	u32 flags = lustre_mirror_flags(folio->mapping->host);
	size_t len = folio_size(folio);
	struct ldlm_lock *lock;
	struct osc_object *obj;
	struct osc_brw *brw;
	u64 off;
	int err;

	obj = lustre_folio_object(folio, &off);
	if (!obj)
		return lustre_read_hole(folio);
	brw = lustre_xfer_find(x, obj, flags);
	if (brw && osc_lock_covers(osc_brw_lock(brw), off, off + len - 1) &&
	    lustre_brw_add(brw, folio, len, off, 0))
		return 0;
	err = osc_lock(obj, LCK_PR, off, off + len - 1, OSC_LOCK_CACHED,
		       &lock);
	if (err)
		return err;
	if (off >= osc_object_size(obj)) {
		/* Nothing there, and under the lock nobody can change that. */
		osc_unlock(lock);
		folio_zero_segment(folio, 0, len);
		folio_end_read(folio, true);
		return 0;
	}
	brw = lustre_xfer_new(x, obj, flags, &lustre_read_ops, NULL);
	osc_brw_set_lock(brw, lock);
	lustre_brw_add(brw, folio, len, off, 0);
	return 0;
}

/* May the next folio of a read-ahead be read, under a cached lock? */
static bool lustre_ra_covered(struct lustre_xfer *x,
			      struct address_space *mapping, u64 pos)
{
	size_t unit = mapping_max_folio_size(mapping);
	struct ldlm_lock *lock;
	struct osc_object *obj;
	struct osc_brw *brw;
	u64 off, end;

	obj = lustre_object_at(mapping->host, pos, &off);
	/* Not always called in the course of an I/O */
	if (!obj)
		return lustre_is_hole(mapping->host, pos) &&
		       lustre_inode_covered(mapping->host,
					    MDS_INODELOCK_LAYOUT);
	end = off | (unit - 1);
	brw = lustre_xfer_find(x, obj, lustre_mirror_flags(mapping->host));
	if (brw && osc_lock_covers(osc_brw_lock(brw), off, end))
		return true;
	if (osc_lock(obj, LCK_PR, off, end, OSC_LOCK_CACHED, &lock))
		return false;
	osc_unlock(lock);
	return true;
}

/*
 * What is not covered by a lock is left to the caller, which takes it out of
 * the cache again: who really reads it locks it first.
 */
static void lustre_readahead(struct readahead_control *ractl)
{
	u64 pos = readahead_pos(ractl);
	u64 end = pos + readahead_length(ractl);
	struct lustre_xfer x = {};
	struct folio *folio;

	while (pos < end && lustre_ra_covered(&x, ractl->mapping, pos)) {
		folio = readahead_folio(ractl);
		if (!folio)
			break;
		pos += folio_size(folio);
		if (lustre_xfer_read(&x, folio))
			folio_unlock(folio);
	}
	lustre_xfer_end(&x);
}

static int lustre_read_folio(struct file *file, struct folio *folio)
{
	struct lustre_xfer x = {};
	int err = lustre_xfer_read(&x, folio);

	if (err) {
		lustre_mirror_failed(folio->mapping->host);
		folio_unlock(folio);
	}
	lustre_xfer_end(&x);
	/* A lock lost by eviction is an I/O error to the reader. */
	return err == -EAGAIN ? -EIO : err;
}

/* --------------------------------------------------------------- write -- */

/*
 * struct lustre_fill - a folio being read for a write
 *
 * Whoever comes second to @over, the end of the read or the end of the wait,
 * frees it; the end of the read then unlocks the folio of a dead writer.
 */
struct lustre_fill {
	struct completion	done;
	int			error;
	atomic_t		over;
};

static void lustre_fill_done(struct osc_brw *brw, int error)
{
	struct lustre_fill *fill = osc_brw_priv(brw);
	struct folio *folio = lustre_brw_folio(brw, 0);

	fill->error = error;
	if (atomic_inc_return(&fill->over) == 1) {
		complete(&fill->done);
		return;
	}
	kfree(fill);
	folio_end_read(folio, !error);
}

static const struct osc_brw_ops lustre_fill_ops = {
	.done		= lustre_fill_done,
	.release	= lustre_brw_release,
};

/*
 * Wait for the read of a folio.  The writer may be killed: then the folio is no
 * longer his, see lustre_fill_done().
 */
static int lustre_fill_wait(struct lustre_fill *fill, bool *gone)
{
	int err = wait_for_completion_killable(&fill->done);

	if (err && atomic_inc_return(&fill->over) == 1) {
		*gone = true;
		return -EINTR;
	}
	/* A read that ended just before the kill is about to say so. */
	if (err)
		wait_for_completion(&fill->done);
	err = fill->error;
	kfree(fill);
	return err;
}

/*
 * Read the folio that a write touches only in part; it stays locked unless
 * *@gone is set.
 */
static int lustre_fill_folio(struct osc_object *obj, struct folio *folio,
			     u64 off, bool *gone)
{
	struct lustre_fill *fill = kzalloc_obj(*fill, GFP_NOFS);
	size_t len = folio_size(folio);
	struct ldlm_lock *lock;
	struct osc_brw *brw;
	int err;

	if (!fill)
		return -ENOMEM;
	err = osc_lock(obj, LCK_PW, off, off + len - 1, OSC_LOCK_CACHED,
		       &lock);
	if (err) {
		kfree(fill);
		return -EIO;
	}
	init_completion(&fill->done);
	brw = osc_brw_alloc(obj, 0, &lustre_fill_ops, fill);
	osc_brw_set_lock(brw, lock);
	lustre_brw_add(brw, folio, len, off, 0);
	osc_brw_submit(brw);
	return lustre_fill_wait(fill, gone);
}

/*
 * Make the parts of a new folio right that a write leaves alone.  *@gone: see
 * lustre_fill_folio().
 */
static int lustre_prepare_folio(struct osc_object *obj, struct folio *folio,
				u64 off, size_t from, size_t to, bool *gone)
{
	u64 size = osc_object_size(obj);
	int err;

	if (!from && to == folio_size(folio))
		return 0;
	if (off >= size || (!from && off + to >= size)) {
		folio_zero_segments(folio, 0, from, to, folio_size(folio));
		return 0;
	}
	err = lustre_fill_folio(obj, folio, off, gone);
	if (!err)
		folio_mark_uptodate(folio);
	return err;
}

/*
 * Reserve grant to dirty a folio.  False: the folio was unlocked to wait for
 * grant; look it up again.
 */
static bool lustre_reserve(struct inode *inode, struct osc_object *obj,
			   struct folio *folio, u64 off, bool *waited,
			   u32 *grant)
{
	struct lustre_inode *li = LUSTRE_I(inode);
	size_t len = folio_size(folio);

	if (!osc_grant_reserve(obj, off, len, grant))
		return true;
	/* Once is enough: the rest of this write goes through as well. */
	if (*waited || READ_ONCE(li->write_through)) {
		WRITE_ONCE(li->write_through, true);
		atomic_inc(&li->unpaid);
		return true;
	}
	*waited = true;
	folio_unlock(folio);
	folio_put(folio);
	filemap_flush(inode->i_mapping);
	osc_grant_wait(obj, len);
	return false;
}

/*
 * There is no memory for a page to be written, perhaps only in the group of the
 * writer, whose other pages may all be on their way to a target.  Reclaim does
 * not wait for that; it would rather have somebody killed.
 *
 * Return: 1: try again; 0: nothing of this file to wait for; -EINTR.
 */
static int lustre_write_throttle(struct inode *inode, unsigned int *commits)
{
	struct lustre_file_layout *fl = lustre_io_layout(inode);
	struct osc_object *obj;
	int rc = 0;

	filemap_flush(inode->i_mapping);
	for (u32 i = 0; i < fl->nr_objects && !rc; i++)
		if (fl->objects[i])
			rc = osc_dirty_wait(fl->objects[i]);
	if (rc || *commits >= LUSTRE_ROOM_COMMITS)
		return rc;
	/* Written, and held until they are committed */
	for (u32 i = 0; i < fl->nr_objects; i++) {
		obj = fl->objects[i];
		if (obj && osc_sync_needed(obj)) {
			osc_commit_wanted(obj, true);
			rc = 1;
		}
	}
	*commits += 1;
	return fatal_signal_pending(current) ? -EINTR : rc;
}

/* The folio to write into, locked; memory is taken for it if there is any. */
static struct folio *lustre_write_folio(struct inode *inode, loff_t pos,
					unsigned int len)
{
	struct address_space *mapping = inode->i_mapping;
	fgf_t fgf = FGP_WRITEBEGIN | fgf_set_order(len);
	gfp_t gfp = mapping_gfp_mask(mapping);
	unsigned int commits = 0;
	struct folio *folio;
	int more;

	do {
		folio = __filemap_get_folio(mapping, pos >> PAGE_SHIFT, fgf,
					    gfp | __GFP_RETRY_MAYFAIL |
					    __GFP_NOWARN);
		if (folio != ERR_PTR(-ENOMEM))
			return folio;
		more = lustre_write_throttle(inode, &commits);
		if (more < 0)
			return ERR_PTR(more);
	} while (more);
	return __filemap_get_folio(mapping, pos >> PAGE_SHIFT, fgf, gfp);
}

/* *@fsdata tells lustre_write_end() what to mark the folio with, if it is clean. */
static int lustre_write_begin(const struct kiocb *iocb,
			      struct address_space *mapping, loff_t pos,
			      unsigned int len, struct folio **foliop,
			      void **fsdata)
{
	struct inode *inode = mapping->host;
	struct lustre_dirty *dirty = NULL;
	struct osc_object *obj;
	struct folio *folio;
	bool waited = false, gone = false;
	u32 grant = 0;
	size_t from;
	u64 off;
	int err = 0;

	if (!lustre_has_data(inode))
		return -EBADF;
	if (pos > i_size_read(inode))
		lustre_tail_seal(inode);
again:
	folio = lustre_write_folio(inode, pos, len);
	if (IS_ERR(folio))
		return PTR_ERR(folio);
	obj = lustre_folio_object(folio, &off);
	if (!folio_test_private(folio) &&
	    !lustre_reserve(inode, obj, folio, off, &waited, &grant))
		goto again;
	from = offset_in_folio(folio, pos);
	if (!folio_test_uptodate(folio))
		err = lustre_prepare_folio(obj, folio, off, from,
					   min_t(size_t, from + len,
						 folio_size(folio)), &gone);
	if (!err && !folio_test_private(folio)) {
		dirty = lustre_dirty_new(obj, off, grant);
		err = dirty ? 0 : -ENOMEM;
	}
	if (!err) {
		*foliop = folio;
		*fsdata = dirty;
		return 0;
	}
	if (grant)
		osc_grant_unreserve(obj, grant);
	if (!gone)
		folio_unlock(folio);
	folio_put(folio);
	return err;
}

/* The file has grown up to @end, or not. */
void lustre_write_set_size(struct inode *inode, struct osc_object *obj,
			   u64 obj_end, loff_t end)
{
	struct lustre_inode *li = LUSTRE_I(inode);

	spin_lock(&li->size_lock);
	osc_object_wrote(obj, obj_end);
	if (end > i_size_read(inode))
		i_size_write(inode, end);
	spin_unlock(&li->size_lock);
}

static int lustre_write_end(const struct kiocb *iocb,
			    struct address_space *mapping, loff_t pos,
			    unsigned int len, unsigned int copied,
			    struct folio *folio, void *fsdata)
{
	struct lustre_dirty *dirty = fsdata;
	struct inode *inode = mapping->host;
	struct osc_object *obj;
	u64 off;

	obj = lustre_folio_object(folio, &off);
	if (!folio_test_uptodate(folio)) {
		/* The rest was prepared for all of @len being there. */
		if (copied < len)
			copied = 0;
		else
			folio_mark_uptodate(folio);
	}
	if (copied) {
		off += offset_in_folio(folio, pos);
		if (dirty)
			lustre_folio_mark(folio, dirty);
		folio_mark_dirty(folio);
		lustre_write_set_size(inode, obj, off + copied, pos + copied);
		LUSTRE_I(inode)->data_modified = true;
	} else if (dirty) {
		lustre_dirty_cancel(dirty);
	}
	folio_unlock(folio);
	folio_put(folio);
	return copied;
}

/* ----------------------------------------------------------- write-back -- */

/*
 * What is recorded of an error.  The data of a file that was removed went with
 * it: only who still has it open is told, and not the next syncfs().
 */
static int lustre_write_errno(const struct folio *folio, int error)
{
	if (error != -ENOENT)
		return error;
	return inode_is_open_for_write(folio->mapping->host) ? -EIO : 0;
}

static void lustre_write_done(struct osc_brw *brw, int error)
{
	struct osc_object *obj = osc_brw_object(brw);

	for (unsigned int i = 0; i < osc_brw_nr(brw); i++) {
		struct folio *folio = lustre_brw_folio(brw, i);
		int err = lustre_write_errno(folio, error);

		if (err)
			mapping_set_error(folio->mapping, err);
		osc_dirty_sub(obj, folio_size(folio));
		folio_end_writeback(folio);
	}
}

static const struct osc_brw_ops lustre_write_ops = {
	.done		= lustre_write_done,
	.release	= lustre_brw_release,
};

/*
 * There is nothing to write: the folio lies behind the end of its object, or,
 * which is an error, has none.
 */
static void lustre_write_skip(struct folio *folio, const struct lustre_dirty *d)
{
	if (d->grant)
		osc_grant_lose(d->obj, d->grant);
	if (d->obj)
		osc_dirty_sub(d->obj, folio_size(folio));
	else
		mapping_set_error(folio->mapping, -EIO);
	folio_start_writeback(folio);
	folio_unlock(folio);
	folio_end_writeback(folio);
}

/*
 * What is known of a locked folio that was dirty until just now.  One that got
 * dirty without a write or a fault of ours, or without memory, has no mark.
 */
static struct lustre_dirty lustre_write_take(struct folio *folio)
{
	struct lustre_dirty d = {};

	if (folio_test_private(folio))
		return lustre_folio_unmark(folio);
	d.obj = lustre_folio_object(folio, &d.off);
	if (d.obj)
		osc_dirty_add(d.obj, folio_size(folio));
	return d;
}

/*
 * Add a locked folio, dirty until just now, to the writes.  Without grant it
 * goes out at once, and is committed before the reply.
 */
static void lustre_xfer_write_folio(struct lustre_xfer *x, struct folio *folio)
{
	struct lustre_dirty d = lustre_write_take(folio);
	u64 size = d.obj ? osc_object_size(d.obj) : 0;
	u32 flags = OSC_BRW_WRITE | (d.grant ? OSC_BRW_PAID : OSC_BRW_SYNC);
	struct osc_brw *brw;
	size_t len;

	if (d.off >= size) {
		lustre_write_skip(folio, &d);
		return;
	}
	len = min_t(u64, folio_size(folio), size - d.off);
	/* What a mapping left behind the end must not show when it moves. */
	if (len < folio_size(folio))
		folio_zero_segment(folio, len, folio_size(folio));
	folio_start_writeback(folio);
	brw = lustre_xfer_find(x, d.obj, flags);
	if (!brw || !lustre_brw_add(brw, folio, len, d.off, d.grant)) {
		brw = lustre_xfer_new(x, d.obj, flags, &lustre_write_ops, NULL);
		lustre_brw_add(brw, folio, len, d.off, d.grant);
	}
	folio_unlock(folio);
}

static int lustre_xfer_writeback(struct lustre_xfer *x,
				 struct address_space *mapping,
				 struct writeback_control *wbc)
{
	struct folio *folio = NULL;
	int error;

	while ((folio = writeback_iter(mapping, wbc, folio, &error)))
		lustre_xfer_write_folio(x, folio);
	return error;
}

/* Start write-back of a range; the caller submits and waits. */
int lustre_xfer_write(struct lustre_xfer *x, struct address_space *mapping,
		      u64 start, u64 end)
{
	struct writeback_control wbc = {
		.sync_mode	= WB_SYNC_ALL,
		.nr_to_write	= LONG_MAX,
		.range_start	= start,
		.range_end	= end,
	};

	if (!mapping_tagged(mapping, PAGECACHE_TAG_DIRTY))
		return 0;
	return lustre_xfer_writeback(x, mapping, &wbc);
}

static int lustre_writepages(struct address_space *mapping,
			     struct writeback_control *wbc)
{
	struct lustre_xfer x = {};
	long more = 0;
	int error;

	/* Portions of background write-back are too small for full RPCs. */
	if (wbc->sync_mode == WB_SYNC_NONE &&
	    wbc->nr_to_write < LUSTRE_WRITE_PORTION)
		more = LUSTRE_WRITE_PORTION - wbc->nr_to_write;
	wbc->nr_to_write += more;
	error = lustre_xfer_writeback(&x, mapping, wbc);
	wbc->nr_to_write -= more;
	lustre_xfer_end(&x);
	return error;
}

/* ------------------------------------------------------- going and rest -- */

/* A folio, or a part, is thrown away: truncated, or its lock lost. */
static void lustre_invalidate_folio(struct folio *folio, size_t offset,
				    size_t len)
{
	struct lustre_dirty d;

	if (offset || len < folio_size(folio) || !folio_test_private(folio))
		return;
	d = lustre_folio_unmark(folio);
	if (d.grant)
		osc_grant_lose(d.obj, d.grant);
	osc_dirty_sub(d.obj, folio_size(folio));
}

/*
 * May the folio be freed?  Private data mean dirty data: write-back first.  A
 * clean folio may be held for replay: who reclaims memory needs a commit.
 */
static bool lustre_release_folio(struct folio *folio, gfp_t gfp)
{
	struct osc_object *obj = NULL;
	u64 off;

	if (folio_test_private(folio))
		return false;
	if (current->flags & PF_MEMALLOC)
		obj = lustre_folio_object(folio, &off);
	if (obj)
		osc_commit_wanted(obj, gfp & __GFP_FS && !current_is_kswapd());
	return true;
}

/**
 * lustre_object_stored - a mapping is about to store into an object
 * @io: the I/O; a write lock covers the place
 * @i: number of the object
 * @end: where in the object the place ends
 *
 * The object may end in front of it, or have no byte at all: stores count as
 * far as the file reaches.  A truncate changes the sizes of file and objects
 * under size_lock; one that was faster must not be undone, so how far that is
 * has to be found out under the same lock.
 */
void lustre_object_stored(struct lustre_io *io, u32 i, u64 end)
{
	struct lustre_inode *li = LUSTRE_I(io->inode);
	u64 reach;

	spin_lock(&li->size_lock);
	reach = lustre_layout_obj_size(io->fl->layout, i,
				       i_size_read(io->inode));
	osc_object_wrote(io->fl->objects[i], min(reach, end));
	spin_unlock(&li->size_lock);
}
EXPORT_SYMBOL_IF_KUNIT(lustre_object_stored);

/**
 * lustre_mkwrite - make a mapped folio dirty
 * @io: the page fault; a write lock covers the folio
 * @folio: locked and up to date
 *
 * Without grant the folio will be written through when its time comes.
 * lustre_size_for_io() made sure of how far the file reaches.
 */
void lustre_mkwrite(struct lustre_io *io, struct folio *folio)
{
	struct lustre_dirty *dirty = NULL;
	struct lustre_place place;
	struct osc_object *obj;

	/* There is such a place, or there would be no lock. */
	if (!lustre_layout_find(io->fl->layout, folio_pos(folio), &place))
		return;
	obj = io->fl->objects[place.object];
	if (!folio_test_private(folio))
		dirty = lustre_dirty_new(obj, place.off, 0);
	if (dirty) {
		osc_grant_reserve(obj, place.off, folio_size(folio),
				  &dirty->grant);
		lustre_folio_mark(folio, dirty);
	}
	folio_mark_dirty(folio);
	lustre_object_stored(io, place.object, place.off + folio_size(folio));
	LUSTRE_I(io->inode)->data_modified = true;
}

/**
 * lustre_tail_seal - the file is about to become longer
 * @inode: a regular file with objects
 *
 * What a mapping stored behind the end must not show then, and what it stores
 * there from now on counts: it has to come through lustre_mkwrite() again.
 *
 * Context: sleeps; in the course of an I/O, no folio lock.
 */
void lustre_tail_seal(struct inode *inode)
{
	const struct lustre_file_layout *fl = lustre_io_layout(inode);
	struct address_space *mapping = inode->i_mapping;
	loff_t size = i_size_read(inode);
	struct lustre_place place;
	struct osc_object *obj;
	struct folio *folio;
	u64 end;

	if (!offset_in_page(size) || mapping_empty(mapping) ||
	    !lustre_layout_find(fl->layout, size, &place))
		return;
	folio = __filemap_get_folio(mapping, size >> PAGE_SHIFT, FGP_LOCK, 0);
	if (IS_ERR(folio))
		return;
	if (mapping_mapped(mapping))
		unmap_mapping_range(mapping, folio_pos(folio),
				    folio_size(folio), 0);
	/* Folios don't cross stripes, so its first byte is in the same object. */
	place.off -= size - folio_pos(folio);
	obj = fl->objects[place.object];
	/* The size grows under the lock of the folio that is written. */
	end = lustre_layout_obj_size(fl->layout, place.object,
				     i_size_read(inode));
	if (obj)
		end = max(end, osc_object_size(obj));
	if (end > place.off && end < place.off + folio_size(folio))
		folio_zero_segment(folio, end - place.off, folio_size(folio));
	folio_unlock(folio);
	folio_put(folio);
}

const struct address_space_operations lustre_aops = {
	.read_folio		= lustre_read_folio,
	.readahead		= lustre_readahead,
	.write_begin		= lustre_write_begin,
	.write_end		= lustre_write_end,
	.writepages		= lustre_writepages,
	.dirty_folio		= filemap_dirty_folio,
	.invalidate_folio	= lustre_invalidate_folio,
	.release_folio		= lustre_release_folio,
	.direct_IO		= noop_direct_IO,
	.migrate_folio		= filemap_migrate_folio,
	.error_remove_folio	= generic_error_remove_folio,
};
