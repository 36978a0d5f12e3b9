// SPDX-License-Identifier: GPL-2.0-only
/*
 * Handles: 64-bit cookies that servers quote to name our locks and imports.
 * Random, so that a stale one of an earlier life never hits anything.
 */
#include <linux/random.h>
#include <linux/rcupdate.h>

#include "internal.h"

static const struct rhashtable_params ptlrpc_handle_params = {
	.head_offset		= offsetof(struct ptlrpc_handle, node),
	.key_offset		= offsetof(struct ptlrpc_handle, cookie),
	.key_len		= sizeof(u64),
	.automatic_shrinking	= true,
};

int ptlrpc_handles_init(struct ptlrpc_net *pn)
{
	return rhashtable_init(&pn->handles, &ptlrpc_handle_params);
}

void ptlrpc_handles_exit(struct ptlrpc_net *pn)
{
	WARN_ON_ONCE(atomic_read(&pn->handles.nelems));
	rhashtable_destroy(&pn->handles);
}

/**
 * ptlrpc_handle_add - give an object a cookie and make it findable
 * @pn: RPC state of the namespace
 * @h: handle inside the object
 * @type: kind of the object
 *
 * Allocates memory (GFP_NOFS inside the hash table); may sleep.
 *
 * Return: 0 or -ENOMEM.
 */
int ptlrpc_handle_add(struct ptlrpc_net *pn, struct ptlrpc_handle *h,
		      const struct ptlrpc_handle_type *type)
{
	int rc;

	h->type = type;
	do {
		h->cookie = get_random_u64();
		if (!h->cookie)
			continue;
		rc = rhashtable_lookup_insert_fast(&pn->handles, &h->node,
						   ptlrpc_handle_params);
		if (rc == -EBUSY)	/* table is being resized */
			cond_resched();
	} while (!h->cookie || rc == -EEXIST || rc == -EBUSY);
	if (rc)
		h->cookie = 0;
	return rc;
}

/**
 * ptlrpc_handle_del - make an object unfindable
 * @pn: RPC state of the namespace
 * @h: handle inside the object
 *
 * Any context that may take a bh spinlock.  Harmless on a handle that is not
 * in the table.  Lookups that are under way may still find it: free the object
 * after a grace period.
 */
void ptlrpc_handle_del(struct ptlrpc_net *pn, struct ptlrpc_handle *h)
{
	if (h->cookie)
		rhashtable_remove_fast(&pn->handles, &h->node,
				       ptlrpc_handle_params);
}

/**
 * ptlrpc_handle_find - the object that a server means
 * @pn: RPC state of the namespace
 * @cookie: from the wire, byte for byte
 * @type: kind of object expected
 *
 * Any context.
 *
 * Return: its handle, with a reference taken by type->get(), or NULL.
 */
struct ptlrpc_handle *ptlrpc_handle_find(struct ptlrpc_net *pn, u64 cookie,
					 const struct ptlrpc_handle_type *type)
{
	struct ptlrpc_handle *h;

	if (!cookie)
		return NULL;
	rcu_read_lock();
	h = rhashtable_lookup(&pn->handles, &cookie, ptlrpc_handle_params);
	if (h && (h->type != type || !type->get(h)))
		h = NULL;
	rcu_read_unlock();
	return h;
}
