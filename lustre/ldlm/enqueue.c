// SPDX-License-Identifier: GPL-2.0-only
/*
 * Asking for a lock, 06 section 4.
 *
 * The request always runs to its end, whoever waits for it: a lock that is
 * granted to a dead task is given back when the answer comes.  An enqueue is
 * settled when its reply was processed and the lock is granted (by the reply or
 * by a completion callback, in either order) or has failed.
 */
#include <kunit/visibility.h>
#include <linux/export.h>
#include "ldlm/internal.h"

static struct ldlm_enq *ldlm_enq_alloc(const struct ldlm_enqueue *args,
				       struct ptlrpc_request *req)
{
	struct ldlm_enq *enq = kzalloc_obj(*enq, GFP_NOFS);

	if (!enq)
		return NULL;
	refcount_set(&enq->ref, 1);
	INIT_LIST_HEAD(&enq->gone);
	enq->args = *args;
	enq->req = req;
	enq->own_req = !req;
	return enq;
}

static void ldlm_enq_put(struct ldlm_enq *enq)
{
	if (refcount_dec_and_test(&enq->ref))
		kfree(enq);
}

/* Callbacks that a lock's owner gets once. */
void ldlm_lock_complete(struct ldlm_lock *lock, int rc)
{
	bool first;

	spin_lock(&lock->ns->lock);
	first = !(lock->flags & LDLM_LF_COMPLETED);
	lock->flags |= LDLM_LF_COMPLETED;
	spin_unlock(&lock->ns->lock);
	if (first && lock->ops && lock->ops->completion)
		lock->ops->completion(lock, rc);
}

/* ---- changes of a lock's state ----------------------------------------- */

/* Take over what the server granted, perhaps on another resource. */
static int ldlm_lock_adopt(struct ldlm_lock *lock, const struct ldlm_desc *desc)
{
	lock->policy = desc->policy;
	if (lock->type == LDLM_IBITS)
		lock->policy.ibits.more = 0;
	if (desc->req_mode)
		lock->req_mode = desc->req_mode;
	if (!desc->resid.name[0] ||
	    ldlm_resid_equal(&desc->resid, &lock->resid))
		return 0;
	/* Others have an owner, who knows them by their resource. */
	if (lock->type != LDLM_IBITS)
		return -EPROTO;
	lock->resid = desc->resid;
	return 0;
}

/**
 * ldlm_lock_grant - a lock is granted
 * @lock: new or waiting lock; caller holds the namespace's lock
 * @desc: what the server says about it, checked
 * @mode: mode granted
 * @newp: spare resource
 *
 * Return: 0, or -ENOMEM and the like: the lock is then of no use.
 */
int ldlm_lock_grant(struct ldlm_lock *lock, const struct ldlm_desc *desc,
		    u32 mode, struct ldlm_resource **newp)
{
	int rc = ldlm_lock_adopt(lock, desc);

	if (rc)
		return rc;
	lock->granted_mode = mode;
	lock->last_used = ktime_get();
	if (lock->type == LDLM_FLOCK)
		rc = ldlm_flock_grant(lock, newp);
	else
		rc = ldlm_resource_attach(lock->ns, lock, newp);
	if (rc) {
		lock->granted_mode = 0;
		return rc;
	}
	lock->state = LDLM_STATE_GRANTED;
	lock->ns->enqueued++;
	ldlm_trace(lock, lustre_lock_trace_grant);
	return 0;
}

static bool ldlm_lock_fail_in(struct ldlm_lock *lock,
			      enum ldlm_lock_state last, int rc)
{
	struct ldlm_ns *ns = lock->ns;
	bool ours;

	spin_lock(&ns->lock);
	ours = lock->state <= last && !(lock->flags & LDLM_LF_READY);
	if (ours) {
		ldlm_lock_block(lock, LDLM_LF_FAILED | LDLM_LF_BL_DONE);
		lock->rc = rc;
		lock->state = LDLM_STATE_CANCELING;
		ldlm_resource_detach(ns, lock);
		ldlm_trace(lock, lustre_lock_trace_fail);
	}
	spin_unlock(&ns->lock);
	if (!ours)
		return false;
	ldlm_lock_complete(lock, rc);
	wake_up_all(&lock->waitq);
	return true;
}

