// SPDX-License-Identifier: GPL-2.0-only
/*
 * Resources: the objects that a namespace has locks on, found by their id.
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
	INIT_LIST_HEAD(&ns->res_list);
	return rhashtable_init(&ns->resources, &ldlm_resource_params);
}

/* A resource that is in no table yet; NULL when there is no memory. */
struct ldlm_resource *ldlm_resource_alloc(const struct ldlm_resid *id)
{
	struct ldlm_resource *res;

	res = kmem_cache_zalloc(ldlm_resource_cache, GFP_NOFS);
	if (!res)
		return NULL;
	res->id = *id;
	INIT_LIST_HEAD(&res->ns_link);
	INIT_LIST_HEAD(&res->granted);
	INIT_LIST_HEAD(&res->waiting);
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

/* Caller holds ns->lock. */
struct ldlm_resource *ldlm_resource_find(struct ldlm_ns *ns,
					 const struct ldlm_resid *id)
{
	return rhashtable_lookup_fast(&ns->resources, id,
				      ldlm_resource_params);
}

/*
 * Put a lock on the waiting list of the resource that lock->resid names.
 * *@newp is a spare resource for that id, used (and cleared) if there is none.
 * Caller holds ns->lock.  0, -ENOMEM or another errno of the hash table.
 */
int ldlm_resource_attach(struct ldlm_ns *ns, struct ldlm_lock *lock,
			 struct ldlm_resource **newp)
{
	struct ldlm_resource *res = ldlm_resource_find(ns, &lock->resid);
	int rc;

	if (!res) {
		res = *newp;
		if (!res || !ldlm_resid_equal(&res->id, &lock->resid))
			return -ENOMEM;
		rc = rhashtable_insert_fast(&ns->resources, &res->node,
					    ldlm_resource_params);
		if (rc)
			return rc;
		*newp = NULL;
		list_add_tail(&res->ns_link, &ns->res_list);
		ns->nr_resources++;
	}
	lock->res = res;
	list_add_tail(&lock->res_link, &res->waiting);
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
	list_del_init(&lock->res_link);
	if (--res->nr_locks)
		return;
	rhashtable_remove_fast(&ns->resources, &res->node,
			       ldlm_resource_params);
	list_del(&res->ns_link);
	ns->nr_resources--;
	call_rcu(&res->rcu, ldlm_resource_free_rcu);
}
