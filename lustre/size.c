// SPDX-License-Identifier: GPL-2.0-only
/*
 * Size, blocks and times of a striped file (07 sections 9.2 and 10.1).
 *
 * Each object knows its own; the file's size is the largest that an object
 * implies, and each of its times is the latest of the metadata target's and
 * the objects'.
 */
#include <linux/pagemap.h>

#include "internal.h"

/* Objects of one file to ask ahead: who has more of them can wait */
#define LUSTRE_AHEAD_OBJECTS	32

struct lustre_merged {
	u64	size;
	u64	blocks;
	s64	mtime;
	s64	atime;
	s64	ctime;
};

/*
 * In the course of an I/O, under size_lock.  Size and blocks of a file without
 * reachable objects are what the metadata target thinks they are.
 */
static void lustre_size_collect(const struct lustre_io *io,
				struct lustre_merged *m)
{
	const struct lustre_inode *li = LUSTRE_I(io->inode);
	const struct lustre_file_layout *fl = io->fl;
	struct osc_attr attr;
	u64 size;

	*m = (struct lustre_merged) {
		.mtime	= li->mds_mtime,
		.atime	= li->mds_atime,
		.ctime	= li->mds_ctime,
	};
	if (!lustre_io_has_data(io)) {
		m->size = li->lazy_size;
		m->blocks = li->lazy_blocks;
	}
	for (u32 i = 0; fl && i < fl->nr_objects; i++) {
		if (!fl->objects[i])
			continue;
		osc_object_attr(fl->objects[i], &attr);
		size = lustre_layout_file_size(fl->layout, i, attr.size);
		m->size = max(m->size, size);
		m->blocks += attr.blocks;
		m->mtime = max(m->mtime, attr.mtime);
		m->atime = max(m->atime, attr.atime);
		m->ctime = max(m->ctime, attr.ctime);
	}
	for (u32 i = 0; fl && i < fl->nr_others; i++) {
		osc_object_attr(fl->others[i], &attr);
		m->blocks += attr.blocks;
	}
}

/* Does the file end later than the inode tells? */
static bool lustre_size_grows(struct lustre_io *io)
{
	struct lustre_inode *li = LUSTRE_I(io->inode);
	struct lustre_merged m;

	spin_lock(&li->size_lock);
	lustre_size_collect(io, &m);
	spin_unlock(&li->size_lock);
	return m.size > i_size_read(io->inode);
}

/* lustre_size_merge() in the course of an I/O */
void lustre_size_update(struct lustre_io *io)
{
	struct inode *inode = io->inode;
	struct lustre_inode *li = LUSTRE_I(inode);
	struct lustre_merged m;
	s64 atime;

	if (lustre_io_has_data(io) && !mapping_empty(inode->i_mapping) &&
	    lustre_size_grows(io))
		lustre_tail_seal(inode);
	spin_lock(&li->size_lock);
	lustre_size_collect(io, &m);
	/* That of a file without any came from the metadata target. */
	if (lustre_io_has_data(io) ||
	    (io->fl && io->fl->io_errno && !READ_ONCE(li->mds_size))) {
		if (i_size_read(inode) != m.size)
			i_size_write(inode, m.size);
		inode->i_blocks = m.blocks;
	}
	inode_set_mtime(inode, m.mtime, 0);
	inode_set_ctime(inode, m.ctime, 0);
	/* Nobody else knows when it was read here, 09 section 5.2. */
	atime = inode_get_atime_sec(inode);
	if (atime == li->merged_atime || atime < m.atime)
		inode_set_atime(inode, m.atime, 0);
	li->merged_atime = m.atime;
	spin_unlock(&li->size_lock);
}

/**
 * lustre_size_merge - compute a file's attributes from what is known
 * @inode: a regular file
 *
 * No RPC.
 *
 * Context: may sleep; not in the course of an I/O.
 */
void lustre_size_merge(struct inode *inode)
{
	struct lustre_io io;

	lustre_io_peek(inode, &io);
	lustre_size_update(&io);
	lustre_io_end(&io);
}

/* Wait for what objects were asked ahead. */
static int lustre_glimpse_settle(struct lustre_io *io)
{
	int err = 0;

	for (u32 i = 0; !err && i < io->fl->nr_objects; i++)
		if (io->fl->objects[i])
			err = osc_glimpse_settle(io->fl->objects[i]);
	return err;
}

