// SPDX-License-Identifier: GPL-2.0-only
/*
 * A file's layout at work: its objects, and what they ask of the file's page
 * cache (08 section 3, 07 section 9.1).
 */
#include <linux/pagemap.h>
#include <linux/slab.h>

#include "internal.h"

void lustre_data_inode_init(struct lustre_inode *li)
{
	init_rwsem(&li->layout_sem);
	spin_lock_init(&li->size_lock);
	lustre_writers_init(li);
	li->layout = NULL;
	li->objects = NULL;
	li->objects_errno = 0;
	li->write_through = false;
	atomic_set(&li->unpaid, 0);
	li->fresh = false;
	li->mds_mtime = 0;
	li->mds_atime = 0;
	li->mds_ctime = 0;
	li->merged_atime = 0;
}

/**
 * lustre_data_inode_setup - make an inode a regular file with data
 * @inode: new inode
 *
 * Folios never cross stripes: stripe sizes are multiples of 64 KiB.
 */
void lustre_data_inode_setup(struct inode *inode)
{
	struct address_space *mapping = inode->i_mapping;

	inode->i_fop = &lustre_file_operations;
	mapping->a_ops = &lustre_aops;
	/* Checksums are computed before the data leave. */
	mapping_set_stable_writes(mapping);
	/* Clean pages may be held until they are committed. */
	mapping_set_release_always(mapping);
	mapping_set_folio_order_range(mapping, 0, get_order(SZ_64K));
}

/* ------------------------------------------------------------- objects -- */

/* objects_errno: the configuration lacks a target, see lustre_layout_retry() */
#define LUSTRE_NO_TARGET	(-ENXIO)

static void lustre_objects_close(struct osc_object **objects, u32 count)
{
	for (u32 i = 0; objects && i < count; i++)
		if (objects[i])
			osc_object_close(objects[i]);
	kvfree(objects);
}

static struct osc_object *lustre_object_open(struct inode *inode,
					     const struct lustre_layout *layout,
					     u32 i)
{
	struct lustre_inode *li = LUSTRE_I(inode);
	const struct lustre_comp *comp = lustre_layout_comp(layout, i);
	const struct lustre_stripe *stripe = &layout->stripes[i];
	struct osc_object_desc desc = {
		.oi		= stripe->oi,
		.parent		= li->fid,
		.stripe		= i - comp->first,
		.stripe_size	= comp->map.size,
		.stripe_count	= comp->map.count,
		.comp_id	= comp->id,
		.comp_start	= comp->extent.start,
		.comp_end	= comp->extent.end,
		.ops		= &lustre_object_ops,
		.inode		= inode,
	};
	struct osc *osc = lustre_osc_get(LUSTRE_SB(inode->i_sb),
					 stripe->ost_idx);

	if (osc)
		return osc_object_open(osc, &desc);
	pr_err_ratelimited("lustre: %s: %s lies on OST%04x, which is not configured\n",
			   LUSTRE_SB(inode->i_sb)->opts.dev.fsname,
			   lustre_fid_str(&li->fid).s, stripe->ost_idx);
	return ERR_PTR(LUSTRE_NO_TARGET);
}

/* Attach the objects of a layout; ERR_PTR() when data can't be reached. */
static struct osc_object **lustre_objects_open(struct inode *inode,
					       const struct lustre_layout *l)
{
	struct osc_object **objects;
	struct osc_object *obj;

	if (lustre_layout_io_errno(l))
		return ERR_PTR(lustre_layout_io_errno(l));
	objects = kvcalloc(max(l->nr_stripes, 1U), sizeof(*objects),
			   GFP_NOFS);
	if (!objects)
		return ERR_PTR(-ENOMEM);
	for (u32 i = 0; i < l->nr_stripes; i++) {
		if (l->stripes[i].hole)
			continue;
		obj = lustre_object_open(inode, l, i);
		if (IS_ERR(obj)) {
			lustre_objects_close(objects, i);
			return ERR_CAST(obj);
		}
		objects[i] = obj;
	}
	return objects;
}

/* -------------------------------------------------------------- layout -- */

/* Does @new tell more than what is in force?  (08 section 3) */
static bool lustre_layout_is_newer(const struct lustre_inode *li,
				   const struct lustre_layout *new, bool locked)
{
	const struct lustre_layout *old = li->layout;

	if (!old || li->objects_errno)
		return true;
	if (old->kind == new->kind && old->gen == new->gen &&
	    old->nr_stripes == new->nr_stripes)
		return false;
	return locked || new->gen > old->gen ||
	       old->kind == LUSTRE_LAYOUT_NONE;
}

