// SPDX-License-Identifier: GPL-2.0-only
/*
 * Group locks: one open file's lock on one object, that others with the same
 * number of the group have, too, and nobody else (07 section 9.4).
 *
 * A group lock is in use from the beginning to its end, so that no server gets
 * it back, and no idle time drops it.  What its owner reads and writes is under
 * one more use of it.  An eviction takes it, and whatever it covered.
 */
#include <linux/slab.h>

#include "osc/kind.h"

/**
 * osc_group_lock - take a group lock on an object
 * @obj: the object
 * @gid: number of the group, not 0
 * @nowait: -EAGAIN rather than wait for others
 *
 * Return: the lock, for osc_group_unlock(); or ERR_PTR: -EAGAIN; as osc_lock().
 * Context: sleeps, killable.
 */
struct osc_group *osc_group_lock(struct osc_object *obj, u64 gid, bool nowait)
{
	struct osc *osc = obj->osc;
	struct ldlm_lock *lock;
	struct osc_group *g;
	bool lost;
	int err;

	g = kzalloc_obj(*g);
	if (!g)
		return ERR_PTR(-ENOMEM);
	g->obj = osc_object_get(obj);
	err = osc_lock_group(obj, gid, nowait, &lock);
	if (err) {
		osc_object_put(obj);
		kfree(g);
		return ERR_PTR(err);
	}
	g->lock = lock;
	spin_lock(&osc->lock);
	list_add(&g->link, &osc->groups);
	lost = osc_lock_lost(lock);
	spin_unlock(&osc->lock);
	/* An eviction that did not see it */
	if (lost)
		osc_groups_lose(osc);
	return g;
}

/**
 * osc_group_use - use a group lock
 * @g: the lock
 *
 * Return: the lock with a use, to be ended with osc_unlock(); NULL: it is lost.
 * Context: any.
 */
struct ldlm_lock *osc_group_use(struct osc_group *g)
{
	struct osc *osc = g->obj->osc;
	struct ldlm_lock *lock;

	spin_lock(&osc->lock);
	lock = g->lock;
	if (lock)
		ldlm_lock_reuse(lock);
	spin_unlock(&osc->lock);
	return lock;
}

/**
 * osc_group_unlock - end of a group lock
 * @g: the lock; gone afterwards
 *
 * It is cancelled when nobody uses it: what is cached goes out, and is dropped.
 *
 * Context: any that may take a spinlock.
 */
void osc_group_unlock(struct osc_group *g)
{
	struct osc *osc = g->obj->osc;
	struct ldlm_lock *lock;

	spin_lock(&osc->lock);
	lock = g->lock;
	list_del(&g->link);
	spin_unlock(&osc->lock);
	if (lock)
		ldlm_lock_decref_cancel(lock);
	osc_object_put(g->obj);
	kfree(g);
}

/* One that an eviction took, and that its owner still has; NULL: none */
static struct ldlm_lock *osc_group_lost(struct osc *osc)
{
	struct ldlm_lock *lock = NULL;
	struct osc_group *g;

	spin_lock(&osc->lock);
	list_for_each_entry(g, &osc->groups, link) {
		if (!g->lock || !osc_lock_lost(g->lock))
			continue;
		lock = g->lock;
		g->lock = NULL;
		break;
	}
	spin_unlock(&osc->lock);
	return lock;
}

/*
 * The target has evicted us: who has a group lock has it no more.  New locks
 * wait for the end of all uses of the old ones.
 */
void osc_groups_lose(struct osc *osc)
{
	struct ldlm_lock *lock;

	while ((lock = osc_group_lost(osc)))
		ldlm_lock_decref_cancel(lock);
}
