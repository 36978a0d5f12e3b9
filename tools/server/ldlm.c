// SPDX-License-Identifier: GPL-2.0-only
/* Locks and resources: conflicts, granting, waiting */
#include "ldlm.h"

#define MANY_LOCKS	32
#define FEW_BYTES	(32ULL << 20)

static struct lock *locks;
static struct req_list ready = TAILQ_HEAD_INITIALIZER(ready);
static struct event ready_ev;

/* Granted mode (row) against requested mode */
bool ldlm_compat(uint32_t granted, uint32_t requested)
{
	switch (granted) {
	case LCK_EX:
	case LCK_GROUP:		/* groups are compared by the caller */
		return requested == LCK_NL;
	case LCK_PW:
		return requested & (LCK_CR | LCK_NL);
	case LCK_PR:
		return requested & (LCK_PR | LCK_CR | LCK_NL);
	case LCK_CW:
		return requested & (LCK_CW | LCK_CR | LCK_NL);
	case LCK_CR:
		return !(requested & (LCK_EX | LCK_GROUP));
	case LCK_NL:
		return true;
	}
	return false;
}

static uint64_t group_of(const struct lock *l)
{
	return l->granted ? l->pol.gid : l->want.gid;
}

static bool modes_ok(const struct lock *a, uint32_t amode,
		     const struct lock *b, uint32_t bmode)
{
	if (amode == LCK_GROUP && bmode == LCK_GROUP)
		return group_of(a) == group_of(b);
	return ldlm_compat(amode, bmode);
}

static bool policies_meet(uint32_t type, const struct policy *a,
			  const struct policy *b)
{
	switch (type) {
	case LDLM_IBITS:
		return a->bits & b->bits;
	case LDLM_EXTENT:
	case LDLM_FLOCK:
		return a->start <= b->end && b->start <= a->end;
	}
	return true;
}

bool ldlm_conflicts(const struct lock *a, const struct lock *b)
{
	uint32_t mode = a->granted ? a->granted : a->req_mode;

	if (a == b || modes_ok(a, mode, b, b->req_mode))
		return false;
	return policies_meet(a->res->type, a->granted ? &a->pol : &a->want,
			     &b->want);
}

/* ---- objects ---- */

struct ldlm_ns *ldlm_ns_new(struct target *t)
{
	struct ldlm_ns *ns = xzalloc(sizeof(*ns));

	ns->tgt = t;
	return ns;
}

struct lock *ldlm_find(uint64_t cookie)
{
	struct lock *l;

	HASH_FIND(hh, locks, &cookie, sizeof(cookie), l);
	return l;
}

struct lock *ldlm_find_client(struct export *exp, uint64_t client)
{
	struct lock *l;

	HASH_FIND(hh_client, exp->by_client, &client, sizeof(client), l);
	return l;
}

struct resource *ldlm_res(struct ldlm_ns *ns, const struct ldlm_res_id *name,
			  uint32_t type, bool create)
{
	struct resource *res;

	HASH_FIND(hh, ns->resources, name, sizeof(*name), res);
	if (res || !create)
		return res;
	res = xzalloc(sizeof(*res));
	res->name = *name;
	res->ns = ns;
	res->type = type;
	TAILQ_INIT(&res->granted);
	TAILQ_INIT(&res->waiting);
	TAILQ_INIT(&res->reqs);
	HASH_ADD(hh, ns->resources, name, sizeof(res->name), res);
	return res;
}

void ldlm_res_put(struct resource *res)
{
	if (res->busy || !TAILQ_EMPTY(&res->granted) ||
	    !TAILQ_EMPTY(&res->waiting) || !TAILQ_EMPTY(&res->reqs))
		return;
	HASH_DEL(res->ns->resources, res);
	free(res);
}

struct lock *ldlm_lock_new(struct export *exp, struct resource *res,
			   uint64_t client, uint32_t mode)
{
	struct lock *l = xzalloc(sizeof(*l));

	l->cookie = rand_cookie();
	l->client = client;
	l->exp = exp;
	l->res = res;
	l->req_mode = mode;
	l->refs = 1;
	HASH_ADD(hh, locks, cookie, sizeof(l->cookie), l);
	HASH_ADD(hh_client, exp->by_client, client, sizeof(l->client), l);
	TAILQ_INSERT_TAIL(&exp->locks, l, exp_link);
	TAILQ_INSERT_TAIL(&res->waiting, l, res_link);
	return l;
}

