// SPDX-License-Identifier: GPL-2.0-only
/*
 * Giving locks back, 06 sections 5 and 4.1.
 *
 * One path for all reasons.  Somebody claims an idle lock (GRANTED ->
 * CANCELING, from then on it is his alone), runs the owner's cancel actions, and
 * either queues its CANCEL, which the namespace's worker sends in batches, or
 * lets its cookie travel in another request (ELC).
 */
#include "ldlm/internal.h"

/* Jiffies after which what has been cancelled is told */
#define LDLM_CANCEL_GATHER	(HZ / 10)

/*
 * Make an idle lock the caller's to cancel.  Its link is free for a list of the
 * caller, the reference for being known keeps it.  Under ns->lock.
 */
bool ldlm_cancel_claim(struct ldlm_lock *lock)
{
	if (lock->state != LDLM_STATE_GRANTED || !ldlm_use_shut(lock))
		return false;
	ldlm_lock_block(lock, 0);
	lock->state = LDLM_STATE_CANCELING;
	return true;
}

/* The same unless a use has ended since @used, the value of last_used then. */
bool ldlm_cancel_claim_since(struct ldlm_lock *lock, ktime_t used)
{
	if (lock->state != LDLM_STATE_GRANTED || !ldlm_use_shut(lock))
		return false;
	if (lock->last_used != used) {
		ldlm_use_reopen(lock);
		return false;
	}
	ldlm_lock_block(lock, 0);
	lock->state = LDLM_STATE_CANCELING;
	return true;
}

/* Have a claimed lock cancelled by a worker.  Under ns->lock. */
void ldlm_cancel_later(struct ldlm_lock *lock)
{
	list_add_tail(&lock->link, &lock->ns->claimed);
	queue_work(ldlm_wq, &lock->ns->claimed_work);
}

/* Run the owner's cancel actions of a claimed lock.  May sleep and do I/O. */
void ldlm_cancel_run(struct ldlm_lock *lock)
{
	struct ldlm_ns *ns = lock->ns;
	bool discard;

	spin_lock(&ns->lock);
	discard = lock->flags & LDLM_LF_DISCARD;
	ldlm_trace(lock, lustre_lock_trace_cancel);
	spin_unlock(&ns->lock);

	if (lock->ops && lock->ops->blocking)
		lock->ops->blocking(lock, NULL, discard ? LDLM_BL_DISCARD :
							  LDLM_BL_CANCELING);
	spin_lock(&ns->lock);
	lock->flags |= LDLM_LF_BL_DONE;
	ns->cancelled++;
	spin_unlock(&ns->lock);
	wake_up_all(&lock->waitq);
}

/* The cancel actions ran: send CANCEL unless the server has no such lock. */
void ldlm_cancel_finish(struct ldlm_lock *lock)
{
	struct ldlm_ns *ns = lock->ns;
	bool tell;

	spin_lock(&ns->lock);
	tell = ldlm_lock_remote_known(lock);
	if (tell) {
		list_add_tail(&lock->link, &ns->cancel_list);
		queue_work(ldlm_cancel_wq, &ns->cancel_work);
	}
	spin_unlock(&ns->lock);
	if (!tell)
		ldlm_lock_destroy(lock);
}

static void ldlm_cancel_finish_list(struct list_head *ran)
{
	struct ldlm_lock *lock, *next;

	list_for_each_entry_safe(lock, next, ran, link) {
		list_del_init(&lock->link);
		ldlm_cancel_finish(lock);
	}
}

/*
 * Cancel all locks of a list of claimed ones.  May sleep and do I/O.  They go in
 * one message, but nobody waits long for one lock because of another.
 */
