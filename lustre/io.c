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

/* So often is a layout changed for one I/O */
#define LUSTRE_IO_CHANGES	8
/*
 * So often does an I/O begin again since a target knows a newer layout, if
 * there is none
 */
#define LUSTRE_IO_STALE_TRIES	5
/* So often is a file restored for one I/O, which somebody released again */
#define LUSTRE_IO_RESTORES	3
/* So often if the layout was lost while locks were waited for */
#define LUSTRE_IO_LATE_TRIES	5

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

/* What is to be known of the layout when the I/O has ended */
static void lustre_io_note(struct lustre_io *io)
{
	const struct lustre_layout *layout;

	io->spare = false;
	if (!io->fl)
		return;
	layout = io->fl->layout;
	io->gen = layout->gen;
	io->mirror = layout->mirror;
	if (io->how & LUSTRE_IO_PATIENT) {
		atomic_inc(&io->fl->patient);
		WRITE_ONCE(io->fl->failed, false);
	} else {
		io->spare = lustre_mirror_spare(layout);
	}
}

/* lockdep takes the uses for a lock: what waits for them must not hold one. */
static void lustre_io_used(struct lustre_io *io)
{
	io->begun = true;
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
	if (err)
		return err;
	lustre_io_used(io);
	io->group = lustre_group_get(io->need.file, io->inode);
	lustre_io_note(io);
	err = lustre_designate(io);
	if (err)
		lustre_io_end(io);
	return err;
}

static void lustre_io_leave(struct lustre_io *io)
{
	struct lustre_inode *li = LUSTRE_I(io->inode);

	lustre_designate_end(io);
	lustre_group_put(io->group);
	io->group = NULL;
	io->begun = false;
	if (io->fl && io->how & LUSTRE_IO_PATIENT)
		atomic_dec(&io->fl->patient);
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
	const struct lustre_file_layout *fl = io->base ?: io->fl;

	return fl && READ_ONCE(fl->leaving);
}

/*
 * Were mirrors perhaps brought in sync before there were locks, so that the
 * metadata target has to be told once more that one of them is written?  With
 * the locks nobody can do that.
 */
static bool lustre_io_late(struct lustre_io *io)
{
	if (!(io->how & LUSTRE_IO_PW) || !io->fl ||
	    io->fl->layout->flr == LCM_FL_NONE ||
	    lustre_inode_covered(io->inode, MDS_INODELOCK_LAYOUT))
		return false;
	return io->late++ < LUSTRE_IO_LATE_TRIES;
}

/**
 * lustre_io_finds - is there an object, to be written, for each byte of a range?
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
	       io->designated ||
	       (lustre_layout_covers(io->fl->layout, start, end) &&
		lustre_mirror_alone(io->fl->layout, start, end));
}

/* Are there objects for what is needed up to @last? */
static bool lustre_io_covers(const struct lustre_io *io, u64 last)
{
	const struct lustre_io_need *need = &io->need;

	/* No object has to end where an empty file does. */
	return (need->cut && !need->end) ||
	       lustre_layout_covers(io->fl->layout, need->start, last);
}

/* Will all that changes be stale in all other mirrors? */
static bool lustre_io_alone(const struct lustre_io *io, u64 last)
{
	const struct lustre_io_need *need = &io->need;

	return lustre_mirror_alone(io->fl->layout,
				   need->cut ? need->end : need->start,
				   need->cut ? LUSTRE_EOF : last);
}

/*
 * Is there an object for all that the I/O needs, and may it be written?
 * *@change: what to ask for if not; nothing behind the last component, where
 * nothing can be.
 *
 * Return: 0, also if a change is to be asked for; -EFBIG; -EIO: that did not
 * help; -EOPNOTSUPP: it might leave no copy of something.
 */
static int lustre_io_lacks(const struct lustre_io *io,
			   struct mdc_layout_change *change)
{
	const struct lustre_layout *layout = io->fl ? io->fl->layout : NULL;
	u64 end, last = io->need.end;
	bool covers;

