// SPDX-License-Identifier: GPL-2.0-only
/*
 * Locks on inode bits, found by what they cover (06 section 14).
 *
 * Data that a metadata target keeps are under a bit of their own, which may
 * come in one lock with others: who reads and writes them looks for that bit.
 */
#include "ldlm/internal.h"

static bool ldlm_bits_in(const struct ldlm_lock *lock, u64 bits)
{
	return lock->type == LDLM_IBITS &&
	       (lock->policy.ibits.bits & bits) == bits;
}

static bool ldlm_bits_serve(struct ldlm_lock *lock, u32 modes, u64 bits,
			    u32 flags)
{
	if (!(flags & LDLM_MATCH_ANY_GROUP))
		modes &= ~LCK_GROUP;
	if (!(lock->granted_mode & modes) || !ldlm_bits_in(lock, bits))
		return false;
	if (flags & LDLM_MATCH_TEST)
		return ldlm_use_possible(lock, flags & LDLM_MATCH_CBPENDING);
	return ldlm_use_begin(lock, flags & LDLM_MATCH_CBPENDING);
}

/**
 * ldlm_bits_match - find a cached lock on inode bits
 * @ns: namespace
 * @resid: the object
 * @modes: acceptable modes, LCK_* or-ed; LCK_GROUP only counts with
 *	LDLM_MATCH_ANY_GROUP
 * @bits: MDS_INODELOCK_*, all of which it has to cover
 * @flags: LDLM_MATCH_*
 * @lockp: receives the lock with a use; may be NULL with LDLM_MATCH_TEST
 *
 * Return: the mode of the lock (an LCK_* bit), or 0 when there is none.
 * Context: any that may take a spinlock.
 */
u32 ldlm_bits_match(struct ldlm_ns *ns, const struct ldlm_resid *resid,
		    u32 modes, u64 bits, u32 flags, struct ldlm_lock **lockp)
{
	struct ldlm_resource *res;
	struct ldlm_lock *lock;
	u32 mode = 0;

	spin_lock(&ns->lock);
	res = ldlm_resource_find(ns, resid);
	if (!res)
		goto out;
	list_for_each_entry(lock, &res->granted, res_link) {
		if (!ldlm_bits_serve(lock, modes, bits, flags))
			continue;
		mode = lock->granted_mode;
		if (!(flags & LDLM_MATCH_TEST))
			*lockp = lock;
		break;
	}
out:
	spin_unlock(&ns->lock);
	return mode;
}

/**
 * ldlm_bits_remote - the server's name of a lock on inode bits
 * @ns: namespace
 * @resid: the object
 * @modes: acceptable modes, LCK_* or-ed
 * @bits: MDS_INODELOCK_*, all of which it has to cover
 *
 * Also of a lock that is being cancelled, whose cancel actions need it; not of
 * one that the server has forgotten.
 *
 * Return: cookie, 0 if there is none.
 * Context: any that may take a spinlock.
 */
u64 ldlm_bits_remote(struct ldlm_ns *ns, const struct ldlm_resid *resid,
		     u32 modes, u64 bits)
{
	struct ldlm_resource *res;
	struct ldlm_lock *lock;
	u64 remote = 0;

	spin_lock(&ns->lock);
	res = ldlm_resource_find(ns, resid);
	if (!res)
		goto out;
	list_for_each_entry(lock, &res->granted, res_link) {
		if (!(lock->granted_mode & modes) ||
		    lock->flags & (LDLM_LF_LOCAL | LDLM_LF_RETIRED) ||
		    !ldlm_bits_in(lock, bits))
			continue;
		remote = lock->remote;
		if (remote)
			break;
	}
out:
	spin_unlock(&ns->lock);
	return remote;
}

/**
 * ldlm_bits_lost - is there a lock that an eviction took, still in use?
 * @ns: namespace
 * @resid: the object
 * @bits: MDS_INODELOCK_* that it covers
 *
 * The last use of such a lock is followed by its cancel actions, which throw
 * away what it covered, whatever lock covers that by then.
 *
 * Return: true until ldlm_bits_retire() of the last one.
 * Context: any that may take a spinlock.
 */
bool ldlm_bits_lost(struct ldlm_ns *ns, const struct ldlm_resid *resid,
		    u64 bits)
{
	struct ldlm_resource *res;
	struct ldlm_lock *lock;
	bool lost = false;

	spin_lock(&ns->lock);
	res = ldlm_resource_find(ns, resid);
	if (!res)
		goto out;
	list_for_each_entry(lock, &res->granted, res_link)
		lost |= ldlm_bits_in(lock, bits) &&
			(lock->flags & (LDLM_LF_LOCAL | LDLM_LF_RETIRED)) ==
			LDLM_LF_LOCAL;
out:
	spin_unlock(&ns->lock);
	return lost;
}

/**
 * ldlm_bits_retire - a lock that is being cancelled vouches for no data more
 * @lock: lock on inode bits, from its blocking operation
 * @bits: MDS_INODELOCK_* that stand for the data
 *
 * Its owner's object, if it had one, is not attached to it any more.
 *
 * Return: does another lock cover these bits?  Those count, too, whose cancel
 * actions run and have not come to this.
 * Context: any that may take a spinlock.
 */
bool ldlm_bits_retire(struct ldlm_lock *lock, u64 bits)
{
	struct ldlm_ns *ns = lock->ns;
	struct ldlm_lock *other;
	bool covered = false;

	spin_lock(&ns->lock);
	lock->data = NULL;
	lock->flags |= LDLM_LF_RETIRED;
	if (lock->res)
		list_for_each_entry(other, &lock->res->granted, res_link)
			covered |= !(other->flags & LDLM_LF_RETIRED) &&
				   ldlm_bits_in(other, bits);
	spin_unlock(&ns->lock);
	return covered;
}
