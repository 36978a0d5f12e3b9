// SPDX-License-Identifier: GPL-2.0-only
/*
 * The state machine of an import: one work that connects, replays, resends and
 * deals with eviction, step by step and waiting for each step.
 *
 * Everybody else only changes imp->state to DISCON, sets a flag, and schedules
 * this work.  Spec: 04 sections 4 to 6, 8 and 9.2.
 */
#include "internal.h"

#define PTLRPC_BACKOFF_MAX	10U	/* seconds between rounds of attempts */
#define PTLRPC_BACKOFF_BUSY	5U	/* to a target that will be there soon */
#define PTLRPC_BACKOFF_FATAL	30	/* after a refusal that will not change */

/* ------------------------------------------------------------- messages -- */

/* FULL was left.  The way back ends with ptlrpc_tell_back(). */
static void ptlrpc_tell_lost(struct ptlrpc_import *imp)
{
	char nid[LNET_NIDSTR_SIZE];
	bool inactive;

	spin_lock(&imp->lock);
	inactive = imp->inactive;
	imp->told |= !inactive;
	lnet_nid_print(&imp->nid, nid);
	spin_unlock(&imp->lock);
	if (inactive)
		return;		/* who wanted that knows it */
	if (imp->target == PTLRPC_MGS)
		ptlrpc_import_info(imp, "connection to %s lost", nid);
	else
		ptlrpc_import_info(imp, "connection to %s lost, operations wait for recovery",
				   nid);
}

/* FULL is reached, and somebody may have worried. */
static void ptlrpc_tell_back(struct ptlrpc_import *imp)
{
	char nid[LNET_NIDSTR_SIZE];
	time64_t secs;
	bool told;

	spin_lock(&imp->lock);
	told = imp->told;
	imp->told = false;
	imp->told_busy = false;
	secs = ktime_get_seconds() - imp->down_since;
	lnet_nid_print(&imp->nid, nid);
	spin_unlock(&imp->lock);
	if (told)
		ptlrpc_import_info(imp, "connected to %s after %lld s", nid,
				   secs);
}

/*
 * An attempt failed: the first "not yet" is worth a line, and that a target of
 * a new mount can't be reached at all.
 */
static void ptlrpc_tell_failed(struct ptlrpc_import *imp, int rc, bool not_yet)
{
	bool busy, silent;

	spin_lock(&imp->lock);
	busy = not_yet && !imp->told_busy;
	silent = !not_yet && !imp->told && imp->failures &&
		 imp->target != PTLRPC_MGS;
	imp->told_busy |= busy;
	imp->told |= busy | silent;
	spin_unlock(&imp->lock);
	if (busy)
		ptlrpc_import_info(imp, "takes no new client now (error %d), it may be in recovery: waiting for it",
				   rc);
	else if (silent)
		ptlrpc_import_info(imp, "can't be reached (error %d), trying on",
				   rc);
}

/* -------------------------------------------------------------- upcalls -- */

static void ptlrpc_up_disconnected(struct ptlrpc_import *imp)
{
	if (imp->ops && imp->ops->disconnected)
		imp->ops->disconnected(imp, imp->data);
}

static void ptlrpc_up_connected(struct ptlrpc_import *imp, bool fresh)
{
	struct ptlrpc_connect granted;

	ptlrpc_import_grant(imp, &granted);
	if (imp->ops && imp->ops->connected)
		imp->ops->connected(imp, imp->data, &granted, fresh);
}

/* ------------------------------------------------------------ eviction -- */

static bool ptlrpc_old_gone(struct ptlrpc_import *imp)
{
	bool gone;

	spin_lock(&imp->lock);
	gone = !imp->nr_old;
	spin_unlock(&imp->lock);
	return gone;
}

/*
 * A new generation: whatever belongs to the old one fails.  04 section 4.2
 * @committed: last transaction that the server is sure to have on disk
 */