/**
 * ldlm_lock_fail - a lock will not be had
 * @lock: lock whose enqueue is not settled yet; others are left alone
 * @rc: why; 301 for an aborted intent
 *
 * If the server may hold it, it is told.  Does not sleep, but for the
 * completion call.
 */
void ldlm_lock_fail(struct ldlm_lock *lock, int rc)
{
	if (ldlm_lock_fail_in(lock, LDLM_STATE_GRANTED, rc))
		ldlm_cancel_finish(lock);
}

/*
 * Wait no longer for a lock whose reply was processed.  False when it was
 * granted, or has failed; else the caller tells the server.
 */
static bool ldlm_lock_give_up(struct ldlm_lock *lock, int rc)
{
	return ldlm_lock_fail_in(lock, LDLM_STATE_WAITING, rc);
}

/* Copy a value block into a lock.  -EINVAL: larger than there is room for. */
int ldlm_lock_set_lvb(struct ldlm_lock *lock, const void *lvb, u32 len)
{
	if (!len)
		return 0;
	if (!lvb || len > lock->lvb_size)
		return -EINVAL;
	memcpy(lock->lvb, lvb, len);
	if (len < lock->lvb_size)
		memset(lock->lvb + len, 0, lock->lvb_size - len);
	lock->lvb_len = len;
	return 0;
}

/* ---- the end of an enqueue --------------------------------------------- */

/* The result for an asynchronous caller. */
static void ldlm_enq_report(struct ldlm_enq *enq, struct ldlm_lock *lock)
{
	struct ldlm_enqueue *args = &enq->args;

	if (args->lvb && lock->lvb) {
		memcpy(args->lvb, lock->lvb, lock->lvb_len);
		args->lvb_len = lock->lvb_len;
	}
	args->done(args, enq->status ? NULL : lock, enq->status);
	if (enq->status)
		ldlm_lock_decref(lock);
}

/* The lock's enqueue if its outcome is known now, for the caller to end. */
static struct ldlm_enq *ldlm_enq_take(struct ldlm_lock *lock)
{
	struct ldlm_ns *ns = lock->ns;
	struct ldlm_enq *enq;

	spin_lock(&ns->lock);
	enq = lock->enq;
	if (enq && (!enq->replied || (lock->state < LDLM_STATE_GRANTED &&
				      !(lock->flags & LDLM_LF_FAILED))))
		enq = NULL;
	if (enq) {
		lock->enq = NULL;
		enq->status = lock->flags & LDLM_LF_FAILED ? lock->rc : 0;
	}
	spin_unlock(&ns->lock);
	return enq;
}

/**
 * ldlm_enq_settle - end a lock's enqueue if everything about it is known
 * @lock: lock the caller has a reference to
 *
 * Called after each change of the lock's state.  Process context; calls
 * completion and done.
 */
void ldlm_enq_settle(struct ldlm_lock *lock)
{
	struct ldlm_enq *enq = ldlm_enq_take(lock);
	struct ldlm_ns *ns = lock->ns;

	if (!enq)
		return;
	ldlm_flock_sweep(enq);
	if (!enq->status)
		ldlm_lock_complete(lock, 0);

	/* From here on it can be matched, and cancelled. */
	spin_lock(&ns->lock);
	enq->finished = true;
	if (!enq->status)
		ldlm_lock_ready(lock);
	spin_unlock(&ns->lock);
	wake_up_all(&lock->waitq);

	if (enq->async)
		ldlm_enq_report(enq, lock);
	enq->lock = NULL;
	ldlm_lock_put(lock);
	ldlm_enq_put(enq);
}

/* ---- the reply --------------------------------------------------------- */

