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
#include <linux/wait.h>

#include "internal.h"

/* ----------------------------------------------------------- the layout -- */

/*
 * Use the layout in force.  False: another one is about to replace it; that
 * begins when nobody uses this one.
 */
static bool lustre_io_use(struct lustre_io *io)
{
	struct lustre_file_layout *fl;
	bool ok;

	rcu_read_lock();
	fl = rcu_dereference(LUSTRE_I(io->inode)->layout);
	ok = !fl || (!READ_ONCE(fl->leaving) &&
		     refcount_inc_not_zero(&fl->users));
	rcu_read_unlock();
	io->fl = ok ? fl : NULL;
	return ok;
}

/* lockdep takes the uses for a lock: what waits for them must not hold one. */
static void lustre_io_used(struct lustre_io *io)
{
	lock_acquire_shared(&LUSTRE_I(io->inode)->layout_map, 0, 0, NULL,
			    _RET_IP_);
}

static int lustre_io_enter(struct lustre_io *io)
{
	struct lustre_inode *li = LUSTRE_I(io->inode);
	int err = 0;

	if (io->how & LUSTRE_IO_REFRESH)
		err = lustre_layout_refresh(io->inode);
	if (!err && wait_event_killable(li->layout_wait, lustre_io_use(io)))
		err = -EINTR;
	if (!err)
		lustre_io_used(io);
	return err;
}

static void lustre_io_leave(struct lustre_io *io)
{
	struct lustre_inode *li = LUSTRE_I(io->inode);

	lock_release(&li->layout_map, _RET_IP_);
	if (io->fl && refcount_dec_and_test(&io->fl->users))
		wake_up_all(&li->layout_wait);
}

/* Did the layout begin to leave while locks were waited for? */
static bool lustre_io_outdated(const struct lustre_io *io)
{
	return io->fl && READ_ONCE(io->fl->leaving);
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
	u32 hits;

	if (!io->fl)
		return -EIO;
	if (io->fl->io_errno)
		return io->fl->io_errno;
	hits = lustre_layout_count_hit(io->fl->layout, io->start, io->end);
	if (hits > LUSTRE_IO_FEW)
		io->locks = kvcalloc(hits, sizeof(*io->locks), GFP_NOFS);
	return io->locks ? 0 : -ENOMEM;
}

static int lustre_io_lock_one(struct lustre_io *io,
			      const struct lustre_hit *hit)
{
	struct osc_object *obj = io->fl->objects[hit->object];
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
	struct lustre_hit hit = {};
	int err = lustre_io_prepare(io);

	while (!err && lustre_layout_hit(io->fl->layout, io->start, io->end,
					 &hit))
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

/* One try.  *@again: what was locked belongs to a layout that is to change. */
static int lustre_io_try(struct lustre_io *io, bool *again)
{
	int err = lustre_io_enter(io);

	if (err)
		return err;
	if (io->how & (LUSTRE_IO_PR | LUSTRE_IO_PW)) {
		err = lustre_io_lock(io);
		*again = lustre_io_outdated(io);
	}
	if (!err && !*again && io->how & LUSTRE_IO_SIZE)
		err = lustre_size_for_io(io);
	if (err || *again)
		lustre_io_end(io);
	return err;
}

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
 * A layout that is to be replaced waits for the end of the I/O on it, and new
 * I/O for the new layout.  Who is about to begin and has waited for locks makes
 * way for it, and begins again.
 *
 * Return: 0; -EINTR; -ESTALE: the file is gone; -EIO: evicted, or objects are
 * missing; -EOPNOTSUPP, -EINVAL for data in a layout that this client can't
 * use; what a target answered.
 * Context: sleeps; no folio lock, no other I/O of the same task on the file.
 */
int lustre_io_begin(struct inode *inode, u64 start, u64 end, u32 how,
		    struct lustre_io *io)
{
	bool again;
	int err;

	lustre_io_init(io, inode, start, end, how);
	do {
		again = false;
		err = lustre_io_try(io, &again);
	} while (again);
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
	wait_event(LUSTRE_I(inode)->layout_wait, lustre_io_use(io));
	lustre_io_used(io);
}

/* End of an I/O. */
void lustre_io_end(struct lustre_io *io)
{
	lustre_io_unlock(io);
	lustre_io_leave(io);
}
