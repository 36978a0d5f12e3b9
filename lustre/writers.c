// SPDX-License-Identifier: GPL-2.0-only
/*
 * Writers of one file on this machine.  Those that write the same bytes wait
 * for each other, in the order in which they came; others go on side by side,
 * which matters most while one of them waits for a lock of a target.
 *
 * An open file with a group lock is a writer of everything, from the beginning of
 * the lock to its end, whom others of its group don't mind: they would wait for it
 * at the targets in any case, but here they are in nobody's way meanwhile.
 *
 * Lock order: behind inode_lock(), which a truncate holds and a write does
 * not; before everything else that addr.c lists.
 */
#include <linux/list.h>

#include "internal.h"

void lustre_writers_init(struct lustre_inode *li)
{
	static struct lock_class_key key;

	spin_lock_init(&li->writers.lock);
	INIT_LIST_HEAD(&li->writers.list);
	init_waitqueue_head(&li->writers.wait);
	lockdep_init_map(&li->writers.map, "lustre_writers", &key, 0);
}

/* Has a group got the file?  Caller holds ws->lock. */
static bool lustre_writers_group(const struct lustre_writers *ws, u64 *gid)
{
	const struct lustre_writer *w;

	list_for_each_entry(w, &ws->list, link) {
		if (w->holder && w->active) {
			*gid = w->gid;
			return true;
		}
	}
	return false;
}

static bool lustre_writer_minds(const struct lustre_writer *w,
				const struct lustre_writer *other)
{
	if (w->gid && w->gid == other->gid && (w->holder || other->holder))
		return false;
	return other->start <= w->end && w->start <= other->end;
}

/*
 * Is nobody at the bytes of @w who came before it?  Others than the members of a
 * group that has the file are waiting, and have to go on doing that.
 */
static bool lustre_writer_first(struct lustre_writers *ws,
				struct lustre_writer *w)
{
	const struct lustre_writer *other;
	bool member;
	u64 gid;

	spin_lock(&ws->lock);
	member = w->gid && lustre_writers_group(ws, &gid) && gid == w->gid;
	w->active = true;
	list_for_each_entry(other, &ws->list, link) {
		if (other == w)
			break;
		if (member && other->gid != w->gid)
			continue;
		if (lustre_writer_minds(w, other)) {
			w->active = false;
			break;
		}
	}
	spin_unlock(&ws->lock);
	return w->active;
}

static void lustre_writer_add(struct lustre_writers *ws,
			      struct lustre_writer *w, u64 start, u64 end,
			      u64 gid, bool holder)
{
	*w = (struct lustre_writer){ .start = start, .end = end, .gid = gid,
				     .holder = holder };
	spin_lock(&ws->lock);
	list_add_tail(&w->link, &ws->list);
	spin_unlock(&ws->lock);
}

static void lustre_writer_remove(struct lustre_writers *ws,
				 struct lustre_writer *w)
{
	spin_lock(&ws->lock);
	list_del(&w->link);
	spin_unlock(&ws->lock);
	wake_up_all(&ws->wait);
}

/**
 * lustre_writer_enter - have a part of a file alone
 * @inode: a regular file
 * @w: to be given to lustre_writer_leave() by the same task
 * @start: first byte
 * @end: last byte, LUSTRE_EOF for the end
 * @file: through which it is written, or NULL
 *
 * Return: 0; -EINTR.
 * Context: sleeps, killable; only inode_lock() may be held.
 */
int lustre_writer_enter(struct inode *inode, struct lustre_writer *w,
			u64 start, u64 end, struct file *file)
{
	struct lustre_writers *ws = &LUSTRE_I(inode)->writers;

	lock_map_acquire(&ws->map);
	lustre_writer_add(ws, w, start, end, lustre_group_gid(file, inode),
			  false);
	if (!wait_event_killable(ws->wait, lustre_writer_first(ws, w)))
		return 0;
	lustre_writer_remove(ws, w);
	lock_map_release(&ws->map);
	return -EINTR;
}

/* End of what lustre_writer_enter() began. */
void lustre_writer_leave(struct inode *inode, struct lustre_writer *w)
{
	struct lustre_writers *ws = &LUSTRE_I(inode)->writers;

	lustre_writer_remove(ws, w);
	lock_map_release(&ws->map);
}

/**
 * lustre_writer_hold - have a file for a group
 * @inode: a regular file
 * @w: to be given to lustre_writer_let_go(), by any task
 * @gid: number of the group
 * @nowait: -EAGAIN rather than wait
 *
 * Return: 0; -EAGAIN; -EINTR.
 * Context: as lustre_writer_enter().
 */
int lustre_writer_hold(struct inode *inode, struct lustre_writer *w, u64 gid,
		       bool nowait)
{
	struct lustre_writers *ws = &LUSTRE_I(inode)->writers;
	int err = 0;

	/* It outlives the system call. */
	lock_map_acquire(&ws->map);
	lock_map_release(&ws->map);
	lustre_writer_add(ws, w, 0, LUSTRE_EOF, gid, true);
	if (nowait)
		err = lustre_writer_first(ws, w) ? 0 : -EAGAIN;
	else if (wait_event_killable(ws->wait, lustre_writer_first(ws, w)))
		err = -EINTR;
	if (err)
		lustre_writer_remove(ws, w);
	return err;
}

/* End of what lustre_writer_hold() began. */
void lustre_writer_let_go(struct inode *inode, struct lustre_writer *w)
{
	lustre_writer_remove(&LUSTRE_I(inode)->writers, w);
}

static bool lustre_writers_no_group(struct lustre_writers *ws)
{
	bool group;
	u64 gid;

	spin_lock(&ws->lock);
	group = lustre_writers_group(ws, &gid);
	spin_unlock(&ws->lock);
	return !group;
}

/* Wait until no group has the file: 0 or -EINTR. */
int lustre_writers_wait_group(struct inode *inode)
{
	struct lustre_writers *ws = &LUSTRE_I(inode)->writers;

	if (lustre_writers_no_group(ws))
		return 0;
	return wait_event_killable(ws->wait, lustre_writers_no_group(ws)) ?
	       -EINTR : 0;
}

/*
 * For lockdep: the write goes on without this task.  lustre_writer_leave() is
 * up to who calls lustre_writer_take_over().
 */
void lustre_writer_hand_over(struct inode *inode)
{
	lock_map_release(&LUSTRE_I(inode)->writers.map);
}

void lustre_writer_take_over(struct inode *inode)
{
	lock_map_acquire(&LUSTRE_I(inode)->writers.map);
}