/* Could the server have meant this in answer to what was asked? */
bool ldlm_reply_sane(const struct ldlm_lock *lock,
		     const struct ldlm_desc *desc)
{
	if (desc->type != lock->type || !desc->req_mode)
		return false;
	if (desc->granted_mode && desc->granted_mode != desc->req_mode)
		return false;
	switch (lock->type) {
	case LDLM_FLOCK:
		return ldlm_flock_sane(lock, desc);
	case LDLM_EXTENT:
		return desc->req_mode == lock->req_mode &&
		       ldlm_policy_covers(lock->type, &desc->policy,
					  &lock->policy);
	case LDLM_IBITS:
		return desc->policy.ibits.bits;
	default:
		return desc->req_mode == lock->req_mode;
	}
}
EXPORT_SYMBOL_IF_KUNIT(ldlm_reply_sane);

static void ldlm_lock_inherit(struct ldlm_lock *lock, u32 flags)
{
	if (flags & LDLM_FL_NO_TIMEOUT)
		lock->flags |= LDLM_LF_NO_TIMEOUT;
	if (flags & LDLM_FL_CANCEL_ON_BLOCK)
		lock->flags |= LDLM_LF_CANCEL_ON_BLOCK;
	if (flags & LDLM_FL_DISCARD_DATA)
		lock->flags |= LDLM_LF_DISCARD;
}

/* A reply that came with a lock.  0, or an errno: the lock is useless. */
static int ldlm_reply_apply(struct ldlm_lock *lock,
			    const struct ldlm_reply *rep, const void *lvb,
			    u32 lvb_len)
{
	u32 flags = le32_to_cpu(rep->lock_flags);
	u32 blocked = flags & (LDLM_FL_BLOCK_GRANTED | LDLM_FL_BLOCK_WAIT);
	struct ldlm_resource *spare;
	struct ldlm_ns *ns = lock->ns;
	struct ldlm_desc desc;
	int rc;

	rc = ldlm_desc_from_wire(&rep->lock_desc, &desc);
	spare = ldlm_resource_alloc();
	spin_lock(&ns->lock);
	WRITE_ONCE(lock->remote, rep->lock_handle.cookie);
	ldlm_lock_inherit(lock, flags);
	/* A completion callback was faster, and knows better. */
	if (lock->state >= LDLM_STATE_GRANTED)
		goto granted;
	if (rc || !lock->remote || !ldlm_reply_sane(lock, &desc))
		rc = -EPROTO;
	else if (!blocked)
		rc = ldlm_lock_set_lvb(lock, lvb, lvb_len);
	if (rc)
		goto out;
	if (blocked) {
		rc = ldlm_lock_adopt(lock, &desc);
		lock->state = LDLM_STATE_WAITING;
		ldlm_trace(lock, lustre_lock_trace_wait);
	} else {
		rc = ldlm_lock_grant(lock, &desc, desc.req_mode, &spare);
	}
granted:
	if (flags & LDLM_FL_AST_SENT) {
		ldlm_lock_block(lock, LDLM_LF_BL_AST);
		if (!rc && lock->type == LDLM_IBITS)
			lock->cancel_bits |= desc.policy.ibits.more;
	}
out:
	spin_unlock(&ns->lock);
	ldlm_resource_free(spare);
	return rc;
}

/* An intent's part of the reply, for the caller. */
static void ldlm_enq_note_reply(struct ldlm_enq *enq,
				const struct ldlm_reply *rep)
{
	enq->args.reply_flags = le32_to_cpu(rep->lock_flags);
	enq->args.disposition = le64_to_cpu(rep->lock_policy_res1);
	enq->args.intent_status =
		ptlrpc_wire_errno(le64_to_cpu(rep->lock_policy_res2));
}

/* Whatever came back, bring the lock into the state that follows from it. */
static int ldlm_enq_reply(struct ldlm_enq *enq, struct ptlrpc_request *req,
			  int rc)
{
	const struct ldlm_reply *rep = ptlrpc_rep_buf(req, 1, sizeof(*rep));
	struct ldlm_lock *lock = enq->lock;
	u32 lvb_len = enq->own_req ? ptlrpc_rep_buflen(req, 2) : 0;
	const void *lvb = lvb_len ? ptlrpc_rep_buf(req, 2, lvb_len) : NULL;

	if (rep && rc >= 0)
		ldlm_enq_note_reply(enq, rep);
	if (rc == 0 && rep) {
		rc = ldlm_reply_apply(lock, rep, lvb, lvb_len);
		if (rc)
			ldlm_warn(lock->ns, "bad enqueue reply: %d\n", rc);
		return rc;
	}
	if (rc == ELDLM_LOCK_ABORTED) {
		/* All zero, even short, is allowed; only the LVB may matter */
		spin_lock(&lock->ns->lock);
		if (lvb_len && ldlm_lock_set_lvb(lock, lvb, lvb_len))
			rc = -EPROTO;
		spin_unlock(&lock->ns->lock);
		return rc;
	}
	return rc < 0 ? rc : -EPROTO;
}

