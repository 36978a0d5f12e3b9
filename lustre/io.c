// SPDX-License-Identifier: GPL-2.0-only
/*
 * The frame of each I/O on a regular file.
 *
 * lustre_io_begin() makes sure of the layout, has objects made for what is to be
 * written, keeps the layout in force, locks what the range touches of the
 * objects, and sees to it that the size is known as far as that matters.  Then
 * the page cache, or RPCs to the objects, do the work; lustre_io_end() ends all
 * that.  Lock order: see addr.c.
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
	if (!err) {
		lustre_io_used(io);
		io->group = lustre_group_get(io->need.file, io->inode);
	}
	return err;
}

static void lustre_io_leave(struct lustre_io *io)
{
	struct lustre_inode *li = LUSTRE_I(io->inode);

	lustre_group_put(io->group);
	io->group = NULL;
	lock_release(&li->layout_map, _RET_IP_);
	/* Zeroes that were read while the lock on the layout went. */
	if (io->fl && io->fl->holes && !mapping_empty(io->inode->i_mapping) &&
	    !lustre_inode_covered(io->inode, MDS_INODELOCK_LAYOUT))
		lustre_holes_forget(io->inode, io->fl);
	if (io->fl && refcount_dec_and_test(&io->fl->users))
		wake_up_all(&li->layout_wait);
}

/* Did the layout begin to leave while locks were waited for? */
static bool lustre_io_outdated(const struct lustre_io *io)
{
	return io->fl && READ_ONCE(io->fl->leaving);
}

/**
 * lustre_io_finds - is there an object for each byte of a range?
 * @io: an I/O
 * @start: first byte
 * @end: last byte
 *
 * Return: true also if there are no objects at all, and none can be made.
 * Context: any.
 */
bool lustre_io_finds(const struct lustre_io *io, u64 start, u64 end)
{
	return !io->fl || io->fl->io_errno || !io->fl->layout->nr_comps ||
	       lustre_layout_covers(io->fl->layout, start, end);
}

/*
 * Is there an object for all that the I/O needs?  *@change: what to ask for if
 * there is not; nothing behind the last component, where nothing can be.
 *
 * Return: 0, also if a change is to be asked for; -EFBIG; -EIO: that did not
 * help.
 */
static int lustre_io_lacks(const struct lustre_io *io,
			   struct mdc_layout_change *change)
{
	u64 end, last = io->need.end;