void ldlm_lock_put(struct lock *l)
{
	if (--l->refs == 0)
		free(l);
}

void ldlm_lock_cancel(struct lock *l)
{
	struct resource *res = l->res;

	if (l->dead)
		return;
	l->dead = true;
	ldlm_timer_stop(l);
	HASH_DEL(locks, l);
	HASH_DELETE(hh_client, l->exp->by_client, l);
	TAILQ_REMOVE(&l->exp->locks, l, exp_link);
	if (l->granted)
		TAILQ_REMOVE(&res->granted, l, res_link);
	else
		TAILQ_REMOVE(&res->waiting, l, res_link);
	l->res = NULL;
	ldlm_lock_put(l);
	ldlm_reprocess(res);
	ldlm_res_put(res);
}

/* ---- requests that wait ---- */

static void ready_cb(evutil_socket_t fd, short what, void *arg)
{
	struct req *req;

	(void)fd;
	(void)what;
	(void)arg;
	while ((req = TAILQ_FIRST(&ready))) {
		TAILQ_REMOVE(&ready, req, wait_link);
		req->on = NULL;
		req_resume(req);
	}
}

void ldlm_init(void)
{
	event_assign(&ready_ev, srv.base, -1, 0, ready_cb, NULL);
}

void ldlm_ready(struct req *req)
{
	if (req->on == &ready)
		return;
	if (req->on)
		TAILQ_REMOVE(req->on, req, wait_link);
	req->on = &ready;
	TAILQ_INSERT_TAIL(&ready, req, wait_link);
	event_active(&ready_ev, EV_TIMEOUT, 0);
}

void ldlm_req_gone(struct req *req)
{
	if (req->on)
		TAILQ_REMOVE(req->on, req, wait_link);
	req->on = NULL;
}

static void wait_on(struct req *req, struct resource *res)
{
	if (req->on)
		return;		/* one place is enough: it looks again */
	req->on = &res->reqs;
	TAILQ_INSERT_TAIL(&res->reqs, req, wait_link);
}

/* ---- granting ---- */

/* Shrinks [*start, *end] until it keeps clear of @other around @l's wish */
static void clip(const struct lock *l, const struct lock *other,
		 uint64_t *start, uint64_t *end)
{
	const struct policy *o = other->granted ? &other->pol : &other->want;
	uint32_t mode = other->granted ? other->granted : other->req_mode;

	if (other == l || modes_ok(other, mode, l, l->req_mode))
		return;
	if (o->start > l->want.end) {
		if (o->start - 1 < *end)
			*end = o->start - 1;
	} else if (o->end < l->want.start) {
		if (o->end + 1 > *start)
			*start = o->end + 1;
	} else {
		*start = l->want.start;
		*end = l->want.end;
	}
}

/* The largest extent that disturbs nobody */
static void grow(struct lock *l)
{
	uint64_t start = 0, end = OBD_OBJECT_EOF;
	unsigned int others = 0;
	struct lock *o;

	l->pol = l->want;
	if (l->flags & (LDLM_FL_NO_EXPANSION | LDLM_FL_DENY_ON_CONTENTION) ||
	    l->req_mode == LCK_GROUP)
		return;
	TAILQ_FOREACH(o, &l->res->granted, res_link) {
		clip(l, o, &start, &end);
		others++;
	}
	TAILQ_FOREACH(o, &l->res->waiting, res_link) {
		clip(l, o, &start, &end);
		others++;
	}
	if (others > MANY_LOCKS && end > l->want.start &&
	    end - l->want.start > FEW_BYTES) {
		end = max_t(uint64_t, l->want.end, l->want.start + FEW_BYTES - 1);
		start = l->want.start;
	}
	l->pol.start = start;
	l->pol.end = end;
}