/* Ask all objects whose size is not certain, in parallel. */
static int lustre_glimpse_objects(struct lustre_io *io)
{
	struct osc_multi *m = NULL;
	int err = lustre_glimpse_settle(io);

	if (err)
		return err;
	for (u32 i = 0; i < io->fl->nr_objects; i++) {
		struct osc_object *obj = io->fl->objects[i];

		if (!obj || osc_size_known(obj))
			continue;
		if (!m)
			m = osc_multi_new();
		if (!m)
			return -ENOMEM;
		io->asked = true;
		osc_glimpse(obj, io->spare, m);
	}
	if (m)
		err = osc_multi_wait(m);
	if (err && err != -EINTR)
		WRITE_ONCE(io->fl->failed, true);
	if (!err)
		lustre_size_update(io);
	return err;
}

/*
 * Ask the other mirrors for their blocks.  Nobody waits for those that can't
 * tell.  NULL: there is nothing to ask for.
 */
static struct osc_multi *lustre_glimpse_others(struct lustre_io *io)
{
	struct osc_multi *m = NULL;

	for (u32 i = 0; i < io->fl->nr_others; i++) {
		struct osc_object *obj = io->fl->others[i];

		if (osc_size_known(obj) || !osc_reachable(obj->osc))
			continue;
		if (!m)
			m = osc_multi_new();
		if (!m)
			break;
		io->asked = true;
		osc_glimpse(obj, true, m);
	}
	return m;
}

/**
 * lustre_size_best - best known size of a file, for who is content with that
 * @inode: a regular file
 * @size: bytes
 * @blocks: units of 512 bytes
 *
 * No RPC.  Exact if locks vouch for all objects; else others may have written
 * behind what is known here, but not less than the metadata target was told.
 *
 * Return: false if there are no objects, nothing is known here.
 * Context: may sleep; not in the course of an I/O.
 */
bool lustre_size_best(struct inode *inode, u64 *size, u64 *blocks)
{
	struct lustre_inode *li = LUSTRE_I(inode);
	bool exact = true, objects;
	struct lustre_io io;

	lustre_io_peek(inode, &io);
	objects = lustre_io_has_data(&io);
	for (u32 i = 0; objects && i < io.fl->nr_objects; i++)
		exact &= io.fl->objects[i] &&
			 osc_size_known(io.fl->objects[i]);
	if (objects) {
		lustre_size_update(&io);
		*size = i_size_read(inode);
		*blocks = inode->i_blocks;
	}
	lustre_io_end(&io);
	if (!exact) {
		*size = max(*size, READ_ONCE(li->lazy_size));
		*blocks = max(*blocks, READ_ONCE(li->lazy_blocks));
	}
	return objects;
}

/*
 * No objects that could be asked.  Whoever is told that a file is empty does
 * not read it, so never say that of one that merely can't be read.
 */
static int lustre_size_lazy(struct inode *inode)
{
	const struct lustre_inode *li = LUSTRE_I(inode);

	return READ_ONCE(li->lazy_size) || READ_ONCE(li->mds_size) ? 0 :
	       lustre_data_errno(inode);
}

/* Is i_size, right or not up to date, the size that somebody told? */
bool lustre_size_told(struct inode *inode)
{
	return !lustre_size_lazy(inode);
}

/*
 * Who creates a file, perhaps looks at it, and writes it would glimpse first,
 * get a lock to read, and have it called back by its own write.  A lock to
 * write tells the size just as well.
 */
static void lustre_size_first(struct lustre_io *io)
{
	struct lustre_inode *li = LUSTRE_I(io->inode);
	struct ldlm_lock *lock;

	if (!READ_ONCE(li->fresh))
		return;
	WRITE_ONCE(li->fresh, false);
	if (io->fl->nr_objects != 1 || !io->fl->objects[0])
		return;
	io->asked = !osc_size_known(io->fl->objects[0]);
	/* Not if others are at it: what they have cached stays with them. */
	if (!osc_lock(io->fl->objects[0], LCK_PW, 0, LUSTRE_EOF, OSC_LOCK_NOWAIT,
		      &lock))
		osc_unlock(lock);
}