void ldlm_cancel_list(struct list_head *claimed)
{
	struct ldlm_lock *lock, *next;
	unsigned long since = jiffies;
	LIST_HEAD(ran);

	list_for_each_entry_safe(lock, next, claimed, link) {
		list_del_init(&lock->link);
		ldlm_cancel_run(lock);
		list_add_tail(&lock->link, &ran);
		if (time_before(jiffies, since + LDLM_CANCEL_GATHER))
			continue;
		ldlm_cancel_finish_list(&ran);
		since = jiffies;
	}
	ldlm_cancel_finish_list(&ran);
}

void ldlm_claimed_work(struct work_struct *work)
{
	struct ldlm_ns *ns = container_of(work, struct ldlm_ns, claimed_work);
	LIST_HEAD(claimed);

	spin_lock(&ns->lock);
	list_splice_init(&ns->claimed, &claimed);
	spin_unlock(&ns->lock);
	ldlm_cancel_list(&claimed);
}

/*
 * Have the lock's worker look at it: a blocking callback came, or the last use
 * of a lock that is wanted back ended.  Under ns->lock, lock not dead.
 */
void ldlm_cancel_kick(struct ldlm_lock *lock)
{
	ldlm_lock_hold(lock, lustre_lock_ref_get_work);
	if (!queue_work(ldlm_wq, &lock->bl_work))
		ldlm_lock_put(lock);
}

/* Cancel a lock after a blocking callback; ->blocking() if it is in use. */
void ldlm_bl_work(struct work_struct *work)
{
	struct ldlm_lock *lock = container_of(work, struct ldlm_lock, bl_work);
	struct ldlm_ns *ns = lock->ns;
	struct ldlm_desc desc;
	bool claimed, notify;

	spin_lock(&ns->lock);
	claimed = lock->flags & LDLM_LF_CBPENDING && ldlm_cancel_claim(lock);
	notify = lock->flags & LDLM_LF_BL_AST && ldlm_lock_users(lock) &&
		 lock->state == LDLM_STATE_GRANTED;
	ldlm_lock_describe(lock, &desc);
	if (lock->type == LDLM_IBITS)
		desc.policy.ibits.more = lock->cancel_bits;
	spin_unlock(&ns->lock);

	if (claimed) {
		ldlm_cancel_run(lock);
		ldlm_cancel_finish(lock);
	} else if (notify && lock->ops && lock->ops->blocking) {
		lock->ops->blocking(lock, &desc, LDLM_BL_BLOCKING);
	}
	ldlm_lock_put(lock);
}

/* ---- the CANCEL message ------------------------------------------------ */

/* Move up to @max locks off the cancel list; those without a name just die. */
static unsigned int ldlm_cancel_take(struct ldlm_ns *ns, struct list_head *out,
				     struct list_head *dead, unsigned int max)
{
	struct ldlm_lock *lock, *next;
	unsigned int n = 0;

	spin_lock(&ns->lock);
	list_for_each_entry_safe(lock, next, &ns->cancel_list, link) {
		if (n == max)
			break;
		if (ldlm_lock_remote_known(lock)) {
			list_move_tail(&lock->link, out);
			n++;
		} else {
			list_move_tail(&lock->link, dead);
		}
	}
	spin_unlock(&ns->lock);
	return n;
}

static void ldlm_destroy_list(struct list_head *list)
{
	struct ldlm_lock *lock, *next;

	list_for_each_entry_safe(lock, next, list, link) {
		list_del_init(&lock->link);
		ldlm_lock_destroy(lock);
	}
}

static struct lustre_handle *ldlm_request_handles(struct ldlm_request *dlm)
{
	return (void *)dlm + offsetof(struct ldlm_request, lock_handle);
}