static void grant(struct lock *l)
{
	struct resource *res = l->res;

	if (res->type == LDLM_EXTENT)
		grow(l);
	else
		l->pol = l->want;
	TAILQ_REMOVE(&res->waiting, l, res_link);
	l->granted = l->req_mode;
	TAILQ_INSERT_TAIL(&res->granted, l, res_link);
	log_trace("lock %" PRIx64 " granted mode %u bits %#" PRIx64 " [%" PRIx64 ",%" PRIx64 "]",
		  l->cookie, l->granted, l->pol.bits, l->pol.start, l->pol.end);
}

/* Asks the granted ones in the way; true when nothing is in the way */
static bool check_granted(struct lock *l, bool ask)
{
	struct lock *o, *tmp;
	bool clear = true;

	for (o = TAILQ_FIRST(&l->res->granted); o; o = tmp) {
		tmp = TAILQ_NEXT(o, res_link);
		if (!ldlm_conflicts(o, l))
			continue;
		clear = false;
		if (ask)
			ldlm_send_bl(o, l->req_mode, l->want.bits,
				     l->flags & LDLM_FL_AST_DISCARD_DATA ?
				     LDLM_FL_DISCARD_DATA : 0);
	}
	return clear;
}

/* Is its group in there already? */
static bool joins_group(const struct lock *l)
{
	struct lock *o;

	if (l->req_mode != LCK_GROUP)
		return false;
	TAILQ_FOREACH(o, &l->res->granted, res_link)
		if (o->granted == LCK_GROUP && o->pol.gid == l->want.gid)
			return true;
	return false;
}

static bool behind_waiting(struct lock *l)
{
	struct lock *o;

	/* Who waits may wait for all of the group, which waits for this one. */
	if (joins_group(l))
		return false;
	TAILQ_FOREACH(o, &l->res->waiting, res_link) {
		if (o == l)
			return false;
		if (ldlm_conflicts(o, l))
			return true;
	}
	return false;
}

bool ldlm_try_grant(struct lock *l)
{
	bool nowait = l->flags & LDLM_FL_BLOCK_NOWAIT;

	if (behind_waiting(l) || !check_granted(l, !nowait))
		return false;
	grant(l);
	return true;
}

/* Something went away: grant in order of arrival, wake requests */
void ldlm_reprocess(struct resource *res)
{
	struct lock *l, *tmp;
	struct req *req;

	if (recovering(res->ns->tgt))
		return;
	if (res->type == LDLM_FLOCK) {
		ldlm_flock_reprocess(res);
		return;
	}
	for (l = TAILQ_FIRST(&res->waiting); l; l = tmp) {
		tmp = TAILQ_NEXT(l, res_link);
		if (l->grant_req || l->exp->evicting || !ldlm_try_grant(l))
			continue;
		ldlm_send_cp(l, 0);
	}
	while ((req = TAILQ_FIRST(&res->reqs)))
		ldlm_ready(req);
}

static bool revoke(struct req *req, struct target *t,
		   const struct ldlm_res_id *name, uint32_t type, uint32_t mode,
		   const struct policy *pol, bool discard, uint64_t except)
{
	struct resource *res = ldlm_res(t->ns, name, type, false);
	struct lock probe = { .req_mode = mode, .want = *pol };
	struct lock *l, *tmp;
	bool found = false;

	if (!res || recovering(t))
		return false;
	for (l = TAILQ_FIRST(&res->granted); l; l = tmp) {
		tmp = TAILQ_NEXT(l, res_link);
		if (l->cookie == except || !ldlm_conflicts(l, &probe))
			continue;
		found = true;
		if (!req || !req->part)
			ldlm_send_bl(l, mode, pol->bits,
				     discard ? LDLM_FL_DISCARD_DATA : 0);
	}
	if (found && req && !req->part)
		wait_on(req, res);
	return found;
}

bool ldlm_discard(struct target *t, const struct ldlm_res_id *name, bool all)
{
	uint64_t bits = t->kind == TGT_MDT ? MDS_INODELOCK_DOM : 0;
	struct resource *res = ldlm_res(t->ns, name, bits ? LDLM_IBITS :
					LDLM_EXTENT, false);
	struct lock *l, *tmp;
	bool found = false;

	if (!res || recovering(t))
		return false;
	for (l = TAILQ_FIRST(&res->granted); l; l = tmp) {
		tmp = TAILQ_NEXT(l, res_link);
		if ((!all && rpc_from(l->exp->uuid)) ||
		    (bits && !(l->pol.bits & bits)))
			continue;
		found = true;
		ldlm_send_bl(l, LCK_PW, bits, LDLM_FL_DISCARD_DATA);
	}
	return found;
}

