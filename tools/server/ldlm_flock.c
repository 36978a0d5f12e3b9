// SPDX-License-Identifier: GPL-2.0-only
/*
 * POSIX and BSD file locks between clients (document 06, 16).
 *
 * An owner is a number that an export gave. He has each byte at most once: what
 * he takes cuts a hole into what he had, adjacent pieces of one mode are joined.
 */
#include "ldlm.h"

#define DEADLOCK_DEPTH	64

static bool same_owner(const struct lock *a, const struct lock *b)
{
	return a->exp == b->exp && a->want.gid == b->want.gid;
}

static bool blocks(const struct lock *o, const struct lock *l)
{
	return !same_owner(o, l) && ldlm_conflicts(o, l);
}

static struct lock *blocker(struct lock *l)
{
	struct lock *o;

	TAILQ_FOREACH(o, &l->res->granted, res_link)
		if (blocks(o, l))
			return o;
	return NULL;
}

static void set_range(struct lock *l, uint64_t start, uint64_t end)
{
	l->want.start = l->pol.start = start;
	l->want.end = l->pol.end = end;
}

static void move_granted(struct lock *l)
{
	TAILQ_REMOVE(&l->res->waiting, l, res_link);
	l->pol = l->want;
	l->granted = l->req_mode;
	TAILQ_INSERT_TAIL(&l->res->granted, l, res_link);
}

/* Its handle disappears; done by sweep(), as cancelling looks at the resource */
static void retire(struct lock *o)
{
	TAILQ_REMOVE(&o->res->granted, o, res_link);
	TAILQ_INSERT_TAIL(&o->res->waiting, o, res_link);
	o->granted = 0;
	o->flags |= LDLM_FL_TEST_LOCK;
}

static void cut(struct lock *o, uint64_t start, uint64_t end)
{
	struct lock *rest;

	if (o->pol.start < start && o->pol.end > end) {
		rest = ldlm_lock_new(o->exp, o->res, rand_cookie(),
				     o->req_mode);
		rest->want = o->want;
		set_range(rest, end + 1, o->pol.end);
		move_granted(rest);
	}
	if (o->pol.start < start)
		set_range(o, o->pol.start, start - 1);
	else if (o->pol.end > end)
		set_range(o, end + 1, o->pol.end);
	else
		retire(o);
}

/* The owner's older locks give way where the new one lies */
static void carve(struct lock *l)
{
	uint64_t start = l->want.start, end = l->want.end;
	struct lock *o, *tmp;

	for (o = TAILQ_FIRST(&l->res->granted); o; o = tmp) {
		bool meets = o->pol.end >= start && o->pol.start <= end;
		bool joins = (start && o->pol.end == start - 1) ||
			     (end != UINT64_MAX && o->pol.start == end + 1);

		tmp = TAILQ_NEXT(o, res_link);
		if (o == l || !same_owner(o, l) || !(meets || joins))
			continue;
		if (o->granted == l->granted) {
			set_range(l, min_t(uint64_t, l->pol.start, o->pol.start),
				  max_t(uint64_t, l->pol.end, o->pol.end));
			retire(o);
		} else if (meets) {
			cut(o, start, end);
		}
	}
}

/* The resource is busy: it stays */
static void sweep(struct resource *res)
{
	struct lock *o;
	bool again = true;

	while (again) {
		again = false;
		TAILQ_FOREACH(o, &res->waiting, res_link) {
			if (!(o->flags & LDLM_FL_TEST_LOCK) || o->grant_req)
				continue;
			o->flags &= ~LDLM_FL_TEST_LOCK;
			ldlm_lock_cancel(o);
			again = true;
			break;
		}
	}
}

static bool waits(const struct lock *l)
{
	return !l->granted && !l->grant_req &&
	       !(l->flags & LDLM_FL_TEST_LOCK) && !l->exp->evicting;
}

