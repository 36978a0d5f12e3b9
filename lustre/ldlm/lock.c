// SPDX-License-Identifier: GPL-2.0-only
/*
 * Lock objects: life, uses, matching, and what is attached to them.
 */
#include <kunit/visibility.h>
#include <linux/export.h>

#include "ldlm/internal.h"

static struct kmem_cache *ldlm_lock_cache;

int __init ldlm_lock_init(void)
{
	ldlm_lock_cache = KMEM_CACHE(ldlm_lock, SLAB_RECLAIM_ACCOUNT);
	return ldlm_lock_cache ? 0 : -ENOMEM;
}

/* After an RCU barrier: locks are freed after a grace period. */
void ldlm_lock_exit(void)
{
	kmem_cache_destroy(ldlm_lock_cache);
}

static bool ldlm_handle_get(struct ptlrpc_handle *h)
{
	struct ldlm_lock *lock = container_of(h, struct ldlm_lock, handle);

	return refcount_inc_not_zero(&lock->ref);
}

const struct ptlrpc_handle_type ldlm_handle_type = {
	.name	= "ldlm",
	.get	= ldlm_handle_get,
};

/* Lock by our cookie, with a reference, or NULL. */
struct ldlm_lock *ldlm_handle_lock(struct ptlrpc_net *pn, u64 cookie)
{
	struct ptlrpc_handle *h;

	h = ptlrpc_handle_find(pn, cookie, &ldlm_handle_type);
	return h ? container_of(h, struct ldlm_lock, handle) : NULL;
}

static int ldlm_lock_publish(struct ldlm_lock *lock)
{
	struct ldlm_ns *ns = lock->ns;
	struct ldlm_resource *spare = ldlm_resource_alloc(&lock->resid);
	int rc;

	if (!spare)
		return -ENOMEM;
	refcount_inc(&lock->ref);
	rc = ptlrpc_handle_add(ptlrpc_import_net(ns->imp), &lock->handle,
			       &ldlm_handle_type);
	if (rc) {
		refcount_dec(&lock->ref);
		goto out;
	}
	spin_lock(&ns->lock);
	if (ns->stopping)
		rc = -ESHUTDOWN;
	else
		rc = ldlm_resource_attach(ns, lock, &spare);
	spin_unlock(&ns->lock);
	if (rc)
		ldlm_lock_kill(lock);
out:
	ldlm_resource_free(spare);
	return rc;
}

/**
 * ldlm_lock_new - a lock that is about to be asked for
 * @ns: namespace
 * @args: what will be asked
 *
 * The lock has a cookie, is on its resource's waiting list and carries one use,
 * which belongs to the enqueuer.
 *
 * Return: the lock, or ERR_PTR(-ENOMEM, -ESHUTDOWN).
 */
struct ldlm_lock *ldlm_lock_new(struct ldlm_ns *ns,
				const struct ldlm_enqueue *args)
{
	struct ldlm_lock *lock;
	int rc;

	lock = kmem_cache_zalloc(ldlm_lock_cache, GFP_NOFS);
	if (!lock)
		return ERR_PTR(-ENOMEM);
	refcount_set(&lock->ref, 1);
	lock->ns = ns;
	lock->type = args->type;
	lock->req_mode = args->mode;
	lock->resid = args->resid;
	lock->policy = args->policy;
	lock->ops = args->ops;
	lock->data = args->data;
	lock->users = 1;
	lock->flags = args->no_lru ? LDLM_LF_NO_LRU : 0;
	lock->lvb_size = args->lvb_size;
	INIT_LIST_HEAD(&lock->res_link);
	INIT_LIST_HEAD(&lock->link);
	init_waitqueue_head(&lock->waitq);
	INIT_WORK(&lock->bl_work, ldlm_bl_work);
	spin_lock(&ns->lock);
	ns->nr_locks++;
	spin_unlock(&ns->lock);

	rc = -ENOMEM;
	if (args->lvb_size)
		lock->lvb = kzalloc(args->lvb_size, GFP_NOFS);
	if (lock->lvb || !args->lvb_size)
		rc = ldlm_lock_publish(lock);
	if (!rc)
		return lock;
	ldlm_lock_put(lock);
	return ERR_PTR(rc);
}

/**
 * ldlm_lock_get - keep a lock's memory
 * @lock: lock the caller has a reference to
 */
void ldlm_lock_get(struct ldlm_lock *lock)
{
	refcount_inc(&lock->ref);
}

static void ldlm_lock_free_rcu(struct rcu_head *rcu)
{
	kmem_cache_free(ldlm_lock_cache,
			container_of(rcu, struct ldlm_lock, rcu));
}

/**
 * ldlm_lock_put - drop a reference
 * @lock: lock
 *
 * Does not sleep.
 */
