// SPDX-License-Identifier: GPL-2.0-only
/*
 * Lock objects: life, uses, and what is attached to them.
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

	return ldlm_lock_hold_live(lock, lustre_lock_ref_get_handle);
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

/* Make a lock findable by its cookie and among all locks of the namespace. */
static int ldlm_lock_publish(struct ldlm_lock *lock)
{
	struct ldlm_ns *ns = lock->ns;
	int rc;

	ldlm_lock_hold(lock, lustre_lock_ref_known);
	rc = ptlrpc_handle_add(ptlrpc_import_net(ns->imp), &lock->handle,
			       &ldlm_handle_type);
	if (rc) {
		ldlm_lock_put(lock);
		return rc;
	}
	rc = xa_alloc(&ns->locks, &lock->id, lock, XA_LIMIT(1, U32_MAX),
		      GFP_NOFS);
	/* Either this sees the end of the namespace, or that sees the lock. */
	spin_lock(&ns->lock);
	if (!rc && ns->stopping)
		rc = -ESHUTDOWN;
	spin_unlock(&ns->lock);
	if (rc)
		ldlm_lock_destroy(lock);
	return rc;
}

/**
 * ldlm_lock_new - a lock that is about to be asked for
 * @ns: namespace
 * @args: what will be asked
 *
 * The lock has a cookie and carries one use, which belongs to the enqueuer.
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
	atomic_set(&lock->uses, LDLM_USE_SHUT | 1);
	lock->flags = args->no_lru ? LDLM_LF_NO_LRU : 0;
	if (args->flags & LDLM_FL_TEST_LOCK)
		lock->flags |= LDLM_LF_TEST;
	if (args->patient)
		lock->flags |= LDLM_LF_NO_TIMEOUT;
	lock->lvb_size = args->lvb_size;
	if (lock->type == LDLM_EXTENT)
		RB_CLEAR_NODE(&lock->ext_node);
	else if (lock->type == LDLM_FLOCK)
		RB_CLEAR_NODE(&lock->flock_node);
	else
		INIT_LIST_HEAD(&lock->res_link);
	INIT_LIST_HEAD(&lock->link);
	init_waitqueue_head(&lock->waitq);
	INIT_WORK(&lock->bl_work, ldlm_bl_work);
	spin_lock(&ns->lock);
	ns->nr_locks++;
	spin_unlock(&ns->lock);

	ldlm_trace_ref(lock, lustre_lock_ref_new);

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
	ldlm_lock_hold(lock, lustre_lock_ref_get);
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

	ldlm_trace_ref(lock, lustre_lock_ref_put);
	if (!refcount_dec_and_test(&lock->ref))
		return;
	ldlm_trace_ref(lock, lustre_lock_ref_free);
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
void ldlm_lock_destroy(struct ldlm_lock *lock)
{
	struct ldlm_ns *ns = lock->ns;
	bool first;

	spin_lock(&ns->lock);
	first = lock->state != LDLM_STATE_DEAD;
	if (lock->state == LDLM_STATE_GRANTED)
		ldlm_lru_remove(ns, lock);
	lock->state = LDLM_STATE_DEAD;
	atomic_or(LDLM_USE_SHUT, &lock->uses);
	lock->data = NULL;
	if (first) {
		ldlm_trace(lock, lustre_lock_trace_dead);
		ldlm_resource_detach(ns, lock);
	}
	spin_unlock(&ns->lock);
	if (!first)
		return;
	if (lock->id)
		xa_erase(&ns->locks, lock->id);
	ptlrpc_handle_del(ptlrpc_import_net(ns->imp), &lock->handle);
	wake_up_all(&lock->waitq);
	ldlm_lock_put(lock);
}

/* What the lock's resource covers has changed.  Under ns->lock. */
static void ldlm_lock_changed(struct ldlm_lock *lock)
{
	if (lock->res && lock->type == LDLM_IBITS)
		ldlm_resource_update_bits(lock->res);
}

/*
 * From now on no use begins, but of who asks for a lock in spite of that.  The
 * caller sees to it that the lock is cancelled when it is idle: at once, or by
 * the end of a use that he has.  Caller holds ns->lock.
 */
