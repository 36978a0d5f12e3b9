// SPDX-License-Identifier: GPL-2.0-only
/*
 * Size, blocks and times of a striped file (07 §9.2, §10.1).
 *
 * Each object knows its own; the file's size is the largest that an object
 * implies, and each of its times is the latest of the metadata target's and
 * the objects'.
 */
#include <linux/pagemap.h>

#include "internal.h"

static struct lustre_stripe_map lustre_map(const struct lustre_inode *li)
{
	return (struct lustre_stripe_map) {
		.size	= li->layout->stripe_size,
		.count	= li->layout->stripe_count,
	};
}

static bool lustre_has_objects(const struct lustre_inode *li)
{
	return li->objects && li->layout->stripe_count;
}

struct lustre_merged {
	u64	size;
	u64	blocks;
	s64	mtime;
	s64	atime;
	s64	ctime;
};

/* Caller holds size_lock and layout_sem. */
static void lustre_size_collect(struct lustre_inode *li,
				struct lustre_merged *m)
{
	struct lustre_stripe_map map = lustre_map(li);
	struct osc_attr attr;
	u64 size;

	*m = (struct lustre_merged) {
		.mtime	= li->mds_mtime,
		.atime	= li->mds_atime,
		.ctime	= li->mds_ctime,
	};
	for (u32 i = 0; i < map.count; i++) {
		if (!li->objects[i])
			continue;
		osc_object_attr(li->objects[i], &attr);
		size = lustre_stripe_file_size(map, i, attr.size);
		m->size = max(m->size, size);
		m->blocks += attr.blocks;
		m->mtime = max(m->mtime, attr.mtime);
		m->atime = max(m->atime, attr.atime);
		m->ctime = max(m->ctime, attr.ctime);
	}
}

/* lustre_size_merge() for callers that hold layout_sem. */
void lustre_size_update(struct inode *inode)
{
	struct lustre_inode *li = LUSTRE_I(inode);
	struct lustre_merged m;

	if (!lustre_has_objects(li))
		return;
	spin_lock(&li->size_lock);
	lustre_size_collect(li, &m);
	if (i_size_read(inode) != m.size)
		i_size_write(inode, m.size);
	inode->i_blocks = m.blocks;
	inode_set_mtime(inode, m.mtime, 0);
	inode_set_atime(inode, m.atime, 0);
	inode_set_ctime(inode, m.ctime, 0);
	spin_unlock(&li->size_lock);
}

/**
 * lustre_size_merge - compute a file's attributes from what is known
 * @inode: a regular file
 *
 * No RPC.  Does nothing for files without objects.
 *
 * Context: may sleep; layout_sem must not be held.
 */
void lustre_size_merge(struct inode *inode)
{
	struct lustre_inode *li = LUSTRE_I(inode);

	down_read(&li->layout_sem);
	lustre_size_update(inode);
	up_read(&li->layout_sem);
}

/* Ask all objects whose size is not certain, in parallel. */
static int lustre_size_ask(struct inode *inode)
{
	struct lustre_inode *li = LUSTRE_I(inode);
	struct osc_multi *m = NULL;
	int err = 0;

	for (u32 i = 0; i < li->layout->stripe_count; i++) {
		struct osc_object *obj = li->objects[i];

		if (!obj || osc_size_known(obj))
			continue;
		if (!m)
			m = osc_multi_new();
		if (!m)
			return -ENOMEM;
		osc_glimpse(obj, m);
	}
	if (m)
		err = osc_multi_wait(m);
	if (!err)
		lustre_size_update(inode);
	return err;
}

/*
 * Who creates a file, perhaps looks at it, and writes it would glimpse first,
 * get a lock to read, and have it called back by its own write.  A lock to
 * write tells the size just as well.
 */
static void lustre_size_first(struct lustre_inode *li)
{
	struct ldlm_lock *lock;

	if (!READ_ONCE(li->fresh))
		return;
	WRITE_ONCE(li->fresh, false);
	if (li->layout->stripe_count != 1 || !li->objects[0])
		return;
	/* If this fails the glimpse that follows will tell why. */
	if (!osc_lock(li->objects[0], LCK_PW, 0, LUSTRE_EOF, 0, &lock))
		osc_unlock(lock);
}

/**
 * lustre_size_glimpse - bring size, blocks and times up to date
 * @inode: a regular file
 *
 * No RPC for objects under a cached lock that reaches their end.
 *
 * Return: 0; -EINTR; what a target answered.  A file without objects, or with
 * a layout that this client can't use, is left alone.
 * Context: sleeps; layout_sem must not be held.
 */
int lustre_size_glimpse(struct inode *inode)
{
	struct lustre_inode *li = LUSTRE_I(inode);
	int err;

	err = lustre_layout_refresh(inode);
	if (err)
		return err;
	if (down_read_killable(&li->layout_sem))
		return -EINTR;
	if (lustre_has_objects(li)) {
		lustre_size_first(li);
		err = lustre_size_ask(inode);
		/* An eviction is found out by the first to ask. */
		if (err == -EIO)
			err = lustre_size_ask(inode);
	}
	up_read(&li->layout_sem);
	return err;
}

/* Size that the file has at least, under the locks held; layout_sem held. */
static u64 lustre_size_minimum(const struct lustre_inode *li)
{
	struct lustre_stripe_map map = lustre_map(li);
	struct osc_attr attr;
	u64 size = 0;

	for (u32 i = 0; i < map.count; i++) {
		if (!li->objects[i])
			continue;
		osc_object_attr(li->objects[i], &attr);
		size = max(size, lustre_stripe_file_size(map, i, attr.kms));
	}
	return size;
}

