// SPDX-License-Identifier: GPL-2.0-only
/*
 * Writers of one file on this machine.  Those that write the same bytes wait
 * for each other, in the order in which they came; others go on side by side,
 * which matters most while one of them waits for a lock of a target.
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

/* Is nobody at the bytes of @w who came before it? */
static bool lustre_writer_first(struct lustre_writers *ws,
				const struct lustre_writer *w)
{
	const struct lustre_writer *other;
	bool first = true;

	spin_lock(&ws->lock);
	list_for_each_entry(other, &ws->list, link) {
		if (other == w)
			break;
		if (other->start <= w->end && w->start <= other->end) {
			first = false;
			break;
		}
	}
	spin_unlock(&ws->lock);
	return first;
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
 *
 * Return: 0; -EINTR.
 * Context: sleeps, killable; only inode_lock() may be held.
 */
int lustre_writer_enter(struct inode *inode, struct lustre_writer *w,
			u64 start, u64 end)
{
	struct lustre_writers *ws = &LUSTRE_I(inode)->writers;

	w->start = start;
	w->end = end;
	lock_map_acquire(&ws->map);
	spin_lock(&ws->lock);
	list_add_tail(&w->link, &ws->list);
	spin_unlock(&ws->lock);
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
