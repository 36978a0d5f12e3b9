// SPDX-License-Identifier: GPL-2.0-only
/*
 * A file's layout at work: its objects, and what they ask of the file's page
 * cache (08 section 3, 07 section 9.1).
 */
#include <linux/pagemap.h>
#include <linux/slab.h>
#include <linux/wait.h>

#include "internal.h"

void lustre_data_inode_init(struct lustre_inode *li)
{
	static struct lock_class_key key;

	mutex_init(&li->layout_lock);
	init_waitqueue_head(&li->layout_wait);
	lockdep_init_map(&li->layout_map, "lustre_layout", &key, 0);
	RCU_INIT_POINTER(li->layout, NULL);
	spin_lock_init(&li->size_lock);
	lustre_writers_init(li);
	li->write_through = false;
	li->nokey = false;
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

/* The object that the file itself is */
static struct osc_object *
lustre_object_open_dom(struct inode *inode, struct osc_object_desc *desc)
{
	struct lustre_sb *sbi = LUSTRE_SB(inode->i_sb);
	struct osc *osc = lmv_data(sbi->lmv, &desc->parent);

	if (IS_ERR(osc)) {
		pr_err_ratelimited("lustre: %s: data of %s lie on a metadata target that can't be asked for them: %ld\n",
				   sbi->opts.dev.fsname,
				   lustre_fid_str(&desc->parent).s,
				   PTR_ERR(osc));
		return ERR_CAST(osc);
	}
	lustre_fid_to_wire(&desc->oi.oi_fid, &desc->parent);
	return osc_object_open(osc, desc);
}

/* Targets look at the version only if there are mirrors. */
static u32 lustre_layout_version(const struct lustre_layout *layout)
{
	return layout->flr == LCM_FL_NONE ? 0 : layout->gen;
}

/*
 * The same for an object of the mirror looked at: what is written to one that is
 * under resynchronization is no change.
 */
static u32 lustre_object_version(const struct lustre_layout *layout)
{
	u32 version = lustre_layout_version(layout);

	if (layout->flr == LCM_FL_SYNC_PENDING && !layout->patched &&
	    layout->mirrors[layout->mirror].flags & LCME_FL_STALE)
		version |= LOV_LAYOUT_GEN_RESYNC;
	return version;
}

/**
 * lustre_object_open - the object behind a stripe
 * @inode: the file
 * @layout: its layout
 * @comp: a component
 * @stripe: one of its stripes
 * @i: the number of that
 * @attach: it will have pages of the file
 *
 * Return: the object with a reference, to be ended with osc_object_close() if it
 * was attached; or ERR_PTR().
 * Context: may sleep for memory.
 */
struct osc_object *lustre_object_open(struct inode *inode,
				      const struct lustre_layout *layout,
				      const struct lustre_comp *comp,
				      const struct lustre_stripe *stripe, u32 i,
				      bool attach)
{
	const struct lustre_extent *e = &lustre_layout_uncut(layout, comp)->extent;
	struct lustre_inode *li = LUSTRE_I(inode);
	struct osc_object_desc desc = {
		.oi		= stripe->oi,
		.parent		= li->fid,
		.stripe		= i,
		.stripe_size	= comp->map.size,
		.stripe_count	= comp->map.count,
		.comp_id	= comp->id,
		.comp_start	= e->start,
		.comp_end	= e->end,
		.version	= lustre_object_version(layout),
		.ops		= &lustre_object_ops,
		.inode		= attach ? inode : NULL,
	};
	struct osc *osc;

	if (!attach)
		lustre_object_ops.attr(inode, &desc.file);
	if (stripe->ost_idx == LUSTRE_STRIPE_ON_MDT)
		return lustre_object_open_dom(inode, &desc);
	osc = lustre_osc_get(LUSTRE_SB(inode->i_sb), stripe->ost_idx);
	if (osc)
		return osc_object_open(osc, &desc);
	pr_err_ratelimited("lustre: %s: %s lies on OST%04x, which is not configured\n",
			   LUSTRE_SB(inode->i_sb)->opts.dev.fsname,
			   lustre_fid_str(&li->fid).s, stripe->ost_idx);
	return ERR_PTR(LUSTRE_NO_TARGET);
}

static void lustre_objects_close(struct lustre_file_layout *fl, u32 first,
				 u32 count)
{
	for (u32 i = first; i < first + count; i++)
		if (fl->objects[i])
			osc_object_close(fl->objects[i]);
}

/* Part of the file, inclusive: written, and out of the cache.  No I/O runs. */
static void lustre_layout_drop(struct inode *inode, u64 start, u64 end)
{
	struct address_space *mapping = inode->i_mapping;
	loff_t last = min_t(u64, end, LLONG_MAX);

	if (mapping_empty(mapping) || start > LLONG_MAX)
		return;
	/* An error is recorded and returned by fsync(). */
	filemap_write_and_wait_range(mapping, start, last);
	invalidate_inode_pages2_range(mapping, start >> PAGE_SHIFT,
				      last >> PAGE_SHIFT);
	if (end > LLONG_MAX)
		truncate_inode_pages(mapping, start);
	else
		truncate_inode_pages_range(mapping, start, last);
}

/* Attach the objects that are not there yet; all of them, or none. */
static void lustre_objects_open(struct inode *inode,
				struct lustre_file_layout *fl)
{
	const struct lustre_layout *layout = fl->layout;
	const struct lustre_comp *comp;
	struct osc_object *obj;

	for (u32 i = 0; i < fl->nr_objects; i++) {
		if (layout->stripes[i].hole || fl->objects[i])
			continue;
		comp = lustre_layout_comp(layout, i);
		obj = lustre_object_open(inode, layout, comp,
					 &layout->stripes[i], i - comp->first,
					 true);
		if (IS_ERR(obj)) {
			fl->io_errno = PTR_ERR(obj);
			break;
		}
		fl->objects[i] = obj;
	}
	if (!fl->io_errno) {
		lustre_others_open(inode, fl);
		return;
	}
	/* Also what was to stay */
	lustre_layout_drop(inode, 0, LUSTRE_EOF);
	lustre_objects_close(fl, 0, fl->nr_objects);
	fl->nr_objects = 0;
}

/* -------------------------------------------------------------- layout -- */

/* Takes over @layout, without objects; NULL without memory. */
struct lustre_file_layout *lustre_file_layout_new(struct lustre_layout *layout)
{
	int err = lustre_layout_io_errno(layout);
	u32 others = err ? 0 : lustre_others_count(layout);
	u32 nr = err ? 0 : layout->nr_stripes;
	struct lustre_file_layout *fl;

	fl = kvzalloc(struct_size(fl, objects, nr + others), GFP_NOFS);
	if (!fl)
		return NULL;
	fl->others = fl->objects + nr;
	refcount_set(&fl->users, 1);
	atomic_set(&fl->patient, 0);
	fl->layout = layout;
	fl->io_errno = err;
	fl->holes = !err && !lustre_layout_covers(layout, 0, LUSTRE_EOF);
	fl->nr_objects = nr;
	return fl;
}

static void lustre_file_layout_free(struct rcu_head *rcu)
{
	struct lustre_file_layout *fl =
		container_of(rcu, struct lustre_file_layout, rcu);

	lustre_layout_put(fl->layout);
	kvfree(fl);
}

/* The end of one that never was in force, and has no objects any more */
void lustre_file_layout_drop(struct lustre_file_layout *fl)
{
	lustre_file_layout_free(&fl->rcu);
}

/* Does @new tell more than what is in force?  (08 section 3) */
static bool lustre_layout_is_newer(struct lustre_inode *li,
				   const struct lustre_layout *new, bool locked)
{
	const struct lustre_file_layout *fl;
	const struct lustre_layout *old;
	bool newer = true;

	rcu_read_lock();
	fl = rcu_dereference(li->layout);
	if (fl && !fl->io_errno) {
		old = fl->layout;
		newer = locked || new->gen > old->gen ||
			old->kind == LUSTRE_LAYOUT_NONE;
		/* Whichever mirror is looked at */
		if (old->kind == new->kind && old->gen == new->gen &&
		    old->bytes == new->bytes)
			newer = false;
	}
	rcu_read_unlock();
	return newer;
}

/*
 * What lies where it lay stays, with objects and locks, also where there are
 * still none; all else of a component goes.
 */
static void lustre_comp_move(struct inode *inode,
			     struct lustre_file_layout *old,
			     const struct lustre_comp *comp,
			     struct lustre_file_layout *new)
{
	const struct lustre_extent *e = &comp->extent, *whole;
	struct lustre_shared s;

	if (old->io_errno || new->io_errno ||
	    !lustre_layout_keeps(old->layout, comp, new->layout, &s)) {
		lustre_layout_drop(inode, e->start, e->end - 1);
		if (!old->io_errno)
			lustre_objects_close(old, comp->first,
					     comp->map.count);
		return;
	}
	if (e->start < s.extent.start)
		lustre_layout_drop(inode, e->start, s.extent.start - 1);
	if (s.extent.end < e->end)
		lustre_layout_drop(inode, s.extent.end, e->end - 1);
	whole = &lustre_layout_uncut(new->layout, s.comp)->extent;
	for (u32 i = 0; i < comp->map.count; i++) {
		struct osc_object *obj = old->objects[comp->first + i];

		new->objects[s.comp->first + i] = obj;
		if (obj)
			osc_object_move(obj, s.comp->id, whole->start,
					whole->end);
	}
}

/* From one layout to the next */
static void lustre_layout_move(struct inode *inode,
			       struct lustre_file_layout *old,
			       struct lustre_file_layout *new)
{
	const struct lustre_layout *layout = old->layout;
	u64 at = 0;

	for (u32 c = 0; c < layout->nr_comps; c++) {
		const struct lustre_comp *comp = &layout->comps[c];

		/* Zeroes, where there was no component */
		if (at < comp->extent.start)
			lustre_layout_drop(inode, at, comp->extent.start - 1);
		at = comp->extent.end;
		if (comp->extent.start < at)
			lustre_comp_move(inode, old, comp, new);
	}
	if (at != LUSTRE_EOF)
		lustre_layout_drop(inode, at, LUSTRE_EOF);
}

/*
 * What stays has a new version from now on: that is what the last I/O on the old
 * layout may wait for.  Not so if none of several mirrors may be written as it
 * is: the target has to refuse what is still written by the old one.
 */
static void lustre_layout_set_version(const struct lustre_file_layout *old,
				      const struct lustre_layout *new)
{
	const struct lustre_layout *layout = old->layout;
	u32 version = lustre_layout_version(new);
	struct lustre_shared s;

	if (version == lustre_layout_version(layout) || old->io_errno)
		return;
	if (new->flr != LCM_FL_NONE && new->flr != LCM_FL_WRITE_PENDING)
		return;
	for (u32 c = 0; c < layout->nr_comps; c++) {
		const struct lustre_comp *comp = &layout->comps[c];

		if (!lustre_layout_keeps(layout, comp, new, &s))
			continue;
		for (u32 i = 0; i < comp->map.count; i++)
			if (old->objects[comp->first + i])
				osc_object_set_version(old->objects[comp->first + i],
						       version);
	}
}

/* The end of all I/O on the layout that is in force */
static void lustre_layout_drain(struct lustre_inode *li,
				struct lustre_file_layout *fl)
{
	WRITE_ONCE(fl->leaving, true);
	if (!refcount_dec_and_test(&fl->users))
		wait_event(li->layout_wait, !refcount_read(&fl->users));
}

/*
 * Replace the layout; layout_lock is held.  Who wants to begin an I/O meanwhile
 * waits for the new one.
 */
static void lustre_layout_switch(struct inode *inode,
				 struct lustre_file_layout *new)
{
	const struct lustre_layout *layout = new->layout;
	struct lustre_inode *li = LUSTRE_I(inode);
	struct lustre_file_layout *old;

	old = rcu_dereference_protected(li->layout,
					lockdep_is_held(&li->layout_lock));
	if (old)
		lustre_layout_set_version(old, layout);
	lock_map_acquire(&li->layout_map);
	if (old)
		lustre_layout_drain(li, old);
	filemap_invalidate_lock(inode->i_mapping);
	if (old)
		lustre_layout_move(inode, old, new);
	lustre_objects_open(inode, new);
	rcu_assign_pointer(li->layout, new);
	filemap_invalidate_unlock(inode->i_mapping);
	lock_map_release(&li->layout_map);
	wake_up_all(&li->layout_wait);
	if (old) {
		lustre_others_close(old);
		call_rcu(&old->rcu, lustre_file_layout_free);
	}
	/* What an archive has can be used, it only takes a while. */
	if (layout->why && lustre_layout_io_errno(layout) != LUSTRE_ARCHIVED)
		pr_warn_ratelimited("lustre: %s: data of %s can't be used: %s\n",
				    LUSTRE_SB(inode->i_sb)->opts.dev.fsname,
				    lustre_fid_str(&li->fid).s, layout->why);
}

/* What is cached stays where it is as long as that mirror is in sync. */
static bool lustre_layout_stays(struct inode *inode,
				const struct lustre_layout *new, u32 *mirror)
{
	const struct lustre_file_layout *fl;
	u32 id = 0;
	bool in_use;

	rcu_read_lock();
	fl = rcu_dereference(LUSTRE_I(inode)->layout);
	in_use = fl && fl->nr_objects && fl->layout->flr != LCM_FL_NONE;
	if (in_use)
		id = fl->layout->mirrors[fl->layout->mirror].id;
	rcu_read_unlock();
	if (!in_use || mapping_empty(inode->i_mapping))
		return false;
	for (u32 i = 0; i < new->nr_mirrors; i++)
		if (new->in_sync & BIT(i) && new->mirrors[i].id == id) {
			*mirror = i;
			return true;
		}
	return false;
}

/* The same layout, with the mirror that is to be read in view; takes it over. */
static struct lustre_layout *lustre_layout_best(struct inode *inode,
						struct lustre_layout *layout)
{
	u32 mirror = layout->mirror;
	struct lustre_layout *view;

	if (lustre_mirror_spare(layout) &&
	    !lustre_layout_stays(inode, layout, &mirror))
		mirror = lustre_mirror_best(inode, layout, 0);
	if (mirror == layout->mirror)
		return layout;
	view = lustre_layout_to_read(layout, mirror, GFP_NOFS);
	lustre_layout_put(layout);
	return view;
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
	struct lustre_file_layout *fl;
	struct lustre_layout *layout;

	layout = READ_ONCE(li->nokey) ? lustre_layout_nokey(len, GFP_NOFS) :
					lustre_layout_decode(ea, len, GFP_NOFS);
	if (IS_ERR(layout))
		return PTR_ERR(layout);
	if (!lustre_layout_is_newer(li, layout, locked)) {
		lustre_layout_put(layout);
		return 0;
	}
	layout = lustre_layout_best(inode, layout);
	if (IS_ERR(layout))
		return PTR_ERR(layout);
	fl = lustre_file_layout_new(layout);
	if (!fl) {
		lustre_layout_put(layout);
		return -ENOMEM;
	}
	mutex_lock(&li->layout_lock);
	if (lustre_layout_is_newer(li, layout, locked))
		lustre_layout_switch(inode, fl);
	else
		lustre_file_layout_free(&fl->rcu);
	mutex_unlock(&li->layout_lock);
	return 0;
}

/* What is in force, with a reference; there is one. */
struct lustre_layout *lustre_layout_latest(struct inode *inode)
{
	struct lustre_inode *li = LUSTRE_I(inode);
	struct lustre_file_layout *fl;
	struct lustre_layout *layout;

	mutex_lock(&li->layout_lock);
	fl = rcu_dereference_protected(li->layout,
				       lockdep_is_held(&li->layout_lock));
	layout = lustre_layout_get(fl->layout);
	mutex_unlock(&li->layout_lock);
	return layout;
}

/* Try once more to attach the objects, unless there is another layout by now. */
static int lustre_layout_reopen(struct inode *inode,
				struct lustre_layout *layout)
{
	struct lustre_inode *li = LUSTRE_I(inode);
	struct lustre_file_layout *old, *new;

	new = lustre_file_layout_new(lustre_layout_get(layout));
	if (!new) {
		lustre_layout_put(layout);
		return -ENOMEM;
	}
	mutex_lock(&li->layout_lock);
	old = rcu_dereference_protected(li->layout,
					lockdep_is_held(&li->layout_lock));
	if (old->layout == layout && (old->io_errno == LUSTRE_NO_TARGET ||
				      old->io_errno == LUSTRE_CLAIMED))
		lustre_layout_switch(inode, new);
	else
		lustre_file_layout_free(&new->rcu);
	mutex_unlock(&li->layout_lock);
	return 0;
}

/**
 * lustre_layout_look_at - take another mirror into use
 * @inode: a regular file
 * @layout: what was in force just now
 * @mirror: index of the mirror
 *
 * Return: 0, also if another layout or mirror has come meanwhile; -ENOMEM.
 * Context: as lustre_layout_apply().
 */
int lustre_layout_look_at(struct inode *inode,
			  const struct lustre_layout *layout, u32 mirror)
{
	struct lustre_layout *view = lustre_layout_to_read(layout, mirror,
							    GFP_NOFS);
	struct lustre_inode *li = LUSTRE_I(inode);
	struct lustre_file_layout *old, *new;

	if (IS_ERR(view))
		return PTR_ERR(view);
	new = lustre_file_layout_new(view);
	if (!new) {
		lustre_layout_put(view);
		return -ENOMEM;
	}
	mutex_lock(&li->layout_lock);
	old = rcu_dereference_protected(li->layout,
					lockdep_is_held(&li->layout_lock));
	if (old->layout == layout)
		lustre_layout_switch(inode, new);
	else
		lustre_file_layout_free(&new->rcu);
	mutex_unlock(&li->layout_lock);
	return 0;
}

/*
 * A file has a layout that no lock covers, and another file has its objects by
 * now.  Its data are where those are.
 * Return: 0; -EEXIST: the layout is not outdated; -ENOMEM.
 */
static int lustre_layout_give_up(struct inode *inode)
{
	struct lustre_inode *li = LUSTRE_I(inode);
	struct lustre_layout *none = lustre_layout_decode(NULL, 0, GFP_NOFS);
	struct lustre_file_layout *fl;
	int err = -EEXIST;

	if (IS_ERR(none))
		return PTR_ERR(none);
	fl = lustre_file_layout_new(none);
	if (!fl) {
		lustre_layout_put(none);
		return -ENOMEM;
	}
	mutex_lock(&li->layout_lock);
	if (!lustre_inode_covered(inode, MDS_INODELOCK_LAYOUT)) {
		lustre_layout_switch(inode, fl);
		err = 0;
	} else {
		lustre_file_layout_drop(fl);
	}
	mutex_unlock(&li->layout_lock);
	return err;
}

static struct inode *lustre_stripe_owner(struct inode *inode,
					 const struct lustre_stripe *stripe)
{
	struct osc *osc;

	if (stripe->hole || stripe->ost_idx == LUSTRE_STRIPE_ON_MDT)
		return NULL;
	osc = lustre_osc_get(LUSTRE_SB(inode->i_sb), stripe->ost_idx);
	return osc ? osc_object_owner(osc, &stripe->oi) : NULL;
}

/*
 * Objects of a layout are another file's: layouts have been swapped, or the like,
 * and that one does not know yet.
 */
static int lustre_layout_reclaim(struct inode *inode,
				 const struct lustre_layout *layout)
{
	struct inode *owner;
	int err = 0;

	for (u32 i = 0; !err && i < layout->nr_stripes; i++) {
		owner = lustre_stripe_owner(inode, &layout->stripes[i]);
		if (!owner)
			continue;
		if (owner != inode)
			err = lustre_layout_give_up(owner);
		if (err == -EEXIST)
			pr_err_ratelimited("lustre: %s: %s claims an object of %s\n",
					   LUSTRE_SB(inode->i_sb)->opts.dev.fsname,
					   lustre_fid_str(&LUSTRE_I(inode)->fid).s,
					   lustre_fid_str(&LUSTRE_I(owner)->fid).s);
		lustre_object_ops.drop(owner);
	}
	return err;
}

/* Wait for the configuration to bring the targets that a layout names. */
static int lustre_layout_wait(struct inode *inode,
			      const struct lustre_layout *layout)
{
	int err = 0;

	for (u32 i = 0; !err && i < layout->nr_stripes; i++)
		if (!layout->stripes[i].hole &&
		    layout->stripes[i].ost_idx != LUSTRE_STRIPE_ON_MDT)
			err = lustre_osc_wait(LUSTRE_SB(inode->i_sb),
					      layout->stripes[i].ost_idx);
	return err;
}

/**
 * lustre_layout_retry - attach objects that could not be attached
 * @inode: a regular file
 *
 * For who begins an I/O: waits for the configuration to bring the targets that
 * the layout names, and has files give up objects that they have no more.
 *
 * Return: 0, also if objects are missing for another reason; -EINTR; -EIO a
 * target is not there; -ENOMEM.
 * Context: sleeps, killable, bounded; as lustre_layout_apply().
 */
int lustre_layout_retry(struct inode *inode)
{
	int why = lustre_data_errno(inode), err;
	struct lustre_layout *layout;

	if (why != LUSTRE_NO_TARGET && why != LUSTRE_CLAIMED)
		return 0;
	layout = lustre_layout_latest(inode);
	if (why == LUSTRE_NO_TARGET)
		err = lustre_layout_wait(inode, layout);
	else
		err = lustre_layout_reclaim(inode, layout);
	if (!err)
		err = lustre_layout_reopen(inode, layout);
	lustre_layout_put(layout);
	/* Data can't be reached; all else can. */
	return err == -EEXIST ? 0 : err;
}

/**
 * lustre_data_errno - may data of a file be read and written?
 * @inode: a regular file
 *
 * Return: 0, also if no layout is known; the reason why not.
 * Context: any.
 */
int lustre_data_errno(struct inode *inode)
{
	struct lustre_file_layout *fl;
	int err;

	rcu_read_lock();
	fl = rcu_dereference(LUSTRE_I(inode)->layout);
	err = fl ? fl->io_errno : 0;
	rcu_read_unlock();
	return err;
}

/* Data that came with a reply into a folio, if nothing is there yet. */
static void lustre_dom_fill_folio(struct folio *folio, const void *data,
				  u64 len)
{
	if (folio_test_uptodate(folio) || folio_test_dirty(folio))
		return;
	folio_fill_tail(folio, 0, data, min_t(u64, len, folio_size(folio)));
	folio_mark_uptodate(folio);
}

/*
 * Data that came with a reply into the page cache.  The lock of that reply is in
 * use: nobody writes meanwhile, and who wants to waits until they are there to be
 * dropped again.
 */
static void lustre_dom_fill(struct inode *inode, const struct mdc_reply *rep)
{
	struct address_space *mapping = inode->i_mapping;
	u64 end = rep->attr.dom_size, off = rep->data_off;
	const void *data = rep->data;

	while (off < end) {
		struct folio *folio;
		u64 next;

		folio = __filemap_get_folio(mapping, off >> PAGE_SHIFT,
					    FGP_LOCK | FGP_CREAT | FGP_NOFS,
					    mapping_gfp_mask(mapping));
		if (IS_ERR(folio))
			return;
		next = folio_pos(folio) + folio_size(folio);
		/* One that begins before these data is no matter of theirs. */
		if (folio_pos(folio) == off)
			lustre_dom_fill_folio(folio, data, end - off);
		folio_unlock(folio);
		folio_put(folio);
		data += next - off;
		off = next;
	}
}

/**
 * lustre_dom_told - a lock brought the attributes of data on the metadata target
 * @inode: a regular file
 * @rep: the reply with that lock, which is in use, and perhaps with data
 *
 * Context: may sleep; not in the course of an I/O.
 */
void lustre_dom_told(struct inode *inode, const struct mdc_reply *rep)
{
	const struct mdc_attr *attr = &rep->attr;
	const struct osc_attr told = {
		.size	= attr->dom_size,
		.blocks	= attr->dom_blocks,
		.mtime	= attr->mtime,
		.atime	= attr->atime,
		.ctime	= attr->ctime,
	};
	struct lustre_io io;

	lustre_io_peek(inode, &io);
	/* Such data are at the beginning of the file. */
	if (lustre_io_has_data(&io) && io.fl->objects[0] &&
	    io.fl->layout->stripes[0].ost_idx == LUSTRE_STRIPE_ON_MDT) {
		osc_dom_told(io.fl->objects[0], &told);
		if (rep->data)
			lustre_dom_fill(inode, rep);
	}
	lustre_io_end(&io);
}

/* Is there an object that data could be in? */
bool lustre_has_data(struct inode *inode)
{
	struct lustre_file_layout *fl;
	bool data;

	rcu_read_lock();
	fl = rcu_dereference(LUSTRE_I(inode)->layout);
	data = fl && fl->nr_objects;
	rcu_read_unlock();
	return data;
}

/**
 * lustre_is_hole - is part of a file known to have no object?
 * @inode: a regular file
 * @pos: offset in the file
 *
 * What is read there is zeroes as long as there is a lock on the layout.  Not so
 * if there was an object, which is lost.
 *
 * Context: any; as lustre_object_at().
 */
bool lustre_is_hole(struct inode *inode, u64 pos)
{
	const struct lustre_file_layout *fl;
	struct lustre_place place;
	bool hole;

	rcu_read_lock();
	fl = rcu_dereference(LUSTRE_I(inode)->layout);
	hole = fl && !fl->io_errno &&
	       !lustre_layout_find(fl->layout, pos, &place);
	rcu_read_unlock();
	return hole;
}

static void lustre_hole_forget(struct inode *inode, u64 start, u64 end)
{
	if (start < end && start <= LLONG_MAX)
		truncate_inode_pages_range(inode->i_mapping, start,
					   min_t(u64, end - 1, LLONG_MAX));
}

/**
 * lustre_holes_forget - drop what is cached of parts without objects
 * @inode: a regular file
 * @fl: its layout, in use
 *
 * Context: sleeps; no folio lock.  Does not wait for a server: nobody does with
 * a folio that has no object.
 */
void lustre_holes_forget(struct inode *inode,
			 const struct lustre_file_layout *fl)
{
	const struct lustre_layout *layout = fl->layout;
	u64 at = 0;

	for (u32 c = 0; c < layout->nr_comps; c++) {
		const struct lustre_comp *comp = &layout->comps[c];

		if (!comp->map.count)
			continue;
		lustre_hole_forget(inode, at, comp->extent.start);
		at = comp->extent.end;
	}
	lustre_hole_forget(inode, at, LUSTRE_EOF);
}

/* Pages, objects, layout: from ->evict_inode(); sends nothing. */
void lustre_data_inode_clear(struct inode *inode)
{
	struct lustre_inode *li = LUSTRE_I(inode);
	struct lustre_file_layout *fl;

	/* Nobody else has the inode any more. */
	fl = rcu_dereference_protected(li->layout, 1);
	truncate_inode_pages_final(&inode->i_data);
	if (!fl)
		return;
	lustre_objects_close(fl, 0, fl->nr_objects);
	lustre_others_close(fl);
	RCU_INIT_POINTER(li->layout, NULL);
	call_rcu(&fl->rcu, lustre_file_layout_free);
}

/**
 * lustre_object_at - the object that holds a byte of the file
 * @inode: a regular file
 * @pos: offset in the file
 * @obj_off: returns the offset in the object
 *
 * For who is in the course of an I/O, or has a locked folio of the file at that
 * place, or the mapping's invalidate_lock: each keeps the object.
 *
 * Return: the object; NULL: that part of the file can't be reached.
 * Context: any.
 */
struct osc_object *lustre_object_at(struct inode *inode, u64 pos, u64 *obj_off)
{
	const struct lustre_file_layout *fl;
	struct osc_object *obj = NULL;
	struct lustre_place place;

	rcu_read_lock();
	fl = rcu_dereference(LUSTRE_I(inode)->layout);
	if (fl && fl->nr_objects &&
	    lustre_layout_find(fl->layout, pos, &place)) {
		*obj_off = place.off;
		obj = fl->objects[place.object];
	}
	rcu_read_unlock();
	return obj;
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

static bool lustre_has_mirrors(struct inode *inode)
{
	struct lustre_file_layout *fl;
	bool has;

	rcu_read_lock();
	fl = rcu_dereference(LUSTRE_I(inode)->layout);
	has = fl && fl->layout->flr != LCM_FL_NONE;
	rcu_read_unlock();
	return has;
}

/*
 * Who wrote tries again when it is told of the new layout.  A synchronization
 * that has begun since, or has ended, is to know.
 */
static void lustre_object_outdated(struct inode *inode, u64 start, u64 end)
{
	if (lustre_has_mirrors(inode))
		lustre_layout_change(inode, LAYOUT_INTENT_WRITE, start, end);
	else
		lustre_layout_refresh(inode);
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
		.inode		= inode,
		.comp.map	= { .size = obj->stripe_size,
				    .count = obj->stripe_count },
		.stripe		= obj->stripe,
	};

	spin_lock(&obj->lock);
	c.comp.extent.start = obj->comp_start;
	c.comp.extent.end = obj->comp_end;
	spin_unlock(&obj->lock);
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
	.outdated	= lustre_object_outdated,
};