/* The reply belongs to nobody any more: let the owner clean up after it. */
static void ldlm_enq_orphan(struct ldlm_enq *enq, struct ptlrpc_request *req,
			    int rc)
{
	if (enq->args.orphan && rc >= 0)
		enq->args.orphan(req, rc, enq->args.priv);
}

/*
 * A replay of this request must not take the lock again: the lock is replayed
 * by itself (06 section 12).
 */
void ldlm_request_set_intent_only(struct ptlrpc_request *req)
{
	struct ldlm_request *dlm = ptlrpc_req_buf(req, 1, sizeof(*dlm));

	if (dlm)
		dlm->lock_flags |= cpu_to_le32(LDLM_FL_INTENT_ONLY);
}

static void ldlm_enq_done(struct ptlrpc_request *req, int rc, void *data)
{
	struct ldlm_enq *enq = data;
	struct ldlm_lock *lock = enq->lock;
	struct ldlm_ns *ns = lock->ns;
	bool abandoned;
	int status;

	if (!enq->own_req && rc >= 0 && ptlrpc_rep_transno(req))
		ldlm_request_set_intent_only(req);
	ldlm_lock_get(lock);
	status = ldlm_enq_reply(enq, req, rc);
	if (status)
		ldlm_lock_fail(lock, status);
	spin_lock(&ns->lock);
	enq->replied = true;
	abandoned = enq->abandoned;
	spin_unlock(&ns->lock);
	if (abandoned)
		ldlm_enq_orphan(enq, req, rc);
	/* Others go to the LRU; a file lock would keep others out. */
	if (abandoned && lock->type == LDLM_FLOCK &&
	    ldlm_lock_give_up(lock, -EINTR))
		ldlm_cancel_finish(lock);
	if (enq->args.replied)
		enq->args.replied(enq->args.priv);
	wake_up_all(&lock->waitq);
	ldlm_enq_settle(lock);
	ldlm_lock_put(lock);
}

static void ldlm_enq_committed(struct ptlrpc_request *req, void *data)
{
	struct ldlm_enqueue *args = &((struct ldlm_enq *)data)->args;

	if (args->req_ops && args->req_ops->committed)
		args->req_ops->committed(req, args->req_data);
}

static void ldlm_enq_lost(struct ptlrpc_request *req, void *data)
{
	struct ldlm_enqueue *args = &((struct ldlm_enq *)data)->args;

	if (args->req_ops && args->req_ops->lost)
		args->req_ops->lost(req, args->req_data);
	else
		ldlm_enq_committed(req, data);
}

static int ldlm_enq_replay(struct ptlrpc_request *req, void *data)
{
	struct ldlm_enqueue *args = &((struct ldlm_enq *)data)->args;

	if (args->req_ops && args->req_ops->replay)
		return args->req_ops->replay(req, args->req_data);
	return 0;
}

static bool ldlm_enq_again(struct ptlrpc_request *req, int rc, void *data)
{
	struct ldlm_enqueue *args = &((struct ldlm_enq *)data)->args;

	return args->req_ops && args->req_ops->again &&
	       args->req_ops->again(req, rc, args->req_data);
}

static void ldlm_enq_replayed(struct ptlrpc_request *req, int rc, void *data)
{
	struct ldlm_enqueue *args = &((struct ldlm_enq *)data)->args;

	if (args->req_ops && args->req_ops->replayed)
		args->req_ops->replayed(req, rc, args->req_data);
}