static void ptlrpc_invalidate(struct ptlrpc_import *imp, u64 committed)
{
	spin_lock(&imp->lock);
	imp->evict = false;
	imp->generation++;
	imp->nr_old = imp->nr_active;
	imp->used = false;
	imp->stage = PTLRPC_STAGE_NONE;
	imp->replay_cursor = 0;
	imp->replay_xid = 0;
	imp->vbr_failed = false;
	ptlrpc_fail_requests(imp, -EIO, PTLRPC_FAIL_OLD);
	spin_unlock(&imp->lock);
	wait_event(imp->wait, ptlrpc_old_gone(imp));
	ptlrpc_replay_discard(imp, committed);
	if (imp->ops && imp->ops->invalidate)
		imp->ops->invalidate(imp, imp->data);
}

static void ptlrpc_evicted(struct ptlrpc_import *imp, u64 committed)
{
	spin_lock(&imp->lock);
	ptlrpc_import_set_state(imp, PTLRPC_IMP_EVICTED,
				lustre_import_trace_evicted);
	imp->stats.evictions++;
	spin_unlock(&imp->lock);
	/* An MGS forgets everybody when it restarts: nothing to report. */
	if (imp->target != PTLRPC_MGS)
		ptlrpc_import_info(imp, "this client was evicted, operations in progress fail%s",
				   imp->target == PTLRPC_MDT ?
				   ", open files are closed" : "");
	ptlrpc_invalidate(imp, committed);
}

/* ------------------------------------------------------------ recovery -- */

/* Move on to a stage of recovery unless the import is being closed. */
static int ptlrpc_enter(struct ptlrpc_import *imp, enum ptlrpc_stage stage,
			enum ptlrpc_import_state state)
{
	int rc = 0;

	spin_lock(&imp->lock);
	if (imp->closing || imp->inactive) {
		rc = -ESHUTDOWN;
	} else {
		imp->stage = stage;
		ptlrpc_import_set_state(imp, state,
					lustre_import_trace_recovery);
	}
	spin_unlock(&imp->lock);
	return rc;
}

/* Versions did not fit: the server wants us to start over (04 section 7). */
static int ptlrpc_check_versions(struct ptlrpc_import *imp)
{
	bool failed;

	spin_lock(&imp->lock);
	failed = imp->vbr_failed;
	imp->vbr_failed = false;
	if (failed) {
		imp->stage = PTLRPC_STAGE_NONE;
		imp->replay_cursor = 0;
		imp->replay_xid = 0;
	}
	spin_unlock(&imp->lock);
	return failed ? -EOVERFLOW : 0;
}

/*
 * Replay requests, then locks, then say so and wait for everybody else.
 * @stage: where to begin; @resent: the first replay was sent before
 */
static int ptlrpc_recover(struct ptlrpc_import *imp, enum ptlrpc_stage stage,
			  bool resent)
{
	int rc = 0;

	if (stage == PTLRPC_STAGE_REPLAY) {
		rc = ptlrpc_enter(imp, PTLRPC_STAGE_REPLAY, PTLRPC_IMP_REPLAY);
		if (!rc)
			rc = ptlrpc_replay_requests(imp, resent);
	}
	if (!rc)
		rc = ptlrpc_enter(imp, PTLRPC_STAGE_LOCKS,
				  PTLRPC_IMP_REPLAY_LOCKS);
	if (!rc && imp->ops && imp->ops->replay_locks)
		rc = imp->ops->replay_locks(imp, imp->data);
	if (!rc)
		rc = ptlrpc_enter(imp, PTLRPC_STAGE_WAIT,
				  PTLRPC_IMP_REPLAY_WAIT);
	if (!rc)
		rc = ptlrpc_ping_final(imp);
	if (!rc)
		rc = ptlrpc_check_versions(imp);
	return rc;
}

/* Nothing is left to resend; imp->lock held */
static void ptlrpc_set_full(struct ptlrpc_import *imp)
{
	imp->stage = PTLRPC_STAGE_NONE;
	imp->replay_cursor = 0;
	imp->replay_xid = 0;
	imp->was_full = true;
	imp->fatal = 0;
	imp->last_error = 0;
	ptlrpc_peers_reset(imp);
	ptlrpc_import_set_state(imp, PTLRPC_IMP_FULL,
				lustre_import_trace_recovered);
	ptlrpc_tick_arm(imp);
}