void ldlm_lock_block(struct ldlm_lock *lock, u32 flags)
{
	lock->flags |= LDLM_LF_CBPENDING | flags;
	atomic_or(LDLM_USE_OLD, &lock->uses);
	if (lock->state == LDLM_STATE_GRANTED)
		ldlm_lru_remove(lock->ns, lock);
	ldlm_lock_changed(lock);
}

/* The server does not know the lock (any more).  Caller holds ns->lock. */
void ldlm_lock_lose(struct ldlm_lock *lock)
{
	if (lock->res && lock->type == LDLM_EXTENT)
		ldlm_extent_lose(lock->res, lock);
	else
		lock->flags |= LDLM_LF_LOCAL;
}

/* The enqueue is over, successfully.  Caller holds ns->lock. */
void ldlm_lock_ready(struct ldlm_lock *lock)
{
	lock->flags |= LDLM_LF_READY;
	/* Its enqueuer was killed: it must not become of use to others. */
	if (!ldlm_lock_users(lock)) {
		ldlm_lock_block(lock, 0);
		ldlm_cancel_kick(lock);
	}
	ldlm_lock_changed(lock);
	atomic_andnot(LDLM_USE_SHUT, &lock->uses);
}

/* ---- uses ---------------------------------------------------------------- */

/*
 * Take a use, with a reference, of a lock that can't be freed meanwhile.
 * @wanted_back: also if the lock is wanted back.  False: not possible.
 */
bool ldlm_use_begin(struct ldlm_lock *lock, bool wanted_back)
{
	int mask = wanted_back ? LDLM_USE_SHUT : LDLM_USE_SHUT | LDLM_USE_OLD;
	int old = atomic_read(&lock->uses);

	do {
		if (old & mask)
			return false;
	} while (!atomic_try_cmpxchg_acquire(&lock->uses, &old, old + 1));
	ldlm_lock_hold(lock, lustre_lock_ref_begin);
	return true;
}
EXPORT_SYMBOL_IF_KUNIT(ldlm_use_begin);

/* If the lock is idle, let it never be used again. */
bool ldlm_use_shut(struct ldlm_lock *lock)
{
	int old = atomic_read(&lock->uses);

	do {
		if (old & (LDLM_USE_SHUT | LDLM_USE_COUNT))
			return false;
	} while (!atomic_try_cmpxchg_acquire(&lock->uses, &old,
					     old | LDLM_USE_SHUT |
					     LDLM_USE_OLD));
	return true;
}
EXPORT_SYMBOL_IF_KUNIT(ldlm_use_shut);

/* Take ldlm_use_shut() back, without letting go of ns->lock in between. */
void ldlm_use_reopen(struct ldlm_lock *lock)
{
	int bits = LDLM_USE_SHUT;

	if (!(lock->flags & LDLM_LF_CBPENDING))
		bits |= LDLM_USE_OLD;
	atomic_andnot(bits, &lock->uses);
}

/* End a use.  True: it was the last one and something follows from that. */
static bool ldlm_use_end(struct ldlm_lock *lock)
{
	int now;

	WRITE_ONCE(lock->last_used, ktime_get());
	now = atomic_dec_return_release(&lock->uses);
	WARN_ON_ONCE((now & LDLM_USE_COUNT) == LDLM_USE_COUNT);
	ldlm_trace_ref(lock, lustre_lock_ref_end);
	/* One whose enqueue is not over goes with its end. */
	if (now & (LDLM_USE_COUNT | LDLM_USE_SHUT))
		return false;
	return now & LDLM_USE_OLD || list_empty(&lock->link);
}

/* Start the cancel, or put into the LRU.  Caller holds ns->lock. */
static void ldlm_lock_idle(struct ldlm_lock *lock)
{
	/* Another use has begun, and ends here, too; or all is over. */
	if (ldlm_lock_users(lock) || lock->state != LDLM_STATE_GRANTED)
		return;
	if (lock->flags & LDLM_LF_CBPENDING)
		ldlm_cancel_kick(lock);
	else
		ldlm_lru_add(lock->ns, lock);
}

