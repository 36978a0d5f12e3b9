// SPDX-License-Identifier: GPL-2.0-only
/*
 * File locks that this client's processes hold, 06 section 16.
 *
 * An owner has each byte of a file at most once.  What he asks for takes the
 * place of what he had there, on the server and here alike, so that the locks
 * told to a restarted server are those that it knew.  A lock is there as long
 * as its range is held by its owner, idle and out of the LRU; pieces that are
 * adjacent and of one mode are one lock.
 *
 * No lock that was granted is ever given back by a CANCEL: an unlock is an
 * enqueue, of mode NL.  But one that was granted to a task that was killed is.
 */
#include <kunit/visibility.h>
#include <linux/export.h>

#include "ldlm/internal.h"

static struct ldlm_lock *ldlm_flock_entry(struct rb_node *node)
{
	return rb_entry_safe(node, struct ldlm_lock, flock_node);
}

/* In the order of the tree: by owner, then by range */
static bool ldlm_flock_before(u64 owner, u64 start,
			      const struct ldlm_lock *lock)
{
	if (owner != lock->policy.flock.owner)
		return owner < lock->policy.flock.owner;
	return start < lock->policy.flock.start;
}

/* A lock enters the tree; caller holds ns->lock. */
void ldlm_flock_insert(struct ldlm_resource *res, struct ldlm_lock *lock)
{
	struct rb_node **link = &res->flocks.rb_node, *parent = NULL;

	while (*link) {
		parent = *link;
		if (ldlm_flock_before(lock->policy.flock.owner,
				      lock->policy.flock.start,
				      ldlm_flock_entry(parent)))
			link = &parent->rb_left;
		else
			link = &parent->rb_right;
	}
	rb_link_node(&lock->flock_node, parent, link);
	rb_insert_color(&lock->flock_node, &res->flocks);
}

/* Harmless on a lock that is not in the tree. */
void ldlm_flock_erase(struct ldlm_resource *res, struct ldlm_lock *lock)
{
	if (RB_EMPTY_NODE(&lock->flock_node))
		return;
	rb_erase(&lock->flock_node, &res->flocks);
	RB_CLEAR_NODE(&lock->flock_node);
}

/* The owner's first lock that ends at @start or later. */
static struct ldlm_lock *ldlm_flock_first(struct ldlm_resource *res, u64 owner,
					  u64 start)
{
	struct rb_node *node = res->flocks.rb_node;
	struct ldlm_lock *found = NULL, *lock;

	while (node) {
		lock = ldlm_flock_entry(node);
		if (lock->policy.flock.owner < owner ||
		    (lock->policy.flock.owner == owner &&
		     lock->policy.flock.end < start)) {
			node = node->rb_right;
		} else {
			found = lock;
			node = node->rb_left;
		}
	}
	return found && found->policy.flock.owner == owner ? found : NULL;
}

static bool ldlm_flock_held(const struct ldlm_lock *lock)
{
	return lock->req_mode != LCK_NL && !(lock->flags & LDLM_LF_TEST);
}

/* Could the server mean this in answer to what was asked? */
bool ldlm_flock_sane(const struct ldlm_lock *lock,
		     const struct ldlm_desc *desc)
{
	if (lock->flags & LDLM_LF_TEST)
		return desc->req_mode & (LCK_NL | LCK_PR | LCK_PW);
	return desc->req_mode == lock->req_mode &&
	       ldlm_policy_covers(LDLM_FLOCK, &desc->policy, &lock->policy);
}
EXPORT_SYMBOL_IF_KUNIT(ldlm_flock_sane);

/* One that cuts a hole into another makes two of it: a lock for that case. */
int ldlm_flock_spare(struct ldlm_ns *ns, struct ldlm_enq *enq)
{
	struct ldlm_lock *spare;

	if (enq->args.flags & LDLM_FL_TEST_LOCK)
		return 0;
	spare = ldlm_lock_new(ns, &enq->args);
	if (IS_ERR(spare))
		return PTR_ERR(spare);
	enq->spare = spare;
	return 0;
}

/* The owner has it no more, or as part of another.  Under ns->lock. */
static void ldlm_flock_retire(struct ldlm_lock *lock, struct ldlm_enq *enq)
{
	ldlm_resource_detach(lock->ns, lock);
	lock->flags |= LDLM_LF_LOCAL | LDLM_LF_BL_DONE;
	lock->state = LDLM_STATE_CANCELING;
	ldlm_trace(lock, lustre_lock_trace_carve);
	list_add_tail(&lock->link, &enq->gone);
}

/* The spare lock becomes what is behind @end of @old.  Under ns->lock. */
static void ldlm_flock_split(struct ldlm_lock *old, u64 end,
			     struct ldlm_enq *enq)
{
	struct ldlm_lock *rest = enq->spare;