/* Resend what got no answer; then the import is FULL.  False: lost again. */
static bool ptlrpc_resend_all(struct ptlrpc_import *imp)
{
	struct ptlrpc_request *req;
	bool full = false;

	do {
		spin_lock(&imp->lock);
		req = NULL;
		if (imp->state == PTLRPC_IMP_RECOVER && !imp->closing &&
		    !imp->inactive) {
			req = ptlrpc_next_resend(imp);
			full = !req;
			if (full)
				ptlrpc_set_full(imp);
		}
		spin_unlock(&imp->lock);
		if (req)
			ptlrpc_xmit(req);
	} while (req);
	return full;
}

static void ptlrpc_go_full(struct ptlrpc_import *imp)
{
	ptlrpc_replay_trim(imp);
	ptlrpc_tell_back(imp);
	if (imp->ops && imp->ops->full)
		imp->ops->full(imp, imp->data);
	ptlrpc_import_pump(imp);
}

/* ------------------------------------------------------------- connect -- */

/* What a successful CONNECT leads to (04 section 4.1) */
enum ptlrpc_outcome {
	PTLRPC_OUT_FRESH,	/* new to the server, or nothing to lose */
	PTLRPC_OUT_SAME,	/* nothing happened, go on */
	PTLRPC_OUT_EVICTED,
	PTLRPC_OUT_RECOVER,	/* take part in its recovery */
	PTLRPC_OUT_BAD,
};

/* imp->lock held; *stage and *resent for PTLRPC_OUT_RECOVER */
static enum ptlrpc_outcome
ptlrpc_classify(struct ptlrpc_import *imp,
		const struct ptlrpc_connect_result *res,
		enum ptlrpc_stage *stage, bool *resent)
{
	bool recovering = res->op_flags & MSG_CONNECT_RECOVERING;
	bool reconnect = res->op_flags & MSG_CONNECT_RECONNECT;

	*resent = false;
	*stage = PTLRPC_STAGE_LOCKS;
	if (!res->cookie)
		return PTLRPC_OUT_BAD;
	if (!imp->remote)
		return recovering ? PTLRPC_OUT_RECOVER : PTLRPC_OUT_FRESH;
	*stage = PTLRPC_STAGE_REPLAY;
	if (reconnect && !recovering)
		return res->cookie == imp->remote ? PTLRPC_OUT_SAME :
						    PTLRPC_OUT_EVICTED;
	if (!recovering)
		return imp->used ? PTLRPC_OUT_EVICTED : PTLRPC_OUT_FRESH;
	if (reconnect) {
		*resent = imp->stage == PTLRPC_STAGE_REPLAY;
		if (imp->stage >= PTLRPC_STAGE_LOCKS)
			*stage = PTLRPC_STAGE_LOCKS;
	}
	return PTLRPC_OUT_RECOVER;
}

/* Take over what a CONNECT reply says.  imp->lock held. */
static void ptlrpc_set_connected(struct ptlrpc_import *imp,
				 const struct ptlrpc_connect_result *res,
				 enum ptlrpc_outcome out)
{
	u64 committed = imp->last_committed;

	imp->remote = res->cookie;
	imp->granted = res->granted;
	imp->replayable = res->op_flags & MSG_CONNECT_REPLAYABLE;
	imp->msg_flags = MSGHDR_CKSUM_INCOMPAT18;
	if (res->granted.flags & OBD_CONNECT_AT)
		imp->msg_flags |= MSGHDR_AT_SUPPORT;
	/* What the value of before an eviction does not cover is lost. */
	if (out != PTLRPC_OUT_EVICTED)
		imp->last_committed = res->last_committed;
	imp->stats.connects_ok++;
	ptlrpc_peer_good(imp);
	if (out == PTLRPC_OUT_RECOVER &&
	    !(res->op_flags & MSG_CONNECT_RECONNECT)) {
		imp->replay_cursor = 0;
		imp->replay_xid = 0;
	}
	if (out != PTLRPC_OUT_FRESH && out != PTLRPC_OUT_EVICTED &&
	    res->last_committed < committed)
		ptlrpc_import_warn(imp, "server went back from transaction %llu to %llu, committed data is lost",
				   committed, res->last_committed);
}