/**
 * lustre_size_ahead - ask for what lustre_size_glimpse() will want to know
 * @inode: a regular file
 *
 * Waits for no answer.
 *
 * Return: number of RPCs; 0: everything is known, or can't be asked for.
 * Context: sleeps; not in the course of an I/O.
 */
unsigned int lustre_size_ahead(struct inode *inode)
{
	struct lustre_inode *li = LUSTRE_I(inode);
	bool first = READ_ONCE(li->fresh);
	unsigned int asked = 0;
	struct lustre_io io;

	lustre_io_peek(inode, &io);
	for (u32 i = 0; io.fl && i < io.fl->nr_objects; i++)
		if (io.fl->objects[i])
			asked += osc_glimpse_ahead(io.fl->objects[i],
						   first &&
						   io.fl->nr_objects == 1);
	lustre_io_end(&io);
	/* As lustre_size_first() does it */
	if (first && asked)
		WRITE_ONCE(li->fresh, false);
	return asked;
}

/**
 * lustre_size_ahead_ea - the same for a file without an inode
 * @sb: super block
 * @ea: its layout, as it came
 * @len: length of that, bytes
 *
 * Return: number of RPCs.
 * Context: sleeps, not for an answer.
 */
unsigned int lustre_size_ahead_ea(struct super_block *sb, const void *ea,
				  size_t len)
{
	struct lustre_layout *layout = lustre_layout_decode(ea, len, GFP_NOFS);
	unsigned int asked = 0, nr;
	struct osc_object *obj;
	struct osc *osc;

	if (IS_ERR(layout))
		return 0;
	/* Which mirror will be looked at is not known yet. */
	nr = lustre_layout_io_errno(layout) || lustre_mirror_spare(layout) ?
	     0 : layout->nr_stripes;
	for (u32 i = 0; i < nr && asked < LUSTRE_AHEAD_OBJECTS; i++) {
		/* What a metadata target has, it has told along with this. */
		if (layout->stripes[i].hole ||
		    layout->stripes[i].ost_idx == LUSTRE_STRIPE_ON_MDT)
			continue;
		osc = lustre_osc_get(LUSTRE_SB(sb), layout->stripes[i].ost_idx);
		obj = osc ? osc_object_peek(osc, &layout->stripes[i].oi) : NULL;
		if (!obj)
			continue;
		asked += osc_glimpse_ahead(obj, false);
		osc_object_put(obj);
	}
	lustre_layout_put(layout);
	return asked;
}

/**
 * lustre_size_glimpse - bring size, blocks and times up to date
 * @inode: a regular file
 *
 * No RPC for objects under a cached lock that reaches their end.
 *
 * Return: 0; -EINTR; what a target answered; if the layout can't be used here
 * and the metadata target does not know the size either, the reason for that.
 * Context: sleeps; not in the course of an I/O.
 */
int lustre_size_glimpse(struct inode *inode)
{
	bool asked;

	return lustre_size_stat(inode, &asked);
}

/* Size and blocks of all objects that there are */
static int lustre_size_ask(struct lustre_io *io)
{
	struct osc_multi *others;
	int err;

	if (!lustre_io_has_data(io))
		return lustre_size_lazy(io->inode);
	lustre_size_first(io);
	others = lustre_glimpse_others(io);
	err = lustre_glimpse_objects(io);
	/* An eviction is found out by the first to ask. */
	if (err == -EIO)
		err = lustre_glimpse_objects(io);
	if (!others)
		return err;
	if (osc_multi_wait(others) == -EINTR)
		return err ?: -EINTR;
	if (!err)
		lustre_size_update(io);
	return err;
}

/* As lustre_size_glimpse(); *@asked is set if it took an RPC, else left alone. */
int lustre_size_stat(struct inode *inode, bool *asked)
{
	struct lustre_io io;
	int err, moved;

	err = lustre_io_begin(inode, 0, LUSTRE_EOF, LUSTRE_IO_REFRESH, &io);
	if (err)
		return err;
	do
		err = lustre_size_ask(&io);
	while (err && lustre_io_elsewhere(&io, &moved));
	*asked |= io.asked;
	lustre_io_end(&io);
	return err ? moved ?: err : 0;
}

