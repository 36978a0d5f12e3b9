// SPDX-License-Identifier: GPL-2.0-only
/*
 * What servers ask of us, 06 section 7: blocking, completion and
 * glimpse callbacks.  Answers go out first; work follows on a workqueue.
 */
#include "ldlm/internal.h"

/**
 * struct ldlm_cb - a callback, unpacked and checked
 * @lock: our lock, referenced
 * @desc: description in the callback
 * @rc: 0, or why @desc is nothing to go by, and all zero
 * @flags: LDLM_FL_*, unknown ones included
 * @remote: the server's name for our lock, 0 if not told
 */
struct ldlm_cb {
	struct ldlm_lock	*lock;
	struct ldlm_desc	desc;
	int			rc;
	u32			flags;
	u64			remote;
};

/*
 * Find out which lock is meant.  The cookie must name a lock of the import
 * that the server addressed, or another server could play with it.
 *
 * Only a completion depends on the description.  That of a blocking callback is
 * a hint, that of a glimpse nothing: to refuse those would get us evicted.
 *
 * Return: 0, -EPROTO malformed, -EINVAL no such lock, -ENOTCONN no lock table.
 */
static int ldlm_cb_unpack(struct ptlrpc_inbound *in, struct ldlm_cb *cb)
{
	const struct ldlm_request *dlm;
	u32 len = ptlrpc_in_buflen(in, 1);

	cb->remote = 0;
	dlm = ptlrpc_in_buf(in, 1, LDLM_REQUEST_MIN_SIZE);
	if (!dlm)
		return -EPROTO;
	cb->rc = ldlm_desc_from_wire(&dlm->lock_desc, &cb->desc);
	if (cb->rc)
		memset(&cb->desc, 0, sizeof(cb->desc));
	cb->flags = le32_to_cpu(dlm->lock_flags);
	if (len >= sizeof(*dlm))
		cb->remote = dlm->lock_handle[1].cookie;
	if (!ptlrpc_import_ns(ptlrpc_in_import(in)))
		return -ENOTCONN;
	cb->lock = ldlm_handle_lock(ptlrpc_in_net(in),
				    dlm->lock_handle[0].cookie);
	if (!cb->lock)
		return -EINVAL;
	/* A live lock keeps its namespace, and that its import. */
	if (cb->lock->ns->imp == ptlrpc_in_import(in))
		return 0;
	ldlm_lock_put(cb->lock);
	return -EINVAL;
}

/* The server wants it back.  Under ns->lock. */
static void ldlm_bl_mark(struct ldlm_lock *lock, const struct ldlm_desc *desc)
{
	u64 bits = 0;

	if (lock->type == LDLM_IBITS && desc->type == LDLM_IBITS &&
	    ldlm_resid_equal(&desc->resid, &lock->resid))
		bits = desc->policy.ibits.more;
	/* 0 means all of it, and stays so whatever follows. */
	if (!bits)
		lock->cancel_bits = lock->policy.ibits.bits;
	else
		lock->cancel_bits |= bits;
	ldlm_lock_block(lock, LDLM_LF_BL_AST);
	ldlm_trace(lock, lustre_lock_trace_blocking);
}

/* 06 sections 7.1 and 10.  Return: status of the reply. */
static int ldlm_bl_apply(struct ldlm_cb *cb)
{
	struct ldlm_lock *lock = cb->lock;
	struct ldlm_ns *ns = lock->ns;
	int rc = 0;

	spin_lock(&ns->lock);
	if (lock->state == LDLM_STATE_DEAD || lock->flags & LDLM_LF_BL_DONE) {
		rc = -EINVAL;
	} else {
		if (!lock->remote)
			WRITE_ONCE(lock->remote, cb->remote);
		if (cb->flags & LDLM_FL_DISCARD_DATA)
			lock->flags |= LDLM_LF_DISCARD;
		if (lock->flags & LDLM_LF_CANCEL_ON_BLOCK)
			ldlm_lock_lose(lock);
		ldlm_bl_mark(lock, &cb->desc);
	}
	spin_unlock(&ns->lock);
	return rc;
}

static void ldlm_bl_start(struct ldlm_lock *lock)
{
	spin_lock(&lock->ns->lock);
	if (lock->state == LDLM_STATE_GRANTED)
		ldlm_cancel_kick(lock);
	spin_unlock(&lock->ns->lock);
}

static int ldlm_handle_bl(struct ptlrpc_inbound *in)
{
	struct ldlm_cb cb;
	int rc;

	rc = ldlm_cb_unpack(in, &cb);
	if (rc)
		return rc;
	rc = ldlm_bl_apply(&cb);
	/* The answer must not wait for, nor come after, the flush. */
	ptlrpc_in_reply(in, rc, NULL, 0);
	if (!rc)
		ldlm_bl_start(cb.lock);
	ldlm_lock_put(cb.lock);
	return rc;
}

/* Has the server taken a file lock out of its queue, so that it's unknown? */
static bool ldlm_cp_unqueued(int rc)
{
	return rc == -EDEADLK || rc == -ECANCELED;
}