/* Does the owner of @o wait, perhaps for others, for the owner of @l? */
static bool waits_for(const struct lock *o, const struct lock *l, int depth)
{
	struct resource *res, *rtmp;
	struct lock *w, *b;

	if (same_owner(o, l))
		return true;
	if (depth > DEADLOCK_DEPTH)
		return false;
	HASH_ITER(hh, o->exp->tgt->ns->resources, res, rtmp) {
		if (res->type != LDLM_FLOCK)
			continue;
		TAILQ_FOREACH(w, &res->waiting, res_link) {
			if (w == l || !waits(w) || !same_owner(w, o))
				continue;
			TAILQ_FOREACH(b, &res->granted, res_link)
				if (blocks(b, w) && waits_for(b, l, depth + 1))
					return true;
		}
	}
	return false;
}

/* Would waiting close a circle? */
static bool deadlock(const struct lock *l)
{
	struct lock *o;

	TAILQ_FOREACH(o, &l->res->granted, res_link)
		if (blocks(o, l) && waits_for(o, l, 0))
			return true;
	return false;
}

/* Those who wait now wait for others than before */
static void break_deadlocks(struct resource *res)
{
	struct lock *l, *tmp;

	for (l = TAILQ_FIRST(&res->waiting); l; l = tmp) {
		tmp = TAILQ_NEXT(l, res_link);
		if (!waits(l) || !(l->exp->flags & OBD_CONNECT_FLOCK_DEAD) ||
		    !deadlock(l))
			continue;
		log_info("%s: a file lock would never be granted",
			 l->exp->tgt->name);
		ldlm_send_cp(l, LDLM_FL_FLOCK_DEADLOCK);
		l->flags |= LDLM_FL_TEST_LOCK;
	}
}

void ldlm_flock_reprocess(struct resource *res)
{
	struct lock *l, *tmp;
	bool granted = false;

	if (res->busy)
		return;
	res->busy++;
	for (l = TAILQ_FIRST(&res->waiting); l; l = tmp) {
		tmp = TAILQ_NEXT(l, res_link);
		if (!waits(l) || blocker(l))
			continue;
		move_granted(l);
		carve(l);
		ldlm_send_cp(l, 0);
		granted = true;
		/* what it cut away is at the end of the list now */
		tmp = TAILQ_FIRST(&res->waiting);
	}
	if (granted)
		break_deadlocks(res);
	sweep(res);
	res->busy--;
}

static int answer(struct req *req, struct lock *l, uint32_t flags)
{
	struct ldlm_reply *rep = rep_add(req, sizeof(*rep));

	rep->lock_flags = cpu_to_le32(flags);
	ldlm_desc_fill(&rep->lock_desc, l);
	rep->lock_handle.cookie = l->cookie;
	rep_add(req, 0);
	return 0;
}

/* Also takes back what the owner waits for with exactly that range */
static int unlock(struct req *req, struct lock *l)
{
	struct resource *res = l->res;
	struct lock *w;
	int rc;

	TAILQ_FOREACH(w, &res->waiting, res_link) {
		if (w == l || !waits(w) || !same_owner(w, l) ||
		    w->want.start != l->want.start ||
		    w->want.end != l->want.end)
			continue;
		ldlm_send_cp(w, 0);
		w->flags |= LDLM_FL_TEST_LOCK;
	}
	move_granted(l);
	carve(l);
	rc = answer(req, l, 0);
	l->grant_req = NULL;
	retire(l);
	ldlm_flock_reprocess(res);
	ldlm_res_put(res);
	return rc;
}

static int test(struct req *req, struct lock *l, struct lock *by)
{
	int rc = answer(req, by ? by : l, LDLM_FL_TEST_LOCK |
			LDLM_FL_LOCK_CHANGED);
	struct ldlm_reply *rep = rep_get(req, 1);

	rep->lock_desc.l_req_mode = cpu_to_le32(by ? by->granted : LCK_NL);
	rep->lock_desc.l_granted_mode = 0;
	rep->lock_handle.cookie = rand_cookie();	/* names nothing */
	l->grant_req = NULL;
	ldlm_lock_cancel(l);
	return rc;
}