	if (WARN_ON_ONCE(!rest || enq->spare_used))
		return;
	enq->spare_used = true;
	rest->policy = old->policy;
	rest->policy.flock.start = end + 1;
	rest->req_mode = old->req_mode;
	rest->granted_mode = old->granted_mode;
	rest->state = LDLM_STATE_GRANTED;
	rest->flags |= LDLM_LF_READY | LDLM_LF_COMPLETED;
	rest->res = old->res;
	rest->res->nr_locks++;
	ldlm_flock_insert(rest->res, rest);
	atomic_andnot(LDLM_USE_SHUT, &rest->uses);
	ldlm_trace(rest, lustre_lock_trace_carve);
}

/*
 * @old gives way where @lock lies, or becomes part of it.  Places in the tree
 * stay right: no two locks of an owner overlap.  Under ns->lock.
 */
static void ldlm_flock_yield(struct ldlm_lock *old, struct ldlm_lock *lock)
{
	u64 start = lock->policy.flock.start, end = lock->policy.flock.end;
	u64 old_end = old->policy.flock.end;

	if (old->granted_mode == lock->granted_mode) {
		lock->policy.flock.start = min(start, old->policy.flock.start);
		lock->policy.flock.end = max(end, old_end);
		ldlm_flock_retire(old, lock->enq);
	} else if (old->policy.flock.start > end || old_end < start) {
		return;	/* a neighbour of another mode */
	} else if (old->policy.flock.start < start) {
		if (old_end > end)
			ldlm_flock_split(old, end, lock->enq);
		old->policy.flock.end = start - 1;
	} else if (old_end > end) {
		old->policy.flock.start = end + 1;
	} else {
		ldlm_flock_retire(old, lock->enq);
	}
}

/* Neighbours may become part of the lock, hence one byte more on both sides. */
static void ldlm_flock_carve(struct ldlm_resource *res, struct ldlm_lock *lock)
{
	u64 start = lock->policy.flock.start, end = lock->policy.flock.end;
	u64 owner = lock->policy.flock.owner;
	struct ldlm_lock *old, *next;

	start -= start != 0;
	end += end != U64_MAX;
	for (old = ldlm_flock_first(res, owner, start);
	     old && old->policy.flock.owner == owner &&
	     old->policy.flock.start <= end; old = next) {
		next = ldlm_flock_entry(rb_next(&old->flock_node));
		ldlm_flock_yield(old, lock);
	}
}

/*
 * The server did what was asked: the same happens here.  Under ns->lock, while
 * the lock's enqueue is not settled.  0, or an errno of ldlm_resource_attach().
 */
int ldlm_flock_grant(struct ldlm_lock *lock, struct ldlm_resource **newp)
{
	struct ldlm_resource *res;
	int rc;

	/* The server keeps nothing under the handle that it gave to these. */
	if (!ldlm_flock_held(lock))
		lock->flags |= LDLM_LF_LOCAL;
	if (lock->flags & LDLM_LF_TEST)
		return 0;
	rc = ldlm_resource_attach(lock->ns, lock, newp);
	if (rc)
		return rc;
	res = lock->res;
	ldlm_flock_erase(res, lock);
	ldlm_flock_carve(res, lock);
	if (ldlm_flock_held(lock))
		ldlm_flock_insert(res, lock);
	else
		ldlm_resource_detach(lock->ns, lock);
	return 0;
}

/* Its enqueue ends: free what it cut away.  No lock is held. */
void ldlm_flock_sweep(struct ldlm_enq *enq)
{
	struct ldlm_lock *lock, *next;

	list_for_each_entry_safe(lock, next, &enq->gone, link) {
		list_del_init(&lock->link);
		ldlm_lock_destroy(lock);
	}
	lock = enq->spare;
	enq->spare = NULL;
	if (!lock)
		return;
	if (!enq->spare_used)
		ldlm_lock_destroy(lock);
	ldlm_lock_decref(lock);
}

/**
 * ldlm_flock_next - what an owner has of a file
 * @ns: namespace of the target that has the file
 * @resid: of the file's locks
 * @range: where to look, and whose; out: where his first lock there lies, and
 *	   for which process it was taken
 *
 * Return: its mode; LCK_NL if he has none there.
 * Context: does not sleep.
 */
u32 ldlm_flock_next(struct ldlm_ns *ns, const struct ldlm_resid *resid,
		    struct ldlm_policy *range)
{
	struct ldlm_resource *res;
	struct ldlm_lock *lock;
	u32 mode = LCK_NL;

	spin_lock(&ns->lock);
	res = ldlm_resource_find(ns, resid);
	lock = res ? ldlm_flock_first(res, range->flock.owner,
				      range->flock.start) : NULL;
	if (lock && lock->policy.flock.start <= range->flock.end) {
		*range = lock->policy;
		mode = lock->granted_mode;
	}
	spin_unlock(&ns->lock);
	return mode;
}

/**
 * ldlm_flock_done - end of the use of a file lock that is not held
 * @lock: lock of an unlock (LCK_NL) or of a test (LDLM_FL_TEST_LOCK)
 *
 * Does not sleep, and sends nothing.
 */
void ldlm_flock_done(struct ldlm_lock *lock)
{
	ldlm_lock_destroy(lock);
	ldlm_lock_decref(lock);
}