/*
 * Which of our transactions are safe with a server that evicted us?  One that
 * was started anew counts on from a higher number, whatever it lost.  imp->lock
 * held, before ptlrpc_set_connected().
 */
static u64 ptlrpc_safe_transno(const struct ptlrpc_import *imp,
			       const struct ptlrpc_connect_result *res)
{
	if (!res->granted.instance ||
	    res->granted.instance != imp->granted.instance)
		return imp->last_committed;
	return max(imp->last_committed, res->last_committed);
}

/* After a good CONNECT: do what it takes to become FULL. */
static int ptlrpc_connected(struct ptlrpc_import *imp,
			    const struct ptlrpc_connect_result *res)
{
	enum ptlrpc_outcome out;
	enum ptlrpc_stage stage;
	bool resent, initial;
	u64 safe;
	int rc = 0;

	spin_lock(&imp->lock);
	initial = !imp->remote;
	safe = ptlrpc_safe_transno(imp, res);
	out = ptlrpc_classify(imp, res, &stage, &resent);
	if (out != PTLRPC_OUT_BAD)
		ptlrpc_set_connected(imp, res, out);
	spin_unlock(&imp->lock);

	if (out == PTLRPC_OUT_BAD)
		return -ENOTCONN;
	ptlrpc_peer_heard(imp);
	if (out == PTLRPC_OUT_EVICTED) {
		ptlrpc_evicted(imp, safe);
		spin_lock(&imp->lock);
		imp->last_committed = res->last_committed;
		spin_unlock(&imp->lock);
	}
	ptlrpc_up_connected(imp, out == PTLRPC_OUT_FRESH || initial ||
			    out == PTLRPC_OUT_EVICTED);
	if (out == PTLRPC_OUT_RECOVER)
		rc = ptlrpc_recover(imp, stage, resent);
	if (!rc)
		rc = ptlrpc_enter(imp, PTLRPC_STAGE_NONE, PTLRPC_IMP_RECOVER);
	if (!rc && ptlrpc_resend_all(imp))
		ptlrpc_go_full(imp);
	return rc;
}

/* Refusals that trying again does not change. */
static bool ptlrpc_is_fatal(int rc)
{
	switch (rc) {
	case -EACCES:
	case -EPERM:
	case -EROFS:
	case -EPROTO:
	case -EBADE:
	case -EBADF:
	case -EINVAL:
		return true;
	default:
		return false;
	}
}

/* Not the time yet, says the target: it is there, and will take us. */
static bool ptlrpc_not_yet(int rc)
{
	return rc == -EBUSY || rc == -EAGAIN;
}

/*
 * An attempt failed: when is the next one?  Jiffies.
 * @answered: the server said so; else nobody did
 */
static unsigned long ptlrpc_backoff(struct ptlrpc_import *imp, int rc,
				    bool answered)
{
	unsigned int most = PTLRPC_BACKOFF_MAX;

	if (imp->fatal && !imp->remote)
		return PTLRPC_BACKOFF_FATAL * HZ;
	if (ptlrpc_not_yet(rc))
		most = PTLRPC_BACKOFF_BUSY;
	else if (ptlrpc_peer_untried(imp))
		return 0;
	if (!answered)
		imp->rounds++;
	imp->failures++;
	return min(1U << min(imp->failures - 1, 4U), most) * HZ;
}

/* How an attempt to get a connection to work ended */
enum ptlrpc_attempt {
	PTLRPC_ATTEMPT_SILENCE,		/* no answer to the CONNECT */
	PTLRPC_ATTEMPT_REFUSED,		/* the server's word about it */
	PTLRPC_ATTEMPT_RECOVERY,	/* connected, a later step failed */
};