static int fail(struct req *req, struct lock *l, int rc)
{
	l->grant_req = NULL;
	ldlm_lock_cancel(l);
	req->as_error = true;
	return rc;
}

/* What no client asks for, whatever its kind */
int ldlm_flock_check(const struct ldlm_request *dlm)
{
	const struct ldlm_flock_wire *p = &dlm->lock_desc.l_policy_data.l_flock;
	uint32_t mode = le32_to_cpu(dlm->lock_desc.l_req_mode);
	uint32_t flags = le32_to_cpu(dlm->lock_flags);
	const struct ldlm_res_id *name = &dlm->lock_desc.l_resource.lr_name;

	if (mode != LCK_NL && mode != LCK_PR && mode != LCK_PW)
		return -EFAULT;
	if (name->name[2] || le64_to_cpu(name->name[3]) != LDLM_RES_NAME_FLOCK ||
	    le64_to_cpu(p->lfw_start) > le64_to_cpu(p->lfw_end) ||
	    (flags & LDLM_FL_HAS_INTENT))
		return -EPROTO;
	if ((flags & LDLM_FL_TEST_LOCK) && mode == LCK_NL)
		return -EPROTO;
	if ((flags & LDLM_FL_REPLAY) &&
	    (mode == LCK_NL || (flags & LDLM_FL_TEST_LOCK)))
		return -EPROTO;
	return 0;
}

/* A client told us of a lock that it had: nobody else can have had it */
bool ldlm_flock_replay_ok(struct lock *l)
{
	struct lock *o;

	TAILQ_FOREACH(o, &l->res->granted, res_link)
		if (o != l && (blocks(o, l) ||
			       (same_owner(o, l) && o->pol.start <= l->pol.end &&
				l->pol.start <= o->pol.end)))
			return false;
	return true;
}

int ldlm_flock_enqueue(struct req *req, const struct ldlm_request *dlm)
{
	const struct ldlm_flock_wire *p = &dlm->lock_desc.l_policy_data.l_flock;
	uint32_t flags = le32_to_cpu(dlm->lock_flags);
	uint32_t mode = le32_to_cpu(dlm->lock_desc.l_req_mode);
	uint64_t client = dlm->lock_handle[0].cookie;
	struct lock *l = ldlm_find_client(req->exp, client), *by;
	struct resource *res;

	if (l)
		return req->flags & MSG_RESENT ?
		       answer(req, l, l->granted ? 0 : LDLM_FL_BLOCK_GRANTED) :
		       -EPROTO;
	res = ldlm_res(req->tgt->ns, &dlm->lock_desc.l_resource.lr_name,
		       LDLM_FLOCK, true);
	if (res->type != LDLM_FLOCK)
		return -EPROTO;
	l = ldlm_lock_new(req->exp, res, client, mode);
	l->grant_req = req;
	l->want.start = le64_to_cpu(p->lfw_start);
	l->want.end = le64_to_cpu(p->lfw_end);
	l->want.gid = le64_to_cpu(p->lfw_owner);
	l->want.pid = le32_to_cpu(p->lfw_pid);
	if (mode == LCK_NL)
		return unlock(req, l);
	by = blocker(l);
	if (flags & LDLM_FL_TEST_LOCK)
		return test(req, l, by);
	if (by && (flags & LDLM_FL_BLOCK_NOWAIT))
		return fail(req, l, -EAGAIN);
	if (by && deadlock(l))
		return fail(req, l, -EDEADLK);
	l->grant_req = NULL;
	if (by)
		return answer(req, l, LDLM_FL_BLOCK_GRANTED);
	move_granted(l);
	carve(l);
	answer(req, l, flags & LDLM_FL_BLOCK_NOWAIT);
	/* A lock that became weaker lets others in. */
	ldlm_flock_reprocess(res);
	return 0;
}