	if (!io->need.opc || !io->fl || io->fl->io_errno ||
	    !io->fl->layout->nr_comps)
		return 0;
	end = lustre_layout_end(io->fl->layout);
	if (io->need.start >= end)
		return -EFBIG;
	if (end != LUSTRE_EOF)
		last = min(last, end - 1);
	if (lustre_layout_covers(io->fl->layout, io->need.start, last))
		return 0;
	change->opc = io->need.opc;
	change->start = io->need.start;
	change->end = last == LUSTRE_EOF ? last : last + 1;
	return io->changed ? -EIO : 0;
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
	if (io->how & LUSTRE_IO_ANY_GROUP)
		flags |= OSC_LOCK_GROUP;
	/* A folio is covered as a whole or not at all. */
	if (last != LUSTRE_EOF)
		last |= unit - 1;
	if (io->group)
		err = lustre_group_use(io->group, hit->object, obj,
				       &io->locks[io->nr]);
	else
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

/* Have objects made.  The I/O has not begun, and uses no layout. */
static int lustre_io_change(struct lustre_io *io,
			    const struct mdc_layout_change *change)
{
	io->changed = true;
	return lustre_layout_change(io->inode, change->opc, change->start,
				    change->end);
}

/*
 * Does a group have the file that the I/O is not of?  It would wait for locks of
 * this client's, in the way of those who have them.
 */
static int lustre_io_await(struct lustre_io *io)
{
	if (!(io->how & (LUSTRE_IO_PR | LUSTRE_IO_PW)) ||
	    io->how & LUSTRE_IO_ANY_GROUP ||
	    lustre_group_gid(io->need.file, io->inode))
		return 0;
	return lustre_writers_wait_group(io->inode);
}

/*
 * One try.  *@again: what was locked belongs to a layout that is to change, or
 * has changed.
 */
static int lustre_io_try(struct lustre_io *io, bool *again)
{
	struct mdc_layout_change change = {};
	int err = lustre_io_await(io) ?: lustre_io_enter(io);

	if (err)
		return err;
	err = lustre_io_lacks(io, &change);
	if (!err && change.opc) {
		lustre_io_end(io);
		err = lustre_io_change(io, &change);
		*again = !err;
		return err;
	}
	if (!err && io->how & (LUSTRE_IO_PR | LUSTRE_IO_PW)) {
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
 * lustre_io_begin_for - lustre_io_begin() for what is to be
 * @inode: a regular file
 * @start: first byte
 * @end: last byte, not before @start; LUSTRE_EOF for the end
 * @how: LUSTRE_IO_*, what is made sure of
 * @need: there is an object for each of these bytes, as far as the layout goes
 * @io: as for lustre_io_begin()
 *
 * Return: as lustre_io_begin(); what the metadata target answered.
 * Context: as lustre_io_begin().
 */
int lustre_io_begin_for(struct inode *inode, u64 start, u64 end, u32 how,
			const struct lustre_io_need *need,
			struct lustre_io *io)
{
	bool again;
	int err;

	lustre_io_init(io, inode, start, end, how);
	io->need = *need;
	do {
		again = false;
		err = lustre_io_try(io, &again);
	} while (again);
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
 * An open file that holds a group lock is not asked for: a group lock of this
 * client serves, whosever it is.
 *
 * A file without objects locks nothing.  Who locks a range to write finds an
 * object for each byte that the layout has a component for; with an @end of
 * LUSTRE_EOF, those that there are.
 *
 * A layout that is to be replaced waits for the end of the I/O on it, and new
 * I/O for the new layout.  Who is about to begin and has waited for locks makes
 * way for it, and begins again.
 *
 * Return: 0; -EINTR; -ESTALE: the file is gone; -EIO: evicted, or objects are
 * missing; -EFBIG: the range to be written begins behind the last component;
 * -EOPNOTSUPP, -EINVAL for data in a layout that this client can't use; what a
 * target answered.
 * Context: sleeps; no folio lock, no other I/O of the same task on the file.
 */
int lustre_io_begin(struct inode *inode, u64 start, u64 end, u32 how,
		    struct lustre_io *io)
{
	struct lustre_io_need need = {};

	if (how & LUSTRE_IO_PW && end != LUSTRE_EOF) {
		need.opc = LAYOUT_INTENT_WRITE;
		need.start = start;
		need.end = end;
	}
	return lustre_io_begin_for(inode, start, end,
				   how | LUSTRE_IO_ANY_GROUP, &need, io);
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

/**
 * lustre_layout_lost - there is no lock on the layout any more
 * @inode: a regular file
 *
 * Running I/O ends on the objects that it has; all new I/O makes sure of the
 * layout first.  Where there are no objects others may have some made now: what
 * is mapped must not go on to show zeroes.
 *
 * Context: sleeps; does not wait for a server, nor for I/O.
 */
void lustre_layout_lost(struct inode *inode)
{
	struct lustre_io io;

	lustre_io_init(&io, inode, 0, LUSTRE_EOF, 0);
	/* A layout that is to be replaced: that will see to it. */
	if (!lustre_io_use(&io))
		return;
	lustre_io_used(&io);
	lustre_io_end(&io);
}

/*
 * For lockdep: the I/O goes on without this task.  lustre_io_end() is up to who
 * calls lustre_io_take_over().
 */
void lustre_io_hand_over(struct lustre_io *io)
{
	lock_release(&LUSTRE_I(io->inode)->layout_map, _RET_IP_);
}

void lustre_io_take_over(struct lustre_io *io)
{
	lustre_io_used(io);
}

/* End of an I/O. */
void lustre_io_end(struct lustre_io *io)
{
	lustre_io_unlock(io);
	lustre_io_leave(io);
}
