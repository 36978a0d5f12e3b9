// SPDX-License-Identifier: GPL-2.0-only
/* POSIX and BSD file locks between clients (document 06, 16) */
#include "ldlm.h"

static bool same_owner(const struct lock *a, const struct lock *b)
{
	return a->exp == b->exp && a->want.gid == b->want.gid;
}

static struct lock *blocker(struct lock *l)
{
	struct lock *o;

	TAILQ_FOREACH(o, &l->res->granted, res_link)
		if (!same_owner(o, l) && ldlm_conflicts(o, l))
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

/* The owner's older locks give way where the new one lies */
static void carve(struct lock *l)
{
	uint64_t start = l->want.start, end = l->want.end;
	struct lock *o, *tmp, *rest;

	for (o = TAILQ_FIRST(&l->res->granted); o; o = tmp) {
		tmp = TAILQ_NEXT(o, res_link);
		if (o == l || !same_owner(o, l) || o->pol.end < start ||
		    o->pol.start > end)
			continue;
		if (o->pol.start < start && o->pol.end > end) {
			rest = ldlm_lock_new(o->exp, o->res, rand_cookie(),
					     o->req_mode);
			rest->want = o->want;
			set_range(rest, end + 1, o->pol.end);
			move_granted(rest);
			set_range(o, o->pol.start, start - 1);
		} else if (o->pol.start < start) {
			set_range(o, o->pol.start, start - 1);
		} else if (o->pol.end > end) {
			set_range(o, end + 1, o->pol.end);
		} else {
			TAILQ_REMOVE(&l->res->granted, o, res_link);
			TAILQ_INSERT_TAIL(&l->res->waiting, o, res_link);
			o->granted = 0;
			o->dead = false;
			o->flags |= LDLM_FL_TEST_LOCK;	/* swept below */
		}
	}
}

/* Locks that carve() emptied; done apart as cancelling reprocesses */
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

void ldlm_flock_reprocess(struct resource *res)
{
	struct lock *l, *tmp;
	bool granted = false;

	for (l = TAILQ_FIRST(&res->waiting); l; l = tmp) {
		tmp = TAILQ_NEXT(l, res_link);
		if (l->grant_req || l->exp->evicting ||
		    (l->flags & LDLM_FL_TEST_LOCK) || blocker(l))
			continue;
		move_granted(l);
		carve(l);
		ldlm_send_cp(l);
		granted = true;
	}
	if (granted)
		sweep(res);
}

/* Would waiting for @on close a circle? */
static bool deadlock(const struct lock *l, struct lock *on, int depth)
{
	struct resource *res, *rtmp;
	struct lock *w;

	if (same_owner(on, l))
		return true;
	if (depth > 16)
		return false;
	HASH_ITER(hh, l->res->ns->resources, res, rtmp) {
		if (res->type != LDLM_FLOCK)
			continue;
		TAILQ_FOREACH(w, &res->waiting, res_link) {
			struct lock *b;

			if (w == l || !same_owner(w, on))
				continue;
			b = blocker(w);
			if (b && deadlock(l, b, depth + 1))
				return true;
		}
	}
	return false;
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

static int unlock(struct req *req, struct lock *l)
{
	struct resource *res = l->res;
	struct lock *w, *tmp;
	int rc;

	for (w = TAILQ_FIRST(&res->waiting); w; w = tmp) {
		tmp = TAILQ_NEXT(w, res_link);
		if (w != l && same_owner(w, l) && w->granted == 0 &&
		    w->want.start == l->want.start &&
		    w->want.end == l->want.end)
			w->flags |= LDLM_FL_TEST_LOCK;
	}
	move_granted(l);
	carve(l);
	rc = answer(req, l, 0);
	l->grant_req = NULL;
	sweep(res);
	ldlm_lock_cancel(l);
	return rc;
}

static int test(struct req *req, struct lock *l, struct lock *by)
{
	int rc = answer(req, by ? by : l, LDLM_FL_TEST_LOCK |
			LDLM_FL_LOCK_CHANGED);
	struct ldlm_reply *rep = rep_get(req, 1);

	rep->lock_desc.l_req_mode = cpu_to_le32(by ? by->granted : LCK_NL);
	rep->lock_desc.l_granted_mode = 0;
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

int ldlm_flock_enqueue(struct req *req, const struct ldlm_request *dlm)
{
	const union ldlm_policy_data *p = &dlm->lock_desc.l_policy_data;
	uint32_t flags = le32_to_cpu(dlm->lock_flags);
	uint32_t mode = le32_to_cpu(dlm->lock_desc.l_req_mode);
	uint64_t client = dlm->lock_handle[0].cookie;
	struct lock *l = ldlm_find_client(req->exp, client), *by;
	struct resource *res;

	if (l)
		return req->flags & MSG_RESENT ?
		       answer(req, l, l->granted ? 0 : LDLM_FL_BLOCK_GRANTED) :
		       -EPROTO;
	if (mode != LCK_NL && mode != LCK_PR && mode != LCK_PW)
		return -EFAULT;
	res = ldlm_res(req->tgt->ns, &dlm->lock_desc.l_resource.lr_name,
		       LDLM_FLOCK, true);
	if (res->type != LDLM_FLOCK)
		return -EPROTO;
	l = ldlm_lock_new(req->exp, res, client, mode);
	l->grant_req = req;
	l->want.start = le64_to_cpu(p->l_flock.lfw_start);
	l->want.end = le64_to_cpu(p->l_flock.lfw_end);
	l->want.gid = le64_to_cpu(p->l_flock.lfw_owner);
	l->want.pid = le32_to_cpu(p->l_flock.lfw_pid);
	if (l->want.start > l->want.end)
		return fail(req, l, -EINVAL);
	if (mode == LCK_NL)
		return unlock(req, l);
	by = blocker(l);
	if (flags & LDLM_FL_TEST_LOCK)
		return test(req, l, by);
	if (by && (flags & LDLM_FL_BLOCK_NOWAIT))
		return fail(req, l, -EAGAIN);
	if (by && deadlock(l, by, 0))
		return fail(req, l, -EDEADLK);
	l->grant_req = NULL;
	if (by)
		return answer(req, l, LDLM_FL_BLOCK_GRANTED);
	move_granted(l);
	carve(l);
	answer(req, l, 0);
	sweep(res);
	return 0;
}