void ldlm_lock_put(struct ldlm_lock *lock)
{
	struct ldlm_ns *ns = lock->ns;

	if (!refcount_dec_and_test(&lock->ref))
		return;
	kfree(lock->lvb);
	call_rcu(&lock->rcu, ldlm_lock_free_rcu);
	/* Woken under the lock: the namespace may be gone right after it. */
	spin_lock(&ns->lock);
	if (!--ns->nr_locks)
		wake_up_all(&ns->waitq);
	spin_unlock(&ns->lock);
}

/*
 * A lock stops to exist for everybody: callbacks do not find it any more, it
 * blocks nothing, it matches nothing.  Idempotent; does not sleep.
 */
void ldlm_lock_kill(struct ldlm_lock *lock)
{
	struct ldlm_ns *ns = lock->ns;
	bool first;

	spin_lock(&ns->lock);
	first = lock->state != LDLM_STATE_DEAD;
	if (lock->state == LDLM_STATE_GRANTED)
		ldlm_lru_remove(ns, lock);
	lock->state = LDLM_STATE_DEAD;
	/* ldlm_resource_forget_data() does not find it any more. */
	lock->data = NULL;
	if (first) {
		ldlm_trace(lock, lustre_lock_trace_dead);
		ldlm_resource_detach(ns, lock);
	}
	spin_unlock(&ns->lock);
	if (!first)
		return;
	ptlrpc_handle_del(ptlrpc_import_net(ns->imp), &lock->handle);
	wake_up_all(&lock->waitq);
	ldlm_lock_put(lock);
}

/* Take a granted lock off the LRU if it is there.  Under ns->lock. */
void ldlm_lru_remove(struct ldlm_ns *ns, struct ldlm_lock *lock)
{
	if (list_empty(&lock->link))
		return;
	list_del_init(&lock->link);
	ns->nr_unused--;
}

static void ldlm_lock_use(struct ldlm_lock *lock)
{
	if (!lock->users++ && lock->state == LDLM_STATE_GRANTED)
		ldlm_lru_remove(lock->ns, lock);
	refcount_inc(&lock->ref);
}

/**
 * ldlm_lock_addref - one more use of a lock
 * @lock: lock the caller has a reference to
 *
 * Return: 0, or -ESTALE when it cannot be used (any more).  Does not sleep.
 */
int ldlm_lock_addref(struct ldlm_lock *lock)
{
	struct ldlm_ns *ns = lock->ns;
	int rc = -ESTALE;

	spin_lock(&ns->lock);
	if (lock->state == LDLM_STATE_GRANTED && lock->flags & LDLM_LF_READY &&
	    !(lock->flags & LDLM_LF_CBPENDING)) {
		ldlm_lock_use(lock);
		rc = 0;
	}
	spin_unlock(&ns->lock);
	return rc;
}

/**
 * ldlm_lock_reuse - take another use of a lock
 * @lock: lock that the caller uses already, so that it can't go away
 */
void ldlm_lock_reuse(struct ldlm_lock *lock)
{
	spin_lock(&lock->ns->lock);
	ldlm_lock_use(lock);
	spin_unlock(&lock->ns->lock);
}

/*
 * Take back one use, without the reference that came with it.  The last one
 * starts the cancel of a lock that is wanted back, and puts any other into the
 * LRU.  Caller holds ns->lock.
 */
void ldlm_lock_unuse(struct ldlm_lock *lock)
{
	lock->last_used = ktime_get();
	if (lock->users && --lock->users)
		return;
	/* One whose enqueue is not over goes with its end. */
	if (lock->state != LDLM_STATE_GRANTED ||
	    !(lock->flags & LDLM_LF_READY))
		return;
	if (lock->flags & LDLM_LF_CBPENDING)
		ldlm_cancel_kick(lock);
	else
		ldlm_lru_add(lock->ns, lock);
}

/**
 * ldlm_lock_decref - end of a use
 * @lock: lock from a match, an enqueue or ldlm_lock_addref()
 *
 * Does not sleep; a cancel that becomes due runs on a workqueue.
 */
void ldlm_lock_decref(struct ldlm_lock *lock)
{
	struct ldlm_ns *ns = lock->ns;

	spin_lock(&ns->lock);
	ldlm_lock_unuse(lock);
	spin_unlock(&ns->lock);
	ldlm_lock_put(lock);
}

/**
 * ldlm_lock_decref_cancel - end of a use, and of the lock after its last use
 * @lock: lock
 *
 * Does not sleep.
 */
void ldlm_lock_decref_cancel(struct ldlm_lock *lock)
{
	struct ldlm_ns *ns = lock->ns;

	spin_lock(&ns->lock);
	lock->flags |= LDLM_LF_CBPENDING;
	ldlm_lock_unuse(lock);
	spin_unlock(&ns->lock);
	ldlm_lock_put(lock);
}