static void ptlrpc_attempt_failed(struct ptlrpc_import *imp, int rc,
				  enum ptlrpc_attempt how)
{
	static const enum lustre_import_trace whys[] = {
		[PTLRPC_ATTEMPT_SILENCE]	= lustre_import_trace_silence,
		[PTLRPC_ATTEMPT_REFUSED]	= lustre_import_trace_refused,
		[PTLRPC_ATTEMPT_RECOVERY]	= lustre_import_trace_failed,
	};
	bool answered = how != PTLRPC_ATTEMPT_SILENCE;
	bool not_yet = how == PTLRPC_ATTEMPT_REFUSED && ptlrpc_not_yet(rc);
	enum ptlrpc_import_state state;
	bool fatal = false, step, over;

	spin_lock(&imp->lock);
	state = imp->state;
	over = imp->closing || imp->inactive;
	if (not_yet)
		imp->not_yet = jiffies;
	if (how == PTLRPC_ATTEMPT_REFUSED && ptlrpc_is_fatal(rc) && !over &&
	    !imp->fatal) {
		fatal = true;
		imp->fatal = rc;
	}
	step = how == PTLRPC_ATTEMPT_RECOVERY && !over;
	imp->last_error = rc;
	if (state != PTLRPC_IMP_CLOSED)
		ptlrpc_import_set_state(imp, PTLRPC_IMP_DISCON, whys[how]);
	/* They were let in while the import was idle. */
	ptlrpc_fail_requests(imp, -EAGAIN, PTLRPC_FAIL_NO_DELAY);
	if (imp->give_up)
		ptlrpc_import_deactivate_locked(imp);
	else
		ptlrpc_import_schedule(imp, ptlrpc_backoff(imp, rc, answered));
	spin_unlock(&imp->lock);
	if (fatal)
		ptlrpc_import_warn(imp, "connection refused: error %d", rc);
	else if (step)
		ptlrpc_import_warn(imp, "recovery failed in state %s, beginning again: error %d",
				   ptlrpc_import_state_name(state), rc);
	else if (!over)
		ptlrpc_tell_failed(imp, rc, not_yet);
}

static void ptlrpc_connect(struct ptlrpc_import *imp)
{
	enum ptlrpc_attempt how = PTLRPC_ATTEMPT_SILENCE;
	struct ptlrpc_connect_result res = { };
	int rc = -EHOSTUNREACH;

	spin_lock(&imp->lock);
	if (imp->closing || imp->inactive) {
		spin_unlock(&imp->lock);
		return;
	}
	ptlrpc_import_set_state(imp, PTLRPC_IMP_CONNECTING,
				lustre_import_trace_attempt);
	if (ptlrpc_peer_select(imp))
		rc = 0;
	spin_unlock(&imp->lock);
	if (!rc)
		rc = ptlrpc_connect_once(imp, &res);
	if (res.answered)
		how = PTLRPC_ATTEMPT_REFUSED;
	if (!rc) {
		how = PTLRPC_ATTEMPT_RECOVERY;
		rc = ptlrpc_connected(imp, &res);
	}
	if (rc)
		ptlrpc_attempt_failed(imp, rc, how);
}

/* ---------------------------------------------------------------- idle -- */

/* Does anybody need the connection after all?  imp->lock held. */
static bool ptlrpc_import_busy(const struct ptlrpc_import *imp)
{
	return imp->state != PTLRPC_IMP_FULL || imp->closing ||
	       imp->inactive || !list_empty(&imp->unreplied) ||
	       !list_empty(&imp->delayed) || !list_empty(&imp->slot_wait) ||
	       !list_empty(&imp->slot_wait_close) || !list_empty(&imp->replay);
}

/*
 * A server that did not take the goodbye, as it is just starting again,
 * remembers this client: all others wait in its recovery until it comes, too
 * (04 section 9.1).  So come, take part, and be idle later.
 */