/*
 * Who opens to write, too, would get locks to read along with the sizes, and
 * have his own writes take them back.  Locks to write tell the sizes just as
 * well.  Where others are at the first object, nobody is asked for the rest.
 */
static void lustre_size_to_write(const struct lustre_io *io)
{
	const struct lustre_file_layout *fl = io->fl;

	/* Which mirror will be written is not known yet. */
	if (lustre_mirror_spare(fl->layout))
		return;
	for (u32 i = 0; i < fl->nr_objects; i++) {
		struct osc_object *obj = fl->objects[i];

		if (!obj || !osc_glimpse_ahead(obj, true))
			continue;
		if (!i && (osc_glimpse_settle(obj) || !osc_size_known(obj)))
			break;
	}
}

/**
 * lustre_size_open - a file is opened to be read: what may i_size be taken for?
 * @inode: a regular file
 * @write: and to be written
 *
 * A target that can't tell fails those who read, not those who open.
 *
 * Return: 0; -EINTR; the reason why nobody can read or knows the size.
 * Context: sleeps; not in the course of an I/O.
 */
int lustre_size_open(struct inode *inode, bool write)
{
	struct lustre_io io;
	int err, moved;

	err = lustre_io_begin(inode, 0, LUSTRE_EOF, 0, &io);
	if (err)
		return err;
	if (lustre_io_has_data(&io)) {
		if (write)
			lustre_size_to_write(&io);
		do
			err = lustre_glimpse_objects(&io);
		while (err && lustre_io_elsewhere(&io, &moved));
		if (err)
			err = err == -EINTR || moved == -EINTR ? -EINTR : 0;
	} else if (io.fl && lustre_size_lazy(inode)) {
		err = lustre_layout_io_errno(io.fl->layout);
	}
	lustre_io_end(&io);
	return err;
}

/* Size that the file has at least by what is known of one object */
static u64 lustre_size_minimum_of(const struct lustre_file_layout *fl, u32 i)
{
	struct osc_attr attr;

	if (!fl->objects[i])
		return 0;
	osc_object_attr(fl->objects[i], &attr);
	return lustre_layout_file_size(fl->layout, i, attr.kms);
}

/* Does the file end at @end or later, under the locks held? */
static bool lustre_size_reaches(const struct lustre_file_layout *fl, u64 end)
{
	struct lustre_place last;

	if (!end)
		return true;
	/* Nearly always the object with the last byte knows. */
	if (lustre_layout_find(fl->layout, end - 1, &last) &&
	    lustre_size_minimum_of(fl, last.object) >= end)
		return true;
	for (u32 i = 0; i < fl->nr_objects; i++)
		if (lustre_size_minimum_of(fl, i) >= end)
			return true;
	return false;
}

/**
 * lustre_size_for_io - know the size well enough to read a range
 * @io: the I/O, whose range is locked
 *
 * Return: 0 with i_size right, or not smaller than the end of the range;
 * -EINTR; what a target answered.
 * Context: sleeps; may ask other objects than the locked ones, which never
 * waits for locks.
 */
int lustre_size_for_io(struct lustre_io *io)
{
	u64 end = io->end + 1;

	if (!lustre_io_has_data(io))
		return 0;
	if (!lustre_size_reaches(io->fl, end))
		return lustre_glimpse_objects(io);
	if (i_size_read(io->inode) < end)
		lustre_size_update(io);
	return 0;
}

/**
 * lustre_size_max - how large may the file become by a write?
 * @io: the I/O
 * @start: first byte of what is to be written
 * @end: last byte
 *
 * The targets say how large their objects may be when they are connected to.
 *
 * Return: bytes; the objects that the range touches can hold as much.
 * Context: any.
 */
u64 lustre_size_max(struct lustre_io *io, u64 start, u64 end)
{
	const struct lustre_file_layout *fl = io->fl;
	u64 max = MAX_LFS_FILESIZE, most;
	struct lustre_hit hit = {};

	if (!lustre_io_has_data(io))
		return max;
	while (lustre_layout_hit(fl->layout, start, end, &hit)) {
		if (!fl->objects[hit.object])
			continue;
		most = osc_maxbytes(fl->objects[hit.object]->osc);
		if (most)
			max = min(max, most);
	}
	return min_t(u64, lustre_layout_max_size(fl->layout, max),
		     MAX_LFS_FILESIZE);
}