static bool ldlm_policy_serves(const struct ldlm_lock *lock,
			       const struct ldlm_match *m)
{
	if (m->flags & LDLM_MATCH_ANY_RANGE)
		return ldlm_policies_overlap(lock->type, &lock->policy,
					     &m->policy);
	return ldlm_policy_covers(lock->type, &lock->policy, &m->policy);
}

/* Mode of @lock if it serves @m, else 0.  Under ns->lock. */
u32 ldlm_lock_serves(const struct ldlm_lock *lock, const struct ldlm_match *m)
{
	bool ready = lock->flags & LDLM_LF_READY;
	u32 mode = ready ? lock->granted_mode : lock->req_mode;

	if (lock->state > LDLM_STATE_GRANTED ||
	    (!ready && !(m->flags & LDLM_MATCH_WAITING)))
		return 0;
	if (lock->type != m->type || !(mode & m->modes) ||
	    lock->flags & LDLM_LF_FAILED)
		return 0;
	if (lock->flags & LDLM_LF_CBPENDING &&
	    !(m->flags & LDLM_MATCH_CBPENDING))
		return 0;
	if (m->flags & LDLM_MATCH_LVB && !(lock->flags & LDLM_LF_LVB_READY))
		return 0;
	if (m->data && lock->data && lock->data != m->data)
		return 0;
	return ldlm_policy_serves(lock, m) ? mode : 0;
}
EXPORT_SYMBOL_IF_KUNIT(ldlm_lock_serves);

static struct ldlm_lock *ldlm_list_match(struct list_head *list,
					 const struct ldlm_match *m, u32 *mode)
{
	struct ldlm_lock *lock;

	list_for_each_entry(lock, list, res_link) {
		*mode = ldlm_lock_serves(lock, m);
		if (*mode)
			return lock;
	}
	return NULL;
}

/**
 * ldlm_lock_match - find a cached lock that serves
 * @ns: namespace
 * @m: what is wanted
 * @lockp: receives the lock with a use; may be NULL with LDLM_MATCH_TEST
 *
 * Does not sleep.  With LDLM_MATCH_WAITING the lock may not be granted yet:
 * follow with ldlm_lock_wait() before relying on it.
 *
 * Return: the mode of the lock (an LCK_* bit), or 0 when there is none.
 */
u32 ldlm_lock_match(struct ldlm_ns *ns, const struct ldlm_match *m,
		    struct ldlm_lock **lockp)
{
	struct ldlm_lock *lock = NULL;
	struct ldlm_resource *res;
	u32 mode = 0;

	spin_lock(&ns->lock);
	res = ldlm_resource_find(ns, &m->resid);
	if (res)
		lock = ldlm_list_match(&res->granted, m, &mode);
	if (res && !lock && m->flags & LDLM_MATCH_WAITING)
		lock = ldlm_list_match(&res->waiting, m, &mode);
	if (lock && !(m->flags & LDLM_MATCH_TEST)) {
		ldlm_lock_use(lock);
		ldlm_trace(lock, lustre_lock_trace_match);
		*lockp = lock;
	}
	spin_unlock(&ns->lock);
	return mode;
}

/**
 * ldlm_cached_bits - what inode bits do we hold on an object?
 * @ns: namespace
 * @resid: the object
 * @modes: acceptable modes, LCK_* or-ed
 *
 * Does not sleep, takes one spinlock: fit for RCU path walk.
 *
 * Return: union of the bits of all granted locks that are not wanted back.
 */
u64 ldlm_cached_bits(struct ldlm_ns *ns, const struct ldlm_resid *resid,
		     u32 modes)
{
	struct ldlm_resource *res;
	struct ldlm_lock *lock;
	u64 bits = 0;

	spin_lock(&ns->lock);
	res = ldlm_resource_find(ns, resid);
	if (res)
		list_for_each_entry(lock, &res->granted, res_link)
			if (lock->type == LDLM_IBITS &&
			    lock->state == LDLM_STATE_GRANTED &&
			    lock->granted_mode & modes &&
			    lock->flags & LDLM_LF_READY &&
			    !(lock->flags & LDLM_LF_CBPENDING))
				bits |= lock->policy.ibits.bits;
	spin_unlock(&ns->lock);
	return bits;
}