static void ldlm_enq_release(void *data)
{
	struct ldlm_enq *enq = data;

	if (enq->args.req_ops && enq->args.req_ops->release)
		enq->args.req_ops->release(enq->args.req_data);
	ldlm_enq_put(enq);
}

/* Every member: what is left out here is kept from who made the request. */
static const struct ptlrpc_req_ops ldlm_enq_ops = {
	.done		= ldlm_enq_done,
	.committed	= ldlm_enq_committed,
	.lost		= ldlm_enq_lost,
	.replay		= ldlm_enq_replay,
	.again		= ldlm_enq_again,
	.replayed	= ldlm_enq_replayed,
	.release	= ldlm_enq_release,
};

static_assert(sizeof(struct ptlrpc_req_ops) == 7 * sizeof(void *));

/* ---- the request ------------------------------------------------------- */

static int ldlm_enq_check(const struct ldlm_enqueue *args)
{
	if (!ldlm_mode_valid(args->mode) ||
	    args->flags & ~LDLM_FL_ENQUEUE_MASK)
		return -EINVAL;
	switch (args->type) {
	case LDLM_PLAIN:
		return 0;
	case LDLM_EXTENT:
		return args->policy.extent.start <= args->policy.extent.end ?
		       0 : -EINVAL;
	case LDLM_IBITS:
		/* No bits at all crash old servers (06 section 4) */
		return args->policy.ibits.bits ? 0 : -EINVAL;
	case LDLM_FLOCK:
		return args->mode & (LCK_NL | LCK_PR | LCK_PW) &&
		       args->policy.flock.start <= args->policy.flock.end ?
		       0 : -EINVAL;
	default:
		return -EOPNOTSUPP;
	}
}

static struct ptlrpc_request *
ldlm_enq_request(struct ldlm_ns *ns, const struct ldlm_enqueue *args)
{
	u32 lens[] = { sizeof(struct ldlm_request) };
	u32 replens[] = { sizeof(struct ldlm_reply), args->lvb_size };
	u32 flags = PTLRPC_REQ_NO_REPLAY;
	struct ptlrpc_request *req;
	int rc;

	if (args->once)
		flags |= PTLRPC_REQ_NO_DELAY | PTLRPC_REQ_NO_RESEND;
	/* A file lock that is taken twice is not the same as once. */
	if (args->type == LDLM_FLOCK)
		flags |= PTLRPC_REQ_MODIFY;
	req = ptlrpc_req_alloc(ns->imp, LDLM_ENQUEUE, lens, ARRAY_SIZE(lens),
			       flags, GFP_NOFS);
	if (IS_ERR(req))
		return req;
	rc = ptlrpc_req_set_replen(req, replens, ARRAY_SIZE(replens));
	if (!rc)
		return req;
	ptlrpc_req_put(req);
	return ERR_PTR(rc);
}

static void ldlm_enq_fill(const struct ldlm_lock *lock, u32 flags,
			  struct ldlm_request *dlm)
{
	struct ldlm_desc desc;

	ldlm_lock_describe(lock, &desc);
	ldlm_desc_to_wire(&desc, &dlm->lock_desc);
	dlm->lock_flags = cpu_to_le32(flags);
	dlm->lock_handle[0].cookie = lock->handle.cookie;
}

static int ldlm_enq_pack(struct ldlm_ns *ns, struct ptlrpc_request *req,
			 const struct ldlm_lock *lock, u32 flags)
{
	struct ldlm_request *dlm = ptlrpc_req_buf(req, 1, sizeof(*dlm));

	if (!dlm)
		return -EINVAL;
	ldlm_enq_fill(lock, flags, dlm);
	/* More than one: locks cancelled early were packed before */
	if (!dlm->lock_count && ptlrpc_import_target(ns->imp) != PTLRPC_MGS)
		dlm->lock_count = cpu_to_le32(1);
	return 0;
}

/* From now on what comes for the lock is settled by its enqueue. */
static void ldlm_enq_attach(struct ldlm_enq *enq, struct ldlm_lock *lock)
{
	ldlm_lock_get(lock);
	enq->lock = lock;
	spin_lock(&lock->ns->lock);
	lock->enq = enq;
	ldlm_trace(lock, lustre_lock_trace_enqueue);
	spin_unlock(&lock->ns->lock);
}