bool ldlm_revoke(struct req *req, struct target *t,
		 const struct ldlm_res_id *name, uint32_t mode, uint64_t bits)
{
	struct policy pol = { .bits = bits };

	return revoke(req, t, name, LDLM_IBITS, mode, &pol, false, 0);
}

bool ldlm_revoke_extent(struct req *req, struct target *t,
			const struct ldlm_res_id *name, uint32_t mode,
			uint64_t start, uint64_t end, bool discard,
			uint64_t except)
{
	struct policy pol = { .start = start, .end = end };

	/* Data on an MDT have one lock for all of them. */
	if (t->kind == TGT_MDT) {
		pol = (struct policy){ .bits = MDS_INODELOCK_DOM };
		return revoke(req, t, name, LDLM_IBITS, mode, &pol, discard,
			      except);
	}
	return revoke(req, t, name, LDLM_EXTENT, mode, &pol, discard, except);
}

struct lock *ldlm_intent_grant(struct req *req, struct ldlm_reply *rep,
			       const struct ldlm_res_id *name, uint32_t mode,
			       uint64_t bits, uint64_t need)
{
	const struct ldlm_request *dlm = req_buf(req, 1, sizeof(*dlm));
	struct resource *res = ldlm_res(req->tgt->ns, name, LDLM_IBITS, true);
	uint64_t client = dlm->lock_handle[0].cookie;
	struct lock *l, *o;

	bits &= req->exp->ibits;
	TAILQ_FOREACH(o, &res->granted, res_link)
		if (!ldlm_compat(o->granted, mode))
			bits &= ~o->pol.bits;
	if (!bits || (bits & need) != need ||
	    (le32_to_cpu(dlm->lock_flags) & LDLM_FL_INTENT_ONLY) ||
	    ldlm_find_client(req->exp, client)) {
		ldlm_res_put(res);
		return NULL;
	}
	l = ldlm_lock_new(req->exp, res, client, mode);
	l->want.bits = bits;
	grant(l);
	rep->lock_flags = cpu_to_le32(LDLM_FL_LOCK_CHANGED |
				      LDLM_FL_HAS_INTENT);
	ldlm_desc_fill(&rep->lock_desc, l);
	rep->lock_handle.cookie = l->cookie;
	return l;
}

/* ---- clients that come and go ---- */

void ldlm_export_gone(struct export *exp)
{
	struct req *req;
	struct lock *l;

	while ((l = TAILQ_FIRST(&exp->locks)))
		ldlm_lock_cancel(l);
	TAILQ_FOREACH(req, &exp->running, link)
		if (req->on)
			ldlm_ready(req);
}

/* Callbacks go to the new connection: the timers start again */
void ldlm_reconnected(struct export *exp)
{
	struct lock *l;

	TAILQ_FOREACH(l, &exp->locks, exp_link)
		if (l->timer_on)
			ldlm_prolong(exp, l->cookie);
}

void ldlm_recovery_done(struct target *t)
{
	struct resource *res, *tmp;

	HASH_ITER(hh, t->ns->resources, res, tmp)
		ldlm_reprocess(res);
}

void ldlm_dump(FILE *f)
{
	struct lock *l, *tmp;

	HASH_ITER(hh, locks, l, tmp)
		fprintf(f, "%s %" PRIx64 ":%" PRIx64 " type %u req %u granted %u bits %#" PRIx64 " gid %" PRIu64 " [%" PRIx64 ",%" PRIx64 "] %s%s\n",
			l->exp->tgt->name, le64_to_cpu(l->res->name.name[0]),
			le64_to_cpu(l->res->name.name[1]), l->res->type,
			l->req_mode, l->granted, l->pol.bits, l->pol.gid,
			l->pol.start, l->pol.end, l->exp->peer ? nid_str(&l->exp->peer->nid) : "-",
			l->bl_sent ? " called back" : "");
}