	if (io->designated)
		return lustre_designated_lacks(io);
	if (!io->need.opc || !layout || io->fl->io_errno || !layout->nr_comps)
		return 0;
	end = lustre_layout_end(layout);
	if (io->need.start >= end)
		return -EFBIG;
	if (end != LUSTRE_EOF)
		last = min(last, end - 1);
	covers = lustre_io_covers(io, last);
	if (covers && lustre_io_alone(io, last))
		return 0;
	/*
	 * Others would become stale by whole components, also where they are
	 * all that there is.
	 */
	if (layout->patched)
		return -EOPNOTSUPP;
	change->opc = io->need.opc;
	change->start = io->need.start;
	/* A mirror becomes stale by whole components. */
	if (layout->flr == LCM_FL_WRITE_PENDING &&
	    change->opc == LAYOUT_INTENT_WRITE)
		lustre_mirror_round(layout, &change->start, &last);
	change->end = last == LUSTRE_EOF ? last : last + 1;
	/* Mirrors may be in sync again before we are there. */
	return io->changed >= (covers ? LUSTRE_IO_CHANGES : 1) ? -EIO : 0;
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
	u32 flags = (io->how & LUSTRE_IO_DISCARD ? OSC_LOCK_DISCARD : 0) |
		    (io->spare ? OSC_LOCK_ONCE : 0);
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

/* After @err of a target: is there another mirror to go to? */
static bool lustre_io_may_move(const struct lustre_io *io, int err)
{
	return io->spare && err != -EINTR && err != -ENOMEM;
}

/* Have objects made.  The I/O has not begun, and uses no layout. */
static int lustre_io_change(struct lustre_io *io,
			    const struct mdc_layout_change *change)
{
	io->changed++;
	return lustre_layout_change(io->inode, change->opc, change->start,
				    change->end);
}

/* Does an archive have the data that the I/O is about? */
static bool lustre_io_archived(const struct lustre_io *io)
{
	return io->how & LUSTRE_IO_DATA && io->fl &&
	       io->fl->io_errno == LUSTRE_ARCHIVED;
}

/* Have them brought back.  The I/O has not begun, and uses no layout. */
static int lustre_io_restore(struct lustre_io *io)
{
	if (io->restored++ == LUSTRE_IO_RESTORES)
		return LUSTRE_ARCHIVED;
	return lustre_layout_restore(io->inode);
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
	if (lustre_io_archived(io)) {
		lustre_io_end(io);
		err = lustre_io_restore(io);
		*again = !err;
		return err;
	}
	err = lustre_io_lacks(io, &change);
	if (!err && change.opc) {
		lustre_io_end(io);
		err = lustre_io_change(io, &change);
		*again = !err;
		return err;
	}
	if (err) {
		lustre_io_end(io);
		return err;
	}
	if (io->how & (LUSTRE_IO_PR | LUSTRE_IO_PW)) {
		err = lustre_io_lock(io);
		*again = lustre_io_outdated(io) || (!err && lustre_io_late(io));
	}
	/* Who designates a mirror has asked before. */
	if (!err && !*again && io->how & LUSTRE_IO_SIZE && !io->designated)
		err = lustre_size_for_io(io);
	if (err || *again) {
		io->failed = err;
		lustre_io_end(io);
	}
	return err;
}

/* From the beginning, until it is under way.  Return: as lustre_io_begin() */
static int lustre_io_again(struct lustre_io *io)
{
	bool again;
	int err;

	do {
		again = false;
		io->failed = false;
		err = lustre_io_try(io, &again);
		if (err && !again && io->failed &&
		    lustre_io_may_move(io, err)) {
			err = lustre_mirror_next(io);
			again = !err;
		}
	} while (again);
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
	lustre_io_init(io, inode, start, end, how);
	io->need = *need;
	return lustre_io_again(io);
}

/**
 * lustre_io_elsewhere - go on from another mirror if this one failed
 * @io: an I/O that reads, and did not get all that it should have
 * @err: returns what came of it
 *
 * Return: true: the I/O has begun anew, read again what is missing; false: it is
 * as it was, or it has ended and @err is set.  lustre_io_end() ends it in any
 * case.
 * Context: as lustre_io_begin().
 */
bool lustre_io_elsewhere(struct lustre_io *io, int *err)
{
	*err = 0;
	if (!io->begun || !io->spare || !io->fl || !READ_ONCE(io->fl->failed))
		return false;
	lustre_io_end(io);
	*err = lustre_mirror_next(io) ?: lustre_io_again(io);
	return !*err;
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

/**
 * lustre_io_stale - a target refused a change: does it know of a newer layout?
 * @io: the I/O, which has ended
 * @err: what it said
 * @stale: what came of that before, zeroes to begin with
 *
 * Return: true: begin the I/O again, which looks for a newer layout.
 * Context: sleeps; not in the course of an I/O.
 */
bool lustre_io_stale(const struct lustre_io *io, int err,
		     struct lustre_io_stale *stale)
{
	if (err != -ESTALE)
		return false;
	/* Others may change it as fast as we get there. */
	if (stale->gen != io->gen)
		stale->tries = 0;
	stale->gen = io->gen;
	if (stale->tries == LUSTRE_IO_STALE_TRIES)
		return false;
	/* It tells the objects first, and who has the layout then. */
	schedule_timeout_killable(stale->tries * HZ / 10);
	stale->tries++;
	return !fatal_signal_pending(current);
}

/* End of an I/O, or of nothing any more */
void lustre_io_end(struct lustre_io *io)
{
	if (!io->begun)
		return;
	lustre_io_unlock(io);
	lustre_io_leave(io);
}
