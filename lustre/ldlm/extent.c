// SPDX-License-Identifier: GPL-2.0-only
/*
 * Extent locks of one object, found by range (06 section 13).
 *
 * Reads and writes look for a cached lock all the time, from all processors:
 * they find the resource under RCU, search its tree under the resource's own
 * spinlock and take a use by an atomic operation on the lock.  The namespace's
 * lock is for those who change what there is.
 *
 * In the tree are locks that are granted, and those whose cancel actions run,
 * until ldlm_extent_retire() or their end.
 */
#include <kunit/visibility.h>
#include <linux/export.h>
#include <linux/interval_tree_generic.h>

#include "ldlm/internal.h"

#define EXTENT_START(lock)	((lock)->policy.extent.start)
#define EXTENT_LAST(lock)	((lock)->policy.extent.end)

INTERVAL_TREE_DEFINE(struct ldlm_lock, ext_node, u64, ext_last, EXTENT_START,
		     EXTENT_LAST, static, ldlm_itree)

/* A lock whose policy will not change any more enters the tree. */
void ldlm_extent_insert(struct ldlm_resource *res, struct ldlm_lock *lock)
{
	spin_lock(&res->lock);
	ldlm_itree_insert(lock, &res->extents);
	if (lock->flags & LDLM_LF_LOCAL)
		WRITE_ONCE(res->lost, res->lost + 1);
	spin_unlock(&res->lock);
}
EXPORT_SYMBOL_IF_KUNIT(ldlm_extent_insert);

/* Harmless on a lock that is not in the tree. */
void ldlm_extent_erase(struct ldlm_resource *res, struct ldlm_lock *lock)
{
	spin_lock(&res->lock);
	if (!RB_EMPTY_NODE(&lock->ext_node)) {
		ldlm_itree_remove(lock, &res->extents);
		RB_CLEAR_NODE(&lock->ext_node);
		if (lock->flags & LDLM_LF_LOCAL)
			WRITE_ONCE(res->lost, res->lost - 1);
	}
	spin_unlock(&res->lock);
}
EXPORT_SYMBOL_IF_KUNIT(ldlm_extent_erase);

/* The server has forgotten an extent lock of @res.  Caller holds ns->lock. */
void ldlm_extent_lose(struct ldlm_resource *res, struct ldlm_lock *lock)
{
	spin_lock(&res->lock);
	if (!RB_EMPTY_NODE(&lock->ext_node) && !(lock->flags & LDLM_LF_LOCAL))
		WRITE_ONCE(res->lost, res->lost + 1);
	lock->flags |= LDLM_LF_LOCAL;
	spin_unlock(&res->lock);
}
EXPORT_SYMBOL_IF_KUNIT(ldlm_extent_lose);

/* First byte behind all locks of the tree, U64_MAX: none, 0: no locks. */
u64 ldlm_extent_end(struct ldlm_resource *res)
{
	struct rb_node *root;
	u64 end = 0;

	spin_lock(&res->lock);
	root = res->extents.rb_root.rb_node;
	if (root) {
		end = rb_entry(root, struct ldlm_lock, ext_node)->ext_last;
		end += end != U64_MAX;
	}
	spin_unlock(&res->lock);
	return end;
}
EXPORT_SYMBOL_IF_KUNIT(ldlm_extent_end);

static bool ldlm_extent_serves(struct ldlm_lock *lock,
			       const struct ldlm_match *m)
{
	struct ldlm_policy want = m->policy;

	if (m->flags & LDLM_MATCH_ANY_GROUP)
		want.extent.gid = lock->policy.extent.gid;
	if (!(lock->granted_mode & m->modes) ||
	    !ldlm_policy_covers(LDLM_EXTENT, &lock->policy, &want))
		return false;
	if (m->flags & LDLM_MATCH_TEST)
		return ldlm_use_possible(lock, m->flags & LDLM_MATCH_CBPENDING);
	return ldlm_use_begin(lock, m->flags & LDLM_MATCH_CBPENDING);
}

/*
 * A lock of the tree that serves, with a use unless LDLM_MATCH_TEST is set.
 * What covers a range contains its first byte.
 */