/**
 * lustre_size_for_read - know the size well enough to read
 * @inode: a regular file, the range is locked by lustre_range_lock()
 * @end: first byte after what is to be read
 *
 * Return: 0 with i_size right, or larger than @end; -EINTR; what a target
 * answered.
 * Context: sleeps; may ask other objects than the locked ones, which never
 * waits for locks.
 */
int lustre_size_for_read(struct inode *inode, u64 end)
{
	struct lustre_inode *li = LUSTRE_I(inode);

	if (!lustre_has_objects(li))
		return 0;
	if (end > lustre_size_minimum(li))
		return lustre_size_ask(inode);
	if (i_size_read(inode) < end)
		lustre_size_update(inode);
	return 0;
}

/* ------------------------------------------------------------- truncate -- */

/*
 * Tell the page cache; objects first, so that write-back of the last page ends
 * where the object does.
 */
static void lustre_truncate_cache(struct inode *inode, u64 size)
{
	struct lustre_inode *li = LUSTRE_I(inode);
	loff_t old = i_size_read(inode);

	spin_lock(&li->size_lock);
	for (u32 i = 0; i < li->layout->stripe_count; i++)
		if (li->objects[i])
			osc_object_truncated(li->objects[i],
					     lustre_stripe_obj_size(lustre_map(li),
								    i, size));
	i_size_write(inode, size);
	spin_unlock(&li->size_lock);
	if (size > old)
		pagecache_isize_extended(inode, old, size);
	truncate_pagecache(inode, size);
}

/* Set the size of each object; all in parallel. */
static int lustre_truncate_objects(struct inode *inode, u64 size,
				   const struct lustre_range *range,
				   struct osc_multi *m)
{
	struct lustre_inode *li = LUSTRE_I(inode);

	for (u32 i = 0; i < li->layout->stripe_count; i++)
		if (li->objects[i])
			osc_punch(li->objects[i],
				  lustre_stripe_obj_size(lustre_map(li), i,
							 size),
				  range->locks[i], m);
	return osc_multi_wait(m);
}

/**
 * lustre_size_truncate - set the size of a file's objects
 * @inode: a regular file; the metadata target has agreed
 * @size: new size, bytes
 * @attr: what the caller of setattr asked for
 *
 * Return: 0; -EINTR; what a target answered, the caller may try again.
 * Context: sleeps; inode_lock held.  Spec 07 §10.1.
 */
int lustre_size_truncate(struct inode *inode, u64 size,
			 const struct iattr *attr)
{
	struct lustre_inode *li = LUSTRE_I(inode);
	struct lustre_range range;
	struct osc_multi *m;
	int err;

	err = lustre_layout_refresh(inode);
	if (err)
		return err;
	err = lustre_range_lock(inode, LCK_PW, 0, LUSTRE_EOF,
				size ? 0 : OSC_LOCK_DISCARD, &range);
	if (err)
		return err;
	if (lustre_has_objects(li)) {
		m = osc_multi_new();
		err = -ENOMEM;
		if (m) {
			lustre_truncate_cache(inode, size);
			err = lustre_truncate_objects(inode, size, &range, m);
			lustre_size_update(inode);
		}
	} else {
		truncate_setsize(inode, size);
	}
	lustre_range_unlock(&range);
	return err;
}

/* ---------------------------------------------------------------- times -- */

static int lustre_times_objects(struct inode *inode, u64 valid,
				const struct osc_file_attr *times)
{
	struct lustre_inode *li = LUSTRE_I(inode);
	struct osc_multi *m = osc_multi_new();

	if (!m)
		return -ENOMEM;
	for (u32 i = 0; i < li->layout->stripe_count; i++)
		if (li->objects[i])
			osc_settimes(li->objects[i], valid, times, m);
	return osc_multi_wait(m);
}

/**
 * lustre_size_settimes - lower the times of a file's objects
 * @inode: a regular file; the metadata target has taken the times
 * @attr: the times that the user set
 *
 * Times are merged as the latest of all, so one in the past must be set on
 * every object.  Others need nothing.
 *
 * Return: 0; -EINTR; what a target answered.
 * Context: sleeps; inode_lock held.  Spec 07 §9.2.
 */
int lustre_size_settimes(struct inode *inode, const struct iattr *attr)
{
	struct osc_file_attr times = { .ctime = ktime_get_real_seconds() };
	struct lustre_inode *li = LUSTRE_I(inode);
	struct lustre_range range;
	u64 valid = 0;
	int err;

	if (attr->ia_valid & ATTR_MTIME_SET &&
	    attr->ia_mtime.tv_sec < times.ctime) {
		times.mtime = attr->ia_mtime.tv_sec;
		valid |= OBD_MD_FLMTIME;
	}
	if (attr->ia_valid & ATTR_ATIME_SET &&
	    attr->ia_atime.tv_sec < times.ctime) {
		times.atime = attr->ia_atime.tv_sec;
		valid |= OBD_MD_FLATIME;
	}
	if (!valid)
		return 0;
	err = lustre_layout_refresh(inode);
	if (err)
		return err;
	err = lustre_range_lock(inode, LCK_PW, 0, LUSTRE_EOF, 0, &range);
	/* Without reachable data the metadata target's times are all. */
	if (err)
		return err == -EOPNOTSUPP || err == -EINVAL ? 0 : err;
	if (lustre_has_objects(li)) {
		err = lustre_times_objects(inode, valid, &times);
		lustre_size_update(inode);
	}
	lustre_range_unlock(&range);
	return err;
}