static void ptlrpc_left(struct ptlrpc_import *imp, int rc)
{
	if (imp->state != PTLRPC_IMP_CONNECTING)
		return;
	if (rc) {
		ptlrpc_import_set_state(imp, PTLRPC_IMP_DISCON,
					lustre_import_trace_refused);
		ptlrpc_import_schedule(imp, 0);
		return;
	}
	imp->remote = 0;
	imp->used = false;
	imp->was_full = false;
	ptlrpc_import_set_state(imp, PTLRPC_IMP_IDLE,
				lustre_import_trace_idle);
	if (!list_empty(&imp->delayed) || !list_empty(&imp->slot_wait) ||
	    !list_empty(&imp->slot_wait_close))
		ptlrpc_import_schedule(imp, 0);
}

static void ptlrpc_go_idle(struct ptlrpc_import *imp)
{
	bool wanted = true;
	int rc = 0;

	if (imp->ops && imp->ops->may_idle &&
	    imp->ops->may_idle(imp, imp->data)) {
		spin_lock(&imp->lock);
		wanted = ptlrpc_import_busy(imp);
		if (!wanted)
			ptlrpc_import_set_state(imp, PTLRPC_IMP_CONNECTING,
						lustre_import_trace_idle);
		spin_unlock(&imp->lock);
	}
	if (!wanted)
		rc = ptlrpc_disconnect_rpc(imp, false);
	spin_lock(&imp->lock);
	imp->want_idle = false;
	if (!wanted)
		ptlrpc_left(imp, rc);
	spin_unlock(&imp->lock);
	ptlrpc_import_pump(imp);
}

/* ---------------------------------------------------------------- work -- */

enum ptlrpc_recov_action {
	PTLRPC_DO_NOTHING,
	PTLRPC_DO_TELL,		/* FULL was left */
	PTLRPC_DO_INVALIDATE,	/* deactivated */
	PTLRPC_DO_IDLE,
	PTLRPC_DO_CONNECT,
};

static enum ptlrpc_recov_action ptlrpc_recov_action(struct ptlrpc_import *imp)
{
	enum ptlrpc_recov_action todo = PTLRPC_DO_NOTHING;

	spin_lock(&imp->lock);
	if (imp->closing || imp->state == PTLRPC_IMP_CLOSED) {
		;
	} else if (imp->was_full && imp->state == PTLRPC_IMP_DISCON) {
		imp->was_full = false;
		todo = PTLRPC_DO_TELL;
	} else if (imp->evict) {
		todo = PTLRPC_DO_INVALIDATE;
	} else if (imp->inactive || imp->state == PTLRPC_IMP_NEW) {
		;
	} else if (imp->want_idle && imp->state == PTLRPC_IMP_FULL) {
		todo = PTLRPC_DO_IDLE;
	} else if (imp->state == PTLRPC_IMP_DISCON ||
		   imp->state == PTLRPC_IMP_IDLE) {
		todo = PTLRPC_DO_CONNECT;
	}
	spin_unlock(&imp->lock);
	return todo;
}

void ptlrpc_recov_work(struct work_struct *work)
{
	struct ptlrpc_import *imp = container_of(to_delayed_work(work),
						 struct ptlrpc_import, recov);

	switch (ptlrpc_recov_action(imp)) {
	case PTLRPC_DO_TELL:
		ptlrpc_tell_lost(imp);
		ptlrpc_up_disconnected(imp);
		break;
	case PTLRPC_DO_INVALIDATE:
		ptlrpc_invalidate(imp, ptlrpc_import_last_committed(imp));
		break;
	case PTLRPC_DO_IDLE:
		ptlrpc_go_idle(imp);
		return;
	case PTLRPC_DO_CONNECT:
		ptlrpc_connect(imp);
		return;
	case PTLRPC_DO_NOTHING:
		return;
	}
	/* one step at a time; look again */
	spin_lock(&imp->lock);
	ptlrpc_import_schedule(imp, 0);
	spin_unlock(&imp->lock);
}