struct ldlm_lock *ldlm_extent_find(struct ldlm_resource *res,
				   const struct ldlm_match *m)
{
	u64 start = m->policy.extent.start;
	struct ldlm_lock *lock;

	spin_lock(&res->lock);
	lock = ldlm_itree_iter_first(&res->extents, start, start);
	while (lock && !ldlm_extent_serves(lock, m))
		lock = ldlm_itree_iter_next(lock, start, start);
	spin_unlock(&res->lock);
	return lock;
}
EXPORT_SYMBOL_IF_KUNIT(ldlm_extent_find);

/**
 * ldlm_lock_match - find a cached extent lock that serves
 * @ns: namespace
 * @m: what is wanted
 * @lockp: receives the lock with a use; may be NULL with LDLM_MATCH_TEST
 *
 * Return: the mode of the lock (an LCK_* bit), or 0 when there is none.
 * Context: any that may take a spinlock; does not take the namespace's.
 */
u32 ldlm_lock_match(struct ldlm_ns *ns, const struct ldlm_match *m,
		    struct ldlm_lock **lockp)
{
	struct ldlm_lock *lock = NULL;
	struct ldlm_resource *res;
	u32 mode = 0;

	rcu_read_lock();
	res = ldlm_resource_find(ns, &m->resid);
	if (res)
		lock = ldlm_extent_find(res, m);
	if (lock)
		mode = lock->granted_mode;
	rcu_read_unlock();
	trace_lustre_extent_match(ldlm_ns_name(ns), m->resid.name,
				  m->policy.extent.start, m->policy.extent.end,
				  m->modes, mode);
	if (lock && !(m->flags & LDLM_MATCH_TEST))
		*lockp = lock;
	return mode;
}

/**
 * ldlm_extent_remote - the server's name of a lock that covers a byte
 * @ns: namespace
 * @resid: the object
 * @modes: acceptable modes, LCK_* or-ed
 * @off: the byte, offset in the object
 *
 * Also of a lock that is being cancelled, whose cancel actions need it; not of
 * one that the server has forgotten.
 *
 * Return: cookie, 0 if there is none.
 * Context: any that may take a spinlock.
 */
u64 ldlm_extent_remote(struct ldlm_ns *ns, const struct ldlm_resid *resid,
		       u32 modes, u64 off)
{
	struct ldlm_resource *res;
	struct ldlm_lock *lock;
	u64 remote = 0;

	rcu_read_lock();
	res = ldlm_resource_find(ns, resid);
	if (!res)
		goto out;
	spin_lock(&res->lock);
	for (lock = ldlm_itree_iter_first(&res->extents, off, off);
	     lock && !remote;
	     lock = ldlm_itree_iter_next(lock, off, off))
		if (lock->granted_mode & modes &&
		    !(READ_ONCE(lock->flags) & LDLM_LF_LOCAL))
			remote = READ_ONCE(lock->remote);
	spin_unlock(&res->lock);
out:
	rcu_read_unlock();
	return remote;
}

/**
 * ldlm_extent_lost - is there a lock that an eviction took, still in use?
 * @ns: namespace
 * @resid: the object
 *
 * The last use of such a lock is followed by its cancel actions, which throw
 * away what it covered, whatever lock covers that by then.
 *
 * Return: true until ldlm_extent_retire() of the last one.
 * Context: any; takes no lock.
 */
bool ldlm_extent_lost(struct ldlm_ns *ns, const struct ldlm_resid *resid)
{
	struct ldlm_resource *res;
	bool lost;

	rcu_read_lock();
	res = ldlm_resource_find(ns, resid);
	lost = res && READ_ONCE(res->lost);
	rcu_read_unlock();
	return lost;
}

/**
 * ldlm_extent_retire - a lock that is being cancelled vouches for nothing more
 * @lock: extent lock, from its blocking operation
 *
 * Its owner's object is not attached to it any more.
 *
 * Return: first byte behind everything that the other locks on the object
 * cover, those included whose cancel actions run; U64_MAX: all is covered.
 * Context: any that may take a spinlock.
 */
u64 ldlm_extent_retire(struct ldlm_lock *lock)
{
	struct ldlm_ns *ns = lock->ns;
	u64 end = 0;

	spin_lock(&ns->lock);
	lock->data = NULL;
	if (lock->res) {
		ldlm_extent_erase(lock->res, lock);
		end = ldlm_extent_end(lock->res);
	}
	spin_unlock(&ns->lock);
	return end;
}
