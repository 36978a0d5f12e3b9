// SPDX-License-Identifier: GPL-2.0-only
/*
 * Resources: the objects that a namespace has locks on, found by their id.
 *
 * A resource exists as long as locks on it are granted.  It is looked up under
 * RCU, and found dead by what is in it: nothing.
 */
#include "ldlm/internal.h"

static struct kmem_cache *ldlm_resource_cache;

static const struct rhashtable_params ldlm_resource_params = {
	.head_offset	= offsetof(struct ldlm_resource, node),
	.key_offset	= offsetof(struct ldlm_resource, id),
	.key_len	= sizeof(struct ldlm_resid),
	.automatic_shrinking = true,
};

int __init ldlm_resource_init(void)
{
	/* Goes with its locks, which a shrinker takes away */
	ldlm_resource_cache = KMEM_CACHE(ldlm_resource, SLAB_RECLAIM_ACCOUNT);
	return ldlm_resource_cache ? 0 : -ENOMEM;
}

/* After an RCU barrier: resources are freed after a grace period. */
void ldlm_resource_exit(void)
{
	kmem_cache_destroy(ldlm_resource_cache);
}

/* Make the table of a new namespace. */
int ldlm_resource_table_init(struct ldlm_ns *ns)
{
	return rhashtable_init(&ns->resources, &ldlm_resource_params);
}

/* A resource for ldlm_resource_attach(); NULL when there is no memory. */
struct ldlm_resource *ldlm_resource_alloc(void)
{
	struct ldlm_resource *res;

	res = kmem_cache_zalloc(ldlm_resource_cache, GFP_NOFS);
	if (!res)
		return NULL;
	INIT_LIST_HEAD(&res->granted);
	spin_lock_init(&res->lock);
	res->extents = RB_ROOT_CACHED;
	res->flocks = RB_ROOT;
	return res;
}

/* For one that never entered a table; NULL is fine. */
void ldlm_resource_free(struct ldlm_resource *res)
{
	if (res)
		kmem_cache_free(ldlm_resource_cache, res);
}

static void ldlm_resource_free_rcu(struct rcu_head *rcu)
{
	ldlm_resource_free(container_of(rcu, struct ldlm_resource, rcu));
}

/* Caller holds ns->lock, or is in an RCU read-side critical section. */
struct ldlm_resource *ldlm_resource_find(struct ldlm_ns *ns,
					 const struct ldlm_resid *id)
{
	return rhashtable_lookup_fast(&ns->resources, id,
				      ldlm_resource_params);
}

/*
 * A lock on inode bits has become usable, or is not any more: note what the
 * resource's locks cover together.  Caller holds ns->lock.
 */
void ldlm_resource_update_bits(struct ldlm_resource *res)
{
	struct ldlm_lock *lock;
	u32 bits = 0;

	list_for_each_entry(lock, &res->granted, res_link)
		if (lock->type == LDLM_IBITS && ldlm_lock_usable(lock) &&
		    lock->granted_mode != LCK_NL)
			bits |= lock->policy.ibits.bits;
	WRITE_ONCE(res->bits, bits);
}

/*
 * A lock is granted: put it on the resource that lock->resid names, where it
 * stays for life.  *@newp is a spare resource, used (and cleared) if there is
 * none yet.  Caller holds ns->lock.  0, -ENOMEM or another errno of the hash
 * table.
 */
int ldlm_resource_attach(struct ldlm_ns *ns, struct ldlm_lock *lock,
			 struct ldlm_resource **newp)
{
	struct ldlm_resource *res = ldlm_resource_find(ns, &lock->resid);
	int rc;

	if (!res) {
		res = *newp;
		if (!res)
			return -ENOMEM;
		res->id = lock->resid;
		rc = rhashtable_insert_fast(&ns->resources, &res->node,
					    ldlm_resource_params);
		if (rc)
			return rc;
		*newp = NULL;
		ns->nr_resources++;
	}
	lock->res = res;
	if (lock->type == LDLM_EXTENT)
		ldlm_extent_insert(res, lock);
	else if (lock->type == LDLM_FLOCK)
		ldlm_flock_insert(res, lock);
	else
		list_add_tail(&lock->res_link, &res->granted);
	res->nr_locks++;
	return 0;
}

/* Take a lock off its resource, which goes with its last lock. */
void ldlm_resource_detach(struct ldlm_ns *ns, struct ldlm_lock *lock)
{
	struct ldlm_resource *res = lock->res;

	if (!res)
		return;
	lock->res = NULL;
	if (lock->type == LDLM_EXTENT)
		ldlm_extent_erase(res, lock);
	else if (lock->type == LDLM_FLOCK)
		ldlm_flock_erase(res, lock);
	else
		list_del_init(&lock->res_link);
	ldlm_resource_update_bits(res);
	if (--res->nr_locks)
		return;
	rhashtable_remove_fast(&ns->resources, &res->node,
			       ldlm_resource_params);
	ns->nr_resources--;
	call_rcu(&res->rcu, ldlm_resource_free_rcu);
}

/**
 * ldlm_cached_bits - what inode bits do we hold on an object?
 * @ns: namespace
 * @resid: the object
 *
 * Return: union of the bits of all granted locks that are not wanted back.
 * Context: any; takes no lock: fit for RCU path walk.
 */
u64 ldlm_cached_bits(struct ldlm_ns *ns, const struct ldlm_resid *resid)
{
	struct ldlm_resource *res;
	u64 bits = 0;

	rcu_read_lock();
	res = ldlm_resource_find(ns, resid);
	if (res)
		bits = READ_ONCE(res->bits);
	rcu_read_unlock();
	return bits;
}