/* Could the server grant this for what was asked? */
static int ldlm_cp_check(const struct ldlm_lock *lock, const struct ldlm_cb *cb)
{
	const struct ldlm_desc *desc = &cb->desc;

	if (desc->type != lock->type)
		return -EPROTO;
	if (lock->type == LDLM_FLOCK && cb->flags & LDLM_FL_FLOCK_DEADLOCK)
		return -EDEADLK;
	if (!desc->granted_mode)
		return lock->type == LDLM_FLOCK ? -ECANCELED : -EPROTO;
	if (lock->type == LDLM_IBITS)
		return desc->policy.ibits.bits ? 0 : -EPROTO;
	if (desc->granted_mode != lock->req_mode ||
	    !ldlm_policy_covers(lock->type, &desc->policy, &lock->policy))
		return -EPROTO;
	return 0;
}

/*
 * 06 section 7.2.  Return: what the server is told; *@fail is set when the lock
 * cannot be what it was asked for and must be given back.
 */
static int ldlm_cp_apply(struct ldlm_cb *cb, const void *lvb, u32 lvb_len,
			 int *fail)
{
	struct ldlm_resource *spare = ldlm_resource_alloc();
	struct ldlm_lock *lock = cb->lock;
	struct ldlm_ns *ns = lock->ns;
	int rc = 0;

	spin_lock(&ns->lock);
	if (lock->flags & LDLM_LF_FAILED || lock->state == LDLM_STATE_DEAD)
		rc = -EINVAL;
	if (rc || lock->state >= LDLM_STATE_GRANTED)
		goto out;
	if (!lock->remote)
		WRITE_ONCE(lock->remote, cb->remote);
	ldlm_trace(lock, lustre_lock_trace_complete);
	rc = ldlm_cp_check(lock, cb);
	if (!rc && lock->lvb_size)
		rc = ldlm_lock_set_lvb(lock, lvb, lvb_len);
	if (!rc)
		rc = ldlm_lock_grant(lock, &cb->desc, cb->desc.granted_mode,
				     &spare);
	*fail = rc;
	if (ldlm_cp_unqueued(rc)) {
		ldlm_lock_lose(lock);
		rc = 0;
		goto out;
	}
	if (rc) {
		rc = -EINVAL;
		goto out;
	}
	if (cb->flags & LDLM_FL_DISCARD_DATA)
		lock->flags |= LDLM_LF_DISCARD;
	if (cb->flags & LDLM_FL_AST_SENT)
		ldlm_bl_mark(lock, &cb->desc);
out:
	spin_unlock(&ns->lock);
	ldlm_resource_free(spare);
	return rc;
}

static int ldlm_handle_cp(struct ptlrpc_inbound *in)
{
	u32 lvb_len = ptlrpc_in_buflen(in, 2);
	struct ldlm_cb cb;
	int rc, fail = 0;

	rc = ldlm_cb_unpack(in, &cb);
	if (rc)
		return rc;
	if (cb.rc) {
		ldlm_lock_put(cb.lock);
		return cb.rc;
	}
	rc = ldlm_cp_apply(&cb, ptlrpc_in_buf(in, 2, lvb_len), lvb_len, &fail);
	ptlrpc_in_reply(in, rc, NULL, 0);
	if (fail && !ldlm_cp_unqueued(fail))
		ldlm_warn(cb.lock->ns, "bad completion callback: %d\n", fail);
	if (fail)
		ldlm_lock_fail(cb.lock, fail);
	ldlm_enq_settle(cb.lock);
	ldlm_lock_put(cb.lock);
	return rc;
}

/* After a glimpse: an idle write lock only makes everybody ask again. */
static void ldlm_glimpse_idle(struct ldlm_lock *lock)
{
	struct ldlm_ns *ns = lock->ns;

	spin_lock(&ns->lock);
	if (lock->type == LDLM_EXTENT && lock->granted_mode == LCK_PW &&
	    ldlm_lock_usable(lock) && !ldlm_lock_users(lock) &&
	    ktime_ms_delta(ktime_get(), lock->last_used) >=
	    LDLM_GLIMPSE_IDLE * MSEC_PER_SEC) {
		ldlm_lock_block(lock, 0);
		ldlm_cancel_kick(lock);
	}
	spin_unlock(&ns->lock);
}

static int ldlm_handle_gl(struct ptlrpc_inbound *in)
{
	const struct ldlm_lock_ops *ops;
	struct ost_lvb lvb = {};
	struct ldlm_cb cb;
	u32 size;
	int rc;

	rc = ldlm_cb_unpack(in, &cb);
	if (rc)
		return rc;
	size = ptlrpc_import_granted(ptlrpc_in_import(in),
				     OBD_CONNECT_LVB_TYPE) ?
	       sizeof(lvb) : OST_LVB_V1_SIZE;
	ops = cb.lock->ops;
	ldlm_trace(cb.lock, lustre_lock_trace_glimpse);
	rc = ops && ops->glimpse ? ops->glimpse(cb.lock, &lvb, size) : -ENODATA;
	/* A refusal with any other status would get us evicted. */
	rc = rc ? -ELDLM_NO_LOCK_DATA : 0;
	ptlrpc_in_reply(in, rc, rc ? NULL : &lvb, rc ? 0 : size);
	ldlm_glimpse_idle(cb.lock);
	ldlm_lock_put(cb.lock);
	return rc;
}

const struct ptlrpc_in_handler ldlm_in_handlers[] = {
	{ .opc = LDLM_BL_CALLBACK, .handle = ldlm_handle_bl },
	{ .opc = LDLM_CP_CALLBACK, .handle = ldlm_handle_cp },
	{ .opc = LDLM_GL_CALLBACK, .handle = ldlm_handle_gl },
	{ }
};