/**
 * lustre_size_allowed - may the file be of this size?
 * @inode: a regular file
 * @size: bytes
 *
 * Return: 0; -EFBIG; -EINTR; -EOPNOTSUPP: it might leave no copy of something;
 * the reason why there is no data I/O.
 * Context: sleeps; not in the course of an I/O.
 */
int lustre_size_allowed(struct inode *inode, u64 size)
{
	struct lustre_io io;
	int err;

	err = lustre_io_begin(inode, 0, LUSTRE_EOF, LUSTRE_IO_REFRESH |
			      (size ? LUSTRE_IO_DATA : 0), &io);
	if (err)
		return err;
	err = io.fl ? io.fl->io_errno : 0;
	/* To cut off everything the metadata target needs nobody. */
	if (err == LUSTRE_ARCHIVED && !size)
		err = 0;
	if (!err && size > lustre_size_max(&io, 0, LUSTRE_EOF))
		err = -EFBIG;
	/* The metadata target would have to be told, see lustre_io_lacks(). */
	if (!err && io.fl && io.fl->layout->patched &&
	    !lustre_mirror_alone(io.fl->layout, size, LUSTRE_EOF))
		err = -EOPNOTSUPP;
	lustre_io_end(&io);
	return err;
}

/* ------------------------------------------------------------- truncate -- */

/* What is known here of the objects: they end where a file of @size does. */
void lustre_truncate_known(const struct lustre_file_layout *fl, u64 size)
{
	for (u32 i = 0; i < fl->nr_objects; i++)
		if (fl->objects[i] &&
		    lustre_layout_truncates(fl->layout, i, size))
			osc_object_truncated(fl->objects[i],
					     lustre_layout_obj_size(fl->layout,
								    i, size));
}

/*
 * Tell the page cache; objects first, so that write-back of the last page ends
 * where the object does.
 */
static void lustre_truncate_cache(struct lustre_io *io, u64 size)
{
	const struct lustre_file_layout *fl = io->fl;
	struct inode *inode = io->inode;
	struct lustre_inode *li = LUSTRE_I(inode);

	if (size > i_size_read(inode))
		lustre_tail_seal(inode);
	spin_lock(&li->size_lock);
	lustre_truncate_known(fl, size);
	i_size_write(inode, size);
	spin_unlock(&li->size_lock);
	truncate_pagecache(inode, size);
}

/* Set the size of each object, all of which are locked; all in parallel. */
int lustre_truncate_objects(struct lustre_io *io, u64 size,
			    struct osc_multi *m)
{
	const struct lustre_file_layout *fl = io->fl;
	struct lustre_hit hit = {};
	unsigned int n = 0;

	while (lustre_layout_hit(fl->layout, 0, LUSTRE_EOF, &hit)) {
		struct ldlm_lock *lock = io->locks[n++];

		if (lustre_layout_truncates(fl->layout, hit.object, size))
			osc_punch(fl->objects[hit.object],
				  lustre_layout_obj_size(fl->layout, hit.object,
							 size),
				  lock, m);
	}
	return osc_multi_wait(m);
}

/* The whole file is locked. */
static int lustre_truncate_locked(struct lustre_io *io, u64 size)
{
	struct inode *inode = io->inode;
	struct osc_multi *m;
	int err;

	if (!lustre_io_has_data(io)) {
		truncate_setsize(inode, size);
		return 0;
	}
	m = osc_multi_new();
	if (!m)
		return -ENOMEM;
	/* The targets still have what is cut off here. */
	filemap_invalidate_lock(inode->i_mapping);
	lustre_truncate_cache(io, size);
	err = lustre_truncate_objects(io, size, m);
	filemap_invalidate_unlock(inode->i_mapping);
	lustre_size_update(io);
	return err;
}

/**
 * lustre_size_truncate - set the size of a file's objects
 * @inode: a regular file; the metadata target has agreed
 * @size: new size, bytes
 * @file: through which it is set, or NULL
 *
 * Return: 0; -EINTR; what a target answered, the caller may try again.
 * Context: sleeps; inode_lock held.  Spec: 07 section 10.1.
 */