/* Send.  Return: the enqueue with a reference for whoever waits. */
static struct ldlm_enq *ldlm_enq_start(struct ldlm_ns *ns,
				       const struct ldlm_enqueue *args,
				       struct ptlrpc_request *req,
				       struct ldlm_lock **lockp)
{
	struct ldlm_enq *enq;
	struct ldlm_lock *lock;
	u32 generation;
	int rc;

	rc = ldlm_enq_check(args);
	if (rc)
		return ERR_PTR(rc);
	if (wait_event_killable(ns->waitq, ldlm_ns_ready(ns, &generation)))
		return ERR_PTR(-EINTR);
	enq = ldlm_enq_alloc(args, req);
	if (!enq)
		return ERR_PTR(-ENOMEM);
	enq->async = !lockp;
	lock = ldlm_lock_new(ns, args);
	if (IS_ERR(lock)) {
		ldlm_enq_put(enq);
		return ERR_CAST(lock);
	}
	if (enq->own_req)
		req = ldlm_enq_request(ns, args);
	rc = IS_ERR(req) ? PTR_ERR(req) :
			   ldlm_enq_pack(ns, req, lock, args->flags);
	if (!rc && args->type == LDLM_FLOCK)
		rc = ldlm_flock_spare(ns, enq);
	if (rc) {
		ldlm_lock_destroy(lock);
		ldlm_lock_decref(lock);
		if (!IS_ERR(req) && enq->own_req)
			ptlrpc_req_put(req);
		ldlm_enq_put(enq);
		return ERR_PTR(rc);
	}
	if (lockp)
		*lockp = lock;
	/* References: the request's, the settling's; for sync the waiter's */
	refcount_set(&enq->ref, enq->async ? 2 : 3);
	ldlm_enq_attach(enq, lock);
	ptlrpc_req_bind(req, generation);
	ptlrpc_send(req, &ldlm_enq_ops, enq);
	/* The request keeps the enqueue until its last reference is gone. */
	if (enq->own_req)
		ptlrpc_req_put(req);
	return enq;
}

/* ---- waiting ----------------------------------------------------------- */

/* Seconds to wait for a completion callback before doubting the connection */
static unsigned int ldlm_cp_timeout(struct ldlm_ns *ns)
{
	return max_t(unsigned int, 3 * ptlrpc_import_estimate(ns->imp),
		     LDLM_CP_TIMEOUT);
}

/* No callback came in time: was it lost? */
static void ldlm_enq_overdue(struct ldlm_enq *enq, struct ldlm_lock *lock)
{
	struct ldlm_ns *ns = lock->ns;
	bool doubt;

	spin_lock(&ns->lock);
	doubt = enq->replied && lock->state == LDLM_STATE_WAITING &&
		!(lock->flags & LDLM_LF_NO_TIMEOUT) &&
		lock->req_mode != LCK_GROUP && lock->type != LDLM_FLOCK;
	if (doubt)
		ldlm_trace(lock, lustre_lock_trace_overdue);
	spin_unlock(&ns->lock);
	if (!doubt)
		return;
	ldlm_notice(ns, "no answer to a lock request for %u s, reconnecting\n",
		    ldlm_cp_timeout(ns));
	ptlrpc_import_kick(ns->imp, 0);
}

enum ldlm_waited {
	LDLM_WAITED_DONE,	/* the outcome is there */
	LDLM_WAITED_EARLY,	/* killed, no reply yet */
	LDLM_WAITED_LATE,	/* killed between reply and grant */
};

/* The waiter was killed: a lock granted from now on has no user. */
static enum ldlm_waited ldlm_enq_abandon(struct ldlm_enq *enq,
					 struct ldlm_lock *lock)
{
	struct ldlm_ns *ns = lock->ns;
	enum ldlm_waited how = LDLM_WAITED_DONE;

	spin_lock(&ns->lock);
	if (!enq->finished) {
		how = enq->replied ? LDLM_WAITED_LATE : LDLM_WAITED_EARLY;
		enq->abandoned = true;
		lock->flags |= LDLM_LF_ABANDONED;
		ldlm_trace(lock, lustre_lock_trace_abandon);
		ldlm_lock_unuse(lock);
	}
	spin_unlock(&ns->lock);
	return how;
}