/**
 * ldlm_lock_addref - one more use of a lock
 * @lock: lock the caller has a reference to
 *
 * Return: 0, or -ESTALE when it cannot be used (any more).  Does not sleep.
 */
int ldlm_lock_addref(struct ldlm_lock *lock)
{
	return ldlm_use_begin(lock, false) ? 0 : -ESTALE;
}

/**
 * ldlm_lock_reuse - take another use of a lock
 * @lock: lock that the caller uses already, so that it can't go away
 */
void ldlm_lock_reuse(struct ldlm_lock *lock)
{
	atomic_inc(&lock->uses);
	ldlm_lock_hold(lock, lustre_lock_ref_again);
}

/* Take back one use, not the reference that came with it.  Under ns->lock. */
void ldlm_lock_unuse(struct ldlm_lock *lock)
{
	if (ldlm_use_end(lock))
		ldlm_lock_idle(lock);
}

/**
 * ldlm_lock_decref - end of a use
 * @lock: lock from a match, an enqueue or ldlm_lock_addref()
 *
 * Does not sleep; a cancel that becomes due runs on a workqueue.
 */
void ldlm_lock_decref(struct ldlm_lock *lock)
{
	if (ldlm_use_end(lock)) {
		spin_lock(&lock->ns->lock);
		ldlm_lock_idle(lock);
		spin_unlock(&lock->ns->lock);
	}
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
	ldlm_lock_block(lock, 0);
	ldlm_lock_unuse(lock);
	spin_unlock(&ns->lock);
	ldlm_lock_put(lock);
}

/**
 * ldlm_lock_decref_forget - end of a use, and of the lock, which the server drops
 * @lock: lock on inode bits, in nobody else's use
 *
 * For a request that takes the lock along without saying so: no CANCEL is sent.
 *
 * Does not sleep.
 */
void ldlm_lock_decref_forget(struct ldlm_lock *lock)
{
	struct ldlm_ns *ns = lock->ns;

	spin_lock(&ns->lock);
	ldlm_lock_lose(lock);
	spin_unlock(&ns->lock);
	ldlm_lock_decref_cancel(lock);
}

/* Does @have make @lock superfluous?  Under ns->lock. */
bool ldlm_lock_replaces(const struct ldlm_lock *have,
			const struct ldlm_lock *lock)
{
	return have != lock && ldlm_lock_usable(have) &&
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

/* A lock that makes @lock superfluous, with a use.  Under ns->lock. */
static struct ldlm_lock *ldlm_lock_twin(struct ldlm_lock *lock)
{
	struct ldlm_lock *have;

	if (!lock->res || lock->flags & LDLM_LF_CBPENDING)
		return NULL;
	list_for_each_entry(have, &lock->res->granted, res_link)
		if (ldlm_lock_replaces(have, lock) &&
		    ldlm_use_begin(have, false))
			return have;
	return NULL;
}

/**
 * ldlm_lock_dedupe - keep the older of two locks that serve the same
 * @lock: granted lock on inode bits with a use of the caller's
 *
 * Does not sleep (a cancel of @lock runs on a workqueue).
 *
 * Return: @lock, or an older lock to which the caller's use moved.
 */
struct ldlm_lock *ldlm_lock_dedupe(struct ldlm_lock *lock)
{
	struct ldlm_ns *ns = lock->ns;
	struct ldlm_lock *found;

	spin_lock(&ns->lock);
	found = ldlm_lock_twin(lock);
	if (found)
		/* Or the other one's dedupe picks this one */
		ldlm_lock_block(lock, 0);
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
	return READ_ONCE(lock->remote);
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

/**
 * ldlm_lock_drop_data - the lock's owner has no more to do with it
 * @lock: lock, from the owner's last operation on it
 */
void ldlm_lock_drop_data(struct ldlm_lock *lock)
{
	spin_lock(&lock->ns->lock);
	lock->data = NULL;
	spin_unlock(&lock->ns->lock);
}