int lustre_size_truncate(struct inode *inode, u64 size, struct file *file)
{
	u32 how = size ? LUSTRE_IO_WRITE :
		  (LUSTRE_IO_WRITE & ~LUSTRE_IO_DATA) | LUSTRE_IO_DISCARD;
	/* An object that ends where the file does tells its size. */
	struct lustre_io_need need = {
		.opc	= LAYOUT_INTENT_TRUNC,
		.end	= size,
		.file	= file,
		.cut	= true,
	};
	struct lustre_io_stale stale = {};
	struct lustre_writer w;
	struct lustre_io io;
	int err;

	if (lustre_designated(file))
		return lustre_designated_truncate(inode, size, file);
	err = lustre_writer_enter(inode, &w, 0, LUSTRE_EOF, file);
	if (err)
		return err;
	do {
		err = lustre_io_begin_for(inode, 0, LUSTRE_EOF, how, &need,
					  &io);
		if (err)
			break;
		err = lustre_truncate_locked(&io, size);
		lustre_io_end(&io);
	} while (lustre_io_stale(&io, err, &stale));
	lustre_writer_leave(inode, &w);
	/* The archive has what was cut off. */
	if (err == LUSTRE_ARCHIVED && !size) {
		truncate_setsize(inode, 0);
		return 0;
	}
	return stale.tries && err == -ESTALE ? -EIO : err;
}

/* ---------------------------------------------------------------- times -- */

/* Under a lock, for whoever has another one believes what he knows. */
static int lustre_times_other(struct osc_object *obj, u64 valid,
			      const struct osc_file_attr *times)
{
	struct ldlm_lock *lock;
	struct osc_multi *m;
	int err;

	err = osc_lock(obj, LCK_PW, 0, OSC_EOF, OSC_LOCK_ONCE, &lock);
	if (err)
		return err;
	m = osc_multi_new();
	if (m) {
		osc_settimes(obj, valid, times, m);
		err = osc_multi_wait(m);
	}
	osc_unlock(lock);
	return err;
}

/*
 * Who looks at another mirror is to find them there, too.  One that is away is
 * left out: nobody reads it now.  One lock at a time: the others may well begin
 * with that mirror.
 */
static int lustre_times_others(struct inode *inode, u64 valid,
			       const struct osc_file_attr *times)
{
	struct lustre_io io;
	int err = lustre_io_begin(inode, 0, LUSTRE_EOF, 0, &io);

	if (err)
		return err;
	for (u32 i = 0; io.fl && err != -EINTR && i < io.fl->nr_others; i++)
		if (osc_reachable(io.fl->others[i]->osc))
			err = lustre_times_other(io.fl->others[i], valid,
						 times);
	lustre_io_end(&io);
	return err == -EINTR ? err : 0;
}

static int lustre_times_objects(struct lustre_io *io, u64 valid,
				const struct osc_file_attr *times)
{
	struct osc_multi *m = osc_multi_new();

	if (!m)
		return -ENOMEM;
	for (u32 i = 0; i < io->fl->nr_objects; i++)
		if (io->fl->objects[i])
			osc_settimes(io->fl->objects[i], valid, times, m);
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
 * Context: sleeps; inode_lock held.  Spec: 07 section 9.2.
 */
int lustre_size_settimes(struct inode *inode, const struct iattr *attr)
{
	struct osc_file_attr times = { .ctime = ktime_get_real_seconds() };
	struct lustre_io io;
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
	err = lustre_io_begin(inode, 0, LUSTRE_EOF,
			      LUSTRE_IO_WRITE & ~LUSTRE_IO_DATA, &io);
	/* Where nobody can get at the data the metadata target's times are all. */
	if (err && err == lustre_data_errno(inode) && err != LUSTRE_NO_TARGET &&
	    err != LUSTRE_CLAIMED)
		return 0;
	if (err)
		return err;
	if (lustre_io_has_data(&io)) {
		err = lustre_times_objects(&io, valid, &times);
		lustre_size_update(&io);
	}
	lustre_io_end(&io);
	return err ?: lustre_times_others(inode, valid, &times);
}