static void ldlm_enq_results(struct ldlm_enq *enq, struct ldlm_enqueue *args,
			     struct ldlm_lock *lock)
{
	args->reply_flags = enq->args.reply_flags;
	args->disposition = enq->args.disposition;
	args->intent_status = enq->args.intent_status;
	args->lvb_len = 0;
	if (args->lvb && lock->lvb && enq->status >= 0) {
		memcpy(args->lvb, lock->lvb, lock->lvb_len);
		args->lvb_len = lock->lvb_len;
	}
}

static bool ldlm_enq_finished(struct ldlm_enq *enq, struct ldlm_ns *ns)
{
	bool finished;

	spin_lock(&ns->lock);
	finished = enq->finished;
	spin_unlock(&ns->lock);
	return finished;
}

static bool ldlm_enq_replied(struct ldlm_enq *enq, struct ldlm_ns *ns)
{
	bool replied;

	spin_lock(&ns->lock);
	replied = enq->replied || enq->finished;
	spin_unlock(&ns->lock);
	return replied;
}

/*
 * Any signal ends the wait that begins with the reply, not that for the reply:
 * who lets go of that doesn't know what he has.  Someone may give the lock to us
 * at this very moment; then we have it.  Else it must not be granted behind our
 * back any more.
 */
static enum ldlm_waited ldlm_enq_wait_intr(struct ldlm_enq *enq,
					   struct ldlm_lock *lock)
{
	struct ldlm_ns *ns = lock->ns;

	if (wait_event_killable(lock->waitq, ldlm_enq_replied(enq, ns)))
		return ldlm_enq_abandon(enq, lock);
	if (!wait_event_interruptible(lock->waitq, ldlm_enq_finished(enq, ns)))
		return LDLM_WAITED_DONE;
	if (ldlm_lock_give_up(lock, -ERESTARTSYS))
		ldlm_cancel_wait(lock);
	ldlm_enq_settle(lock);
	wait_event(lock->waitq, ldlm_enq_finished(enq, ns));
	return LDLM_WAITED_DONE;
}

/* Until settled, or killed. */
static enum ldlm_waited ldlm_enq_wait(struct ldlm_enq *enq, struct ldlm_lock *lock)
{
	struct ldlm_ns *ns = lock->ns;
	long rc;

	for (;;) {
		rc = wait_event_killable_timeout(lock->waitq,
						 ldlm_enq_finished(enq, ns),
						 ldlm_cp_timeout(ns) * HZ);
		if (rc > 0)
			return LDLM_WAITED_DONE;
		if (rc < 0)
			return ldlm_enq_abandon(enq, lock);
		ldlm_enq_overdue(enq, lock);
	}
}

/**
 * ldlm_enqueue - take a lock, and wait for it
 * @ns: namespace of the target
 * @args: what to ask for; its out members are filled
 * @req: NULL for a plain enqueue; or a request made by the caller with an
 *	 ldlm_request as buffer 1 (its cookies of early cancels packed), an
 *	 ldlm_intent as buffer 2 and so on, and its reply lengths set.  The caller
 *	 keeps his reference and reads the reply buffers afterwards.
 * @lockp: receives the lock with a use, granted; NULL unless 0 is returned
 *
 * Sleeps until the lock is granted; killable, or as @args->interruptible says.
 * 06 section 4.
 *
 * Return: 0; LDLM_ABORTED (301): no lock, but the reply is complete; -EINTR
 * killed (the reply, if it comes, goes to args->orphan()); -EIO, -ESHUTDOWN
 * evicted or unmounted; -EAGAIN would block, -EUSERS contended, -EDEADLK a file
 * lock would never be granted, -ERESTARTSYS interrupted, -EPROTO nonsense from
 * the server, -EINVAL, -EOPNOTSUPP, -ENOMEM, and errors of the server.
 */
