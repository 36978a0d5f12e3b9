// SPDX-License-Identifier: GPL-2.0-only
/*
 * Lock replay: tell a restarted server which locks we have, specification
 * 06 section 12.
 */
#include "ldlm/internal.h"

/**
 * struct ldlm_replay - one round of lock replay
 * @ref: the round itself, and one per request
 * @waitq: woken when a reply came
 * @in_flight: requests without a reply
 * @rc: first error
 */
struct ldlm_replay {
	refcount_t		ref;
	wait_queue_head_t	waitq;
	atomic_t		in_flight;
	int			rc;
};

struct ldlm_replay_item {
	struct ldlm_replay	*round;
	struct ldlm_lock	*lock;
};

static void ldlm_replay_put(struct ldlm_replay *round)
{
	if (refcount_dec_and_test(&round->ref))
		kfree(round);
}

static int ldlm_replay_reply(struct ldlm_lock *lock, struct ptlrpc_request *req)
{
	const struct ldlm_reply *rep = ptlrpc_rep_buf(req, 1, sizeof(*rep));

	if (!rep || !rep->lock_handle.cookie)
		return -EPROTO;
	spin_lock(&lock->ns->lock);
	WRITE_ONCE(lock->remote, rep->lock_handle.cookie);
	spin_unlock(&lock->ns->lock);
	return 0;
}

static void ldlm_replay_done(struct ptlrpc_request *req, int rc, void *data)
{
	struct ldlm_replay_item *item = data;
	struct ldlm_replay *round = item->round;

	if (!rc)
		rc = ldlm_replay_reply(item->lock, req);
	else if (rc > 0)
		rc = -EPROTO;
	if (rc) {
		ldlm_notice(item->lock->ns, "lock replay failed: %d\n", rc);
		cmpxchg(&round->rc, 0, rc);
	}
	atomic_dec(&round->in_flight);
	wake_up(&round->waitq);
}

static void ldlm_replay_release(void *data)
{
	struct ldlm_replay_item *item = data;

	ldlm_lock_put(item->lock);
	ldlm_replay_put(item->round);
	kfree(item);
}

static const struct ptlrpc_req_ops ldlm_replay_ops = {
	.done		= ldlm_replay_done,
	.release	= ldlm_replay_release,
};

static void ldlm_replay_pack(struct ldlm_lock *lock, struct ldlm_request *dlm)
{
	u32 flags = LDLM_FL_REPLAY;
	struct ldlm_desc desc;

	spin_lock(&lock->ns->lock);
	ldlm_lock_describe(lock, &desc);
	ldlm_trace(lock, lustre_lock_trace_replay);
	flags |= lock->granted_mode ? LDLM_FL_BLOCK_GRANTED :
				      LDLM_FL_BLOCK_WAIT;
	spin_unlock(&lock->ns->lock);
	if (desc.granted_mode)
		desc.req_mode = desc.granted_mode;
	ldlm_desc_to_wire(&desc, &dlm->lock_desc);
	dlm->lock_flags = cpu_to_le32(flags);
	dlm->lock_handle[0].cookie = lock->handle.cookie;
}

static int ldlm_replay_send(struct ldlm_replay *round, struct ldlm_lock *lock)
{
	u32 lens[] = { sizeof(struct ldlm_request) };
	u32 replens[] = { sizeof(struct ldlm_reply), 0 };
	struct ldlm_replay_item *item;
	struct ptlrpc_request *req;

	item = kzalloc_obj(*item, GFP_NOFS);
	if (!item)
		return -ENOMEM;
	req = ptlrpc_req_alloc(lock->ns->imp, LDLM_ENQUEUE, lens, 1,
			       PTLRPC_REQ_LOCK_REPLAY | PTLRPC_REQ_NO_RESEND |
			       PTLRPC_REQ_NO_REPLAY, GFP_NOFS);
	if (IS_ERR(req)) {
		kfree(item);
		return PTR_ERR(req);
	}
	ptlrpc_req_set_replen(req, replens, ARRAY_SIZE(replens));
	ldlm_replay_pack(lock, ptlrpc_req_buf(req, 1, lens[0]));
	item->round = round;
	item->lock = lock;
	ldlm_lock_get(lock);
	refcount_inc(&round->ref);
	atomic_inc(&round->in_flight);
	ptlrpc_send(req, &ldlm_replay_ops, item);
	ptlrpc_req_put(req);
	return 0;
}

/*
 * Idle locks that cover nothing are dropped instead: the server has forgotten
 * them, nobody loses anything.  Their owner is told on the workqueue: this is
 * the import's recovery, which must not wait for what may wait for it.
 */
static bool ldlm_replay_drop(struct ldlm_lock *lock)
{
	ktime_t used = READ_ONCE(lock->last_used);
	struct ldlm_ns *ns = lock->ns;
	bool dropped;

	if (ldlm_lock_users(lock) ||
	    (lock->ops && lock->ops->weigh && lock->ops->weigh(lock)))
		return false;
	spin_lock(&ns->lock);
	/* Who used it since then may have left dirty data under it. */
	dropped = !(lock->flags & LDLM_LF_NO_LRU) &&
		  ldlm_cancel_claim_since(lock, used);
	if (dropped) {
		ldlm_lock_lose(lock);
		ldlm_cancel_later(lock);
	}
	spin_unlock(&ns->lock);
	return dropped;
}

/* Does the server have to know about this lock?  Under ns->lock. */
static bool ldlm_replay_wanted(const struct ldlm_lock *lock)
{
	if (lock->flags & (LDLM_LF_LOCAL | LDLM_LF_BL_DONE | LDLM_LF_FAILED |
			   LDLM_LF_CANCEL_ON_BLOCK))
		return false;
	/* Of a request without a reply the resend takes care */
	return lock->state != LDLM_STATE_DEAD && lock->state != LDLM_STATE_NEW;
}

static int ldlm_replay_one(struct ldlm_replay *round, struct ldlm_lock *lock)
{
	bool wanted;

	spin_lock(&lock->ns->lock);
	wanted = ldlm_replay_wanted(lock);
	spin_unlock(&lock->ns->lock);
	if (!wanted || ldlm_replay_drop(lock))
		return 0;
	wait_event(round->waitq,
		   atomic_read(&round->in_flight) < LDLM_REPLAY_WINDOW);
	return READ_ONCE(round->rc) ?: ldlm_replay_send(round, lock);
}

/**
 * ldlm_ns_replay_locks - bring a restarted server up to date
 * @ns: namespace
 *
 * For &ptlrpc_import_ops.replay_locks.  Sends one enqueue per lock worth
 * keeping, a few at a time, and waits for the answers; idle locks that cover
 * nothing are dropped.
 *
 * Return: 0, or an errno for which the import must connect again.
 */
int ldlm_ns_replay_locks(struct ldlm_ns *ns)
{
	struct ldlm_replay *round = kzalloc_obj(*round, GFP_NOFS);
	struct ldlm_lock *lock = NULL;
	unsigned long i = 0;
	int rc = 0;

	if (!round)
		return -ENOMEM;
	refcount_set(&round->ref, 1);
	init_waitqueue_head(&round->waitq);
	/* Of locks that are born meanwhile the resend takes care. */
	while ((lock = ldlm_ns_next(ns, lock, &i))) {
		rc = ldlm_replay_one(round, lock);
		if (rc) {
			ldlm_lock_put(lock);
			break;
		}
	}
	/* Bounded: each request ends with a reply or its deadline. */
	wait_event(round->waitq, !atomic_read(&round->in_flight));
	rc = rc ?: round->rc;
	ldlm_replay_put(round);
	return rc;
}