/*
 * Replace the layout.  Nobody does I/O: layout_sem and the mapping's lock are
 * held for write.
 */
static void lustre_layout_switch(struct inode *inode,
				 struct lustre_layout *new)
{
	struct lustre_inode *li = LUSTRE_I(inode);
	struct address_space *mapping = inode->i_mapping;
	struct osc_object **objects;

	if (!mapping_empty(mapping)) {
		/* An error is recorded and returned by fsync(). */
		filemap_write_and_wait(mapping);
		invalidate_inode_pages2(mapping);
		truncate_inode_pages(mapping, 0);
	}
	if (li->layout) {
		lustre_objects_close(li->objects, li->layout->nr_stripes);
		lustre_layout_put(li->layout);
	}
	li->objects = NULL;
	li->objects_errno = 0;
	li->layout = new;
	objects = lustre_objects_open(inode, new);
	if (IS_ERR(objects))
		li->objects_errno = PTR_ERR(objects);
	else
		li->objects = objects;
	if (new->why)
		pr_warn_ratelimited("lustre: %s: data of %s can't be used: %s\n",
				    LUSTRE_SB(inode->i_sb)->opts.dev.fsname,
				    lustre_fid_str(&li->fid).s, new->why);
}

/**
 * lustre_layout_apply - take a layout from a reply into use
 * @inode: a regular file
 * @ea: the extended attribute; NULL if there are no objects
 * @len: its length, bytes
 * @locked: it came with a lock on the layout, so it is the present one
 *
 * Return: 0, also for layouts whose data can't be reached; -ENOMEM.
 * Context: sleeps, may write back; no lock of the inode may be held but
 * inode_lock().  Spec: 08 section 3.
 */
int lustre_layout_apply(struct inode *inode, const void *ea, size_t len,
			bool locked)
{
	struct lustre_inode *li = LUSTRE_I(inode);
	struct lustre_layout *new = lustre_layout_decode(ea, len, GFP_NOFS);
	bool news;

	if (IS_ERR(new))
		return PTR_ERR(new);
	down_read(&li->layout_sem);
	news = lustre_layout_is_newer(li, new, locked);
	up_read(&li->layout_sem);
	if (news) {
		down_write(&li->layout_sem);
		filemap_invalidate_lock(inode->i_mapping);
		if (lustre_layout_is_newer(li, new, locked)) {
			lustre_layout_switch(inode, new);
			new = NULL;
		}
		filemap_invalidate_unlock(inode->i_mapping);
		up_write(&li->layout_sem);
	}
	if (new)
		lustre_layout_put(new);
	return 0;
}

/**
 * lustre_layout_retry - attach objects on targets that were not known
 * @inode: a regular file
 *
 * For who begins an I/O: waits for the configuration to bring the targets that
 * the layout names.
 *
 * Return: 0, also if objects are missing for another reason; -EINTR; -EIO a
 * target is not there; -ENOMEM.
 * Context: sleeps, killable, bounded; as lustre_layout_apply().
 */
int lustre_layout_retry(struct inode *inode)
{
	struct lustre_inode *li = LUSTRE_I(inode);
	struct lustre_layout *layout;
	int err = 0;

	if (READ_ONCE(li->objects_errno) != LUSTRE_NO_TARGET)
		return 0;
	down_read(&li->layout_sem);
	layout = lustre_layout_get(li->layout);
	up_read(&li->layout_sem);
	for (u32 i = 0; !err && i < layout->nr_stripes; i++)
		if (!layout->stripes[i].hole)
			err = lustre_osc_wait(LUSTRE_SB(inode->i_sb),
					      layout->stripes[i].ost_idx);
	if (!err) {
		down_write(&li->layout_sem);
		filemap_invalidate_lock(inode->i_mapping);
		if (li->layout == layout &&
		    li->objects_errno == LUSTRE_NO_TARGET)
			lustre_layout_switch(inode, lustre_layout_get(layout));
		filemap_invalidate_unlock(inode->i_mapping);
		up_write(&li->layout_sem);
	}
	lustre_layout_put(layout);
	return err;
}

/*
 * The lock on the layout is gone.  Running I/O ends on the objects that it has;
 * all new I/O makes sure of the layout first.
 */
void lustre_layout_lost(struct inode *inode)
{
}