/* One LDLM_CANCEL for @n locks, which are dead afterwards.  NULL: no memory. */
static struct ptlrpc_request *ldlm_cancel_pack(struct ldlm_ns *ns,
					       struct list_head *locks,
					       unsigned int n)
{
	u32 len = offsetof(struct ldlm_request, lock_handle) +
		  sizeof(struct lustre_handle) * max(n, 2U);
	struct lustre_handle *handle;
	struct ptlrpc_request *req;
	struct ldlm_request *dlm;
	struct ldlm_lock *lock;

	req = ptlrpc_req_alloc_reserve(ns->imp, LDLM_CANCEL, &len, 1,
				       PTLRPC_REQ_NO_REPLAY);
	dlm = IS_ERR(req) ? NULL : ptlrpc_req_buf(req, 1, len);
	if (dlm) {
		dlm->lock_count = cpu_to_le32(n);
		handle = ldlm_request_handles(dlm);
		list_for_each_entry(lock, locks, link)
			(handle++)->cookie = lock->remote;
	}
	/* Not findable from here on: a crossing callback gets -EINVAL. */
	ldlm_destroy_list(locks);
	if (dlm)
		return req;
	ldlm_warn(ns, "cannot cancel %u locks\n", n);
	if (!IS_ERR(req))
		ptlrpc_req_put(req);
	return NULL;
}

/* Send what is on the namespace's cancel list. */
void ldlm_cancel_work(struct work_struct *work)
{
	struct ldlm_ns *ns = container_of(work, struct ldlm_ns, cancel_work);
	struct ptlrpc_request *req;
	LIST_HEAD(locks);
	LIST_HEAD(dead);
	unsigned int n;

	for (;;) {
		n = ldlm_cancel_take(ns, &locks, &dead, LDLM_CANCEL_MAX);
		ldlm_destroy_list(&dead);
		if (!n)
			return;
		req = ldlm_cancel_pack(ns, &locks, n);
		if (!req)
			continue;
		ptlrpc_send(req, NULL, NULL);
		ptlrpc_req_put(req);
	}
}

/**
 * ldlm_cancel_wait - end a lock's life, on the server as well
 * @lock: lock in state CANCELING that is on no list, its cancel actions ran
 *
 * Returns when the server has answered, whatever; or when the task is killed.
 */
void ldlm_cancel_wait(struct ldlm_lock *lock)
{
	struct ldlm_ns *ns = lock->ns;
	struct ptlrpc_request *req;
	LIST_HEAD(locks);

	spin_lock(&ns->lock);
	if (ldlm_lock_remote_known(lock))
		list_add(&lock->link, &locks);
	spin_unlock(&ns->lock);
	if (list_empty(&locks)) {
		ldlm_lock_destroy(lock);
		return;
	}
	req = ldlm_cancel_pack(ns, &locks, 1);
	if (!req)
		return;
	ptlrpc_queue_wait(req);
	ptlrpc_req_put(req);
}

/* ---- cancelling on request of the client itself ------------------------ */

static bool ldlm_cancel_over(struct ldlm_lock *lock)
{
	bool over;

	spin_lock(&lock->ns->lock);
	over = lock->state == LDLM_STATE_DEAD ||
	       lock->flags & LDLM_LF_BL_DONE;
	spin_unlock(&lock->ns->lock);
	return over;
}

/**
 * ldlm_lock_cancel - give a lock back now
 * @lock: lock the caller has a reference to, but no use of
 *
 * May sleep and do I/O: returns when the cancel actions are finished; the
 * message to the server follows by itself.
 *
 * Return: 0; -EBUSY when it is in use (it goes after the last use), -EINTR when
 * killed while another task was cancelling it.
 */
int ldlm_lock_cancel(struct ldlm_lock *lock)
{
	struct ldlm_ns *ns = lock->ns;
	bool claimed, busy;

	spin_lock(&ns->lock);
	ldlm_lock_block(lock, 0);
	claimed = ldlm_cancel_claim(lock);
	busy = lock->state < LDLM_STATE_CANCELING;
	spin_unlock(&ns->lock);
	if (busy)
		return -EBUSY;
	if (claimed) {
		ldlm_cancel_run(lock);
		ldlm_cancel_finish(lock);
		return 0;
	}
	return wait_event_killable(lock->waitq, ldlm_cancel_over(lock)) ?
	       -EINTR : 0;
}
