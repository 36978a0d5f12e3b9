// SPDX-License-Identifier: GPL-2.0-only
/*
 * Early lock cancel, 06 section 4.1: a request that will revoke locks of
 * ours names them, which saves their blocking callbacks and CANCELs.
 */
#include "ldlm/internal.h"

/**
 * ldlm_elc_init - begin a list
 * @elc: list
 * @ns: namespace of the import that the request will go to
 */
void ldlm_elc_init(struct ldlm_elc *elc, struct ldlm_ns *ns)
{
	elc->ns = ns;
	elc->count = 0;
	INIT_LIST_HEAD(&elc->locks);
}

static bool ldlm_elc_wants(const struct ldlm_lock *lock, u32 mode, u64 bits)
{
	struct ldlm_policy p = { .ibits.bits = bits };

	return lock->type == LDLM_IBITS && !(lock->flags & LDLM_LF_NO_LRU) &&
	       !ldlm_modes_compatible(lock->granted_mode, mode) &&
	       ldlm_policies_overlap(LDLM_IBITS, &lock->policy, &p);
}

/* Run the cancel actions of a claimed lock, and put it on the list if it may. */
static void ldlm_elc_take(struct ldlm_elc *elc, struct ldlm_lock *lock)
{
	bool pack;

	ldlm_cancel_run(lock);
	spin_lock(&elc->ns->lock);
	pack = elc->count < LDLM_ELC_MAX && ldlm_lock_remote_known(lock) &&
	       !(lock->flags & LDLM_LF_BL_AST);
	spin_unlock(&elc->ns->lock);
	if (pack) {
		list_add_tail(&lock->link, &elc->locks);
		elc->count++;
	} else {
		ldlm_cancel_finish(lock);
	}
}

/**
 * ldlm_elc_add - cancel what a request will revoke anyway
 * @elc: list
 * @resid: object that the request changes
 * @mode: mode of the lock that the server will take, one LCK_* bit
 * @bits: its inode bits
 *
 * May sleep and do I/O: runs the cancel actions of all idle conflicting locks.
 * Does nothing if the server did not grant CANCELSET.
 *
 * Return: number of locks on the list.
 */
unsigned int ldlm_elc_add(struct ldlm_elc *elc, const struct ldlm_resid *resid,
			  u32 mode, u64 bits)
{
	struct ldlm_ns *ns = elc->ns;
	struct ldlm_lock *lock, *next;
	struct ldlm_resource *res;
	LIST_HEAD(claimed);

	if (!ptlrpc_import_granted(ns->imp, OBD_CONNECT_CANCELSET))
		return elc->count;
	spin_lock(&ns->lock);
	res = ldlm_resource_find(ns, resid);
	if (res)
		list_for_each_entry(lock, &res->granted, res_link)
			if (ldlm_elc_wants(lock, mode, bits) &&
			    ldlm_cancel_claim(lock))
				list_add_tail(&lock->link, &claimed);
	spin_unlock(&ns->lock);
	list_for_each_entry_safe(lock, next, &claimed, link) {
		list_del_init(&lock->link);
		ldlm_elc_take(elc, lock);
	}
	return elc->count;
}

/**
 * ldlm_elc_size - length of the ldlm_request buffer of the request to be made
 * @elc: complete list
 * @enqueue: the request is an LDLM_ENQUEUE, whose first slot is the new lock
 *
 * Return: bytes; 0 when no such buffer content is needed.
 */
u32 ldlm_elc_size(const struct ldlm_elc *elc, bool enqueue)
{
	unsigned int slots = elc->count + enqueue;

	if (!slots)
		return 0;
	return offsetof(struct ldlm_request, lock_handle) +
	       sizeof(struct lustre_handle) *
	       max_t(unsigned int, slots, LDLM_LOCKREQ_HANDLES);
}

/**
 * ldlm_elc_pack - put the cookies into a request
 * @elc: list; empty afterwards
 * @req: request, not sent yet
 * @buf: its ldlm_request buffer
 * @enqueue: as for ldlm_elc_size()
 *
 * Locks that do not fit, or that the server has asked for meanwhile, are
 * cancelled by a message of their own.
 */
void ldlm_elc_pack(struct ldlm_elc *elc, struct ptlrpc_request *req,
		   unsigned int buf, bool enqueue)
{
	const u32 base = offsetof(struct ldlm_request, lock_handle);
	u32 len = ptlrpc_req_buflen(req, buf);
	struct ldlm_request *dlm = ptlrpc_req_buf(req, buf, base);
	unsigned int slots = dlm ? (len - base) / sizeof(u64) : 0;
	struct lustre_handle *handle = (void *)dlm + base;
	struct ldlm_lock *lock, *next;
	unsigned int n = enqueue;

	list_for_each_entry_safe(lock, next, &elc->locks, link) {
		bool pack;

		list_del_init(&lock->link);
		spin_lock(&elc->ns->lock);
		pack = n < slots && ldlm_lock_remote_known(lock) &&
		       !(lock->flags & LDLM_LF_BL_AST);
		if (pack)
			handle[n++].cookie = lock->remote;
		if (pack)
			ldlm_trace(lock, lustre_lock_trace_elc);
		spin_unlock(&elc->ns->lock);
		if (pack)
			ldlm_lock_destroy(lock);
		else
			ldlm_cancel_finish(lock);
	}
	elc->count = 0;
	if (dlm)
		dlm->lock_count = cpu_to_le32(n);
}

/**
 * ldlm_elc_drop - there will be no request: cancel by messages of our own
 * @elc: list; empty afterwards
 */
void ldlm_elc_drop(struct ldlm_elc *elc)
{
	struct ldlm_lock *lock, *next;

	list_for_each_entry_safe(lock, next, &elc->locks, link) {
		list_del_init(&lock->link);
		ldlm_cancel_finish(lock);
	}
	elc->count = 0;
}
