// SPDX-License-Identifier: GPL-2.0-only
/*
 * The frame of each I/O on a regular file.
 *
 * lustre_io_begin() makes sure of the layout, keeps it in force, locks what the
 * range touches of the objects, and sees to it that the size is known as far as
 * that matters.  Then the page cache, or RPCs to the objects, do the work;
 * lustre_io_end() ends all that.  Lock order: see addr.c.
 */
#include <linux/pagemap.h>
#include <linux/slab.h>

#include "internal.h"

/* ----------------------------------------------------------- the layout -- */

static int lustre_io_enter(struct lustre_io *io)
{
	struct lustre_inode *li = LUSTRE_I(io->inode);

	if (io->how & LUSTRE_IO_REFRESH) {
		int err = lustre_layout_refresh(io->inode);

		if (err)
			return err;
	}
	return down_read_killable(&li->layout_sem) ? -EINTR : 0;
}

static void lustre_io_leave(struct lustre_io *io)
{
	up_read(&LUSTRE_I(io->inode)->layout_sem);
}

static void lustre_io_init(struct lustre_io *io, struct inode *inode, u64 start,
			   u64 end, u32 how)
{
	memset(io, 0, sizeof(*io));
	io->inode = inode;
	io->start = start;
	io->end = end;
	io->how = how;
	io->locks = io->few;
}

/* ---------------------------------------------------------------- locks -- */

/* Is there data I/O at all, and room for the locks? */
static int lustre_io_prepare(struct lustre_io *io)
{
	struct lustre_inode *li = LUSTRE_I(io->inode);
	u32 hits;

	if (!li->layout)
		return -EIO;
	if (!li->objects)
		return li->objects_errno ?: -EIO;
	hits = lustre_layout_count_hit(li->layout, io->start, io->end);
	if (hits > LUSTRE_IO_FEW)
		io->locks = kvcalloc(hits, sizeof(*io->locks), GFP_NOFS);
	return io->locks ? 0 : -ENOMEM;
}

static int lustre_io_lock_one(struct lustre_io *io,
			      const struct lustre_hit *hit)
{
	struct osc_object *obj = LUSTRE_I(io->inode)->objects[hit->object];
	u32 flags = io->how & LUSTRE_IO_DISCARD ? OSC_LOCK_DISCARD : 0;
	u64 unit = mapping_max_folio_size(io->inode->i_mapping);
	u64 last = hit->end;
	int err;

	if (!obj)
		return -EIO;
	/* A folio is covered as a whole or not at all. */
	if (last != LUSTRE_EOF)
		last |= unit - 1;
	err = osc_lock(obj, io->how & LUSTRE_IO_PW ? LCK_PW : LCK_PR,
		       round_down(hit->start, unit), last, flags,
		       &io->locks[io->nr]);
	if (!err)
		io->nr++;
	return err;
}

/*
 * Objects are locked in ascending order: two clients that lock the same range
 * cannot wait for each other.
 */
static int lustre_io_lock(struct lustre_io *io)
{
	struct lustre_inode *li = LUSTRE_I(io->inode);
	struct lustre_hit hit = {};
	int err = lustre_io_prepare(io);

	while (!err && lustre_layout_hit(li->layout, io->start, io->end, &hit))
		err = lustre_io_lock_one(io, &hit);
	return err;
}

static void lustre_io_unlock(struct lustre_io *io)
{
	for (u32 i = 0; i < io->nr; i++)
		osc_unlock(io->locks[i]);
	if (io->locks != io->few)
		kvfree(io->locks);
	io->locks = io->few;
	io->nr = 0;
}

/* ------------------------------------------------------------ the frame -- */

/**
 * lustre_io_begin - begin an I/O on a range of a file
 * @inode: a regular file
 * @start: first byte
 * @end: last byte, not before @start; LUSTRE_EOF for the end
 * @how: LUSTRE_IO_*, what is made sure of
 * @io: to be given to lustre_io_end() by the same task, if 0 is returned
 *
 * A file without objects locks nothing.
 *
 * Return: 0; -EINTR; -ESTALE: the file is gone; -EIO: evicted, or objects are
 * missing; -EOPNOTSUPP, -EINVAL for data in a layout that this client can't
 * use; what a target answered.
 * Context: sleeps; no folio lock, no other I/O of the same task.
 */
int lustre_io_begin(struct inode *inode, u64 start, u64 end, u32 how,
		    struct lustre_io *io)
{
	int err;

	lustre_io_init(io, inode, start, end, how);
	err = lustre_io_enter(io);
	if (err)
		return err;
	if (how & (LUSTRE_IO_PR | LUSTRE_IO_PW))
		err = lustre_io_lock(io);
	if (!err && how & LUSTRE_IO_SIZE)
		err = lustre_size_for_io(io);
	if (err)
		lustre_io_end(io);
	return err;
}

/**
 * lustre_io_peek - look at what is known of a file's data
 * @inode: a regular file
 * @io: to be given to lustre_io_end() by the same task
 *
 * For who can't fail.  Nothing is asked for.
 *
 * Context: sleeps; as lustre_io_begin().
 */
void lustre_io_peek(struct inode *inode, struct lustre_io *io)
{
	lustre_io_init(io, inode, 0, LUSTRE_EOF, 0);
	down_read(&LUSTRE_I(inode)->layout_sem);
}

/* End of an I/O. */
void lustre_io_end(struct lustre_io *io)
{
	lustre_io_unlock(io);
	lustre_io_leave(io);
}