/* Pages, objects, layout: from ->evict_inode(); sends nothing. */
void lustre_data_inode_clear(struct inode *inode)
{
	struct lustre_inode *li = LUSTRE_I(inode);

	truncate_inode_pages_final(&inode->i_data);
	if (!li->layout)
		return;
	lustre_objects_close(li->objects, li->layout->nr_stripes);
	lustre_layout_put(li->layout);
	li->objects = NULL;
	li->layout = NULL;
}

/* Object and offset there of a file offset; NULL: that part can't be reached. */
struct osc_object *lustre_object_at(const struct lustre_inode *li, u64 pos,
				    u64 *obj_off)
{
	struct lustre_place place;

	if (!lustre_layout_find(li->layout, pos, &place))
		return NULL;
	*obj_off = place.off;
	return li->objects[place.object];
}

/* ----------------------------------------------- upcalls of the objects -- */

/* Not during the umount, which drops all pages itself. */
static bool lustre_object_grab(struct inode *inode)
{
	struct lustre_sb *sbi = LUSTRE_SB(inode->i_sb);

	if (!down_read_trylock(&sbi->upcall_sem))
		return false;
	if (igrab(inode))
		return true;
	up_read(&sbi->upcall_sem);
	return false;
}

static void lustre_object_drop(struct inode *inode)
{
	struct lustre_sb *sbi = LUSTRE_SB(inode->i_sb);

	lustre_iput(inode);
	up_read(&sbi->upcall_sem);
}

static bool lustre_object_cached(struct inode *inode)
{
	return !mapping_empty(inode->i_mapping);
}

static void lustre_object_attr(struct inode *inode, struct osc_file_attr *attr)
{
	attr->uid = from_kuid(&init_user_ns, inode->i_uid);
	attr->gid = from_kgid(&init_user_ns, inode->i_gid);
	attr->projid = LUSTRE_I(inode)->projid;
	attr->mapped = mapping_writably_mapped(inode->i_mapping);
}

static void lustre_object_error(struct inode *inode, int error)
{
	mapping_set_error(inode->i_mapping, error);
}

/*
 * Objects that a target lost come back when the file's metadata target has
 * recovered, and has found the object target: it misses that by its pings, as
 * we do, so give it time for two of them.
 */
static enum osc_absence lustre_object_absent(struct inode *inode,
					     unsigned long restarted)
{
	struct lustre_sb *sbi = LUSTRE_SB(inode->i_sb);
	unsigned long grace = READ_ONCE(sbi->timeouts.timeout) * HZ / 2;

	if (!inode->i_nlink && !inode_is_open_for_write(inode))
		return OSC_ABSENT_REMOVED;
	if (restarted &&
	    !lmv_steady(sbi->lmv, &LUSTRE_I(inode)->fid, restarted, grace))
		return OSC_ABSENT_WAIT;
	return inode->i_nlink ? OSC_ABSENT_LOST : OSC_ABSENT_REMOVED;
}

/**
 * struct lustre_chunks - walk over the cached parts of an object range
 * @inode: the file
 * @comp: the component that the object belongs to
 * @stripe: its place there
 * @next: object offset to go on at
 * @last: last object offset of the range
 * @pos: the present piece, first byte in the file
 * @end: last byte in the file
 */
struct lustre_chunks {
	struct inode		*inode;
	struct lustre_comp	comp;
	u32			stripe;
	u64			next;
	u64			last;
	u64			pos;
	u64			end;
};

/* Next piece that is contiguous in the file and may have pages */
static bool lustre_chunk_next(struct lustre_chunks *c)
{
	struct address_space *mapping = c->inode->i_mapping;
	struct lustre_stripe_map map = c->comp.map;
	unsigned long index;
	u32 in_stripe;
	u64 off;

	if (c->next > c->last || c->next > MAX_LFS_FILESIZE)
		return false;
	if (map.count == 1) {
		c->pos = c->next;
		c->end = min_t(u64, c->last, MAX_LFS_FILESIZE);
		c->next = LUSTRE_EOF;
		return !mapping_empty(mapping);
	}
	/* Skip what is not cached; the page found may be another stripe's. */
	off = lustre_stripe_to_file(map, c->stripe, c->next);
	index = off >> PAGE_SHIFT;
	if (!xa_find(&mapping->i_pages, &index, ULONG_MAX, XA_PRESENT))
		return false;
	off = max(off, (u64)index << PAGE_SHIFT);
	/* A large folio begins before the index that was asked for. */
	off = max(c->next, lustre_stripe_obj_size(map, c->stripe, off));
	if (off > c->last)
		return false;
	c->pos = lustre_stripe_to_file(map, c->stripe, off);
	div_u64_rem(off, map.size, &in_stripe);
	c->end = c->pos + min_t(u64, map.size - in_stripe,
				c->last - off + 1) - 1;
	c->next = off + (c->end - c->pos + 1);
	return true;
}