/* Does @have make @lock superfluous?  Under ns->lock. */
bool ldlm_lock_replaces(const struct ldlm_lock *have,
			const struct ldlm_lock *lock)
{
	return have != lock && have->state == LDLM_STATE_GRANTED &&
	       have->flags & LDLM_LF_READY &&
	       !(have->flags & (LDLM_LF_CBPENDING | LDLM_LF_FAILED)) &&
	       have->type == lock->type &&
	       (have->granted_mode == lock->granted_mode ||
		(have->granted_mode == LCK_PW &&
		 lock->granted_mode & (LCK_PR | LCK_CR)) ||
		(have->granted_mode == LCK_PR &&
		 lock->granted_mode == LCK_CR)) &&
	       (!have->data || !lock->data || have->data == lock->data) &&
	       ldlm_policy_covers(lock->type, &have->policy, &lock->policy);
}
EXPORT_SYMBOL_IF_KUNIT(ldlm_lock_replaces);

/**
 * ldlm_lock_dedupe - keep the older of two locks that serve the same
 * @lock: granted lock with a use of the caller's
 *
 * Does not sleep (a cancel of @lock runs on a workqueue).
 *
 * Return: @lock, or an older lock to which the caller's use moved.
 */
struct ldlm_lock *ldlm_lock_dedupe(struct ldlm_lock *lock)
{
	struct ldlm_ns *ns = lock->ns;
	struct ldlm_lock *have, *found = NULL;

	spin_lock(&ns->lock);
	if (lock->res && !(lock->flags & LDLM_LF_CBPENDING))
		list_for_each_entry(have, &lock->res->granted, res_link)
			if (ldlm_lock_replaces(have, lock)) {
				/* Or the other one's dedupe picks this one */
				lock->flags |= LDLM_LF_CBPENDING;
				ldlm_lock_use(have);
				found = have;
				break;
			}
	spin_unlock(&ns->lock);
	if (!found)
		return lock;
	ldlm_lock_decref(lock);
	return found;
}

/**
 * ldlm_lock_remote - the server's name for a lock
 * @lock: lock in use
 *
 * Return: cookie for o_handle and the like, 0 if not known.
 */
u64 ldlm_lock_remote(struct ldlm_lock *lock)
{
	u64 remote;

	spin_lock(&lock->ns->lock);
	remote = lock->remote;
	spin_unlock(&lock->ns->lock);
	return remote;
}

/**
 * ldlm_lock_set_data - attach the owner's object
 * @lock: lock in use
 * @data: object; the lock takes no reference
 *
 * Return: 0, or -EBUSY when another one is attached.
 */
int ldlm_lock_set_data(struct ldlm_lock *lock, void *data)
{
	int rc = 0;

	spin_lock(&lock->ns->lock);
	if (lock->data && lock->data != data)
		rc = -EBUSY;
	else
		lock->data = data;
	spin_unlock(&lock->ns->lock);
	return rc;
}

/**
 * ldlm_lock_data_grab - reach what is attached to a lock
 * @lock: lock
 * @grab: takes a reference to its argument unless that is dying; called under a
 *	  spinlock; returns NULL if it could not
 *
 * Return: what @grab returned, NULL if nothing is attached.
 */
void *ldlm_lock_data_grab(struct ldlm_lock *lock, void *(*grab)(void *data))
{
	void *data = NULL;

	spin_lock(&lock->ns->lock);
	if (lock->data)
		data = grab(lock->data);
	spin_unlock(&lock->ns->lock);
	return data;
}

static void ldlm_list_forget(struct list_head *list, void *data)
{
	struct ldlm_lock *lock;

	list_for_each_entry(lock, list, res_link)
		if (lock->data == data)
			lock->data = NULL;
}

/**
 * ldlm_resource_forget_data - an owner's object dies, its locks live on
 * @ns: namespace
 * @resid: resource of the object
 * @data: the object
 *
 * After the return no new ldlm_lock_data_grab() reaches it.
 */
void ldlm_resource_forget_data(struct ldlm_ns *ns,
			       const struct ldlm_resid *resid, void *data)
{
	struct ldlm_resource *res;

	spin_lock(&ns->lock);
	res = ldlm_resource_find(ns, resid);
	if (res) {
		ldlm_list_forget(&res->granted, data);
		ldlm_list_forget(&res->waiting, data);
	}
	spin_unlock(&ns->lock);
}

/**
 * ldlm_resource_for_each - look at the locks held on an object
 * @ns: namespace
 * @resid: the object
 * @fn: called under a spinlock for each, until it returns true
 * @arg: for @fn
 *
 * Locks in state LDLM_STATE_CANCELING are included while their cancel actions
 * run: a write back needs their server's name (lock->remote).
 */
void ldlm_resource_for_each(struct ldlm_ns *ns, const struct ldlm_resid *resid,
			    bool (*fn)(struct ldlm_lock *lock, void *arg),
			    void *arg)
{
	struct ldlm_resource *res;
	struct ldlm_lock *lock;

	spin_lock(&ns->lock);
	res = ldlm_resource_find(ns, resid);
	if (res)
		list_for_each_entry(lock, &res->granted, res_link)
			if (fn(lock, arg))
				break;
	spin_unlock(&ns->lock);
}