int ldlm_enqueue(struct ldlm_ns *ns, struct ldlm_enqueue *args,
		 struct ptlrpc_request *req, struct ldlm_lock **lockp)
{
	enum ldlm_waited how;
	struct ldlm_lock *lock;
	struct ldlm_enq *enq;
	int status;

	*lockp = NULL;
	args->started = false;
	enq = ldlm_enq_start(ns, args, req, &lock);
	if (IS_ERR(enq))
		return PTR_ERR(enq);
	args->started = true;

	how = args->interruptible ? ldlm_enq_wait_intr(enq, lock) :
				    ldlm_enq_wait(enq, lock);
	if (how != LDLM_WAITED_DONE) {
		if (how == LDLM_WAITED_LATE && req)
			ldlm_enq_orphan(enq, req, 0);
		ldlm_lock_put(lock);
		ldlm_enq_put(enq);
		return -EINTR;
	}
	status = enq->status;
	ldlm_enq_results(enq, args, lock);
	if (!status)
		*lockp = lock;
	else
		ldlm_lock_decref(lock);
	ldlm_enq_put(enq);
	return status;
}

/**
 * ldlm_enqueue_async - take a lock without waiting
 * @ns: namespace of the target
 * @args: what to ask for; copied, args->done is told the outcome
 * @req: as for ldlm_enqueue()
 *
 * May sleep, for memory and, killable, for the end of an eviction.  An LVB
 * buffer in @args must live until done().
 *
 * Return: 0 when done() was or will be called, else -EINVAL, -ENOMEM, -EINTR,
 * -ESHUTDOWN, -EOPNOTSUPP, and nothing was or will be called.
 */
int ldlm_enqueue_async(struct ldlm_ns *ns, const struct ldlm_enqueue *args,
		       struct ptlrpc_request *req)
{
	if (!args->done)
		return -EINVAL;
	return PTR_ERR_OR_ZERO(ldlm_enq_start(ns, args, req, NULL));
}

/* ---- parts of a larger request ----------------------------------------- */

struct ldlm_enq *ldlm_part_begin(struct ldlm_ns *ns,
				 const struct ldlm_enqueue *args,
				 struct ldlm_request *dlm)
{
	struct ldlm_enq *enq;
	struct ldlm_lock *lock;
	u32 generation;
	int rc;

	rc = args->done && args->type != LDLM_FLOCK ? ldlm_enq_check(args) :
						      -EINVAL;
	if (!rc && !ldlm_ns_ready(ns, &generation))
		rc = -EAGAIN;
	if (rc)
		return ERR_PTR(rc);
	enq = ldlm_enq_alloc(args, NULL);
	if (!enq)
		return ERR_PTR(-ENOMEM);
	enq->own_req = false;
	enq->async = true;
	lock = ldlm_lock_new(ns, args);
	if (IS_ERR(lock)) {
		ldlm_enq_put(enq);
		return ERR_CAST(lock);
	}
	ldlm_enq_fill(lock, args->flags, dlm);
	ldlm_enq_attach(enq, lock);
	return enq;
}

static bool ldlm_lock_granted(struct ldlm_lock *lock)
{
	bool granted;

	spin_lock(&lock->ns->lock);
	granted = lock->state == LDLM_STATE_GRANTED;
	spin_unlock(&lock->ns->lock);
	return granted;
}

void ldlm_part_end(struct ldlm_enq *enq, const struct ldlm_reply *rep, int rc)
{
	struct ldlm_lock *lock = enq->lock;
	struct ldlm_ns *ns = lock->ns;

	ldlm_lock_get(lock);
	if (!rc && rep) {
		ldlm_enq_note_reply(enq, rep);
		rc = ldlm_reply_apply(lock, rep, NULL, 0);
		if (rc)
			ldlm_warn(ns, "bad reply to a part: %d\n", rc);
		else if (!ldlm_lock_granted(lock))
			rc = -EBUSY;
	} else if (!rc) {
		rc = -EPROTO;
	}
	if (rc)
		ldlm_lock_fail(lock, rc);
	spin_lock(&ns->lock);
	enq->replied = true;
	spin_unlock(&ns->lock);
	ldlm_enq_settle(lock);
	ldlm_lock_put(lock);
}