static struct lustre_chunks lustre_chunks(struct inode *inode,
					  struct osc_object *obj, u64 start,
					  u64 end)
{
	struct lustre_chunks c = {
		.inode	= inode,
		.comp	= {
			.map	= { .size = obj->stripe_size,
				    .count = obj->stripe_count },
			.extent	= { .start = obj->comp_start,
				    .end = obj->comp_end },
		},
		.stripe	= obj->stripe,
	};

	/* What the component has of the object */
	if (lustre_comp_range(&c.comp, c.stripe, 0, LUSTRE_EOF, &c.next,
			      &c.last)) {
		c.next = max(c.next, start);
		c.last = min3(c.last, end, (u64)MAX_LFS_FILESIZE);
	} else {
		c.next = LUSTRE_EOF;
	}
	return c;
}

static int lustre_object_flush(struct inode *inode, struct osc_object *obj,
			       u64 start, u64 end)
{
	struct lustre_chunks c = lustre_chunks(inode, obj, start, end);
	struct address_space *mapping = c.inode->i_mapping;
	struct lustre_xfer x = {};
	int err = 0;

	while (lustre_chunk_next(&c))
		err = lustre_xfer_write(&x, mapping, c.pos, c.end) ?: err;
	lustre_xfer_end(&x);
	c = lustre_chunks(inode, obj, start, end);
	while (lustre_chunk_next(&c))
		err = filemap_fdatawait_range_keep_errors(mapping, c.pos,
							  c.end) ?: err;
	return err;
}

static void lustre_object_invalidate(struct inode *inode,
				     struct osc_object *obj, u64 start,
				     u64 end)
{
	struct lustre_chunks c = lustre_chunks(inode, obj, start, end);

	while (lustre_chunk_next(&c))
		invalidate_inode_pages2_range(c.inode->i_mapping,
					      c.pos >> PAGE_SHIFT,
					      c.end >> PAGE_SHIFT);
}

/*
 * Is there something in a range that nobody has written yet?  The pages' tags
 * say it; a page that is only locked is being read, perhaps.
 */
static bool lustre_range_dirty(struct address_space *mapping, loff_t start,
			       loff_t end)
{
	static const xa_mark_t marks[] = {
		PAGECACHE_TAG_DIRTY, PAGECACHE_TAG_WRITEBACK,
	};
	int i;

	for (i = 0; i < ARRAY_SIZE(marks); i++) {
		unsigned long index = start >> PAGE_SHIFT;

		if (xa_find(&mapping->i_pages, &index, end >> PAGE_SHIFT,
			    marks[i]))
			return true;
	}
	return false;
}

static void lustre_object_discard(struct inode *inode,
				  struct osc_object *obj, u64 start, u64 end,
				  int error)
{
	struct lustre_chunks c = lustre_chunks(inode, obj, start, end);
	struct address_space *mapping = c.inode->i_mapping;
	bool dirty = false;

	while (lustre_chunk_next(&c)) {
		dirty |= lustre_range_dirty(mapping, c.pos, c.end);
		unmap_mapping_range(mapping, c.pos, c.end - c.pos + 1, 1);
		truncate_inode_pages_range(mapping, c.pos, c.end);
	}
	if (!dirty || !error)
		return;
	mapping_set_error(mapping, error);
	pr_err_ratelimited("lustre: %s: data of %s that were not written yet are lost: %d\n",
			   osc_name(obj->osc),
			   lustre_fid_str(&LUSTRE_I(c.inode)->fid).s, error);
}

const struct osc_object_ops lustre_object_ops = {
	.grab		= lustre_object_grab,
	.drop		= lustre_object_drop,
	.flush		= lustre_object_flush,
	.invalidate	= lustre_object_invalidate,
	.discard	= lustre_object_discard,
	.error		= lustre_object_error,
	.attr		= lustre_object_attr,
	.cached		= lustre_object_cached,
	.absent		= lustre_object_absent,
};
